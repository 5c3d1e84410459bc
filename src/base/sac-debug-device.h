/* Switches for tests that make a device poorer than it is; read as the others are (sac-debug.h).  Any thread. */
#pragma once
#include <glib.h>

/* SACCADE_VULKAN_STAGING: as though the host could not map the device's memory. */
gboolean sac_env_vulkan_staging (void);
/* SACCADE_VULKAN_FENCES: as though the device had no timeline semaphores. */
gboolean sac_env_vulkan_fences (void);
/* SACCADE_VULKAN_NO_HALF: as though its shaders could not store f16. */
gboolean sac_env_vulkan_no_half (void);
/* SACCADE_LOSS_SCALE=n: a training with f16 begins with this scale; 0 when unset. */
double   sac_env_loss_scale (void);
/* SACCADE_VULKAN_TUNE: whether ways of an op are told apart by measuring; @fallback when unset. */
gboolean sac_env_vulkan_tune (gboolean fallback);
/* SACCADE_VULKAN_MEMORY=n: as though a Vulkan device had n KiB; 0 when unset. */
gsize    sac_env_vulkan_memory (void);
/* SACCADE_VULKAN_CHUNK=n: a submission may take n µs; 0 when unset. */
guint    sac_env_vulkan_chunk (void);
/* Whether a desktop is drawn here. */
gboolean sac_env_has_desktop (void);
/* SACCADE_HANG_DEVICE=n: from the nth submission on, a Vulkan device is as though it never answered; 0 when unset. */
guint    sac_env_hang_device (void);
/* SACCADE_LOSE_DEVICE=n: from the nth submission on, a Vulkan device is as though lost; 0 when unset. */
guint    sac_env_lose_device (void);
