/* y = v·(sigmoid(z) − t): the adjoint of bce towards z. */
#include "bce-private.h"

static SacVar
expand (SacGraph *g, const SacNode *node)
{
  return sac_mul (g, node->src[2], sac_sub (g, sac_sigmoid (g, node->src[0]), node->src[1]));
}

static void
bce_grad_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  sac_graph_vjp_by_expansion (g, node, gy, gx, expand);
}

static void
bce_grad_reference (const SacKernelArgs *args)
{
  for (gsize i = 0; i < sac_shape_count (args->dst.shape); i++)
    args->dst.data[i] = (float) (args->src[2].data[i] * (1 / (1 + exp (-(double) args->src[0].data[i])) - args->src[1].data[i]));
}

SAC_BODY void
bce_grad_body (const SacKernelArgs *args, gsize from, gsize to)
{
  const float *z = args->src[0].data, *t = args->src[1].data, *v = args->src[2].data;
  float *y = args->dst.data;

  for (gsize i = from; i < to; i++)
    y[i] = v[i] * (sac_sigmoidf (z[i]) - t[i]);
}

static void
bce_grad_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->dst.shape), 1, piece);
}

SAC_MULTIVERSION (bce_grad, NULL)

const SacOp sac_op_bce_grad = {
  .name = "bce_grad", .n_src = 3, .infer = _sac_infer_same, .vjp = bce_grad_vjp, .reference = bce_grad_reference,
  .cpu = bce_grad_cpu, .inplace = 0,
};

SacVar
_sac_bce_grad (SacGraph *g, SacVar z, SacVar target, SacVar v)
{
  return sac_graph_append (g, &sac_op_bce_grad, (SacVar[]) { z, target, v }, 3, NULL);
}
