/* Exponential moving average of the weights, kept in a block of its own: θ̄ ← β·θ̄ + (1−β)·θ.  methods/05 §3 */
#pragma once
#include "sac-weights.h"

typedef struct _SacAverage SacAverage;

/* Begins with the weights as they are. */
SacAverage *sac_average_new (SacWeights *weights, SacBackend *backend, GError **error);
void        sac_average_free (SacAverage *average);
gboolean    sac_average_update (SacAverage *average, double beta, GError **error);
/* For a program that also does the step: appends the update after what stands in @graph; @beta is a scalar value. */
void        sac_average_append (SacAverage *average, SacGraph *graph, SacVar beta);
/* Exchanges weights and average: before an evaluation, and again after it. */
gboolean    sac_average_swap (SacAverage *average, GError **error);
SacBlock   *sac_average_get_block (SacAverage *average);        /* borrowed; laid out as the params */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAverage, sac_average_free)
