#include "sac-map-brush.h"

#include <math.h>

#define FINE 8                  /* sample points a cell and axis, of polygons */

/* From (@x,@y) to the stretch between the two ends. */
static double
distance (double x, double y, double x0, double y0, double x1, double y1)
{
  double dx = x1 - x0, dy = y1 - y0, length = dx * dx + dy * dy;
  double along = length > 0 ? CLAMP (((x - x0) * dx + (y - y0) * dy) / length, 0, 1) : 0;

  return hypot (x - x0 - along * dx, y - y0 - along * dy);
}

/* 1 within the hard core, 0 from the radius on, a half cosine between. */
static double
profile (const SacBrush *brush, double far)
{
  double core = brush->radius * (1 - CLAMP (brush->softness, 0, 1));

  if (far <= core)
    return 1;
  return far < brush->radius ? 0.5 + 0.5 * cos (G_PI * (far - core) / (brush->radius - core)) : 0;
}

void
sac_brush_line (float *coverage, int h, int w, const SacBrush *brush, double x0, double y0, double x1, double y1)
{
  int x = (int) floor (CLAMP (x1, -1, w)), y = (int) floor (CLAMP (y1, -1, h));

  for (int row = 0; row < h; row++)
    for (int column = 0; column < w; column++)
      {
        float *cell = coverage + (gsize) row * (gsize) w + column;

        *cell = (float) fmax (*cell, profile (brush, distance (column + 0.5, row + 0.5, x0, y0, x1, y1)));
      }
  if (x >= 0 && x < w && y >= 0 && y < h && coverage[(gsize) y * (gsize) w + x] <= 0)
    coverage[(gsize) y * (gsize) w + x] = 1;
}

static gboolean
is_within (double x, double y, const double *points, guint n)
{
  gboolean within = FALSE;

  for (guint i = 0, j = n - 1; i < n; j = i++)
    {
      double ax = points[2 * i], ay = points[2 * i + 1], bx = points[2 * j], by = points[2 * j + 1];

      if ((ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax)
        within = !within;
    }
  return within;
}

void
sac_brush_polygon (float *coverage, int h, int w, const double *points, guint n_points)
{
  for (int row = 0; n_points >= 3 && row < h; row++)
    for (int column = 0; column < w; column++)
      {
        float *cell = coverage + (gsize) row * (gsize) w + column;
        int hits = 0;

        for (int i = 0; i < FINE * FINE; i++)
          hits += is_within (column + (i % FINE + 0.5) / FINE, row + (i / FINE + 0.5) / FINE, points, n_points);
        *cell = fmaxf (*cell, (float) hits / (FINE * FINE));
      }
}

static double
overlap (double at, double from, double length)
{
  return fmax (0, fmin (at + 1, from + length) - fmax (at, from));
}

void
sac_brush_box (float *coverage, int h, int w, double x, double y, double width, double height)
{
  for (int row = 0; row < h; row++)
    for (int column = 0; column < w; column++)
      {
        float *cell = coverage + (gsize) row * (gsize) w + column;

        *cell = (float) fmax (*cell, overlap (row, y, height) * overlap (column, x, width));
      }
}

void
sac_brush_apply (float *out, const float *before, const float *coverage, int h, int w, const SacBrush *brush)
{
  float value = (float) CLAMP (brush->value, 0, 1);

  for (gsize i = 0; i < (gsize) h * (gsize) w; i++)
    {
      float m = before[i], c = coverage[i];

      if (c <= 0)
        out[i] = m;
      else if (brush->mode == SAC_BRUSH_VALUE)
        out[i] = m + (value - m) * c;
      else
        out[i] = CLAMP (m + (brush->mode == SAC_BRUSH_ADD ? value : -value) * c, 0, 1);
    }
}

void
sac_brush_bars (float *bars, int n, int from, double from_value, int to, double to_value)
{
  int first = CLAMP (MIN (from, to), 0, n - 1), last = CLAMP (MAX (from, to), 0, n - 1);

  for (int i = first; i <= last && n > 0; i++)
    {
      double along = from == to ? 1 : (double) (i - from) / (to - from);

      bars[i] = (float) CLAMP (from_value + along * (to_value - from_value), 0, 1);
    }
}

double
sac_map_distance (const float *a, const float *b, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += ((double) a[i] - (double) b[i]) * ((double) a[i] - (double) b[i]);
  return sqrt (sum);
}
