/* The one table of fusions.  Each row saves passes over memory and nothing else: the results are the same bits. */
#include <string.h>

#include "bn-private.h"

extern const SacOp sac_op_relu_mask;

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

const SacRewrite sac_rewrites[] = {
  { "mask in batch norm's sums", &sac_op_bn_sums, mask_in_batch_norm },
  { "mask in batch norm's input gradient", &sac_op_bn_input, mask_in_batch_norm },
  { NULL },
};
