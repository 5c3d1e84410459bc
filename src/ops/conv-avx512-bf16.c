/* AVX512-BF16: the gather tile of conv-loops.h with words of two bf16 numbers for floats, since one instruction adds both
 * products of a word to an f32 sum; and the outer tile, which makes such words of two pixels. */
#include "conv-kernel.h"

#ifdef __x86_64__
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512bw,avx512dq,avx512bf16,avx2,fma")
#include <immintrin.h>
#ifdef __clang__
#pragma clang attribute push (__attribute__ ((target ("avx512f,avx512vl,avx512bw,avx512dq,avx512bf16,avx2,fma"))), apply_to = function)
#endif

#define MR 12
#define LANES 16
#define V __m512
#define LOAD(p) _mm512_loadu_ps (p)
#define STORE(p, v) _mm512_storeu_ps (p, v)
#define ZERO _mm512_setzero_ps ()
#define SPLAT(p) _mm512_set1_ps (*(p))
#define MULADD(a, b, c) _mm512_dpbf16_ps (c, (__m512bh) (a), (__m512bh) (b))
#define ZERO_BELOW(v) _mm512_mask_mov_ps (v, _mm512_cmp_ps_mask (v, ZERO, _CMP_LT_OQ), ZERO)
#define MASK __mmask16
#define MASK_OF(n) ((__mmask16) ((n) >= 16 ? 0xffff : (n) <= 0 ? 0 : (1 << (n)) - 1))
#define MASK32_OF(n) ((__mmask32) ((n) >= 32 ? 0xffffffff : (1u << (n)) - 1))
#define LOAD_SOME(p, m) _mm512_maskz_loadu_ps (m, p)
#define STORE_SOME(p, m, v) _mm512_mask_storeu_ps (p, m, v)
#define GATHER_SIZES(F) F (12) F (10) F (8) F (6) F (4) F (2)
#define GATHER_SIZE_FOR { 2, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12 }
#define PUT_TILE(tile, i, p, q) \
  if (tile->narrow) \
    _mm512_mask_storeu_epi16 (tile->out[i], MASK32_OF (tile->n_cols), (__m512i) _mm512_cvtne2ps_pbh (q, p)); \
  else \
    put (tile->out[i], p, q, tile->n_cols, tile->add);
#include "conv-loops.h"
#include "conv-transpose.h"

/* ---- two pixels at a time: their numbers are interleaved as they are loaded. */

#define OUTER_SIZES(F) F (12) F (8) F (4) F (2) F (1)
#define OUTER_STEP(i) { V x = SPLAT (a + i); p##i = MULADD (x, b0, p##i); q##i = MULADD (x, b1, q##i); }
#define OUTER_PUT(i) put (tile->out + (row + i) * tile->out_step, p##i, q##i, tile->n_cols, tile->add);
#define OUTER(m) \
static void \
outer##m (const SacConvOuterPairs *tile, gint32 row) \
{ \
  const __mmask32 mask = MASK32_OF (tile->n_cols); \
  const __m512i low = _mm512_loadu_si512 (low_words), high = _mm512_loadu_si512 (high_words); \
  EACH##m (SUMS) \
  for (gsize n = 0; n < tile->n_pairs; n++) \
    { \
      const float *a = tile->a[n] + row; \
      __m512i first = _mm512_maskz_loadu_epi16 (mask, tile->b[2 * n] + tile->b_offset); \
      __m512i second = _mm512_maskz_loadu_epi16 (mask, tile->b[2 * n + 1] + tile->b_offset); \
      __builtin_prefetch (tile->a[n + 8] + row); \
      V b0 = (V) _mm512_permutex2var_epi16 (first, low, second), b1 = (V) _mm512_permutex2var_epi16 (first, high, second); \
      EACH##m (OUTER_STEP) \
    } \
  EACH##m (OUTER_PUT) \
}

/* Where the words of two rows take their halves from; 32 and more is the second row. */
#define WORDS(f) { f, f + 32, f + 1, f + 33, f + 2, f + 34, f + 3, f + 35, f + 4, f + 36, f + 5, f + 37, f + 6, f + 38, f + 7, f + 39, \
                   f + 8, f + 40, f + 9, f + 41, f + 10, f + 42, f + 11, f + 43, f + 12, f + 44, f + 13, f + 45, f + 14, f + 46, \
                   f + 15, f + 47 }
static const guint16 low_words[32] = WORDS (0), high_words[32] = WORDS (16);
OUTER_SIZES (OUTER)

static void
outer_pairs (const SacConvOuterPairs *tile)
{
  gint32 row = 0;

#define OUTER_CASE(m) for (; tile->n_rows - row >= m; row += m) outer##m (tile, row);
  OUTER_SIZES (OUTER_CASE)
}

/* ---- weights. */

static void
pair (float *to, const float *first, const float *second, gint32 n_cols)
{
  for (gint32 half = 0; half < NR; half += LANES)
    {
      const MASK mask = MASK_OF (n_cols - half);
      /* Low halves of the words are the first row's. */
      __m512i a = _mm512_cvtepu16_epi32 ((__m256i) _mm512_cvtneps_pbh (LOAD_SOME (first + half, mask)));
      __m512i b = _mm512_cvtepu16_epi32 ((__m256i) _mm512_cvtneps_pbh (LOAD_SOME (second + half, mask)));

      STORE (to + half, (V) _mm512_or_si512 (a, _mm512_slli_epi32 (b, 16)));
    }
}

/* to[d / 2·nr + j] = the word of from[j·step + d] and its neighbour. */
static void
pack (float *to, const float *from, gsize step, gint32 depth, gint32 n_cols)
{
  for (gint32 d = 0; d < depth; d += 2 * LANES)
    for (gint32 half = 0; half < NR; half += LANES)
      {
        const gint32 left = MIN (depth - d, 2 * LANES);
        float turned[LANES * LANES];
        V r[LANES];

        for (gint32 j = 0; j < LANES; j++)
          {
            const float *column = from + (half + j) * step + d;
            V p = half + j < n_cols ? LOAD_SOME (column, MASK_OF (left)) : ZERO;
            V q = half + j < n_cols ? LOAD_SOME (column + LANES, MASK_OF (left - LANES)) : ZERO;

            r[j] = (V) _mm512_cvtne2ps_pbh (q, p);
          }
        transpose16 (turned, LANES, r);
        for (gint32 i = 0; i < left / 2; i++)
          STORE (to + (gsize) (d / 2 + i) * NR + half, LOAD (turned + LANES * i));
      }
}

const SacConvKernels _sac_conv_avx512_bf16 = {
  .mr = MR, .nr = NR, .lanes = LANES, .gather = gather, .pack = pack, .per_word = 2, .finish = finish, .sums = sums, .pair = pair,
  .outer_pairs = outer_pairs,
};
#ifdef __clang__
#pragma clang attribute pop
#endif
#pragma GCC pop_options
#endif
