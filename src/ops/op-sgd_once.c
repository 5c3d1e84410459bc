/* As sgd, but the gradient is a fresh one that is only read: see sac_optimizer_update_at_once(). */
#include "optimizer-private.h"

static void
sgd_once_reference (const SacKernelArgs *args)
{
  _sac_sgd_by_definition (args, FALSE);
}

SAC_BODY void
sgd_once_body (const SacKernelArgs *args, gsize from, gsize to)
{
  _sac_sgd_piece (args, from, to, FALSE);
}

static void
sgd_once_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->src[0].shape), 1, piece);
}

SAC_MULTIVERSION (sgd_once, NULL)

static gboolean
sgd_once_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE_SCALAR;
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[0], src[2])
      && (src[3].n == 0 || sac_shape_equal (src[3], SAC_SHAPE_SCALAR))
         && sac_shape_equal (src[4], SAC_SHAPE (1, SAC_SGD_N_HYPER, 1, 1, 1));
}

const SacOp sac_op_sgd_once = {
  .name = "sgd_once", .n_src = 5, .infer = sgd_once_infer, .reference = sgd_once_reference, .cpu = sgd_once_cpu, .inplace = -1,
  .optional = 1 << 3, .mutates = 1 | 2,
};

void
sac_sgd_once (SacGraph *g, SacVar w, SacVar v, SacVar grad, SacVar scale, SacVar hyper)
{
  sac_graph_append (g, &sac_op_sgd_once, (SacVar[]) { w, v, grad, scale, hyper }, 5, NULL);
}
