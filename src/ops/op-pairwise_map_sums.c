/* Gradients of pairwise_map's beta and gamma: with g = Wᵀ·gu where the ReLU is open, (2,r): Σ g and Σ g·d̂ over all rows. */
#include <math.h>
#include <string.h>

#include "pairwise-private.h"
#include "vulkan-grids.h"

static gboolean
pairwise_map_sums_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  gint32 r = src[0].c / 2;

  *out = SAC_SHAPE (2, r, 1, 1, 1);
  return _sac_pairwise_map_fits (src, params, error) && sac_shape_equal (src[5], _sac_pairwise_rows (params, src[0], r));
}

static void
pairwise_map_sums_reference (const SacKernelArgs *args)
{
  gint32 r = args->dst.shape.c;
  g_autofree double *sums = g_new0 (double, 2 * (gsize) r);
  SacPairwiseRow row;

  _sac_pairwise_row_init (&row, args);
  while (_sac_pairwise_row_next (&row))
    for (gint32 c = 0; c < r; c++)
      {
        sums[c] += row.g[c];
        sums[r + c] += row.g[c] * row.d[c];
      }
  for (gint32 c = 0; c < 2 * r; c++)
    args->dst.data[c] = (float) sums[c];
  _sac_pairwise_row_clear (&row);
}

/* A task's floats: its sums (doubles), those of the step in hand, gradients of h₁. */
static void
sum_examples (SacPairwiseJob *job, gint32 from, gint32 to)
{
  gsize r = (gsize) job->r, k = (gsize) job->p.footprint;
  double *total = (double *) (void *) job->own;
  float *sums = (float *) (total + 2 * r), *g = sums + 2 * r;

  memset (total, 0, sizeof (double) * 2 * r);
  for (gint32 i = from; i < to; i++)
    for (gint32 first = 0; first < job->t; first += SAC_PAIRWISE_STEP)
      {
        const float *f = job->args->src[0].data + (gsize) i * job->t * 2 * r;
        const float *gu = job->args->src[5].data + ((gsize) i * job->t + first) * k * r;
        gint32 last = MIN (first + SAC_PAIRWISE_STEP, job->t);

        memset (sums, 0, sizeof (float) * 2 * r);
        job->kernels->matrix (gu, (gsize) (last - first) * k, job->r, job->w, SAC_PAIRWISE_ROUND (r), job->r, g);
        for (gint32 t = first; t < last; t++)
          job->kernels->relate_sums (f + (gsize) t * 2 * r, _sac_pairwise_read (job, f + r, 2 * r, t), job->p.footprint, job->r,
                                     job->scale, job->shift, job->args->src[1].data, g + (gsize) (t - first) * k * r, sums);
        for (gsize c = 0; c < 2 * r; c++)
          total[c] += (double) sums[c];
      }
}

static gsize
own_floats (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;

  return (6 + (gsize) SAC_PAIRWISE_STEP * p->footprint) * args->src[2].shape.c;
}

static void
pairwise_map_sums_run (const SacKernelArgs *args, const SacPairwiseKernels *kernels)
{
  gint32 r = args->dst.shape.c;
  const float *variance = args->src[1].data + r;
  SacPairwiseJob job = _sac_pairwise_job (args, kernels, args->src[0].shape, r, r, own_floats (args));

  _sac_pairwise_pack_pairs (&job, args->src[4].data, r, r, FALSE);
  _sac_bn_scale_shift (args->src[1].data, args->src[2].data, args->src[3].data, job.p.eps, (gsize) r, job.scale, job.shift);
  _sac_pairwise_run (&job, sum_examples);
  for (gint32 c = 0; c < r; c++)
    {
      double sum = 0, product = 0;

      for (guint task = 0; task < _sac_pairwise_tasks (job.n); task++)
        {
          const double *total = (const double *) (const void *) _sac_pairwise_result (&job, task);

          sum += total[c];
          product += total[r + c];
        }
      args->dst.data[c] = (float) sum;
      args->dst.data[r + c] = (float) (product / sqrt (variance[c] + (double) job.p.eps));
    }
}

static gsize
pairwise_map_sums_workspace (const SacKernelArgs *shapes)
{
  gint32 r = shapes->dst.shape.c;

  return _sac_pairwise_workspace (shapes->params, shapes->src[0].shape.n, r, r, own_floats (shapes));
}

SAC_PAIRWISE_VARIANTS (pairwise_map_sums)

static double
pairwise_map_sums_flops (const SacKernelArgs *shapes)
{
  return (double) sac_shape_count (shapes->src[5].shape) * (2.0 * shapes->dst.shape.c + 8);
}

SAC_VULKAN_REDUCE (pairwise_map_sums, (gsize) shapes->dst.shape.c, _sac_pairwise_n_rows (shapes, 0),
                   (gsize) shapes->dst.shape.c)

const SacOp sac_op_pairwise_map_sums = {
  .vulkan = pairwise_map_sums_vulkan,
  .name = "pairwise_map_sums", .n_src = 6, .params_size = sizeof (SacPairwise), .infer = pairwise_map_sums_infer,
  .reference = pairwise_map_sums_reference, .cpu = pairwise_map_sums_cpu, .flops = pairwise_map_sums_flops, .inplace = -1,
};

SacVar
_sac_pairwise_map_sums (SacGraph *g, SacVar f, SacVar stats, SacVar gamma, SacVar beta, SacVar w, SacVar gu, const SacPairwise *p)
{
  return sac_graph_append (g, &sac_op_pairwise_map_sums, (SacVar[]) { f, stats, gamma, beta, w, gu }, 6, p);
}
