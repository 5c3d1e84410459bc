/* y = f(x), f one of the kinds in unary-private.h.  The adjoint is unary_grad. */
#include "unary-private.h"

static void
unary_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  const SacUnary *unary = node->params;

  gx[0] = _sac_unary_grad (g, _sac_unary_reads_result (unary) ? node->self : node->src[0], gy, unary);
}

static double
value (const SacUnary *unary, double x)
{
  switch ((SacUnaryKind) unary->kind)
    {
    case SAC_UNARY_ABS: return fabs (x);
    case SAC_UNARY_CLAMP: return x < (double) unary->a ? unary->a : x > (double) unary->b ? unary->b : x;
    case SAC_UNARY_EXP: return exp (x);
    case SAC_UNARY_HARD_SIGMOID: return x < -3 ? 0 : x > 3 ? 1 : (x + 3) / 6;
    case SAC_UNARY_HARD_SWISH: return x < -3 ? 0 : x > 3 ? x : x * (x + 3) / 6;
    case SAC_UNARY_LEAKY_RELU: return x < 0 ? (double) unary->a * x : x;
    case SAC_UNARY_LOG: return log (x);
    case SAC_UNARY_SIGMOID: return 1 / (1 + exp (-x));
    case SAC_UNARY_SOFTPLUS: return MAX (x, 0) + log1p (exp (-fabs (x)));
    case SAC_UNARY_SWISH: return x / (1 + exp (-x));
    case SAC_UNARY_TANH: return tanh (x);
    case SAC_N_UNARY: break;
    }
  g_return_val_if_reached (NAN);
}

static void
unary_reference (const SacKernelArgs *args)
{
  for (gsize i = 0; i < sac_shape_count (args->dst.shape); i++)
    args->dst.data[i] = (float) value (args->params, (double) args->src[0].data[i]);
}

#define EACH(VALUE) \
  for (gsize i = from; i < to; i++) \
    { \
      float x = px[i]; \
      y[i] = VALUE; \
    } \
  break;

/* @y may be @px: each element is read before it is written. */
SAC_BODY void
unary_body (const SacKernelArgs *args, gsize from, gsize to)
{
  const SacUnary *unary = args->params;
  const float *px = args->src[0].data, a = unary->a, b = unary->b;
  float *y = args->dst.data;

  switch ((SacUnaryKind) unary->kind)
    {
    case SAC_UNARY_ABS: EACH (fabsf (x))
    case SAC_UNARY_CLAMP: EACH (sac_choose (x < a, a, sac_choose (x > b, b, x)))
    case SAC_UNARY_EXP: EACH (sac_expf (x))
    case SAC_UNARY_HARD_SIGMOID: EACH (sac_choose (x < -3, 0, sac_choose (x > 3, 1, (x + 3) / 6)))
    case SAC_UNARY_HARD_SWISH: EACH (sac_choose (x < -3, 0, sac_choose (x > 3, x, x * (x + 3) / 6)))
    case SAC_UNARY_LEAKY_RELU: EACH (sac_choose (x < 0, a * x, x))
    case SAC_UNARY_LOG: EACH (sac_logf (x))
    case SAC_UNARY_SIGMOID: EACH (sac_sigmoidf (x))
    case SAC_UNARY_SOFTPLUS: EACH (sac_softplusf (x))
    case SAC_UNARY_SWISH: EACH (x * sac_sigmoidf (x))
    case SAC_UNARY_TANH: EACH (sac_tanhf (x))
    case SAC_N_UNARY: break;
    }
}

static void
unary_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->dst.shape), 1, piece);
}

SAC_MULTIVERSION (unary, NULL)

const SacOp sac_op_unary = {
  .name = "unary", .n_src = 1, .params_size = sizeof (SacUnary), .infer = _sac_infer_same, .vjp = unary_vjp,
  .reference = unary_reference, .cpu = unary_cpu, .inplace = 0,
};

SacVar
_sac_unary (SacGraph *g, SacVar x, SacUnaryKind kind, float a, float b)
{
  return sac_graph_append (g, &sac_op_unary, &x, 1, &(SacUnary) { (gint32) kind, a, b });
}

SacVar
sac_abs (SacGraph *g, SacVar x)
{
  return _sac_unary (g, x, SAC_UNARY_ABS, 0, 0);
}

SacVar
sac_clamp (SacGraph *g, SacVar x, float low, float high)
{
  return _sac_unary (g, x, SAC_UNARY_CLAMP, low, high);
}

SacVar
sac_exp (SacGraph *g, SacVar x)
{
  return _sac_unary (g, x, SAC_UNARY_EXP, 0, 0);
}

SacVar
sac_hard_sigmoid (SacGraph *g, SacVar x)
{
  return _sac_unary (g, x, SAC_UNARY_HARD_SIGMOID, 0, 0);
}

SacVar
sac_hard_swish (SacGraph *g, SacVar x)
{
  return _sac_unary (g, x, SAC_UNARY_HARD_SWISH, 0, 0);
}

SacVar
sac_leaky_relu (SacGraph *g, SacVar x, float slope)
{
  return _sac_unary (g, x, SAC_UNARY_LEAKY_RELU, slope, 0);
}

SacVar
sac_log (SacGraph *g, SacVar x)
{
  return _sac_unary (g, x, SAC_UNARY_LOG, 0, 0);
}

SacVar
sac_prelu (SacGraph *g, SacVar x, SacVar slope)
{
  return sac_sub (g, sac_relu (g, x), sac_mul (g, sac_relu (g, sac_affine (g, x, -1, 0)), slope));
}

SacVar
sac_sigmoid (SacGraph *g, SacVar x)
{
  return _sac_unary (g, x, SAC_UNARY_SIGMOID, 0, 0);
}

SacVar
sac_softplus (SacGraph *g, SacVar x)
{
  return _sac_unary (g, x, SAC_UNARY_SOFTPLUS, 0, 0);
}

SacVar
sac_swish (SacGraph *g, SacVar x)
{
  return _sac_unary (g, x, SAC_UNARY_SWISH, 0, 0);
}

SacVar
sac_tanh (SacGraph *g, SacVar x)
{
  return _sac_unary (g, x, SAC_UNARY_TANH, 0, 0);
}
