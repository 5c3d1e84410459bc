/* Histograms of oriented gradients: 18 signed orientations gathered into cells, normalised by the energies of the four blocks
 * of 2 × 2 cells that hold a cell, cut off at 0.2 and averaged; the same without sign; and the four energies themselves. */
#include "follow-private.h"

#include <math.h>
#include <string.h>

#define N 18
#define CUT 0.2f

/* Of one row of pixels: how steep, and which of 18 directions is nearest.  @above, @below: the rows beside it. */
static void
read_gradients (const float *row, const float *above, const float *below, guint width, const float direction[9][2], float *steep,
                guint8 *bin)
{
  for (guint x = 0; x < width; x++)
    {
      const float *left = row + (x > 0 ? x - 1 : 0) * 3, *right = row + (x + 1 < width ? x + 1 : x) * 3;
      float best = -1, gx = 0, gy = 0, along = 0;
      guint nearest = 0;

      for (guint c = 0; c < 3; c++)     /* of the channel where it is steepest */
        {
          float dx = right[c] - left[c], dy = below[x * 3 + c] - above[x * 3 + c], square = dx * dx + dy * dy;
          gboolean more = square > best;

          best = more ? square : best;
          gx = more ? dx : gx;
          gy = more ? dy : gy;
        }
      for (guint o = 0; o < 9; o++)
        {
          float dot = direction[o][0] * gx + direction[o][1] * gy, size = fabsf (dot);
          gboolean more = size > along;

          nearest = more ? (dot < 0 ? o + 9 : o) : nearest;
          along = more ? size : along;
        }
      steep[x] = sqrtf (best);
      bin[x] = (guint8) nearest;
    }
}

/* @cells has a border of a cell all round, so that a pixel's four cells are always there. */
static void
gather (const float *rgb, guint rows, guint columns, float *cells)
{
  guint width = columns * SAC_HOG_CELL, height = rows * SAC_HOG_CELL;
  gsize stride = (gsize) (columns + 2) * N;
  g_autofree float *steep = g_new (float, width);
  g_autofree guint8 *bin = g_new (guint8, width);
  float direction[9][2];

  for (guint o = 0; o < 9; o++)
    {
      direction[o][0] = (float) cos (G_PI * o / 9);
      direction[o][1] = (float) sin (G_PI * o / 9);
    }
  memset (cells, 0, (rows + 2) * stride * sizeof (float));
  for (guint y = 0; y < height; y++)
    {
      const float *row = rgb + (gsize) y * width * 3;
      guint y0 = (y + SAC_HOG_CELL / 2) / SAC_HOG_CELL;
      float fy = ((float) ((y + SAC_HOG_CELL / 2) % SAC_HOG_CELL) + 0.5f) / SAC_HOG_CELL;

      read_gradients (row, y > 0 ? row - (gsize) width * 3 : row, y + 1 < height ? row + (gsize) width * 3 : row, width, direction, steep,
                      bin);
      for (guint x = 0; x < width; x++)
        {
          guint x0 = (x + SAC_HOG_CELL / 2) / SAC_HOG_CELL;
          float fx = ((float) ((x + SAC_HOG_CELL / 2) % SAC_HOG_CELL) + 0.5f) / SAC_HOG_CELL, *cell = cells + y0 * stride + x0 * N + bin[x];
          float right = steep[x] * fx, left = steep[x] - right;

          cell[0] += left * (1 - fy);
          cell[N] += right * (1 - fy);
          cell[stride] += left * fy;
          cell[stride + N] += right * fy;
        }
    }
}

void
_sac_hog (const float *rgb, guint rows, guint columns, float *out, guint stride)
{
  g_autofree float *cells = g_new (float, (gsize) (rows + 2) * (columns + 2) * N), *energy = g_new (float, (gsize) rows * columns);

  gather (rgb, rows, columns, cells);
  for (guint y = 0; y < rows; y++)
    for (guint x = 0; x < columns; x++)
      {
        const float *cell = cells + ((gsize) (y + 1) * (columns + 2) + x + 1) * N;
        float sum = 0;

        for (guint o = 0; o < 9; o++)
          sum += (cell[o] + cell[o + 9]) * (cell[o] + cell[o + 9]);
        energy[(gsize) y * columns + x] = sum;
      }
  for (guint y = 0; y < rows; y++)
    for (guint x = 0; x < columns; x++)
      {
        const float *cell = cells + ((gsize) (y + 1) * (columns + 2) + x + 1) * N;
        float *to = out + ((gsize) y * columns + x) * stride;

        memset (to, 0, SAC_HOG_CHANNELS * sizeof (float));
        for (int b = 0; b < 4; b++)
          {
            guint x1 = (guint) CLAMP ((int) x + (b % 2 ? 1 : -1), 0, (int) columns - 1);
            guint y1 = (guint) CLAMP ((int) y + (b / 2 ? 1 : -1), 0, (int) rows - 1);
            float four = energy[y * columns + x] + energy[y * columns + x1] + energy[y1 * columns + x] + energy[y1 * columns + x1];
            float scale = 1 / sqrtf (four + 1e-2f), sum = 0;

            for (guint o = 0; o < N; o++)
              {
                float value = MIN (cell[o] * scale, CUT);

                to[o] += value / 2;
                sum += value;
              }
            for (guint o = 0; o < 9; o++)
              to[N + o] += MIN ((cell[o] + cell[o + 9]) * scale, CUT) / 2;
            to[27 + b] = sum * 0.2357f;
          }
      }
}
