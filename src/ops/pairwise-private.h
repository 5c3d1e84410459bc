/* What the ops of 1-D self-attention share (sac_pairwise_* in sac-ops.h; the formulas stand there).
 * Rows: position t of an example and offset o make a row; the footprint of t is k rows, one after the other.
 *   d[t,o] = φ[t] − ψ[at (t,o)]      h₁ = relu (bn₁ (d))   u = W₁·h₁      pairwise_map
 *   h₂ = relu (bn₂ (u))   a = W₂·h₂ + b   y[t] = Σ_o a[t,o] ⊙ v[at (t,o)]  pairwise_sum
 * Only u is ever written to memory with all its rows; d, h₁, h₂ and a are made again, a few rows at a time, where they are needed:
 * that is cheaper than reading them.  Work is split by examples, so a task owns all that its positions touch. */
#pragma once
#include "bn-private.h"

#define SAC_PAIRWISE_STEP 12    /* positions worked on at a time: their rows stay in the first cache */

/* A matrix is packed in rows of its width rounded up to this, zeros behind; a pack holds whole tiles of every instruction set. */
#define SAC_PAIRWISE_ALIGN 64
#define SAC_PAIRWISE_ROUND(n) (((gsize) (n) + SAC_PAIRWISE_ALIGN - 1) / SAC_PAIRWISE_ALIGN * SAC_PAIRWISE_ALIGN)

/* The loops that do the arithmetic, one set for each instruction set (pairwise-loops.h).  Rows lie one after the other. */
typedef struct {
  /* h[o] = relu ((φ − ψ[o])·scale + shift) for k rows of r. */
  void (*relate) (const float *phi, const float *const *psi, gint32 k, gint32 r, const float *scale, const float *shift, float *h);
  /* h = relu (u·scale + shift), n rows of r. */
  void (*activate) (const float *u, gsize n, gint32 r, const float *scale, const float *shift, float *h);
  /* out[row][j] = Σ_i rows[row][i]·w[i][j]; @w packed in pairs of rows, @step as of single ones. */
  void (*matrix) (const float *rows, gsize n, gint32 depth, const float *w, gsize step, gint32 width, float *out);
  /* y = Σ_o (Σ_i h[o][i]·w[i·step + ·] + bias) ⊙ v[o]. */
  void (*sum) (const float *h, gint32 k, gint32 r, const float *w, gsize step, const float *bias, gint32 m, const float *const *v,
               float *y);
  /* gv[o] += (Σ_i h[o][i]·w[i·step + ·] + bias) ⊙ gy; the same row may stand twice in @gv. */
  void (*value) (const float *h, gint32 k, gint32 r, const float *w, gsize step, const float *bias, gint32 m, const float *gy,
                 float *const *gv);
  /* Over k rows d = (φ − origin) − ψ[o]: sums[·] += d, sums[r + ·] += d². */
  void (*relate_stats) (const float *phi, const float *const *psi, gint32 k, gint32 r, const float *origin, float *sums);
  /* What @relate's ReLU lets through of g, and d = φ − ψ[o]: sums[·] += g, sums[r + ·] += g·(d − mean). */
  void (*relate_sums) (const float *phi, const float *const *psi, gint32 k, gint32 r, const float *scale, const float *shift,
                       const float *mean, const float *g, float *sums);
  /* So too gd = g·by[·] + d·by[r + ·] + by[2r + ·]: gphi = Σ gd, gpsi[o] −= gd. */
  void (*relate_input) (const float *phi, const float *const *psi, gint32 k, gint32 r, const float *scale, const float *shift,
                        const float *by, const float *g, float *gphi, float *const *gpsi);
  /* ga[o] = gy ⊙ v[o], k rows of m. */
  void (*spread) (const float *gy, const float *const *v, gint32 k, gint32 m, float *ga);
  /* out[i·step + j] += Σ_rows a[row][i]·b[row][j]. */
  void (*outer) (const float *a, gint32 n_a, const float *b, gint32 n_b, gsize n, float *out, gsize step);
} SacPairwiseKernels;

extern const SacPairwiseKernels _sac_pairwise_plain;
#ifdef __x86_64__
extern const SacPairwiseKernels _sac_pairwise_avx2, _sac_pairwise_avx512;
#endif

/* Where offset @o of position @t looks: outside, the sequence is reflected without repeating its border. */
static inline gint32
_sac_pairwise_at (const SacPairwise *p, gint32 n_t, gint32 t, gint32 o)
{
  gint32 i = t + (o - p->footprint / 2) * p->dilation;

  i = ABS (i);
  return i < n_t ? i : 2 * (n_t - 1) - i;
}

/* Rows that the sequence in source @i makes. */
static inline gsize
_sac_pairwise_n_rows (const SacKernelArgs *shapes, guint i)
{
  return (gsize) shapes->src[i].shape.n * (gsize) shapes->src[i].shape.t * (gsize) ((const SacPairwise *) shapes->params)->footprint;
}

/* FALSE with words unless @x is a sequence that the footprint fits. */
gboolean _sac_pairwise_fits (const SacPairwise *p, SacShape x, GError **error);
/* Shapes with all rows: (N,C,T,k,1). */
static inline SacShape
_sac_pairwise_rows (const SacPairwise *p, SacShape x, gint32 c)
{
  return SAC_SHAPE (x.n, c, x.t, p->footprint, 1);
}

/* ---- Tasks: runs of whole examples.  The workspace holds what all share and then each task's own floats. */
typedef struct {
  const SacKernelArgs *args;
  const SacPairwiseKernels *kernels;
  SacPairwise p;
  gint32 n, t, r, m;            /* examples, positions; channels of the relation and of the values */
  float *scale, *shift, *bias;  /* shared, whole tiles of zeros: r, r and m numbers, */
  float *w;                     /* and a packed matrix of r or m rows as wide as r or m */
  float *own;                   /* of the task in hand, on 64 bytes */
  gsize own_floats;
  float **places[2];            /* room for two pointers an offset, of the task in hand */
} SacPairwiseJob;

/* Whole examples from…to−1; @job is the task's own copy. */
typedef void (*SacPairwiseFunc) (SacPairwiseJob *job, gint32 from, gint32 to);

SacPairwiseJob _sac_pairwise_job (const SacKernelArgs *args, const SacPairwiseKernels *kernels, SacShape x, gint32 r, gint32 m,
                                  gsize own_floats);
/* Bytes of its workspace. */
gsize _sac_pairwise_workspace (const SacPairwise *p, gint32 n, gint32 r, gint32 m, gsize own_floats);
void  _sac_pairwise_run (const SacPairwiseJob *job, SacPairwiseFunc func);
guint _sac_pairwise_tasks (gint32 n);
/* The own floats of task @task, after a run: sums of tasks are added in their order. */
const float *_sac_pairwise_result (const SacPairwiseJob *job, guint task);

/* Where the footprint of position @t looks in @rows, those of one example, @step apart.  @slot: 0 or 1. */
static inline float *const *
_sac_pairwise_look (const SacPairwiseJob *job, int slot, const float *rows, gsize step, gint32 t)
{
  for (gint32 o = 0; o < job->p.footprint; o++)
    job->places[slot][o] = (float *) rows + step * (gsize) _sac_pairwise_at (&job->p, job->t, t, o);
  return job->places[slot];
}

/* Where it reads. */
static inline const float *const *
_sac_pairwise_read (const SacPairwiseJob *job, const float *rows, gsize step, gint32 t)
{
  return (const float *const *) _sac_pairwise_look (job, 0, rows, step, t);
}

/* Packs a matrix of @n_rows × @width, or the transpose of one of @width × @n_rows, into job->w. */
void _sac_pairwise_pack (SacPairwiseJob *job, const float *from, gint32 n_rows, gint32 width, gboolean transposed);
/* The same for @matrix: numbers of rows 2i and 2i + 1 take turns. */
void _sac_pairwise_pack_pairs (SacPairwiseJob *job, const float *from, gint32 n_rows, gint32 width, gboolean transposed);

/* For references: all rows of pairwise_map one by one, by @d = d̂, @h = h₁ and, where there is a gu (source 5, W being source 4),
 * @g, the gradient towards γ·d̂ + β.  Doubles. */
typedef struct {
  const SacKernelArgs *args;
  gint32 n, t, r, i, at_t, o;   /* example, position, offset in hand */
  gint32 place;                 /* at (t,o) */
  gsize row;
  double *d, *h, *g;
} SacPairwiseRow;
void     _sac_pairwise_row_init (SacPairwiseRow *row, const SacKernelArgs *args);
gboolean _sac_pairwise_row_next (SacPairwiseRow *row);
void     _sac_pairwise_row_clear (SacPairwiseRow *row);

/* Whether f, stats, γ, β and W (sources 0…4, W may be absent) fit. */
gboolean _sac_pairwise_map_fits (const SacShape *src, const void *params, GError **error);
/* Whether u, stats, γ, β (sources 0…3) fit the sequence @x. */
gboolean _sac_pairwise_sum_fits (const SacShape *src, SacShape x, const SacPairwise *p);
/* h₂ and a of one row, for references: u, stats, γ, β, W, b. */
void _sac_pairwise_mapped (const SacKernelArgs *args, gsize row, double *h, double *a);

/* Rows h₁ and h₂ of the positions first…last−1 of one example, into @h. */
void _sac_pairwise_relate (const SacPairwiseJob *job, const float *f, gint32 first, gint32 last, float *h);
static inline void
_sac_pairwise_activate (const SacPairwiseJob *job, const float *u, gint32 first, gint32 last, float *h)
{
  gsize k = (gsize) job->p.footprint, r = (gsize) job->r;

  job->kernels->activate (u + (gsize) first * k * r, (gsize) (last - first) * k, job->r, job->scale, job->shift, h);
}

/* The variants of an op: thing_run (args, kernels) and thing_workspace (shapes) make thing_cpu[]. */
#define SAC_PAIRWISE_SET(name, set) \
  static void name##_##set (const SacKernelArgs *args) { name##_run (args, &_sac_pairwise_##set); }
#ifdef __x86_64__
#define SAC_PAIRWISE_VARIANTS(name) \
  SAC_PAIRWISE_SET (name, avx512) \
  SAC_PAIRWISE_SET (name, avx2) \
  SAC_PAIRWISE_SET (name, plain) \
  static const SacCpuVariant name##_cpu[] = { \
    { "avx512", SAC_CPU_AVX512, NULL, name##_workspace, name##_avx512 }, \
    { "avx2", SAC_CPU_AVX2, NULL, name##_workspace, name##_avx2 }, \
    { "plain", SAC_CPU_PLAIN, NULL, name##_workspace, name##_plain }, \
    { NULL }, \
  };
#else
#define SAC_PAIRWISE_VARIANTS(name) \
  SAC_PAIRWISE_SET (name, plain) \
  static const SacCpuVariant name##_cpu[] = { { "plain", SAC_CPU_PLAIN, NULL, name##_workspace, name##_plain }, { NULL } };
#endif

/* ---- The adjoints.  They have no adjoints of their own. */
extern const SacOp sac_op_pairwise_stats;
SacVar _sac_pairwise_map_sums (SacGraph *g, SacVar f, SacVar stats, SacVar gamma, SacVar beta, SacVar w, SacVar gu, const SacPairwise *p);
SacVar _sac_pairwise_map_weight (SacGraph *g, SacVar f, SacVar stats, SacVar gamma, SacVar beta, SacVar gu, const SacPairwise *p);
SacVar _sac_pairwise_map_input (SacGraph *g, SacVar f, SacVar stats, SacVar gamma, SacVar beta, SacVar w, SacVar gu, SacVar sums,
                                const SacPairwise *p);
SacVar _sac_pairwise_sum_rows (SacGraph *g, SacVar v, SacVar gy, SacVar w, const SacPairwise *p);
SacVar _sac_pairwise_sum_value (SacGraph *g, SacVar u, SacVar stats, SacVar gamma, SacVar beta, SacVar w, SacVar bias, SacVar gy,
                                const SacPairwise *p);
SacVar _sac_pairwise_sum_weight (SacGraph *g, SacVar u, SacVar stats, SacVar gamma, SacVar beta, SacVar v, SacVar gy, const SacPairwise *p);
