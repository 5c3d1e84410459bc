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

/* Prints what each op of @work, or of all workloads when NULL, costs within its step: time, GFLOP/s, GB/s, share of the peaks. */
gboolean _sac_bench_ops (const SacWorkload *work, const SacBenchOps *how, GError **error);
