/* y = a − b; an axis of size 1 stretches. */
#include "elementwise-private.h"

SAC_DEFINE_BINARY (sub, a - b)

static void
sub_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar a = node->src[0], b = node->src[1];

  gx[0] = sac_sum_to (g, gy, sac_graph_get_shape (g, a));
  gx[1] = sac_sum_to (g, sac_affine (g, gy, -1, 0), sac_graph_get_shape (g, b));
}

const SacOp sac_op_sub = {
  .name = "sub", .n_src = 2, .infer = _sac_infer_broadcast, .vjp = sub_vjp, .reference = sub_reference, .cpu = sub_cpu,
  .inplace = 0,
};

SacVar
sac_sub (SacGraph *g, SacVar a, SacVar b)
{
  return sac_graph_append (g, &sac_op_sub, (SacVar[]) { a, b }, 2, NULL);
}
