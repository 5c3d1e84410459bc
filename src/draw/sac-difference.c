/* Where one map is stronger than another. */
#include <math.h>

#include "sac-draw-private.h"

void
sac_difference_colour (double value, double opacity, double rgba[4])
{
  sac_palette (value > 0 ? 1 : 0, rgba);
  rgba[3] = CLAMP (fabs (value), 0, 1) * opacity;
}

void
sac_difference_draw (cairo_t *cr, double width, double height, const float *difference, int h, int w, double opacity)
{
  cairo_surface_t *surface;
  cairo_pattern_t *pattern;
  guchar *rows;
  int stride;

  if (h <= 0 || w <= 0 || width <= 0 || height <= 0)
    return;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, w, h);
  rows = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (int y = 0; rows && y < h; y++)
    for (int x = 0; x < w; x++)
      {
        float value = difference[y * w + x];
        double c[4];
        guint32 pixel = 0;

        sac_difference_colour (isnan (value) ? 0 : value, opacity, c);
        for (int k = 0; k < 3; k++)
          pixel |= (guint32) lround (255 * c[k] * c[3]) << (16 - 8 * k);
        ((guint32 *) (gpointer) (rows + (gsize) y * stride))[x] = pixel | (guint32) lround (255 * c[3]) << 24;
      }
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  cairo_scale (cr, width / w, height / h);
  pattern = cairo_pattern_create_for_surface (surface);
  cairo_pattern_set_filter (pattern, CAIRO_FILTER_BILINEAR);
  cairo_pattern_set_extend (pattern, CAIRO_EXTEND_PAD);
  cairo_set_source (cr, pattern);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_pattern_destroy (pattern);
  cairo_surface_destroy (surface);
}
