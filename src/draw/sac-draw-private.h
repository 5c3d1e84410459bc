/* What the pictures share: text, ticks, legends, pixel-sharp lines. */
#pragma once
#include <pango/pangocairo.h>

#include "sac-draw.h"

typedef struct { double x, y, width, height; } SacRect;

/* ---- text.  One of these serves a whole picture; measured without a target, so that drawing and picking agree. */
typedef struct {
  PangoContext *context;
  PangoLayout *layout;
  PangoFontDescription *font, *bold;
  double size;
} SacText;
void   _sac_text_init (SacText *text, const SacStyle *style);
void   _sac_text_clear (SacText *text);
/* @scale: of the style's size; @max_px > 0: cut with an ellipsis.  Text that is not UTF-8 is made so. */
void   _sac_text_set (SacText *text, const char *string, double scale, gboolean bold, double max_px);
double _sac_text_width (SacText *text);
/* Puts the point (@align_x, @align_y) of the text's box, both 0…1, at x,y; the middle of the box is the middle of a digit. */
void   _sac_text_show (SacText *text, cairo_t *cr, double x, double y, double align_x, double align_y, const double ink[4]);
double _sac_text_line (const SacText *text);      /* height to reserve for a line */

/* ---- ticks at round numbers. */
#define SAC_MAX_TICKS 24
typedef struct { double at; char text[32]; } SacTick;
typedef struct {
  guint n, n_minor;
  SacTick tick[SAC_MAX_TICKS];
  double minor[128];            /* log axes */
} SacTicks;
void _sac_ticks_linear (SacTicks *ticks, double low, double high, guint at_most);
/* @low, @high: decimal logarithms; so are the places. */
void _sac_ticks_log (SacTicks *ticks, double low, double high, guint at_most);
/* @digits significant, trailing zeros dropped, never in the locale's notation; NaN is "–". */
void _sac_format_number (double value, guint digits, char *text, gsize size);

/* ---- legends: entries in rows (column FALSE) or one below the other. */
typedef struct {
  const char *name;
  char value[40];               /* after the name; may be empty */
  double colour[4];
  gboolean dashed, hollow;      /* hollow: nothing is drawn for it */
  double x, y, width;
} SacLegendEntry;
typedef struct {
  SacLegendEntry *entries;      /* borrowed */
  guint n, n_shown;
  double width, height, line, more_x, more_y;
  gboolean column;
} SacLegend;
void _sac_legend_layout (SacLegend *legend, SacText *text, SacLegendEntry *entries, guint n, double width, double max_height,
                         gboolean column);
void _sac_legend_draw (const SacLegend *legend, SacText *text, cairo_t *cr, double x, double y, const SacStyle *style, gboolean swatch);

/* ---- small things. */
void   _sac_source (cairo_t *cr, const double rgba[4], double alpha);
double _sac_scale (cairo_t *cr);        /* device pixels per unit */
double _sac_snap (cairo_t *cr, double at, gboolean vertical);   /* middle of the device pixel, for lines of one unit */
void   _sac_hline (cairo_t *cr, double x0, double x1, double y);
void   _sac_vline (cairo_t *cr, double x, double y0, double y1);
void   _sac_round_rect (cairo_t *cr, double x, double y, double width, double height, double radius);
void   _sac_paper (cairo_t *cr, double width, double height, const SacStyle *style);
void   _sac_curve_colour (const double given[4], guint i, double out[4]);
/* Lines at 45° inside the rectangle. */
void   _sac_hatch (cairo_t *cr, const SacRect *rect, double gap);
