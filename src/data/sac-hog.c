/* Histograms of oriented gradients: 18 signed orientations gathered into cells, normalised by the energies of the four blocks
 * of 2 × 2 cells that hold a cell, cut off at 0.2 and averaged; the same without sign; and the four energies themselves. */
#include "follow-private.h"

#include <math.h>
#include <string.h>

#define N 18
#define CUT 0.2f

/* The gradient of the channel where it is steepest, and which of 18 directions is nearest. */
static float
gradient (const float *px, gsize row, gboolean left, gboolean right, gboolean top, gboolean bottom, const float direction[9][2], guint *bin)
{
  float best = -1, gx = 0, gy = 0, along = 0;

  for (guint c = 0; c < 3; c++)
    {
      float dx = px[right ? c : c + 3] - px[left ? (gssize) c : (gssize) c - 3];
      float dy = px[bottom ? c : c + row] - px[top ? (gssize) c : (gssize) c - (gssize) row];
      float steep = dx * dx + dy * dy;

      if (steep > best)
        best = steep, gx = dx, gy = dy;
    }
  *bin = 0;
  for (guint o = 0; o < 9; o++)
    {
      float dot = direction[o][0] * gx + direction[o][1] * gy;

      if (dot > along)
        along = dot, *bin = o;
      else if (-dot > along)
        along = -dot, *bin = o + 9;
    }
  return sqrtf (best);
}

static void
gather (const float *rgb, guint rows, guint columns, float *cells)
{
  guint width = columns * SAC_HOG_CELL, height = rows * SAC_HOG_CELL;
  float direction[9][2];

  for (guint o = 0; o < 9; o++)
    {
      direction[o][0] = (float) cos (G_PI * o / 9);
      direction[o][1] = (float) sin (G_PI * o / 9);
    }
  memset (cells, 0, (gsize) rows * columns * N * sizeof (float));
  for (guint y = 0; y < height; y++)
    {
      float at_y = ((float) y + 0.5f) / SAC_HOG_CELL - 0.5f;
      int y0 = (int) floorf (at_y);
      float fy = at_y - (float) y0;

      for (guint x = 0; x < width; x++)
        {
          float at_x = ((float) x + 0.5f) / SAC_HOG_CELL - 0.5f;
          int x0 = (int) floorf (at_x);
          float fx = at_x - (float) x0, weight;
          guint bin;

          weight = gradient (rgb + ((gsize) y * width + x) * 3, (gsize) width * 3, x == 0, x + 1 == width, y == 0, y + 1 == height,
                             direction, &bin);
          for (int j = 0; j < 2; j++)
            for (int i = 0; i < 2; i++)
              if (x0 + i >= 0 && x0 + i < (int) columns && y0 + j >= 0 && y0 + j < (int) rows)
                cells[((gsize) (y0 + j) * columns + (gsize) (x0 + i)) * N + bin] += weight * (i ? fx : 1 - fx) * (j ? fy : 1 - fy);
        }
    }
}

void
_sac_hog (const float *rgb, guint rows, guint columns, float *out, guint stride)
{
  g_autofree float *cells = g_new (float, (gsize) rows * columns * N), *energy = g_new (float, (gsize) rows * columns);

  gather (rgb, rows, columns, cells);
  for (gsize i = 0; i < (gsize) rows * columns; i++)
    {
      energy[i] = 0;
      for (guint o = 0; o < 9; o++)
        {
          float both = cells[i * N + o] + cells[i * N + o + 9];

          energy[i] += both * both;
        }
    }
  for (guint y = 0; y < rows; y++)
    for (guint x = 0; x < columns; x++)
      {
        const float *cell = cells + ((gsize) y * columns + x) * N;
        float *to = out + ((gsize) y * columns + x) * stride, scale[4];

        memset (to, 0, SAC_HOG_CHANNELS * sizeof (float));
        for (int b = 0; b < 4; b++)
          {
            guint x1 = (guint) CLAMP ((int) x + (b % 2 ? 1 : -1), 0, (int) columns - 1);
            guint y1 = (guint) CLAMP ((int) y + (b / 2 ? 1 : -1), 0, (int) rows - 1);

            scale[b] = 1 / sqrtf (energy[y * columns + x] + energy[y * columns + x1] + energy[y1 * columns + x] + energy[y1 * columns + x1]
                                  + 1e-2f);
          }
        for (int b = 0; b < 4; b++)
          {
            float sum = 0;

            for (guint o = 0; o < N; o++)
              {
                float value = MIN (cell[o] * scale[b], CUT);

                to[o] += value / 2;
                sum += value;
              }
            for (guint o = 0; o < 9; o++)
              to[N + o] += MIN ((cell[o] + cell[o + 9]) * scale[b], CUT) / 2;
            to[27 + b] = sum * 0.2357f;
          }
      }
}
