/* Mean and biased variance of each channel of d[t,o] = φ[t] − ψ[at (t,o)] over examples, positions and offsets: (2,r).
 * d itself is not written.  Sums are taken of d − d₀ (d₀ = the first one), so that the variance does not cancel.
 * Only read through pairwise_map, whose adjoint carries the gradient through these statistics too. */
#include <string.h>

#include "pairwise-private.h"
#include "vulkan-grids.h"

static gboolean
pairwise_stats_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE (2, src[0].c / 2, 1, 1, 1);
  return src[0].c % 2 == 0 && _sac_pairwise_fits (params, src[0], error);
}

static void
pairwise_stats_reference (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;
  gint32 n_t = args->src[0].shape.t, r = args->dst.shape.c, n = args->src[0].shape.n;
  double count = (double) n * n_t * p->footprint;

  for (gint32 c = 0; c < r; c++)
    {
      double mean = 0, variance = 0;

      for (int pass = 0; pass < 2; pass++)
        {
          for (gint32 i = 0; i < n; i++)
            for (gint32 t = 0; t < n_t; t++)
              for (gint32 o = 0; o < p->footprint; o++)
                {
                  const float *x = args->src[0].data + (gsize) i * n_t * 2 * r;
                  double d = (double) x[(gsize) t * 2 * r + c] - x[(gsize) _sac_pairwise_at (p, n_t, t, o) * 2 * r + r + c];

                  if (pass == 0)
                    mean += d;
                  else
                    variance += (d - mean) * (d - mean);
                }
          if (pass == 0)
            mean /= count;
        }
      args->dst.data[c] = (float) mean;
      args->dst.data[r + c] = (float) (variance / count);
    }
}

/* A task's floats: its sums (doubles), then those of the step in hand. */
static void
sum_examples (SacPairwiseJob *job, gint32 from, gint32 to)
{
  gsize r = (gsize) job->r;
  double *total = (double *) (void *) job->own;
  float *sums = (float *) (total + 2 * r);

  memset (total, 0, sizeof (double) * 2 * r);
  for (gint32 i = from; i < to; i++)
    for (gint32 first = 0; first < job->t; first += SAC_PAIRWISE_STEP)
      {
        const float *f = job->args->src[0].data + (gsize) i * job->t * 2 * r;
        gint32 last = MIN (first + SAC_PAIRWISE_STEP, job->t);

        memset (sums, 0, sizeof (float) * 2 * r);
        for (gint32 t = first; t < last; t++)
          job->kernels->relate_stats (f + (gsize) t * 2 * r, _sac_pairwise_read (job, f + r, 2 * r, t), job->p.footprint, job->r,
                                      job->shift, sums);
        for (gsize c = 0; c < 2 * r; c++)
          total[c] += (double) sums[c];
      }
}

/* The first d stands where other ops have the batch norm's shift. */
static void
pairwise_stats_run (const SacKernelArgs *args, const SacPairwiseKernels *kernels)
{
  gint32 r = args->dst.shape.c;
  SacPairwiseJob job = _sac_pairwise_job (args, kernels, args->src[0].shape, r, r, 6 * (gsize) r);
  double count = (double) job.n * job.t * job.p.footprint;

  for (gint32 c = 0; c < r; c++)
    job.shift[c] = args->src[0].data[c] - args->src[0].data[r + c];
  _sac_pairwise_run (&job, sum_examples);
  for (gint32 c = 0; c < r; c++)
    {
      double sum = 0, square = 0;

      for (guint task = 0; task < _sac_pairwise_tasks (job.n); task++)
        {
          const double *total = (const double *) (const void *) _sac_pairwise_result (&job, task);

          sum += total[c];
          square += total[r + c];
        }
      sum /= count;
      args->dst.data[c] = (float) (sum + (double) job.shift[c]);
      args->dst.data[r + c] = (float) MAX (square / count - sum * sum, 0);
    }
}

static gsize
pairwise_stats_workspace (const SacKernelArgs *shapes)
{
  gint32 r = shapes->dst.shape.c;

  return _sac_pairwise_workspace (shapes->params, shapes->src[0].shape.n, r, r, 6 * (gsize) r);
}

SAC_PAIRWISE_VARIANTS (pairwise_stats)

static double
pairwise_stats_flops (const SacKernelArgs *shapes)
{
  const SacPairwise *p = shapes->params;

  return 2.0 * (double) sac_shape_count (shapes->src[0].shape) * p->footprint;
}

SAC_VULKAN_REDUCE (pairwise_stats, (gsize) shapes->dst.shape.c, _sac_pairwise_n_rows (shapes, 0),
                   (gsize) shapes->dst.shape.c)

const SacOp sac_op_pairwise_stats = {
  .vulkan = pairwise_stats_vulkan,
  .name = "pairwise_stats", .n_src = 1, .params_size = sizeof (SacPairwise), .infer = pairwise_stats_infer,
  .reference = pairwise_stats_reference, .cpu = pairwise_stats_cpu, .flops = pairwise_stats_flops, .inplace = -1,
};

SacVar
sac_pairwise_stats (SacGraph *g, SacVar f, const SacPairwise *p)
{
  return sac_graph_append (g, &sac_op_pairwise_stats, &f, 1, p);
}
