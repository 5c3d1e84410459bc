/* draw: pure Cairo.  The same picture goes to the window, to PNG/SVG/PDF and to a test without a display.
 * Colours are r,g,b,a in 0…1.  All functions draw into 0,0…width,height of @cr and leave its state as it was.  Any thread. */
#pragma once
#include <cairo.h>
#include "eval/sac-eval.h"

typedef struct {
  double ink[4];                /* text and axes */
  double faint[4];              /* grid, chance diagonal */
  double paper[4];              /* background; alpha 0 = none */
  double accent[4];
  const char *font;             /* NULL = "Sans" */
  double font_px;
} SacStyle;
/* Ink, grid and paper of a light or a dark page, 13 px Sans.  Set paper[3] = 0 to draw on what is there. */
void sac_style_init (SacStyle *style, gboolean dark);
/* Colour i of the palette that is told apart also by colour-blind readers, on light and on dark paper. */
void sac_palette (guint i, double rgba[4]);

/* ---- line charts.  @x ascending, @y may hold NaN for a gap; both borrowed.  A colour of four zeros stands for the palette's, a width
 * of 0 for 2 px.  Any number of points is cheap: what falls into one pixel column is drawn as its lowest and highest point.  A curve
 * without a name is not in the legend; the legend stands above the plot and never covers it. */
typedef struct {
  const double *x, *y;
  gsize n;
  const char *name;
  double colour[4];
  double width_px;
  gboolean dashed;
  double smoothing;             /* 0…1: exponential moving average drawn strong over the raw line drawn faint */
} SacCurve;
typedef struct {
  const char *title, *x_name, *y_name;
  double x0, x1, y0, y1;        /* x0 == x1 or y0 == y1: from the data */
  gboolean log_x, log_y;        /* what is not above 0 has no place there */
} SacAxes;
void sac_chart_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacAxes *axes,
                     const SacCurve *curves, guint n);
/* The plot without its margins, px: x, y, width, height. */
void sac_chart_area (double width, double height, const SacStyle *style, const SacAxes *axes, const SacCurve *curves, guint n,
                     double area[4]);
/* Where data stand in the plot, worked out once for many points; x0 … y1 in decimal logarithms where that axis is one. */
typedef struct {
  double x, y, width, height;   /* px */
  double x0, x1, y0, y1;
  gboolean log_x, log_y;
} SacChartPlace;
void   sac_chart_place (double width, double height, const SacStyle *style, const SacAxes *axes, const SacCurve *curves, guint n,
                        SacChartPlace *place);
double sac_chart_place_x (const SacChartPlace *place, double x);
double sac_chart_place_y (const SacChartPlace *place, double y);
double sac_chart_x_at (const SacChartPlace *place, double x_px);
double sac_chart_y_at (const SacChartPlace *place, double y_px);
/* Inverse: pixel → data, for pointers; FALSE outside the plot. */
gboolean sac_chart_pick (double width, double height, const SacStyle *style, const SacAxes *axes, const SacCurve *curves, guint n,
                         double x_px, double y_px, double *x, double *y);

/* ---- curves in the unit square.  A curve with n = 0 is named in the legend as undefined and not drawn. */
typedef struct {
  const double *x, *y;          /* rising in x; borrowed */
  guint n;
  const char *name;             /* NULL: not in the legend */
  double value;                 /* in the legend; NaN: none */
  double colour[4];             /* four zeros: the palette's */
  const SacRocBand *band;       /* nullable */
  const double *low, *high;     /* of y: a band, or bars where @bars; nullable */
  gboolean steps, dots, bars, filled, marked;   /* @filled: the area below it, where it is alone */
  guint mark;                   /* the point that a ring is drawn around */
} SacSquareCurve;
typedef struct {
  const char *title, *x_name, *y_name;
  gboolean diagonal, has_base;
  double base;                  /* a level line: chance */
} SacSquareAxes;
void sac_square_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacSquareAxes *axes,
                      const SacSquareCurve *curves, guint n);
/* Nearest curve and point to a pixel within 12 px; FALSE if none.  @axes as drawn: names take room. */
gboolean sac_square_pick (double width, double height, const SacStyle *style, const SacSquareAxes *axes, const SacSquareCurve *curves,
                          guint n, double x_px, double y_px, guint *curve, guint *point);

/* ROC overlay with chance diagonal, AUC in the legend.  A curve whose AUC is undefined is named in the legend and not drawn. */
typedef struct {
  const SacRoc *roc;
  const char *name;             /* NULL: one curve, no legend */
  double colour[4];
  const SacRocBand *band;       /* nullable */
  gboolean marked;              /* @threshold is marked */
  double threshold;
} SacRocCurve;
void sac_roc_draw (cairo_t *cr, double width, double height, const SacStyle *style, const char *title,
                   const SacRocCurve *curves, guint n);
gboolean sac_roc_pick (double width, double height, const SacStyle *style, const char *title, const SacRocCurve *curves, guint n,
                       double x_px, double y_px, guint *curve, guint *point);

/* Precision over recall in steps, average precision in the legend, chance as a level line. */
typedef struct {
  const SacPrecision *curve;
  const char *name;
  double colour[4];
  gboolean with_band, marked;
  double threshold;
} SacPrecisionCurve;
void sac_precision_draw (cairo_t *cr, double width, double height, const SacStyle *style, const char *title,
                         const SacPrecisionCurve *curves, guint n);
gboolean sac_precision_pick (double width, double height, const SacStyle *style, const char *title, const SacPrecisionCurve *curves,
                             guint n, double x_px, double y_px, guint *curve, guint *point);

/* Reliability diagram: a dot a bin with its interval, ECE in the legend. */
typedef struct { const SacCalibration *calibration; const char *name; double colour[4]; } SacCalibrationCurve;
void sac_calibration_draw (cairo_t *cr, double width, double height, const SacStyle *style, const char *title,
                           const SacCalibrationCurve *curves, guint n);
gboolean sac_calibration_pick (double width, double height, const SacStyle *style, const char *title,
                               const SacCalibrationCurve *curves, guint n, double x_px, double y_px, guint *curve, guint *bin);

/* ---- a matrix of counts, each cell shaded by its share of its row; rows and columns named where there is room. */
typedef struct {
  const char *title, *row_name, *column_name;
  const char *const *rows, *const *columns;
  guint n_rows, n_columns;
  const guint *counts;          /* n_rows × n_columns */
  const guint8 *right;          /* n_rows × n_columns: 1 = as it should be */
  int row, column;              /* selected, −1 none */
} SacMatrix;
void sac_matrix_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacMatrix *matrix);
gboolean sac_matrix_pick (double width, double height, const SacStyle *style, const SacMatrix *matrix, double x_px, double y_px,
                          guint *row, guint *column);

/* ---- differences in words.  Transfer full.
 * "a is better than b: +0.043 macro AUC (95 %: 0.012 to 0.071)", or that it is noise.  @what: "macro AUC". */
char *sac_difference_dup_words (const SacBootstrap *difference, const char *a, const char *b, const char *what);
/* Of the labels: how many differ by more than noise, and how many would by chance alone. */
char *sac_differences_dup_words (const SacBootstrap *labels, guint n, const char *a, const char *b);
/* "ECE 0.043: no more than chance allows (0.061)". */
char *sac_calibration_dup_words (const SacCalibration *calibration);

/* ---- AUC bars: labels × runs; NaN is a hatched bar; null band behind; the number above. */
typedef struct {
  guint n_labels, n_runs;
  const char *const *labels, *const *runs;
  const double *auc;            /* n_runs × n_labels */
  const double *null_low, *null_high;   /* n_labels, nullable */
  gint selected;                /* label, −1 none */
  const double *low, *high;     /* n_runs × n_labels: intervals, drawn as whiskers; nullable */
} SacBars;
void sac_bars_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacBars *bars);
gboolean sac_bars_pick (double width, double height, const SacStyle *style, const SacBars *bars, double x_px, double y_px,
                        guint *label, guint *run);

/* ---- where the time of a program went: a bar an op, or a layer with its forward pass above its backward pass.  A bar is as long as the
 * time took; its strong part is what the machine's peaks would have needed, the pale rest is lost.  The colour says what bounds most of
 * it: arithmetic, memory, or neither.  Behind the bar the time and the share of the peaks, which caches and Winograd lift over 100 %. */
typedef struct {
  const SacProfile *profile;    /* borrowed */
  SacProfileView view;          /* by op or by shape: slowest first; by layer: in the order of the network */
  guint at_most;                /* bars; what is left shares the last one */
} SacProfilePlot;
void   sac_profile_plot_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacProfilePlot *plot);
double sac_profile_plot_height (const SacStyle *style, const SacProfilePlot *plot);      /* at which all bars are easy to read */
/* The bar under a pixel and, by layer, which half of it. */
gboolean sac_profile_plot_pick (double width, double height, const SacStyle *style, const SacProfilePlot *plot, double x_px, double y_px,
                                guint *bar, gboolean *backward);

/* ---- pictures.  BGRA premultiplied (CAIRO_FORMAT_ARGB32 / RGB24 rows). */
typedef enum { SAC_MAP_JET, SAC_MAP_VIRIDIS, SAC_MAP_MAGMA, SAC_MAP_CIVIDIS, SAC_N_COLOUR_MAPS } SacColourMap;
void sac_colour_map (SacColourMap map, double value, double rgb[3]);
/* One frame, as large as fits and centred, with a heat map (h×w in 0…1, bilinear) laid over it: the stronger the map, the less of the
 * frame shines through; 0 and NaN leave the frame as it is.  @frame and @map nullable. */
void sac_overlay_draw (cairo_t *cr, double width, double height, cairo_surface_t *frame, const float *map, int h, int w,
                       SacColourMap colours, double opacity);
/* Where one map is stronger than another, over a frame that is already there: @difference h×w in −1…1, bilinear; the second colour of the
 * palette where it is positive, the first where it is negative, the stronger the larger. */
void sac_difference_draw (cairo_t *cr, double width, double height, const float *difference, int h, int w, double opacity);
void sac_difference_colour (double value, double opacity, double rgba[4]);
/* A strip of frames, each with its map and the temporal weight as a bar over it; in one row or more, whichever shows the frames
 * largest.  @weights (0…1) and @numbers (under the frames) nullable; a frame may be NULL: its place stays empty. */
void sac_strip_draw (cairo_t *cr, double width, double height, const SacStyle *style, cairo_surface_t *const *frames,
                     const float *maps /* T×h×w, nullable */, int h, int w, const float *weights, const guint *numbers,
                     guint n, SacColourMap colours, double opacity);
/* The frame of the strip under a pixel.  Height at which the strip, laid in one row, just fills @width. */
gboolean sac_strip_pick (double width, double height, const SacStyle *style, cairo_surface_t *const *frames, gboolean weights,
                         gboolean numbers, guint n, double x_px, double y_px, guint *frame);
double   sac_strip_height (double width, const SacStyle *style, cairo_surface_t *const *frames, gboolean weights, gboolean numbers,
                           guint n);
/* Seek bar: cached ranges tinted, weights as a curve, playhead. @weights nullable (n_weights values over the clip). */
void sac_seek_draw (cairo_t *cr, double width, double height, const SacStyle *style, guint n_frames, guint playhead,
                    const guint8 *cached /* nullable, of @n_cached equal parts */, guint n_cached, const float *weights,
                    guint n_weights);
/* The frame under a pixel; beyond the ends the first or the last. */
guint sac_seek_pick (double width, guint n_frames, double x_px);
double sac_seek_x (double width, guint n_frames, double frame);     /* where @frame begins */

/* ---- the numbers behind the pictures, tab-separated with a heading line.  Transfer full. */
char *sac_chart_dup_text (const SacAxes *axes, const SacCurve *curves, guint n);
char *sac_roc_dup_text (const SacRocCurve *curves, guint n);
char *sac_bars_dup_text (const SacBars *bars);
char *sac_profile_plot_dup_text (const SacProfilePlot *plot);

/* ---- to files, whole or absent.  The suffix decides: .png (at twice the size) .svg .pdf.  Errors: G_IO_ERROR. */
typedef void (*SacDrawFunc) (cairo_t *cr, double width, double height, gpointer data);
gboolean sac_draw_to_file (const char *path, double width, double height, SacDrawFunc draw, gpointer data, GError **error);
/* An <svg> element without a prologue; its ids clash with those of no other picture in the page.  Transfer full, NULL on failure. */
char    *sac_draw_dup_svg (double width, double height, SacDrawFunc draw, gpointer data);
GBytes  *sac_draw_png (double width, double height, double scale, SacDrawFunc draw, gpointer data, GError **error);

#include "sac-attention-draw.h"
#include "sac-board.h"
#include "sac-figures.h"
#include "sac-gan-picture.h"
#include "sac-pyramid.h"
#include "sac-timeline.h"
