/* Stretches axes of size 1.  The adjoint sums them (sum_to). */
#include <string.h>

#include "elementwise-private.h"

static gboolean
broadcast_to_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  SacShape stretched;

  *out = *(const SacShape *) params;
  if (_sac_broadcast_shape (src[0], *out, &stretched, error) && sac_shape_equal (stretched, *out))
    return TRUE;
  if (error && !*error)
    g_set_error_literal (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE, "an axis would shrink");
  return FALSE;
}

static void
broadcast_to_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = sac_sum_to (g, gy, sac_graph_get_shape (g, node->src[0]));
}

static void
broadcast_to_reference (const SacKernelArgs *args)
{
  SacShape xs = args->src[0].shape, ys = args->dst.shape;
  float *y = args->dst.data;

  SAC_EACH_ROW (ys, n, t, h, w)
    for (gint32 c = 0; c < ys.c; c++)
      *y++ = args->src[0].data[_sac_broadcast_index (xs, n, t, h, w, c)];
}

static void
rows_piece (const SacKernelArgs *args, gsize from, gsize to)
{
  SacShape xs = args->src[0].shape, ys = args->dst.shape;

  for (gsize r = from; r < to; r++)
    {
      gint32 w = (gint32) (r % ys.w), h = (gint32) (r / ys.w % ys.h), t = (gint32) (r / ys.w / ys.h % ys.t);
      gint32 n = (gint32) (r / ys.w / ys.h / ys.t);

      const float *x = args->src[0].data + _sac_broadcast_index (xs, n, t, h, w, 0);
      float *y = args->dst.data + r * ys.c;

      if (xs.c == ys.c)
        memcpy (y, x, sizeof (float) * ys.c);
      else
        for (gint32 c = 0; c < ys.c; c++)
          y[c] = *x;
    }
}

static void
rows (const SacKernelArgs *args)
{
  gsize n_c = (gsize) args->dst.shape.c;

  _sac_run_pieces (args, sac_shape_count (args->dst.shape) / n_c, n_c, rows_piece);
}

static const SacCpuVariant broadcast_to_cpu[] = { { "rows", SAC_CPU_PLAIN, NULL, NULL, rows }, { NULL } };

const SacOp sac_op_broadcast_to = {
  .name = "broadcast_to", .n_src = 1, .params_size = sizeof (SacShape), .infer = broadcast_to_infer, .vjp = broadcast_to_vjp,
  .reference = broadcast_to_reference, .cpu = broadcast_to_cpu, .inplace = -1, .bf16 = SAC_DST,
};

SacVar
sac_broadcast_to (SacGraph *g, SacVar x, SacShape shape)
{
  if (x > 0 && sac_shape_equal (sac_graph_get_shape (g, x), shape))
    return x;
  return sac_graph_append (g, &sac_op_broadcast_to, &x, 1, &shape);
}
