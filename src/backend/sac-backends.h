/* backend: where programs run. */
#pragma once
#include "graph/sac-graph.h"

#define SAC_BACKEND_ERROR (sac_backend_error_quark ())
GQuark sac_backend_error_quark (void);
typedef enum { SAC_BACKEND_ERROR_ABSENT, SAC_BACKEND_ERROR_DEVICE } SacBackendError;

/* @n_threads 0 = SACCADE_THREADS or all cores. */
SacBackend *sac_backend_cpu_new (guint n_threads);
/* Plans and counts; computes nothing, allocates nothing. */
SacBackend *sac_backend_null_new (void);
/* @device −1 = the first.  ABSENT where no Vulkan device exists. */
SacBackend *sac_backend_vulkan_new (int device, GError **error);
/* "cpu", "vulkan", "vulkan:1", "auto" (the first Vulkan device that is none in software, else the CPU), "null". */
SacBackend *sac_backend_new_for_name (const char *name, guint n_threads, GError **error);
/* Messages of the validation layers so far (SACCADE_VALIDATE). */
guint       sac_backend_vulkan_get_validation_errors (SacBackend *backend);
/* Submissions to the device so far. */
guint64     sac_backend_vulkan_get_submissions (SacBackend *backend);
/* Bytes of compiled pipelines that came from the cache folder when the device was opened; 0: the file was absent, damaged or of
 * another device or driver. */
gsize       sac_backend_vulkan_get_cache_bytes (SacBackend *backend);
/* Bytes taken from the device, in blocks; @in_use (optional): those that buffers lie in. */
gsize       sac_backend_vulkan_get_memory (SacBackend *backend, gsize *in_use);

/* What a Vulkan device can do, as "vulkan:N" would open it. */
typedef struct {
  char *name, *driver;
  char *missing;                /* why no program can run there, translated; NULL: one can */
  gboolean software;            /* the processor itself, under a driver like lavapipe */
  guint api_major, api_minor;
  guint64 memory;               /* bytes of its largest own heap */
  guint subgroup;               /* threads that go in step */
  gboolean half_storage, half_arithmetic, matrix, timestamps, reports_memory;
} SacVulkanDevice;
/* All of this machine in the order of their numbers; empty where there is no driver.  Transfer full, of SacVulkanDevice. */
GPtrArray  *sac_vulkan_probe (void);
/* Whether "auto" may take it: the first that is none in software, and that programs can run on; none: the CPU. */
gboolean    sac_vulkan_device_is_for_auto (const SacVulkanDevice *device);
void        sac_vulkan_device_free (SacVulkanDevice *device);
