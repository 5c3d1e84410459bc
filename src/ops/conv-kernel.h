/* The seam between what a convolution walks over (conv-gather.c, conv-outer.c: shapes, borders, strides, threads) and the two
 * loops that do the arithmetic, one set of them for each instruction set (conv-avx512.c, conv-avx2.c, conv-plain.c). */
#pragma once
#include "conv-private.h"

#define SAC_CONV_MAX_ROWS 12    /* most rows of a register tile over all sets */
#define SAC_CONV_MAX_COLS 32    /* most columns */

/* result[i][·] (+)= Σ over taps, Σ over d < depth of rows[tap·mr + i][d] · panel[tap][d·nr + ·].
 * A row is a run of @depth numbers anywhere in memory (a pixel's channels, or zeros for padding). */
typedef struct {
  gint32 n_taps, depth;
  const float *const *rows;
  const float *const *panel;
  float *const *out;            /* mr pointers; those from n_rows on may be written with anything, their rows must be readable */
  gint32 n_rows, n_cols;        /* ≤ mr, ≤ nr */
  gboolean add;
} SacConvGather;

/* A stretch of @n places that lie evenly in both operands. */
typedef struct {
  const float *a, *b;
  gsize n;
} SacConvRun;

/* out[i·out_step + j] (+)= Σ over runs, Σ over p < n of a[p·a_step + i] · b[p·b_step + j]. */
typedef struct {
  gsize n_runs;
  const SacConvRun *runs;
  gsize a_step, b_step, a_offset, out_step;
  gint32 n_rows, n_cols;        /* any, ≤ nr */
  float *out;
  gboolean add;
} SacConvOuter;

typedef struct {
  gint32 mr, nr;
  void (*gather) (const SacConvGather *tile);
  void (*outer) (const SacConvOuter *tile);
  /* to[d·nr + j] = from[j·step + d] for j < n_cols, zeros for the others. */
  void (*pack) (float *to, const float *from, gsize step, gint32 depth, gint32 n_cols);
} SacConvKernels;

extern const SacConvKernels _sac_conv_plain;
#ifdef __x86_64__
extern const SacConvKernels _sac_conv_avx2, _sac_conv_avx512;
#endif

gsize _sac_conv_forward_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels);
void  _sac_conv_forward (const SacKernelArgs *args, const SacConvKernels *kernels);
gsize _sac_conv_input_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels);
void  _sac_conv_input (const SacKernelArgs *args, const SacConvKernels *kernels);
/* conv3d_input where x has few channels. */
gsize _sac_conv_scatter_workspace (const SacConvKernels *kernels, const SacConvGeometry *geo);
void  _sac_conv_scatter (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo);
gsize _sac_conv_weight_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels);
void  _sac_conv_weight (const SacKernelArgs *args, const SacConvKernels *kernels);

/* The variants of an op over these kernels, best first: run = _sac_conv_<word>. */
#define SAC_CONV_VARIANT(word, set) \
  static gsize word##_##set##_workspace (const SacKernelArgs *shapes) \
  { return _sac_conv_##word##_workspace (shapes, &_sac_conv_##set); } \
  static void word##_##set (const SacKernelArgs *args) { _sac_conv_##word (args, &_sac_conv_##set); }
#ifdef __x86_64__
#define SAC_CONV_VARIANTS(word) \
  SAC_CONV_VARIANT (word, avx512) \
  SAC_CONV_VARIANT (word, avx2) \
  SAC_CONV_VARIANT (word, plain) \
  static const SacCpuVariant word##_variants[] = { \
    { "avx512", SAC_CPU_AVX512, NULL, word##_avx512_workspace, word##_avx512 }, \
    { "avx2", SAC_CPU_AVX2, NULL, word##_avx2_workspace, word##_avx2 }, \
    { "plain", SAC_CPU_PLAIN, NULL, word##_plain_workspace, word##_plain }, \
    { NULL }, \
  };
#else
#define SAC_CONV_VARIANTS(word) \
  SAC_CONV_VARIANT (word, plain) \
  static const SacCpuVariant word##_variants[] = { \
    { "plain", SAC_CPU_PLAIN, NULL, word##_plain_workspace, word##_plain }, { NULL }, \
  };
#endif
