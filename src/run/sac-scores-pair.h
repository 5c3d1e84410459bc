/* Two runs' scores side by side: only what both were asked about can be compared, and only where both were told the same truth. */
#pragma once
#include "base/sac-base.h"

typedef struct {
  guint n_clips, n_labels;      /* that both have, in the order of the first */
  char **clips, **labels;       /* NULL-terminated */
  float *a, *b;                 /* n_clips × n_labels */
  gint8 *truth;                 /* −1 also where the two do not agree */
  guint n_only_a, n_only_b;     /* clips of one side alone */
  guint n_labels_apart;         /* labels of one side alone */
  guint n_disagree;             /* known to both, differently */
  char *split_a, *split_b;
} SacScoresPair;
typedef struct _SacScores SacScores;

SacScoresPair *sac_scores_pair_new (const SacScores *a, const SacScores *b);
void           sac_scores_pair_free (SacScoresPair *pair);
/* Why the two are not like with like, in words; NULL: they are.  Transfer full. */
char          *sac_scores_pair_dup_obstacle (const SacScoresPair *pair, const char *name_a, const char *name_b);
int            sac_scores_find_label (const SacScores *scores, const char *label);     /* −1: none */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacScoresPair, sac_scores_pair_free)
