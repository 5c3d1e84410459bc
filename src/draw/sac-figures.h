/* A figure of numbers (base/sac-figure.h) as a picture: lying bars, columns, or a matrix.  Each bar or cell can be found by the pointer. */
#pragma once
#include <cairo.h>
#include "base/sac-base.h"
#include "sac-draw.h"

/* The height at which all of it is easy to read. */
double   sac_figure_height (const SacStyle *style, const SacFigure *figure, double width);
/* @hot_row, @hot_part: what the pointer is at, drawn strong; −1: nothing. */
void     sac_figure_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacFigure *figure, int hot_row,
                          int hot_part);
gboolean sac_figure_pick (double width, double height, const SacStyle *style, const SacFigure *figure, double x_px, double y_px,
                          guint *row, guint *part);
/* What stands at a bar or cell in words: "cat, yes: 12" or "cat, dog: 3 (lift 1.40)".  Transfer full. */
char    *sac_figure_dup_words (const SacFigure *figure, guint row, guint part);
