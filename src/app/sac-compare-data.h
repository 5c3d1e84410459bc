/* What the Compare page shows, as plain data: made by threads, not changed afterwards, and shared by counting references.  A SacCompareRun
 * is what one run brings; a SacCompareView is one label of several runs; rows are a choice of its clips in an order. */
#pragma once
#include "draw/sac-draw.h"
#include "run/sac-run.h"

typedef struct {
  gatomicrefcount refs;
  char *name, *folder;
  SacScores *scores;            /* NULL: not scored */
  SacAucTable *table;
  SacAucInterval *intervals;    /* a label */
  double *null_low, *null_high;
  SacMeasures *measures;        /* nullable */
  gboolean one_label;           /* each clip has just one */
} SacCompareRun;
/* Reads what lies in the folder.  Any thread. */
SacCompareRun *sac_compare_run_new (const char *name, const char *folder, const char *split);
SacCompareRun *sac_compare_run_ref (SacCompareRun *run);
void           sac_compare_run_unref (SacCompareRun *run);

typedef struct {
  gatomicrefcount refs;
  char *label;
  guint n_runs;
  SacCompareRun **runs;
  guint *colours;               /* number in the palette */
  int *columns;                 /* of the label in each run's scores, −1: it has none */
  SacRoc **rocs;                /* NULL where there is no column; so are the others */
  SacRoc **drawn;               /* the same with as many points as can be told apart; so are the others */
  SacRocBand **bands;
  SacPrecision **precisions;
  SacCalibration **calibrations;
  guint n_clips;                /* of any of the runs */
  const char **clips;           /* names, of the runs */
  int *rows;                    /* n_runs × n_clips: the clip's row in each run's scores, −1 none */
} SacCompareView;
/* @runs with scores; the colours are theirs.  Any thread. */
SacCompareView *sac_compare_view_new (const char *label, GPtrArray *runs, const guint *colours);
SacCompareView *sac_compare_view_ref (SacCompareView *view);
void            sac_compare_view_unref (SacCompareView *view);
float           sac_compare_view_score (const SacCompareView *view, guint run, guint clip);    /* NaN: none */
/* −1 unknown, 0, 1; of the first run that knows. */
int             sac_compare_view_truth (const SacCompareView *view, guint clip);

/* Which clips, e.g. those behind a mark of a plot. */
typedef enum { SAC_CLIPS_ALL, SAC_CLIPS_MARK, SAC_CLIPS_WRONG, SAC_CLIPS_FLIPS, SAC_CLIPS_HARDEST, SAC_N_CLIPS_KINDS } SacClipsKind;
typedef struct {
  enum {
    SAC_BEHIND_NONE,
    SAC_BEHIND_POINT,             /* a point of a curve: all that is yes or said to be yes at @threshold */
    SAC_BEHIND_BIN,               /* scores from @low to @high */
    SAC_BEHIND_CELL,              /* truth @row said to be @column, over all labels */
    SAC_BEHIND_OUTCOME,           /* @column: hit, missed, wrong, rejected at the threshold */
  } kind;
  guint run;                    /* of the view */
  double threshold, low, high;
  guint row, column;
} SacBehind;
typedef enum {
  SAC_ORDER_WRONG, SAC_ORDER_NAME, SAC_ORDER_TRUTH, SAC_ORDER_LOSS, SAC_ORDER_APART, SAC_ORDER_RUN      /* and those that follow */
} SacRowsOrder;
typedef struct {
  SacClipsKind kind;
  SacBehind mark;
  guint order;                  /* SAC_ORDER_RUN + i: by the score of run i */
  gboolean descending;
  double *thresholds;           /* of the label, a run */
  double **all_thresholds;      /* of all labels of a run's scores, a run */
  GHashTable *only;             /* names; nullable */
} SacRowsAsked;
void   sac_rows_asked_free (SacRowsAsked *asked);
/* Indices of clips of the view (guint).  Any thread.  Transfer full. */
GArray *sac_compare_rows (const SacCompareView *view, const SacRowsAsked *asked);
/* Whether @run's decision about a clip is right at @threshold: 1, 0, or −1 where it cannot be said. */
int    sac_compare_is_right (const SacCompareView *view, guint run, guint clip, double threshold);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacCompareRun, sac_compare_run_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacCompareView, sac_compare_view_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRowsAsked, sac_rows_asked_free)
