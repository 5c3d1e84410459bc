/* y = max(x, 0). */
#include "elementwise-private.h"

SAC_DEFINE_UNARY (relu, x < 0 ? 0.0f : x)

static void
relu_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = sac_relu_mask (g, node->self, gy);
}

const SacOp sac_op_relu = {
  .name = "relu", .n_src = 1, .infer = _sac_infer_same, .vjp = relu_vjp,
  .reference = relu_reference, .cpu = relu_cpu, .inplace = 0, .bf16 = SAC_ALL_OPERANDS,
};

SacVar
sac_relu (SacGraph *g, SacVar x)
{
  return sac_graph_append (g, &sac_op_relu, &x, 1, NULL);
}
