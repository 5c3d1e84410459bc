/* The Vulkan backend's own structures.  f32 path: one storage buffer a value, shapes as specialization constants (sac-shaders.h). */
#pragma once
#include <vulkan/vulkan.h>

#include "base/sac-debug-device.h"
#include "graph/sac-graph.h"
#include "sac-backends.h"

#define SAC_VULKAN_FENCES 4
#define SAC_VULKAN_SLOTS 2

typedef struct _SacVulkanBlock SacVulkanBlock;

/* The way to memory that the host cannot map. */
typedef struct {
  VkCommandPool pool;
  VkCommandBuffer commands[SAC_VULKAN_SLOTS];
  guint64 tickets[SAC_VULKAN_SLOTS];
  VkBuffer buffer;
  VkDeviceMemory memory;
  void *map;
  guint next;                   /* slot in turn, modulo their number */
} SacVulkanStaging;

typedef struct {
  SacBackend base;              /* first: cast from SacBackend */
  VkInstance instance;
  VkPhysicalDevice physical;
  VkDevice device;
  VkQueue queue;
  VkSemaphore timeline;         /* counts tickets; none: fences */
  PFN_vkWaitSemaphores wait_semaphores;
  VkFence fences[SAC_VULKAN_FENCES];    /* ticket modulo their number */
  guint64 last, done;           /* tickets: given out, known to be over */
  VkResult broken;              /* the first failure of the queue; nothing runs after it */
  guint32 family, memory_type, heap;
  gboolean staged;              /* the host cannot map its memory */
  gboolean tells_budget, software;
  gboolean matrix;              /* multiplies f16 matrices of 16 × 16 into f32 */
  GPtrArray *blocks;            /* SacVulkanBlock */
  gsize reserved;               /* bytes of the blocks */
  gsize unit;
  SacVulkanStaging staging;
  gsize alignment;              /* of storage-buffer offsets */
  gsize max_range;              /* of one storage-buffer binding */
  guint32 max_groups_x;
  double chunk_seconds;         /* as long as one submission may take */
  double tick_seconds;          /* of a time stamp; 0: the device has none */
  guint64 tick_mask;
  VkCommandPool commands;
  VkPipelineCache cache;
  char *cache_path;
  guint8 cache_sum[32];         /* of what the file holds */
  gsize cache_bytes_read;
  gboolean cache_stale;         /* pipelines were made since it was written */
  gint64 cache_written;         /* monotonic; 0: not yet */
  GKeyFile *tiles;              /* NULL: nothing is measured, each op runs by its first variant */
  char *tiles_path;
  gboolean tiles_stale;
  SacPeaks peaks;               /* n_threads 0: not yet measured */
  VkDescriptorSetLayout sets_layout;    /* one for all shaders: sources, result, scratch */
  VkPipelineLayout layout;
  GHashTable *pipelines;
  char *device_name;
  VkDebugUtilsMessengerEXT messenger;   /* SACCADE_VALIDATE */
  guint n_validation_errors;
} SacVulkan;

struct _SacBuffer {
  VkBuffer buffer;
  SacVulkanBlock *block;
  gsize offset, n_taken;        /* in the block */
  gsize n_bytes;
  char *map;                    /* NULL: staged */
};

gboolean _sac_vulkan_select (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error);
gpointer _sac_vulkan_prepare (SacBackend *backend, const SacProgramPlan *plan, GError **error);
gboolean _sac_vulkan_run (SacBackend *backend, gpointer prepared, const SacProgramPlan *plan, GCancellable *cancellable,
                          GError **error);
void     _sac_vulkan_unprepare (SacBackend *backend, gpointer prepared);
guint    _sac_vulkan_step_times (SacBackend *backend, gpointer prepared, const SacProgramPlan *plan, double *seconds);

/* The ways to run an op, ended by .shader = NULL; @own is room for those of an op that names none. */
const SacVulkanVariant *_sac_vulkan_list_variants (const SacOp *op, SacVulkanVariant own[2]);
gboolean                _sac_vulkan_variant_fits (const SacVulkan *self, const SacVulkanVariant *variant,
                                                  const SacKernelArgs *shapes);
/* Which of @variants is the fastest, as measured here once or told by the cache folder; @first where nothing is to be measured. */
guint    _sac_vulkan_tune (SacVulkan *self, const SacKernelArgs *shapes, const SacVulkanVariant *variants, guint first);
/* Seconds of one run of variant @number of an op, on memory and numbers of its own; infinite where it cannot be told.  @sample (nullable)
 * gets the first bytes of the result. */
#define SAC_VULKAN_SAMPLE_BYTES (1 << 20)
double   _sac_vulkan_measure (SacVulkan *self, const SacKernelArgs *shapes, const SacVulkanVariant *variant, guint number,
                              GByteArray *sample);
/* Cooperative matrices as the shaders use them; then shaders also need shaderFloat16. */
gboolean _sac_vulkan_has_matrix (VkInstance instance, VkPhysicalDevice physical);
SacPeaks _sac_vulkan_measure_peaks (SacBackend *backend);
void     _sac_vulkan_tune_open (SacVulkan *self);
void     _sac_vulkan_tune_close (SacVulkan *self);

/* Workgroups and pipeline of a step (sac-vulkan-pipelines.c); no more passes where the grid is FALSE. */
SacKernelArgs _sac_vulkan_step_shapes (const SacStep *step);
gboolean   _sac_vulkan_get_grid (const SacStep *step, const SacKernelArgs *shapes, guint pass, guint32 groups[3]);
VkPipeline _sac_vulkan_get_pipeline (SacVulkan *self, const SacStep *step, const SacKernelArgs *shapes, guint pass, GError **error);

void     _sac_vulkan_pipelines_init (SacVulkan *self);
void     _sac_vulkan_pipelines_clear (SacVulkan *self);

/* The pipeline cache, with what the cache folder has of @device; saved when a program was prepared and, @closing, at the end. */
VkResult _sac_vulkan_cache_open (SacVulkan *self, const VkPhysicalDeviceProperties *device);
void     _sac_vulkan_cache_save (SacVulkan *self, gboolean closing);

/* "Vulkan: WHAT failed (code)" in @error; returns FALSE. */
gboolean _sac_vulkan_fail (GError **error, const char *what, VkResult result);

/* Memory: buffers cut from blocks, in the memory type that suits the device best. */
VkResult   _sac_vulkan_memory_open (SacVulkan *self);
void       _sac_vulkan_memory_close (SacVulkan *self);
SacBuffer *_sac_vulkan_alloc (SacBackend *backend, gsize n_bytes, GError **error);
void       _sac_vulkan_release (SacBackend *backend, SacBuffer *buffer);
void       _sac_vulkan_upload (SacBackend *backend, SacBuffer *buffer, gsize offset, gconstpointer data, gsize n_bytes);
gboolean   _sac_vulkan_download (SacBackend *backend, SacBuffer *buffer, gsize offset, gpointer data, gsize n_bytes, GError **error);
/* Copies by way of host memory.  They end in the order of the queue; a failure is remembered and said by the next run or download. */
VkResult   _sac_vulkan_staging_open (SacVulkan *self);
void       _sac_vulkan_staging_close (SacVulkan *self);
void       _sac_vulkan_staging_clear (SacVulkan *self, SacBuffer *buffer);
void       _sac_vulkan_staging_upload (SacVulkan *self, SacBuffer *buffer, gsize offset, const char *data, gsize n_bytes);
VkResult   _sac_vulkan_staging_download (SacVulkan *self, SacBuffer *buffer, gsize offset, char *data, gsize n_bytes);

/* The queue.  Submitted work runs in order, but only barriers make one wait for another.  A @ticket stands for all until then. */
VkResult _sac_vulkan_queue_open (SacVulkan *self, gboolean timeline, gboolean in_core);
void     _sac_vulkan_queue_close (SacVulkan *self);
VkResult _sac_vulkan_submit (SacVulkan *self, VkCommandBuffer commands, guint64 *ticket);
VkResult _sac_vulkan_wait (SacVulkan *self, guint64 ticket);
/* Timeline semaphores are there; *@extension has to be enabled for them, unless NULL. */
gboolean _sac_vulkan_has_timeline (VkPhysicalDevice physical, guint32 api, const char **extension);

/* Shaders may read and write f16 in buffers. */
gboolean _sac_vulkan_has_half_storage (VkPhysicalDevice physical);
gboolean _sac_vulkan_has_extension (VkPhysicalDevice physical, const char *name);
/* The family of queues that compute; −1 where there is none. */
int      _sac_vulkan_find_family (VkPhysicalDevice physical);
/* The type of memory, among those of @bits, that the host maps and best reads. */
gboolean _sac_vulkan_find_host_memory (VkPhysicalDevice physical, guint32 bits, guint32 *type);
