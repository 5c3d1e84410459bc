/* Several charts over one axis: the curves of a run, small multiples of its labels.  One pointer gives one line through all of them. */
#pragma once
#include "sac-draw.h"

typedef struct {
  SacAxes axes;
  const SacCurve *curves;       /* borrowed */
  guint n;
  guint span;                   /* columns that it takes; 0: all */
  double weight;                /* its row's share of the height; 0: 1 */
} SacBoardChart;
typedef struct {
  const SacBoardChart *charts;  /* borrowed */
  guint n;
  guint columns;                /* 0: 1 */
  double row_height;            /* px; 0: the rows share the height there is */
} SacBoard;

double sac_board_height (const SacBoard *board);                /* with a row_height */
/* x, y, width, height of chart @i. */
void   sac_board_place (double width, double height, const SacBoard *board, guint i, double rect[4]);
void   sac_board_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacBoard *board);

/* What the pointer needs to know of a picture that was drawn elsewhere: each chart's place, in pixels of the board. */
void   sac_board_places (double width, double height, const SacStyle *style, const SacBoard *board, SacChartPlace *places);
/* The line at @x through all charts, a dot where it meets a curve, and its value beside; in chart @hot the values are told in words.
 * Charts whose window @x is not in stay as they are. */
void   sac_board_cross_draw (cairo_t *cr, const SacStyle *style, const SacBoard *board, const SacChartPlace *places, double x, gint hot);
/* The value of @curve at the last of its points at or before @x; NaN where there is none.  @at (nullable): that point's x. */
double sac_curve_value_at (const SacCurve *curve, double x, double *at);
/* All curves, tab-separated with a heading line: chart, curve, x, y.  Transfer full. */
char  *sac_board_dup_text (const SacBoard *board);
