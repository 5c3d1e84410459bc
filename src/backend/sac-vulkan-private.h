/* The Vulkan backend's own structures.  f32 path: one storage buffer a value, shapes as specialization constants (sac-shaders.h). */
#pragma once
#include <vulkan/vulkan.h>

#include "graph/sac-graph.h"
#include "sac-backends.h"

typedef struct {
  SacBackend base;              /* first: cast from SacBackend */
  VkInstance instance;
  VkPhysicalDevice physical;
  VkDevice device;
  VkQueue queue;
  guint32 family, memory_type;
  gsize alignment;              /* of storage-buffer offsets */
  gsize max_range;              /* of one storage-buffer binding */
  guint32 max_groups_x;
  VkCommandPool commands;
  VkPipelineCache cache;
  char *cache_path;
  guint8 cache_sum[32];         /* of what the file holds */
  gsize cache_bytes_read;
  gboolean cache_stale;         /* pipelines were made since it was written */
  gint64 cache_written;         /* monotonic; 0: not yet */
  VkDescriptorSetLayout sets_layout;    /* one for all shaders: sources, result, scratch */
  VkPipelineLayout layout;
  GHashTable *pipelines;
  char *device_name;
  VkDebugUtilsMessengerEXT messenger;   /* SACCADE_VALIDATE */
  guint n_validation_errors;
} SacVulkan;

struct _SacBuffer {
  VkBuffer buffer;
  VkDeviceMemory memory;
  gsize n_bytes;
  void *map;
};

gboolean _sac_vulkan_select (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error);
gpointer _sac_vulkan_prepare (SacBackend *backend, const SacProgramPlan *plan, GError **error);
gboolean _sac_vulkan_run (SacBackend *backend, gpointer prepared, const SacProgramPlan *plan, GCancellable *cancellable,
                          GError **error);
void     _sac_vulkan_unprepare (SacBackend *backend, gpointer prepared);

void     _sac_vulkan_pipelines_init (SacVulkan *self);
void     _sac_vulkan_pipelines_clear (SacVulkan *self);

/* The pipeline cache, with what the cache folder has of @device; saved when a program was prepared and, @closing, at the end. */
VkResult _sac_vulkan_cache_open (SacVulkan *self, const VkPhysicalDeviceProperties *device);
void     _sac_vulkan_cache_save (SacVulkan *self, gboolean closing);

/* "Vulkan: WHAT failed (code)" in @error; returns FALSE. */
gboolean _sac_vulkan_fail (GError **error, const char *what, VkResult result);

/* The family of queues that compute, the type of memory that host and device share; −1 where there is none. */
int _sac_vulkan_find_family (VkPhysicalDevice physical);
int _sac_vulkan_find_memory (VkPhysicalDevice physical);
