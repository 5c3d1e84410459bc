/* y = scale·x + shift. */
#include "elementwise-private.h"

typedef struct {
  float scale, shift;
} Affine;

static inline float
scale_shift (const Affine *affine, float x)
{
  return affine->scale * x + affine->shift;
}

SAC_DEFINE_UNARY (affine, scale_shift (args->params, x))

static void
affine_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  const Affine *affine = node->params;

  gx[0] = sac_affine (g, gy, affine->scale, 0);
}

const SacOp sac_op_affine = {
  .name = "affine", .n_src = 1, .params_size = sizeof (Affine), .infer = _sac_infer_same, .vjp = affine_vjp,
  .reference = affine_reference, .cpu = affine_cpu, .inplace = 0,
};

SacVar
sac_affine (SacGraph *g, SacVar x, float scale, float shift)
{
  return sac_graph_append (g, &sac_op_affine, &x, 1, &(Affine) { scale, shift });
}
