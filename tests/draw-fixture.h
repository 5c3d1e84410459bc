/* A canvas whose pixels can be asked, for the tests of draw/. */
#pragma once
#include <math.h>
#include <string.h>

#include "draw/sac-draw.h"

#define close(a, b, e) g_assert_cmpfloat_with_epsilon (a, b, e)

typedef struct {
  cairo_surface_t *surface;
  cairo_t *cr;
  int width, height;
} Canvas;

G_GNUC_UNUSED static Canvas
canvas_new (int width, int height)
{
  Canvas c = { cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height), NULL, width, height };

  c.cr = cairo_create (c.surface);
  return c;
}

G_GNUC_UNUSED static void
canvas_clear (Canvas *c)
{
  cairo_destroy (c->cr);
  cairo_surface_destroy (c->surface);
}

G_GNUC_UNUSED static guint32
pixel (Canvas *c, int x, int y)
{
  cairo_surface_flush (c->surface);
  g_assert_true (x >= 0 && y >= 0 && x < c->width && y < c->height);
  return ((guint32 *) (gpointer) (cairo_image_surface_get_data (c->surface) + y * cairo_image_surface_get_stride (c->surface)))[x];
}

G_GNUC_UNUSED static double
distance (guint32 p, const double rgb[3])
{
  double sum = 0;

  for (int k = 0; k < 3; k++)
    sum += fabs (((p >> (16 - 8 * k)) & 0xff) / 255.0 - rgb[k]);
  return sum;
}

/* Mean height of the pixels of column @x that have the colour; NaN if none. */
G_GNUC_UNUSED static double
ink_at (Canvas *c, int x, int y0, int y1, const double rgb[3])
{
  double sum = 0;
  int n = 0;

  for (int y = y0; y < y1; y++)
    if (distance (pixel (c, x, y), rgb) < 0.25)
      {
        sum += y + 0.5;
        n++;
      }
  return n ? sum / n : NAN;
}

G_GNUC_UNUSED static const double red[4] = { 0.9, 0, 0, 1 };

typedef struct {
  const SacAxes *axes;
  const SacCurve *curves;
  guint n;
  gboolean dark;
} ChartData;

G_GNUC_UNUSED static void
draw_chart (cairo_t *cr, double width, double height, gpointer data)
{
  ChartData *d = data;
  SacStyle style;

  sac_style_init (&style, d->dark);
  sac_chart_draw (cr, width, height, &style, d->axes, d->curves, d->n);
}
