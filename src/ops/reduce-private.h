/* Reductions over axes.  Memory is seen as [groups][reduced][inner]: axes next to each other that are both reduced or both kept
 * count as one.  Sums are doubles; the split into tasks is by shape, partial results are joined in order. */
#pragma once
#include <math.h>

#include "targets-private.h"

typedef enum { SAC_REDUCE_SUM, SAC_REDUCE_SQUARES, SAC_REDUCE_MAX } SacReduceKind;

typedef struct {
  gsize n_groups, n_reduced, n_inner;
  gsize chunk, n_chunks;        /* of what is reduced */
  gsize block, n_blocks;        /* groups a task (inner = 1), or inner columns a task */
} SacReduction;

#define SAC_REDUCE_BLOCK 512    /* columns a task holds on its stack */

/* FALSE where reduced axes lie apart (with kept ones between them). */
gboolean _sac_reduction_read (SacShape x, SacShape y, SacReduction *r);
gboolean _sac_reduction_fits (const SacKernelArgs *shapes);
/* Elements a sum, wherever they lie; and results beside each other whose elements are so too. */
gsize    _sac_reduction_count (const SacKernelArgs *shapes);
gsize    _sac_reduction_inner (const SacKernelArgs *shapes);
gsize    _sac_reduction_workspace (const SacKernelArgs *shapes);
gboolean _sac_reduction_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error);
void     _sac_reduction_run (const SacKernelArgs *args, SacPoolFunc task, SacReduceKind kind);
/* One axis group at a time, so that each step is of the fast form: the shape after the last group of reduced axes of @x is gone. */
SacShape _sac_reduction_step (SacShape x, SacShape y);

typedef struct {
  const SacKernelArgs *args;
  SacReduction r;
} SacReductionJob;

SAC_BODY double
sac_reduce_two (SacReduceKind kind, double a, double b)
{
  return kind != SAC_REDUCE_MAX ? a + b : b > a || b != b ? b : a;
}

/* What of an element is added up. */
SAC_BODY double
sac_reduce_term (SacReduceKind kind, float x)
{
  return kind == SAC_REDUCE_SQUARES ? (double) x * (double) x : (double) x;
}

/* A stretch of neighbours is taken in lanes, as many whatever the instruction set. */
SAC_BODY double
sac_reduce_add (SacReduceKind kind, const float *x, gsize n)
{
  enum { LANES = 16 };
  double sum[LANES] = { 0 }, all;
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    for (guint l = 0; l < LANES; l++)
      sum[l] += sac_reduce_term (kind, x[i + l]);
  for (guint l = 0; i < n; i++, l++)
    sum[l] += sac_reduce_term (kind, x[i]);
  all = sum[0];
  for (guint l = 1; l < LANES; l++)
    all += sum[l];
  return all;
}

SAC_BODY float
sac_larger (float a, float b)
{
  return sac_choose ((b > a) | (b != b), b, a);
}

SAC_BODY float
sac_reduce_most (const float *x, gsize n)
{
  enum { LANES = 64 };          /* so many that the compiler keeps a loop of vectors */
  float most[LANES], all = x[0];
  gsize i = 0;

  if (n >= LANES)
    {
      memcpy (most, x, sizeof most);
      for (i = LANES; i + LANES <= n; i += LANES)
        for (guint l = 0; l < LANES; l++)
          most[l] = sac_larger (most[l], x[i + l]);
      for (guint half = LANES / 2; half > 0; half /= 2)
        for (guint l = 0; l < half; l++)
          most[l] = sac_larger (most[l], most[half + l]);
      all = most[0];
    }
  for (; i < n; i++)
    all = sac_larger (all, x[i]);
  return all;
}

/* Columns of one chunk of rows. */
SAC_BODY void
sac_reduce_columns (SacReduceKind kind, const float *x, gsize stride, gsize n_rows, gsize n_columns, double *restrict out)
{
  for (gsize c = 0; c < n_columns; c++)
    out[c] = kind != SAC_REDUCE_MAX ? 0 : -INFINITY;
  for (gsize r = 0; r < n_rows; r++, x += stride)
    for (gsize c = 0; c < n_columns; c++)
      if (kind != SAC_REDUCE_MAX)
        out[c] += sac_reduce_term (kind, x[c]);
      else
        out[c] = ((x[c] > out[c]) | (x[c] != x[c])) ? (double) x[c] : out[c];
}

/* A task: one chunk of one block; it writes the result itself when there is only one chunk. */
SAC_BODY void
sac_reduce_task (SacReduceKind kind, const SacReductionJob *job, gsize task)
{
  const SacReduction *r = &job->r;
  gsize block = task % r->n_blocks, chunk = task / r->n_blocks % r->n_chunks, group = task / r->n_blocks / r->n_chunks;
  gsize from = chunk * r->chunk, n = MIN (r->chunk, r->n_reduced - from);
  const float *x = job->args->src[0].data;
  float *y = job->args->dst.data;
  double *partial = job->args->workspace;

  if (r->n_inner == 1)
    {
      for (gsize g = block * r->block; g < MIN ((block + 1) * r->block, r->n_groups); g++)
        {
          const float *run = x + g * r->n_reduced + from;
          double all = kind == SAC_REDUCE_MAX ? (double) sac_reduce_most (run, n) : sac_reduce_add (kind, run, n);

          if (r->n_chunks == 1)
            y[g] = (float) all;
          else
            partial[g * r->n_chunks + chunk] = all;
        }
    }
  else
    {
      gsize first = block * r->block, columns = MIN (r->block, r->n_inner - first);
      double out[SAC_REDUCE_BLOCK];

      sac_reduce_columns (kind, x + (group * r->n_reduced + from) * r->n_inner + first, r->n_inner, n, columns, out);
      if (r->n_chunks == 1)
        for (gsize c = 0; c < columns; c++)
          y[group * r->n_inner + first + c] = (float) out[c];
      else
        memcpy (partial + (group * r->n_chunks + chunk) * r->n_inner + first, out, columns * sizeof (double));
    }
}
