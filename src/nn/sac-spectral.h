/* Spectral normalisation: a kernel divided by an estimate σ of its largest singular value, as the matrix K × (C·kT·kH·kW).
 * Paper: Miyato 2018, alg. 1; methods/07 §1. */
#pragma once
#include "sac-weights.h"

/* σ (scalar) of the param @w called @name ("D.0.weight"); the singular vectors are the buffers @name_u (1,K,1,1,1) and @name_v
 * (1,C,kT,kH,kW).  @train: one power iteration before (v ← Wᵀu/‖·‖, u ← Wv/‖·‖), kept by effects, so that each call in a graph
 * takes the next one; else the kept vectors as they are.  σ = uᵀWv; its gradient takes u and v for constants: u vᵀ. */
SacVar sac_spectral_sigma (SacGraph *graph, SacWeights *weights, const char *name, SacVar w, gboolean train);
/* w/σ. */
SacVar sac_spectral_norm (SacGraph *graph, SacWeights *weights, const char *name, SacVar w, gboolean train);
