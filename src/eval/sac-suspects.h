/* Which labels are likely wrong: numbers in, a ranking out.  Any thread.
 *
 * Each run says of a clip either what it thought while it learned from it (trajectory: a wrong label is believed late or never.
 * Paper: Pleiss 2020 §3), or what it thinks of a clip that it never learned from (outside).  The ranking is by how little a label is
 * believed, as it stands: a rare label that is doubted a little is likelier right than a frequent no that is contradicted, and plain
 * probabilities know that.  How many runs are against it is counted by the thresholds of the confident joint, which are how sure the
 * same runs are of other clips that were labelled so (Paper: Northcutt 2021 §3.1); ranking by these margins finds less
 * (tests/bench/label-errors.py). */
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
  /* 0…1, higher is more suspicious; NaN where nothing is known.  Of the first two: 1 − what is believed below. */
  double trajectory, outside;
  double margin;                /* by how much the confident joint counts it as the other: > ½ it does; no part of the score */
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
