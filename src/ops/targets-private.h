/* One loop, compiled for each instruction set.  An op writes
 *   SAC_BODY void thing_body (guint task, guint thread, gpointer data) { plain C, no sums across lanes }
 *   static void thing_run (const SacKernelArgs *args, SacPoolFunc task) { … sac_pool_run (args->pool, n, task, &job); }
 *   SAC_KERNELS (thing, fits, workspace)
 * and gets thing_cpu[], best first.  The compiler vectorises the body as far as each set allows; since expressions are never
 * contracted (-ffp-contract=off) all sets round alike wherever the body does not reorder sums. */
#pragma once
#include <string.h>

#include "elementwise-private.h"

#define SAC_BODY static inline __attribute__ ((always_inline))

/* @a where @condition holds, else @b, without a branch: loops with it vectorise on every instruction set. */
SAC_BODY gint32
sac_choose_int (gboolean condition, gint32 a, gint32 b)
{
  gint32 mask = -(gint32) condition;

  return (a & mask) | (b & ~mask);
}

SAC_BODY float
sac_choose (gboolean condition, float a, float b)
{
  gint32 x, y;
  float result;

  memcpy (&x, &a, sizeof x);
  memcpy (&y, &b, sizeof y);
  x = sac_choose_int (condition, x, y);
  memcpy (&result, &x, sizeof x);
  return result;
}

#if defined(__x86_64__)
#define SAC_AVX2 __attribute__ ((target ("avx2,fma")))
#ifdef __clang__        /* has another word for vectors of full width */
#define SAC_AVX512 __attribute__ ((target ("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"), min_vector_width (512)))
#else
#define SAC_AVX512 __attribute__ ((target ("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,prefer-vector-width=512")))
#endif
#else
#define SAC_AVX2
#define SAC_AVX512
#endif

#if defined(__x86_64__)
#define SAC_KERNEL(name, set, TARGET) \
  TARGET static void name##_task_##set (guint task, guint thread, gpointer data) { name##_body (task, thread, data); } \
  static void name##_##set (const SacKernelArgs *args) { name##_run (args, name##_task_##set); }
/* And before these, for x86-64 only, variants of other files: { … }, */
#define SAC_KERNELS_AFTER(name, fits_, workspace_, ...) \
  SAC_KERNEL (name, avx512, SAC_AVX512) \
  SAC_KERNEL (name, avx2, SAC_AVX2) \
  SAC_KERNEL (name, plain, ) \
  static const SacCpuVariant name##_cpu[] = { \
    __VA_ARGS__ \
    { "avx512", SAC_CPU_AVX512, fits_, workspace_, name##_avx512 }, \
    { "avx2", SAC_CPU_AVX2, fits_, workspace_, name##_avx2 }, \
    { "plain", SAC_CPU_PLAIN, fits_, workspace_, name##_plain }, \
    { NULL }, \
  };
#else
#define SAC_KERNELS_AFTER(name, fits_, workspace_, ...) \
  static void name##_task_plain (guint task, guint thread, gpointer data) { name##_body (task, thread, data); } \
  static void name##_plain (const SacKernelArgs *args) { name##_run (args, name##_task_plain); } \
  static const SacCpuVariant name##_cpu[] = { { "plain", SAC_CPU_PLAIN, fits_, workspace_, name##_plain }, { NULL } };
#endif
#define SAC_KERNELS(name, fits_, workspace_) SAC_KERNELS_AFTER (name, fits_, workspace_, )

/* The same for ops that work on pieces: thing_body (args, from, to), thing_run (args, SacPieceFunc) and thing_cpu[].  What the op
 * allows to be bf16 is widened by _sac_run_pieces(); an op that runs its pieces otherwise reads bf16 itself. */
#define SAC_MULTIVERSION(name, workspace_) \
  static SAC_AVX512 void name##_avx512_piece (const SacKernelArgs *args, gsize from, gsize to) { name##_body (args, from, to); } \
  static SAC_AVX2 void name##_avx2_piece (const SacKernelArgs *args, gsize from, gsize to) { name##_body (args, from, to); } \
  static void name##_plain_piece (const SacKernelArgs *args, gsize from, gsize to) { name##_body (args, from, to); } \
  static void name##_avx512 (const SacKernelArgs *args) { name##_run (args, name##_avx512_piece); } \
  static void name##_avx2 (const SacKernelArgs *args) { name##_run (args, name##_avx2_piece); } \
  static void name##_plain (const SacKernelArgs *args) { name##_run (args, name##_plain_piece); } \
  static const SacCpuVariant name##_cpu[] = { \
    { "avx512", SAC_CPU_AVX512, NULL, workspace_, name##_avx512, SAC_ALL_OPERANDS }, \
    { "avx2", SAC_CPU_AVX2, NULL, workspace_, name##_avx2, SAC_ALL_OPERANDS }, \
    { "plain", SAC_CPU_PLAIN, NULL, workspace_, name##_plain, SAC_ALL_OPERANDS }, \
    { NULL }, \
  };
