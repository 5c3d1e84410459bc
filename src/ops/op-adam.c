/* Adam over a page or an entry, one pass over memory:
 *   d = gscale·g + λ·w;  m ← β₁·m + (1−β₁)·d;  v ← β₂·v + (1−β₂)·d²;  w ← w − η'·scale·m / (√v·c + ε);  g ← 0
 * hyper holds η' = η/(1−β₁ᵗ) and c = 1/√(1−β₂ᵗ), the bias corrections of step t, made by the caller in double.
 * Where scale, one number, is 0, weights and moments stay.  Paper: Kingma & Ba 2015, alg. 1, as PyTorch writes it. */
#include "optimizer-private.h"

static void
adam_reference (const SacKernelArgs *args)
{
  _sac_adam_by_definition (args, TRUE);
}

SAC_BODY void
adam_body (const SacKernelArgs *args, gsize from, gsize to)
{
  _sac_adam_piece (args, from, to, TRUE);
}

static void
adam_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->src[0].shape), 1, piece);
}

SAC_MULTIVERSION (adam, NULL)

static gboolean
adam_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = SAC_SHAPE_SCALAR;
  return sac_shape_equal (src[0], src[1]) && sac_shape_equal (src[0], src[2]) && sac_shape_equal (src[0], src[3])
         && sac_shape_equal (src[4], SAC_SHAPE (1, _SAC_ADAM_N_HYPER, 1, 1, 1))
             && (src[5].n == 0 || sac_shape_equal (src[5], SAC_SHAPE_SCALAR));
}

static double
adam_flops (const SacKernelArgs *shapes)
{
  return 14.0 * (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_adam = {
  .name = "adam", .n_src = 6, .infer = adam_infer, .reference = adam_reference, .cpu = adam_cpu, .flops = adam_flops,
  .inplace = -1, .mutates = 1 | 2 | 4 | 8, .optional = 1 << 5,
};

void
sac_adam (SacGraph *g, SacVar w, SacVar m, SacVar v, SacVar grad, SacVar hyper, SacVar scale)
{
  sac_graph_append (g, &sac_op_adam, (SacVar[]) { w, m, v, grad, hyper, scale }, scale ? 6 : 5, NULL);
}
