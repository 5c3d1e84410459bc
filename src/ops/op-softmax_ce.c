/* y = −Σ_k t_k ln softmax(z)_k at each place, t the (smoothed) one-hot row of its label; 0 where the label is negative. */
#include "softmax-private.h"
#include "vulkan-grids.h"

static gboolean
softmax_ce_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = src[0];
  out->c = 1;
  return sac_shape_equal (src[1], *out);
}

static void
softmax_ce_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  gx[0] = _sac_softmax_ce_grad (g, node->src[0], node->src[1], gy, *(const float *) node->params);
}

static void
softmax_ce_reference (const SacKernelArgs *args)
{
  gint32 n_c = args->src[0].shape.c, index;

  for (gsize r = 0; r < sac_shape_count (args->dst.shape); r++)
    {
      const float *z = args->src[0].data + r * n_c;
      double most = (double) sac_reduce_most (z, (gsize) n_c), sum = 0, loss = 0;
      float off = 0, on = 0;

      if (_sac_label_read (args->src[1].data[r], n_c, *(const float *) args->params, &index, &off, &on))
        {
          for (gint32 c = 0; c < n_c; c++)
            sum += exp (z[c] - most);
          for (gint32 c = 0; c < n_c; c++)
            if (c == index || off != 0)
              loss += (c == index ? on : off) * (log (sum) + most - z[c]);
        }
      args->dst.data[r] = (float) loss;
    }
}

SAC_BODY void
softmax_ce_body (const SacKernelArgs *args, gsize from, gsize to)
{
  gint32 n_c = args->src[0].shape.c, index;

  for (gsize r = from; r < to; r++)
    {
      const float *z = args->src[0].data + r * n_c;
      float off = 0, on = 0, most;
      double sum, all = 0;

      args->dst.data[r] = 0;
      if (!_sac_label_read (args->src[1].data[r], n_c, *(const float *) args->params, &index, &off, &on))
        continue;
      most = sac_reduce_most (z, (gsize) n_c);
      sum = log (sac_sum_exp (z, (gsize) n_c, most));
      if (off != 0)             /* smoothed: Σ (z − most) */
        all = sac_reduce_add (SAC_REDUCE_SUM, z, (gsize) n_c) - n_c * (double) most;
      args->dst.data[r] = (float) ((on - off) * (sum - (double) (z[index] - most)) + (off != 0 ? off * (n_c * sum - all) : 0));
    }
}

static void
softmax_ce_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->dst.shape), (gsize) args->src[0].shape.c, piece);
}

SAC_MULTIVERSION (softmax_ce, NULL)

static double
softmax_ce_flops (const SacKernelArgs *shapes)
{
  return 10.0 * (double) sac_shape_count (shapes->src[0].shape);
}

SAC_VULKAN_PLACES (softmax_ce)

const SacOp sac_op_softmax_ce = {
  .vulkan = softmax_ce_vulkan,
  .name = "softmax_ce", .n_src = 2, .params_size = sizeof (float), .infer = softmax_ce_infer, .vjp = softmax_ce_vjp,
  .reference = softmax_ce_reference, .cpu = softmax_ce_cpu, .flops = softmax_ce_flops, .inplace = -1,
};

SacVar
sac_softmax_ce (SacGraph *g, SacVar z, SacVar labels, float smoothing)
{
  return sac_graph_append (g, &sac_op_softmax_ce, (SacVar[]) { z, labels }, 2, &smoothing);
}
