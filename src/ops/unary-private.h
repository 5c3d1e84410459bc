/* Functions of one number: kinds of the ops "unary" (y = f(x)) and "unary_grad" (v·f′, read off x or off y).
 * A new kind is a name here, its value in op-unary.c, its first and second derivative in op-unary_grad.c. */
#pragma once
#include "math-private.h"

typedef enum {
  SAC_UNARY_ABS,
  SAC_UNARY_CLAMP,              /* a = low, b = high */
  SAC_UNARY_EXP,
  SAC_UNARY_HARD_SIGMOID,       /* relu6(x + 3)/6 */
  SAC_UNARY_HARD_SWISH,         /* x·relu6(x + 3)/6 */
  SAC_UNARY_LEAKY_RELU,         /* a = slope below 0 */
  SAC_UNARY_LOG,
  SAC_UNARY_SIGMOID,
  SAC_UNARY_SOFTPLUS,
  SAC_UNARY_SWISH,              /* x·sigmoid(x) */
  SAC_UNARY_TANH,
  SAC_N_UNARY
} SacUnaryKind;

typedef struct {
  gint32 kind;
  float a, b;
} SacUnary;

/* Whether the derivative is read off the result (so that the source's memory may go) and not off the source. */
static inline gboolean
_sac_unary_reads_result (const SacUnary *unary)
{
  return unary->kind == SAC_UNARY_EXP || unary->kind == SAC_UNARY_SIGMOID || unary->kind == SAC_UNARY_TANH
         || (unary->kind == SAC_UNARY_LEAKY_RELU && unary->a >= 0);
}

SacVar _sac_unary (SacGraph *g, SacVar x, SacUnaryKind kind, float a, float b);
/* v·f′(s), s the source or the result as above. */
SacVar _sac_unary_grad (SacGraph *g, SacVar s, SacVar v, const SacUnary *unary);

extern const SacOp sac_op_unary, sac_op_unary_grad;
