/* Vulkan: what the driver made of our shaders, kept on disk.  One file a device and driver version in pipelines/ of the cache folder:
 * a mark, a checksum, then the driver's own data.  The driver is given nothing that is damaged, foreign or too large: it trusts
 * what it reads. */
#define G_LOG_DOMAIN "saccade"
#include <string.h>

#include "base/sac-file.h"
#include "sac-vulkan-private.h"

#define MARK "SACPIPE1"
#define MARK_BYTES 8
#define SUM_BYTES 32
#define MAX_BYTES (256u << 20)
#define DRIVER_HEADER_BYTES (16 + VK_UUID_SIZE)         /* size, version, vendor, device, UUID: fixed by the specification */
#define QUIET_US (2 * G_USEC_PER_SEC)                   /* between two writings, but for the last */

static char *
dup_path (const VkPhysicalDeviceProperties *device)
{
  g_autoptr (GString) name = g_string_new (NULL);

  g_string_printf (name, "%08x-%08x-%08x-", device->vendorID, device->deviceID, device->driverVersion);
  for (guint i = 0; i < VK_UUID_SIZE; i++)
    g_string_append_printf (name, "%02x", device->pipelineCacheUUID[i]);
  g_string_append (name, ".cache");
  return g_build_filename (sac_env_cache_dir (), "pipelines", name->str, NULL);
}

static void
sum_up (const guint8 *data, gsize n_bytes, guint8 sum[SUM_BYTES])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize n = SUM_BYTES;

  g_checksum_update (checksum, data, (gssize) n_bytes);
  g_checksum_get_digest (checksum, sum, &n);
}

static guint32
read_word (const guint8 *data)
{
  guint32 word;

  memcpy (&word, data, sizeof word);
  return GUINT32_FROM_LE (word);
}

/* Where the driver's data begins in @file, NULL where anything is not as we wrote it. */
static const guint8 *
check_file (GBytes *file, const VkPhysicalDeviceProperties *device, gsize *n_bytes)
{
  gsize n;
  const guint8 *all = g_bytes_get_data (file, &n), *data;
  guint8 sum[SUM_BYTES];

  if (n < MARK_BYTES + SUM_BYTES + DRIVER_HEADER_BYTES || memcmp (all, MARK, MARK_BYTES) != 0)
    return NULL;
  data = all + MARK_BYTES + SUM_BYTES;
  *n_bytes = n - MARK_BYTES - SUM_BYTES;
  sum_up (data, *n_bytes, sum);
  if (memcmp (sum, all + MARK_BYTES, SUM_BYTES) != 0)
    return NULL;
  if (read_word (data) < DRIVER_HEADER_BYTES || read_word (data) > *n_bytes
      || read_word (data + 4) != VK_PIPELINE_CACHE_HEADER_VERSION_ONE
      || read_word (data + 8) != device->vendorID || read_word (data + 12) != device->deviceID
      || memcmp (data + 16, device->pipelineCacheUUID, VK_UUID_SIZE) != 0)
    return NULL;
  return data;
}

VkResult
_sac_vulkan_cache_open (SacVulkan *self, const VkPhysicalDeviceProperties *device)
{
  VkPipelineCacheCreateInfo info = { .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO };
  g_autoptr (GBytes) file = NULL;
  VkResult result;

  self->cache_path = dup_path (device);
  file = sac_file_read (self->cache_path, MAX_BYTES, NULL);
  if (file)
    info.pInitialData = check_file (file, device, &info.initialDataSize);
  if (!info.pInitialData)
    info.initialDataSize = 0;
  result = vkCreatePipelineCache (self->device, &info, NULL, &self->cache);
  if (result != VK_SUCCESS && info.pInitialData)
    {
      info.pInitialData = NULL;
      info.initialDataSize = 0;
      result = vkCreatePipelineCache (self->device, &info, NULL, &self->cache);
    }
  self->cache_bytes_read = info.initialDataSize;
  if (info.pInitialData)
    memcpy (self->cache_sum, (const guint8 *) g_bytes_get_data (file, NULL) + MARK_BYTES, SUM_BYTES);
  return result;
}

/* A cache that cannot be written costs time, not a run: no errors. */
void
_sac_vulkan_cache_save (SacVulkan *self, gboolean closing)
{
  gint64 now = g_get_monotonic_time ();
  g_autofree guint8 *all = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;
  guint8 sum[SUM_BYTES];
  gsize n = 0;

  if (!self->cache || !self->cache_stale || (!closing && self->cache_written != 0 && now - self->cache_written < QUIET_US))
    return;
  if (vkGetPipelineCacheData (self->device, self->cache, &n, NULL) != VK_SUCCESS || n < DRIVER_HEADER_BYTES
      || n > MAX_BYTES - MARK_BYTES - SUM_BYTES)
    return;
  all = g_malloc (MARK_BYTES + SUM_BYTES + n);
  if (vkGetPipelineCacheData (self->device, self->cache, &n, all + MARK_BYTES + SUM_BYTES) != VK_SUCCESS)
    return;
  self->cache_stale = FALSE;
  sum_up (all + MARK_BYTES + SUM_BYTES, n, sum);
  if (memcmp (sum, self->cache_sum, SUM_BYTES) == 0)
    return;
  memcpy (all, MARK, MARK_BYTES);
  memcpy (all + MARK_BYTES, sum, SUM_BYTES);
  folder = g_path_get_dirname (self->cache_path);
  g_mkdir_with_parents (folder, 0700);
  if (!sac_file_replace (self->cache_path, all, MARK_BYTES + SUM_BYTES + n, &error))
    {
      sac_debug (VULKAN, "pipelines are not kept: %s\n", error->message);
      return;
    }
  memcpy (self->cache_sum, sum, SUM_BYTES);
  self->cache_written = now;
}

gsize
sac_backend_vulkan_get_cache_bytes (SacBackend *backend)
{
  return ((SacVulkan *) backend)->cache_bytes_read;
}
