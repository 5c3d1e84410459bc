/* Mean and biased variance of each example's groups of channels over T,H,W → (N,G,2,1,1).
 * Sums are taken of x − x₀ (x₀ = the group's first value), so that the variance does not cancel. */
#include "norm-private.h"
#include "vulkan-grids.h"

static gboolean
norm_stats_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  const SacNorm *norm = params;

  *out = SAC_SHAPE (src[0].n, norm->groups, 2, 1, 1);
  return _sac_norm_fits (src[0], (SacShape) { 0 }, (SacShape) { 0 }, (SacShape) { 0 }, norm, error);
}

/* mean: gx = gmean/m.  variance: gx = gvar·2(x − mean)/m. */
static void
norm_stats_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar x = node->src[0];
  SacShape s = sac_graph_get_shape (g, x);
  float m = (float) ((double) s.c / ((const SacNorm *) node->params)->groups * s.t * s.h * s.w);
  SacVar centred = sac_sub (g, x, _sac_norm_mean (g, node->self, s.c));
  SacVar towards_variance = _sac_norm_spread (g, sac_slice (g, gy, SAC_AXIS_T, 1, 1), s.c);

  gx[0] = sac_add (g, sac_mul (g, centred, sac_affine (g, towards_variance, 2 / m, 0)),
                   sac_affine (g, _sac_norm_mean (g, gy, s.c), 1 / m, 0));
}

static void
norm_stats_reference (const SacKernelArgs *args)
{
  SacNormShape s = _sac_norm_shape (args->src[0].shape, ((const SacNorm *) args->params)->groups);

  for (gsize n = 0; n < s.n; n++)
    for (gsize group = 0; group < s.groups; group++)
      {
        const float *x = args->src[0].data + n * s.rows * s.n_c + group * s.per_group;
        double mean = 0, variance = 0, m = (double) s.rows * (double) s.per_group;

        for (gsize r = 0; r < s.rows; r++)
          for (gsize c = 0; c < s.per_group; c++)
            mean += x[r * s.n_c + c] / m;
        for (gsize r = 0; r < s.rows; r++)
          for (gsize c = 0; c < s.per_group; c++)
            variance += (x[r * s.n_c + c] - mean) * (x[r * s.n_c + c] - mean) / m;
        args->dst.data[2 * n * s.groups + group] = (float) mean;
        args->dst.data[(2 * n + 1) * s.groups + group] = (float) variance;
      }
}

static gsize
norm_stats_workspace (const SacKernelArgs *shapes)
{
  SacNormShape s = _sac_norm_shape (shapes->src[0].shape, ((const SacNorm *) shapes->params)->groups);

  return 2 * sizeof (double) * s.n * s.n_chunks * s.groups;
}

/* In eight lanes, so that one addition need not wait for another. */
SAC_BODY double
sum_of (const double *x, gsize n)
{
  double lanes[8] = { 0 };

  for (gsize i = 0; i < n; i++)
    lanes[i % 8] += x[i];
  return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

/* Sums over rows of at most SAC_NORM_LANES channels from channel @c0 on, added to their groups. */
SAC_BODY void
add_lanes (const float *x, const float *zero, const SacNormShape *s, gsize n_rows, gsize c0, double *restrict sums)
{
  gsize lanes = MIN (SAC_NORM_LANES, s->n_c - c0);
  float first[SAC_NORM_LANES];
  double total[SAC_NORM_LANES], squares[SAC_NORM_LANES];

  for (gsize c = 0; c < lanes; c++)
    {
      first[c] = zero[s->groups == 1 ? 0 : (c0 + c) / s->per_group * s->per_group];
      total[c] = squares[c] = 0;
    }
  for (gsize run = 0; run < n_rows; run += SAC_NORM_RUN)
    {
      float a[SAC_NORM_LANES], q[SAC_NORM_LANES];

      for (gsize c = 0; c < lanes; c++)
        a[c] = q[c] = 0;
      for (gsize r = run; r < MIN (run + SAC_NORM_RUN, n_rows); r++)
        for (gsize c = 0; c < lanes; c++)
          {
            float d = x[r * s->n_c + c0 + c] - first[c];

            a[c] += d;
            q[c] += d * d;
          }
      for (gsize c = 0; c < lanes; c++)
        {
          total[c] += (double) a[c];
          squares[c] += (double) q[c];
        }
    }
  if (s->groups == 1)
    {
      sums[0] += sum_of (total, lanes);
      sums[1] += sum_of (squares, lanes);
    }
  for (gsize c = 0; s->groups > 1 && c < lanes; c++)
    {
      gsize group = (c0 + c) / s->per_group;

      sums[group] += total[c];
      sums[s->groups + group] += squares[c];
    }
}

SAC_BODY void
norm_stats_body (const SacKernelArgs *args, gsize from, gsize to)
{
  SacNormShape s = _sac_norm_shape (args->src[0].shape, ((const SacNorm *) args->params)->groups);

  for (gsize item = from; item < to; item++)
    {
      gsize n = item / s.n_chunks, row = item % s.n_chunks * s.chunk;
      const float *example = args->src[0].data + n * s.rows * s.n_c;
      double *sums = (double *) args->workspace + 2 * item * s.groups;

      memset (sums, 0, 2 * s.groups * sizeof (double));
      for (gsize c = 0; c < s.n_c; c += SAC_NORM_LANES)
        add_lanes (example + row * s.n_c, example, &s, MIN (s.chunk, s.rows - row), c, sums);
    }
}

static void
norm_stats_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  SacNormShape s = _sac_norm_shape (args->src[0].shape, ((const SacNorm *) args->params)->groups);
  double m = (double) s.rows * (double) s.per_group;

  _sac_norm_run_chunks (args, &s, piece);
  for (gsize n = 0; n < s.n; n++)
    for (gsize group = 0; group < s.groups; group++)
      {
        const double *sums = (const double *) args->workspace + 2 * n * s.n_chunks * s.groups + group;
        double shift = 0, square = 0;

        for (gsize i = 0; i < s.n_chunks; i++)
          {
            shift += sums[2 * i * s.groups] / m;
            square += sums[(2 * i + 1) * s.groups] / m;
          }
        args->dst.data[2 * n * s.groups + group] = (float) (args->src[0].data[n * s.rows * s.n_c + group * s.per_group] + shift);
        square -= shift * shift;
        args->dst.data[(2 * n + 1) * s.groups + group] = (float) (square < 0 ? 0 : square);
      }
}

SAC_MULTIVERSION (norm_stats, norm_stats_workspace)

static double
norm_stats_flops (const SacKernelArgs *shapes)
{
  return 3.0 * (double) sac_shape_count (shapes->src[0].shape);
}

static SacNormShape
read_shape (const SacKernelArgs *shapes)
{
  return _sac_norm_shape (shapes->src[0].shape, ((const SacNorm *) shapes->params)->groups);
}

SAC_VULKAN_REDUCE (norm_stats, read_shape (shapes).n * read_shape (shapes).groups, read_shape (shapes).rows * read_shape (shapes).per_group,
                   read_shape (shapes).per_group == 1 ? read_shape (shapes).groups : 1)

const SacOp sac_op_norm_stats = {
  .vulkan = norm_stats_vulkan,
  .name = "norm_stats", .n_src = 1, .params_size = sizeof (SacNorm), .infer = norm_stats_infer, .vjp = norm_stats_vjp,
  .reference = norm_stats_reference, .cpu = norm_stats_cpu, .flops = norm_stats_flops, .inplace = -1,
};

SacVar
sac_norm_stats (SacGraph *g, SacVar x, gint32 groups)
{
  return sac_graph_append (g, &sac_op_norm_stats, &x, 1, &(SacNorm) { 0, groups });
}
