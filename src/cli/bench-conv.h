#pragma once
#include "bench-ops.h"

/* Each kind of convolution in the networks at hand alone, forward and both gradients: a row each, whose layer is its name.  Those whose
 * name contains how->only, where one does.  Transfer full. */
SacProfile *_sac_bench_conv (const SacBenchOps *how, GError **error);
