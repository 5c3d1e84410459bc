/* gx = s·(γ·g − m₁ − x̂·m₂), s = (var+eps)^−½; m₁, m₂ = means over a group of γ·g and of γ·g·x̂: the adjoint of a norm towards its
 * input, through the statistics too. */
#include "norm-private.h"

static gboolean
norm_input_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = src[1];
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[4], SAC_SHAPE (src[1].n, src[1].c, 2, 1, 1))
         && _sac_norm_fits (src[1], src[2], src[3], (SacShape) { 0 }, params, error);
}

static SacVar
expand (SacGraph *g, const SacNode *node)
{
  const SacNorm *norm = node->params;
  SacVar gy = node->src[0], x = node->src[1], stats = node->src[2], gamma = node->src[3], m[2];
  SacShape s = sac_graph_get_shape (g, x);
  float share = (float) (norm->groups / ((double) s.c * s.t * s.h * s.w));

  for (gint32 i = 0; i < 2; i++)
    {
      m[i] = sac_slice (g, node->src[4], SAC_AXIS_T, i, 1);
      m[i] = _sac_norm_gather (g, gamma ? sac_mul (g, m[i], gamma) : m[i], norm->groups);
      m[i] = _sac_norm_spread (g, sac_affine (g, m[i], share, 0), s.c);
    }
  gy = sac_sub (g, gamma ? sac_mul (g, gy, gamma) : gy, m[0]);
  gy = sac_sub (g, gy, sac_mul (g, _sac_norm_normalised (g, x, stats, norm->eps), m[1]));
  return sac_mul (g, gy, _sac_norm_rate (g, stats, s.c, norm->eps));
}

static void
norm_input_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  sac_graph_vjp_by_expansion (g, node, gy, gx, expand);
}

/* γ of an example's channel. */
SAC_BODY float
gamma_at (const SacKernelArgs *args, const SacNormShape *s, gsize n, gsize c)
{
  return args->src[3].data ? args->src[3].data[(args->src[3].shape.n > 1 ? n : 0) * s->n_c + c] : 1;
}

static void
group_means (const SacKernelArgs *args, const SacNormShape *s, gsize n, gsize group, double *m1, double *m2)
{
  double m = (double) s->rows * (double) s->per_group;

  *m1 = *m2 = 0;
  for (gsize c = group * s->per_group; c < (group + 1) * s->per_group; c++)
    {
      *m1 += (double) gamma_at (args, s, n, c) * args->src[4].data[2 * n * s->n_c + c];
      *m2 += (double) gamma_at (args, s, n, c) * args->src[4].data[(2 * n + 1) * s->n_c + c];
    }
  *m1 /= m;
  *m2 /= m;
}

static void
norm_input_reference (const SacKernelArgs *args)
{
  const SacNorm *norm = args->params;
  SacNormShape s = _sac_norm_shape (args->src[1].shape, norm->groups);
  const float *stats = args->src[2].data;

  for (gsize n = 0; n < s.n; n++)
    for (gsize group = 0; group < s.groups; group++)
      {
        double m1, m2, mean = stats[2 * n * s.groups + group];
        double rate = 1 / sqrt (stats[(2 * n + 1) * s.groups + group] + (double) norm->eps);

        group_means (args, &s, n, group, &m1, &m2);
        for (gsize r = 0; r < s.rows; r++)
          for (gsize c = group * s.per_group; c < (group + 1) * s.per_group; c++)
            {
              gsize i = (n * s.rows + r) * s.n_c + c;
              double x = (args->src[1].data[i] - mean) * rate;

              args->dst.data[i] = (float) (rate * (gamma_at (args, &s, n, c) * (double) args->src[0].data[i] - m1 - x * m2));
            }
      }
}

/* Inverse deviations, s·m₁ and s²·m₂ of each example's groups. */
static gsize
norm_input_workspace (const SacKernelArgs *shapes)
{
  return 3 * sizeof (float) * (gsize) shapes->src[1].shape.n * ((const SacNorm *) shapes->params)->groups;
}

/* @y may be @g. */
SAC_BODY void
input_lanes (const SacKernelArgs *args, const SacNormShape *s, gsize n, gsize row, gsize n_rows, gsize c0)
{
  gsize lanes = MIN (SAC_NORM_LANES, s->n_c - c0), at = (n * s->rows + row) * s->n_c + c0;
  const float *g = args->src[0].data + at, *x = args->src[1].data + at, *stats = args->src[2].data + 2 * n * s->groups;
  const float *inverse = (const float *) args->workspace + n * s->groups, *shift = inverse + s->n * s->groups;
  const float *slope = shift + s->n * s->groups;
  float *y = args->dst.data + at, mean[SAC_NORM_LANES], a[SAC_NORM_LANES], b[SAC_NORM_LANES], d[SAC_NORM_LANES];

  for (gsize c = 0; c < lanes; c++)
    {
      gsize group = s->groups == 1 ? 0 : (c0 + c) / s->per_group;

      mean[c] = stats[group];
      a[c] = inverse[group] * gamma_at (args, s, n, c0 + c);
      b[c] = shift[group];
      d[c] = slope[group];
    }
  for (gsize r = 0; r < n_rows; r++, g += s->n_c, x += s->n_c, y += s->n_c)
    {
      _Pragma ("GCC ivdep")
      for (gsize c = 0; c < lanes; c++)
        y[c] = g[c] * a[c] - b[c] - (x[c] - mean[c]) * d[c];
    }
}

SAC_BODY void
norm_input_body (const SacKernelArgs *args, gsize from, gsize to)
{
  SacNormShape s = _sac_norm_shape (args->src[1].shape, ((const SacNorm *) args->params)->groups);

  for (gsize item = from; item < to; item++)
    for (gsize c = 0, row = item % s.n_chunks * s.chunk; c < s.n_c; c += SAC_NORM_LANES)
      input_lanes (args, &s, item / s.n_chunks, row, MIN (s.chunk, s.rows - row), c);
}

static void
prepare_examples (const SacKernelArgs *args, gsize from, gsize to)
{
  const SacNorm *norm = args->params;
  SacNormShape s = _sac_norm_shape (args->src[1].shape, norm->groups);
  float *inverse = args->workspace, *shift = inverse + s.n * s.groups, *slope = shift + s.n * s.groups;

  for (gsize i = from * s.groups; i < to * s.groups; i++)
    {
      double m1, m2, rate;

      inverse[i] = sac_norm_inverse (args->src[2].data, &s, i / s.groups, i % s.groups, norm->eps);
      rate = (double) inverse[i];
      group_means (args, &s, i / s.groups, i % s.groups, &m1, &m2);
      shift[i] = (float) (rate * m1);
      slope[i] = (float) (rate * rate * m2);
    }
}

static void
norm_input_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  SacNormShape s = _sac_norm_shape (args->src[1].shape, ((const SacNorm *) args->params)->groups);

  _sac_run_pieces (args, s.n, s.n_c, prepare_examples);
  _sac_norm_run_chunks (args, &s, piece);
}

SAC_MULTIVERSION (norm_input, norm_input_workspace)

static double
norm_input_flops (const SacKernelArgs *shapes)
{
  return 5.0 * (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_norm_input = {
  .name = "norm_input", .n_src = 5, .params_size = sizeof (SacNorm), .infer = norm_input_infer, .vjp = norm_input_vjp,
  .reference = norm_input_reference, .cpu = norm_input_cpu, .flops = norm_input_flops, .inplace = 0, .optional = 8,
};

SacVar
_sac_norm_input (SacGraph *g, SacVar gy, SacVar x, SacVar stats, SacVar gamma, SacVar sums, const SacNorm *norm)
{
  return sac_graph_append (g, &sac_op_norm_input, (SacVar[]) { gy, x, stats, gamma, sums }, 5, norm);
}
