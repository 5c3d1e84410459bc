/* Inside the backend room: the CPU's prepared programs, its profile and its checks. */
#pragma once
#include "graph/sac-graph.h"

typedef struct {
  SacKernel kernel;
  SacKernelArgs args;           /* pointers resolved */
  const char *variant;          /* its name, for the profile */
  gint64 spent_us;              /* SACCADE_PROFILE */
} SacCpuStep;

typedef struct {
  SacCpuStep *steps;
  guint n_steps, n_profiled;    /* runs that were timed */
  gsize arena_bytes;
} SacCpuProgram;

/* The first variant of the op that this machine has and that fits; the terminator of the list stands for the reference. */
gboolean _sac_cpu_select (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error);

/* Prints where the time went: by op, then by kind of step, slowest first. */
void _sac_cpu_profile_print (const SacCpuProgram *program);

/* Runs the kernel and the op's reference on the same numbers; FALSE when they differ by more than rounding. */
gboolean _sac_cpu_run_checked (const SacCpuStep *step, guint number, GError **error);
