/* Pictures that groups of generators make from the same noise: a row a noise vector, a column a generator.  Several groups, moments of one
 * run or several runs, stand beside each other as panels, row by row of the same noise.  Part of draw/; conventions as in sac-draw.h. */
#pragma once
#include "sac-draw.h"

typedef struct {
  cairo_surface_t *picture;     /* rows × columns cells with @gap px before, between and behind them; NULL: the places stay empty */
  guint rows, columns;
  int cell, gap;                /* px of the picture */
  const char *title;            /* over the panel, nullable */
  const char *const *names, *const *notes;      /* of the columns, over them: "G1", "IS_c 2.31"; each nullable */
} SacSamplePanel;

typedef struct {
  const SacSamplePanel *panels;
  guint n;
  gint panel, row, column;      /* the chosen picture is framed; −1: none */
  gint other_row, other_column; /* a second one of the same panel, framed by dashes; −1: none */
  gboolean zoomed;              /* instead: the chosen picture alone, and the ones that stand where it stands in the other panels */
} SacSampleGrid;

void     sac_sample_grid_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacSampleGrid *grid);
/* The picture under a pixel; FALSE where there is none. */
gboolean sac_sample_grid_pick (double width, double height, const SacStyle *style, const SacSampleGrid *grid, double x_px, double y_px,
                               guint *panel, guint *row, guint *column);
/* Where a picture stands: x, y, width, height in px. */
void     sac_sample_grid_place (double width, double height, const SacStyle *style, const SacSampleGrid *grid, guint panel, guint row,
                                guint column, double place[4]);
