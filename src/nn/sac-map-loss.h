/* Teaching a network where to look.  methods/08 §10 */
#pragma once
#include "ops/sac-ops.h"

/* Σ_n weight_n · ‖wanted_n − map_n‖₂, the Euclidean norm (not squared) over all entries of an example's map; a scalar.  @weight
 * (N,1,1,1,1): γ/N where somebody drew a map, 0 where nobody did.  The gradient is weight_n·(map − wanted)/‖wanted − map‖, and 0 where
 * the two are equal: the norm is guarded by 1e-12. */
SacVar sac_map_loss (SacGraph *graph, SacVar map, SacVar wanted, SacVar weight);
