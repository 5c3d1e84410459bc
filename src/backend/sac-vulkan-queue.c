/* Vulkan: work goes to the queue with a ticket; waiting for a ticket waits for all before it, too.  One timeline semaphore counts the
 * tickets; where the device has none, a few fences take turns. */
#define G_LOG_DOMAIN "saccade"
#include "sac-vulkan-private.h"

#define WAIT_NS (G_GUINT64_CONSTANT (60) * 1000 * 1000 * 1000)

/* Whether @physical counts by itself; then *@extension is what has to be enabled, NULL where the core has it. */
gboolean
_sac_vulkan_has_timeline (VkPhysicalDevice physical, guint32 api, const char **extension)
{
  VkPhysicalDeviceTimelineSemaphoreFeatures timeline = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES };
  VkPhysicalDeviceFeatures2 features = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &timeline };
  gboolean in_core = api >= VK_API_VERSION_1_2;

  if (sac_env_vulkan_fences () || (!in_core && !_sac_vulkan_has_extension (physical, VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME)))
    return FALSE;
  vkGetPhysicalDeviceFeatures2 (physical, &features);
  *extension = in_core ? NULL : VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME;
  return timeline.timelineSemaphore;
}

VkResult
_sac_vulkan_queue_open (SacVulkan *self, gboolean timeline, gboolean in_core)
{
  VkSemaphoreTypeCreateInfo type = { .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO, .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE };
  VkSemaphoreCreateInfo semaphore = { .sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, .pNext = &type };
  VkFenceCreateInfo fence = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
  VkResult result = VK_SUCCESS;

  vkGetDeviceQueue (self->device, self->family, 0, &self->queue);
  if (timeline)
    {
      self->wait_semaphores = (PFN_vkWaitSemaphores) (void *)
        vkGetDeviceProcAddr (self->device, in_core ? "vkWaitSemaphores" : "vkWaitSemaphoresKHR");
      if (self->wait_semaphores)
        return vkCreateSemaphore (self->device, &semaphore, NULL, &self->timeline);
    }
  for (guint i = 0; i < SAC_VULKAN_FENCES && result == VK_SUCCESS; i++)
    result = vkCreateFence (self->device, &fence, NULL, &self->fences[i]);
  return result;
}

void
_sac_vulkan_queue_close (SacVulkan *self)
{
  vkDestroySemaphore (self->device, self->timeline, NULL);
  for (guint i = 0; i < SAC_VULKAN_FENCES; i++)
    vkDestroyFence (self->device, self->fences[i], NULL);
}

/* What the device said once, it says for ever: nothing that it holds can be trusted any more. */
static VkResult
remember (SacVulkan *self, VkResult result)
{
  if (result != VK_SUCCESS && self->broken == VK_SUCCESS)
    self->broken = result;
  return result;
}

VkResult
_sac_vulkan_wait (SacVulkan *self, guint64 ticket)
{
  VkSemaphoreWaitInfo wait = {
    .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO, .semaphoreCount = 1, .pSemaphores = &self->timeline, .pValues = &ticket,
  };
  VkResult result;

  if (ticket <= self->done || self->broken != VK_SUCCESS)
    return self->broken;
  if (sac_env_hang_device () > 0 && ticket >= sac_env_hang_device ())
    return remember (self, VK_TIMEOUT);
  if (self->timeline)
    result = self->wait_semaphores (self->device, &wait, WAIT_NS);
  else
    result = vkWaitForFences (self->device, 1, &self->fences[ticket % SAC_VULKAN_FENCES], VK_TRUE, WAIT_NS);
  if (result == VK_SUCCESS)
    self->done = ticket;
  return remember (self, result);
}

VkResult
_sac_vulkan_submit (SacVulkan *self, VkCommandBuffer commands, guint64 *ticket)
{
  guint64 value = self->last + 1;
  VkTimelineSemaphoreSubmitInfo counts = {
    .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO, .signalSemaphoreValueCount = 1, .pSignalSemaphoreValues = &value,
  };
  VkSubmitInfo submit = {
    .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .pNext = self->timeline ? &counts : NULL,
    .commandBufferCount = 1, .pCommandBuffers = &commands,
    .signalSemaphoreCount = self->timeline != VK_NULL_HANDLE, .pSignalSemaphores = &self->timeline,
  };
  VkFence fence = self->timeline ? VK_NULL_HANDLE : self->fences[value % SAC_VULKAN_FENCES];
  VkResult result = self->broken;

  if (sac_env_lose_device () > 0 && value >= sac_env_lose_device ())
    return remember (self, VK_ERROR_DEVICE_LOST);
  if (fence && result == VK_SUCCESS && value > SAC_VULKAN_FENCES)
    result = _sac_vulkan_wait (self, value - SAC_VULKAN_FENCES);
  if (fence && result == VK_SUCCESS)
    result = vkResetFences (self->device, 1, &fence);
  if (result == VK_SUCCESS)
    result = vkQueueSubmit (self->queue, 1, &submit, fence);
  if (result == VK_SUCCESS)
    *ticket = self->last = value;
  return remember (self, result);
}
