/* Two vectors (1,C) as statistics (2,C).  The adjoint takes the rows apart again (bn_row). */
#include <string.h>

#include "bn-private.h"

static gboolean
bn_running_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE (2, src[0].c, 1, 1, 1);
  return sac_shape_equal (src[0], SAC_SHAPE (1, src[0].c, 1, 1, 1)) && sac_shape_equal (src[0], src[1]);
}

static void
bn_running_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = _sac_bn_row (g, gy, 0);
  gx[1] = _sac_bn_row (g, gy, 1);
}

static void
bn_running_reference (const SacKernelArgs *args)
{
  gsize n_c = (gsize) args->dst.shape.c;

  memcpy (args->dst.data, args->src[0].data, sizeof (float) * n_c);
  memcpy (args->dst.data + n_c, args->src[1].data, sizeof (float) * n_c);
}

const SacOp sac_op_bn_running = {
  .name = "bn_running", .n_src = 2, .infer = bn_running_infer, .vjp = bn_running_vjp, .reference = bn_running_reference, .inplace = -1,
};

SacVar
sac_bn_running (SacGraph *g, SacVar mean, SacVar variance)
{
  return sac_graph_append (g, &sac_op_bn_running, (SacVar[]) { mean, variance }, 2, NULL);
}
