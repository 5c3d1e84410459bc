/* The knowledge-transfer graph of a group of generators: which edge lets which part of a loss through, and when.  methods/07 §2–3.
 * Node D and generators 1 … k; the gated edges are D → G_i and G_t → G_s, k·k of them; G_i → D is always open. */
#pragma once
#include "base/sac-base.h"

#define SAC_GAN_MOST 6          /* generators */

typedef enum {
  SAC_GATE_CUTOFF,              /* C: the edge is not evaluated */
  SAC_GATE_THROUGH,             /* T */
  SAC_GATE_POSITIVE,            /* P: grows linearly from 0 to 1 */
  SAC_GATE_NEGATIVE,            /* N: falls from 1 to 0 */
  SAC_N_GATES
} SacGate;
char   sac_gate_get_letter (SacGate gate);
/* In update @t = 1 … @updates. */
double sac_gate_factor (SacGate gate, guint64 t, guint64 updates);

typedef struct {
  guint k;
  guint8 gates[SAC_GAN_MOST][SAC_GAN_MOST];     /* SacGate; [student][teacher], on the diagonal the edge from D */
} SacGanGraph;

/* "TCC|CTC|CCT": a row a student, a column a teacher; or JSON {"k":3,"edges":[{"from":"D","to":"G1","gate":"through"},…]}, where an
 * edge that is not named is cut off.  SAC_RUN_ERROR_FORMAT. */
gboolean sac_gan_graph_parse (const char *text, SacGanGraph *graph, GError **error);
char    *sac_gan_graph_dup_text (const SacGanGraph *graph);     /* the letters; transfer full */
char    *sac_gan_graph_dup_json (const SacGanGraph *graph);
/* MAD-GAN: D teaches all, no generator another. */
void     sac_gan_graph_init (SacGanGraph *graph, guint k);
gboolean sac_gan_graph_equal (const SacGanGraph *a, const SacGanGraph *b);
/* Whether anything reaches generator @target (from 0): a graph whose target learns nothing is not worth a trial. */
gboolean sac_gan_graph_teaches (const SacGanGraph *graph, guint target);
/* The same graph under the naming of generators whose letters come first in the alphabet; @keep: generator (from 0) that keeps its
 * name, −1: none. */
void     sac_gan_graph_canonical (const SacGanGraph *graph, int keep, SacGanGraph *out);
/* Graph number @index of the search with @seed: each gate by itself, all as likely. */
void     sac_gan_graph_random (guint64 seed, guint64 index, guint k, SacGanGraph *out);
