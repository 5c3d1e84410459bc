/* AVX2 with FMA: tiles of 6 rows × 16 columns in 12 of the 16 registers. */
#include "conv-kernel.h"

#include <string.h>

#ifdef __x86_64__
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#include <immintrin.h>
#ifdef __clang__
#pragma clang attribute push (__attribute__ ((target ("avx2,fma"))), apply_to = function)
#endif

#define MR 6
#define LANES 8
#define V __m256
#define LOAD(p) _mm256_loadu_ps (p)
#define STORE(p, v) _mm256_storeu_ps (p, v)
#define ZERO _mm256_setzero_ps ()
#define SPLAT(p) _mm256_broadcast_ss (p)
#define MULADD(a, b, c) _mm256_fmadd_ps (a, b, c)
#define ZERO_BELOW(v) _mm256_andnot_ps (_mm256_cmp_ps (v, ZERO, _CMP_LT_OQ), v)
#define MASK __m256i
#define MASK_OF(n) _mm256_cmpgt_epi32 (_mm256_set1_epi32 (n), _mm256_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7))
#define LOAD_SOME(p, m) _mm256_maskload_ps (p, m)
#define STORE_SOME(p, m, v) _mm256_maskstore_ps (p, m, v)
#define GATHER_SIZES(F) F (6) F (4) F (2)
#define GATHER_SIZE_FOR { 2, 2, 2, 4, 4, 6, 6 }
#define OUTER_SIZES(F) F (6) F (4) F (2) F (1)
#include "conv-loops.h"
#include "conv-winograd-loops.h"
#include "conv-depthwise-loops.h"
#include "conv-phases-loops.h"

static void
pack (float *to, const float *from, gsize step, gint32 depth, gint32 n_cols)
{
  for (gint32 d = 0; d < depth; d++)
    for (gint32 j = 0; j < NR; j++)
      to[(gsize) d * NR + j] = j < n_cols ? from[j * step + d] : 0;
}

const SacConvKernels _sac_conv_avx2 = SAC_CONV_KERNELS;
#ifdef __clang__
#pragma clang attribute pop
#endif
#pragma GCC pop_options
#endif
