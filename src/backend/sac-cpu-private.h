/* Inside the backend room: the CPU's prepared programs, its profile and its checks. */
#pragma once
#include "graph/sac-graph.h"

typedef struct {
  SacKernel kernel;
  SacKernelArgs args;           /* pointers resolved */
  guint32 to_widen;             /* operands stored as bf16 that the kernel takes as f32 only */
  const char *variant;          /* its name, for the profile */
  gint64 spent_us;              /* in the timed runs */
} SacCpuStep;

typedef struct {
  SacCpuStep *steps;
  guint n_steps, n_profiled;    /* runs that were timed */
  gboolean timed;
} SacCpuProgram;

/* The first variant of the op that this machine has and that fits; the terminator of the list stands for the reference. */
gboolean _sac_cpu_select (SacBackend *backend, const SacKernelArgs *shapes, guint *variant, gsize *workspace, GError **error);

/* ---- sac-cpu-widen.c.  Operands that are stored as bf16 and that @variant (NULL: the reference) takes as f32 only. */
guint32       _sac_cpu_to_widen (const SacKernelArgs *shapes, const SacCpuVariant *variant);
/* Memory for f32 copies of @operands; the arguments with them in place (in @memory, if given). */
gsize         _sac_cpu_widened_bytes (const SacKernelArgs *shapes, guint32 operands);
SacKernelArgs _sac_cpu_widened (const SacKernelArgs *args, guint32 operands, char *memory);
/* Runs @kernel on such copies, which stand at the head of the workspace. */
void          _sac_cpu_run_widened (const SacKernelArgs *args, guint32 operands, SacKernel kernel);

/* What the CPU can do with the instruction sets it may use and the threads of @pool.  Takes about a tenth of a second and, for that time,
 * up to 144 MiB; where there is not that much the rates of memory stay 0. */
SacPeaks      _sac_cpu_measure_peaks (SacPool *pool);

void _sac_cpu_run_kernel (const SacCpuStep *step);

/* Runs the kernel and the op's reference on the same numbers; FALSE when they differ by more than rounding. */
gboolean _sac_cpu_run_checked (const SacCpuStep *step, guint number, GError **error);
