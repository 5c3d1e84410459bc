/* The two copies, one loop for each instruction set. */
#include "sac-bf16.h"

#include "sac-op.h"

#define BODY static inline __attribute__ ((always_inline))

BODY void
widen_body (float *restrict to, const guint16 *restrict from, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = sac_bf16_to_float (from[i]);
}

BODY void
narrow_body (guint16 *restrict to, const float *restrict from, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = sac_bf16_from_float (from[i]);
}

static void widen_plain (float *to, const guint16 *from, gsize n) { widen_body (to, from, n); }
static void narrow_plain (guint16 *to, const float *from, gsize n) { narrow_body (to, from, n); }

#ifdef __x86_64__
#define AVX2 __attribute__ ((target ("avx2")))
#ifdef __clang__        /* has another word for vectors of full width */
#define AVX512 __attribute__ ((target ("avx512f,avx512vl,avx512bw,avx512dq"), min_vector_width (512)))
#else
#define AVX512 __attribute__ ((target ("avx512f,avx512vl,avx512bw,avx512dq,prefer-vector-width=512")))
#endif
AVX2 static void widen_avx2 (float *to, const guint16 *from, gsize n) { widen_body (to, from, n); }
AVX2 static void narrow_avx2 (guint16 *to, const float *from, gsize n) { narrow_body (to, from, n); }
AVX512 static void widen_avx512 (float *to, const guint16 *from, gsize n) { widen_body (to, from, n); }
AVX512 static void narrow_avx512 (guint16 *to, const float *from, gsize n) { narrow_body (to, from, n); }
#endif

SacBf16Copies
sac_bf16_copies (void)
{
#ifdef __x86_64__
  SacCpuFlags flags = sac_cpu_flags ();

  if (flags & SAC_CPU_AVX512)
    return (SacBf16Copies) { widen_avx512, narrow_avx512 };
  if (flags & SAC_CPU_AVX2)
    return (SacBf16Copies) { widen_avx2, narrow_avx2 };
#endif
  return (SacBf16Copies) { widen_plain, narrow_plain };
}
