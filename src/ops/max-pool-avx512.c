/* Max pooling and its adjoint with 16 channels a register, for channels in whole vectors: the maximum and its place stay in registers
 * while a window is looked at.  The same comparisons in the same order as the plain loops: the same bits. */
#include "max-pool-private.h"

#ifdef __x86_64__
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")
#include <immintrin.h>
#ifdef __clang__
#pragma clang attribute push (__attribute__ ((target ("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#endif

#define LANES 16
#define SLAB_ROWS 16            /* rows of gx that one task owns: windows across the seam are looked at twice */

/* Where @v is to stand instead of @best: it is larger, or not a number. */
static inline __mmask16
wins (__m512 v, __m512 best)
{
  return _mm512_cmp_ps_mask (v, best, _CMP_GT_OQ) | _mm512_cmp_ps_mask (v, v, _CMP_UNORD_Q);
}

/* Four vectors of channels: as many chains of comparisons as hide their latency. */
static void
largest (const SacMaxPool *p, const SacPoolWindow *box, const float *x, float *y, int n_vectors)
{
  const float *first = x + ((gsize) (box->from[0] * p->in[1] + box->from[1]) * p->in[2] + box->from[2]) * p->c;
  __m512 a = _mm512_loadu_ps (first), b = a, c = a, d = a;

  if (n_vectors == 4)
    b = _mm512_loadu_ps (first + LANES), c = _mm512_loadu_ps (first + 2 * LANES), d = _mm512_loadu_ps (first + 3 * LANES);
  for (gint32 t = box->from[0]; t < box->to[0]; t++)
    for (gint32 h = box->from[1]; h < box->to[1]; h++)
      for (gint32 w = box->from[2]; w < box->to[2]; w++)
        {
          const float *from = x + ((gsize) (t * p->in[1] + h) * p->in[2] + w) * p->c;
          __m512 v = _mm512_loadu_ps (from);

          a = _mm512_mask_mov_ps (a, wins (v, a), v);
          if (n_vectors == 1)
            continue;
          v = _mm512_loadu_ps (from + LANES);
          b = _mm512_mask_mov_ps (b, wins (v, b), v);
          v = _mm512_loadu_ps (from + 2 * LANES);
          c = _mm512_mask_mov_ps (c, wins (v, c), v);
          v = _mm512_loadu_ps (from + 3 * LANES);
          d = _mm512_mask_mov_ps (d, wins (v, d), v);
        }
  _mm512_storeu_ps (y, a);
  if (n_vectors == 4)
    {
      _mm512_storeu_ps (y + LANES, b);
      _mm512_storeu_ps (y + 2 * LANES, c);
      _mm512_storeu_ps (y + 3 * LANES, d);
    }
}

/* One task is one row of windows. */
static void
max_task (guint task, guint thread, gpointer data)
{
  const SacKernelArgs *args = data;
  SacMaxPool p = _sac_max_pool_geometry (args->src[0].shape, args->params);
  gint32 h = (gint32) (task % (guint) p.out[1]), t = (gint32) (task / (guint) p.out[1] % (guint) p.out[0]);
  gsize n = task / (guint) p.out[1] / (guint) p.out[0];
  const float *x = args->src[0].data + n * p.in[0] * p.in[1] * p.in[2] * p.c;
  float *y = args->dst.data + (gsize) task * p.out[2] * p.c;

  for (gint32 w = 0; w < p.out[2]; w++, y += p.c)
    {
      SacPoolWindow box = _sac_max_pool_at (&p, t, h, w);
      gint32 c = 0;

      for (; c + 4 * LANES <= p.c; c += 4 * LANES)
        largest (&p, &box, x + c, y + c, 4);
      for (; c < p.c; c += LANES)
        largest (&p, &box, x + c, y + c, 1);
    }
}

/* Adds 16 channels of a window's gradient to where the maximum stands, in those rows of gx that the task owns. */
static inline void
scatter (const SacMaxPool *p, const SacPoolWindow *box, gint32 row, gint32 end_row, const float *x, __m512 g, float *gx)
{
  gint32 first = (box->from[0] * p->in[1] + box->from[1]) * p->in[2] + box->from[2];
  __m512 best = _mm512_loadu_ps (x + (gsize) first * (gsize) p->c);
  __m512i at = _mm512_set1_epi32 (first);

  for (gint32 t = box->from[0]; t < box->to[0]; t++)
    for (gint32 h = box->from[1]; h < box->to[1]; h++)
      for (gint32 w = box->from[2]; w < box->to[2]; w++)
        {
          gint32 place = (t * p->in[1] + h) * p->in[2] + w;
          __m512 v = _mm512_loadu_ps (x + (gsize) place * (gsize) p->c);
          __mmask16 better = wins (v, best);

          best = _mm512_mask_mov_ps (best, better, v);
          at = _mm512_mask_mov_epi32 (at, better, _mm512_set1_epi32 (place));
        }
  for (gint32 t = box->from[0]; t < box->to[0]; t++)
    for (gint32 h = MAX (box->from[1], row); h < MIN (box->to[1], end_row); h++)
      for (gint32 w = box->from[2]; w < box->to[2]; w++)
        {
          gint32 place = (t * p->in[1] + h) * p->in[2] + w;
          float *to = gx + (gsize) place * (gsize) p->c;
          __m512 sum = _mm512_loadu_ps (to);

          _mm512_storeu_ps (to, _mm512_mask_add_ps (sum, _mm512_cmpeq_epi32_mask (at, _mm512_set1_epi32 (place)), sum, g));
        }
}

/* A task owns some rows of gx: of one frame, or of all where windows reach over frames, so that each is looked at once. */
static guint
frames_apart (const SacMaxPool *p)
{
  return p->kernel[0] == 1 && p->stride[0] == 1 && p->pad[0] == 0 ? (guint) p->in[0] : 1;
}

static void
scatter_task (guint task, guint thread, gpointer data)
{
  const SacKernelArgs *args = data;
  SacMaxPool p = _sac_max_pool_geometry (args->src[0].shape, args->params);
  guint slabs = ((guint) p.in[1] + SLAB_ROWS - 1) / SLAB_ROWS, apart = frames_apart (&p);
  gint32 row = (gint32) (task % slabs) * SLAB_ROWS, end_row = MIN (row + SLAB_ROWS, p.in[1]), t0, t1, h0, h1;
  gint32 frame = (gint32) (task / slabs % apart);
  gsize n = task / slabs / apart, example = (gsize) p.in[0] * p.in[1] * p.in[2] * p.c;
  const float *x = args->src[0].data + n * example;
  const float *gy = args->src[1].data + n * p.out[0] * p.out[1] * p.out[2] * p.c;
  float *gx = args->dst.data + n * example;

  t0 = apart > 1 ? frame : 0;
  t1 = apart > 1 ? frame + 1 : p.out[0];
  for (gint32 t = apart > 1 ? frame : 0; t < (apart > 1 ? frame + 1 : p.in[0]); t++)
    memset (gx + ((gsize) t * p.in[1] + row) * p.in[2] * p.c, 0, (gsize) (end_row - row) * p.in[2] * p.c * sizeof (float));
  _sac_max_pool_touching (&p, 1, row, end_row, &h0, &h1);
  for (gint32 t = t0; t < t1; t++)
    for (gint32 h = h0; h < h1; h++)
      for (gint32 w = 0; w < p.out[2]; w++)
        {
          SacPoolWindow box = _sac_max_pool_at (&p, t, h, w);
          const float *g = gy + (((gsize) t * p.out[1] + h) * p.out[2] + w) * p.c;

          for (gint32 c = 0; c < p.c; c += LANES)
            scatter (&p, &box, row, end_row, x + c, _mm512_loadu_ps (g + c), gx + c);
        }
}
#ifdef __clang__
#pragma clang attribute pop
#endif
#pragma GCC pop_options

void
_sac_max_pool_avx512 (const SacKernelArgs *args)
{
  SacShape y = args->dst.shape;

  sac_pool_run (args->pool, (guint) y.n * (guint) y.t * (guint) y.h, max_task, (gpointer) args);
}

void
_sac_max_pool_scatter_avx512 (const SacKernelArgs *args)
{
  SacShape x = args->dst.shape;
  SacMaxPool p = _sac_max_pool_geometry (x, args->params);

  sac_pool_run (args->pool, (guint) x.n * frames_apart (&p) * (((guint) x.h + SLAB_ROWS - 1) / SLAB_ROWS), scatter_task, (gpointer) args);
}
#endif

gboolean
_sac_max_pool_whole (const SacKernelArgs *shapes)
{
  return shapes->src[0].shape.c % 16 == 0;
}
