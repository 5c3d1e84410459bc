/* Vulkan: the way to memory that the host cannot map.  Two slots of host memory take turns: while the device copies one, the host
 * fills or empties the other.  Copies go through the same queue as programs, in order, with barriers around them. */
#define G_LOG_DOMAIN "saccade"
#include <string.h>

#include "sac-vulkan-private.h"

#define SLOT_BYTES (4u << 20)

VkResult
_sac_vulkan_staging_open (SacVulkan *self)
{
  SacVulkanStaging *s = &self->staging;
  VkCommandPoolCreateInfo pool = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
    .queueFamilyIndex = self->family,
  };
  VkCommandBufferAllocateInfo commands = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
    .commandBufferCount = SAC_VULKAN_SLOTS,
  };
  VkBufferCreateInfo buffer = {
    .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = (gsize) SAC_VULKAN_SLOTS * SLOT_BYTES,
    .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
  };
  VkMemoryAllocateInfo allocate = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO };
  VkMemoryRequirements needs;
  VkResult result = vkCreateCommandPool (self->device, &pool, NULL, &s->pool);

  if (result != VK_SUCCESS)
    return result;
  commands.commandPool = s->pool;
  result = vkAllocateCommandBuffers (self->device, &commands, s->commands);
  if (result == VK_SUCCESS)
    result = vkCreateBuffer (self->device, &buffer, NULL, &s->buffer);
  if (result != VK_SUCCESS)
    return result;
  vkGetBufferMemoryRequirements (self->device, s->buffer, &needs);
  allocate.allocationSize = needs.size;
  if (!_sac_vulkan_find_host_memory (self->physical, needs.memoryTypeBits, &allocate.memoryTypeIndex))
    return VK_ERROR_FEATURE_NOT_PRESENT;
  result = vkAllocateMemory (self->device, &allocate, NULL, &s->memory);
  if (result == VK_SUCCESS)
    result = vkBindBufferMemory (self->device, s->buffer, s->memory, 0);
  if (result == VK_SUCCESS)
    result = vkMapMemory (self->device, s->memory, 0, VK_WHOLE_SIZE, 0, &s->map);
  return result;
}

void
_sac_vulkan_staging_close (SacVulkan *self)
{
  vkDestroyBuffer (self->device, self->staging.buffer, NULL);
  vkFreeMemory (self->device, self->staging.memory, NULL);
  vkDestroyCommandPool (self->device, self->staging.pool, NULL);
}

static char *
get_slot (SacVulkan *self, guint slot)
{
  return (char *) self->staging.map + (gsize) slot * SLOT_BYTES;
}

static void
put_barrier (VkCommandBuffer commands, VkPipelineStageFlags from, VkAccessFlags wrote, VkPipelineStageFlags to, VkAccessFlags reads)
{
  VkMemoryBarrier barrier = { .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER, .srcAccessMask = wrote, .dstAccessMask = reads };

  vkCmdPipelineBarrier (commands, from, to, 0, 1, &barrier, 0, NULL, 0, NULL);
}

typedef enum { FILL_ZEROS, TO_DEVICE, FROM_DEVICE } Way;

/* One act of the next slot, whose turn before is over. */
static VkResult
submit_copy (SacVulkan *self, guint slot, Way way, const SacBuffer *buffer, gsize offset, gsize n_bytes)
{
  const VkPipelineStageFlags programs = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
  const VkAccessFlags both = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT
                             | VK_ACCESS_TRANSFER_WRITE_BIT;
  VkCommandBuffer commands = self->staging.commands[slot];
  VkCommandBufferBeginInfo begin = {
    .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
  };
  VkBufferCopy up = { (VkDeviceSize) slot * SLOT_BYTES, offset, n_bytes }, down = { offset, up.srcOffset, n_bytes };
  VkResult result = vkBeginCommandBuffer (commands, &begin);

  if (result != VK_SUCCESS)
    return result;
  put_barrier (commands, programs, both, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT);
  if (way == FILL_ZEROS)
    vkCmdFillBuffer (commands, buffer->buffer, 0, VK_WHOLE_SIZE, 0);
  else if (way == TO_DEVICE)
    vkCmdCopyBuffer (commands, self->staging.buffer, buffer->buffer, 1, &up);
  else
    vkCmdCopyBuffer (commands, buffer->buffer, self->staging.buffer, 1, &down);
  put_barrier (commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT, programs | VK_PIPELINE_STAGE_HOST_BIT,
               both | VK_ACCESS_HOST_READ_BIT);
  result = vkEndCommandBuffer (commands);
  return result == VK_SUCCESS ? _sac_vulkan_submit (self, commands, &self->staging.tickets[slot]) : result;
}

static VkResult
await_slot (SacVulkan *self, guint slot)
{
  return _sac_vulkan_wait (self, self->staging.tickets[slot]);
}

void
_sac_vulkan_staging_clear (SacVulkan *self, SacBuffer *buffer)
{
  guint slot = self->staging.next++ % SAC_VULKAN_SLOTS;

  if (await_slot (self, slot) == VK_SUCCESS)
    submit_copy (self, slot, FILL_ZEROS, buffer, 0, 0);
}

void
_sac_vulkan_staging_upload (SacVulkan *self, SacBuffer *buffer, gsize offset, const char *data, gsize n_bytes)
{
  for (gsize at = 0; at < n_bytes; at += SLOT_BYTES)
    {
      gsize n = MIN (n_bytes - at, SLOT_BYTES);
      guint slot = self->staging.next++ % SAC_VULKAN_SLOTS;

      if (await_slot (self, slot) != VK_SUCCESS)
        return;
      memcpy (get_slot (self, slot), data + at, n);
      if (submit_copy (self, slot, TO_DEVICE, buffer, offset + at, n) != VK_SUCCESS)
        return;
    }
}

/* One piece is under way while the one before it is read. */
VkResult
_sac_vulkan_staging_download (SacVulkan *self, SacBuffer *buffer, gsize offset, char *data, gsize n_bytes)
{
  gsize n_pieces = (n_bytes + SLOT_BYTES - 1) / SLOT_BYTES;
  guint first = self->staging.next;
  VkResult result = VK_SUCCESS;

  self->staging.next += (guint) n_pieces;
  for (gsize i = 0; i <= n_pieces && result == VK_SUCCESS; i++)
    {
      guint slot = (guint) (first + i) % SAC_VULKAN_SLOTS, before = (guint) (first + i + SAC_VULKAN_SLOTS - 1) % SAC_VULKAN_SLOTS;
      gsize at = i * SLOT_BYTES;
      gsize read = at - SLOT_BYTES;     /* of the piece before */

      if (i < n_pieces)
        {
          result = await_slot (self, slot);
          if (result == VK_SUCCESS)
            result = submit_copy (self, slot, FROM_DEVICE, buffer, offset + at, MIN (n_bytes - at, SLOT_BYTES));
        }
      if (i > 0 && result == VK_SUCCESS)
        {
          result = await_slot (self, before);
          if (result == VK_SUCCESS)
            memcpy (data + read, get_slot (self, before), MIN (n_bytes - read, SLOT_BYTES));
        }
    }
  return result;
}
