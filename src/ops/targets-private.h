/* One loop, compiled for each instruction set.  An op writes
 *   SAC_BODY void thing_body (guint task, guint thread, gpointer data) { plain C, no sums across lanes }
 *   static void thing_run (const SacKernelArgs *args, SacPoolFunc task) { … sac_pool_run (args->pool, n, task, &job); }
 *   SAC_KERNELS (thing, fits, workspace)
 * and gets thing_cpu[], best first.  The compiler vectorises the body as far as each set allows; since expressions are never
 * contracted (-ffp-contract=off) all sets round alike wherever the body does not reorder sums. */
#pragma once
#include "sac-ops.h"

#define SAC_BODY static inline __attribute__ ((always_inline))

#if defined(__x86_64__)
#define SAC_AVX2 __attribute__ ((target ("avx2,fma")))
#define SAC_AVX512 __attribute__ ((target ("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,prefer-vector-width=512")))
#define SAC_KERNEL(name, set, TARGET) \
  TARGET static void name##_task_##set (guint task, guint thread, gpointer data) { name##_body (task, thread, data); } \
  static void name##_##set (const SacKernelArgs *args) { name##_run (args, name##_task_##set); }
#define SAC_KERNELS(name, fits_, workspace_) \
  SAC_KERNEL (name, avx512, SAC_AVX512) \
  SAC_KERNEL (name, avx2, SAC_AVX2) \
  SAC_KERNEL (name, plain, ) \
  static const SacCpuVariant name##_cpu[] = { \
    { "avx512", SAC_CPU_AVX512, fits_, workspace_, name##_avx512 }, \
    { "avx2", SAC_CPU_AVX2, fits_, workspace_, name##_avx2 }, \
    { "plain", SAC_CPU_PLAIN, fits_, workspace_, name##_plain }, \
    { NULL }, \
  };
#else
#define SAC_KERNELS(name, fits_, workspace_) \
  static void name##_task_plain (guint task, guint thread, gpointer data) { name##_body (task, thread, data); } \
  static void name##_plain (const SacKernelArgs *args) { name##_run (args, name##_task_plain); } \
  static const SacCpuVariant name##_cpu[] = { { "plain", SAC_CPU_PLAIN, fits_, workspace_, name##_plain }, { NULL } };
#endif
