/* Gradient of pairwise_map's W: Σ gu·h₁ᵀ over all rows, (r,r).  W itself is not needed: source 4 is absent. */
#include <string.h>

#include "pairwise-private.h"
#include "vulkan-grids.h"

static gboolean
pairwise_map_weight_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  gint32 r = src[0].c / 2;

  *out = SAC_SHAPE (r, r, 1, 1, 1);
  return _sac_pairwise_map_fits (src, params, error) && sac_shape_equal (src[5], _sac_pairwise_rows (params, src[0], r));
}

static void
pairwise_map_weight_reference (const SacKernelArgs *args)
{
  gint32 r = args->dst.shape.c;
  g_autofree double *sums = g_new0 (double, (gsize) r * r);
  SacPairwiseRow row;

  _sac_pairwise_row_init (&row, args);
  while (_sac_pairwise_row_next (&row))
    for (gint32 k = 0; k < r; k++)
      for (gint32 c = 0; c < r; c++)
        sums[(gsize) k * r + c] += row.h[c] * args->src[5].data[row.row * r + k];
  for (gsize i = 0; i < (gsize) r * r; i++)
    args->dst.data[i] = (float) sums[i];
  _sac_pairwise_row_clear (&row);
}

/* A task's floats: its sums, rows h₁. */
static void
sum_examples (SacPairwiseJob *job, gint32 from, gint32 to)
{
  gsize r = (gsize) job->r, k = (gsize) job->p.footprint;
  float *h = job->own + r * r;

  memset (job->own, 0, sizeof (float) * r * r);
  for (gint32 i = from; i < to; i++)
    for (gint32 first = 0; first < job->t; first += SAC_PAIRWISE_STEP)
      {
        const float *f = job->args->src[0].data + (gsize) i * job->t * 2 * r;
        const float *gu = job->args->src[5].data + ((gsize) i * job->t + first) * k * r;
        gint32 last = MIN (first + SAC_PAIRWISE_STEP, job->t);

        _sac_pairwise_relate (job, f, first, last, h);
        job->kernels->outer (gu, job->r, h, job->r, (gsize) (last - first) * k, job->own, r);
      }
}

static gsize
own_floats (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;
  gsize r = (gsize) args->src[2].shape.c;

  return r * r + (gsize) SAC_PAIRWISE_STEP * p->footprint * r;
}

static void
pairwise_map_weight_run (const SacKernelArgs *args, const SacPairwiseKernels *kernels)
{
  gint32 r = args->dst.shape.c;
  SacPairwiseJob job = _sac_pairwise_job (args, kernels, args->src[0].shape, r, r, own_floats (args));

  _sac_bn_scale_shift (args->src[1].data, args->src[2].data, args->src[3].data, job.p.eps, (gsize) r, job.scale, job.shift);
  _sac_pairwise_run (&job, sum_examples);
  for (gsize i = 0; i < (gsize) r * r; i++)
    {
      double sum = 0;

      for (guint task = 0; task < _sac_pairwise_tasks (job.n); task++)
        sum += (double) _sac_pairwise_result (&job, task)[i];
      args->dst.data[i] = (float) sum;
    }
}

static gsize
pairwise_map_weight_workspace (const SacKernelArgs *shapes)
{
  gint32 r = shapes->dst.shape.c;

  return _sac_pairwise_workspace (shapes->params, shapes->src[0].shape.n, r, r, own_floats (shapes));
}

SAC_PAIRWISE_VARIANTS (pairwise_map_weight)

static double
pairwise_map_weight_flops (const SacKernelArgs *shapes)
{
  return (double) sac_shape_count (shapes->src[5].shape) * (2.0 * shapes->dst.shape.c + 4);
}

SAC_VULKAN_REDUCE (pairwise_map_weight, sac_shape_count (shapes->dst.shape), _sac_pairwise_n_rows (shapes, 0),
                   sac_shape_count (shapes->dst.shape))

const SacOp sac_op_pairwise_map_weight = {
  .vulkan = pairwise_map_weight_vulkan,
  .name = "pairwise_map_weight", .n_src = 6, .params_size = sizeof (SacPairwise), .infer = pairwise_map_weight_infer,
  .reference = pairwise_map_weight_reference, .cpu = pairwise_map_weight_cpu, .flops = pairwise_map_weight_flops, .inplace = -1,
  .optional = 1 << 4,
};

SacVar
_sac_pairwise_map_weight (SacGraph *g, SacVar f, SacVar stats, SacVar gamma, SacVar beta, SacVar gu, const SacPairwise *p)
{
  return sac_graph_append (g, &sac_op_pairwise_map_weight, (SacVar[]) { f, stats, gamma, beta, 0, gu }, 6, p);
}
