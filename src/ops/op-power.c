/* y = x^exponent; −½, ½ and 2 by square roots and products. */
#include <math.h>

#include "elementwise-private.h"

static inline float
to_power (const float *exponent, float x)
{
  if (*exponent == -0.5f)
    return (float) (1 / sqrt ((double) x));
  if (*exponent == 0.5f)
    return sqrtf (x);
  if (*exponent == 1)
    return x;
  if (*exponent == 0)
    return 1;
  if (*exponent == 2)
    return x * x;
  return (float) pow ((double) x, *exponent);
}

SAC_DEFINE_UNARY (power, to_power (args->params, x))

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
