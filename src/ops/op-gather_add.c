/* Rows added where the numbers say: the adjoint of gather, and gather is its.  Each task has rows of the table for itself and
 * walks through the numbers in order, so sums do not depend on threads.  Numbers that are no row are left out. */
#include <string.h>

#include "gather-private.h"

static gboolean
gather_add_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  SacShape place = src[0];

  place.c = 1;
  *out = SAC_SHAPE (*(const gint32 *) params, src[0].c, 1, 1, 1);
  return sac_shape_equal (place, src[1]);
}

static void
gather_add_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = sac_gather (g, gy, node->src[1]);
}

static void
gather_add_reference (const SacKernelArgs *args)
{
  gsize n_c = (gsize) args->dst.shape.c, n_y = sac_shape_count (args->dst.shape);
  g_autofree double *sums = g_new0 (double, n_y);

  for (gsize r = 0; r < sac_shape_count (args->src[1].shape); r++)
    for (gsize c = 0; c < n_c && _sac_is_row (args->src[1].data[r], args->dst.shape.n); c++)
      sums[(gsize) args->src[1].data[r] * n_c + c] += args->src[0].data[r * n_c + c];
  for (gsize i = 0; i < n_y; i++)
    args->dst.data[i] = (float) sums[i];
}

static void
add_to_rows (const SacKernelArgs *args, gsize from, gsize to)
{
  gsize n_c = (gsize) args->dst.shape.c;
  const float *rows = args->src[1].data;

  memset (args->dst.data + from * n_c, 0, (to - from) * n_c * sizeof (float));
  for (gsize r = 0; r < sac_shape_count (args->src[1].shape); r++)
    if (rows[r] >= (float) from && _sac_is_row (rows[r], args->dst.shape.n) && (gsize) rows[r] < to)
      {
        const float *x = args->src[0].data + r * n_c;
        float *y = args->dst.data + (gsize) rows[r] * n_c;

        for (gsize c = 0; c < n_c; c++)
          y[c] += x[c];
      }
}

static void
gather_add_rows (const SacKernelArgs *args)
{
  gsize n_rows = (gsize) args->dst.shape.n;

  /* about sixteen tasks, more where rows are long: each reads all the numbers */
  _sac_run_pieces (args, n_rows, MAX ((gsize) args->dst.shape.c, SAC_PIECE * 16 / n_rows), add_to_rows);
}

static const SacCpuVariant gather_add_cpu[] = { { "rows", SAC_CPU_PLAIN, NULL, NULL, gather_add_rows }, { NULL } };

static double
gather_add_flops (const SacKernelArgs *shapes)
{
  return (double) sac_shape_count (shapes->src[0].shape);
}

const SacOp sac_op_gather_add = {
  .name = "gather_add", .n_src = 2, .params_size = sizeof (gint32), .infer = gather_add_infer, .vjp = gather_add_vjp,
  .reference = gather_add_reference, .cpu = gather_add_cpu, .flops = gather_add_flops, .inplace = -1,
};

SacVar
_sac_gather_add (SacGraph *g, SacVar gy, SacVar rows, gint32 n_rows)
{
  return sac_graph_append (g, &sac_op_gather_add, (SacVar[]) { gy, rows }, 2, &n_rows);
}
