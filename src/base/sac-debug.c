#define G_LOG_DOMAIN "saccade"
#include "sac-debug.h"
#include "sac-debug-device.h"

#include <stdlib.h>

static const GDebugKey debug_keys[] = {
  { "graph", SAC_DEBUG_GRAPH }, { "plan", SAC_DEBUG_PLAN },   { "cpu", SAC_DEBUG_CPU }, { "vulkan", SAC_DEBUG_VULKAN },
  { "media", SAC_DEBUG_MEDIA }, { "train", SAC_DEBUG_TRAIN }, { "ui", SAC_DEBUG_UI },
};

static guint64
env_number (const char *name, guint64 fallback)
{
  const char *text = g_getenv (name);

  return text && *text ? g_ascii_strtoull (text, NULL, 0) : fallback;
}

gboolean
sac_debug_enabled (SacDebugFlags flag)
{
  static gsize once;
  static guint flags;

  if (g_once_init_enter (&once))
    {
      flags = g_parse_debug_string (g_getenv ("SACCADE_DEBUG"), debug_keys, G_N_ELEMENTS (debug_keys));
      g_once_init_leave (&once, 1);
    }
  return (flags & flag) != 0;
}

/* Read afresh each time: tests switch them on and off. */
gboolean
sac_switch_on (SacSwitch what)
{
  static const char *const names[] = {
    [SAC_SWITCH_EXPLAIN] = "SACCADE_EXPLAIN", [SAC_SWITCH_PROFILE] = "SACCADE_PROFILE",
    [SAC_SWITCH_CHECK] = "SACCADE_CHECK",     [SAC_SWITCH_NO_PLAN] = "SACCADE_NO_PLAN",
    [SAC_SWITCH_REVERSE] = "SACCADE_REVERSE",
    [SAC_SWITCH_VALIDATE] = "SACCADE_VALIDATE",     [SAC_SWITCH_NO_RECOMPUTE] = "SACCADE_NO_RECOMPUTE",
  };
  const char *text = g_getenv (names[what]);

  return text && *text && g_strcmp0 (text, "0") != 0;
}

gboolean
sac_fusion_off (const char *name)
{
  const char *text = g_getenv ("SACCADE_NO_FUSE");
  g_auto (GStrv) names = NULL;

  if (!text || !*text || g_strcmp0 (text, "0") == 0)
    return FALSE;
  names = g_strsplit (text, ",", -1);
  return g_strcmp0 (text, "1") == 0 || g_strv_contains ((const char *const *) names, name);
}

guint32
sac_env_cpu_mask (void)
{
  return (guint32) env_number ("SACCADE_CPU_MASK", G_MAXUINT32);
}

guint
sac_env_threads (void)
{
  return (guint) MIN (env_number ("SACCADE_THREADS", 0), 256);
}

guint
sac_env_fail_alloc (void)
{
  return (guint) env_number ("SACCADE_FAIL_ALLOC", 0);
}

gboolean
sac_env_vulkan_staging (void)
{
  return env_number ("SACCADE_VULKAN_STAGING", 0) != 0;
}

gboolean
sac_env_vulkan_fences (void)
{
  return env_number ("SACCADE_VULKAN_FENCES", 0) != 0;
}

gboolean
sac_env_vulkan_no_half (void)
{
  return env_number ("SACCADE_VULKAN_NO_HALF", 0) != 0;
}

double
sac_env_loss_scale (void)
{
  return (double) env_number ("SACCADE_LOSS_SCALE", 0);
}

gboolean
sac_env_vulkan_tune (gboolean fallback)
{
  return env_number ("SACCADE_VULKAN_TUNE", (guint64) fallback) != 0;
}

gsize
sac_env_vulkan_memory (void)
{
  return (gsize) env_number ("SACCADE_VULKAN_MEMORY", 0) << 10;
}

guint
sac_env_vulkan_chunk (void)
{
  return (guint) env_number ("SACCADE_VULKAN_CHUNK", 0);
}

gboolean
sac_env_has_desktop (void)
{
  return g_getenv ("WAYLAND_DISPLAY") || g_getenv ("DISPLAY");
}

guint
sac_env_hang_device (void)
{
  return (guint) env_number ("SACCADE_HANG_DEVICE", 0);
}

guint
sac_env_lose_device (void)
{
  return (guint) env_number ("SACCADE_LOSE_DEVICE", 0);
}

const char *
sac_env_power_dir (void)
{
  const char *own = g_getenv ("SACCADE_POWER");

  return own && *own ? own : "/sys/class/power_supply";
}

guint64
sac_env_least_free (void)
{
  const char *own = g_getenv ("SACCADE_LEAST_FREE");

  return own && *own ? g_ascii_strtoull (own, NULL, 10) : (guint64) 256 << 20;
}

const char *
sac_env_cache_dir (void)
{
  static gsize once;
  static char *dir;

  if (g_once_init_enter (&once))
    {
      const char *own = g_getenv ("SACCADE_CACHE");

      dir = own && *own ? g_strdup (own) : g_build_filename (g_get_user_cache_dir (), "saccade", NULL);
      g_once_init_leave (&once, 1);
    }
  return dir;
}

const char *
sac_env_data_dir (void)
{
  return g_getenv ("SACCADE_DATADIR");
}
