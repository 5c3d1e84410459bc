/* 1 where a > b, ½ where they are equal, 0 where a < b, NaN where one of both is.  Made of steps: no gradient. */
#include <math.h>

#include "compare-private.h"

SAC_DEFINE_BINARY (greater, a > b ? 1 : a < b ? 0 : a == b ? 0.5f : NAN)

static void
greater_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
}

const SacOp sac_op_greater = {
  .name = "greater", .n_src = 2, .infer = _sac_infer_broadcast, .vjp = greater_vjp, .reference = greater_reference,
  .cpu = greater_cpu, .inplace = 0,
};

SacVar
sac_greater (SacGraph *g, SacVar a, SacVar b)
{
  return sac_graph_append (g, &sac_op_greater, (SacVar[]) { a, b }, 2, NULL);
}
