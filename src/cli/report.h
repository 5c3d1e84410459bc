/* What a report is made of; cli-report.c gathers it, report-plots.c draws it, report-strips.c looks into clips, report-page.c and
 * report-attention.c write it. */
#pragma once
#include <cairo.h>

#include "draw/sac-draw.h"
#include "run/sac-run.h"

/* One clip with where the network looked for one label. */
typedef struct {
  char *clip, *label;
  enum { SAC_STRIP_FOUND, SAC_STRIP_MISSED, SAC_STRIP_FALSE_ALARM } kind;
  float score;
  cairo_surface_t **frames;
  float *maps, *weights;        /* n × height × width; n */
  guint *numbers, n;
  int width, height;
} SacReportStrip;

typedef struct {
  const char *folder;
  SacRunInfo *info;
  SacRecipe *recipe;            /* nullable */
  char *recipe_text;            /* nullable */
  SacEventReader *events;
  SacScores *scores;            /* nullable: not evaluated yet */
  SacAucTable *table, *control; /* nullable */
  SacRoc **rocs;                /* one per label */
  double *null_low, *null_high;
  SacProfile *profile;          /* nullable: where the time of the steps went */
  char *no_profile;             /* why it cannot be shown */
  SacMeasures *attention;       /* nullable: not measured, or no attention */
  SacBootstrap above_control;
  GPtrArray *strips;            /* SacReportStrip */
  char *no_strips;              /* why there are none */
} SacReport;

/* ---- report-plots.c.  @data: a SacReportPlot. */
typedef struct {
  const SacReport *report;
  SacStyle style;
  guint index;                  /* label or strip */
} SacReportPlot;
gboolean sac_report_has_points (const SacReport *report, const char *tag);
void     sac_report_draw_loss (cairo_t *cr, double width, double height, gpointer data);
void     sac_report_draw_rate (cairo_t *cr, double width, double height, gpointer data);
void     sac_report_draw_validation_auc (cairo_t *cr, double width, double height, gpointer data);
void     sac_report_draw_bars (cairo_t *cr, double width, double height, gpointer data);
void     sac_report_draw_roc (cairo_t *cr, double width, double height, gpointer data);
void     sac_report_draw_ops (cairo_t *cr, double width, double height, gpointer data);
void     sac_report_draw_layers (cairo_t *cr, double width, double height, gpointer data);
double   sac_report_profile_height (const SacReport *report, SacProfileView view);
void     sac_report_draw_strip (cairo_t *cr, double width, double height, gpointer data);

/* ---- report-strips.c: fills strips or no_strips. */
void sac_report_add_strips (SacReport *report, const char *project, guint at_most, guint n_threads);
void sac_report_strip_free (SacReportStrip *strip);

/* ---- report-attention.c: tables of what a network's attention is worth. */
void sac_report_put_attention (GString *out, const SacMeasures *figures);

/* ---- report-page.c: the page; with @picture_folder each plot also as NAME.png and NAME.svg.  Transfer full. */
char *sac_report_dup_page (const SacReport *report, const char *picture_folder, GError **error);
