/* Mean and biased variance of each channel of d[t,o] = φ[t] − ψ[at (t,o)] over examples, positions and offsets: (2,r).
 * d itself is not written.  Sums are taken of d − d₀ (d₀ = the first one), so that the variance does not cancel.
 * Only read through pairwise_map, whose adjoint carries the gradient through these statistics too. */
#include <string.h>

#include "pairwise-private.h"

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

#define LANES ((gint32) 64)     /* channels whose sums stand side by side */

/* Sums of one example. */
SAC_BODY void
pairwise_stats_body (guint task, guint thread, gpointer data)
{
  const SacKernelArgs *args = data;
  SacPairwise p = *(const SacPairwise *) args->params;
  gint32 n_t = args->src[0].shape.t, r = args->dst.shape.c;
  const float *x = args->src[0].data + (gsize) task * n_t * 2 * r;
  double *sums = (double *) args->workspace + (gsize) task * 2 * r;

  memset (sums, 0, sizeof (double) * 2 * r);
  for (gint32 from = 0; from < n_t; from += SAC_PAIRWISE_STEP)
    for (gint32 first = 0; first < r; first += LANES)
      {
        gint32 lanes = MIN (LANES, r - first);
        float s[LANES] = { 0 }, q[LANES] = { 0 };

        for (gint32 t = from; t < MIN (from + SAC_PAIRWISE_STEP, n_t); t++)
          for (gint32 o = 0; o < p.footprint; o++)
            {
              const float *phi = x + (gsize) t * 2 * r + first, *origin = args->src[0].data + first;
              const float *psi = x + (gsize) _sac_pairwise_at (&p, n_t, t, o) * 2 * r + r + first;

              for (gint32 c = 0; c < lanes; c++)
                {
                  float d = (phi[c] - psi[c]) - (origin[c] - origin[r + c]);

                  s[c] += d;
                  q[c] += d * d;
                }
            }
        for (gint32 c = 0; c < lanes; c++)
          {
            sums[first + c] += (double) s[c];
            sums[r + first + c] += (double) q[c];
          }
      }
}

static void
pairwise_stats_run (const SacKernelArgs *args, SacPoolFunc task)
{
  const SacPairwise *p = args->params;
  SacShape x = args->src[0].shape;
  gint32 r = args->dst.shape.c;
  double count = (double) x.n * x.t * p->footprint;
  const double *sums = args->workspace;

  sac_pool_run (args->pool, (guint) x.n, task, (gpointer) args);
  for (gint32 c = 0; c < r; c++)
    {
      double sum = 0, square = 0;

      for (gint32 i = 0; i < x.n; i++)
        {
          sum += sums[(gsize) i * 2 * r + c];
          square += sums[(gsize) i * 2 * r + r + c];
        }
      sum /= count;
      args->dst.data[c] = (float) (sum + (args->src[0].data[c] - args->src[0].data[r + c]));
      args->dst.data[r + c] = (float) MAX (square / count - sum * sum, 0);
    }
}

static gsize
pairwise_stats_workspace (const SacKernelArgs *shapes)
{
  return sizeof (double) * (gsize) shapes->src[0].shape.n * shapes->src[0].shape.c;
}

SAC_KERNELS (pairwise_stats, NULL, pairwise_stats_workspace)

static double
pairwise_stats_flops (const SacKernelArgs *shapes)
{
  const SacPairwise *p = shapes->params;

  return 2.0 * (double) sac_shape_count (shapes->src[0].shape) * p->footprint;
}

const SacOp sac_op_pairwise_stats = {
  .name = "pairwise_stats", .n_src = 1, .params_size = sizeof (SacPairwise), .infer = pairwise_stats_infer,
  .reference = pairwise_stats_reference, .cpu = pairwise_stats_cpu, .flops = pairwise_stats_flops, .inplace = -1,
};

SacVar
sac_pairwise_stats (SacGraph *g, SacVar f, const SacPairwise *p)
{
  return sac_graph_append (g, &sac_op_pairwise_stats, &f, 1, p);
}
