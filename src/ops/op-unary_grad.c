/* y = v·h(s), h the derivative of a kind of unary as a function of its source or of its result (unary-private.h).
 * Linear in v; towards s it is v·h′(s), written with ops. */
#include "unary-private.h"

/* h′(s); 0 where h is made of steps. */
static SacVar
slope_of_derivative (SacGraph *g, SacVar s, const SacUnary *unary)
{
  SacVar p;

  switch ((SacUnaryKind) unary->kind)
    {
    case SAC_UNARY_ABS:
    case SAC_UNARY_CLAMP:
    case SAC_UNARY_HARD_SIGMOID:
    case SAC_UNARY_LEAKY_RELU:
      return 0;
    case SAC_UNARY_EXP:
      return sac_graph_constant (g, sac_graph_get_shape (g, s), 1);
    case SAC_UNARY_HARD_SWISH:      /* ⅓ inside (−3, 3) */
      return _sac_unary_grad (g, s, sac_graph_constant (g, sac_graph_get_shape (g, s), 2), &(SacUnary) { SAC_UNARY_HARD_SIGMOID, 0, 0 });
    case SAC_UNARY_LOG:
      return sac_affine (g, sac_power (g, s, -2), -1, 0);
    case SAC_UNARY_SIGMOID:
      return sac_affine (g, s, -2, 1);
    case SAC_UNARY_SOFTPLUS:
      p = sac_sigmoid (g, s);
      return sac_mul (g, p, sac_affine (g, p, -1, 1));
    case SAC_UNARY_SWISH:           /* p(1−p)(2 + s(1−2p)) */
      p = sac_sigmoid (g, s);
      return sac_mul (g, sac_mul (g, p, sac_affine (g, p, -1, 1)), sac_affine (g, sac_mul (g, s, sac_affine (g, p, -2, 1)), 1, 2));
    case SAC_UNARY_TANH:
      return sac_affine (g, s, -2, 0);
    case SAC_N_UNARY:
      break;
    }
  g_return_val_if_reached (0);
}

static void
unary_grad_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar slope = sac_graph_needs_gradient (g, node->src[0]) ? slope_of_derivative (g, node->src[0], node->params) : 0;

  gx[1] = _sac_unary_grad (g, node->src[0], gy, node->params);
  if (slope)
    gx[0] = sac_mul (g, sac_mul (g, gy, node->src[1]), slope);
}

static double
derivative (const SacUnary *unary, double s)
{
  double p = 1 / (1 + exp (-s));

  switch ((SacUnaryKind) unary->kind)
    {
    case SAC_UNARY_ABS: return s > 0 ? 1 : s < 0 ? -1 : s;
    case SAC_UNARY_CLAMP: return s < (double) unary->a || s > (double) unary->b ? 0 : 1;
    case SAC_UNARY_EXP: return s;
    case SAC_UNARY_HARD_SIGMOID: return s < -3 || s > 3 ? 0 : 1. / 6;
    case SAC_UNARY_HARD_SWISH: return s < -3 ? 0 : s > 3 ? 1 : (2 * s + 3) / 6;
    case SAC_UNARY_LEAKY_RELU: return s > 0 ? 1 : unary->a;
    case SAC_UNARY_LOG: return 1 / s;
    case SAC_UNARY_SIGMOID: return s * (1 - s);
    case SAC_UNARY_SOFTPLUS: return p;
    case SAC_UNARY_SWISH: return p * (1 + s * (1 - p));
    case SAC_UNARY_TANH: return 1 - s * s;
    case SAC_N_UNARY: break;
    }
  g_return_val_if_reached (NAN);
}

static void
unary_grad_reference (const SacKernelArgs *args)
{
  for (gsize i = 0; i < sac_shape_count (args->dst.shape); i++)
    args->dst.data[i] = (float) (args->src[1].data[i] * derivative (args->params, (double) args->src[0].data[i]));
}

SAC_BODY float
swish_slope (float s)
{
  float p = sac_sigmoidf (s);

  return p * (1 + s * (1 - p));
}

#define EACH(VALUE) \
  for (gsize i = from; i < to; i++) \
    { \
      float s = ps[i], v = pv[i]; \
      y[i] = VALUE; \
    } \
  break;

SAC_BODY void
unary_grad_body (const SacKernelArgs *args, gsize from, gsize to)
{
  const SacUnary *unary = args->params;
  const float *ps = args->src[0].data, *pv = args->src[1].data, a = unary->a, b = unary->b;
  float *y = args->dst.data;

  switch ((SacUnaryKind) unary->kind)
    {
    case SAC_UNARY_ABS: EACH (v * sac_choose (s > 0, 1, sac_choose (s < 0, -1, s)))
    case SAC_UNARY_CLAMP: EACH (v * sac_choose ((s < a) | (s > b), 0, 1))
    case SAC_UNARY_EXP: EACH (v * s)
    case SAC_UNARY_HARD_SIGMOID: EACH (v * sac_choose ((s < -3) | (s > 3), 0, 1.f / 6))
    case SAC_UNARY_HARD_SWISH: EACH (v * sac_choose (s < -3, 0, sac_choose (s > 3, 1, (2 * s + 3) / 6)))
    case SAC_UNARY_LEAKY_RELU: EACH (v * sac_choose (s > 0, 1, a))
    case SAC_UNARY_LOG: EACH (v / s)
    case SAC_UNARY_SIGMOID: EACH (v * (s * (1 - s)))
    case SAC_UNARY_SOFTPLUS: EACH (v * sac_sigmoidf (s))
    case SAC_UNARY_SWISH: EACH (v * swish_slope (s))
    case SAC_UNARY_TANH: EACH (v * (1 - s * s))
    case SAC_N_UNARY: break;
    }
}

static void
unary_grad_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->dst.shape), 1, piece);
}

SAC_MULTIVERSION (unary_grad, NULL)

const SacOp sac_op_unary_grad = {
  .name = "unary_grad", .n_src = 2, .params_size = sizeof (SacUnary), .infer = _sac_infer_same, .vjp = unary_grad_vjp,
  .reference = unary_grad_reference, .cpu = unary_grad_cpu, .inplace = 1,
};

SacVar
_sac_unary_grad (SacGraph *g, SacVar s, SacVar v, const SacUnary *unary)
{
  return sac_graph_append (g, &sac_op_unary_grad, (SacVar[]) { s, v }, 2, unary);
}
