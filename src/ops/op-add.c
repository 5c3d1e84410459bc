/* y = a + b; an axis of size 1 stretches. */
#include "elementwise-private.h"

SAC_DEFINE_BINARY (add, a + b)

static void
add_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar a = node->src[0], b = node->src[1];

  gx[0] = sac_sum_to (g, gy, sac_graph_get_shape (g, a));
  gx[1] = sac_sum_to (g, gy, sac_graph_get_shape (g, b));
}

const SacOp sac_op_add = {
  .name = "add", .n_src = 2, .infer = _sac_infer_broadcast, .vjp = add_vjp, .reference = add_reference, .cpu = add_cpu,
  .inplace = 0, .bf16 = SAC_ALL_OPERANDS,
};

const SacOp *const sac_graph_sum_op = &sac_op_add;

SacVar
sac_add (SacGraph *g, SacVar a, SacVar b)
{
  return sac_graph_append (g, &sac_op_add, (SacVar[]) { a, b }, 2, NULL);
}
