/* What a search tells of the edges: which gate on which edge goes with better generators, and how sure that is.  methods/07 §3.
 * Trials are compared after as many epochs as all of them had: with halving at the first rung, so that those that were pruned count.
 * Some seconds where there are ten thousands of trials; any thread. */
#pragma once
#include "eval/sac-effects.h"
#include "sac-gan-search.h"

#define SAC_GAN_EDGES (SAC_GAN_MOST * SAC_GAN_MOST)
#define SAC_SEARCH_TOP 10

typedef struct {
  guint k, n_edges;             /* k·k; edge student·k + teacher, on the diagonal that from D */
  guint n_trials, epochs;       /* that are compared, and when */
  char **edges;                 /* "D→G1", "G2→G1" …, n_edges of them */
  SacLevelEffect effects[SAC_GAN_EDGES][SAC_N_GATES];
  double adjusted[SAC_GAN_EDGES][SAC_N_GATES];          /* their p-values, for all questions together (Holm) */
  SacSlope pooled[2][SAC_N_GATES];                      /* what one more such gate is worth: among edges from D, among generators */
  double pooled_adjusted[2][SAC_N_GATES];
  guint n_questions;            /* that were asked in effects and pooled */
  SacPairEffect *pairs;
  double *pairs_adjusted;
  guint n_pairs;
  guint n_best, best[SAC_GAN_EDGES][SAC_N_GATES];       /* gates of the best 5 % */
  guint n_top, top[SAC_SEARCH_TOP];                     /* places of the best in the list of trials */
  GPtrArray *hints;             /* sentences on what is more than noise (adjusted p < 0.05), the surest first; may be empty */
} SacGanAnalysis;

/* @trials: sac_gan_search_list(). */
SacGanAnalysis *sac_gan_analysis_new (const SacSearchSpec *spec, const GPtrArray *trials);
void            sac_gan_analysis_free (SacGanAnalysis *analysis);
const char     *sac_gate_get_words (SacGate gate);      /* "positive linear", translated */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGanAnalysis, sac_gan_analysis_free)
