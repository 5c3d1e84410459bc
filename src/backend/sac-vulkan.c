/* Vulkan: instance and device.  Any vendor's device with a compute queue will do; software Vulkan (lavapipe) in tests. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <string.h>

#include "sac-shaders.h"
#include "sac-vulkan-private.h"

/* Seconds of a submission: half a frame of a desktop that waits for the device, or what a person who cancels does not feel. */
#define CHUNK_DESKTOP 8e-3
#define CHUNK_ALONE 50e-3

gboolean
_sac_vulkan_fail (GError **error, const char *what, VkResult result)
{
  gboolean memory = result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY;

  if (memory)
    g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY, _("The Vulkan device has no memory left (%s)"), what);
  else if (result == VK_ERROR_DEVICE_LOST || result == VK_TIMEOUT)
    g_set_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_DEVICE,
                 result == VK_TIMEOUT ? _("The Vulkan device did not answer for a minute. A training run can go on from its last "
                                          "checkpoint on the processor: add --resume --device cpu")
                                      : _("The Vulkan device was lost. A training run can go on from its last checkpoint on the "
                                          "processor: add --resume --device cpu"));
  else
    g_set_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_DEVICE, _("The Vulkan device failed: %s gave error %d"), what, (int) result);
  return FALSE;
}

/* ---- device. */

static VKAPI_ATTR VkBool32 VKAPI_CALL
validation_message (VkDebugUtilsMessageSeverityFlagBitsEXT severity, VkDebugUtilsMessageTypeFlagsEXT types,
                    const VkDebugUtilsMessengerCallbackDataEXT *data, void *user_data)
{
  SacVulkan *self = user_data;

  self->n_validation_errors++;
  g_printerr ("vulkan: %s\n", data->pMessage);
  return VK_FALSE;
}

static VkResult
create_instance (SacVulkan *self)
{
  const char *layer = "VK_LAYER_KHRONOS_validation", *extension = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
  gboolean validate = sac_switch_on (SAC_SWITCH_VALIDATE);
  VkApplicationInfo app = {
    .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .pApplicationName = "saccade", .apiVersion = VK_API_VERSION_1_2,
  };
  VkInstanceCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &app,
    .enabledLayerCount = validate, .ppEnabledLayerNames = &layer,
    .enabledExtensionCount = validate, .ppEnabledExtensionNames = &extension,
  };
  VkDebugUtilsMessengerCreateInfoEXT messenger = {
    .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
    .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT,
    .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
    .pfnUserCallback = validation_message, .pUserData = self,
  };
  VkResult result = vkCreateInstance (&info, NULL, &self->instance);

  if (result == VK_ERROR_LAYER_NOT_PRESENT)
    {
      g_printerr ("vulkan: the validation layers are not installed (vulkan-validationlayers); going on without\n");
      validate = FALSE;
      info.enabledLayerCount = info.enabledExtensionCount = 0;
      result = vkCreateInstance (&info, NULL, &self->instance);
    }
  if (result == VK_SUCCESS && validate)
    {
      PFN_vkCreateDebugUtilsMessengerEXT create =
        (PFN_vkCreateDebugUtilsMessengerEXT) (void *) vkGetInstanceProcAddr (self->instance, "vkCreateDebugUtilsMessengerEXT");

      if (create)
        create (self->instance, &messenger, NULL, &self->messenger);
    }
  return result;
}

/* A compute queue, graphics or not.  −1 if there is none. */
int
_sac_vulkan_find_family (VkPhysicalDevice physical)
{
  VkQueueFamilyProperties families[16];
  guint32 n = G_N_ELEMENTS (families);

  vkGetPhysicalDeviceQueueFamilyProperties (physical, &n, families);
  for (guint32 i = 0; i < n; i++)
    if (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT)
      return (int) i;
  return -1;
}

/* All shaders see the same bindings: one layout. */
static VkResult
make_layout (SacVulkan *self)
{
  VkDescriptorSetLayoutBinding bindings[SAC_SHADER_N_BINDINGS];
  VkDescriptorSetLayoutCreateInfo sets_info = {
    .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, .bindingCount = SAC_SHADER_N_BINDINGS, .pBindings = bindings,
  };
  VkPipelineLayoutCreateInfo layout_info = {
    .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO, .setLayoutCount = 1, .pSetLayouts = &self->sets_layout,
  };
  VkResult result;

  for (guint i = 0; i < SAC_SHADER_N_BINDINGS; i++)
    bindings[i] = (VkDescriptorSetLayoutBinding) { i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, NULL };
  result = vkCreateDescriptorSetLayout (self->device, &sets_info, NULL, &self->sets_layout);
  if (result == VK_SUCCESS)
    result = vkCreatePipelineLayout (self->device, &layout_info, NULL, &self->layout);
  return result;
}

/* How long a submission may be, and how time is told. */
static void
read_clock (SacVulkan *self, const VkPhysicalDeviceProperties *properties)
{
  VkQueueFamilyProperties families[16];
  guint32 n = G_N_ELEMENTS (families), bits;

  vkGetPhysicalDeviceQueueFamilyProperties (self->physical, &n, families);
  bits = families[self->family].timestampValidBits;
  self->tick_seconds = bits > 0 ? 1e-9 * (double) properties->limits.timestampPeriod : 0;
  self->tick_mask = bits >= 64 ? G_MAXUINT64 : (G_GUINT64_CONSTANT (1) << bits) - 1;
  self->chunk_seconds = sac_env_has_desktop () && !self->software ? CHUNK_DESKTOP : CHUNK_ALONE;
  if (sac_env_vulkan_chunk () > 0)
    self->chunk_seconds = 1e-6 * sac_env_vulkan_chunk ();
}

/* The device, its queue, memory and what all programs share. */
static gboolean
make_device (SacVulkan *self, GError **error)
{
  VkPhysicalDeviceProperties properties;
  VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES, .timelineSemaphore = VK_TRUE,
  };
  VkPhysicalDevice16BitStorageFeatures storage = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES, .storageBuffer16BitAccess = VK_TRUE,
  };
  VkPhysicalDeviceShaderFloat16Int8Features half = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES, .shaderFloat16 = VK_TRUE,
  };
  VkPhysicalDeviceCooperativeMatrixFeaturesNV matrix = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_NV, .pNext = &half, .cooperativeMatrix = VK_TRUE,
  };
  const char *extensions[3], *counting = NULL;
  float priority = 1;
  VkDeviceQueueCreateInfo queue = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, .queueFamilyIndex = self->family,
    .queueCount = 1, .pQueuePriorities = &priority,
  };
  VkDeviceCreateInfo info = {
    .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, .queueCreateInfoCount = 1, .pQueueCreateInfos = &queue,
    .ppEnabledExtensionNames = extensions,
  };
  VkCommandPoolCreateInfo pool = { .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, .queueFamilyIndex = self->family };
  gboolean counts;
  VkResult result;

  vkGetPhysicalDeviceProperties (self->physical, &properties);
  self->device_name = g_strdup (properties.deviceName);
  self->alignment = properties.limits.minStorageBufferOffsetAlignment;
  self->max_range = properties.limits.maxStorageBufferRange;
  self->max_groups_x = properties.limits.maxComputeWorkGroupCount[0];
  self->software = properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
  read_clock (self, &properties);
  self->tells_budget = _sac_vulkan_has_extension (self->physical, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
  counts = _sac_vulkan_has_timeline (self->physical, properties.apiVersion, &counting);
  if (counts)
    info.pNext = &timeline;
  if (_sac_vulkan_has_half_storage (self->physical))
    {
      storage.pNext = (void *) info.pNext;
      info.pNext = &storage;
      self->base.stores |= 1 << SAC_F16;
      self->matrix = _sac_vulkan_has_matrix (self->instance, self->physical);
    }
  if (self->matrix)
    {
      half.pNext = (void *) info.pNext;
      info.pNext = &matrix;
      extensions[info.enabledExtensionCount++] = VK_NV_COOPERATIVE_MATRIX_EXTENSION_NAME;
    }
  if (counting)
    extensions[info.enabledExtensionCount++] = counting;
  if (self->tells_budget)
    extensions[info.enabledExtensionCount++] = VK_EXT_MEMORY_BUDGET_EXTENSION_NAME;
  result = vkCreateDevice (self->physical, &info, NULL, &self->device);
  if (result != VK_SUCCESS)
    return _sac_vulkan_fail (error, "vkCreateDevice", result);
  result = _sac_vulkan_queue_open (self, counts, counting == NULL);
  if (result == VK_SUCCESS)
    result = _sac_vulkan_memory_open (self);
  if (result == VK_SUCCESS)
    result = vkCreateCommandPool (self->device, &pool, NULL, &self->commands);
  if (result == VK_SUCCESS)
    result = _sac_vulkan_cache_open (self, &properties);
  if (result == VK_SUCCESS)
    result = make_layout (self);
  if (result == VK_SUCCESS)
    _sac_vulkan_tune_open (self);
  if (result != VK_SUCCESS)
    return _sac_vulkan_fail (error, "opening it", result);
  sac_debug (VULKAN, "%s, offsets aligned to %" G_GSIZE_FORMAT ", memory %s, %s\n", self->device_name, self->alignment,
             self->staged ? "of its own" : "shared", self->timeline ? "timeline semaphore" : "fences");
  sac_debug (VULKAN, "f16 %s, cooperative matrices %s\n", self->base.stores ? "stored" : "no", self->matrix ? "used" : "no");
  return TRUE;
}

static gboolean
open_device (SacVulkan *self, int number, GError **error)
{
  VkPhysicalDevice all[16];
  guint32 n = G_N_ELEMENTS (all);
  guint32 host;
  int family = -1;
  VkResult result = create_instance (self);

  if (result == VK_SUCCESS)
    {
      result = vkEnumeratePhysicalDevices (self->instance, &n, all);
      if (result == VK_INCOMPLETE)
        result = VK_SUCCESS;
    }
  if (result != VK_SUCCESS || n == 0)
    {
      g_set_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_ABSENT,
                   _("No Vulkan device was found; install a driver (mesa-vulkan-drivers) or use the CPU"));
      return FALSE;
    }
  if (number >= (int) n)
    {
      g_set_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_ABSENT,
                   _("There is no Vulkan device %d; the last one is %u"), number, n - 1);
      return FALSE;
    }
  for (int i = MAX (number, 0); i < (int) n && family < 0; i++)
    {
      self->physical = all[i];
      family = _sac_vulkan_find_family (all[i]);
      if (!_sac_vulkan_find_host_memory (all[i], G_MAXUINT32, &host))
        family = -1;
      if (number >= 0)
        break;
    }
  if (family < 0)
    {
      g_set_error (error, SAC_BACKEND_ERROR, SAC_BACKEND_ERROR_ABSENT, _("No Vulkan device here can compute"));
      return FALSE;
    }
  self->family = (guint32) family;
  return make_device (self, error);
}

static void
vulkan_destroy (SacBackend *backend)
{
  SacVulkan *self = (SacVulkan *) backend;

  if (self->broken == VK_TIMEOUT)       /* it may still write: waiting could last for ever, taking things away is not allowed */
    return;
  if (self->device)
    vkDeviceWaitIdle (self->device);
  _sac_vulkan_pipelines_clear (self);
  if (self->device)
    {
      _sac_vulkan_cache_save (self, TRUE);
      _sac_vulkan_tune_close (self);
      vkDestroyPipelineLayout (self->device, self->layout, NULL);
      vkDestroyDescriptorSetLayout (self->device, self->sets_layout, NULL);
      vkDestroyPipelineCache (self->device, self->cache, NULL);
      vkDestroyCommandPool (self->device, self->commands, NULL);
      _sac_vulkan_memory_close (self);
      _sac_vulkan_queue_close (self);
      vkDestroyDevice (self->device, NULL);
    }
  if (self->messenger)
    {
      PFN_vkDestroyDebugUtilsMessengerEXT destroy =
        (PFN_vkDestroyDebugUtilsMessengerEXT) (void *) vkGetInstanceProcAddr (self->instance, "vkDestroyDebugUtilsMessengerEXT");

      if (destroy)
        destroy (self->instance, self->messenger, NULL);
    }
  if (self->instance)
    vkDestroyInstance (self->instance, NULL);
  g_free (self->device_name);
  g_free (self->cache_path);
  g_free (self);
}

SacBackend *
sac_backend_vulkan_new (int device, GError **error)
{
  SacVulkan *self = g_new0 (SacVulkan, 1);

  self->base = (SacBackend) {
    .name = "vulkan",
    .alloc = _sac_vulkan_alloc, .release = _sac_vulkan_release, .upload = _sac_vulkan_upload, .download = _sac_vulkan_download,
    .select = _sac_vulkan_select, .prepare = _sac_vulkan_prepare, .run = _sac_vulkan_run, .step_times = _sac_vulkan_step_times,
    .measure_peaks = _sac_vulkan_measure_peaks,
    .unprepare = _sac_vulkan_unprepare,
    .destroy = vulkan_destroy,
  };
  _sac_vulkan_pipelines_init (self);
  if (!open_device (self, device, error))
    {
      vulkan_destroy (&self->base);
      return NULL;
    }
  return &self->base;
}

guint64
sac_backend_vulkan_get_submissions (SacBackend *backend)
{
  return ((SacVulkan *) backend)->last;
}

guint
sac_backend_vulkan_get_validation_errors (SacBackend *backend)
{
  return ((SacVulkan *) backend)->n_validation_errors;
}
