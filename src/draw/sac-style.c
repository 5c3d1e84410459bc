/* Colours, colour maps and the small strokes that all pictures use. */
#include <math.h>
#include <string.h>

#include "sac-draw-private.h"

void
sac_style_init (SacStyle *style, gboolean dark)
{
  static const SacStyle light_page = {
    .ink = { 0.15, 0.16, 0.18, 1 }, .faint = { 0, 0.02, 0.05, 0.13 }, .paper = { 1, 1, 1, 1 },
    .accent = { 0.11, 0.44, 0.85, 1 }, .font_px = 13,
  };
  static const SacStyle dark_page = {
    .ink = { 0.93, 0.93, 0.94, 1 }, .faint = { 1, 1, 1, 0.16 }, .paper = { 0.118, 0.118, 0.125, 1 },
    .accent = { 0.47, 0.68, 0.93, 1 }, .font_px = 13,
  };

  *style = dark ? dark_page : light_page;
}

/* Chosen so that any two differ under normal, protanope and deuteranope vision, and each stands out from white and from near-black. */
static const guint32 palette[] = { 0x1f6fc4, 0xe0660e, 0x2aaf8f, 0xc75fae, 0x8a4b32, 0x4cb4e6, 0x747a80 };

void
sac_palette (guint i, double rgba[4])
{
  guint round = i / G_N_ELEMENTS (palette);
  guint32 c = palette[i % G_N_ELEMENTS (palette)];
  /* Later rounds: the same hues, lighter and darker in turn. */
  double mix = round == 0 ? 0 : 0.3 + 0.15 * ((round - 1) / 2 % 2), towards = round % 2 ? 0.85 : 0.15;

  for (int k = 0; k < 3; k++)
    rgba[k] = (1 - mix) * ((c >> (16 - 8 * k)) & 0xff) / 255.0 + mix * towards;
  rgba[3] = 1;
}

void
_sac_curve_colour (const double given[4], guint i, double out[4])
{
  if (given[0] == 0 && given[1] == 0 && given[2] == 0 && given[3] == 0)
    sac_palette (i, out);
  else
    memcpy (out, given, 4 * sizeof *out);
}

/* Maps whose steps look even, at nine even places; between them linear, which no eye tells from the original. */
static const double even_maps[SAC_N_COLOUR_MAPS][9][3] = {
  [SAC_MAP_VIRIDIS] = {
    { 0.267, 0.005, 0.329 }, { 0.279, 0.175, 0.483 }, { 0.230, 0.322, 0.546 }, { 0.173, 0.449, 0.558 }, { 0.128, 0.567, 0.551 },
    { 0.158, 0.684, 0.502 }, { 0.369, 0.789, 0.383 }, { 0.678, 0.864, 0.190 }, { 0.993, 0.906, 0.144 } },
  [SAC_MAP_MAGMA] = {
    { 0.001, 0.000, 0.014 }, { 0.110, 0.063, 0.266 }, { 0.316, 0.072, 0.485 }, { 0.512, 0.148, 0.508 }, { 0.716, 0.215, 0.475 },
    { 0.904, 0.319, 0.388 }, { 0.987, 0.535, 0.382 }, { 0.997, 0.769, 0.534 }, { 0.987, 0.991, 0.750 } },
  [SAC_MAP_CIVIDIS] = {
    { 0.000, 0.135, 0.305 }, { 0.106, 0.215, 0.432 }, { 0.280, 0.304, 0.420 }, { 0.388, 0.393, 0.434 }, { 0.486, 0.482, 0.471 },
    { 0.599, 0.577, 0.470 }, { 0.724, 0.681, 0.441 }, { 0.857, 0.796, 0.376 }, { 0.995, 0.909, 0.218 } },
};

void
sac_colour_map (SacColourMap map, double value, double rgb[3])
{
  double v = isnan (value) ? 0 : CLAMP (value, 0, 1);

  if (map != SAC_MAP_JET)
    {
      int i = MIN ((int) (v * 8), 7);
      double part = v * 8 - i;

      for (int k = 0; k < 3; k++)
        rgb[k] = even_maps[map][i][k] + part * (even_maps[map][i + 1][k] - even_maps[map][i][k]);
    }
  else
    for (int k = 0; k < 3; k++)         /* three tents, blue's summit at ¼, green's at ½, red's at ¾ */
      rgb[k] = CLAMP (1.5 - fabs (4 * v - (3 - k)), 0, 1);
}

void
_sac_source (cairo_t *cr, const double rgba[4], double alpha)
{
  cairo_set_source_rgba (cr, rgba[0], rgba[1], rgba[2], rgba[3] * alpha);
}

double
_sac_scale (cairo_t *cr)
{
  double x = 1, y = 0, sx, sy;

  cairo_user_to_device_distance (cr, &x, &y);
  cairo_surface_get_device_scale (cairo_get_target (cr), &sx, &sy);
  return MAX (hypot (x, y) * sx, 1e-6);
}

double
_sac_snap (cairo_t *cr, double at, gboolean vertical)
{
  double x = vertical ? 0 : at, y = vertical ? at : 0, zx = 0, zy = 0, sx, sy, device, scale, half;

  cairo_user_to_device (cr, &x, &y);
  cairo_user_to_device (cr, &zx, &zy);
  cairo_surface_get_device_scale (cairo_get_target (cr), &sx, &sy);
  device = vertical ? y * sy : x * sx;
  scale = (vertical ? y - zy : x - zx) / (at ? at : 1) * (vertical ? sy : sx);
  if (at == 0 || !(scale > 0))
    scale = _sac_scale (cr);
  half = (int) MAX (1, lround (scale)) % 2 ? 0.5 : 0;
  return at + (floor (device) + half - device) / scale;
}

void
_sac_hline (cairo_t *cr, double x0, double x1, double y)
{
  double at = _sac_snap (cr, y, TRUE);

  cairo_move_to (cr, x0, at);
  cairo_line_to (cr, x1, at);
}

void
_sac_vline (cairo_t *cr, double x, double y0, double y1)
{
  double at = _sac_snap (cr, x, FALSE);

  cairo_move_to (cr, at, y0);
  cairo_line_to (cr, at, y1);
}

void
_sac_round_rect (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  double r = MAX (0, MIN (radius, MIN (width, height) / 2));

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - r, y + r, r, -G_PI_2, 0);
  cairo_arc (cr, x + width - r, y + height - r, r, 0, G_PI_2);
  cairo_arc (cr, x + r, y + height - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

void
_sac_paper (cairo_t *cr, double width, double height, const SacStyle *style)
{
  if (style->paper[3] <= 0)
    return;
  _sac_source (cr, style->paper, 1);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill (cr);
}

/* Lines y = c − x, cut to the rectangle here: a clip would make the vector formats heavy. */
void
_sac_hatch (cairo_t *cr, const SacRect *rect, double gap)
{
  double right = rect->x + rect->width, bottom = rect->y + rect->height;
  double first = ceil ((rect->x + rect->y) / gap) * gap;

  for (double c = first; c < right + bottom; c += gap)
    {
      double x0 = MAX (rect->x, c - bottom), x1 = MIN (right, c - rect->y);

      if (x1 > x0)
        {
          cairo_move_to (cr, x0, c - x0);
          cairo_line_to (cr, x1, c - x1);
        }
    }
}
