/* Gradient of pairwise_sum towards its rows h₂ = relu (bn (u)): gh[t,o] = Wᵀ·(gy[t] ⊙ v[at (t,o)]), (N,r,T,k,1). */
#include <string.h>

#include "pairwise-private.h"

static gboolean
pairwise_sum_rows_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = _sac_pairwise_rows (params, src[0], src[2].c);
  return _sac_pairwise_fits (params, src[0], error) && sac_shape_equal (src[0], src[1])
         && sac_shape_equal (src[2], SAC_SHAPE (src[0].c, src[2].c, 1, 1, 1));
}

static void
pairwise_sum_rows_reference (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;
  gint32 n_t = args->dst.shape.t, m = args->src[0].shape.c, r = args->dst.shape.c;
  const float *gy = args->src[1].data;
  float *gh = args->dst.data;

  for (gint32 i = 0; i < args->dst.shape.n; i++)
    for (gint32 t = 0; t < n_t; t++, gy += m)
      for (gint32 o = 0; o < p->footprint; o++)
        {
          const float *v = args->src[0].data + ((gsize) i * n_t + _sac_pairwise_at (p, n_t, t, o)) * m;

          for (gint32 c = 0; c < r; c++)
            {
              double sum = 0;

              for (gint32 k = 0; k < m; k++)
                sum += (double) gy[k] * v[k] * args->src[2].data[(gsize) k * r + c];
              *gh++ = (float) sum;
            }
        }
}

/* A task's floats: rows gy ⊙ v. */
static void
rows_examples (SacPairwiseJob *job, gint32 from, gint32 to)
{
  gsize r = (gsize) job->r, m = (gsize) job->m, k = (gsize) job->p.footprint;

  for (gint32 i = from; i < to; i++)
    for (gint32 first = 0; first < job->t; first += SAC_PAIRWISE_STEP)
      {
        const float *v = job->args->src[0].data + (gsize) i * job->t * m, *gy = job->args->src[1].data + (gsize) i * job->t * m;
        gint32 last = MIN (first + SAC_PAIRWISE_STEP, job->t);

        for (gint32 t = first; t < last; t++)
          job->kernels->spread (gy + (gsize) t * m, _sac_pairwise_read (job, v, m, t), job->p.footprint, job->m,
                                job->own + (gsize) (t - first) * k * m);
        job->kernels->matrix (job->own, (gsize) (last - first) * k, job->m, job->w, SAC_PAIRWISE_ROUND (r), job->r,
                              job->args->dst.data + ((gsize) i * job->t + first) * k * r);
      }
}

static gsize
own_floats (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;

  return (gsize) SAC_PAIRWISE_STEP * p->footprint * args->src[0].shape.c;
}

static void
pairwise_sum_rows_run (const SacKernelArgs *args, const SacPairwiseKernels *kernels)
{
  gint32 r = args->dst.shape.c, m = args->src[0].shape.c;
  SacPairwiseJob job = _sac_pairwise_job (args, kernels, args->src[0].shape, r, m, own_floats (args));

  _sac_pairwise_pack_pairs (&job, args->src[2].data, m, r, FALSE);
  _sac_pairwise_run (&job, rows_examples);
}

static gsize
pairwise_sum_rows_workspace (const SacKernelArgs *shapes)
{
  return _sac_pairwise_workspace (shapes->params, shapes->dst.shape.n, shapes->dst.shape.c, shapes->src[0].shape.c, own_floats (shapes));
}

SAC_PAIRWISE_VARIANTS (pairwise_sum_rows)

static double
pairwise_sum_rows_flops (const SacKernelArgs *shapes)
{
  return (double) sac_shape_count (shapes->dst.shape) * 2.0 * shapes->src[0].shape.c;
}

const SacOp sac_op_pairwise_sum_rows = {
  .name = "pairwise_sum_rows", .n_src = 3, .params_size = sizeof (SacPairwise), .infer = pairwise_sum_rows_infer,
  .reference = pairwise_sum_rows_reference, .cpu = pairwise_sum_rows_cpu, .flops = pairwise_sum_rows_flops, .inplace = -1,
};

SacVar
_sac_pairwise_sum_rows (SacGraph *g, SacVar v, SacVar gy, SacVar w, const SacPairwise *p)
{
  return sac_graph_append (g, &sac_op_pairwise_sum_rows, (SacVar[]) { v, gy, w }, 3, p);
}
