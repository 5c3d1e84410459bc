/* Vulkan: what the devices of this machine can do, without opening one. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <string.h>

#include "sac-vulkan-private.h"

#define MAX_DEVICES 16

gboolean
sac_vulkan_device_is_for_auto (const SacVulkanDevice *device)
{
  return !device->software && !device->missing;
}

void
sac_vulkan_device_free (SacVulkanDevice *device)
{
  if (!device)
    return;
  g_free (device->name);
  g_free (device->driver);
  g_free (device->missing);
  g_free (device);
}

gboolean
_sac_vulkan_has_extension (VkPhysicalDevice physical, const char *name)
{
  guint32 n = 0;
  g_autofree VkExtensionProperties *list = NULL;

  if (vkEnumerateDeviceExtensionProperties (physical, NULL, &n, NULL) != VK_SUCCESS || n == 0)
    return FALSE;
  list = g_new0 (VkExtensionProperties, n);
  if (vkEnumerateDeviceExtensionProperties (physical, NULL, &n, list) < 0)
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    if (strcmp (list[i].extensionName, name) == 0)
      return TRUE;
  return FALSE;
}

gboolean
_sac_vulkan_has_half_storage (VkPhysicalDevice physical)
{
  VkPhysicalDevice16BitStorageFeatures storage = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES };
  VkPhysicalDeviceFeatures2 features = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &storage };

  vkGetPhysicalDeviceFeatures2 (physical, &features);
  return storage.storageBuffer16BitAccess && !sac_env_vulkan_no_half ();
}

gboolean
_sac_vulkan_has_matrix (VkInstance instance, VkPhysicalDevice physical)
{
  PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesNV list =
    (PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesNV) (void *)
      vkGetInstanceProcAddr (instance, "vkGetPhysicalDeviceCooperativeMatrixPropertiesNV");
  VkPhysicalDeviceShaderFloat16Int8Features half = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES };
  VkPhysicalDeviceCooperativeMatrixFeaturesNV matrix = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_NV,
                                                         .pNext = &half };
  VkPhysicalDeviceFeatures2 features = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &matrix };
  VkPhysicalDeviceSubgroupProperties subgroup = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES };
  VkPhysicalDeviceProperties2 properties = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &subgroup };
  VkCooperativeMatrixPropertiesNV sizes[64];
  guint32 n = G_N_ELEMENTS (sizes);

  if (!list || !_sac_vulkan_has_extension (physical, VK_NV_COOPERATIVE_MATRIX_EXTENSION_NAME))
    return FALSE;
  vkGetPhysicalDeviceFeatures2 (physical, &features);
  vkGetPhysicalDeviceProperties2 (physical, &properties);
  for (guint32 i = 0; i < n; i++)
    sizes[i] = (VkCooperativeMatrixPropertiesNV) { .sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_NV };
  if (!matrix.cooperativeMatrix || !half.shaderFloat16 || subgroup.subgroupSize != 32 || list (physical, &n, sizes) < 0)
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    if (sizes[i].MSize == 16 && sizes[i].NSize == 16 && sizes[i].KSize == 16 && sizes[i].scope == VK_SCOPE_SUBGROUP_NV
        && sizes[i].AType == VK_COMPONENT_TYPE_FLOAT16_NV && sizes[i].BType == VK_COMPONENT_TYPE_FLOAT16_NV
        && sizes[i].CType == VK_COMPONENT_TYPE_FLOAT32_NV && sizes[i].DType == VK_COMPONENT_TYPE_FLOAT32_NV)
      return TRUE;
  return FALSE;
}

static void
read_features (VkPhysicalDevice physical, SacVulkanDevice *out)
{
  VkPhysicalDeviceShaderFloat16Int8Features half = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES };
  VkPhysicalDevice16BitStorageFeatures storage = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES, .pNext = &half };
  VkPhysicalDeviceFeatures2 features = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &storage };

  vkGetPhysicalDeviceFeatures2 (physical, &features);
  out->half_storage = storage.storageBuffer16BitAccess;
  out->half_arithmetic = half.shaderFloat16;
}

static void
read_properties (VkPhysicalDevice physical, SacVulkanDevice *out)
{
  VkPhysicalDeviceSubgroupProperties subgroup = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES };
  VkPhysicalDeviceDriverProperties driver = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES, .pNext = &subgroup };
  VkPhysicalDeviceProperties2 all = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &driver };
  VkPhysicalDeviceMemoryProperties memory;

  vkGetPhysicalDeviceProperties2 (physical, &all);
  vkGetPhysicalDeviceMemoryProperties (physical, &memory);
  out->name = g_utf8_make_valid (all.properties.deviceName, -1);
  out->driver = g_strdup_printf ("%s %s", driver.driverName, driver.driverInfo);
  out->software = all.properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
  out->api_major = VK_API_VERSION_MAJOR (all.properties.apiVersion);
  out->api_minor = VK_API_VERSION_MINOR (all.properties.apiVersion);
  out->subgroup = subgroup.subgroupSize;
  out->timestamps = all.properties.limits.timestampComputeAndGraphics;
  for (guint32 i = 0; i < memory.memoryHeapCount; i++)
    if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
      out->memory = MAX (out->memory, memory.memoryHeaps[i].size);
}

GPtrArray *
sac_vulkan_probe (void)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_vulkan_device_free);
  VkApplicationInfo app = {
    .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .pApplicationName = "saccade", .apiVersion = VK_API_VERSION_1_1,
  };
  VkInstanceCreateInfo info = { .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &app };
  VkPhysicalDevice all[MAX_DEVICES];
  guint32 n = MAX_DEVICES, host;
  VkInstance instance;

  if (vkCreateInstance (&info, NULL, &instance) != VK_SUCCESS)
    return out;
  if (vkEnumeratePhysicalDevices (instance, &n, all) < 0)
    n = 0;
  for (guint32 i = 0; i < n; i++)
    {
      SacVulkanDevice *device = g_new0 (SacVulkanDevice, 1);

      read_properties (all[i], device);
      read_features (all[i], device);
      device->matrix = _sac_vulkan_has_extension (all[i], "VK_NV_cooperative_matrix")
                       || _sac_vulkan_has_extension (all[i], "VK_KHR_cooperative_matrix");
      device->reports_memory = _sac_vulkan_has_extension (all[i], VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
      if (_sac_vulkan_find_family (all[i]) < 0)
        device->missing = g_strdup (_("no queue for computing"));
      else if (!_sac_vulkan_find_host_memory (all[i], G_MAXUINT32, &host))
        device->missing = g_strdup (_("no memory that both sides can write"));
      g_ptr_array_add (out, device);
    }
  vkDestroyInstance (instance, NULL);
  return out;
}
