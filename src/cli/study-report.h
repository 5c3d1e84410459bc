/* What a report of a study is made of: study-report.c gathers and says it, study-report-plots.c draws it. */
#pragma once
#include "draw/sac-document.h"
#include "eval/sac-arm-bootstrap.h"
#include "run/sac-study.h"

typedef struct {
  const SacStudyArm *arm;
  SacRecipe *recipe;
  char *name;                   /* title and batch norm, as in the pictures */
  SacScores **scores;           /* one a seed, NULL: not there */
  SacEventReader **events;
  char **runs;                  /* folders, nullable */
  guint n_done;
} SacReportArm;

typedef struct {
  SacStudyQueue *queue;
  SacStudyPlan *plan;
  GPtrArray *arms;              /* SacReportArm */
  guint n_seeds;
  const SacScores *first;       /* whose clips and labels all have; NULL: nothing was scored */
  GPtrArray *left_out;          /* words: runs that cannot be compared with it */
  SacArmBootstrap *bootstrap;
  char *provenance;             /* short hash of runs, data and recipes */
} SacStudyReport;

/* ---- study-report-plots.c.  @data: a SacStudyPlot. */
typedef struct {
  const SacStudyReport *report;
  guint index;                  /* arm or label */
} SacStudyPlot;
void sac_study_draw_arms (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
void sac_study_draw_bars (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
void sac_study_draw_roc (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
void sac_study_draw_losses (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
void sac_study_draw_gaps (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
void sac_study_draw_auc (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
/* Mean over the seeds at each step that all of them have; x and y are the caller's.  Number of points. */
guint sac_study_mean_curve (const SacReportArm *arm, guint n_seeds, const char *tag, double **x, double **y);

/* ---- study-report.c: writes FOLDER/report.html, report.pdf and the tables as CSV into @output (a folder). */
gboolean sac_cli_report_study (const char *folder, const char *output, gboolean json, GError **error);
/* The folder of a study by a folder, a name, or a recipe's file or name; NULL: it is none (a run, perhaps). */
char    *sac_cli_find_study (const char *name, const char *project);
