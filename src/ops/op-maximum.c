/* The larger of both; where they are equal each has half of the gradient. */
#include "compare-private.h"

SAC_DEFINE_BINARY (maximum, a > b || a != a ? a : b)

static void
maximum_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar a = node->src[0], b = node->src[1];

  gx[0] = sac_sum_to (g, sac_mul (g, gy, sac_greater (g, a, b)), sac_graph_get_shape (g, a));
  gx[1] = sac_sum_to (g, sac_mul (g, gy, sac_greater (g, b, a)), sac_graph_get_shape (g, b));
}

const SacOp sac_op_maximum = {
  .name = "maximum", .n_src = 2, .infer = _sac_infer_broadcast, .vjp = maximum_vjp, .reference = maximum_reference,
  .cpu = maximum_cpu, .inplace = 0,
};

SacVar
sac_maximum (SacGraph *g, SacVar a, SacVar b)
{
  return sac_graph_append (g, &sac_op_maximum, (SacVar[]) { a, b }, 2, NULL);
}
