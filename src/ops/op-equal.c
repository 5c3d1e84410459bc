/* 1 where a = b, else 0, NaN where one of both is; an axis of size 1 stretches.  Made of steps: no gradient. */
#include <math.h>

#include "compare-private.h"

SAC_DEFINE_BINARY (equal, a == b ? 1 : a != a || b != b ? NAN : 0.0f)

static void
equal_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
}

const SacOp sac_op_equal = {
  .name = "equal", .n_src = 2, .infer = _sac_infer_broadcast, .vjp = equal_vjp, .reference = equal_reference, .cpu = equal_cpu,
  .inplace = 0,
};

SacVar
sac_equal (SacGraph *g, SacVar a, SacVar b)
{
  return sac_graph_append (g, &sac_op_equal, (SacVar[]) { a, b }, 2, NULL);
}
