/* v where y > 0, else 0: the adjoint of relu.  Linear in v; y only chooses. */
#include "elementwise-private.h"

SAC_DEFINE_BINARY (relu_mask, (a > 0 ? b : 0.0f))

static void
relu_mask_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[1] = sac_relu_mask (g, node->src[0], gy);
}

const SacOp sac_op_relu_mask = {
  .name = "relu_mask", .n_src = 2, .infer = _sac_infer_same, .vjp = relu_mask_vjp, .reference = relu_mask_reference,
  .cpu = relu_mask_cpu, .inplace = 1, .bf16 = SAC_ALL_OPERANDS,
};

SacVar
sac_relu_mask (SacGraph *g, SacVar y, SacVar v)
{
  return sac_graph_append (g, &sac_op_relu_mask, (SacVar[]) { y, v }, 2, NULL);
}
