/* Frames with heat maps over them, one or a strip of many. */
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

/* The map as a picture of its own: interpolated as numbers first (colours do not interpolate: halfway from blue to red is not purple),
 * then coloured; how far it covers grows with the value. */
static cairo_surface_t *
colour_surface (const float *map, int h, int w, double width_px, double height_px, SacColourMap colours, double opacity)
{
  int w2 = MAX (w, (int) CLAMP (ceil (width_px), 1, 512)), h2 = MAX (h, (int) CLAMP (ceil (height_px), 1, 512));
  g_autofree float *clean = NULL, *fine = NULL;
  cairo_surface_t *surface;
  guint32 table[256];
  guint8 *pixels;
  int stride;

  if (h < 1 || w < 1 || w2 > 16384 || h2 > 16384)
    return NULL;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, w2, h2);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      return NULL;
    }
  clean = g_new (float, (gsize) h * w);
  fine = g_new (float, (gsize) h2 * w2);
  for (gsize i = 0; i < (gsize) h * w; i++)
    clean[i] = map[i] > 0 ? MIN (map[i], 1) : 0;
  sac_upsample3 (clean, 1, h, w, fine, 1, h2, w2);
  for (int i = 0; i < 256; i++)
    {
      double v = i / 255.0, rgb[3], alpha = CLAMP (opacity, 0, 1) * MIN (1, pow (v, 0.65) * 1.05);
      guint32 packed = (guint32) lround (alpha * 255) << 24;

      sac_colour_map (colours, v, rgb);
      for (int k = 0; k < 3; k++)
        packed |= (guint32) lround (rgb[k] * alpha * 255) << (16 - 8 * k);
      table[i] = packed;
    }
  cairo_surface_flush (surface);
  pixels = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (int y = 0; y < h2; y++)
    for (int x = 0; x < w2; x++)
      ((guint32 *) (gpointer) (pixels + (gsize) y * stride))[x] = table[(int) (fine[(gsize) y * w2 + x] * 255 + 0.5f)];
  cairo_surface_mark_dirty (surface);
  return surface;
}

static void
paint_surface (cairo_t *cr, const SacRect *to, cairo_surface_t *surface, cairo_filter_t filter)
{
  double width = cairo_image_surface_get_width (surface), height = cairo_image_surface_get_height (surface);

  if (width < 1 || height < 1)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, to->x, to->y, to->width, to->height);
  cairo_clip (cr);
  cairo_translate (cr, to->x, to->y);
  cairo_scale (cr, to->width / width, to->height / height);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), filter);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);   /* else the border fades */
  cairo_paint (cr);
  cairo_restore (cr);
}

static void
paint_frame (cairo_t *cr, const SacRect *to, cairo_surface_t *frame, const float *map, int h, int w, SacColourMap colours, double opacity)
{
  if (frame)
    paint_surface (cr, to, frame, CAIRO_FILTER_GOOD);
  if (map && opacity > 0)
    {
      double scale = _sac_scale (cr);
      cairo_surface_t *heat = colour_surface (map, h, w, to->width * scale, to->height * scale, colours, opacity);

      if (heat)
        {
          paint_surface (cr, to, heat, CAIRO_FILTER_BILINEAR);
          cairo_surface_destroy (heat);
        }
    }
}

/* Width over height; 0 when there is nothing to go by. */
static double
aspect_of (cairo_surface_t *frame)
{
  double height = frame ? cairo_image_surface_get_height (frame) : 0;

  return height > 0 ? cairo_image_surface_get_width (frame) / height : 0;
}

void
sac_overlay_draw (cairo_t *cr, double width, double height, cairo_surface_t *frame, const float *map, int h, int w,
                  SacColourMap colours, double opacity)
{
  double aspect = aspect_of (frame);
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
    aspect = aspect_of (frames ? frames[i] : NULL);
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
    aspect = aspect_of (frames ? frames[i] : NULL);
  if (n == 0)
    return 0;
  frame = MAX (1, (width - 4.0 * (n - 1)) / n) / (aspect > 0 ? aspect : 1);
  frame += numbers ? ceil (style->font_px * 1.3) : 0;
  if (weights)                  /* above = 0.16 of the whole within 8…26 */
    frame += CLAMP (frame * 0.16 / 0.84, 8, 26);
  return ceil (frame);
}
