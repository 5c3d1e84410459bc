/* The one resize: per axis a short list of weights, columns first, then rows; plain floats, so the same bits everywhere. */
#include <math.h>
#include <string.h>

#include "sac-data.h"

typedef struct {
  int first, n;
} Taps;

typedef struct {
  Taps *taps;
  float *weights;               /* max_taps per output */
  int max_taps;
} Axis;

/* Output pixel @start + i of an axis that goes from @in to @full pixels. */
static void
axis_init (Axis *axis, int in, int full, int start, int n)
{
  double scale = (double) in / full;

  axis->max_taps = scale > 1 ? (int) ceil (scale) + 1 : 2;
  axis->taps = g_new0 (Taps, n);
  axis->weights = g_new0 (float, (gsize) n * axis->max_taps);
  for (int i = 0; i < n; i++)
    {
      float *weights = axis->weights + (gsize) i * axis->max_taps;

      if (scale > 1)
        {
          /* The share of each input pixel in the interval that this output pixel covers. */
          double from = (start + i) * scale, to = MIN ((start + i + 1) * scale, in);
          int first = CLAMP ((int) floor (from), 0, in - 1);

          axis->taps[i].first = first;
          for (int k = first; k < in && k < to && k - first < axis->max_taps; k++)
            {
              double share = (MIN (k + 1, to) - MAX (k, from)) / (to - from);

              weights[k - first] = share;
              axis->taps[i].n = k - first + 1;
            }
        }
      else
        {
          double centre = CLAMP ((start + i + 0.5) * scale - 0.5, 0, in - 1);
          int first = MIN ((int) centre, MAX (in - 2, 0));

          axis->taps[i] = (Taps) { first, MIN (2, in) };
          weights[1] = centre - first;
          weights[0] = 1 - weights[1];
        }
    }
}

static void
axis_clear (Axis *axis)
{
  g_free (axis->taps);
  g_free (axis->weights);
}

static void
resize_row (const guint8 *in, const Axis *columns, int width, float *out)
{
  for (int i = 0; i < width; i++)
    {
      const float *weights = columns->weights + (gsize) i * columns->max_taps;
      const guint8 *p = in + 3 * columns->taps[i].first;
      float r = 0, g = 0, b = 0;

      for (int k = 0; k < columns->taps[i].n; k++, p += 3)
        {
          r += weights[k] * p[0];
          g += weights[k] * p[1];
          b += weights[k] * p[2];
        }
      out[3 * i] = r;
      out[3 * i + 1] = g;
      out[3 * i + 2] = b;
    }
}

void
sac_resize_rgb (const guint8 *in, int in_width, int in_height, gsize in_stride, int full_width, int full_height,
                int x, int y, int width, int height, guint8 *out)
{
  g_autofree float *rows = NULL, *sum = NULL;
  g_autofree int *row_at = NULL;
  Axis columns, lines;
  int n_kept;
  gsize length = 3 * (gsize) width;

  g_return_if_fail (in_width > 0 && in_height > 0 && full_width > 0 && full_height > 0);
  g_return_if_fail (x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= full_width && y + height <= full_height);
  if (in_width == full_width && in_height == full_height)
    {
      for (int row = 0; row < height; row++)
        memcpy (out + row * length, in + (y + row) * in_stride + 3 * (gsize) x, length);
      return;
    }
  axis_init (&columns, in_width, full_width, x, width);
  axis_init (&lines, in_height, full_height, y, height);
  /* Input rows become output columns once each; the last max_taps of them are kept in a ring. */
  n_kept = lines.max_taps;
  rows = g_new (float, length * n_kept);
  sum = g_new (float, length);
  row_at = g_new (int, n_kept);
  for (int k = 0; k < n_kept; k++)
    row_at[k] = -1;
  for (int row = 0; row < height; row++)
    {
      memset (sum, 0, length * sizeof (float));
      for (int k = 0; k < lines.taps[row].n; k++)
        {
          int line = lines.taps[row].first + k, slot = line % n_kept;
          float weight = lines.weights[(gsize) row * lines.max_taps + k], *kept = rows + length * slot;

          if (row_at[slot] != line)
            {
              resize_row (in + line * in_stride, &columns, width, kept);
              row_at[slot] = line;
            }
          for (gsize c = 0; c < length; c++)
            sum[c] += weight * kept[c];
        }
      for (gsize c = 0; c < length; c++)
        out[row * length + c] = (guint8) CLAMP (sum[c] + 0.5f, 0, 255);
    }
  axis_clear (&columns);
  axis_clear (&lines);
}
