/* What the pictures of the Compare page are made of: a view and the thresholds in use, and what lies under the pointer. */
#pragma once
#include "sac-compare-data.h"

typedef enum { SAC_PLOT_ROC, SAC_PLOT_PRECISION, SAC_PLOT_CALIBRATION, SAC_PLOT_CONFUSION, SAC_N_PLOTS } SacPlotKind;

/* What becomes of all labels of one run at its thresholds. */
typedef struct {
  SacConfusion *matrix;         /* NULL: clips have several labels */
  SacCounts *counts;            /* a label */
  char **labels;                /* NULL-terminated, then the columns */
  char **columns;
  guint *cells;                 /* of the picture */
  guint8 *right;
  guint n_labels, n_columns;
} SacDecided;
SacDecided *sac_decided_new (const SacCompareRun *run, const double *thresholds);      /* any thread */
void        sac_decided_free (SacDecided *decided);

typedef struct {
  const SacCompareView *view;   /* NULL: nothing is drawn */
  const double *thresholds;     /* of the label, a run */
  const SacDecided *decided;    /* nullable */
  const char *decided_name;     /* of its run */
  gboolean bands;
  SacBehind mark;
} SacComparePlots;
void     sac_compare_plot_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacComparePlots *plots,
                                SacPlotKind kind);
/* What a click means; FALSE: nothing is there. */
gboolean sac_compare_plot_pick (double width, double height, const SacStyle *style, const SacComparePlots *plots, SacPlotKind kind,
                                double x, double y, SacBehind *mark);
char    *sac_compare_plot_dup_text (const SacComparePlots *plots, SacPlotKind kind);   /* tab-separated; transfer full */
/* In words: what the mark's clips are. */
char    *sac_behind_dup_words (const SacBehind *mark, const SacComparePlots *plots);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacDecided, sac_decided_free)
