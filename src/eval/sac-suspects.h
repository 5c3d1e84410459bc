/* Which labels are likely wrong: numbers in, a ranking out.  Any thread.
 *
 * Each run says of a clip either what it thought while it learned from it (trajectory: a wrong label is believed late or never.
 * Paper: Pleiss 2020 §3), or what it thinks of a clip that it never learned from (outside).  How sure a network is differs from label
 * to label and between yes and no, so both are measured by how sure the same runs are of other clips that were labelled the same
 * (Paper: Northcutt 2021 §3.1: the thresholds of the confident joint). */
#pragma once
#include "base/sac-base.h"

/* What one run thinks of all clips and labels; NaN where it says nothing. */
typedef struct {
  const float *trajectory;      /* n_clips × n_labels: mean probability of yes over the draws; nullable */
  const float *outside;         /* the same, of clips it did not learn from; nullable */
} SacSuspectRun;

typedef struct {
  guint clip, label;
  gint8 given;                  /* 0 no, 1 yes */
  /* 0…1, higher is more suspicious; NaN where nothing is known.  Half: as sure as of others that were labelled the same. */
  double trajectory, outside;
  double margin;                /* by how much the confident joint counts it as the other: > ½ it does */
  double off_box;               /* share of the attention that lies off the labelled box, against chance; set by whoever looked */
  double in_box;                /* that share as it is; NaN */
  double score;                 /* of all that is known */
  /* In plain numbers, for words: mean probability that runs give to what the label says; NaN where none does. */
  double believed_while, believed_outside;
  guint n_against, n_runs;      /* runs that are confident of the other, of those that say anything of it from outside; else of all */
} SacSuspect;

/* All pairs whose state is known, the most suspicious first; equal ones by clip and label.  @states: n_clips × n_labels, −1 unknown.
 * Element type SacSuspect.  Transfer full. */
GArray *sac_suspects_rank (const SacSuspectRun *runs, guint n_runs, const gint8 *states, guint n_clips, guint n_labels);
/* Score and order once more, after off_box was filled in. */
void    sac_suspects_rank_again (GArray *suspects);
