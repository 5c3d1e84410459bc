/* Drawing on a map of attention: rows × columns of numbers in 0…1.  Pure functions; places are in cells, (0,0) the map's upper left corner,
 * so that a cell's middle is at ½.
 * A stroke is a coverage (0…1 a cell) that grows while one draws, applied to the map as it was before: going over a place twice in one
 * stroke does no more than once. */
#pragma once
#include <glib.h>

typedef enum {
  SAC_BRUSH_ADD,                /* m + value·c, at most 1 */
  SAC_BRUSH_ERASE,              /* m − value·c, at least 0 */
  SAC_BRUSH_VALUE,              /* towards value, all the way where c = 1 */
} SacBrushMode;
typedef struct {
  SacBrushMode mode;
  double value;                 /* 0…1 */
  double radius;                /* cells; a cell whose middle is nearer is touched, and the one under the point always */
  double softness;              /* 0: full up to the radius, 1: falling from the middle on */
} SacBrush;

/* Adds to @coverage what a brush drawn from (@x0,@y0) to (@x1,@y1) touches. */
void sac_brush_line (float *coverage, int h, int w, const SacBrush *brush, double x0, double y0, double x1, double y1);
/* Adds the share of each cell that lies within the polygon (x,y pairs, closed by itself, even-odd). */
void sac_brush_polygon (float *coverage, int h, int w, const double *points, guint n_points);
/* The same of a rectangle, exactly. */
void sac_brush_box (float *coverage, int h, int w, double x, double y, double width, double height);
/* @out (which may be @before) = @before where nothing covers it. */
void sac_brush_apply (float *out, const float *before, const float *coverage, int h, int w, const SacBrush *brush);

/* Bars of time, dragged from frame @from at height @from_value to frame @to at @to_value: all between lie on the line. */
void sac_brush_bars (float *bars, int n, int from, double from_value, int to, double to_value);

/* ‖a − b‖₂ of @n numbers, in double. */
double sac_map_distance (const float *a, const float *b, gsize n);
