/* y = x^exponent; common exponents by roots and products. */
#include <math.h>

#include "targets-private.h"

static void
power_reference (const SacKernelArgs *args)
{
  double exponent = *(const float *) args->params;

  for (gsize i = 0; i < sac_shape_count (args->dst.shape); i++)
    args->dst.data[i] = (float) pow ((double) args->src[0].data[i], exponent);
}

#define EACH(VALUE) \
  for (gsize i = from; i < to; i++) \
    { \
      float x = px[i]; \
      y[i] = VALUE; \
    }

/* @y may be @px: each element is read before it is written. */
SAC_BODY void
power_body (const SacKernelArgs *args, gsize from, gsize to)
{
  const float *px = args->src[0].data, exponent = *(const float *) args->params;
  float *y = args->dst.data;

  if (exponent == -0.5f)
    EACH (1 / sqrtf (x))
  else if (exponent == 0.5f)
    EACH (sqrtf (x))
  else if (exponent == 2)
    EACH (x * x)
  else if (exponent == -1)
    EACH (1 / x)
  else if (exponent == -2)
    EACH (1 / (x * x))
  else if (exponent == -1.5f)
    EACH (1 / (x * sqrtf (x)))
  else if (exponent == -0.75f)
    EACH (1 / (sqrtf (x) * sqrtf (sqrtf (x))))
  else if (exponent == -1.75f)
    EACH (1 / (x * sqrtf (x) * sqrtf (sqrtf (x))))
  else if (exponent == 1)
    EACH (x)
  else if (exponent == 0)
    for (gsize i = from; i < to; i++)
      y[i] = 1;
  else
    EACH ((float) pow ((double) x, (double) exponent))
}

static void
power_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->dst.shape), 1, piece);
}

SAC_MULTIVERSION (power, NULL)

static void
power_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  float exponent = *(const float *) node->params;

  gx[0] = sac_mul (g, gy, sac_affine (g, sac_power (g, node->src[0], exponent - 1), exponent, 0));
}

const SacOp sac_op_power = {
  .name = "power", .n_src = 1, .params_size = sizeof (float), .infer = _sac_infer_same, .vjp = power_vjp,
  .reference = power_reference, .cpu = power_cpu, .inplace = 0,
};

SacVar
sac_power (SacGraph *g, SacVar x, float exponent)
{
  return sac_graph_append (g, &sac_op_power, &x, 1, &exponent);
}
