/* One training step, or with @infer one forward pass, of a workload: built, ready to run again and again. */
#pragma once
#include "bench-workloads.h"

struct _SacBenchStep {
  SacBackend *backend;
  SacWeights *weights;
  SacGraph *graph;
  SacProgram *program;
  SacOptimizer *optimizer;      /* NULL for a forward pass */
  SacVar input, target, loss;
  double compile_ms;            /* from graph to program */
  /* What plays against the network in a GAN, and the inputs with the rates of the two. */
  SacWeights *opponent;
  SacOptimizer *opponent_optimizer;
  SacVar hyper[2];
};

/* @device "null" plans and counts, and computes nothing. */
SacBenchStep *_sac_bench_step_new (const SacWorkload *work, const char *device, guint threads, gboolean infer,
                                  const SacCompileOptions *options, GError **error);
void          _sac_bench_step_free (SacBenchStep *step);
gboolean      _sac_bench_step_run (SacBenchStep *step, float *loss, GCancellable *cancellable, GError **error);

guint64       _sac_bench_step_count_params (const SacBenchStep *step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacBenchStep, _sac_bench_step_free)
