/* y = a/b; an axis of size 1 stretches. */
#include "elementwise-private.h"

SAC_DEFINE_BINARY (div, a / b)

static void
div_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar a = node->src[0], b = node->src[1], over = sac_div (g, gy, b);

  gx[0] = sac_sum_to (g, over, sac_graph_get_shape (g, a));
  if (sac_graph_needs_gradient (g, b))
    gx[1] = sac_affine (g, sac_sum_to (g, sac_mul (g, over, node->self), sac_graph_get_shape (g, b)), -1, 0);
}

const SacOp sac_op_div = {
  .name = "div", .n_src = 2, .infer = _sac_infer_broadcast, .vjp = div_vjp, .reference = div_reference, .cpu = div_cpu,
  .inplace = 0,
};

SacVar
sac_div (SacGraph *g, SacVar a, SacVar b)
{
  return sac_graph_append (g, &sac_op_div, (SacVar[]) { a, b }, 2, NULL);
}
