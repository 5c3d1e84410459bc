/* Frames with heat maps over them, one or a strip of many. */
#include <math.h>
#include <string.h>

#include "sac-heat-private.h"

/* Values from 0 to 1; how far the map covers grows with them. */
static void
paint_frame (cairo_t *cr, const SacRect *to, cairo_surface_t *frame, const float *map, int h, int w, SacColourMap colours, double opacity)
{
  _sac_heat_paint (cr, to, frame, map, h, w, &(SacHeat) { .colours = colours, .opacity = opacity, .high = 1 });
}

void
sac_overlay_draw (cairo_t *cr, double width, double height, cairo_surface_t *frame, const float *map, int h, int w,
                  SacColourMap colours, double opacity)
{
  double aspect = _sac_aspect_of (frame);
  SacRect to = { 0, 0, width, height };

  if (width < 1 || height < 1)
    return;
  if (aspect <= 0 && map && h > 0)
    aspect = w / (double) h;
  if (aspect > 0)
    {
      to.width = MIN (width, height * aspect);
      to.height = to.width / aspect;
      to.x = (width - to.width) / 2;
      to.y = (height - to.height) / 2;
    }
  cairo_save (cr);
  cairo_new_path (cr);
  paint_frame (cr, &to, frame, map, h, w, colours, opacity);
  cairo_restore (cr);
}

/* ---- strips. */
typedef struct {
  guint columns, rows;
  double cell_width, cell_height, frame_width, frame_height, above, below, x, y, gap;
} Grid;

static void
layout_strip (Grid *grid, double width, double height, const SacStyle *style, cairo_surface_t *const *frames, gboolean weights,
              gboolean numbers, guint n)
{
  double aspect = 0, best = 0;

  for (guint i = 0; i < n && aspect <= 0; i++)
    aspect = _sac_aspect_of (frames ? frames[i] : NULL);
  if (aspect <= 0)
    aspect = 1;
  memset (grid, 0, sizeof *grid);
  grid->gap = 4;
  grid->below = numbers ? ceil (style->font_px * 1.3) : 0;
  for (guint rows = 1; rows <= n && rows <= 64; rows++)
    {
      guint columns = (n + rows - 1) / rows;
      double cell_width = (width - grid->gap * (columns - 1)) / columns, cell_height = (height - grid->gap * 2 * (rows - 1)) / rows;
      double above = weights ? CLAMP (cell_height * 0.16, 8, 26) : 0;
      double frame_height = MIN (cell_height - above - grid->below, cell_width / aspect);

      if (frame_height <= best * (rows == 1 ? 1 : 1.15))        /* another row must be worth it */
        continue;
      best = frame_height;
      grid->columns = columns;
      grid->rows = rows;
      grid->above = above;
      grid->frame_height = frame_height;
      grid->frame_width = frame_height * aspect;
    }
  grid->cell_width = grid->frame_width + grid->gap;
  grid->cell_height = grid->above + grid->frame_height + grid->below + 2 * grid->gap;
  if (grid->columns)
    {
      grid->x = (width - grid->cell_width * grid->columns + grid->gap) / 2;
      grid->y = MAX (0, (height - grid->cell_height * grid->rows + 2 * grid->gap) / 2);
    }
}

void
sac_strip_draw (cairo_t *cr, double width, double height, const SacStyle *style, cairo_surface_t *const *frames,
                const float *maps, int h, int w, const float *weights, const guint *numbers, guint n, SacColourMap colours, double opacity)
{
  SacText text;
  Grid grid;

  if (width < 2 || height < 2)
    return;
  layout_strip (&grid, width, height, style, frames, weights != NULL, numbers != NULL, n);
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  for (guint i = 0; i < n && grid.columns; i++)
    {
      SacRect to = { grid.x + i % grid.columns * grid.cell_width, grid.y + i / grid.columns * grid.cell_height + grid.above,
                     grid.frame_width, grid.frame_height };

      if (!frames || !frames[i])
        {
          cairo_rectangle (cr, to.x, to.y, to.width, to.height);
          _sac_source (cr, style->faint, 1);
          cairo_fill (cr);
        }
      paint_frame (cr, &to, frames ? frames[i] : NULL, maps ? maps + (gsize) i * h * w : NULL, h, w, colours, opacity);
      if (weights)
        {
          double room = grid.above - 3, tall = CLAMP (weights[i], 0, 1) * room;     /* NaN fails both: no bar */

          cairo_rectangle (cr, to.x, to.y - 3, to.width, 1);
          _sac_source (cr, style->faint, 1);
          cairo_fill (cr);
          if (tall > 0)
            {
              cairo_rectangle (cr, to.x, to.y - 2 - tall, to.width, tall);
              _sac_source (cr, style->accent, 0.35 + 0.65 * tall / room);
              cairo_fill (cr);
            }
        }
      if (numbers)
        {
          char number[16];

          g_snprintf (number, sizeof number, "%u", numbers[i]);
          _sac_text_set (&text, number, 0.82, FALSE, 0);
          if (_sac_text_width (&text) <= grid.cell_width)
            _sac_text_show (&text, cr, to.x + to.width / 2, to.y + to.height + grid.below * 0.6, 0.5, 0.5,
                            (double[]) { style->ink[0], style->ink[1], style->ink[2], style->ink[3] * 0.75 });
        }
    }
  _sac_text_clear (&text);
  cairo_restore (cr);
}

gboolean
sac_strip_pick (double width, double height, const SacStyle *style, cairo_surface_t *const *frames, gboolean weights,
                gboolean numbers, guint n, double x_px, double y_px, guint *frame)
{
  Grid grid;
  double column, row;

  layout_strip (&grid, width, height, style, frames, weights, numbers, n);
  if (grid.columns == 0)
    return FALSE;
  column = floor ((x_px - grid.x + grid.gap / 2) / grid.cell_width);
  row = floor ((y_px - grid.y + grid.gap) / grid.cell_height);
  if (column < 0 || column >= grid.columns || row < 0 || row >= grid.rows || row * grid.columns + column >= n)
    return FALSE;
  *frame = (guint) (row * grid.columns + column);
  return TRUE;
}

double
sac_strip_height (double width, const SacStyle *style, cairo_surface_t *const *frames, gboolean weights, gboolean numbers, guint n)
{
  double aspect = 0, frame;

  for (guint i = 0; i < n && aspect <= 0; i++)
    aspect = _sac_aspect_of (frames ? frames[i] : NULL);
  if (n == 0)
    return 0;
  frame = MAX (1, (width - 4.0 * (n - 1)) / n) / (aspect > 0 ? aspect : 1);
  frame += numbers ? ceil (style->font_px * 1.3) : 0;
  if (weights)                  /* above = 0.16 of the whole within 8…26 */
    frame += CLAMP (frame * 0.16 / 0.84, 8, 26);
  return ceil (frame);
}
