/* Gradients of pairwise_sum's W and b in one, (m,r+1): over all rows, with ga = gy ⊙ v, Σ ga·h₂ᵀ and as last column Σ ga.
 * Sources u, stats, γ, β, v, gy. */
#include <string.h>

#include "pairwise-private.h"
#include "vulkan-grids.h"

static gboolean
pairwise_sum_weight_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE (src[4].c, src[0].c + 1, 1, 1, 1);
  return _sac_pairwise_fits (params, src[4], error) && _sac_pairwise_sum_fits (src, src[4], params) && sac_shape_equal (src[4], src[5]);
}

static void
pairwise_sum_weight_reference (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;
  gint32 n_t = args->src[4].shape.t, m = args->dst.shape.n, r = args->dst.shape.c - 1;
  SacKernelArgs mapping = *args;
  g_autofree double *h = g_new (double, r + 1), *sums = g_new0 (double, (gsize) m * (r + 1));
  const float *gy = args->src[5].data;
  gsize row = 0;

  mapping.src[4].shape.n = 0;
  h[r] = 1;
  for (gint32 i = 0; i < args->src[4].shape.n; i++)
    for (gint32 t = 0; t < n_t; t++, gy += m)
      for (gint32 o = 0; o < p->footprint; o++)
        {
          const float *v = args->src[4].data + ((gsize) i * n_t + _sac_pairwise_at (p, n_t, t, o)) * m;

          _sac_pairwise_mapped (&mapping, row++, h, NULL);
          for (gint32 k = 0; k < m; k++)
            for (gint32 c = 0; c <= r; c++)
              sums[(gsize) k * (r + 1) + c] += (double) gy[k] * v[k] * h[c];
        }
  for (gsize i = 0; i < (gsize) m * (r + 1); i++)
    args->dst.data[i] = (float) sums[i];
}

/* A task's floats: its sums, r rows of m and the bias; rows h₂; rows ga; ones. */
static void
weight_examples (SacPairwiseJob *job, gint32 from, gint32 to)
{
  gsize r = (gsize) job->r, m = (gsize) job->m, k = (gsize) job->p.footprint;
  float *sums = job->own, *bias = sums + r * m, *h = bias + m, *ga = h + SAC_PAIRWISE_STEP * k * r;
  float *ones = ga + SAC_PAIRWISE_STEP * k * m;

  for (gsize row = 0; row < SAC_PAIRWISE_STEP * k; row++)
    ones[row] = 1;
  memset (sums, 0, sizeof (float) * (r + 1) * m);
  for (gint32 i = from; i < to; i++)
    for (gint32 first = 0; first < job->t; first += SAC_PAIRWISE_STEP)
      {
        const float *v = job->args->src[4].data + (gsize) i * job->t * m, *gy = job->args->src[5].data + (gsize) i * job->t * m;
        gint32 last = MIN (first + SAC_PAIRWISE_STEP, job->t);
        gsize rows = (gsize) (last - first) * k;

        _sac_pairwise_activate (job, job->args->src[0].data + (gsize) i * job->t * k * r, first, last, h);
        for (gint32 t = first; t < last; t++)
          job->kernels->spread (gy + (gsize) t * m, _sac_pairwise_read (job, v, m, t), job->p.footprint, job->m,
                                ga + (gsize) (t - first) * k * m);
        job->kernels->outer (h, job->r, ga, job->m, rows, sums, m);
        job->kernels->outer (ones, 1, ga, job->m, rows, bias, m);
      }
}

static gsize
own_floats (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;
  gsize r = (gsize) args->src[0].shape.c, m = (gsize) args->src[4].shape.c;

  return (r + 1) * m + (gsize) SAC_PAIRWISE_STEP * p->footprint * (r + m + 1);
}

static void
pairwise_sum_weight_run (const SacKernelArgs *args, const SacPairwiseKernels *kernels)
{
  gint32 r = args->src[0].shape.c, m = args->src[4].shape.c;
  SacPairwiseJob job = _sac_pairwise_job (args, kernels, args->src[4].shape, r, m, own_floats (args));

  _sac_bn_scale_shift (args->src[1].data, args->src[2].data, args->src[3].data, job.p.eps, (gsize) r, job.scale, job.shift);
  _sac_pairwise_run (&job, weight_examples);
  for (gint32 k = 0; k < m; k++)
    for (gint32 c = 0; c <= r; c++)
      {
        double sum = 0;

        for (guint task = 0; task < _sac_pairwise_tasks (job.n); task++)
          sum += (double) _sac_pairwise_result (&job, task)[(gsize) c * m + k];
        args->dst.data[(gsize) k * (r + 1) + c] = (float) sum;
      }
}

static gsize
pairwise_sum_weight_workspace (const SacKernelArgs *shapes)
{
  return _sac_pairwise_workspace (shapes->params, shapes->src[4].shape.n, shapes->src[0].shape.c, shapes->src[4].shape.c,
                                  own_floats (shapes));
}

SAC_PAIRWISE_VARIANTS (pairwise_sum_weight)

static double
pairwise_sum_weight_flops (const SacKernelArgs *shapes)
{
  const SacPairwise *p = shapes->params;

  return (double) sac_shape_count (shapes->src[4].shape) * p->footprint * (2.0 * shapes->src[0].shape.c + 2);
}

SAC_VULKAN_REDUCE (pairwise_sum_weight, sac_shape_count (shapes->dst.shape), _sac_pairwise_n_rows (shapes, 4),
                   sac_shape_count (shapes->dst.shape))

const SacOp sac_op_pairwise_sum_weight = {
  .vulkan = pairwise_sum_weight_vulkan,
  .name = "pairwise_sum_weight", .n_src = 6, .params_size = sizeof (SacPairwise), .infer = pairwise_sum_weight_infer,
  .reference = pairwise_sum_weight_reference, .cpu = pairwise_sum_weight_cpu, .flops = pairwise_sum_weight_flops, .inplace = -1,
};

SacVar
_sac_pairwise_sum_weight (SacGraph *g, SacVar u, SacVar stats, SacVar gamma, SacVar beta, SacVar v, SacVar gy, const SacPairwise *p)
{
  return sac_graph_append (g, &sac_op_pairwise_sum_weight, (SacVar[]) { u, stats, gamma, beta, v, gy }, 6, p);
}
