/* Heat maps as numbers: resampling, and how much of one lies in a box. */
#include <math.h>

#include "sac-eval-private.h"

typedef struct {
  int low, high;
  float part;                   /* of high */
} Tap;

static Tap *
taps_new (int n_in, int n_out)
{
  Tap *taps = g_new (Tap, n_out);

  for (int i = 0; i < n_out; i++)
    {
      double at = CLAMP ((i + 0.5) * n_in / n_out - 0.5, 0, n_in - 1);

      taps[i].low = (int) at;
      taps[i].high = MIN (taps[i].low + 1, n_in - 1);
      taps[i].part = at - taps[i].low;
    }
  return taps;
}

void
sac_upsample3 (const float *in, int t, int h, int w, float *out, int t2, int h2, int w2)
{
  g_autofree Tap *time = NULL, *row = NULL, *column = NULL;
  g_autofree float *line = NULL;

  g_return_if_fail (t > 0 && h > 0 && w > 0 && t2 > 0 && h2 > 0 && w2 > 0);
  time = taps_new (t, t2);
  row = taps_new (h, h2);
  column = taps_new (w, w2);
  line = g_new (float, w);
  for (int z = 0; z < t2; z++)
    for (int y = 0; y < h2; y++)
      {
        const Tap *a = &time[z], *b = &row[y];
        const float *corner[4] = {
          in + ((gsize) a->low * h + b->low) * w, in + ((gsize) a->low * h + b->high) * w,
          in + ((gsize) a->high * h + b->low) * w, in + ((gsize) a->high * h + b->high) * w,
        };
        float *to = out + ((gsize) z * h2 + y) * w2;

        for (int x = 0; x < w; x++)
          {
            float first = corner[0][x] + b->part * (corner[1][x] - corner[0][x]);
            float second = corner[2][x] + b->part * (corner[3][x] - corner[2][x]);

            line[x] = first + a->part * (second - first);
          }
        for (int x = 0; x < w2; x++)
          to[x] = line[column[x].low] + column[x].part * (line[column[x].high] - line[column[x].low]);
      }
}

void
sac_map_at (const float *maps, const guint *times, guint n, gsize area, guint at, float *out)
{
  const float *before, *after;
  guint next = 0;
  float back = 0;

  g_return_if_fail (n > 0);
  while (next < n && times[next] < at)
    next++;
  if (next > 0 && next < n)
    back = (float) (times[next] - at) / (float) (times[next] - times[next - 1]);
  next = MIN (next, n - 1);
  after = maps + next * area;
  before = back > 0 ? after - area : after;
  for (gsize i = 0; i < area; i++)
    out[i] = (1 - back) * after[i] + back * before[i];
}

double
sac_energy_in_box (const float *map, int h, int w, double x, double y, double width, double height)
{
  g_autofree float *cover = g_new (float, (gsize) h * (gsize) w);

  sac_cover_boxes (&(SacRegion) { x, y, width, height }, 1, 0, h, w, cover);
  return sac_energy_in_cover (map, cover, (gsize) h * (gsize) w);
}
