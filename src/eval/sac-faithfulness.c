#include "sac-faithfulness.h"

#include <math.h>
#include <string.h>

#include "base/sac-random.h"
#include "sac-eval-private.h"

/* ---- against boxes. */

/* How much of [i, i+1] lies in [low, high]. */
static double
overlap (int i, double low, double high)
{
  return MAX (0, MIN (i + 1, high) - MAX (i, low));
}

/* Boxes overlap seldom; where they do, the largest share is taken for the union's. */
void
sac_cover_boxes (const SacRegion *boxes, guint n_boxes, double margin, int h, int w, float *cover)
{
  g_return_if_fail (h > 0 && w > 0);
  memset (cover, 0, (gsize) h * (gsize) w * sizeof *cover);
  for (guint b = 0; b < n_boxes; b++)
    {
      double left = boxes[b].x - margin, right = boxes[b].x + boxes[b].width + margin;
      double top = boxes[b].y - margin, bottom = boxes[b].y + boxes[b].height + margin;

      if (!(right > 0 && left < w && bottom > 0 && top < h))    /* also a NaN */
        continue;
      for (int y = (int) MAX (top, 0); y < h && y < bottom; y++)
        for (int x = (int) MAX (left, 0); x < w && x < right; x++)
          {
            float *at = cover + (gsize) y * w + x;

            *at = MAX (*at, (float) (overlap (y, top, bottom) * overlap (x, left, right)));
          }
    }
}

double
sac_energy_in_cover (const float *map, const float *cover, gsize n)
{
  double inside = 0, all = 0;

  for (gsize i = 0; i < n; i++)
    if (map[i] > 0)
      {
        inside += (double) map[i] * cover[i];
        all += map[i];
      }
  return all > 0 ? inside / all : NAN;
}

gboolean
sac_pointing_hit (const float *map, const float *cover, gsize n)
{
  gsize best = 0;

  for (gsize i = 1; i < n; i++)
    if (map[i] > map[best] || isnan (map[best]))
      best = i;
  return n > 0 && !isnan (map[best]) && cover[best] > 0;
}

double
sac_iou_above (const float *map, const float *cover, gsize n, double n_sigma)
{
  double sum = 0, squares = 0, mean, limit;
  gsize both = 0, either = 0;

  for (gsize i = 0; i < n; i++)
    sum += map[i];
  mean = n ? sum / (double) n : 0;
  for (gsize i = 0; i < n; i++)
    squares += (map[i] - mean) * (map[i] - mean);
  limit = mean + n_sigma * sqrt (n ? squares / (double) n : 0);
  for (gsize i = 0; i < n; i++)
    {
      gboolean high = map[i] > limit, in = cover[i] >= 0.5f;

      both += high && in;
      either += high || in;
    }
  return either ? (double) both / (double) either : 0;
}

double
sac_temporal_precision (const float *weights, const guint8 *inside, guint n)
{
  g_autofree guint32 *order = sac_order_falling (weights, n);
  guint k = 0, taken = 0, ties = 0, ties_inside = 0;
  double hits = 0;
  float limit;

  for (guint i = 0; i < n; i++)
    k += inside[i] != 0;
  if (k == 0 || k == n)
    return NAN;
  limit = weights[order[k - 1]];
  for (guint i = 0; i < n; i++)
    if (weights[i] > limit)
      {
        taken++;
        hits += inside[i] != 0;
      }
    else if (weights[i] == limit)
      {
        ties++;
        ties_inside += inside[i] != 0;
      }
  if (ties == 0)                /* the limit is no number */
    return NAN;
  return (hits + (double) (k - taken) * ties_inside / ties) / k;
}

/* ---- maps to compare with. */

void
sac_centre_map (int h, int w, float *map)
{
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x++)
      {
        double v = (y + 0.5 - h / 2.0) / (h / 4.0), u = (x + 0.5 - w / 2.0) / (w / 4.0);

        map[(gsize) y * w + x] = (float) exp (-(u * u + v * v) / 2);
      }
}

void
sac_random_map (guint64 seed, guint64 stream, gsize n, float *map)
{
  SacRandomKey key = { seed, stream };

  for (gsize i = 0; i < n; i++)
    map[i] = (float) sac_random_unit (key, i);
}

/* ---- deletion and insertion. */

typedef struct {
  float value;
  guint32 index;
} Ranked;

static int
by_falling_value (const void *a, const void *b)
{
  const Ranked *left = a, *right = b;
  gboolean left_nan = isnan (left->value), right_nan = isnan (right->value);

  if (left_nan != right_nan)
    return left_nan ? 1 : -1;
  if (!left_nan && left->value != right->value)
    return left->value > right->value ? -1 : 1;
  return left->index < right->index ? -1 : left->index > right->index;
}

static Ranked *
rank (const float *map, gsize n)
{
  Ranked *ranked = g_new (Ranked, n + 1);

  for (gsize i = 0; i < n; i++)
    ranked[i] = (Ranked) { map[i], (guint32) i };
  qsort (ranked, n, sizeof *ranked, by_falling_value);
  return ranked;
}

guint32 *
sac_order_falling (const float *map, gsize n)
{
  g_autofree Ranked *ranked = rank (map, n);
  guint32 *order = g_new (guint32, n + 1);

  for (gsize i = 0; i < n; i++)
    order[i] = ranked[i].index;
  return order;
}

gsize
sac_deletion_count (guint step, guint n_steps, gsize n)
{
  g_return_val_if_fail (n_steps > 0 && step <= n_steps, 0);
  return (gsize) ((double) n * step / n_steps + 0.5);
}

void
sac_mix_pixels (const float *first, const float *second, const guint32 *order, gsize k, gsize n, guint channels, float *out)
{
  g_return_if_fail (k <= n);
  if (out != first)
    memcpy (out, first, n * channels * sizeof *out);
  for (gsize i = 0; i < k; i++)
    memcpy (out + (gsize) order[i] * channels, second + (gsize) order[i] * channels, channels * sizeof *out);
}

gboolean
sac_nearest_kept (const guint8 *kept, guint n, guint *nearest)
{
  int before = -1;

  for (guint i = 0; i < n; i++)         /* first from the left … */
    {
      if (kept[i])
        before = (int) i;
      nearest[i] = before < 0 ? G_MAXUINT : (guint) before;
    }
  for (int i = (int) n - 1, after = -1; i >= 0; i--)    /* … then whether the right is nearer */
    {
      if (kept[i])
        after = i;
      if (after >= 0 && (nearest[i] == G_MAXUINT || (guint) (after - i) < (guint) i - nearest[i]))
        nearest[i] = (guint) after;
    }
  return before >= 0;
}

double
sac_area_under (const double *values, guint n)
{
  double sum = 0;

  g_return_val_if_fail (n >= 2, NAN);
  for (guint i = 0; i + 1 < n; i++)
    sum += (values[i] + values[i + 1]) / 2;
  return sum / (n - 1);
}

static void
blur_line (const float *in, int n, gsize stride, const float *taps, int radius, float *line, float *out)
{
  for (int i = 0; i < n; i++)
    {
      float sum = 0;

      for (int d = -radius; d <= radius; d++)
        sum += taps[d + radius] * in[(gsize) CLAMP (i + d, 0, n - 1) * stride];
      line[i] = sum;
    }
  for (int i = 0; i < n; i++)
    out[(gsize) i * stride] = line[i];
}

void
sac_blur (const float *in, int h, int w, guint channels, double sigma, float *out)
{
  int radius = (int) ceil (3 * sigma);
  g_autofree float *taps = NULL, *line = NULL;
  double sum = 0;

  g_return_if_fail (h > 0 && w > 0 && sigma > 0 && sigma < 1e4);
  taps = g_new (float, 2 * radius + 1);
  line = g_new (float, MAX (h, w));
  for (int d = -radius; d <= radius; d++)
    sum += exp (-d * d / (2 * sigma * sigma));
  for (int d = -radius; d <= radius; d++)
    taps[d + radius] = (float) (exp (-d * d / (2 * sigma * sigma)) / sum);
  for (int y = 0; y < h; y++)
    for (guint c = 0; c < channels; c++)
      blur_line (in + (gsize) y * w * channels + c, w, channels, taps, radius, line, out + (gsize) y * w * channels + c);
  for (int x = 0; x < w; x++)
    for (guint c = 0; c < channels; c++)
      {
        float *column = out + (gsize) x * channels + c;

        blur_line (column, h, (gsize) w * channels, taps, radius, line, column);
      }
}

/* ---- likeness. */

static double
correlate (const double *a, const double *b, gsize n)
{
  double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;

  for (gsize i = 0; i < n; i++)
    {
      mean_a += a[i];
      mean_b += b[i];
    }
  mean_a /= (double) n;
  mean_b /= (double) n;
  for (gsize i = 0; i < n; i++)
    {
      aa += (a[i] - mean_a) * (a[i] - mean_a);
      bb += (b[i] - mean_b) * (b[i] - mean_b);
      ab += (a[i] - mean_a) * (b[i] - mean_b);
    }
  return n && aa > 0 && bb > 0 ? ab / sqrt (aa * bb) : NAN;
}

double
sac_pearson (const float *a, const float *b, gsize n)
{
  g_autofree double *left = g_new (double, n + 1), *right = g_new (double, n + 1);

  for (gsize i = 0; i < n; i++)
    {
      left[i] = a[i];
      right[i] = b[i];
    }
  return correlate (left, right, n);
}

static double *
mean_ranks (const float *values, gsize n)
{
  g_autofree Ranked *ranked = rank (values, n);
  double *ranks = g_new (double, n + 1);

  for (gsize i = 0, end; i < n; i = end)
    {
      for (end = i + 1; end < n && ranked[end].value == ranked[i].value; end++)
        ;
      for (gsize j = i; j < end; j++)
        ranks[ranked[j].index] = (double) (i + end - 1) / 2;
    }
  return ranks;
}

double
sac_spearman (const float *a, const float *b, gsize n)
{
  g_autofree double *left = mean_ranks (a, n), *right = mean_ranks (b, n);

  return correlate (left, right, n);
}

void
sac_motion_energy (const float *frames, guint n, gsize size, float *energy)
{
  for (guint t = 1; t < n; t++)
    {
      const float *now = frames + t * size, *before = now - size;
      double sum = 0;

      for (gsize i = 0; i < size; i++)
        sum += fabsf (now[i] - before[i]);
      energy[t] = size ? (float) (sum / (double) size) : 0;
    }
  if (n)
    energy[0] = n > 1 ? energy[1] : 0;
}

/* ---- accuracy. */

gboolean
sac_is_in_top (const float *scores, guint n, guint label, guint k)
{
  guint above = 0;

  g_return_val_if_fail (label < n, FALSE);
  if (isnan (scores[label]))
    return FALSE;
  for (guint i = 0; i < n; i++)
    above += scores[i] > scores[label] || (scores[i] == scores[label] && i < label);
  return above < k;
}

/* ---- intervals. */

SacMeanInterval
sac_bootstrap_mean (const double *values, guint n, guint n_resamples, guint64 seed)
{
  SacMeanInterval result = { NAN, NAN, NAN, 0 };
  g_autofree double *kept = g_new (double, n + 1), *means = g_new (double, n_resamples + 1);
  double sum = 0;

  for (guint i = 0; i < n; i++)
    if (!isnan (values[i]))
      {
        kept[result.n++] = values[i];
        sum += values[i];
      }
  if (result.n == 0)
    return result;
  result.mean = sum / result.n;
  for (guint r = 0; r < n_resamples; r++)
    {
      SacRandomKey key = { seed, sac_random_stream (r, 0, 0x6d65616e) };

      means[r] = 0;
      for (guint i = 0; i < result.n; i++)
        means[r] += kept[sac_random_below (key, i, result.n)] / result.n;
    }
  if (n_resamples)
    {
      qsort (means, n_resamples, sizeof *means, _sac_compare_double);
      result.low = _sac_quantile (means, n_resamples, 0.025);
      result.high = _sac_quantile (means, n_resamples, 0.975);
    }
  return result;
}
