/* The report of groups of generators: what is read of each run, and its pictures. */
#pragma once
#include "draw/sac-document.h"
#include "draw/sac-gan-picture.h"
#include "draw/sac-sample-grid.h"
#include "run/sac-run.h"

#define SAC_GAN_REPORT_MOMENTS 4

typedef struct {
  char *folder, *name;
  SacGanRecipe *recipe;
  SacRunInfo *info;             /* NULL: not told */
  SacEventReader *events;
  SacGanScores *scores;         /* NULL: not scored */
  guint64 steps[SAC_GAN_REPORT_MOMENTS];        /* of the grids that are shown, growing */
  cairo_surface_t *grids[SAC_GAN_REPORT_MOMENTS];
  guint n_grids;
  GPtrArray *nearest;           /* SacGanNearest, a few pictures of every generator; may be empty */
} SacGanReportRun;

typedef enum { SAC_GAN_PLOT_LOSSES, SAC_GAN_PLOT_TRANSFER, SAC_GAN_PLOT_ACCURACY, SAC_GAN_PLOT_DIVERSITY, SAC_GAN_N_PLOTS } SacGanPlotKind;
typedef struct {
  const SacGanReportRun *run;
  SacGanPlotKind kind;
} SacGanPlot;

/* SacFigureFuncs; @data: a SacGanPlot. */
void     sac_gan_report_draw_graph (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
void     sac_gan_report_draw_curves (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
void     sac_gan_report_draw_samples (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
void     sac_gan_report_draw_nearest (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data);
/* Whether the run's events have anything for it. */
gboolean sac_gan_report_has_curves (const SacGanPlot *plot);
double   sac_gan_report_samples_height (const SacGanReportRun *run, double width);
double   sac_gan_report_nearest_height (const SacGanReportRun *run, double width);
