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
  gboolean narrow;              /* out is bf16 */
  gsize ahead;                  /* floats from a row to one that is wanted soon; 0: none is known */
  gint32 n_clear;               /* n_cols floats at each of these become zeros beside the sums; only with taps, and not in bf16 */
  float *const *clear;
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
  const float *soon;            /* places that are wanted soon, soon_step apart: this many lines of the cache of each */
  gsize soon_step;
  gint32 soon_lines;
} SacConvOuter;

#define SAC_CONV_LINE 16        /* floats */

/* out[i·out_step + j] (+)= Σ over p < n of a[i][p] · b[p·nr + j], where close_rows() laid a's rows out as the tiles read them. */
typedef struct {
  const float *a, *b;
  gsize n, out_step;
  gint32 n_rows, n_cols;        /* any, ≤ nr; b has nr columns always */
  float *out;
  gboolean add;
  const float *const *fetch;    /* nr floats of each of these from fetch_at on are wanted soon; n_fetch ≤ n of them are */
  gsize n_fetch, fetch_at;
  const float *soon;            /* as of SacConvOuter, n places */
  gsize soon_step;
  gint32 soon_lines;
} SacConvClose;

#define SAC_CONV_ENTRIES 64

/* Where @n taps of a depthwise sum begin: pixels and kernel places step evenly from here. */
typedef struct {
  const float *x, *w;
  gint32 n;
} SacConvEntry;

/* y[i·y_step + c] (+)= Σ over entries, Σ over taps q < n of x[i·row_step + q·x_step + c] · w[q·w_step + c]. */
typedef struct {
  const SacConvEntry *entries;  /* at most SAC_CONV_ENTRIES */
  gint32 n_entries, n_rows, n_channels;
  gssize x_step, w_step;
  gsize row_step, y_step;
  float *y;
  gboolean add;
} SacConvDepthwise;

/* out[q·out_step + c] += Σ over p < n of g[p·g_step + c] · x[p·x_step + q·tap_step + c], for q < n_taps. */
typedef struct {
  const float *g, *x;
  gsize g_step, x_step, tap_step, out_step;
  gint32 n, n_taps, n_channels;
  float *out;
} SacConvDepthwiseWeight;

/* The way out of conv3d_apply: y ← relu?(y·scale + shift + residual), rounded as bn_apply and add round. */
typedef struct {
  gboolean wanted;
  const float *scale, *shift;   /* K numbers; NULL: as they are */
  const float *residual;        /* lies like y; or NULL */
  gboolean relu, normalised;    /* batch norm adds 0 where there is no residual */
} SacConvFinish;

/* The residual of @n_rows rows from @column on is wanted soon: memory is slower than the sums of a tile. */
static inline void
_sac_conv_fetch_residual (const SacConvFinish *finish, const float *y, float *const *rows, gint32 n_rows, gint32 n_cols)
{
  for (gint32 i = 0; finish->residual && i < n_rows; i++)
    for (gint32 j = 0; j < n_cols; j += 16)
      __builtin_prefetch (finish->residual + (rows[i] - y) + j);
}

/* Numbers of conv3d_apply's workspace for scale and shift, 0 for conv3d; and what they mean, computed into @numbers. */
gsize _sac_conv_finish_floats (const SacKernelArgs *shapes);
SacConvFinish _sac_conv_finish (const SacKernelArgs *args, float *numbers);

/* Of conv3d_stats: behind the result stand records, one for each stretch of pixels that a task makes: how many pixels (f32), then a
 * row of K floats each: the first pixel, and over all the sum and the sum of squares of what differs from it. */
typedef struct {
  float *records;               /* NULL: not wanted */
  gsize stride, row;            /* floats from record to record, from row to row of one */
} SacConvSums;

#define SAC_CONV_SUMS_HEAD 16   /* floats before the first record and before a record's rows; the first is the number of records */

static inline gsize
_sac_conv_sums_row (SacShape y)
{
  return ((gsize) y.c + 15) / 16 * 16;
}

/* Adds @n_rows pixels to a record; @first: they are its first ones.  @sum is a kernel set's sums(). */
typedef void (*SacConvSumsFunc) (float *const *rows, gint32 n_rows, gint32 n_cols, const float *first, float *sum, float *square);
void _sac_conv_sums_add (const SacConvSums *sums, SacConvSumsFunc add, float *record, gboolean first, float *const *rows, gint32 n_rows,
                         gint32 column, gint32 n_cols);
/* Those behind args->dst, for @n_records; without records for other ops than conv3d_stats. */
SacConvSums _sac_conv_sums (const SacKernelArgs *args, gsize n_records);

/* For bf16: out[i·out_step + j] (+)= Σ over pairs p of a[p][i] ∙ (b[2p][b_offset + j], b[2p+1][b_offset + j]), where a word of a holds
 * the numbers of both pixels. */
typedef struct {
  gsize n_pairs, out_step, b_offset;
  const float *const *a;        /* one a pair, and eight more that are looked at ahead */
  const guint16 *const *b;      /* two a pair */
  gint32 n_rows, n_cols;        /* any, ≤ nr */
  float *out;
  gboolean add;
} SacConvOuterPairs;

typedef struct {
  gint32 mr, nr;
  void (*gather) (const SacConvGather *tile);
  void (*outer) (const SacConvOuter *tile);
  /* to[d·nr + j] = from[j·step + d] for j < n_cols, zeros for the others. */
  void (*pack) (float *to, const float *from, gsize step, gint32 depth, gint32 n_cols);
  /* Transforms of conv-winograd.c between pixels and the 36 points (point · step floats apart), over n channels, a multiple of
   * @lanes: 6×6 pixels of x, 4×4 of gy, 3×3 of w to points; points to 4×4 pixels of y, 3×3 of gw. */
  gint32 lanes;
  void (*source) (const float *const *pixels, float *to, gsize step, gint32 n);
  void (*gradient) (const float *const *pixels, float *to, gsize step, gint32 n);
  void (*kernel) (const float *const *pixels, float *to, gsize step, gint32 n);
  void (*result) (const float *from, gsize step, float *const *pixels, gint32 n);
  void (*weight) (const float *from, gsize step, float *const *pixels, gint32 n);
  /* Finishes columns [column, column + n_cols) of @n_rows rows of @y, which begin at rows[i]. */
  void (*finish) (const SacConvFinish *finish, const float *y, float *const *rows, gint32 n_rows, gint32 column, gint32 n_cols);
  SacConvSumsFunc sums;
  void (*close_outer) (const SacConvClose *tile);
  /* Lays out @n_rows numbers of each of @n pixels, which are @step floats apart, for close_outer(). */
  void (*close_rows) (float *to, const float *from, gsize step, gsize n, gint32 n_rows);
  void (*depthwise) (const SacConvDepthwise *tile);
  void (*depthwise_weight) (const SacConvDepthwiseWeight *run);
  /* Those of conv-phases.c, 25 points: 5×5 pixels of x, 4×4 of gy, 2×2 of w to points; points to 4×4 pixels of y, 2×2 of gw. */
  void (*phase_source) (const float *const *pixels, float *to, gsize step, gint32 n);
  void (*phase_gradient) (const float *const *pixels, float *to, gsize step, gint32 n);
  void (*phase_kernel) (const float *const *pixels, float *to, gsize step, gint32 n);
  void (*phase_result) (const float *from, gsize step, float *const *pixels, gint32 n);
  void (*phase_weight) (const float *from, gsize step, float *const *pixels, gint32 n);
  /* bf16: a word of a source row holds @per_word numbers, and pack() wants an even depth.  pair() packs two rows of weights;
   * outer_pairs() stands for outer().  Both NULL for f32. */
  gint32 per_word;
  void (*pair) (float *to, const float *first, const float *second, gint32 n_cols);
  void (*outer_pairs) (const SacConvOuterPairs *tile);
} SacConvKernels;

#define SAC_CONV_KERNELS \
  { MR, NR, gather, outer, pack, LANES, winograd_source, winograd_gradient, winograd_kernel, winograd_result, winograd_weight, \
    finish, sums, close_outer, close_rows, \
    depthwise, depthwise_weight, phase_source, phase_gradient, phase_kernel, phase_result, phase_weight, \
    .per_word = 1 }

extern const SacConvKernels _sac_conv_plain;
#ifdef __x86_64__
extern const SacConvKernels _sac_conv_avx2, _sac_conv_avx512, _sac_conv_avx512_bf16;
#endif

/* What runs an op (face: forward, input, weight) over a set of kernels: directly, or in a special way where that fits. */
#define SAC_CONV_WAY(name) \
  gboolean _sac_conv_##name##_fits (const SacKernelArgs *shapes, const SacConvKernels *kernels); \
  gsize    _sac_conv_##name##_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels); \
  void     _sac_conv_##name (const SacKernelArgs *args, const SacConvKernels *kernels);
#define SAC_CONV_FACE(face) \
  SAC_CONV_WAY (face) SAC_CONV_WAY (face##_winograd) SAC_CONV_WAY (face##_phases) SAC_CONV_WAY (face##_depthwise) \
  SAC_CONV_WAY (face##_vector) SAC_CONV_WAY (face##_general)
SAC_CONV_FACE (forward)
SAC_CONV_FACE (input)
SAC_CONV_FACE (weight)

/* How many records conv3d_stats makes, directly or by Winograd's way. */
gsize _sac_conv_forward_records (const SacKernelArgs *shapes, const SacConvKernels *kernels);
gsize _sac_conv_forward_winograd_records (const SacKernelArgs *shapes, const SacConvKernels *kernels);

/* conv3d_input where x has few channels. */
gsize _sac_conv_scatter_workspace (const SacConvKernels *kernels, const SacConvGeometry *geo);
void  _sac_conv_scatter (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo);

/* conv3d and conv3d_input of 1×1×1 kernels. */
gboolean _sac_conv_points_fits (const SacConvKernels *kernels, const SacConvGeometry *geo);
gsize    _sac_conv_points_workspace (const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward);
gsize    _sac_conv_points_records (const SacConvKernels *kernels, const SacConvGeometry *geo);
void     _sac_conv_points (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo, gboolean backward);

/* conv3d_weight of 1×1×1 kernels. */
gboolean _sac_conv_weight_points_fits (const SacConvGeometry *geo);
gsize    _sac_conv_weight_points_workspace (const SacConvKernels *kernels, const SacConvGeometry *geo);
void     _sac_conv_weight_points (const SacKernelArgs *args, const SacConvKernels *kernels, const SacConvGeometry *geo);
/* @gw = Σ of @n_parts times @size floats, always in the same order. */
void     _sac_conv_add_parts (SacPool *pool, const float *parts, gsize n_parts, gsize size, float *gw);

/* conv3d_weight where x and gy are stored as bf16. */
SAC_CONV_WAY (weight_pairs)

/* conv3d and conv3d_weight by bf16 kernels where x is f32 and has few channels.  @w: the kernel's shape. */
gboolean _sac_conv_few_fits (SacShape w, const SacConvGeometry *geo);
gsize    _sac_conv_few_forward_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels);
void     _sac_conv_few_forward (const SacKernelArgs *args, const SacConvKernels *kernels);
gsize    _sac_conv_few_weight_workspace (const SacKernelArgs *shapes, const SacConvKernels *kernels);
void     _sac_conv_few_weight (const SacKernelArgs *args, const SacConvKernels *kernels);

/* The variants of an op, best first. */
#define SAC_CONV_SET_WAY(name, set) \
  static gboolean name##_fits_##set (const SacKernelArgs *shapes) { return _sac_conv_##name##_fits (shapes, &_sac_conv_##set); } \
  static gsize name##_workspace_##set (const SacKernelArgs *shapes) \
  { return _sac_conv_##name##_workspace (shapes, &_sac_conv_##set); } \
  static void name##_##set (const SacKernelArgs *args) { _sac_conv_##name (args, &_sac_conv_##set); }
#define SAC_CONV_SET(face, set) \
  SAC_CONV_SET_WAY (face, set) SAC_CONV_SET_WAY (face##_winograd, set) SAC_CONV_SET_WAY (face##_phases, set) \
  SAC_CONV_SET_WAY (face##_depthwise, set) SAC_CONV_SET_WAY (face##_vector, set) SAC_CONV_SET_WAY (face##_general, set)
#define SAC_CONV_ROW(label, name, set, needs) { #set label, needs, name##_fits_##set, name##_workspace_##set, name##_##set },
#define SAC_CONV_ROWS(face, set, needs) \
  SAC_CONV_ROW (" winograd", face##_winograd, set, needs) \
  SAC_CONV_ROW (" phases", face##_phases, set, needs) \
  SAC_CONV_ROW (" vector", face##_vector, set, needs) \
  SAC_CONV_ROW (" depthwise", face##_depthwise, set, needs) \
  SAC_CONV_ROW ("", face, set, needs) \
  SAC_CONV_ROW (" general", face##_general, set, needs)
#ifdef __x86_64__
#define SAC_CONV_VARIANTS(face, bf16_way) \
  SAC_CONV_SET_WAY (bf16_way, avx512_bf16) \
  SAC_CONV_SET (face, avx512) \
  SAC_CONV_SET (face, avx2) \
  SAC_CONV_SET (face, plain) \
  static const SacCpuVariant face##_variants[] = { \
    { "avx512 bf16", SAC_CPU_AVX512 | SAC_CPU_AVX512_BF16, bf16_way##_fits_avx512_bf16, bf16_way##_workspace_avx512_bf16, \
      bf16_way##_avx512_bf16, SAC_ALL_OPERANDS }, \
    SAC_CONV_ROWS (face, avx512, SAC_CPU_AVX512) \
    SAC_CONV_ROWS (face, avx2, SAC_CPU_AVX2) \
    SAC_CONV_ROWS (face, plain, SAC_CPU_PLAIN) \
    { NULL }, \
  };
#else
#define SAC_CONV_VARIANTS(face, bf16_way) \
  SAC_CONV_SET (face, plain) \
  static const SacCpuVariant face##_variants[] = { SAC_CONV_ROWS (face, plain, SAC_CPU_PLAIN) { NULL }, };
#endif
