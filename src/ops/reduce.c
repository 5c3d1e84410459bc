#include "reduce-private.h"

gboolean
_sac_reduction_read (SacShape x, SacShape y, SacReduction *r)
{
  const gint32 xs[5] = { x.n, x.t, x.h, x.w, x.c }, ys[5] = { y.n, y.t, y.h, y.w, y.c };
  guint place = 0;              /* 0 groups, 1 reduced, 2 inner */

  *r = (SacReduction) { .n_groups = 1, .n_reduced = 1, .n_inner = 1 };
  for (guint i = 0; i < 5; i++)
    {
      gboolean reduced = xs[i] > 1 && ys[i] == 1;

      if (xs[i] == 1)
        continue;
      if (reduced && place == 2)
        return FALSE;
      place = reduced ? 1 : place == 0 ? 0 : 2;
      *(place == 0 ? &r->n_groups : place == 1 ? &r->n_reduced : &r->n_inner) *= (gsize) xs[i];
    }
  if (r->n_inner == 1)
    {
      r->chunk = 4 * SAC_PIECE;
      r->block = MAX (SAC_PIECE / r->n_reduced, 1);
      r->n_blocks = (r->n_groups + r->block - 1) / r->block;
    }
  else
    {
      r->block = MIN (SAC_REDUCE_BLOCK, r->n_inner);
      r->n_blocks = (r->n_inner + r->block - 1) / r->block;
      r->chunk = MAX (4 * SAC_PIECE / r->block, 64);
    }
  r->n_chunks = (r->n_reduced + r->chunk - 1) / r->chunk;
  return TRUE;
}

gboolean
_sac_reduction_fits (const SacKernelArgs *shapes)
{
  SacReduction r;

  return _sac_reduction_read (shapes->src[0].shape, shapes->dst.shape, &r);
}

gsize
_sac_reduction_count (const SacKernelArgs *shapes)
{
  return sac_shape_count (shapes->src[0].shape) / sac_shape_count (shapes->dst.shape);
}

gsize
_sac_reduction_inner (const SacKernelArgs *shapes)
{
  SacShape x = shapes->src[0].shape, y = shapes->dst.shape;
  const gint32 xs[5] = { x.c, x.w, x.h, x.t, x.n }, ys[5] = { y.c, y.w, y.h, y.t, y.n };
  gsize inner = 1;

  for (guint i = 0; i < 4 && xs[i] == ys[i]; i++)
    inner *= (gsize) ys[i];
  return inner;
}

gsize
_sac_reduction_workspace (const SacKernelArgs *shapes)
{
  SacReduction r;

  _sac_reduction_read (shapes->src[0].shape, shapes->dst.shape, &r);
  return r.n_chunks == 1 ? 0 : sizeof (double) * r.n_groups * r.n_chunks * r.n_inner;
}

gboolean
_sac_reduction_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  SacShape stretched;

  *out = *(const SacShape *) params;
  if (_sac_broadcast_shape (src[0], *out, &stretched, error) && sac_shape_equal (stretched, src[0]))
    return TRUE;
  if (error && !*error)
    g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "an axis would grow");
  return FALSE;
}

void
_sac_reduction_run (const SacKernelArgs *args, SacPoolFunc task, SacReduceKind kind)
{
  SacReductionJob job = { .args = args };
  const SacReduction *r = &job.r;
  const double *partial = args->workspace;
  gsize n_tasks;

  _sac_reduction_read (args->src[0].shape, args->dst.shape, &job.r);
  n_tasks = r->n_blocks * r->n_chunks * (r->n_inner == 1 ? 1 : r->n_groups);
  if (n_tasks == 1)
    task (0, 0, &job);
  else
    sac_pool_run (args->pool, (guint) n_tasks, task, &job);
  for (gsize g = 0; r->n_chunks > 1 && g < r->n_groups; g++)
    for (gsize c = 0; c < r->n_inner; c++)
      {
        double all = partial[g * r->n_chunks * r->n_inner + c];

        for (gsize i = 1; i < r->n_chunks; i++)
          all = sac_reduce_two (kind, all, partial[(g * r->n_chunks + i) * r->n_inner + c]);
        args->dst.data[g * r->n_inner + c] = (float) all;
      }
}

SacShape
_sac_reduction_step (SacShape x, SacShape y)
{
  SacShape step = x;
  gint32 *const at[5] = { &step.n, &step.t, &step.h, &step.w, &step.c };
  const gint32 ys[5] = { y.n, y.t, y.h, y.w, y.c };
  gboolean inside = FALSE;

  for (gint i = 4; i >= 0; i--)
    {
      gboolean reduced = *at[i] > 1 && ys[i] == 1;

      if (inside && !reduced && *at[i] > 1)
        break;
      inside |= reduced;
      if (reduced)
        *at[i] = 1;
    }
  return step;
}
