/* y = ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|). */
#include <math.h>

#include "elementwise-private.h"

static inline float
soft (float x)
{
  return (float) (MAX ((double) x, 0) + log1p (exp (-fabs ((double) x))));
}

SAC_DEFINE_UNARY (softplus, soft (x))

static void
softplus_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = sac_mul (g, gy, sac_sigmoid (g, node->src[0]));
}

const SacOp sac_op_softplus = {
  .name = "softplus", .n_src = 1, .infer = _sac_infer_same, .vjp = softplus_vjp,
  .reference = softplus_reference, .cpu = softplus_cpu, .inplace = 0,
};

SacVar
sac_softplus (SacGraph *g, SacVar x)
{
  return sac_graph_append (g, &sac_op_softplus, &x, 1, NULL);
}
