#pragma once
#include "bench-step.h"

typedef struct {
  const char *device;
  guint threads;
  int steps;                    /* runs, of which each op's fastest counts */
  gboolean infer, as_json;
  const char *only;             /* nullable: a word that op, kernel, shapes or layer must contain */
  const char *picture;          /* nullable: .svg, .png or .pdf to draw */
  SacCompileOptions options;
} SacBenchOps;

/* What the program's steps took since sac_program_time_steps() becomes @best, or each faster one a row of it.  FALSE where the device
 * tells no times. */
gboolean _sac_bench_keep_fastest (SacProfile **best, const SacProgram *program, const SacBackend *backend, GError **error);

/* Prints what each op of @work, or of all workloads when NULL, costs within its step: time, GFLOP/s, GB/s, share of the peaks. */
gboolean _sac_bench_ops (const SacWorkload *work, const SacBenchOps *how, GError **error);
/* The same for the convolutions of bench-conv.h. */
gboolean _sac_bench_ops_conv (const SacBenchOps *how, GError **error);
