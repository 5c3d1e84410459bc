/* Paired bootstrap of the difference of two networks' macro AUC.  methods/01 §4.
 * Each label's clips are sorted once; a resample only changes how often each clip counts, so a resample costs one walk. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sac-decisions.h"
#include "sac-eval-private.h"

typedef struct {
  SacScored *sorted;
  gsize n;
} Ranked;

/* @counts: times each clip was drawn; NULL = once each. */
static double
weighted_auc (const Ranked *ranked, const guint32 *counts)
{
  double positive = 0, negative = 0, twice_area = 0;
  const SacScored *s = ranked->sorted;

  for (gsize i = 0; i < ranked->n;)
    {
      double p = 0, q = 0;
      gsize j = i;

      for (; j < ranked->n && s[j].score == s[i].score; j++)
        {
          guint32 count = counts ? counts[s[j].index] : 1;

          if (s[j].positive)
            p += count;
          else
            q += count;
        }
      twice_area += q * (2 * positive + p);
      positive += p;
      negative += q;
      i = j;
    }
  return positive && negative ? twice_area / (2 * positive * negative) : NAN;
}

/* @each: room for a difference a label, NaN where undefined.  NaN where no label is defined for both. */
static double
macro_difference (const Ranked *a, const Ranked *b, guint n_labels, const guint32 *counts, double *each)
{
  double sum = 0;
  guint defined = 0;

  for (guint l = 0; l < n_labels; l++)
    {
      double x = weighted_auc (&a[l], counts), y = weighted_auc (&b[l], counts);

      each[l] = x - y;
      if (isnan (each[l]))
        continue;
      sum += each[l];
      defined++;
    }
  return defined ? sum / defined : NAN;
}

/* Between order statistics, linearly. */
double
_sac_quantile (const double *sorted, guint n, double q)
{
  double at = q * (n - 1);
  guint i = floor (at);

  return i + 1 < n ? sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

/* @differences (NaN: that resample says nothing) is sorted. */
static void
summarise (SacBootstrap *result, double *differences, guint n)
{
  double above = 0;
  guint used = 0;

  for (guint i = 0; i < n; i++)
    {
      double d = differences[i];

      if (isnan (d))
        continue;
      differences[used++] = d;
      above += d > 0 ? 1 : d == 0 ? 0.5 : 0;
    }
  result->low = result->high = result->p_above = NAN;
  result->n_resamples = used;
  if (used == 0)
    return;
  qsort (differences, used, sizeof *differences, _sac_compare_double);
  result->low = _sac_quantile (differences, used, 0.025);
  result->high = _sac_quantile (differences, used, 0.975);
  result->p_above = above / used;
}

guint
sac_bootstrap_affordable (guint n_clips, guint n_labels)
{
  double walk = MAX ((double) n_clips * n_labels, 1);

  return (guint) CLAMP (4e8 / walk, 100, 1000);
}

SacBootstrap
sac_bootstrap_auc (const float *a, const float *b, const gint8 *truth, guint n_clips, guint n_labels, guint n_resamples, guint64 seed,
                   SacBootstrap *labels, const gint *stop)
{
  SacBootstrap result = { NAN, NAN, NAN, NAN, 0 };
  g_autofree Ranked *ranked_a = g_new (Ranked, n_labels + 1), *ranked_b = g_new (Ranked, n_labels + 1);
  g_autofree guint32 *counts = g_new (guint32, n_clips + 1);
  g_autofree double *differences = g_new (double, n_resamples + 1), *each = g_new (double, n_labels + 1);
  g_autofree double *of_labels = labels ? g_new (double, (gsize) n_labels * n_resamples + 1) : NULL;
  guint done = 0;

  for (guint l = 0; l < n_labels; l++)
    {
      ranked_a[l].sorted = _sac_scored_new (a + l, truth + l, n_clips, n_labels, &ranked_a[l].n);
      ranked_b[l].sorted = _sac_scored_new (b + l, truth + l, n_clips, n_labels, &ranked_b[l].n);
    }
  result.difference = macro_difference (ranked_a, ranked_b, n_labels, NULL, each);
  for (guint l = 0; labels && l < n_labels; l++)
    labels[l] = (SacBootstrap) { each[l], NAN, NAN, NAN, 0 };
  for (guint r = 0; r < n_resamples && n_clips && !(stop && g_atomic_int_get (stop)); r++)
    {
      SacRandomKey key = { seed, sac_random_stream (r, 0, 0x626f6f74) };

      memset (counts, 0, n_clips * sizeof *counts);
      for (guint i = 0; i < n_clips; i++)
        counts[sac_random_below (key, i, n_clips)]++;
      differences[r] = macro_difference (ranked_a, ranked_b, n_labels, counts, each);
      for (guint l = 0; labels && l < n_labels; l++)
        of_labels[(gsize) l * n_resamples + r] = each[l];
      done++;
    }
  summarise (&result, differences, done);
  for (guint l = 0; labels && l < n_labels; l++)
    summarise (&labels[l], of_labels + (gsize) l * n_resamples, done);
  for (guint l = 0; l < n_labels; l++)
    {
      g_free (ranked_a[l].sorted);
      g_free (ranked_b[l].sorted);
    }
  return result;
}

SacBootstrap
sac_bootstrap_macro_auc (const float *a, const float *b, const gint8 *truth, guint n_clips, guint n_labels, guint n_resamples,
                         guint64 seed)
{
  return sac_bootstrap_auc (a, b, truth, n_clips, n_labels, n_resamples, seed, NULL, NULL);
}

/* Against scores that are all alike, whose every AUC is ½. */
SacBootstrap
sac_bootstrap_macro (const float *scores, const gint8 *truth, guint n_clips, guint n_labels, guint n_resamples, guint64 seed,
                     const gint *stop)
{
  g_autofree float *alike = g_new0 (float, (gsize) n_clips * n_labels + 1);
  SacBootstrap result = sac_bootstrap_auc (scores, alike, truth, n_clips, n_labels, n_resamples, seed, NULL, stop);

  result.difference += 0.5;
  result.low += 0.5;
  result.high += 0.5;
  return result;
}
