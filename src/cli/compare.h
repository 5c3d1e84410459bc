/* What `saccade compare` compares; cli-compare.c gathers and tells it, compare-page.c writes it as a page. */
#pragma once
#include "draw/sac-draw.h"
#include "run/sac-run.h"

typedef struct {
  char *folder, *name;
  SacRunInfo *info;             /* nullable */
  SacScores *scores;
  SacAucTable *table;
  SacAucInterval *intervals;    /* a label */
  SacBootstrap macro;
  SacThresholds *thresholds;
} SacCompared;

typedef struct {
  guint a, b;                   /* of the runs */
  SacScoresPair *pair;
  char *obstacle;               /* nullable: why they are not compared; then the rest is empty unless it was asked for anyway */
  gboolean done;
  SacBootstrap macro, *labels;  /* of the pair's labels */
  char *words, *label_words;
} SacComparedPair;

typedef struct {
  const char *split;
  GPtrArray *runs;              /* SacCompared */
  GPtrArray *pairs;             /* SacComparedPair */
  char **labels;                /* of the first run */
  guint n_labels;
} SacComparison;

/* The page, self-contained.  Transfer full. */
char *sac_comparison_dup_page (const SacComparison *comparison);
