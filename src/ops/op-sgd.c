/* v ← m·v + d, d = gscale·g + λ·w; w ← w − η·scale·v; g ← 0, over a page or an entry.  By Nesterov w ← w − η·scale·(d + m·v).  Where
 * scale is 0, w and v stay.  methods: Momentum SGD as PyTorch writes it (no dampening). */
#include "optimizer-private.h"

static void
sgd_reference (const SacKernelArgs *args)
{
  _sac_sgd_by_definition (args, TRUE);
}

SAC_BODY void
sgd_body (const SacKernelArgs *args, gsize from, gsize to)
{
  _sac_sgd_piece (args, from, to, TRUE);
}

static void
sgd_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->src[0].shape), 1, piece);
}

SAC_MULTIVERSION (sgd, NULL)

static gboolean
sgd_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE_SCALAR;
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[0], src[2])
      && (src[3].n == 0 || sac_shape_equal (src[3], SAC_SHAPE_SCALAR))
         && sac_shape_equal (src[4], SAC_SHAPE (1, SAC_SGD_N_HYPER, 1, 1, 1));
}

const SacOp sac_op_sgd = {
  .name = "sgd", .n_src = 5, .infer = sgd_infer, .reference = sgd_reference, .cpu = sgd_cpu, .inplace = -1,
  .optional = 1 << 3, .mutates = 1 | 2 | 4,
};

void
sac_sgd (SacGraph *g, SacVar w, SacVar v, SacVar grad, SacVar scale, SacVar hyper)
{
  sac_graph_append (g, &sac_op_sgd, (SacVar[]) { w, v, grad, scale, hyper }, 5, NULL);
}
