/* The one table of fusions.  Each row saves passes over memory and nothing else: the results are the same bits, but for those of
 * conv-stats, whose sums are taken in another order. */
#include <string.h>

#include "bn-private.h"
#include "conv-private.h"

extern const SacOp sac_op_add, sac_op_relu, sac_op_relu_mask;

/* The ReLU's mask of a batch norm without residual can be made again from what the adjoint reads anyway.  It pays when nobody
 * else reads the masked gradient: then it is never written.
 *   bn_sums (relu_mask (bn_apply (x,…), g), x, stats)    →  bn_sums (g, x, stats, gamma, beta)
 *   bn_input (relu_mask (bn_apply (x,…), g), x, stats, …) →  bn_input (g, x, stats, …, beta) */
static gboolean
mask_in_batch_norm (const SacRewriting *r, SacNode *node)
{
  SacNode mask = sac_rewriting_get_node (r, node->src[0]), y = sac_rewriting_get_node (r, mask.src[0]);
  const SacBnApply *bn = y.params;

  if (mask.op != &sac_op_relu_mask || y.op != &sac_op_bn_apply || !bn->relu || y.src[4] || y.src[0] != node->src[1]
      || y.src[1] != node->src[2] || bn->eps != *(const float *) node->params || sac_rewriting_is_output (r, mask.self))
    return FALSE;
  for (SacVar u = 0; (u = sac_rewriting_next_reader (r, mask.self, u)) > 0;)
    {
      SacNode reader = sac_rewriting_get_node (r, u);

      if ((reader.op != &sac_op_bn_sums && reader.op != &sac_op_bn_input) || reader.src[0] != mask.self
          || reader.src[1] != node->src[1] || reader.src[2] != node->src[2])
        return FALSE;
    }
  if (node->op == &sac_op_bn_sums)
    {
      node->n_src = 5;
      node->src[3] = y.src[2];
      node->src[4] = y.src[3];
    }
  else
    {
      if (node->src[3] != y.src[2])
        return FALSE;
      node->n_src = 6;
      node->src[5] = y.src[3];
    }
  node->src[0] = mask.src[1];
  return TRUE;
}

/* Nobody but @reader reads @v. */
static gboolean
read_alone (const SacRewriting *r, SacVar v, SacVar reader)
{
  return !sac_rewriting_is_output (r, v) && sac_rewriting_next_reader (r, v, v) == reader && sac_rewriting_next_reader (r, v, reader) == 0;
}

/* Groups, dilation and the like have walks of their own, which do not finish on the way out; so have 4×4 kernels of stride 2. */
static gboolean
is_simple_conv (const SacRewriting *r, SacVar v, SacNode *conv)
{
  const SacConv3d *c;
  SacShape w;

  *conv = sac_rewriting_get_node (r, v);
  if (conv->op != &sac_op_conv3d)
    return FALSE;
  c = conv->params;
  w = sac_rewriting_get_shape (r, conv->src[1]);
  return c->groups <= 1 && c->dilation[0] <= 1 && c->dilation[1] <= 1 && c->dilation[2] <= 1 && c->pad_space == SAC_PAD_ZEROS
         && !(w.h == 4 && w.w == 4 && c->stride[1] == 2 && c->stride[2] == 2);
}

static void
become_apply (const SacRewriting *r, SacNode *node, const SacNode *conv, SacVar stats, SacVar gamma, SacVar beta, SacVar residual,
              float eps, gboolean relu)
{
  const SacConv3dApply apply = { *(const SacConv3d *) conv->params, eps, relu };
  const SacVar src[] = { conv->src[0], conv->src[1], stats, gamma, beta, residual };

  node->op = &sac_op_conv3d_apply;
  node->n_src = G_N_ELEMENTS (src);
  memcpy (node->src, src, sizeof src);
  node->params = sac_rewriting_keep_params (r, &apply, sizeof apply);
}

/* bn_apply (conv3d (x, w), stats, …) → conv3d_apply (x, w, stats, …), where the statistics are not those of the convolution. */
static gboolean
batch_norm_in_conv (const SacRewriting *r, SacNode *node)
{
  const SacBnApply *bn = node->params;
  SacNode conv;

  if (!is_simple_conv (r, node->src[0], &conv) || !read_alone (r, conv.self, node->self))
    return FALSE;
  become_apply (r, node, &conv, node->src[1], node->src[2], node->src[3], node->n_src > 4 ? node->src[4] : 0, bn->eps, bn->relu);
  return TRUE;
}

/* add (conv3d (x, w), a row) → conv3d_apply (x, w, the row as beta) */
static gboolean
bias_in_conv (const SacRewriting *r, SacNode *node)
{
  SacNode conv;
  SacShape row = SAC_SHAPE (1, node->shape.c, 1, 1, 1);

  if (!is_simple_conv (r, node->src[0], &conv) || !read_alone (r, conv.self, node->self)
      || !sac_shape_equal (sac_rewriting_get_shape (r, node->src[1]), row) || !sac_shape_equal (conv.shape, node->shape))
    return FALSE;
  become_apply (r, node, &conv, 0, 0, node->src[1], 0, 0, FALSE);
  return TRUE;
}

/* relu (conv3d_apply or conv3d) → conv3d_apply with a ReLU */
static gboolean
relu_in_conv (const SacRewriting *r, SacNode *node)
{
  SacNode conv = sac_rewriting_get_node (r, node->src[0]);

  if (!read_alone (r, conv.self, node->self))
    return FALSE;
  if (conv.op == &sac_op_conv3d_apply)
    {
      SacConv3dApply apply = *(const SacConv3dApply *) conv.params;

      apply.relu = TRUE;
      node->op = conv.op;
      node->n_src = conv.n_src;
      memcpy (node->src, conv.src, sizeof conv.src);
      node->params = sac_rewriting_keep_params (r, &apply, sizeof apply);
      return TRUE;
    }
  if (!is_simple_conv (r, conv.self, &conv))
    return FALSE;
  become_apply (r, node, &conv, 0, 0, 0, 0, 0, TRUE);
  return TRUE;
}

/* bn_stats (conv3d (x, w)) → bn_stats_join (conv3d_stats (x, w)): first the one, then the other. */
static gboolean
sums_in_conv (const SacRewriting *r, SacNode *node)
{
  SacNode conv;

  if (!is_simple_conv (r, node->self, &conv)
      || !_sac_conv_stats_pays (sac_rewriting_get_shape (r, node->src[0]), sac_rewriting_get_shape (r, node->src[1]), node->shape,
                                node->params))
    return FALSE;
  for (SacVar u = 0; (u = sac_rewriting_next_reader (r, node->self, u)) > 0;)
    if (sac_rewriting_get_node (r, u).op == &sac_op_bn_stats)
      {
        node->op = &sac_op_conv3d_stats;
        return TRUE;
      }
  return FALSE;
}

static gboolean
stats_of_conv (const SacRewriting *r, SacNode *node)
{
  if (sac_rewriting_get_node (r, node->src[0]).op != &sac_op_conv3d_stats)
    return FALSE;
  node->op = &sac_op_bn_stats_join;
  return TRUE;
}

const SacRewrite sac_rewrites[] = {
  { "conv-stats", &sac_op_conv3d, sums_in_conv },
  { "conv-stats", &sac_op_bn_stats, stats_of_conv },
  { "bn-sums-mask", &sac_op_bn_sums, mask_in_batch_norm },
  { "bn-input-mask", &sac_op_bn_input, mask_in_batch_norm },
  { "conv-bn", &sac_op_bn_apply, batch_norm_in_conv },
  { "conv-bias", &sac_op_add, bias_in_conv },
  { "conv-relu", &sac_op_relu, relu_in_conv },
  { NULL },
};
