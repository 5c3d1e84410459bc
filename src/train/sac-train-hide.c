/* What a person erased from a network's maps, painted over in the clip itself.  A network with attention of its own sees (1 + M)·f, so
 * M = 0 makes nothing invisible, and features know of what lies far beside them: only what is not in the picture cannot be used. */
#include <string.h>

#include "eval/sac-faithfulness.h"
#include "sac-train-private.h"

#define SPREAD 0.12             /* σ of the paint, of the picture's side */
#define TOO_FAR 1e-4f           /* less of the surroundings than this tells no colour */

/* Each erased pixel of a frame (h·w·3) becomes the mean of the kept ones around it. */
static void
paint_frame (float *frame, const float *kept, int h, int w, float *work)
{
  gsize n = (gsize) h * (gsize) w;
  float *masked = work, *colours = work + 3 * n, *share = work + 6 * n, mean[3] = { 0 }, weight = 0;
  double sigma = SPREAD * MAX (h, w);

  for (gsize p = 0; p < n; p++)
    for (int c = 0; c < 3; c++)
      {
        masked[3 * p + (gsize) c] = frame[3 * p + (gsize) c] * kept[p];
        mean[c] += masked[3 * p + (gsize) c];
      }
  for (gsize p = 0; p < n; p++)
    weight += kept[p];
  if (weight < 1)
    return;
  sac_blur (masked, h, w, 3, sigma, colours);
  sac_blur (kept, h, w, 1, sigma, share);
  for (gsize p = 0; p < n; p++)
    for (int c = 0; c < 3 && kept[p] == 0; c++)
      frame[3 * p + (gsize) c] = share[p] > TOO_FAR ? colours[3 * p + (gsize) c] / share[p] : mean[c] / weight;
}

/* Frames that are erased show their nearest neighbour that is not. */
static void
replace_frames (float *clip, int t, gsize frame, const float *temporal, double below)
{
  g_autofree guint8 *kept = g_new (guint8, MAX (t, 1));
  g_autofree guint *nearest = g_new (guint, MAX (t, 1));

  for (int f = 0; f < t; f++)
    kept[f] = temporal[f] >= below;
  if (sac_nearest_kept (kept, (guint) t, nearest))
    for (int f = 0; f < t; f++)
      if (!kept[f])
        memcpy (clip + (gsize) f * frame, clip + nearest[f] * frame, frame * sizeof *clip);
}

void
_sac_train_paint_over (float *clip, int t, int h, int w, const float *spatial, int map_h, int map_w, const float *temporal, double below)
{
  gsize n = (gsize) h * (gsize) w;
  g_autofree float *kept = g_new (float, n), *work = g_new (float, 7 * n);

  for (int f = 0; f < t; f++)
    {
      const float *map = spatial + (gsize) f * (gsize) map_h * (gsize) map_w;
      gboolean any = FALSE;

      for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
          {
            float *keep = kept + (gsize) y * (gsize) w + (gsize) x;

            *keep = map[y * map_h / h * map_w + x * map_w / w] >= below;
            any |= *keep == 0;
          }
      if (any)
        paint_frame (clip + (gsize) f * n * 3, kept, h, w, work);
    }
  if (temporal)
    replace_frames (clip, t, 3 * n, temporal, below);
}
