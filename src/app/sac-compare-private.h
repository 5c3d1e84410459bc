/* The Compare page: sac-compare-page.c has its runs, plots and ways out, sac-compare-work.c what threads work out for it and what is said
 * of it, sac-compare-decide.c its thresholds. */
#pragma once
#include "sac-compare-page.h"
#include "sac-compare-plots.h"
#include "sac-compare-table.h"
#include "sac-measure-table.h"
#include "sac-plot.h"

/* A run of the list. */
typedef struct {
  char *name, *folder;
  gint64 scored_us;             /* when its scores were written */
  SacCompareRun *run;           /* NULL: not read yet */
  SacThresholds *thresholds;
  GtkWidget *row, *check;
  gboolean ticked;
} SacCompareEntry;

/* The paired difference of two runs of the view. */
typedef struct {
  char *a, *b;                  /* names */
  SacBootstrap macro, *labels;
  char **label_names;
  guint n_labels;
} SacCompareDifference;

struct _SacComparePage {
  SacPage parent_instance;
  AdwFlap *flap;
  GtkListBox *run_list;
  GtkStack *stack, *views, *plots;
  GtkLabel *headline, *obstacle_words, *decided_words;
  GtkRevealer *obstacle;
  GtkToggleButton *anyway, *bands;
  GtkDropDown *label_drop, *split_drop, *run_drop;
  GtkRange *threshold;
  SacPlot *bars_plot, *plot[SAC_N_PLOTS], *roc_plot, *precision_plot, *calibration_plot, *confusion_plot;
  SacMeasureTable *measures;
  SacCompareTable *clips;

  GPtrArray *entries;           /* SacCompareEntry */
  GPtrArray *labels;            /* char*: of the first ticked run */
  guint label, split;
  gboolean filling, loading, compare_wanted;
  SacCompareView *view;         /* nullable */
  gconstpointer described;      /* the view that was told of */
  double *thresholds;           /* of the label, a run of the view */
  SacDecided *decided;          /* of the run in question; nullable */
  SacBehind mark, awaited;

  gboolean viewing, view_again; /* a thread makes a view; the next is about the newest choice */
  gboolean deciding, decide_again;
  GPtrArray *differences;       /* SacCompareDifference; nullable */
  char *compared;               /* which runs they are of */
  gint *stop;                   /* of the thread that makes them, its own memory */
  guint save_timer;
  char *unsaved;                /* folder */
};

SacCompareEntry *_sac_compare_page_find (SacComparePage *self, const char *folder);
const char      *_sac_compare_page_label (SacComparePage *self);
SacPlotKind      _sac_compare_page_kind (SacComparePage *self);
const char      *_sac_compare_page_split (SacComparePage *self);       /* "test", "validation", "train"; static */
SacComparePlots  _sac_compare_page_plots (SacComparePage *self);       /* borrowed from the page */

/* sac-compare-work.c */
void _sac_compare_page_renew (SacComparePage *self);   /* other runs or another label: everything again */
void _sac_compare_page_decide (SacComparePage *self);  /* other thresholds */
void _sac_compare_page_show (SacComparePage *self);    /* what is known, in words */
void _sac_compare_page_stop (SacComparePage *self);

/* sac-compare-decide.c */
void _sac_compare_page_fill_thresholds (SacComparePage *self);         /* of the view and its label */
void _sac_compare_page_on_threshold (SacComparePage *self);
void _sac_compare_page_on_run_chosen (SacComparePage *self);
void _sac_compare_page_act_rule (GtkWidget *widget, const char *name, GVariant *parameter);
void _sac_compare_page_save (SacComparePage *self);    /* what waits to be */
