/* bn_stats of what conv3d_stats made, from the sums behind it: mean and variance of each stretch of pixels, joined in their order, so
 * that the bits do not depend on the threads.  A stretch's sums are of differences from its first pixel, the joined ones of differences
 * from the very first, so that no variance cancels.  Paper: Chan, Golub & LeVeque 1983, eq. 2.1.
 * What a Vulkan device leaves and joins has another form (shaders/include/sums-behind.glsl). */
#include "bn-private.h"
#include "conv-kernel.h"

#define CHANNELS 64             /* a task */

static gboolean
bn_stats_join_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE (2, src[0].c, 1, 1, 1);
  return TRUE;
}

static void
bn_stats_join_reference (const SacKernelArgs *args)
{
  sac_op_bn_stats.reference (args);
}

static void
join_task (guint task, guint thread, gpointer data)
{
  const SacKernelArgs *args = data;
  const SacTensor *x = &args->src[0];
  const gsize n_c = (gsize) x->shape.c, row = _sac_conv_sums_row (x->shape), from = (gsize) task * CHANNELS;
  const gsize n = MIN (CHANNELS, n_c - from);
  const float *head = (const float *) ((const char *) x->data + sac_tensor_tail_offset (x));
  const float *record = head + SAC_CONV_SUMS_HEAD, *zero = record + SAC_CONV_SUMS_HEAD + from;
  const double all = (double) _sac_bn_rows (args);
  double shift[CHANNELS] = { 0 }, squares[CHANNELS] = { 0 };

  for (gsize left = (gsize) head[0]; left > 0; left--, record += SAC_CONV_SUMS_HEAD + 3 * row)
    {
      const float *first = record + SAC_CONV_SUMS_HEAD + from, *sum = first + row, *square = sum + row;
      const double m = (double) record[0];

      for (gsize c = 0; c < n; c++)
        {
          const double own = (double) sum[c] / m, d = (double) first[c] - (double) zero[c] + own;

          shift[c] += m * d;
          squares[c] += (double) square[c] - (double) sum[c] * own + m * d * d;
        }
    }
  for (gsize c = 0; c < n; c++)
    {
      const double mean = shift[c] / all, variance = squares[c] / all - mean * mean;

      args->dst.data[from + c] = (float) ((double) zero[c] + mean);
      args->dst.data[n_c + from + c] = (float) (variance < 0 ? 0 : variance);
    }
}

static void
join (const SacKernelArgs *args)
{
  sac_pool_run (args->pool, ((guint) args->src[0].shape.c + CHANNELS - 1) / CHANNELS, join_task, (gpointer) args);
}

/* Four numbers a record and channel: next to nothing beside bn_stats, so one variant does. */
static const SacCpuVariant bn_stats_join_cpu[] = { { "plain", SAC_CPU_PLAIN, NULL, NULL, join }, { NULL } };

static double
bn_stats_join_flops (const SacKernelArgs *shapes)
{
  return 8.0 * (double) shapes->dst.shape.c;
}

const SacOp sac_op_bn_stats_join = {
  .name = "bn_stats_join", .n_src = 1, .infer = bn_stats_join_infer, .reference = bn_stats_join_reference, .cpu = bn_stats_join_cpu,
  .flops = bn_stats_join_flops, .inplace = -1, .tails = SAC_SRC (0), .f16 = SAC_SRC (0),
};
