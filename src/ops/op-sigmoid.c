/* y = 1/(1 + e^−x), without overflow on either side. */
#include <math.h>

#include "elementwise-private.h"

static inline float
logistic (float x)
{
  double e = exp (-fabs ((double) x));

  return (float) ((x >= 0 ? 1 : e) / (1 + e));
}

SAC_DEFINE_UNARY (sigmoid, logistic (x))

static void
sigmoid_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar y = node->self;

  gx[0] = sac_mul (g, gy, sac_mul (g, y, sac_affine (g, y, -1, 1)));
}

const SacOp sac_op_sigmoid = {
  .name = "sigmoid", .n_src = 1, .infer = _sac_infer_same, .vjp = sigmoid_vjp,
  .reference = sigmoid_reference, .cpu = sigmoid_cpu, .inplace = 0,
};

SacVar
sac_sigmoid (SacGraph *g, SacVar x)
{
  return sac_graph_append (g, &sac_op_sigmoid, &x, 1, NULL);
}
