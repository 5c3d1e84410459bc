/* gx = γ·s·(g − (Σg + x̂·Σ(g·x̂))/m), s = (var+eps)^−½: the input gradient when the statistics are those of x itself.
 * With beta too, g counts only where relu (x̂·γ + β) is positive.
 * Paper: Ioffe & Szegedy 2015 §3, the six equations of back-propagation solved for x. */
#include <math.h>

#include "bn-private.h"

static gboolean
bn_input_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  SacShape row = SAC_SHAPE (1, src[0].c, 1, 1, 1), two = SAC_SHAPE (2, src[0].c, 1, 1, 1);

  *out = src[0];
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[2], two) && sac_shape_equal (src[3], row)
         && sac_shape_equal (src[4], two) && (src[5].n == 0 || sac_shape_equal (src[5], row));
}

static SacVar
bn_input_expand (SacGraph *g, const SacNode *node)
{
  float eps = *(const float *) node->params;
  SacShape s = sac_graph_get_shape (g, node->src[0]);
  float m = (float) ((double) s.n * s.t * s.h * s.w);
  SacVar normalised = _sac_bn_normalised (g, node->src[1], node->src[2], eps);
  SacVar pull = sac_add (g, sac_mul (g, normalised, _sac_bn_row (g, node->src[4], 1)), _sac_bn_row (g, node->src[4], 0));
  SacVar gy = _sac_bn_expand_mask (g, node->src[0], node->src[1], node->src[2], node->src[5] ? node->src[3] : 0, node->src[5], eps);
  SacVar inner = sac_sub (g, gy, sac_affine (g, pull, 1 / m, 0));

  return sac_mul (g, inner, sac_mul (g, node->src[3], _sac_bn_inverse (g, node->src[2], eps)));
}

static void
bn_input_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  sac_graph_vjp_by_expansion (g, node, gy, gx, bn_input_expand);
}

/* gx = a·g + b·x + d, three numbers a channel. */
static void
coefficients (const SacKernelArgs *args, double *a, double *b, double *d)
{
  gsize n_c = (gsize) args->src[0].shape.c;
  const float *stats = args->src[2].data, *gamma = args->src[3].data, *sums = args->src[4].data;
  double m = (double) _sac_bn_rows (args), eps = *(const float *) args->params;

  for (gsize c = 0; c < n_c; c++)
    {
      double s = 1 / sqrt (stats[n_c + c] + eps);

      a[c] = gamma[c] * s;
      b[c] = -gamma[c] * s * s * sums[n_c + c] / m;
      d[c] = -gamma[c] * s * sums[c] / m - b[c] * stats[c];
    }
}

static void
bn_input_reference (const SacKernelArgs *args)
{
  gsize n_c = (gsize) args->src[0].shape.c, rows = _sac_bn_rows (args);
  g_autofree double *a = g_new (double, n_c), *b = g_new (double, n_c), *d = g_new (double, n_c);
  g_autofree float *scale = args->src[5].data ? g_new (float, 2 * n_c) : NULL;

  coefficients (args, a, b, d);
  if (scale)
    _sac_bn_scale_shift (args->src[2].data, args->src[3].data, args->src[5].data, *(const float *) args->params, n_c, scale, scale + n_c);
  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < n_c; c++)
      {
        double gy = args->src[0].data[r * n_c + c], x = args->src[1].data[r * n_c + c];

        if (scale && !((float) x * scale[c] + scale[n_c + c] > 0))
          gy = 0;
        args->dst.data[r * n_c + c] = (float) (a[c] * gy + b[c] * x + d[c]);
      }
}

static gsize
bn_input_workspace (const SacKernelArgs *shapes)
{
  return (3 * sizeof (double) + 5 * sizeof (float)) * (gsize) shapes->src[0].shape.c;
}

/* @y may be @gy: each element is read before it is written. */
SAC_BODY void
write_row (const float *gy, const float *restrict x, float *y, const float *restrict a, gsize n_c, const gboolean masked)
{
  const float *restrict b = a + n_c, *restrict d = b + n_c, *restrict scale = d + n_c, *restrict shift = scale + n_c;

  _Pragma ("GCC ivdep")
  for (gsize c = 0; c < n_c; c++)
    {
      float v = masked ? sac_choose (x[c] * scale[c] + shift[c] > 0, gy[c], 0) : gy[c];

      y[c] = v * a[c] + (x[c] * b[c] + d[c]);
    }
}

SAC_BODY void
write_rows (const SacKernelArgs *args, gsize from, gsize to, const gboolean masked)
{
  gsize n_c = (gsize) args->src[0].shape.c;
  const float *a = (const float *) ((const double *) args->workspace + 3 * n_c);

  for (gsize r = from; r < to; r++)
    write_row (args->src[0].data + r * n_c, args->src[1].data + r * n_c, args->dst.data + r * n_c, a, n_c, masked);
}

SAC_BODY void
bn_input_body (const SacKernelArgs *args, gsize from, gsize to)
{
  if (args->src[5].data)
    write_rows (args, from, to, TRUE);
  else
    write_rows (args, from, to, FALSE);
}

static void
bn_input_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  gsize n_c = (gsize) args->src[0].shape.c;
  double *wide = args->workspace;
  float *small = (float *) (wide + 3 * n_c);

  coefficients (args, wide, wide + n_c, wide + 2 * n_c);
  for (gsize i = 0; i < 3 * n_c; i++)
    small[i] = (float) wide[i];
  if (args->src[5].data)
    _sac_bn_scale_shift (args->src[2].data, args->src[3].data, args->src[5].data, *(const float *) args->params, n_c, small + 3 * n_c,
                         small + 4 * n_c);
  _sac_run_pieces (args, _sac_bn_rows (args), n_c, piece);
}

SAC_MULTIVERSION (bn_input, bn_input_workspace)

static double
bn_input_flops (const SacKernelArgs *shapes)
{
  return 4.0 * (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_bn_input = {
  .name = "bn_input", .n_src = 6, .optional = 1 << 5, .params_size = sizeof (float), .infer = bn_input_infer, .vjp = bn_input_vjp,
  .reference = bn_input_reference, .cpu = bn_input_cpu, .flops = bn_input_flops, .inplace = 0,
  .bf16 = SAC_SRC (0) | SAC_SRC (1) | SAC_DST,
};

SacVar
_sac_bn_input (SacGraph *g, SacVar gy, SacVar x, SacVar stats, SacVar gamma, SacVar sums, float eps)
{
  return sac_graph_append (g, &sac_op_bn_input, (SacVar[]) { gy, x, stats, gamma, sums }, 5, &eps);
}
