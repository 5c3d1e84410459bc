/* gz = gy·(softmax(z) − t) at each place, t the (smoothed) one-hot row of its label; 0 where the label is negative. */
#include "softmax-private.h"
#include "vulkan-grids.h"

static gboolean
softmax_ce_grad_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  SacShape place = src[0];

  place.c = 1;
  *out = src[0];
  return sac_shape_equal (src[1], place) && sac_shape_equal (src[2], place);
}

static SacVar
expand (SacGraph *g, const SacNode *node)
{
  SacVar z = node->src[0], labels = node->src[1], hot, known;
  SacShape s = sac_graph_get_shape (g, z);

  hot = _sac_one_hot (g, labels, s.c, *(const float *) node->params);
  known = sac_sum_to (g, hot, SAC_SHAPE (s.n, 1, s.t, s.h, s.w));
  return sac_mul (g, sac_sub (g, sac_mul (g, sac_softmax (g, z), known), hot), node->src[2]);
}

static void
softmax_ce_grad_vjp (SacGraph *g, const SacNode *node, SacVar gy, SacVar gx[])
{
  sac_graph_vjp_by_expansion (g, node, gy, gx, expand);
}

static void
softmax_ce_grad_reference (const SacKernelArgs *args)
{
  gint32 n_c = args->src[0].shape.c, index;

  for (gsize r = 0; r < sac_shape_count (args->src[2].shape); r++)
    {
      const float *z = args->src[0].data + r * n_c;
      double most = (double) sac_reduce_most (z, (gsize) n_c), sum = 0;
      float off = 0, on = 0;
      gboolean known = _sac_label_read (args->src[1].data[r], n_c, *(const float *) args->params, &index, &off, &on);

      for (gint32 c = 0; c < n_c; c++)
        sum += exp (z[c] - most);
      for (gint32 c = 0; c < n_c; c++)
        args->dst.data[r * n_c + c] = known ? (float) (args->src[2].data[r] * (exp (z[c] - most) / sum - (c == index ? on : off))) : 0;
    }
}

/* The result may be @z. */
SAC_BODY void
softmax_ce_grad_body (const SacKernelArgs *args, gsize from, gsize to)
{
  gint32 n_c = args->src[0].shape.c, index;

  for (gsize r = from; r < to; r++)
    {
      const float *z = args->src[0].data + r * n_c;
      float *y = args->dst.data + r * n_c, off = 0, on = 0, most = sac_reduce_most (z, (gsize) n_c), gy = args->src[2].data[r], scale;

      if (!_sac_label_read (args->src[1].data[r], n_c, *(const float *) args->params, &index, &off, &on))
        {
          memset (y, 0, (gsize) n_c * sizeof (float));
          continue;
        }
      for (gint32 c = 0; c < n_c; c++)
        y[c] = sac_expf (z[c] - most);
      scale = (float) (1 / sac_reduce_add (SAC_REDUCE_SUM, y, (gsize) n_c));
      for (gint32 c = 0; c < n_c; c++)
        y[c] = gy * (y[c] * scale - sac_choose (c == index, on, off));
    }
}

static void
softmax_ce_grad_run (const SacKernelArgs *args, SacPieceFunc piece)
{
  _sac_run_pieces (args, sac_shape_count (args->src[2].shape), (gsize) args->src[0].shape.c, piece);
}

SAC_MULTIVERSION (softmax_ce_grad, NULL)

static double
softmax_ce_grad_flops (const SacKernelArgs *shapes)
{
  return 12.0 * (double) sac_shape_count (shapes->src[0].shape);
}

SAC_VULKAN_PLACES (softmax_ce_grad)

const SacOp sac_op_softmax_ce_grad = {
  .vulkan = softmax_ce_grad_vulkan,
  .name = "softmax_ce_grad", .n_src = 3, .params_size = sizeof (float), .infer = softmax_ce_grad_infer, .vjp = softmax_ce_grad_vjp,
  .reference = softmax_ce_grad_reference, .cpu = softmax_ce_grad_cpu, .flops = softmax_ce_grad_flops, .inplace = 0,
};

SacVar
_sac_softmax_ce_grad (SacGraph *g, SacVar z, SacVar labels, SacVar gy, float smoothing)
{
  return sac_graph_append (g, &sac_op_softmax_ce_grad, (SacVar[]) { z, labels, gy }, 3, &smoothing);
}
