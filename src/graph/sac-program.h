/* A program: an immutable list of steps with planned memory.  Compile once, run many times.
 * Compile drops dead nodes, fuses from one table (sac-op.h), lets effects run as early as they may, plans memory by last use (in
 * place where legal, large values first), and finds hazards once over byte ranges: a step with a barrier waits for all before it,
 * steps of one group touch nothing of each other and may run in any order.
 * Train step, evaluation and heat map are separate programs over the same blocks.
 * A program borrows its backend and must be freed before it.  One thread at a time. */
#pragma once
#include "sac-op.h"
#include "sac-backend.h"

typedef struct _SacProgram SacProgram;

typedef struct {
  gsize arena_bytes;            /* planned peak of intermediate values and workspaces */
  gsize workspace_bytes;        /* the largest workspace of one step */
  gsize unplanned_bytes;        /* had each value its own memory */
  gsize block_bytes;            /* pages of the blocks it reads or writes */
  gsize input_bytes;
  double flops;                 /* of one run, with what is made again */
  double again_flops;           /* of values made again rather than kept */
  gsize kept_bytes;             /* the arena's size, about, had everything been kept */
  guint n_steps, n_barriers, n_again;
} SacProgramCost;

/* How to compile; all zeros is the default. */
typedef struct {
  /* Most bytes of the arena; 0 = none given.  Without a budget, values that are cheap to make again are not kept from forward to
   * backward where that lowers the peak; with one, convolutions are run again, too, until the plan fits.  Where it cannot fit,
   * the error names the smallest budget that could.  The results are the same bits (SACCADE_NO_RECOMPUTE keeps everything). */
  gsize memory_budget;
  SacDtype activations;         /* values over time and space are stored so where their ops allow it; sums stay f32 */
} SacCompileOptions;

/* @outputs are kept readable after a run.  The graph may be freed afterwards.  NULL with @error on shape, memory or support. */
SacProgram *sac_program_compile (SacGraph *graph, const SacVar *outputs, guint n_outputs, SacBackend *backend, GError **error);
SacProgram *sac_program_compile_with (SacGraph *graph, const SacVar *outputs, guint n_outputs, SacBackend *backend,
                                      const SacCompileOptions *options, GError **error);
void        sac_program_free (SacProgram *program);

/* Numbers in memory order (N,T,H,W,C). */
void        sac_program_set_input (SacProgram *program, SacVar input, const float *data);
gboolean    sac_program_run (SacProgram *program, GCancellable *cancellable, GError **error);
/* @progress is told from 0 to 1 how much of a run is over, in the thread that runs, as often as a run can be stopped: after each step on
 * the CPU, after each piece of some milliseconds on a device.  It may cancel.  NULL: nobody is told any more. */
void        sac_program_set_progress (SacProgram *program, void (*progress) (double fraction, gpointer data), gpointer data);
gboolean    sac_program_get_output (SacProgram *program, SacVar output, float *data, GError **error);

SacProgramCost sac_program_get_cost (const SacProgram *program);
/* Times each step from now on, as SACCADE_PROFILE does from the first run on. */
void        sac_program_time_steps (SacProgram *program);
/* One row a step, the mean of the timed runs; measures the device's peaks first.  NULL where nothing was timed.  Transfer full. */
SacProfile *sac_program_dup_profile (const SacProgram *program);
/* How the time of the timed runs was divided; of the FLOPs where none was timed.  Together 1. */
typedef enum { SAC_PART_FORWARD, SAC_PART_BACKWARD, SAC_PART_UPDATE, SAC_N_PARTS } SacProgramPart;
void        sac_program_get_parts (const SacProgram *program, double share[SAC_N_PARTS]);
/* The printed program: one line a step (op, shapes, variant, places, barrier).  Transfer full. */
char       *sac_program_dup_explain (const SacProgram *program);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacProgram, sac_program_free)
