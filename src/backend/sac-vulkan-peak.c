/* Vulkan: what the device can do at best, measured as its kernels are: multiply-adds in registers of f32, and a triad over memory. */
#include <math.h>

#include "sac-vulkan-private.h"

#define CHAINS 8                /* of shaders/peak.comp */
#define ROUNDS 512

static const SacVulkanVariant ways[] = { { "peak" }, { NULL } };
static const SacOp peak = { .name = "peak", .n_src = 2, .params_size = sizeof (gint32), .vulkan = ways, .inplace = -1 };

static double
seconds_of (SacVulkan *self, gint32 n, gint32 rounds)
{
  const SacTensor numbers = { .shape = SAC_SHAPE (1, n, 1, 1, 1) };
  const SacKernelArgs shapes = { .op = &peak, .n_src = 2, .params = &rounds, .src = { numbers, numbers }, .dst = numbers };

  return _sac_vulkan_measure (self, &shapes, ways, 0, NULL);
}

SacPeaks
_sac_vulkan_measure_peaks (SacBackend *backend)
{
  SacVulkan *self = (SacVulkan *) backend;
  gint32 n = self->software ? 1 << 13 : 1 << 20, n_triad = self->software ? 1 << 22 : 1 << 25;

  if (self->peaks.n_threads == 0 && self->tick_seconds > 0)
    self->peaks = (SacPeaks) { .n_threads = 1, .flops_all = 2.0 * CHAINS * ROUNDS * n / seconds_of (self, n, ROUNDS),
                               .bytes_all = 3.0 * sizeof (float) * n_triad / seconds_of (self, n_triad, 0) };
  return self->peaks;
}
