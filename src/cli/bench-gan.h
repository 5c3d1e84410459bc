/* The workload gan-k3: a MAD-GAN step of three generators, Adam 2e-4 (.5, .999) on both sides.  methods/07 §2, graph TCC|CTC|CCT. */
#pragma once
#include "bench-step.h"

gboolean _sac_bench_gan_make (const SacWorkload *work, SacBenchStep *step, gboolean infer, GError **error);
/* Counts a step of both optimisers. */
void     _sac_bench_gan_before (SacBenchStep *step);
