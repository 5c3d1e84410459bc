/* y_c = Σ x_{c+d}, |d| ≤ radius, over the channels of each place (zeros outside): what local response norm adds up.  Its own
 * adjoint. */
#include "targets-private.h"

static gboolean
window_sum_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = src[0];
  return *(const gint32 *) params >= 0;
}

static SacVar
window_sum (SacGraph *g, SacVar x, gint32 radius);

static void
window_sum_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = window_sum (g, gy, *(const gint32 *) node->params);
}

static void
window_sum_reference (const SacKernelArgs *args)
{
  gint32 n_c = args->dst.shape.c, radius = *(const gint32 *) args->params;

  for (gsize r = 0; r < sac_shape_count (args->dst.shape) / (gsize) n_c; r++)
    for (gint32 c = 0; c < n_c; c++)
      {
        double sum = 0;

        for (gint32 k = MAX (0, c - radius); k <= MIN ((gint64) n_c - 1, (gint64) c + radius); k++)
          sum += args->src[0].data[r * n_c + k];
        args->dst.data[r * n_c + c] = (float) sum;
      }
}

SAC_BODY void
window_sum_body (const SacKernelArgs *args, gsize from, gsize to)
{
  gint32 n_c = args->dst.shape.c, radius = MIN (*(const gint32 *) args->params, n_c - 1);

  for (gsize r = from; r < to; r++)
    {
      const float *restrict x = args->src[0].data + r * n_c;
      float *restrict y = args->dst.data + r * n_c;

      memset (y, 0, (gsize) n_c * sizeof (float));
      for (gint32 d = -radius; d <= radius; d++)
        for (gint32 c = MAX (0, -d); c < MIN (n_c, n_c - d); c++)
          y[c] += x[c + d];
    }
}

static void
window_sum_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  gsize n_c = (gsize) args->dst.shape.c;

  _sac_run_pieces (args, sac_shape_count (args->dst.shape) / n_c, n_c, piece);
}

SAC_MULTIVERSION (window_sum, NULL)

const SacOp sac_op_window_sum = {
  .name = "window_sum", .n_src = 1, .params_size = sizeof (gint32), .infer = window_sum_infer, .vjp = window_sum_vjp,
  .reference = window_sum_reference, .cpu = window_sum_cpu, .inplace = -1,
};

static SacVar
window_sum (SacGraph *g, SacVar x, gint32 radius)
{
  return sac_graph_append (g, &sac_op_window_sum, &x, 1, &radius);
}

SacVar
sac_local_response_norm (SacGraph *g, SacVar x, gint32 size, float alpha, float beta, float k)
{
  SacVar around;

  if (size < 1 || size % 2 == 0)
    {
      sac_graph_poison (g, "local_response_norm: a window of %d channels has no middle", size);
      return 0;
    }
  around = window_sum (g, sac_power (g, x, 2), size / 2);

  return sac_mul (g, x, sac_power (g, sac_affine (g, around, alpha / (float) size, k), -beta));
}
