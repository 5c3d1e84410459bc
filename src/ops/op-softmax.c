/* y = e^(x−m)/Σ e^(x−m) or its logarithm, over the channels of each place; m = their largest. */
#include "softmax-private.h"
#include "vulkan-grids.h"

static void
softmax_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  SacShape s = sac_graph_get_shape (g, node->self), place = { s.n, 1, s.t, s.h, s.w };
  SacVar y = node->self, weighted;

  if (*(const gint32 *) node->params)       /* log: g − softmax·Σg */
    {
      gx[0] = sac_sub (g, gy, sac_mul (g, sac_softmax (g, node->src[0]), sac_sum_to (g, gy, place)));
      return;
    }
  weighted = sac_mul (g, y, gy);            /* y·(g − Σ g·y) */
  gx[0] = sac_sub (g, weighted, sac_mul (g, y, sac_sum_to (g, weighted, place)));
}

static void
softmax_reference (const SacKernelArgs *args)
{
  gsize n_c = (gsize) args->dst.shape.c;
  gboolean logarithm = *(const gint32 *) args->params;

  for (gsize r = 0; r < sac_shape_count (args->dst.shape) / n_c; r++)
    {
      const float *x = args->src[0].data + r * n_c;
      double most = (double) sac_reduce_most (x, n_c), sum = 0;

      for (gsize c = 0; c < n_c; c++)
        sum += exp (x[c] - most);
      for (gsize c = 0; c < n_c; c++)
        args->dst.data[r * n_c + c] = (float) (logarithm ? x[c] - most - log (sum) : exp (x[c] - most) / sum);
    }
}

/* @y may be @x: the logarithm reads all of a row before it writes. */
SAC_BODY void
softmax_body (const SacKernelArgs *args, gsize from, gsize to)
{
  gsize n_c = (gsize) args->dst.shape.c;
  gboolean logarithm = *(const gint32 *) args->params;

  for (gsize r = from; r < to; r++)
    {
      const float *x = args->src[0].data + r * n_c;
      float *y = args->dst.data + r * n_c, most = sac_reduce_most (x, n_c);
      double sum;

      if (logarithm)
        {
          sum = log (sac_sum_exp (x, n_c, most));
          for (gsize c = 0; c < n_c; c++)
            y[c] = x[c] - most - (float) sum;
          continue;
        }
      for (gsize c = 0; c < n_c; c++)
        y[c] = sac_expf (x[c] - most);
      sum = sac_reduce_add (SAC_REDUCE_SUM, y, n_c);
      for (gsize c = 0; c < n_c; c++)
        y[c] *= (float) (1 / sum);
    }
}

static void
softmax_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  gsize n_c = (gsize) args->dst.shape.c;

  _sac_run_pieces (args, sac_shape_count (args->dst.shape) / n_c, n_c, piece);
}

SAC_MULTIVERSION (softmax, NULL)

SAC_VULKAN_PLACES (softmax)

const SacOp sac_op_softmax = {
  .vulkan = softmax_vulkan,
  .name = "softmax", .n_src = 1, .params_size = sizeof (gint32), .infer = _sac_infer_same, .vjp = softmax_vjp,
  .reference = softmax_reference, .cpu = softmax_cpu, .inplace = 0,
};

SacVar
sac_softmax (SacGraph *g, SacVar x)
{
  return sac_graph_append (g, &sac_op_softmax, &x, 1, &(gint32) { FALSE });
}

SacVar
sac_log_softmax (SacGraph *g, SacVar x)
{
  return sac_graph_append (g, &sac_op_softmax, &x, 1, &(gint32) { TRUE });
}
