/* y = a·b; an axis of size 1 stretches. */
#include "elementwise-private.h"

SAC_DEFINE_BINARY (mul, a * b)

static void
mul_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar a = node->src[0], b = node->src[1];

  gx[0] = sac_sum_to (g, sac_mul (g, gy, b), sac_graph_get_shape (g, a));
  gx[1] = sac_sum_to (g, sac_mul (g, gy, a), sac_graph_get_shape (g, b));
}

const SacOp sac_op_mul = {
  .name = "mul", .n_src = 2, .infer = _sac_infer_broadcast, .vjp = mul_vjp, .reference = mul_reference, .cpu = mul_cpu,
  .inplace = 0, .bf16 = SAC_SRC (0) | SAC_DST,
};

SacVar
sac_mul (SacGraph *g, SacVar a, SacVar b)
{
  return sac_graph_append (g, &sac_op_mul, (SacVar[]) { a, b }, 2, NULL);
}
