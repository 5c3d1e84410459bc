/* What the passes of compile share: a program on its way and what a value of it is. */
#pragma once
#include "sac-recompute.h"

enum { BUFFER_ARENA, BUFFER_FIXED, N_FIRST_BUFFERS };   /* then pages of blocks */

typedef struct {
  SacNodeKind kind;
  gboolean live, is_output;
  SacShape shape;
  SacDtype dtype;
  gsize n_bytes;                /* with its op's tail */
  SacPlace place;
  char *name;
  const char *layer;            /* "layer1.0.conv1": what it belongs to; in program->words */
  gboolean backward;            /* part of a gradient */
} SacProgramValue;

struct _SacProgram {
  SacBackend *backend;
  SacCompileOptions options;
  SacProgramPlan plan;
  gpointer prepared;
  SacProgramValue *values;                /* by SacVar */
  guint n_values;               /* those of the graph, then copies */
  GPtrArray *blocks;            /* SacBlock*, kept alive */
  gpointer *params;             /* copies, one a step */
  SacProgramCost cost;
  GStringChunk *words;          /* of the values' layers */
};

/* Which values are stored as bf16, by options.activations.  sac-precision.c */
void     _sac_program_choose_dtypes (SacProgram *program, const SacNode *nodes, const gboolean *live);
/* Live nodes in the order they run: as appended, effects as early as they may.  sac-program-order.c */
GArray  *_sac_program_order (const SacGraph *graph, const SacNode *nodes, const gboolean *live);
/* Steps with variants and workspaces, some of them copies so that memory stays small.  sac-program-steps.c */
gboolean _sac_program_make_steps (SacProgram *program, SacGraph *graph, const SacNode *nodes, const gboolean *live,
                                  const gboolean *output, GError **error);
/* Inputs, constants and block pages get buffers; results and workspaces get addresses in one arena, which is then taken.
 * sac-program-places.c */
gboolean _sac_program_place_leaves (SacProgram *program, SacGraph *graph, GError **error);
void     _sac_program_place_results (SacProgram *program);
gboolean _sac_program_take_arena (SacProgram *program, GError **error);
/* Fills layer and backward of the graph's values.  sac-program-profile.c */
void     _sac_program_name_layers (SacProgram *program, const SacGraph *graph);
/* SACCADE_PROFILE: tables on stderr, if any step was timed. */
void     _sac_program_print_profile (const SacProgram *program);
/* "avx512"; which kernel runs the step.  sac-program-explain.c */
const char *_sac_program_get_variant (const SacProgram *program, const SacStep *step);
