/* Reshape and permute: memory stays as it is (view) wherever the order of elements allows. */
#pragma once
#include "sac-ops.h"

/* Memory (N,T,H,W,C) read under another shape of as many elements. */
SacVar _sac_view (SacGraph *g, SacVar x, SacShape shape);
