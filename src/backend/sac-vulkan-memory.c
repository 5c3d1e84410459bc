/* Vulkan: memory.  Buffers are cut from blocks, so that the driver is asked seldom and the device's budget is looked at each time it is.
 * Memory of the device's own where the host cannot map it (then copies go by sac-vulkan-staging.c), else memory that both share. */
#define G_LOG_DOMAIN "saccade"
#include <glib/gi18n.h>
#include <string.h>

#include "sac-vulkan-private.h"

#define BLOCK_BYTES ((gsize) 64 << 20)  /* larger buffers get a block of their own */
#define UNIT 256                        /* sizes and offsets are multiples */

typedef struct {
  gsize offset, n_bytes;
} Hole;

struct _SacVulkanBlock {
  VkDeviceMemory memory;
  gsize n_bytes;
  char *map;                    /* NULL where the host has no way in */
  GArray *holes;                /* Hole, by offset, no two of them touch */
};

static gboolean
find_type (const VkPhysicalDeviceMemoryProperties *memory, guint32 bits, VkMemoryPropertyFlags wanted, VkMemoryPropertyFlags unwanted,
           guint32 *type)
{
  const VkMemoryPropertyFlags usual = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT | VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT
                                      | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
  gsize best = 0;

  for (guint32 i = 0; i < memory->memoryTypeCount; i++)
    {
      VkMemoryPropertyFlags flags = memory->memoryTypes[i].propertyFlags;
      gsize heap = memory->memoryHeaps[memory->memoryTypes[i].heapIndex].size;

      if ((bits & (1u << i)) && (flags & wanted) == wanted && !(flags & (unwanted | ~usual)) && heap > best)
        {
          best = heap;
          *type = i;
        }
    }
  return best > 0;
}

gboolean
_sac_vulkan_find_host_memory (VkPhysicalDevice physical, guint32 bits, guint32 *type)
{
  const VkMemoryPropertyFlags host = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  VkPhysicalDeviceMemoryProperties memory;

  vkGetPhysicalDeviceMemoryProperties (physical, &memory);
  return find_type (&memory, bits, host | VK_MEMORY_PROPERTY_HOST_CACHED_BIT, 0, type) || find_type (&memory, bits, host, 0, type);
}

static VkBufferCreateInfo
describe_buffer (gsize n_bytes)
{
  return (VkBufferCreateInfo) {
    .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = (MAX (n_bytes, 16) + 15) & ~(gsize) 15,
    .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
  };
}

VkResult
_sac_vulkan_memory_open (SacVulkan *self)
{
  const VkMemoryPropertyFlags host = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
  VkBufferCreateInfo info = describe_buffer (UNIT);
  VkPhysicalDeviceMemoryProperties memory;
  VkMemoryRequirements needs;
  VkBuffer buffer;
  VkResult result = vkCreateBuffer (self->device, &info, NULL, &buffer);

  if (result != VK_SUCCESS)
    return result;
  vkGetBufferMemoryRequirements (self->device, buffer, &needs);
  vkDestroyBuffer (self->device, buffer, NULL);
  vkGetPhysicalDeviceMemoryProperties (self->physical, &memory);
  self->blocks = g_ptr_array_new ();
  self->unit = MAX (needs.alignment, UNIT);
  self->staged = TRUE;
  if (!find_type (&memory, needs.memoryTypeBits, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT,
                  &self->memory_type))
    {
      self->staged = sac_env_vulkan_staging ();
      if (!find_type (&memory, needs.memoryTypeBits, host | VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0, &self->memory_type)
          && !_sac_vulkan_find_host_memory (self->physical, needs.memoryTypeBits, &self->memory_type))
        return VK_ERROR_FEATURE_NOT_PRESENT;
    }
  self->heap = memory.memoryTypes[self->memory_type].heapIndex;
  return self->staged ? _sac_vulkan_staging_open (self) : VK_SUCCESS;
}

static void
free_block (SacVulkan *self, SacVulkanBlock *block)
{
  vkFreeMemory (self->device, block->memory, NULL);     /* unmaps it, too */
  self->reserved -= block->n_bytes;
  g_array_unref (block->holes);
  g_free (block);
}

void
_sac_vulkan_memory_close (SacVulkan *self)
{
  for (guint i = 0; self->blocks && i < self->blocks->len; i++)
    free_block (self, self->blocks->pdata[i]);
  g_clear_pointer (&self->blocks, g_ptr_array_unref);
  if (self->staged)
    _sac_vulkan_staging_close (self);
}

/* What may still be taken: as the device tells it, or most of its heap less what is ours.  A device in software has what the machine
 * has, whatever size it tells of its heap. */
static gsize
count_free (SacVulkan *self)
{
  VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT };
  VkPhysicalDeviceMemoryProperties2 memory = { .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
                                               .pNext = self->tells_budget ? &budget : NULL };
  gsize limit, used;

  if (self->software && sac_memory_available () > 0)
    return sac_memory_available ();
  vkGetPhysicalDeviceMemoryProperties2 (self->physical, &memory);
  limit = self->tells_budget ? budget.heapBudget[self->heap] : memory.memoryProperties.memoryHeaps[self->heap].size / 10 * 9;
  used = self->tells_budget ? budget.heapUsage[self->heap] : self->reserved;
  return limit > used ? limit - used : 0;
}

static void
refuse (gsize needed, gsize left, GError **error)
{
  g_autofree char *wanted = sac_size_dup_text ((double) needed), *there = sac_size_dup_text ((double) left);

  g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY,
               _("The Vulkan device gives no %s more in one piece; %s of its memory are free. A smaller batch or fewer frames need "
                 "less; the processor may have more: --device cpu"), wanted, there);
}

static SacVulkanBlock *
add_block (SacVulkan *self, gsize needed, GError **error)
{
  gsize left = count_free (self);
  VkMemoryAllocateInfo info = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, .memoryTypeIndex = self->memory_type };
  VkDeviceMemory memory = VK_NULL_HANDLE;
  void *map = NULL;
  VkResult result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  SacVulkanBlock *block;

  if (needed <= left)
    {
      info.allocationSize = needed <= BLOCK_BYTES / 2 && BLOCK_BYTES <= left ? BLOCK_BYTES : needed;
      result = vkAllocateMemory (self->device, &info, NULL, &memory);
      if (result != VK_SUCCESS && info.allocationSize > needed)
        {
          info.allocationSize = needed;
          result = vkAllocateMemory (self->device, &info, NULL, &memory);
        }
    }
  if (result == VK_SUCCESS && !self->staged)
    result = vkMapMemory (self->device, memory, 0, VK_WHOLE_SIZE, 0, &map);
  if (result != VK_SUCCESS)
    {
      vkFreeMemory (self->device, memory, NULL);
      refuse (needed, left, error);
      return NULL;
    }
  block = g_new (SacVulkanBlock, 1);
  *block = (SacVulkanBlock) { memory, info.allocationSize, map, g_array_new (FALSE, FALSE, sizeof (Hole)) };
  g_array_append_val (block->holes, ((Hole) { 0, info.allocationSize }));
  g_ptr_array_add (self->blocks, block);
  self->reserved += block->n_bytes;
  return block;
}

static gboolean
take_from (SacVulkanBlock *block, gsize n_bytes, gsize *offset)
{
  for (guint i = 0; i < block->holes->len; i++)
    {
      Hole *hole = &g_array_index (block->holes, Hole, i);

      if (hole->n_bytes < n_bytes)
        continue;
      *offset = hole->offset;
      hole->offset += n_bytes;
      hole->n_bytes -= n_bytes;
      if (hole->n_bytes == 0)
        g_array_remove_index (block->holes, i);
      return TRUE;
    }
  return FALSE;
}

static void
give_back (SacVulkan *self, SacVulkanBlock *block, Hole hole)
{
  guint i = 0;

  while (i < block->holes->len && g_array_index (block->holes, Hole, i).offset < hole.offset)
    i++;
  g_array_insert_val (block->holes, i, hole);
  for (guint k = i > 0 ? i - 1 : 0; k + 1 < block->holes->len && k <= i;)
    {
      Hole *a = &g_array_index (block->holes, Hole, k), b = g_array_index (block->holes, Hole, k + 1);

      if (a->offset + a->n_bytes == b.offset)
        {
          a->n_bytes += b.n_bytes;
          g_array_remove_index (block->holes, k + 1);
        }
      else
        k++;
    }
  /* the last usual block stays: the next program takes it again */
  if (g_array_index (block->holes, Hole, 0).n_bytes == block->n_bytes && (block->n_bytes != BLOCK_BYTES || self->blocks->len > 1))
    {
      g_ptr_array_remove (self->blocks, block);
      free_block (self, block);
    }
}

void
_sac_vulkan_release (SacBackend *backend, SacBuffer *buffer)
{
  SacVulkan *self = (SacVulkan *) backend;

  if (!buffer || self->broken == VK_TIMEOUT)
    return;
  _sac_vulkan_wait (self, self->last);  /* copies under way */
  vkDestroyBuffer (self->device, buffer->buffer, NULL);
  if (buffer->block)
    give_back (self, buffer->block, (Hole) { buffer->offset, buffer->n_taken });
  g_free (buffer);
}

/* Sets block, offset and n_taken. */
static gboolean
take (SacVulkan *self, SacBuffer *buffer, gsize n_bytes, GError **error)
{
  SacVulkanBlock *block = NULL;
  gsize in_use = 0, most = sac_env_vulkan_memory ();

  sac_backend_vulkan_get_memory (&self->base, &in_use);
  if (most > 0 && in_use + n_bytes > most)
    {
      refuse (n_bytes, most > in_use ? most - in_use : 0, error);
      return FALSE;
    }
  for (guint i = 0; i < self->blocks->len && !block; i++)
    if (take_from (self->blocks->pdata[i], n_bytes, &buffer->offset))
      block = self->blocks->pdata[i];
  if (!block)
    {
      block = add_block (self, n_bytes, error);
      if (!block)
        return FALSE;
      take_from (block, n_bytes, &buffer->offset);
    }
  buffer->block = block;
  buffer->n_taken = n_bytes;
  buffer->map = block->map ? block->map + buffer->offset : NULL;
  return TRUE;
}

SacBuffer *
_sac_vulkan_alloc (SacBackend *backend, gsize n_bytes, GError **error)
{
  SacVulkan *self = (SacVulkan *) backend;
  VkBufferCreateInfo info = describe_buffer (n_bytes);
  SacBuffer *buffer = g_new0 (SacBuffer, 1);
  VkMemoryRequirements needs;
  VkResult result;

  buffer->n_bytes = n_bytes;
  if (n_bytes > G_MAXSSIZE)
    result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
  else
    result = vkCreateBuffer (self->device, &info, NULL, &buffer->buffer);
  if (result != VK_SUCCESS)
    {
      g_free (buffer);
      if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY)
        refuse (n_bytes, count_free (self), error);
      else
        _sac_vulkan_fail (error, "vkCreateBuffer", result);
      return NULL;
    }
  vkGetBufferMemoryRequirements (self->device, buffer->buffer, &needs);
  if (!take (self, buffer, (needs.size + self->unit - 1) / self->unit * self->unit, error))
    {
      _sac_vulkan_release (backend, buffer);
      return NULL;
    }
  result = vkBindBufferMemory (self->device, buffer->buffer, buffer->block->memory, buffer->offset);
  if (result != VK_SUCCESS)
    {
      _sac_vulkan_release (backend, buffer);
      _sac_vulkan_fail (error, "vkBindBufferMemory", result);
      return NULL;
    }
  if (buffer->map)
    memset (buffer->map, 0, n_bytes);
  else
    _sac_vulkan_staging_clear (self, buffer);
  return buffer;
}

/* Memory that both share is coherent, and the queue is idle between runs: a copy is a copy. */
void
_sac_vulkan_upload (SacBackend *backend, SacBuffer *buffer, gsize offset, gconstpointer data, gsize n_bytes)
{
  if (buffer->map)
    memcpy (buffer->map + offset, data, n_bytes);
  else
    _sac_vulkan_staging_upload ((SacVulkan *) backend, buffer, offset, data, n_bytes);
}

/* What a lost device leaves in memory that both share may be from the middle of a step. */
gboolean
_sac_vulkan_download (SacBackend *backend, SacBuffer *buffer, gsize offset, gpointer data, gsize n_bytes, GError **error)
{
  SacVulkan *self = (SacVulkan *) backend;
  VkResult result = self->broken;

  if (result == VK_SUCCESS && buffer->map)
    memcpy (data, buffer->map + offset, n_bytes);
  else if (result == VK_SUCCESS)
    result = _sac_vulkan_staging_download (self, buffer, offset, data, n_bytes);
  return result == VK_SUCCESS || _sac_vulkan_fail (error, "vkCmdCopyBuffer", result);
}

gsize
sac_backend_vulkan_get_memory (SacBackend *backend, gsize *in_use)
{
  SacVulkan *self = (SacVulkan *) backend;

  if (in_use)
    {
      *in_use = self->reserved;
      for (guint i = 0; i < self->blocks->len; i++)
        {
          const SacVulkanBlock *block = self->blocks->pdata[i];

          for (guint k = 0; k < block->holes->len; k++)
            *in_use -= g_array_index (block->holes, Hole, k).n_bytes;
        }
    }
  return self->reserved;
}
