/* The one place that reads the environment.  SACCADE_DEBUG=graph,plan,cpu,vulkan,media,train,ui ("help" lists them);
 * further switches are listed in src/README.md.  Any thread. */
#pragma once
#include <glib.h>

typedef enum {
  SAC_DEBUG_GRAPH = 1 << 0,
  SAC_DEBUG_PLAN = 1 << 1,
  SAC_DEBUG_CPU = 1 << 2,
  SAC_DEBUG_VULKAN = 1 << 3,
  SAC_DEBUG_MEDIA = 1 << 4,
  SAC_DEBUG_TRAIN = 1 << 5,
  SAC_DEBUG_UI = 1 << 6,
} SacDebugFlags;

typedef enum {
  SAC_SWITCH_EXPLAIN,     /* SACCADE_EXPLAIN: print each compiled program */
  SAC_SWITCH_PROFILE,     /* SACCADE_PROFILE: time, FLOPs and GB/s per step at exit */
  SAC_SWITCH_CHECK,       /* SACCADE_CHECK: run each step's reference beside it, stop at the first bad one */
  SAC_SWITCH_NO_PLAN,     /* SACCADE_NO_PLAN: every value its own memory */
  SAC_SWITCH_NO_RECOMPUTE,        /* SACCADE_NO_RECOMPUTE: every value is kept until its last reader */
  SAC_SWITCH_REVERSE,     /* SACCADE_REVERSE: run each barrier-free group in reverse order */
  SAC_SWITCH_VALIDATE,    /* SACCADE_VALIDATE: Vulkan validation layers */
} SacSwitch;

gboolean    sac_debug_enabled (SacDebugFlags flag);
gboolean    sac_switch_on (SacSwitch what);

/* SACCADE_NO_FUSE: "1" = no rewrite at all, "a,b" = not those of these names (ops/rewrites.c). */
gboolean    sac_fusion_off (const char *name);

/* SACCADE_CPU_MASK: flags that CPU kernels may use (see graph/sac-op.h SacCpuFlags), ~0 when unset. */
guint32     sac_env_cpu_mask (void);
/* SACCADE_THREADS: threads of the compute pool, 0 when unset. */
guint       sac_env_threads (void);
/* SACCADE_FAIL_ALLOC=n: the nth big allocation fails (tests); 0 when unset. */
guint       sac_env_fail_alloc (void);
/* Folder for disposable caches (frame indexes, thumbnails, pipelines): SACCADE_CACHE or XDG cache + "saccade". */
const char *sac_env_cache_dir (void);

/* SACCADE_POWER: folder with what feeds the machine, in the place of /sys/class/power_supply (tests). */
const char *sac_env_power_dir (void);
/* SACCADE_LEAST_FREE: bytes of the disk that a run leaves free, 256 MiB when unset. */
guint64     sac_env_least_free (void);

/* SACCADE_DATADIR: data/ of the source tree, for programs run uninstalled; NULL when unset. */
const char *sac_env_data_dir (void);

#define sac_debug(flag, ...) \
  G_STMT_START { if (sac_debug_enabled (SAC_DEBUG_##flag)) g_printerr (#flag ": " __VA_ARGS__); } G_STMT_END
