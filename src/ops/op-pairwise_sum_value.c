/* Gradient of pairwise_sum towards v: gv[j] = Σ a[t,o] ⊙ gy[t] over all (t,o) that look at j; a is made again. */
#include <string.h>

#include "pairwise-private.h"

static gboolean
pairwise_sum_value_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  gint32 m = src[6].c;

  *out = src[6];
  return _sac_pairwise_fits (params, src[6], error) && _sac_pairwise_sum_fits (src, src[6], params)
         && sac_shape_equal (src[4], SAC_SHAPE (m, src[0].c, 1, 1, 1)) && sac_shape_equal (src[5], SAC_SHAPE (1, m, 1, 1, 1));
}

static void
pairwise_sum_value_reference (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;
  gint32 n_t = args->dst.shape.t, m = args->dst.shape.c;
  gsize row = 0, n = sac_shape_count (args->dst.shape);
  g_autofree double *h = g_new (double, args->src[0].shape.c), *a = g_new (double, m), *sums = g_new0 (double, n);
  const float *gy = args->src[6].data;

  for (gint32 i = 0; i < args->dst.shape.n; i++)
    for (gint32 t = 0; t < n_t; t++, gy += m)
      for (gint32 o = 0; o < p->footprint; o++)
        {
          double *gv = sums + ((gsize) i * n_t + _sac_pairwise_at (p, n_t, t, o)) * m;

          _sac_pairwise_mapped (args, row++, h, a);
          for (gint32 c = 0; c < m; c++)
            gv[c] += a[c] * gy[c];
        }
  for (gsize i = 0; i < n; i++)
    args->dst.data[i] = (float) sums[i];
}

/* A task's floats: rows h₂. */
static void
value_examples (SacPairwiseJob *job, gint32 from, gint32 to)
{
  gsize r = (gsize) job->r, m = (gsize) job->m, k = (gsize) job->p.footprint;

  for (gint32 i = from; i < to; i++)
    {
      const float *gy = job->args->src[6].data + (gsize) i * job->t * m;
      float *gv = job->args->dst.data + (gsize) i * job->t * m;

      memset (gv, 0, sizeof (float) * (gsize) job->t * m);
      for (gint32 first = 0; first < job->t; first += SAC_PAIRWISE_STEP)
        {
          gint32 last = MIN (first + SAC_PAIRWISE_STEP, job->t);

          _sac_pairwise_activate (job, job->args->src[0].data + (gsize) i * job->t * k * r, first, last, job->own);
          for (gint32 t = first; t < last; t++)
            job->kernels->value (job->own + (gsize) (t - first) * k * r, job->p.footprint, job->r, job->w, SAC_PAIRWISE_ROUND (m),
                                 job->bias, job->m, gy + (gsize) t * m, _sac_pairwise_look (job, 1, gv, m, t));
        }
    }
}

static gsize
own_floats (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;

  return (gsize) SAC_PAIRWISE_STEP * p->footprint * args->src[0].shape.c;
}

static void
pairwise_sum_value_run (const SacKernelArgs *args, const SacPairwiseKernels *kernels)
{
  gint32 r = args->src[0].shape.c, m = args->dst.shape.c;
  SacPairwiseJob job = _sac_pairwise_job (args, kernels, args->dst.shape, r, m, own_floats (args));

  _sac_pairwise_pack (&job, args->src[4].data, r, m, TRUE);
  memcpy (job.bias, args->src[5].data, sizeof (float) * (gsize) m);
  _sac_bn_scale_shift (args->src[1].data, args->src[2].data, args->src[3].data, job.p.eps, (gsize) r, job.scale, job.shift);
  _sac_pairwise_run (&job, value_examples);
}

static gsize
pairwise_sum_value_workspace (const SacKernelArgs *shapes)
{
  return _sac_pairwise_workspace (shapes->params, shapes->dst.shape.n, shapes->src[0].shape.c, shapes->dst.shape.c, own_floats (shapes));
}

SAC_PAIRWISE_VARIANTS (pairwise_sum_value)

static double
pairwise_sum_value_flops (const SacKernelArgs *shapes)
{
  const SacPairwise *p = shapes->params;

  return (double) sac_shape_count (shapes->dst.shape) * p->footprint * (2.0 * shapes->src[0].shape.c + 2);
}

const SacOp sac_op_pairwise_sum_value = {
  .name = "pairwise_sum_value", .n_src = 7, .params_size = sizeof (SacPairwise), .infer = pairwise_sum_value_infer,
  .reference = pairwise_sum_value_reference, .cpu = pairwise_sum_value_cpu, .flops = pairwise_sum_value_flops, .inplace = -1,
};

SacVar
_sac_pairwise_sum_value (SacGraph *g, SacVar u, SacVar stats, SacVar gamma, SacVar beta, SacVar w, SacVar bias, SacVar gy,
                         const SacPairwise *p)
{
  return sac_graph_append (g, &sac_op_pairwise_sum_value, (SacVar[]) { u, stats, gamma, beta, w, bias, gy }, 7, p);
}
