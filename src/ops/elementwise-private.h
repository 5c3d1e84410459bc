/* What the element-wise ops share: a fixed split into pieces, and broadcasting over five axes. */
#pragma once
#include "sac-ops.h"

#define SAC_PIECE 16384         /* elements a task: fits the first cache with its sources */

typedef void (*SacPieceFunc) (const SacKernelArgs *args, gsize from, gsize to);

/* @n things of @unit elements each.  @func sees f32 only: where sources of the result's shape or the result itself are stored as
 * bf16, it runs on short stretches that are widened before and narrowed after it, in the first cache. */
void _sac_run_pieces (const SacKernelArgs *args, gsize n, gsize unit, SacPieceFunc func);

/* Result of broadcasting @a with @b; FALSE with words where an axis fits neither. */
gboolean _sac_broadcast_shape (SacShape a, SacShape b, SacShape *out, GError **error);
gboolean _sac_infer_same (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error);
gboolean _sac_infer_broadcast (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error);

/* Index into a source of shape @s of the element that result element (n,t,h,w,c) reads. */
static inline gsize
_sac_broadcast_index (SacShape s, gint32 n, gint32 t, gint32 h, gint32 w, gint32 c)
{
  n = s.n == 1 ? 0 : n, t = s.t == 1 ? 0 : t, h = s.h == 1 ? 0 : h, w = s.w == 1 ? 0 : w, c = s.c == 1 ? 0 : c;
  return ((((gsize) n * s.t + t) * s.h + h) * s.w + w) * s.c + c;
}

/* Walks rows of C of the result: for each (n,t,h,w) calls with the offsets of the row in dst and in both sources. */
#define SAC_EACH_ROW(y, n, t, h, w) \
  for (gint32 n = 0; n < (y).n; n++) \
    for (gint32 t = 0; t < (y).t; t++) \
      for (gint32 h = 0; h < (y).h; h++) \
        for (gint32 w = 0; w < (y).w; w++)

/* Where source @i begins that row @r of the result reads, rows counted as memory holds them. */
static inline gsize
_sac_broadcast_row (const SacKernelArgs *args, guint i, gsize r)
{
  SacShape y = args->dst.shape, s = args->src[i].shape;
  gsize place = s.t == y.t && s.h == y.h && s.w == y.w ? 1 : 0;

  if (s.n == 1 && s.t == 1 && s.h == 1 && s.w == 1)
    return 0;
  if (place && s.n == y.n)
    return r * (gsize) s.c;
  return _sac_broadcast_index (s, (gint32) (r / y.w / y.h / y.t), (gint32) (r / y.w / y.h % y.t), (gint32) (r / y.w % y.h),
                               (gint32) (r % y.w), 0);
}

/* A binary element-wise op: one expression serves reference (any broadcast) and the fast pieces (equal shapes, or a second
 * source that stretches to the first).  Single operations round the same in both, so bits agree. */
#define SAC_DEFINE_BINARY(name, EXPR) \
  static void \
  name##_reference (const SacKernelArgs *args) \
  { \
    SacShape ys = args->dst.shape, as = args->src[0].shape, bs = args->src[1].shape; \
    float *y = args->dst.data; \
    SAC_EACH_ROW (ys, n, t, h, w) \
      for (gint32 c = 0; c < ys.c; c++) \
        { \
          float a = args->src[0].data[_sac_broadcast_index (as, n, t, h, w, c)]; \
          float b = args->src[1].data[_sac_broadcast_index (bs, n, t, h, w, c)]; \
          *y++ = EXPR; \
        } \
  } \
  static void \
  name##_equal_piece (const SacKernelArgs *args, gsize from, gsize to) \
  { \
    const float *pa = args->src[0].data, *pb = args->src[1].data; \
    float *y = args->dst.data; \
    for (gsize i = from; i < to; i++) \
      { \
        float a = pa[i], b = pb[i]; \
        y[i] = EXPR; \
      } \
  } \
  static void \
  name##_equal (const SacKernelArgs *args) \
  { \
    _sac_run_pieces (args, sac_shape_count (args->dst.shape), 1, name##_equal_piece); \
  } \
  static void \
  name##_row_piece (const SacKernelArgs *args, gsize from, gsize to) \
  { \
    gsize n_c = (gsize) args->dst.shape.c; \
    for (gsize r = from; r < to; r++) \
      { \
        const float *pa = args->src[0].data + r * n_c, *pb = args->src[1].data + _sac_broadcast_row (args, 1, r); \
        float *y = args->dst.data + r * n_c, b = *pb; \
        if (args->src[1].shape.c == 1) \
          for (gsize c = 0; c < n_c; c++) \
            { \
              float a = pa[c]; \
              y[c] = EXPR; \
            } \
        else \
          for (gsize c = 0; c < n_c; c++) \
            { \
              float a = pa[c]; \
              b = pb[c]; \
              y[c] = EXPR; \
            } \
      } \
  } \
  static void \
  name##_row (const SacKernelArgs *args) \
  { \
    _sac_run_pieces (args, sac_shape_count (args->dst.shape) / (gsize) args->dst.shape.c, (gsize) args->dst.shape.c, name##_row_piece); \
  } \
  static const SacCpuVariant name##_cpu[] = { \
    { "equal", SAC_CPU_PLAIN, _sac_both_equal, NULL, name##_equal, SAC_ALL_OPERANDS }, \
    { "row", SAC_CPU_PLAIN, _sac_second_stretches, NULL, name##_row, SAC_ALL_OPERANDS }, \
    { NULL }, \
  };

gboolean _sac_both_equal (const SacKernelArgs *shapes);
gboolean _sac_second_stretches (const SacKernelArgs *shapes);      /* to the shape of the first source */

/* A unary element-wise op. */
#define SAC_DEFINE_UNARY(name, EXPR) \
  static void \
  name##_piece (const SacKernelArgs *args, gsize from, gsize to) \
  { \
    const float *px = args->src[0].data; \
    float *y = args->dst.data; \
    for (gsize i = from; i < to; i++) \
      { \
        float x = px[i]; \
        y[i] = EXPR; \
      } \
  } \
  static void \
  name##_fast (const SacKernelArgs *args) \
  { \
    _sac_run_pieces (args, sac_shape_count (args->dst.shape), 1, name##_piece); \
  } \
  static void \
  name##_reference (const SacKernelArgs *args) \
  { \
    name##_piece (args, 0, sac_shape_count (args->dst.shape)); \
  } \
  static const SacCpuVariant name##_cpu[] = { { "pieces", SAC_CPU_PLAIN, NULL, NULL, name##_fast, SAC_ALL_OPERANDS }, { NULL } };
