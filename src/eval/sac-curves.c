/* Bands, precision over recall, calibration. */
#include "sac-curves.h"

#include <math.h>
#include <stdlib.h>

#include "sac-eval-private.h"

#define Z95 1.959963984540054
#define Z_PAIR 2.236477      /* two-sided, level √0.95 */

void
sac_wilson (double yes, double n, double z, double *low, double *high)
{
  double share, middle, half, z2 = z * z;

  if (n <= 0)
    {
      *low = 0;
      *high = 1;
      return;
    }
  share = yes / n;
  middle = (share + z2 / (2 * n)) / (1 + z2 / n);
  half = z / (1 + z2 / n) * sqrt (share * (1 - share) / n + z2 / (4 * n * n));
  *low = yes <= 0 ? 0 : MAX (middle - half, 0);
  *high = yes >= n ? 1 : MIN (middle + half, 1);
}

SacRocBand *
sac_roc_band_new (const SacRoc *roc)
{
  SacRocBand *band;

  if (isnan (roc->auc))
    return NULL;
  band = g_new0 (SacRocBand, 1);
  band->n = roc->n_points;
  band->upper_x = g_new (double, band->n);
  band->upper_y = g_new (double, band->n);
  band->lower_x = g_new (double, band->n);
  band->lower_y = g_new (double, band->n);
  for (guint i = 0; i < band->n; i++)
    {
      sac_wilson (roc->fpr[i] * roc->n_negative, roc->n_negative, Z_PAIR, &band->upper_x[i], &band->lower_x[i]);
      sac_wilson (roc->tpr[i] * roc->n_positive, roc->n_positive, Z_PAIR, &band->lower_y[i], &band->upper_y[i]);
    }
  return band;
}

void
sac_roc_band_free (SacRocBand *band)
{
  if (!band)
    return;
  g_free (band->upper_x);
  g_free (band->upper_y);
  g_free (band->lower_x);
  g_free (band->lower_y);
  g_free (band);
}

SacPrecision *
sac_precision_new (const float *scores, const gint8 *truth, gsize n, gsize stride)
{
  SacPrecision *curve;
  g_autofree SacScored *sorted = NULL;
  gsize kept, positive = 0;
  double sum = 0;

  g_return_val_if_fail (stride > 0, NULL);
  curve = g_new0 (SacPrecision, 1);
  sorted = _sac_scored_new (scores, truth, n, stride, &kept);
  for (gsize i = 0; i < kept; i++)
    positive += sorted[i].positive;
  curve->n_positive = positive;
  curve->n_negative = kept - positive;
  curve->base = kept ? positive / (double) kept : NAN;
  curve->average = NAN;
  if (positive == 0)
    return curve;
  curve->recall = g_new (double, kept);
  curve->precision = g_new (double, kept);
  curve->threshold = g_new (double, kept);
  curve->low = g_new (double, kept);
  curve->high = g_new (double, kept);
  positive = 0;
  for (gsize i = 0; i < kept;)
    {
      gsize j = i, p = 0;
      guint at = curve->n_points++;

      for (; j < kept && sorted[j].score == sorted[i].score; j++)
        p += sorted[j].positive;
      positive += p;
      curve->recall[at] = positive / (double) curve->n_positive;
      curve->precision[at] = positive / (double) j;
      curve->threshold[at] = sorted[i].score;
      sac_wilson (positive, j, Z95, &curve->low[at], &curve->high[at]);
      sum += p * curve->precision[at];
      i = j;
    }
  curve->average = sum / curve->n_positive;
  return curve;
}

void
sac_precision_free (SacPrecision *curve)
{
  if (!curve)
    return;
  g_free (curve->recall);
  g_free (curve->precision);
  g_free (curve->threshold);
  g_free (curve->low);
  g_free (curve->high);
  g_free (curve);
}

/* ---- fewer points. */

/* Indices to keep of @n points. */
static GArray *
thin (const double *x, const double *y, guint n, guint most)
{
  GArray *kept = g_array_new (FALSE, FALSE, sizeof (guint));
  guint last = 0;

  for (guint i = 0; i < n; i++)
    if (i == 0 || i + 1 == n || fabs (x[i] - x[last]) * most >= 1 || fabs (y[i] - y[last]) * most >= 1)
      {
        g_array_append_val (kept, i);
        last = i;
      }
  return kept;
}

static double *
pick (const double *values, const GArray *kept)
{
  double *picked = g_new (double, kept->len + 1);

  for (guint i = 0; i < kept->len; i++)
    picked[i] = values[g_array_index (kept, guint, i)];
  return picked;
}

SacRoc *
sac_roc_thin (const SacRoc *roc, guint most)
{
  g_autoptr (GArray) kept = thin (roc->fpr, roc->tpr, roc->n_points, most);
  SacRoc *thinned = g_memdup2 (roc, sizeof *roc);

  thinned->n_points = kept->len;
  thinned->fpr = pick (roc->fpr, kept);
  thinned->tpr = pick (roc->tpr, kept);
  thinned->threshold = pick (roc->threshold, kept);
  return thinned;
}

SacPrecision *
sac_precision_thin (const SacPrecision *curve, guint most)
{
  g_autoptr (GArray) kept = thin (curve->recall, curve->precision, curve->n_points, most);
  SacPrecision *thinned = g_memdup2 (curve, sizeof *curve);

  thinned->n_points = kept->len;
  thinned->recall = pick (curve->recall, kept);
  thinned->precision = pick (curve->precision, kept);
  thinned->threshold = pick (curve->threshold, kept);
  thinned->low = pick (curve->low, kept);
  thinned->high = pick (curve->high, kept);
  return thinned;
}

/* ---- calibration. */

/* The ECE if the truth were drawn from the scores. */
static double
draw_ece (const SacCalibration *c, const SacScored *sorted, guint n, SacRandomKey key)
{
  double sum = 0;
  guint i = 0;

  for (guint b = c->n_bins; b-- > 0;)   /* the scores fall, the bins rise */
    {
      guint yes = 0, end = i + c->bins[b].n;

      for (; i < end; i++)
        yes += sac_random_unit (key, i) < sorted[i].score;
      sum += fabs (yes - c->bins[b].mean_score * c->bins[b].n);
    }
  return sum / n;
}

SacCalibration *
sac_calibration_new (const float *scores, const gint8 *truth, gsize n, gsize stride, guint n_bins, guint n_draws, guint64 seed)
{
  SacCalibration *c;
  g_autofree SacScored *sorted = NULL;
  gsize kept, end, done = 0;

  g_return_val_if_fail (stride > 0 && n_bins > 0, NULL);
  c = g_new0 (SacCalibration, 1);
  sorted = _sac_scored_new (scores, truth, n, stride, &kept);
  c->bins = g_new0 (SacCalibrationBin, n_bins);
  c->n = kept;
  c->ece = c->ece_chance = c->ece_chance_high = c->brier = NAN;
  if (kept == 0)
    return c;
  c->ece = c->brier = 0;
  /* From the lowest score up, so that bin 0 is the leftmost. */
  for (end = kept; end > 0;)
    {
      guint left = n_bins - c->n_bins;
      gsize size = left > 1 ? MAX ((kept - done + left / 2) / left, 1) : kept - done, begin = end - MIN (size, end);
      SacCalibrationBin *bin = &c->bins[c->n_bins++];
      double sum = 0;

      while (begin > 0 && sorted[begin - 1].score == sorted[begin].score)
        begin--;
      for (gsize i = begin; i < end; i++)
        {
          double off = sorted[i].score - sorted[i].positive;

          sum += sorted[i].score;
          bin->n_positive += sorted[i].positive;
          c->brier += off * off;
        }
      bin->n = end - begin;
      bin->score_low = sorted[end - 1].score;
      bin->score_high = sorted[begin].score;
      bin->mean_score = sum / bin->n;
      bin->share = bin->n_positive / (double) bin->n;
      sac_wilson (bin->n_positive, bin->n, Z95, &bin->low, &bin->high);
      c->ece += fabs (bin->n_positive - sum);
      done += bin->n;
      end = begin;
    }
  c->ece /= kept;
  c->brier /= kept;
  if (n_draws)
    {
      g_autofree double *drawn = g_new (double, n_draws);
      double sum = 0;

      for (guint d = 0; d < n_draws; d++)
        sum += drawn[d] = draw_ece (c, sorted, kept, (SacRandomKey) { seed, sac_random_stream (d, 0, 0x63616c69) });
      qsort (drawn, n_draws, sizeof *drawn, _sac_compare_double);
      c->ece_chance = sum / n_draws;
      c->ece_chance_high = _sac_quantile (drawn, n_draws, 0.975);
    }
  return c;
}

void
sac_calibration_free (SacCalibration *calibration)
{
  if (!calibration)
    return;
  g_free (calibration->bins);
  g_free (calibration);
}
