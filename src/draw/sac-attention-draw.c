/* Maps over frames, sheets of them, and slits through time. */
#include <math.h>
#include <string.h>

#include "sac-heat-private.h"

void
sac_heat_range (const float *values, gsize n, double *low, double *high)
{
  *low = INFINITY, *high = -INFINITY;
  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]))
      {
        *low = MIN (*low, values[i]);
        *high = MAX (*high, values[i]);
      }
  if (!(*high > *low))
    *low = 0, *high = 1;
}

void
sac_time_shares (const float *weights, guint n, gboolean mend_ends, float *shares)
{
  double low = INFINITY, high = -INFINITY, mean = 0;

  for (guint i = 0; i < n; i++)
    {
      shares[i] = isfinite (weights[i]) ? weights[i] : 0;
      mean += (double) shares[i] / n;
    }
  if (mend_ends && n > 2)
    shares[0] = shares[n - 1] = (float) mean;
  for (guint i = 0; i < n; i++)
    {
      low = MIN (low, (double) shares[i]);
      high = MAX (high, (double) shares[i]);
    }
  for (guint i = 0; i < n; i++)
    shares[i] = high > low ? (float) (((double) shares[i] - low) / (high - low)) : 0.5f;
}

/* The map as a picture of its own: interpolated as numbers first (colours do not interpolate: halfway from blue to red is not purple),
 * then coloured. */
static cairo_surface_t *
heat_surface (const float *map, int h, int w, double width_px, double height_px, const SacHeat *heat)
{
  int w2 = MAX (w, (int) CLAMP (ceil (width_px), 1, 512)), h2 = MAX (h, (int) CLAMP (ceil (height_px), 1, 512));
  double low = heat->low, span = heat->high - heat->low;
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
  if (!(span > 0))
    low = 0, span = 1;
  clean = g_new (float, (gsize) h * (gsize) w);
  fine = g_new (float, (gsize) h2 * (gsize) w2);
  for (gsize i = 0; i < (gsize) h * (gsize) w; i++)
    {
      double v = isfinite (map[i]) ? (map[i] - low) / span : 0;

      clean[i] = (float) CLAMP (v, 0, 1);
    }
  sac_upsample3 (clean, 1, h, w, fine, 1, h2, w2);
  for (int i = 0; i < 256; i++)
    {
      double v = i / 255.0, rgb[3], shown = heat->even ? 1 : MIN (1, pow (v, 0.65) * 1.05), alpha = CLAMP (heat->opacity, 0, 1) * shown;
      guint32 packed = (guint32) lround (alpha * 255) << 24;

      sac_colour_map (heat->colours, v, rgb);
      for (int k = 0; k < 3; k++)
        packed |= (guint32) lround (rgb[k] * alpha * 255) << (16 - 8 * k);
      table[i] = packed;
    }
  cairo_surface_flush (surface);
  pixels = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (int y = 0; y < h2; y++)
    {
      guint32 *to = (gpointer) (pixels + (gsize) y * (gsize) stride);
      const float *from = fine + (gsize) y * (gsize) w2;

      for (int x = 0; x < w2; x++)
        to[x] = table[(int) (from[x] * 255 + 0.5f)];
    }
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

void
_sac_heat_paint (cairo_t *cr, const SacRect *to, cairo_surface_t *frame, const float *map, int h, int w, const SacHeat *heat)
{
  cairo_surface_t *colour = NULL;

  if (frame)
    paint_surface (cr, to, frame, CAIRO_FILTER_GOOD);
  if (map && heat->opacity > 0)
    colour = heat_surface (map, h, w, to->width * _sac_scale (cr), to->height * _sac_scale (cr), heat);
  if (colour)
    {
      paint_surface (cr, to, colour, CAIRO_FILTER_BILINEAR);
      cairo_surface_destroy (colour);
    }
}

double
_sac_aspect_of (cairo_surface_t *frame)
{
  double height = frame ? cairo_image_surface_get_height (frame) : 0;

  return height > 0 ? cairo_image_surface_get_width (frame) / height : 0;
}

void
sac_heat_draw (cairo_t *cr, double width, double height, cairo_surface_t *frame, const float *map, int h, int w, const SacHeat *heat)
{
  double aspect = _sac_aspect_of (frame);
  SacRect to = { 0, 0, width, height };

  if (width < 1 || height < 1)
    return;
  if (aspect > 0)
    {
      to.width = MIN (width, height * aspect);
      to.height = to.width / aspect;
      to.x = (width - to.width) / 2;
      to.y = (height - to.height) / 2;
    }
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_heat_paint (cr, &to, frame, map, h, w, heat);
  cairo_restore (cr);
}

/* ---- sheets. */
typedef struct {
  guint columns, rows;
  double frame_width, frame_height, bar, below, gap, cell_width, cell_height, x, y;
} Grid;

static double
sheet_aspect (const SacSheet *sheet)
{
  double aspect = 0;

  for (guint i = 0; i < sheet->n && aspect <= 0; i++)
    aspect = _sac_aspect_of (sheet->frames ? sheet->frames[i] : NULL);
  return aspect > 0 ? aspect : sheet->maps && sheet->h > 0 ? sheet->w / (double) sheet->h : 1;
}

/* In the paper a bar of 25 px stands over a frame of 224. */
static double
bar_height (const SacSheet *sheet, double frame_height)
{
  return sheet->shares ? CLAMP (frame_height * 25 / 224, 6, 25) : 0;
}

static double
cell_height (const Grid *grid, const SacSheet *sheet, double frame_height)
{
  guint frames = sheet->kind == SAC_SHEET_ROWS ? 2 : 1, gaps = sheet->kind == SAC_SHEET_ROWS ? 2 : 0;

  return frames * frame_height + bar_height (sheet, frame_height) + grid->below + gaps * 2.0;
}

static void
lay_out (Grid *grid, double width, double height, const SacStyle *style, const SacSheet *sheet)
{
  double aspect = sheet_aspect (sheet);

  memset (grid, 0, sizeof *grid);
  grid->gap = 4;
  grid->below = sheet->numbers ? ceil (style->font_px * 1.25) : 0;
  for (guint columns = sheet->columns ? sheet->columns : 1; columns <= (sheet->columns ? sheet->columns : MIN (sheet->n, 256)); columns++)
    {
      guint rows = (sheet->n + columns - 1) / columns;
      double frame_width = (width - grid->gap * (columns - 1)) / columns, frame_height = frame_width / aspect, room;

      if (rows == 0)
        return;
      room = (height - grid->gap * (rows - 1)) / rows;
      if (cell_height (grid, sheet, frame_height) > room)
        {
          double part = room - cell_height (grid, sheet, 0);

          frame_height = sheet->kind == SAC_SHEET_ROWS ? part / (2 + (sheet->shares ? 25 / 224.0 : 0))
                                                       : part / (1 + (sheet->shares ? 25 / 224.0 : 0));
          while (frame_height > 1 && cell_height (grid, sheet, frame_height) > room)
            frame_height -= 1;
          frame_width = frame_height * aspect;
        }
      if (frame_height <= grid->frame_height || frame_height < 1)
        continue;
      grid->columns = columns;
      grid->rows = rows;
      grid->frame_width = frame_width;
      grid->frame_height = frame_height;
    }
  if (grid->columns == 0)
    return;
  if (!sheet->columns)
    grid->columns = (sheet->n + grid->rows - 1) / grid->rows;   /* rows of the same length, as far as they can be */
  grid->bar = bar_height (sheet, grid->frame_height);
  grid->cell_width = grid->frame_width + grid->gap;
  grid->cell_height = cell_height (grid, sheet, grid->frame_height) + grid->gap;
  grid->x = MAX (0, (width - grid->cell_width * grid->columns + grid->gap) / 2);
  grid->y = MAX (0, (height - grid->cell_height * grid->rows + grid->gap) / 2);
}

static void
draw_bar (cairo_t *cr, const SacRect *to, double share, const SacHeat *heat)
{
  double rgb[3];

  sac_colour_map (heat->colours, share, rgb);
  cairo_rectangle (cr, to->x, to->y, to->width, to->height);
  cairo_set_source_rgb (cr, rgb[0], rgb[1], rgb[2]);
  cairo_fill (cr);
}

static void
draw_cell (cairo_t *cr, const Grid *grid, const SacSheet *sheet, guint i, double x, double y, const SacStyle *style, SacText *text)
{
  cairo_surface_t *frame = sheet->frames ? sheet->frames[i] : NULL;
  const float *map = sheet->maps ? sheet->maps + (gsize) i * (gsize) sheet->h * (gsize) sheet->w : NULL;
  SacRect to = { x, y, grid->frame_width, grid->frame_height }, bar = { x, y, grid->frame_width, grid->bar };
  gboolean rows = sheet->kind == SAC_SHEET_ROWS;

  if (rows)
    {
      _sac_heat_paint (cr, &to, frame, NULL, 0, 0, &sheet->heat);
      bar.y = to.y + to.height + 2;
      to.y = bar.y + bar.height + 2;
    }
  else
    to.y = bar.y + bar.height;
  if (!frame)
    {
      cairo_rectangle (cr, to.x, to.y, to.width, to.height);
      _sac_source (cr, style->faint, 1);
      cairo_fill (cr);
    }
  _sac_heat_paint (cr, &to, frame, map, sheet->h, sheet->w, &sheet->heat);
  if (sheet->shares)
    draw_bar (cr, &bar, sheet->shares[i], &sheet->heat);
  if ((gint) i == sheet->current)
    {
      cairo_rectangle (cr, x + 1, y + 1, grid->frame_width - 2, cell_height (grid, sheet, grid->frame_height) - grid->below - 2);
      cairo_set_line_width (cr, 2);
      _sac_source (cr, style->accent, 1);
      cairo_stroke (cr);
    }
  if (sheet->numbers)
    {
      char number[16];

      g_snprintf (number, sizeof number, "%u", sheet->numbers[i]);
      _sac_text_set (text, number, 0.82, (gint) i == sheet->current, 0);
      if (_sac_text_width (text) <= grid->cell_width)
        _sac_text_show (text, cr, x + grid->frame_width / 2, to.y + to.height + grid->below * 0.55, 0.5, 0.5, style->ink);
    }
}

void
sac_sheet_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacSheet *sheet)
{
  SacText text;
  Grid grid;

  if (width < 2 || height < 2)
    return;
  lay_out (&grid, width, height, style, sheet);
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_text_init (&text, style);
  for (guint i = 0; i < sheet->n && grid.columns; i++)
    draw_cell (cr, &grid, sheet, i, grid.x + i % grid.columns * grid.cell_width,
               grid.y + i / grid.columns * grid.cell_height, style, &text);
  _sac_text_clear (&text);
  cairo_restore (cr);
}

gboolean
sac_sheet_pick (double width, double height, const SacStyle *style, const SacSheet *sheet, double x_px, double y_px, guint *frame)
{
  Grid grid;
  double column, row;

  lay_out (&grid, width, height, style, sheet);
  if (grid.columns == 0)
    return FALSE;
  column = floor ((x_px - grid.x + grid.gap / 2) / grid.cell_width);
  row = floor ((y_px - grid.y + grid.gap / 2) / grid.cell_height);
  if (column < 0 || column >= grid.columns || row < 0 || row >= grid.rows || row * grid.columns + column >= sheet->n)
    return FALSE;
  *frame = (guint) (row * grid.columns + column);
  return TRUE;
}

double
sac_sheet_height (double width, const SacStyle *style, const SacSheet *sheet)
{
  guint columns = sheet->columns ? sheet->columns : MAX (sheet->n, 1), rows = (sheet->n + columns - 1) / columns;
  Grid grid = { .gap = 4, .below = sheet->numbers ? ceil (style->font_px * 1.25) : 0 };
  double frame_width = MAX (1, (width - grid.gap * (columns - 1)) / columns);

  if (sheet->n == 0)
    return 0;
  return ceil (rows * cell_height (&grid, sheet, frame_width / sheet_aspect (sheet)) + grid.gap * (rows - 1));
}

/* ---- slits. */

static const double slit_edge = 1;

void
sac_slit_draw (cairo_t *cr, double width, double height, const SacStyle *style, const float *maps, guint n, int h, int w, gboolean rows,
               const SacHeat *heat, gint current)
{
  int side = rows ? w : h, other = rows ? h : w;
  SacHeat full = *heat;
  g_autofree float *slit = NULL;
  SacRect to = { slit_edge, slit_edge, width - 2 * slit_edge, height - 2 * slit_edge };

  if (width < 4 || height < 4 || n == 0 || h < 1 || w < 1)
    return;
  slit = g_new (float, (gsize) side * n);
  for (guint i = 0; i < n; i++)
    for (int a = 0; a < side; a++)
      {
        float most = -INFINITY;

        for (int b = 0; b < other; b++)
          {
            float v = maps[((gsize) i * (gsize) h + (gsize) (rows ? b : a)) * (gsize) w + (gsize) (rows ? a : b)];

            most = v > most ? v : most;
          }
        slit[(gsize) a * n + i] = most;
      }
  full.opacity = 1;
  full.even = TRUE;
  cairo_save (cr);
  cairo_new_path (cr);
  _sac_paper (cr, width, height, style);
  _sac_heat_paint (cr, &to, NULL, slit, side, (int) n, &full);
  if (current >= 0 && (guint) current < n)
    {
      double step = to.width / n;

      cairo_rectangle (cr, to.x + current * step, to.y, step, to.height);
      cairo_set_line_width (cr, 2);
      cairo_set_source_rgb (cr, 1, 1, 1);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}

gboolean
sac_slit_pick (double width, double height, const SacStyle *style, guint n, double x_px, double y_px, guint *frame)
{
  double at = (x_px - slit_edge) / (width - 2 * slit_edge) * n;

  if (n == 0 || width < 4 || !(at >= 0 && at < n) || y_px < 0 || y_px > height)
    return FALSE;
  *frame = (guint) at;
  return TRUE;
}
