#include "follow-private.h"

#include <math.h>

/* One axis: @n points that lie @step apart, each a run of @length numbers. */
static void
transform (float *re, float *im, guint n, gsize step, gsize length, gboolean inverse)
{
  for (guint i = 1, j = 0; i < n; i++)
    {
      guint bit = n >> 1;

      for (; j & bit; bit >>= 1)
        j ^= bit;
      j ^= bit;
      if (i < j)
        for (gsize k = 0; k < length; k++)
          {
            float a = re[i * step + k], b = im[i * step + k];

            re[i * step + k] = re[j * step + k], im[i * step + k] = im[j * step + k];
            re[j * step + k] = a, im[j * step + k] = b;
          }
    }
  for (guint half = 1; half < n; half *= 2)
    for (guint k = 0; k < half; k++)
      {
        double angle = (inverse ? G_PI : -G_PI) * k / half;
        float wr = (float) cos (angle), wi = (float) sin (angle);

        for (guint i = k; i < n; i += 2 * half)
          {
            float *ar = re + i * step, *ai = im + i * step, *br = re + (i + half) * step, *bi = im + (i + half) * step;

            for (gsize c = 0; c < length; c++)
              {
                float tr = br[c] * wr - bi[c] * wi, ti = br[c] * wi + bi[c] * wr;

                br[c] = ar[c] - tr, bi[c] = ai[c] - ti;
                ar[c] += tr, ai[c] += ti;
              }
          }
      }
}

void
_sac_fft2 (float *re, float *im, guint rows, guint columns, guint channels, gboolean inverse)
{
  gsize row = (gsize) columns * channels;

  transform (re, im, rows, row, row, inverse);
  for (guint r = 0; r < rows; r++)
    transform (re + r * row, im + r * row, columns, channels, channels, inverse);
}
