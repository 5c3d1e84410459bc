/* y = ln(1 + e^z) − z·t, the cross-entropy of sigmoid(z) with a target t in 0…1, number by number. */
#include "bce-private.h"

static void
bce_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = _sac_bce_grad (g, node->src[0], node->src[1], gy);
  if (sac_graph_needs_gradient (g, node->src[1]))
    gx[1] = sac_affine (g, sac_mul (g, gy, node->src[0]), -1, 0);
}

static void
bce_reference (const SacKernelArgs *args)
{
  for (gsize i = 0; i < sac_shape_count (args->dst.shape); i++)
    {
      double z = args->src[0].data[i], t = args->src[1].data[i];

      args->dst.data[i] = (float) ((z < 0 ? 0 : z) + log1p (exp (-fabs (z))) - z * t);
    }
}

/* max(z, 0) − z·t first: near its target the rest is small. */
SAC_BODY void
bce_body (const SacKernelArgs *args, gsize from, gsize to)
{
  const float *z = args->src[0].data, *t = args->src[1].data;
  float *y = args->dst.data;

  for (gsize i = from; i < to; i++)
    {
      float x = z[i];

      y[i] = (sac_choose (x < 0, 0, x) - x * t[i]) + sac_softplusf (-fabsf (x));
    }
}

static void
bce_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->dst.shape), 1, piece);
}

SAC_MULTIVERSION (bce, NULL)

const SacOp sac_op_bce = {
  .name = "bce", .n_src = 2, .infer = _sac_infer_same, .vjp = bce_vjp, .reference = bce_reference, .cpu = bce_cpu, .inplace = 0,
};

SacVar
_sac_bce (SacGraph *g, SacVar z, SacVar target)
{
  return sac_graph_append (g, &sac_op_bce, (SacVar[]) { z, target }, 2, NULL);
}
