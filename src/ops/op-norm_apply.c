/* y = x̂·γ + β, x̂ = (x − mean)·(var+eps)^−½ with the statistics of each example's groups.  One pass.
 * When stats is norm_stats(x), the gradient towards x is the total one (through the statistics too), in one fused op. */
#include "norm-private.h"

static gboolean
norm_apply_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = src[0];
  return _sac_norm_fits (src[0], src[1], src[2], src[3], params, error);
}

static SacVar
expand (SacGraph *g, const SacNode *node)
{
  SacVar y = _sac_norm_normalised (g, node->src[0], node->src[1], ((const SacNorm *) node->params)->eps);

  y = node->src[2] ? sac_mul (g, y, node->src[2]) : y;
  return node->src[3] ? sac_add (g, y, node->src[3]) : y;
}

static void
norm_apply_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar x = node->src[0], stats = node->src[1], gamma = node->src[2], beta = node->src[3], sums;
  SacNode from = sac_graph_get_node (g, stats);

  if (from.op != &sac_op_norm_stats || from.src[0] != x || sac_graph_wants_gradient (g, stats))
    {
      sac_graph_vjp_by_expansion (g, node, gy, gx, expand);
      return;
    }
  sums = _sac_norm_sums (g, gy, x, stats, node->params);
  gx[0] = _sac_norm_input (g, gy, x, stats, gamma, sums, node->params);
  if (gamma)
    gx[2] = sac_sum_to (g, sac_slice (g, sums, SAC_AXIS_T, 1, 1), sac_graph_get_shape (g, gamma));
  if (beta)
    gx[3] = sac_sum_to (g, sac_slice (g, sums, SAC_AXIS_T, 0, 1), sac_graph_get_shape (g, beta));
}

static void
norm_apply_reference (const SacKernelArgs *args)
{
  const SacNorm *norm = args->params;
  SacNormShape s = _sac_norm_shape (args->src[0].shape, norm->groups);
  const float *stats = args->src[1].data, *gamma = args->src[2].data, *beta = args->src[3].data;

  for (gsize i = 0; i < s.n * s.rows * s.n_c; i++)
    {
      gsize c = i % s.n_c, n = i / s.n_c / s.rows, group = c / s.per_group;
      double y = (args->src[0].data[i] - (double) stats[2 * n * s.groups + group])
                 / sqrt (stats[(2 * n + 1) * s.groups + group] + (double) norm->eps);

      y *= gamma ? gamma[(args->src[2].shape.n > 1 ? n : 0) * s.n_c + c] : 1;
      args->dst.data[i] = (float) (y + (beta ? beta[(args->src[3].shape.n > 1 ? n : 0) * s.n_c + c] : 0));
    }
}

/* Rows of one example, channels from @c0 on.  @y may be @x. */
SAC_BODY void
apply_lanes (const SacKernelArgs *args, const SacNormShape *s, gsize n, gsize row, gsize n_rows, gsize c0)
{
  gsize lanes = MIN (SAC_NORM_LANES, s->n_c - c0), at = (n * s->rows + row) * s->n_c + c0;
  const float *stats = args->src[1].data, *gamma = args->src[2].data, *beta = args->src[3].data, *x = args->src[0].data + at;
  float eps = ((const SacNorm *) args->params)->eps, whole = sac_norm_inverse (stats, s, n, 0, eps);
  float *y = args->dst.data + at, mean[SAC_NORM_LANES], a[SAC_NORM_LANES], b[SAC_NORM_LANES];

  gamma = gamma ? gamma + (args->src[2].shape.n > 1 ? n * s->n_c : 0) + c0 : NULL;
  beta = beta ? beta + (args->src[3].shape.n > 1 ? n * s->n_c : 0) + c0 : NULL;
  for (gsize c = 0; c < lanes; c++)
    {
      gsize group = s->groups == 1 ? 0 : (c0 + c) / s->per_group;

      mean[c] = stats[2 * n * s->groups + group];
      a[c] = (s->groups == 1 ? whole : sac_norm_inverse (stats, s, n, group, eps)) * (gamma ? gamma[c] : 1);
      b[c] = beta ? beta[c] : 0;
    }
  for (gsize r = 0; r < n_rows; r++, x += s->n_c, y += s->n_c)
    {
      _Pragma ("GCC ivdep")
      for (gsize c = 0; c < lanes; c++)
        y[c] = (x[c] - mean[c]) * a[c] + b[c];
    }
}

SAC_BODY void
norm_apply_body (const SacKernelArgs *args, gsize from, gsize to)
{
  SacNormShape s = _sac_norm_shape (args->src[0].shape, ((const SacNorm *) args->params)->groups);

  for (gsize item = from; item < to; item++)
    for (gsize c = 0, row = item % s.n_chunks * s.chunk; c < s.n_c; c += SAC_NORM_LANES)
      apply_lanes (args, &s, item / s.n_chunks, row, MIN (s.chunk, s.rows - row), c);
}

static void
norm_apply_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  SacNormShape s = _sac_norm_shape (args->src[0].shape, ((const SacNorm *) args->params)->groups);

  _sac_norm_run_chunks (args, &s, piece);
}

SAC_MULTIVERSION (norm_apply, NULL)

static double
norm_apply_flops (const SacKernelArgs *shapes)
{
  return 3.0 * (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_norm_apply = {
  .name = "norm_apply", .n_src = 4, .params_size = sizeof (SacNorm), .infer = norm_apply_infer, .vjp = norm_apply_vjp,
  .reference = norm_apply_reference, .cpu = norm_apply_cpu, .flops = norm_apply_flops, .inplace = 0, .optional = 4 | 8,
};

SacVar
sac_norm_apply (SacGraph *g, SacVar x, SacVar stats, SacVar gamma, SacVar beta, float eps)
{
  SacNorm norm = { eps, MAX (sac_graph_get_shape (g, stats).c, 1) };

  return sac_graph_append (g, &sac_op_norm_apply, (SacVar[]) { x, stats, gamma, beta }, 4, &norm);
}
