/* Momentum SGD over whole pages, gradients accumulated over micro-batches in a block of their own. */
#pragma once
#include "sac-weights.h"

typedef struct _SacOptimizer SacOptimizer;

/* Allocates gradients and moments like @weights' params on the same backend. */
SacOptimizer *sac_optimizer_new_sgd (SacWeights *weights, SacBackend *backend, GError **error);
void          sac_optimizer_free (SacOptimizer *optimizer);
/* Rate multiplier for entries whose name starts with @prefix; 0 freezes.  Before the first step. */
void          sac_optimizer_set_scale (SacOptimizer *optimizer, const char *prefix, float scale);

/* Appends to @graph: gradients of @loss towards every param, added to the gradient block. */
void          sac_optimizer_accumulate (SacOptimizer *optimizer, SacGraph *graph, SacVar loss);
/* Updates weights from (accumulated gradients × @gradient_scale) and zeroes the gradients. */
gboolean      sac_optimizer_step (SacOptimizer *optimizer, double rate, double momentum, double decay, double gradient_scale,
                                  GError **error);
double        sac_optimizer_gradient_norm (SacOptimizer *optimizer);

SacBlock     *sac_optimizer_get_gradients (SacOptimizer *optimizer);   /* borrowed */
SacBlock     *sac_optimizer_get_moments (SacOptimizer *optimizer);     /* borrowed */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacOptimizer, sac_optimizer_free)
