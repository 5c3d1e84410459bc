/* Which values of a program are stored as bf16 or f16: those that spread over time or space, where the op that makes them and all that
 * read them allow it (SacOp.bf16, .f16).  So activations and their gradients take half the memory, while inputs, weights, statistics,
 * logits, losses and weight gradients stay f32, and so does whatever an op touches that knows nothing of them. */
#include "sac-program-private.h"

void
_sac_program_choose_dtypes (SacProgram *program, const SacNode *nodes, const gboolean *live)
{
  const SacDtype narrow = program->options.activations;

  for (guint v = 1; v < program->n_values && narrow != SAC_F32; v++)
    {
      SacShape s = nodes[v].shape;

      if (live[v] && nodes[v].op && !program->values[v].is_output && (gint64) s.t * s.h * s.w > 1
          && (sac_op_narrow_operands (nodes[v].op, narrow) & SAC_DST))
        program->values[v].dtype = narrow;
    }
  for (guint v = 1; v < program->n_values; v++)
    for (guint i = 0; live[v] && nodes[v].op && i < nodes[v].n_src; i++)
      if (!(sac_op_narrow_operands (nodes[v].op, narrow) & SAC_SRC (i)))
        program->values[nodes[v].src[i]].dtype = SAC_F32;
}
