/* AVX-512: tiles of 12 rows × 32 columns in 24 of the 32 registers; 12 row pointers are what the integer registers hold. */
#include "conv-kernel.h"

#include <string.h>

#ifdef __x86_64__
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")
#include <immintrin.h>
#ifdef __clang__
#pragma clang attribute push (__attribute__ ((target ("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#endif

#define MR 12
#define LANES 16
#define V __m512
#define LOAD(p) _mm512_loadu_ps (p)
#define STORE(p, v) _mm512_storeu_ps (p, v)
#define ZERO _mm512_setzero_ps ()
#define SPLAT(p) _mm512_set1_ps (*(p))
#define MULADD(a, b, c) _mm512_fmadd_ps (a, b, c)
#define ZERO_BELOW(v) _mm512_mask_mov_ps (v, _mm512_cmp_ps_mask (v, ZERO, _CMP_LT_OQ), ZERO)
#define MASK __mmask16
#define MASK_OF(n) ((__mmask16) ((n) >= 16 ? 0xffff : (n) <= 0 ? 0 : (1 << (n)) - 1))
#define LOAD_SOME(p, m) _mm512_maskz_loadu_ps (m, p)
#define STORE_SOME(p, m, v) _mm512_mask_storeu_ps (p, m, v)
#define STAGE 16
#define STAGE_STEP 1024
#define STAGE_DEPTH 256
#define STAGE_LEAST 8
#define GATHER_SIZES(F) F (12) F (10) F (8) F (6) F (4) F (2)
#define GATHER_SIZE_FOR { 2, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12 }
#define OUTER_SIZES(F) F (12) F (8) F (4) F (2) F (1)
#include "conv-loops.h"
#include "conv-winograd-loops.h"
#include "conv-depthwise-loops.h"
#include "conv-phases-loops.h"

#include "conv-transpose.h"

#define PACK_AHEAD 32

/* Rows lie further apart than the hardware looks ahead; behind the end of one the rows of the next block follow, or the next tap. */
static void
pack (float *to, const float *from, gsize step, gint32 depth, gint32 n_cols)
{
  for (gint32 d = 0; d < depth; d += 16)
    for (gint32 half = 0; half < NR; half += 16)
      {
        gint32 left = MIN (depth - d, 16);
        __mmask16 mask = MASK_OF (left);
        gsize ahead = (gsize) d + PACK_AHEAD;
        __m512 r[16];

        if (ahead >= step)
          ahead += (NR - 1) * step;
        for (gint32 j = 0; j < 16; j++)
          __builtin_prefetch (from + (half + j) * step + ahead, 0, 2);
        for (gint32 j = 0; j < 16; j++)
          r[j] = half + j < n_cols ? LOAD_SOME (from + (half + j) * step + d, mask) : ZERO;
        if (left == 16)
          transpose16 (to + (gsize) d * NR + half, NR, r);
        else
          {
            float turned[16 * 16];

            transpose16 (turned, 16, r);
            for (gint32 i = 0; i < left; i++)
              STORE (to + (gsize) (d + i) * NR + half, LOAD (turned + 16 * i));
          }
      }
}

const SacConvKernels _sac_conv_avx512 = SAC_CONV_KERNELS;
#ifdef __clang__
#pragma clang attribute pop
#endif
#pragma GCC pop_options
#endif
