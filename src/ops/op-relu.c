/* y = max(x, 0). */
#include "elementwise-private.h"

SAC_DEFINE_UNARY (relu, x < 0 ? 0.0f : x)

static void
relu_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = sac_relu_mask (g, node->self, gy);
}

static const guint32 spirv[] = {
#include "relu.spv.inc"
};

static guint
relu_dispatch (const SacKernelArgs *shapes, guint32 *constants, guint32 groups[3])
{
  constants[0] = (guint32) sac_shape_count (shapes->dst.shape);
  groups[0] = (constants[0] + 63) / 64;
  return 1;
}

const SacOp sac_op_relu = {
  .spirv = spirv, .spirv_bytes = sizeof spirv, .dispatch = relu_dispatch,
  .name = "relu", .n_src = 1, .infer = _sac_infer_same, .vjp = relu_vjp,
  .reference = relu_reference, .cpu = relu_cpu, .inplace = 0, .bf16 = SAC_ALL_OPERANDS,
};

SacVar
sac_relu (SacGraph *g, SacVar x)
{
  return sac_graph_append (g, &sac_op_relu, &x, 1, NULL);
}
