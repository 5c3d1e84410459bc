#include "sac-arm-bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sac-eval-private.h"

/* Mean AUC over the labels that are defined for the clips @drawn. */
static double
macro_of (const float *scores, const gint8 *truth, const guint *drawn, guint n_clips, guint n_labels, float *s, gint8 *t)
{
  double sum = 0;
  guint n = 0;

  for (guint l = 0; l < n_labels; l++)
    {
      double auc;

      for (guint i = 0; i < n_clips; i++)
        {
          gsize at = (gsize) (drawn ? drawn[i] : i) * n_labels + l;

          s[i] = scores[at];
          t[i] = truth[at];
        }
      auc = sac_auc (s, t, n_clips, 1);
      if (!isnan (auc))
        {
          sum += auc;
          n++;
        }
    }
  return n ? sum / n : NAN;
}

static void
interval (const double *drawn, guint n, double *low, double *high)
{
  g_autofree double *sorted = g_new (double, n + 1);
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    if (!isnan (drawn[i]))
      sorted[kept++] = drawn[i];
  qsort (sorted, kept, sizeof *sorted, _sac_compare_double);
  *low = kept ? _sac_quantile (sorted, kept, 0.025) : NAN;
  *high = kept ? _sac_quantile (sorted, kept, 0.975) : NAN;
}

SacArmBootstrap *
sac_arm_bootstrap_new (const float *const *scores, const gint8 *truth, guint n_clips, guint n_labels, guint n_arms, guint n_seeds,
                       guint n_resamples, guint64 seed)
{
  SacArmBootstrap *b = g_new0 (SacArmBootstrap, 1);
  SacRandomKey key = { seed, 0x61726d73 };
  g_autofree guint *clips = g_new (guint, n_clips + 1), *seeds = g_new (guint, n_seeds + 1);
  g_autofree float *s = g_new (float, n_clips + 1);
  g_autofree gint8 *t = g_new (gint8, n_clips + 1);
  g_autofree double *macros = g_new (double, (gsize) n_arms * n_seeds + 1);
  guint64 counter = 0;

  b->n_arms = n_arms;
  b->n_resamples = n_resamples;
  b->mean = g_new (double, n_arms + 1);
  b->low = g_new (double, n_arms + 1);
  b->high = g_new (double, n_arms + 1);
  b->drawn = g_new (double, (gsize) n_arms * n_resamples + 1);
  /* Turn 0 is all clips and all seeds. */
  for (guint r = 0; r <= n_resamples; r++)
    {
      for (guint i = 0; i < n_clips; i++)
        clips[i] = r == 0 ? i : (guint) sac_random_below (key, counter++, n_clips);
      for (guint k = 0; k < n_seeds; k++)
        seeds[k] = r == 0 ? k : (guint) sac_random_below (key, counter++, n_seeds);
      for (guint i = 0; i < n_arms * n_seeds; i++)
        macros[i] = scores[i] ? macro_of (scores[i], truth, clips, n_clips, n_labels, s, t) : NAN;
      for (guint a = 0; a < n_arms; a++)
        {
          double sum = 0, mean;
          guint n = 0;

          for (guint k = 0; k < n_seeds; k++)
            {
              double value = macros[a * n_seeds + seeds[k]];

              if (!isnan (value))
                {
                  sum += value;
                  n++;
                }
            }
          mean = n ? sum / n : NAN;
          *(r == 0 ? &b->mean[a] : &b->drawn[(gsize) a * n_resamples + r - 1]) = mean;
        }
    }
  for (guint a = 0; a < n_arms; a++)
    interval (b->drawn + (gsize) a * n_resamples, n_resamples, &b->low[a], &b->high[a]);
  return b;
}

void
sac_arm_bootstrap_free (SacArmBootstrap *b)
{
  if (!b)
    return;
  g_free (b->mean);
  g_free (b->low);
  g_free (b->high);
  g_free (b->drawn);
  g_free (b);
}

SacBootstrap
sac_arm_bootstrap_compare (const SacArmBootstrap *b, guint first, guint second)
{
  g_autofree double *differences = g_new (double, b->n_resamples + 1);
  SacBootstrap out = { .difference = b->mean[first] - b->mean[second], .p_above = NAN };
  double above = 0;

  for (guint r = 0; r < b->n_resamples; r++)
    {
      double d = b->drawn[(gsize) first * b->n_resamples + r] - b->drawn[(gsize) second * b->n_resamples + r];

      differences[r] = d;
      if (isnan (d))
        continue;
      above += d > 0 ? 1 : d < 0 ? 0 : 0.5;
      out.n_resamples++;
    }
  interval (differences, b->n_resamples, &out.low, &out.high);
  if (out.n_resamples)
    out.p_above = above / out.n_resamples;
  return out;
}
