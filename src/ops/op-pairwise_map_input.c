/* Gradient of pairwise_map towards f.  With g = Wᵀ·gu where the ReLU is open and s = (var+eps)^−½,
 *   gd = γ·s·(g − (Σg + d̂·Σ(g·d̂))/M) with the sums of all M rows (source 6, when the statistics are those of f itself), else γ·s·g
 *   gφ[t] = Σ_o gd[t,o]   gψ[j] = −Σ gd[t,o] over all (t,o) that look at j. */
#include <math.h>
#include <string.h>

#include "pairwise-private.h"

static gboolean
pairwise_map_input_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  gint32 r = src[0].c / 2;

  *out = src[0];
  return _sac_pairwise_map_fits (src, params, error) && sac_shape_equal (src[5], _sac_pairwise_rows (params, src[0], r))
         && (src[6].n == 0 || sac_shape_equal (src[6], SAC_SHAPE (2, r, 1, 1, 1)));
}

/* gd = g·by[0] + d·by[r] + by[2r], for each channel. */
static void
coefficients (const SacKernelArgs *args, double *by)
{
  const SacPairwise *p = args->params;
  gint32 r = args->src[2].shape.c;
  const float *stats = args->src[1].data, *sums = args->src[6].data;
  double count = (double) args->dst.shape.n * args->dst.shape.t * p->footprint;

  for (gint32 c = 0; c < r; c++)
    {
      double s = 1 / sqrt (stats[r + c] + (double) p->eps), scale = args->src[2].data[c] * s;

      by[c] = scale;
      by[r + c] = sums ? -scale * s * sums[r + c] / count : 0;
      by[2 * r + c] = sums ? -scale * sums[c] / count - by[r + c] * stats[c] : 0;
    }
}

static void
pairwise_map_input_reference (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;
  gint32 r = args->src[2].shape.c;
  gsize n = sac_shape_count (args->dst.shape);
  g_autofree double *by = g_new (double, 3 * (gsize) r), *sums = g_new0 (double, n);
  const float *stats = args->src[1].data;
  SacPairwiseRow row;

  coefficients (args, by);
  _sac_pairwise_row_init (&row, args);
  while (_sac_pairwise_row_next (&row))
    for (gint32 c = 0; c < r; c++)
      {
        double d = row.d[c] * sqrt (stats[r + c] + (double) p->eps) + stats[c];
        double gd = row.g[c] * by[c] + d * by[r + c] + by[2 * r + c];

        sums[((gsize) row.i * row.t + row.at_t) * 2 * r + c] += gd;
        sums[((gsize) row.i * row.t + row.place) * 2 * r + r + c] -= gd;
      }
  _sac_pairwise_row_clear (&row);
  for (gsize i = 0; i < n; i++)
    args->dst.data[i] = (float) sums[i];
}

static void
input_examples (SacPairwiseJob *job, gint32 from, gint32 to)
{
  gsize r = (gsize) job->r, k = (gsize) job->p.footprint, floats = (gsize) job->t * 2 * r;

  for (gint32 i = from; i < to; i++)
    {
      const float *f = job->args->src[0].data + (gsize) i * floats;
      float *gf = job->args->dst.data + (gsize) i * floats;

      memset (gf, 0, sizeof (float) * floats);
      for (gint32 first = 0; first < job->t; first += SAC_PAIRWISE_STEP)
        {
          const float *gu = job->args->src[5].data + ((gsize) i * job->t + first) * k * r;
          gint32 last = MIN (first + SAC_PAIRWISE_STEP, job->t);

          job->kernels->matrix (gu, (gsize) (last - first) * k, job->r, job->w, SAC_PAIRWISE_ROUND (r), job->r, job->own);
          for (gint32 t = first; t < last; t++)
            job->kernels->relate_input (f + (gsize) t * 2 * r, _sac_pairwise_read (job, f + r, 2 * r, t), job->p.footprint, job->r,
                                        job->scale, job->shift, job->bias, job->own + (gsize) (t - first) * k * r,
                                        gf + (gsize) t * 2 * r, _sac_pairwise_look (job, 1, gf + r, 2 * r, t));
        }
    }
}

static gsize
own_floats (const SacKernelArgs *args)
{
  const SacPairwise *p = args->params;

  return (gsize) SAC_PAIRWISE_STEP * p->footprint * args->src[2].shape.c;
}

/* The three coefficients a channel stand where other ops have the bias. */
static void
pairwise_map_input_run (const SacKernelArgs *args, const SacPairwiseKernels *kernels)
{
  gint32 r = args->src[2].shape.c;
  g_autofree double *by = g_new (double, 3 * (gsize) r);
  SacPairwiseJob job = _sac_pairwise_job (args, kernels, args->src[0].shape, r, 3 * r, own_floats (args));

  coefficients (args, by);
  for (gint32 i = 0; i < 3 * r; i++)
    job.bias[i] = (float) by[i];
  _sac_pairwise_pack_pairs (&job, args->src[4].data, r, r, FALSE);
  _sac_bn_scale_shift (args->src[1].data, args->src[2].data, args->src[3].data, job.p.eps, (gsize) r, job.scale, job.shift);
  _sac_pairwise_run (&job, input_examples);
}

static gsize
pairwise_map_input_workspace (const SacKernelArgs *shapes)
{
  gint32 r = shapes->src[2].shape.c;

  return _sac_pairwise_workspace (shapes->params, shapes->src[0].shape.n, r, 3 * r, own_floats (shapes));
}

SAC_PAIRWISE_VARIANTS (pairwise_map_input)

static double
pairwise_map_input_flops (const SacKernelArgs *shapes)
{
  return (double) sac_shape_count (shapes->src[5].shape) * (2.0 * shapes->src[2].shape.c + 8);
}

const SacOp sac_op_pairwise_map_input = {
  .name = "pairwise_map_input", .n_src = 7, .params_size = sizeof (SacPairwise), .infer = pairwise_map_input_infer,
  .reference = pairwise_map_input_reference, .cpu = pairwise_map_input_cpu, .flops = pairwise_map_input_flops, .inplace = -1,
  .optional = 1 << 6,
};

SacVar
_sac_pairwise_map_input (SacGraph *g, SacVar f, SacVar stats, SacVar gamma, SacVar beta, SacVar w, SacVar gu, SacVar sums,
                         const SacPairwise *p)
{
  return sac_graph_append (g, &sac_op_pairwise_map_input, (SacVar[]) { f, stats, gamma, beta, w, gu, sums }, 7, p);
}
