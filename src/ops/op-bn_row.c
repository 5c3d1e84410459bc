/* One row of (2,C): the mean or the variance.  The adjoint puts it back beside zeros (bn_running). */
#include <string.h>

#include "bn-private.h"

static gboolean
bn_row_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE (1, src[0].c, 1, 1, 1);
  return src[0].n == 2;
}

static void
bn_row_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacVar zeros = sac_graph_constant (g, node->shape, 0);

  gx[0] = *(const gint32 *) node->params == 0 ? sac_bn_running (g, gy, zeros) : sac_bn_running (g, zeros, gy);
}

static void
bn_row_reference (const SacKernelArgs *args)
{
  gsize n_c = (gsize) args->dst.shape.c;

  memcpy (args->dst.data, args->src[0].data + n_c * (gsize) *(const gint32 *) args->params, sizeof (float) * n_c);
}

const SacOp sac_op_bn_row = {
  .name = "bn_row", .n_src = 1, .params_size = sizeof (gint32), .infer = bn_row_infer, .vjp = bn_row_vjp,
  .reference = bn_row_reference, .inplace = -1,
};

SacVar
_sac_bn_row (SacGraph *g, SacVar stats, gint32 row)
{
  return sac_graph_append (g, &sac_op_bn_row, &stats, 1, &row);
}
