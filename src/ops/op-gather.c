/* y = the rows of a table (V,D,1,1,1) that the numbers (N,1,T,H,W) name → (N,D,T,H,W): an embedding.  A number that is no row gives
 * NaN.  The adjoint adds to the rows (gather_add). */
#include <math.h>
#include <string.h>

#include "gather-private.h"

static gboolean
gather_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = src[1];
  out->c = src[0].c;
  return src[0].t == 1 && src[0].h == 1 && src[0].w == 1 && src[1].c == 1;
}

static void
gather_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = _sac_gather_add (g, gy, node->src[1], sac_graph_get_shape (g, node->src[0]).n);
}

static void
gather_rows (const SacKernelArgs *args, gsize from, gsize to)
{
  gsize n_c = (gsize) args->dst.shape.c;

  for (gsize r = from; r < to; r++)
    {
      float row = args->src[1].data[r], *y = args->dst.data + r * n_c;

      if (_sac_is_row (row, args->src[0].shape.n))
        memcpy (y, args->src[0].data + (gsize) row * n_c, n_c * sizeof (float));
      else
        for (gsize c = 0; c < n_c; c++)
          y[c] = NAN;
    }
}

static void
gather_reference (const SacKernelArgs *args)
{
  gather_rows (args, 0, sac_shape_count (args->src[1].shape));
}

static void
gather_pieces (const SacKernelArgs *args)
{
  _sac_run_pieces (args, sac_shape_count (args->src[1].shape), (gsize) args->dst.shape.c, gather_rows);
}

static const SacCpuVariant gather_cpu[] = { { "pieces", SAC_CPU_PLAIN, NULL, NULL, gather_pieces }, { NULL } };

const SacOp sac_op_gather = {
  .name = "gather", .n_src = 2, .infer = gather_infer, .vjp = gather_vjp, .reference = gather_reference, .cpu = gather_cpu,
  .inplace = -1,
};

SacVar
sac_gather (SacGraph *g, SacVar table, SacVar rows)
{
  return sac_graph_append (g, &sac_op_gather, (SacVar[]) { table, rows }, 2, NULL);
}
