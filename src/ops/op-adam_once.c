/* As adam, but the gradient is a fresh one that is only read: see sac_optimizer_update_at_once(). */
#include "optimizer-private.h"

static void
adam_once_reference (const SacKernelArgs *args)
{
  _sac_adam_by_definition (args, FALSE);
}

SAC_BODY void
adam_once_body (const SacKernelArgs *args, gsize from, gsize to)
{
  _sac_adam_piece (args, from, to, FALSE);
}

static void
adam_once_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->src[0].shape), 1, piece);
}

SAC_MULTIVERSION (adam_once, NULL)

static gboolean
adam_once_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE_SCALAR;
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[0], src[2]) && sac_shape_equal (src[0], src[3])
         && sac_shape_equal (src[4], SAC_SHAPE (1, _SAC_ADAM_N_HYPER, 1, 1, 1))
             && (src[5].n == 0 || sac_shape_equal (src[5], SAC_SHAPE_SCALAR));
}

static double
adam_once_flops (const SacKernelArgs *shapes)
{
  return 14.0 * (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_adam_once = {
  .name = "adam_once", .n_src = 6, .infer = adam_once_infer, .reference = adam_once_reference, .cpu = adam_once_cpu,
  .flops = adam_once_flops,
  .inplace = -1, .mutates = 1 | 2 | 4, .optional = 1 << 5,
};

void
sac_adam_once (SacGraph *g, SacVar w, SacVar m, SacVar v, SacVar grad, SacVar hyper, SacVar scale)
{
  sac_graph_append (g, &sac_op_adam_once, (SacVar[]) { w, m, v, grad, hyper, scale }, scale ? 6 : 5, NULL);
}
