/* y = relu?(x̂·γ + β + residual), x̂ = (x − mean)·(var+eps)^−½.  One pass; the ReLU's mask is read off y in the adjoint.
 * When stats is bn_stats(x), the gradient towards x is the total one (through the statistics too), in one fused op. */
#include <math.h>

#include "bn-private.h"

static gboolean
bn_apply_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  SacShape row = SAC_SHAPE (1, src[0].c, 1, 1, 1);

  *out = src[0];
  return sac_shape_equal (src[1], SAC_SHAPE (2, src[0].c, 1, 1, 1)) && sac_shape_equal (src[2], row)
         && sac_shape_equal (src[3], row) && (n_src < 5 || src[4].n == 0 || sac_shape_equal (src[4], src[0]));
}

static void
bn_apply_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  const SacBnApply *bn = node->params;
  SacVar x = node->src[0], stats = node->src[1], gamma = node->src[2], sums, inverse, factor;
  SacNode from = sac_graph_get_node (g, stats);

  if (bn->relu)
    gy = sac_relu_mask (g, node->self, gy);
  sums = _sac_bn_sums (g, gy, x, stats, bn->eps);
  gx[3] = _sac_bn_row (g, sums, 0);
  gx[2] = _sac_bn_row (g, sums, 1);
  if (node->n_src > 4 && node->src[4])
    gx[4] = gy;
  if (from.op == &sac_op_bn_stats && from.src[0] == x && !sac_graph_wants_gradient (g, stats))
    {
      gx[0] = _sac_bn_input (g, gy, x, stats, gamma, sums, bn->eps);
      return;
    }
  inverse = _sac_bn_inverse (g, stats, bn->eps);
  factor = sac_mul (g, gamma, inverse);
  gx[0] = sac_mul (g, gy, factor);
  /* ∂/∂mean = −γ·s·Σg;  ∂/∂var = −½·γ·s²·Σ(g·x̂) */
  gx[1] = sac_bn_running (g, sac_affine (g, sac_mul (g, factor, gx[3]), -1, 0),
                          sac_affine (g, sac_mul (g, sac_mul (g, factor, inverse), gx[2]), -0.5f, 0));
}

static void
bn_apply_reference (const SacKernelArgs *args)
{
  const SacBnApply *bn = args->params;
  gsize n_c = (gsize) args->src[0].shape.c, n = sac_shape_count (args->src[0].shape);
  const float *stats = args->src[1].data;

  for (gsize i = 0; i < n; i++)
    {
      gsize c = i % n_c;
      double y = (args->src[0].data[i] - (double) stats[c]) / sqrt (stats[n_c + c] + (double) bn->eps);

      y = y * args->src[2].data[c] + args->src[3].data[c] + (args->src[4].data ? args->src[4].data[i] : 0);
      args->dst.data[i] = (float) (bn->relu && y < 0 ? 0 : y);
    }
}

static gsize
bn_apply_workspace (const SacKernelArgs *shapes)
{
  return 2 * sizeof (float) * (gsize) shapes->src[0].shape.c;
}

/* @y may be @x: each element is read before it is written.  A NaN stays: divergence must show. */
SAC_BODY void
apply_row (const float *x, const float *residual, float *y, const float *restrict a, const float *restrict b, gsize n_c,
           const gboolean relu)
{
  _Pragma ("GCC ivdep")
  for (gsize c = 0; c < n_c; c++)
    {
      float v = x[c] * a[c] + b[c] + (residual ? residual[c] : 0);

      y[c] = relu ? sac_choose (v < 0, 0, v) : v;
    }
}

SAC_BODY void
bn_apply_body (const SacKernelArgs *args, gsize from, gsize to)
{
  const SacBnApply *bn = args->params;
  gsize n_c = (gsize) args->src[0].shape.c;
  const float *a = args->workspace, *b = a + n_c, *residual = args->src[4].data;

  for (gsize r = from; r < to; r++)
    {
      const float *x = args->src[0].data + r * n_c;
      float *y = args->dst.data + r * n_c;

      if (residual && bn->relu)
        apply_row (x, residual + r * n_c, y, a, b, n_c, TRUE);
      else if (residual)
        apply_row (x, residual + r * n_c, y, a, b, n_c, FALSE);
      else if (bn->relu)
        apply_row (x, NULL, y, a, b, n_c, TRUE);
      else
        apply_row (x, NULL, y, a, b, n_c, FALSE);
    }
}

static void
bn_apply_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  const SacBnApply *bn = args->params;
  gsize n_c = (gsize) args->src[0].shape.c;
  float *a = args->workspace, *b = a + n_c;

  _sac_bn_scale_shift (args->src[1].data, args->src[2].data, args->src[3].data, bn->eps, n_c, a, b);
  _sac_run_pieces (args, _sac_bn_rows (args), n_c, piece);
}

SAC_MULTIVERSION (bn_apply, bn_apply_workspace)

static double
bn_apply_flops (const SacKernelArgs *shapes)
{
  return 4.0 * (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_bn_apply = {
  .name = "bn_apply", .n_src = 5, .params_size = sizeof (SacBnApply), .infer = bn_apply_infer, .vjp = bn_apply_vjp,
  .reference = bn_apply_reference, .cpu = bn_apply_cpu, .flops = bn_apply_flops, .inplace = 0, .optional = 1 << 4,
  .bf16 = SAC_SRC (0) | SAC_SRC (4) | SAC_DST,
};

SacVar
sac_bn_apply (SacGraph *g, SacVar x, SacVar stats, SacVar gamma, SacVar beta, SacVar residual, const SacBnApply *bn)
{
  return sac_graph_append (g, &sac_op_bn_apply, (SacVar[]) { x, stats, gamma, beta, residual }, residual ? 5 : 4, bn);
}
