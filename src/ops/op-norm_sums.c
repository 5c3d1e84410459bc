/* (g, x, stats) → (N,C,2,1,1): Σ g and Σ g·x̂ over the places of each example. */
#include "norm-private.h"
#include "vulkan-grids.h"

static gboolean
norm_sums_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE (src[0].n, src[0].c, 2, 1, 1);
  return sac_shape_equal (src[0], src[1]) && _sac_norm_fits (src[1], src[2], (SacShape) { 0 }, (SacShape) { 0 }, params, error);
}

static SacVar
expand (SacGraph *g, const SacNode *node)
{
  SacShape s = sac_graph_get_shape (g, node->src[0]), row = { s.n, s.c, 1, 1, 1 };
  SacVar normalised = _sac_norm_normalised (g, node->src[1], node->src[2], ((const SacNorm *) node->params)->eps);
  SacVar rows[2] = { sac_sum_to (g, node->src[0], row), sac_sum_to (g, sac_mul (g, node->src[0], normalised), row) };

  return sac_concat (g, rows, 2, SAC_AXIS_T);
}

static void
norm_sums_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  sac_graph_vjp_by_expansion (g, node, gy, gx, expand);
}

static void
norm_sums_reference (const SacKernelArgs *args)
{
  const SacNorm *norm = args->params;
  SacNormShape s = _sac_norm_shape (args->src[1].shape, norm->groups);
  const float *stats = args->src[2].data;

  for (gsize n = 0; n < s.n; n++)
    for (gsize c = 0; c < s.n_c; c++)
      {
        double mean = stats[2 * n * s.groups + c / s.per_group], sum = 0, dot = 0;
        double rate = 1 / sqrt (stats[(2 * n + 1) * s.groups + c / s.per_group] + (double) norm->eps);

        for (gsize r = 0, i = n * s.rows * s.n_c + c; r < s.rows; r++, i += s.n_c)
          {
            sum += args->src[0].data[i];
            dot += args->src[0].data[i] * (args->src[1].data[i] - mean) * rate;
          }
        args->dst.data[2 * n * s.n_c + c] = (float) sum;
        args->dst.data[(2 * n + 1) * s.n_c + c] = (float) dot;
      }
}

/* Two sums a channel of each (example, chunk), where an example has several. */
static gsize
norm_sums_workspace (const SacKernelArgs *shapes)
{
  SacNormShape s = _sac_norm_shape (shapes->src[1].shape, ((const SacNorm *) shapes->params)->groups);

  return s.n_chunks > 1 ? 2 * sizeof (double) * s.n * s.n_chunks * s.n_c : 0;
}

SAC_BODY void
sum_lanes (const SacKernelArgs *args, const SacNormShape *s, gsize item, gsize c0)
{
  gsize lanes = MIN (SAC_NORM_LANES, s->n_c - c0), n = item / s->n_chunks, row = item % s->n_chunks * s->chunk;
  gsize n_rows = MIN (s->chunk, s->rows - row), at = (n * s->rows + row) * s->n_c + c0;
  const float *g = args->src[0].data + at, *x = args->src[1].data + at, *stats = args->src[2].data;
  float mean[SAC_NORM_LANES], eps = ((const SacNorm *) args->params)->eps, whole = sac_norm_inverse (stats, s, n, 0, eps);
  double sums[SAC_NORM_LANES], dots[SAC_NORM_LANES];

  for (gsize c = 0; c < lanes; c++)
    {
      mean[c] = stats[2 * n * s->groups + (s->groups == 1 ? 0 : (c0 + c) / s->per_group)];
      sums[c] = dots[c] = 0;
    }
  for (gsize run = 0; run < n_rows; run += SAC_NORM_RUN)
    {
      float a[SAC_NORM_LANES], q[SAC_NORM_LANES];

      for (gsize c = 0; c < lanes; c++)
        a[c] = q[c] = 0;
      for (gsize r = run; r < MIN (run + SAC_NORM_RUN, n_rows); r++, g += s->n_c, x += s->n_c)
        for (gsize c = 0; c < lanes; c++)
          {
            a[c] += g[c];
            q[c] += g[c] * (x[c] - mean[c]);
          }
      for (gsize c = 0; c < lanes; c++)
        {
          sums[c] += (double) a[c];
          dots[c] += (double) q[c];
        }
    }
  for (gsize c = 0; c < lanes; c++)
    {
      dots[c] *= (double) (s->groups == 1 ? whole : sac_norm_inverse (stats, s, n, (c0 + c) / s->per_group, eps));
      if (s->n_chunks == 1)
        {
          args->dst.data[2 * n * s->n_c + c0 + c] = (float) sums[c];
          args->dst.data[(2 * n + 1) * s->n_c + c0 + c] = (float) dots[c];
        }
      else
        {
          ((double *) args->workspace)[2 * item * s->n_c + c0 + c] = sums[c];
          ((double *) args->workspace)[(2 * item + 1) * s->n_c + c0 + c] = dots[c];
        }
    }
}

SAC_BODY void
norm_sums_body (const SacKernelArgs *args, gsize from, gsize to)
{
  SacNormShape s = _sac_norm_shape (args->src[1].shape, ((const SacNorm *) args->params)->groups);

  for (gsize item = from; item < to; item++)
    for (gsize c = 0; c < s.n_c; c += SAC_NORM_LANES)
      sum_lanes (args, &s, item, c);
}

static void
norm_sums_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  SacNormShape s = _sac_norm_shape (args->src[1].shape, ((const SacNorm *) args->params)->groups);

  _sac_norm_run_chunks (args, &s, piece);
  for (gsize i = 0; s.n_chunks > 1 && i < s.n * 2 * s.n_c; i++)
    {
      const double *sums = (const double *) args->workspace + i / (2 * s.n_c) * s.n_chunks * 2 * s.n_c + i % (2 * s.n_c);
      double all = 0;

      for (gsize k = 0; k < s.n_chunks; k++)
        all += sums[k * 2 * s.n_c];
      args->dst.data[i] = (float) all;
    }
}

SAC_MULTIVERSION (norm_sums, norm_sums_workspace)

static double
norm_sums_flops (const SacKernelArgs *shapes)
{
  return 4.0 * (double) sac_shape_count (shapes->src[0].shape);
}

SAC_VULKAN_REDUCE (norm_sums, (gsize) shapes->src[0].shape.n * (gsize) shapes->src[0].shape.c,
                   _sac_norm_shape (shapes->src[0].shape, ((const SacNorm *) shapes->params)->groups).rows, (gsize) shapes->src[0].shape.c)

const SacOp sac_op_norm_sums = {
  .vulkan = norm_sums_vulkan,
  .name = "norm_sums", .n_src = 3, .params_size = sizeof (SacNorm), .infer = norm_sums_infer, .vjp = norm_sums_vjp,
  .reference = norm_sums_reference, .cpu = norm_sums_cpu, .flops = norm_sums_flops, .inplace = -1,
};

SacVar
_sac_norm_sums (SacGraph *g, SacVar gy, SacVar x, SacVar stats, const SacNorm *norm)
{
  return sac_graph_append (g, &sac_op_norm_sums, (SacVar[]) { gy, x, stats }, 3, norm);
}
