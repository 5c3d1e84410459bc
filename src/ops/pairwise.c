/* Tasks and loops of 1-D self-attention (pairwise-private.h). */
#include "pairwise-private.h"

#include <math.h>
#include <string.h>

#define MOST_TASKS 16           /* each keeps sums of its own */
#define ROUND(n) SAC_PAIRWISE_ROUND (n)

guint
_sac_pairwise_tasks (gint32 n)
{
  return (guint) MIN (n, MOST_TASKS);
}

/* Floats before the tasks' own, and those of a task with its pointers. */
static gsize
shared_floats (gint32 r, gint32 m)
{
  return 2 * ROUND (r) + ROUND (m) + ((gsize) MAX (r, m) + 1) * ROUND (MAX (r, m));
}

static gsize
task_floats (const SacPairwise *p, gsize own_floats)
{
  return ROUND (own_floats) + 2 * ROUND (p->footprint) * sizeof (float *) / (sizeof (float));
}

gsize
_sac_pairwise_workspace (const SacPairwise *p, gint32 n, gint32 r, gint32 m, gsize own_floats)
{
  return sizeof (float) * (shared_floats (r, m) + task_floats (p, own_floats) * _sac_pairwise_tasks (n));
}

SacPairwiseJob
_sac_pairwise_job (const SacKernelArgs *args, const SacPairwiseKernels *kernels, SacShape x, gint32 r, gint32 m, gsize own_floats)
{
  SacPairwiseJob job = { args, kernels, *(const SacPairwise *) args->params, x.n, x.t, r, m };

  job.scale = args->workspace;
  job.shift = job.scale + ROUND (r);
  job.bias = job.shift + ROUND (r);
  job.w = job.bias + ROUND (m);
  job.own = job.scale + shared_floats (r, m);
  job.own_floats = own_floats;
  memset (job.scale, 0, sizeof (float) * (gsize) (job.w - job.scale));
  return job;
}

typedef struct {
  const SacPairwiseJob *job;
  SacPairwiseFunc func;
} Tasks;

static void
run_task (guint task, guint thread, gpointer data)
{
  const Tasks *tasks = data;
  SacPairwiseJob job = *tasks->job;
  gint64 n_tasks = _sac_pairwise_tasks (job.n);

  job.own += task * task_floats (&job.p, job.own_floats);
  job.places[0] = (float **) (void *) (job.own + ROUND (job.own_floats));
  job.places[1] = job.places[0] + ROUND (job.p.footprint);
  tasks->func (&job, (gint32) (job.n * task / n_tasks), (gint32) (job.n * (task + 1) / n_tasks));
}

void
_sac_pairwise_run (const SacPairwiseJob *job, SacPairwiseFunc func)
{
  Tasks tasks = { job, func };

  sac_pool_run (job->args->pool, _sac_pairwise_tasks (job->n), run_task, &tasks);
}

const float *
_sac_pairwise_result (const SacPairwiseJob *job, guint task)
{
  return job->own + task * task_floats (&job->p, job->own_floats);
}

gboolean
_sac_pairwise_fits (const SacPairwise *p, SacShape x, GError **error)
{
  if (x.h != 1 || x.w != 1)
    {
      g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "a sequence (N,C,T,1,1) is wanted");
      return FALSE;
    }
  if (p->footprint < 1 || p->footprint % 2 == 0 || p->dilation < 1 || (gint64) (p->footprint / 2) * p->dilation >= x.t)
    {
      g_set_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE,
                   "a footprint of %d, %d apart, does not fit %d positions (odd, half of it shorter than the sequence)",
                   p->footprint, p->dilation, x.t);
      return FALSE;
    }
  return TRUE;
}

static void
pack (SacPairwiseJob *job, const float *from, gint32 n_rows, gint32 width, gboolean transposed, gint32 together)
{
  gsize step = ROUND (width);

  memset (job->w, 0, sizeof (float) * step * ((gsize) n_rows + together - 1));
  for (gint32 i = 0; i < n_rows; i++)
    for (gint32 j = 0; j < width; j++)
      job->w[(i - i % together) * step + (gsize) (together * j + i % together)] = transposed ? from[(gsize) j * n_rows + i]
                                                                                             : from[(gsize) i * width + j];
}

void
_sac_pairwise_pack (SacPairwiseJob *job, const float *from, gint32 n_rows, gint32 width, gboolean transposed)
{
  pack (job, from, n_rows, width, transposed, 1);
}

void
_sac_pairwise_pack_pairs (SacPairwiseJob *job, const float *from, gint32 n_rows, gint32 width, gboolean transposed)
{
  pack (job, from, n_rows, width, transposed, 2);
}

void
_sac_pairwise_relate (const SacPairwiseJob *job, const float *f, gint32 first, gint32 last, float *h)
{
  gsize k = (gsize) job->p.footprint, r = (gsize) job->r;

  for (gint32 t = first; t < last; t++, h += k * r)
    job->kernels->relate (f + (gsize) t * 2 * r, _sac_pairwise_read (job, f + r, 2 * r, t), job->p.footprint, job->r, job->scale,
                          job->shift, h);
}

/* ---- for the references. */
gboolean
_sac_pairwise_map_fits (const SacShape *src, const void *params, GError **error)
{
  gint32 r = src[0].c / 2;
  SacShape row = SAC_SHAPE (1, r, 1, 1, 1);

  return _sac_pairwise_fits (params, src[0], error) && src[0].c == 2 * r && sac_shape_equal (src[1], SAC_SHAPE (2, r, 1, 1, 1))
         && sac_shape_equal (src[2], row) && sac_shape_equal (src[3], row)
         && (src[4].n == 0 || sac_shape_equal (src[4], SAC_SHAPE (r, r, 1, 1, 1)));
}

gboolean
_sac_pairwise_sum_fits (const SacShape *src, SacShape x, const SacPairwise *p)
{
  SacShape row = SAC_SHAPE (1, src[0].c, 1, 1, 1);

  return sac_shape_equal (src[0], _sac_pairwise_rows (p, x, src[0].c)) && sac_shape_equal (src[1], SAC_SHAPE (2, src[0].c, 1, 1, 1))
         && sac_shape_equal (src[2], row) && sac_shape_equal (src[3], row);
}

void
_sac_pairwise_row_init (SacPairwiseRow *row, const SacKernelArgs *args)
{
  SacShape f = args->src[0].shape;

  *row = (SacPairwiseRow) { .args = args, .n = f.n, .t = f.t, .r = f.c / 2, .o = -1 };
  row->d = g_new (double, 3 * (gsize) row->r);
  row->h = row->d + row->r;
  row->g = row->h + row->r;
}

void
_sac_pairwise_row_clear (SacPairwiseRow *row)
{
  g_free (row->d);
}

gboolean
_sac_pairwise_row_next (SacPairwiseRow *row)
{
  const SacPairwise *p = row->args->params;
  const SacTensor *src = row->args->src;
  gint32 r = row->r;
  const float *f, *stats = src[1].data, *w = src[4].data;

  if (++row->o == p->footprint)
    row->o = 0, row->at_t++;
  if (row->at_t == row->t)
    row->at_t = 0, row->i++;
  if (row->i == row->n)
    return FALSE;
  row->row = ((gsize) row->i * row->t + row->at_t) * p->footprint + row->o;
  row->place = _sac_pairwise_at (p, row->t, row->at_t, row->o);
  f = src[0].data + (gsize) row->i * row->t * 2 * r;
  for (gint32 c = 0; c < r; c++)
    {
      double d = (double) f[(gsize) row->at_t * 2 * r + c] - f[(gsize) row->place * 2 * r + r + c], z;

      row->d[c] = (d - stats[c]) / sqrt (stats[r + c] + (double) p->eps);
      z = row->d[c] * src[2].data[c] + src[3].data[c];
      row->h[c] = z < 0 ? 0 : z;
      row->g[c] = 0;
      for (gint32 k = 0; src[5].data && w && z > 0 && k < r; k++)
        row->g[c] += (double) w[(gsize) k * r + c] * src[5].data[row->row * r + k];
    }
  return TRUE;
}

void
_sac_pairwise_mapped (const SacKernelArgs *args, gsize row, double *h, double *a)
{
  const SacPairwise *p = args->params;
  const float *stats = args->src[1].data;
  gint32 r = args->src[0].shape.c, m = args->src[4].shape.n;

  for (gint32 c = 0; c < r; c++)
    {
      double z = (args->src[0].data[row * r + c] - (double) stats[c]) / sqrt (stats[r + c] + (double) p->eps);

      z = z * args->src[2].data[c] + args->src[3].data[c];
      h[c] = z < 0 ? 0 : z;
    }
  for (gint32 k = 0; a && k < m; k++)
    {
      a[k] = args->src[5].data[k];
      for (gint32 c = 0; c < r; c++)
        a[k] += h[c] * args->src[4].data[(gsize) k * r + c];
    }
}

/* ---- plain C with the compiler's vectors of four. */
typedef float Vec4 __attribute__ ((vector_size (16)));

static inline Vec4
load4 (const float *p)
{
  Vec4 v;

  memcpy (&v, p, sizeof v);
  return v;
}

static inline void
store4 (float *p, Vec4 v)
{
  memcpy (p, &v, sizeof v);
}

static inline Vec4
load_some4 (const float *p, gint32 n)
{
  float part[4] = { 0, 0, 0, 0 };

  for (gint32 i = 0; i < MIN (n, 4); i++)
    part[i] = p[i];
  return load4 (part);
}

static inline void
store_some4 (float *p, gint32 n, Vec4 v)
{
  for (gint32 i = 0; i < MIN (n, 4); i++)
    p[i] = v[i];
}

static inline Vec4
add_pairs4 (Vec4 a, Vec4 b)
{
  return (Vec4) { a[0] + a[1], a[2] + a[3], b[0] + b[1], b[2] + b[3] };
}

static inline Vec4
open4 (Vec4 z)
{
  for (int i = 0; i < 4; i++)
    z[i] = sac_choose (z[i] < 0, 0, z[i]);
  return z;
}

static inline Vec4
let4 (Vec4 z, Vec4 v)
{
  for (int i = 0; i < 4; i++)
    v[i] = sac_choose (z[i] > 0, v[i], 0);
  return v;
}

#define SET(name) name##_plain
#define LANES 4
#define WIDE 2
#define COLUMNS(F, o) F (p##o, 0) F (q##o, 1)
#define V Vec4
#define LOAD(p) load4 (p)
#define STORE(p, v) store4 (p, v)
#define ZERO ((Vec4) { 0, 0, 0, 0 })
#define SPLAT(p) ((Vec4) { *(p), *(p), *(p), *(p) })
#define SPLAT2(p) ((Vec4) { (p)[0], (p)[1], (p)[0], (p)[1] })
#define SPLAT1(p) ((Vec4) { *(p), 0, *(p), 0 })
#define MULADD(a, b, c) ((a) * (b) + (c))
#define ADD_PAIRS(a, b) add_pairs4 (a, b)
#define OPEN(z) open4 (z)
#define LET(z, v) let4 (z, v)
#define MASK gint32
#define MASK_OF(n) (n)
#define LOAD_SOME(p, m) load_some4 (p, m)
#define STORE_SOME(p, m, v) store_some4 (p, m, v)
#define MATRIX_SIZES(F) F (6) F (4) F (2) F (1)
#define OUTER_SIZES(F) F (6) F (4) F (2) F (1)
#define NARROW_SIZES(F) F (8) F (4) F (2) F (1)
#include "pairwise-loops.h"

#ifdef __x86_64__
#include <immintrin.h>

/* Two neighbours as one number of 64 bits, wherever they lie. */
static inline double
two_at (const float *p)
{
  double two;

  memcpy (&two, p, sizeof two);
  return two;
}

/* ---- AVX2 with FMA: tiles of 5 or 6 rows × 16 columns in 12 of the 16 registers. */
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#ifdef __clang__
#pragma clang attribute push (__attribute__ ((target ("avx2,fma"))), apply_to = function)
#endif
#define SET(name) name##_avx2
#define LANES 8
#define WIDE 2
#define COLUMNS(F, o) F (p##o, 0) F (q##o, 1)
#define V __m256
#define LOAD(p) _mm256_loadu_ps (p)
#define STORE(p, v) _mm256_storeu_ps (p, v)
#define ZERO _mm256_setzero_ps ()
#define SPLAT(p) _mm256_broadcast_ss (p)
#define SPLAT2(p) _mm256_castpd_ps (_mm256_set1_pd (two_at (p)))
#define SPLAT1(p) _mm256_blend_ps (_mm256_broadcast_ss (p), ZERO, 0xaa)
#define MULADD(a, b, c) _mm256_fmadd_ps (a, b, c)
/* The lanes of 128 bits are added apart, so their middle pairs change places. */
#define ADD_PAIRS(a, b) _mm256_castpd_ps (_mm256_permute4x64_pd (_mm256_castps_pd (_mm256_hadd_ps (a, b)), 0xd8))
#define OPEN(z) _mm256_max_ps (ZERO, z)
#define LET(z, v) _mm256_and_ps (_mm256_cmp_ps (z, ZERO, _CMP_GT_OQ), v)
#define MASK __m256i
#define MASK_OF(n) _mm256_cmpgt_epi32 (_mm256_set1_epi32 (n), _mm256_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7))
#define LOAD_SOME(p, m) _mm256_maskload_ps (p, m)
#define STORE_SOME(p, m, v) _mm256_maskstore_ps (p, m, v)
#define MATRIX_SIZES(F) F (6) F (4) F (2) F (1)
#define OUTER_SIZES(F) F (6) F (4) F (2) F (1)
#define NARROW_SIZES(F) F (8) F (4) F (2) F (1)
#include "pairwise-loops.h"
#ifdef __clang__
#pragma clang attribute pop
#endif
#pragma GCC pop_options

/* ---- AVX-512: tiles of 5 or 6 rows × 64 columns in 24 of the 32 registers. */
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,prefer-vector-width=512")
#ifdef __clang__
#pragma clang attribute push (__attribute__ ((target ("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#endif
#define SET(name) name##_avx512
#define LANES 16
#define WIDE 4
#define COLUMNS(F, o) F (p##o, 0) F (q##o, 1) F (s##o, 2) F (z##o, 3)
#define V __m512
#define LOAD(p) _mm512_loadu_ps (p)
#define STORE(p, v) _mm512_storeu_ps (p, v)
#define ZERO _mm512_setzero_ps ()
#define SPLAT(p) _mm512_set1_ps (*(p))
#define SPLAT2(p) _mm512_castpd_ps (_mm512_set1_pd (two_at (p)))
#define SPLAT1(p) _mm512_maskz_mov_ps (0x5555, SPLAT (p))
#define MULADD(a, b, c) _mm512_fmadd_ps (a, b, c)
#define ADD_PAIRS(a, b) _mm512_add_ps (_mm512_permutex2var_ps (a, EVEN, b), _mm512_permutex2var_ps (a, ODD, b))
#define EVEN _mm512_setr_epi32 (0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODD _mm512_setr_epi32 (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)
#define OPEN(z) _mm512_max_ps (ZERO, z)
#define LET(z, v) _mm512_maskz_mov_ps (_mm512_cmp_ps_mask (z, ZERO, _CMP_GT_OQ), v)
#define MASK __mmask16
#define MASK_OF(n) ((__mmask16) ((n) >= 16 ? 0xffff : (n) <= 0 ? 0 : (1 << (n)) - 1))
#define LOAD_SOME(p, m) _mm512_maskz_loadu_ps (m, p)
#define STORE_SOME(p, m, v) _mm512_mask_storeu_ps (p, m, v)
#define MATRIX_SIZES(F) F (12) F (8) F (4) F (2) F (1)
#define OUTER_SIZES(F) F (6) F (4) F (2) F (1)
#define NARROW_SIZES(F) F (8) F (4) F (2) F (1)
#include "pairwise-loops.h"
#ifdef __clang__
#pragma clang attribute pop
#endif
#pragma GCC pop_options
#endif
