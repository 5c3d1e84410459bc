/* Bands, precision over recall, calibration, intervals, decisions at a threshold: by their definitions. */
#include <math.h>
#include <string.h>

#include "eval/sac-eval.h"

#define close(a, b, e) g_assert_cmpfloat_with_epsilon (a, b, e)

/* Scores with ties that tell something, and truths with unknown ones. */
static void
make (guint64 seed, guint n, guint levels, float *scores, gint8 *truth)
{
  SacRandomKey key = { seed, 77 };

  for (guint i = 0; i < n; i++)
    {
      truth[i] = (gint8) sac_random_below (key, i, 8) - 1 > 2;
      if (sac_random_below (key, 1000 + i, 9) == 0)
        truth[i] = -1;
      scores[i] = (sac_random_below (key, 2000 + i, levels) + (truth[i] > 0 ? levels / 4 : 0)) / (1.5f * levels);
    }
}

static void
test_wilson (void)
{
  double low, high;

  sac_wilson (8, 10, 1.959963985, &low, &high);
  close (low, 0.4901625, 1e-6);
  close (high, 0.9433178, 1e-6);
  sac_wilson (0, 10, 1.959963985, &low, &high);
  close (low, 0, 1e-15);
  close (high, 0.2775328, 1e-6);
  sac_wilson (10, 10, 1.959963985, &low, &high);
  close (low, 1 - 0.2775328, 1e-6);
  close (high, 1, 1e-15);
  sac_wilson (0, 0, 1.96, &low, &high);
  close (low, 0, 1e-15);
  close (high, 1, 1e-15);
}

/* The band covers its curve, is monotone, and has a width where a few positives are all found. */
static void
test_band (void)
{
  float scores[80];
  gint8 truth[80];
  const float few[] = { .9f, .8f, .3f, .2f, .1f };
  const gint8 yes[] = { 1, 1, 0, 0, 0 }, none[] = { 0, 0, 0, 0, 0 };

  for (guint seed = 0; seed < 10; seed++)
    {
      g_autoptr (SacRoc) roc = NULL;
      g_autoptr (SacRocBand) band = NULL;

      make (seed, 80, 12, scores, truth);
      roc = sac_roc_new (scores, truth, 80, 1);
      band = sac_roc_band_new (roc);
      g_assert_cmpuint (band->n, ==, roc->n_points);
      for (guint i = 0; i < band->n; i++)
        {
          g_assert_cmpfloat (band->upper_x[i], <=, roc->fpr[i]);
          g_assert_cmpfloat (band->upper_y[i], >=, roc->tpr[i]);
          g_assert_cmpfloat (band->lower_x[i], >=, roc->fpr[i]);
          g_assert_cmpfloat (band->lower_y[i], <=, roc->tpr[i]);
          g_assert_cmpfloat (band->upper_y[i] - band->lower_y[i], >, 0.05);
          if (i > 0)
            {
              g_assert_cmpfloat (band->upper_x[i], >=, band->upper_x[i - 1]);
              g_assert_cmpfloat (band->lower_y[i], >=, band->lower_y[i - 1]);
            }
        }
    }
  {
    g_autoptr (SacRoc) roc = sac_roc_new (few, yes, 5, 1), empty = sac_roc_new (few, none, 5, 1);
    g_autoptr (SacRocBand) band = sac_roc_band_new (roc);

    close (roc->auc, 1, 1e-15);
    g_assert_cmpfloat (band->lower_y[2], <, 0.4);       /* two of two */
    g_assert_null (sac_roc_band_new (empty));
  }
}

/* How often the product of the two intervals holds the true point: 95 %, give or take what Wilson's does. */
static void
test_band_covers (void)
{
  guint inside = 0;

  for (guint round = 0; round < 400; round++)
    {
      SacRandomKey key = { round, 3 };
      float scores[60];
      gint8 truth[60];
      g_autoptr (SacRoc) roc = NULL;
      g_autoptr (SacRocBand) band = NULL;
      guint at;

      for (guint i = 0; i < 60; i++)
        {
          truth[i] = i < 20;
          scores[i] = sac_random_unit (key, i) < (i < 20 ? 0.7 : 0.2) ? 0.9f : 0.1f;
        }
      roc = sac_roc_new (scores, truth, 60, 1);
      band = sac_roc_band_new (roc);
      at = sac_roc_find (roc, 0.5);
      inside += band->upper_x[at] <= 0.2 && band->lower_x[at] >= 0.2 && band->lower_y[at] <= 0.7 && band->upper_y[at] >= 0.7;
    }
  g_assert_cmpfloat (inside / 400.0, >, 0.92);
  g_assert_cmpfloat (inside / 400.0, <, 0.985);
}

static void
test_precision (void)
{
  const float scores[] = { .1f, .4f, .35f, .8f };
  const gint8 truth[] = { 0, 0, 1, 1 }, none[] = { 0, 0, 0, 0 };
  g_autoptr (SacPrecision) curve = sac_precision_new (scores, truth, 4, 1), empty = sac_precision_new (scores, none, 4, 1);
  float s[90];
  gint8 y[90];

  g_assert_cmpuint (curve->n_points, ==, 4);
  close (curve->average, 5.0 / 6, 1e-12);
  close (curve->base, 0.5, 1e-15);
  close (curve->precision[1], 0.5, 1e-12);
  close (curve->recall[2], 1, 1e-12);
  close (curve->precision[2], 2.0 / 3, 1e-12);
  g_assert_cmpuint (empty->n_points, ==, 0);
  g_assert_true (isnan (empty->average));
  for (guint seed = 0; seed < 8; seed++)
    {
      g_autoptr (SacPrecision) c = NULL;
      double area = 0;

      make (seed, 90, 15, s, y);
      c = sac_precision_new (s, y, 90, 1);
      close (c->average, sac_average_precision (s, y, 90, 1), 1e-12);
      for (guint i = 0; i < c->n_points; i++)
        {
          SacCounts n = sac_counts_at (s, y, 90, 1, c->threshold[i]);

          close (c->precision[i], sac_counts_precision (&n), 1e-12);
          close (c->recall[i], sac_counts_recall (&n), 1e-12);
          g_assert_cmpfloat (c->low[i], <=, c->precision[i]);
          g_assert_cmpfloat (c->high[i], >=, c->precision[i]);
          area += (c->recall[i] - (i ? c->recall[i - 1] : 0)) * c->precision[i];
        }
      close (area, c->average, 1e-12);
    }
}

static void
test_calibration (void)
{
  const float scores[] = { .1f, .2f, .3f, .4f, .6f, .7f, .8f, .9f, .5f };
  const gint8 truth[] = { 0, 0, 1, 0, 1, 1, 0, 1, -1 };
  g_autoptr (SacCalibration) c = sac_calibration_new (scores, truth, 9, 1, 2, 0, 1);
  g_autofree float *s = g_new (float, 4000);
  g_autofree gint8 *y = g_new (gint8, 4000);
  const float tied[] = { .5f, .5f, .5f, .5f, .9f };

  g_assert_cmpuint (c->n_bins, ==, 2);
  g_assert_cmpuint (c->n, ==, 8);
  g_assert_cmpuint (c->bins[0].n, ==, 4);
  close (c->bins[0].mean_score, 0.25, 1e-6);
  close (c->bins[0].share, 0.25, 1e-12);
  close (c->bins[1].mean_score, 0.75, 1e-6);
  close (c->bins[1].share, 0.75, 1e-12);
  close (c->ece, 0, 1e-6);
  close (c->brier, (0.01 + 0.04 + 0.49 + 0.16 + 0.16 + 0.09 + 0.64 + 0.01) / 8, 1e-6);
  /* Scores that are the odds themselves: within what chance allows.  Scores too bold: beyond it. */
  for (guint bold = 0; bold < 2; bold++)
    {
      SacRandomKey key = { 9, bold };
      g_autoptr (SacCalibration) k = NULL;
      guint n = 0;

      for (guint i = 0; i < 4000; i++)
        {
          double p = sac_random_unit (key, i);

          y[i] = sac_random_unit (key, 10000 + i) < p;
          s[i] = (float) (bold ? (p < 0.5 ? p * p : 1 - (1 - p) * (1 - p)) : p);
        }
      k = sac_calibration_new (s, y, 4000, 1, 10, 200, 1);
      g_assert_cmpuint (k->n_bins, ==, 10);
      for (guint b = 0; b < k->n_bins; b++)
        {
          g_assert_cmpuint (k->bins[b].n, ==, 400);
          n += k->bins[b].n;
          if (b > 0)
            g_assert_cmpfloat (k->bins[b].score_low, >, k->bins[b - 1].score_high);
        }
      g_assert_cmpuint (n, ==, 4000);
      if (bold)
        g_assert_cmpfloat (k->ece, >, 2 * k->ece_chance_high);
      else
        g_assert_cmpfloat (k->ece, <, k->ece_chance_high);
      g_assert_cmpfloat (k->ece_chance, >, 0);
    }
  /* Equal scores are one bin, however many bins are asked for. */
  {
    const gint8 t[] = { 0, 1, 0, 1, 1 };
    g_autoptr (SacCalibration) one = sac_calibration_new (tied, t, 5, 1, 4, 20, 1);
    g_autoptr (SacCalibration) none = sac_calibration_new (tied, t, 0, 1, 4, 20, 1);

    g_assert_cmpuint (one->n_bins, ==, 2);
    g_assert_cmpuint (one->bins[0].n, ==, 4);
    g_assert_cmpuint (one->bins[1].n, ==, 1);
    g_assert_true (isnan (none->ece));
  }
}

/* DeLong's variance by looking at every pair. */
static double
delong_by_pairs (const float *s, const gint8 *y, guint n)
{
  double auc = 0, v10 = 0, v01 = 0, m = 0, k = 0;

  for (guint side = 0; side < 3; side++)        /* the AUC, then both variances */
    for (guint i = 0; i < n; i++)
      {
        double mean = 0, others = 0, want = side < 2 ? 1 : 0;

        if (y[i] != want)
          continue;
        if (side == 0)
          m++;
        for (guint j = 0; j < n; j++)
          if (y[j] == 1 - want)
            {
              double difference = want ? s[i] - s[j] : s[j] - s[i];

              others++;
              mean += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
            }
        mean /= others;
        k = side == 0 ? others : k;
        if (side == 0)
          auc += mean;
        else
          *(side == 1 ? &v10 : &v01) += (mean - auc / m) * (mean - auc / m);
      }
  return v10 / (m - 1) / m + v01 / (k - 1) / k;
}

static void
test_interval (void)
{
  float s[100];
  gint8 y[100];
  const float apart[] = { .9f, .8f, .7f, .2f, .1f };
  const gint8 right[] = { 1, 1, 1, 0, 0 }, one[] = { 1, 0, 0, 0, 0 }, none[] = { 0, 0, 0, 0, 0 };
  SacAucInterval i;

  for (guint seed = 0; seed < 8; seed++)
    {
      make (seed, 100, 20, s, y);
      i = sac_auc_interval (s, y, 100, 1);
      close (i.auc, sac_auc (s, y, 100, 1), 1e-12);
      close (i.deviation * i.deviation, delong_by_pairs (s, y, 100), 1e-12);
      g_assert_cmpfloat (i.low, <, i.auc);
      g_assert_cmpfloat (i.high, >, i.auc);
      g_assert_cmpfloat (i.high, <, 1);
    }
  /* All right: certain of nothing with five clips. */
  i = sac_auc_interval (apart, right, 5, 1);
  close (i.auc, 1, 1e-15);
  close (i.high, 1, 1e-9);
  g_assert_cmpfloat (i.low, >, 0.3);
  g_assert_cmpfloat (i.low, <, 0.8);
  i = sac_auc_interval (apart, one, 5, 1);
  g_assert_cmpfloat (i.low, <, i.auc);
  i = sac_auc_interval (apart, none, 5, 1);
  g_assert_true (isnan (i.auc) && isnan (i.low));
}

static void
test_bootstrap_labels (void)
{
  enum { N = 60, L = 3 };
  float a[N * L], b[N * L], column[N], other[N];
  gint8 y[N * L], truth[N];
  SacBootstrap labels[L], macro;
  gint stop = 1;

  for (guint l = 0; l < L; l++)
    {
      make (l, N, 30, column, truth);
      for (guint i = 0; i < N; i++)
        {
          y[i * L + l] = l == 2 ? 0 : truth[i];         /* the last label has no positive */
          a[i * L + l] = column[i];
          b[i * L + l] = l == 0 ? column[i] : sac_random_unit ((SacRandomKey) { 4, l }, i);
        }
    }
  macro = sac_bootstrap_auc (a, b, y, N, L, 300, 5, labels, NULL);
  g_assert_cmpfloat (macro.difference, ==, sac_bootstrap_macro_auc (a, b, y, N, L, 300, 5).difference);
  g_assert_cmpfloat (macro.low, ==, sac_bootstrap_macro_auc (a, b, y, N, L, 300, 5).low);
  close (macro.difference, (labels[0].difference + labels[1].difference) / 2, 1e-12);
  g_assert_cmpint (sac_bootstrap_verdict (&labels[0]), ==, SAC_VERDICT_NOISE);  /* the same scores */
  close (labels[0].high, 0, 1e-15);
  g_assert_cmpint (sac_bootstrap_verdict (&labels[1]), ==, SAC_VERDICT_FIRST);
  g_assert_cmpint (sac_bootstrap_verdict (&labels[2]), ==, SAC_VERDICT_UNDEFINED);
  g_assert_cmpuint (labels[2].n_resamples, ==, 0);
  /* A label by itself sees the same resamples. */
  for (guint i = 0; i < N; i++)
    {
      column[i] = a[i * L + 1];
      other[i] = b[i * L + 1];
      truth[i] = y[i * L + 1];
    }
  macro = sac_bootstrap_macro_auc (column, other, truth, N, 1, 300, 5);
  close (macro.low, labels[1].low, 1e-15);
  close (macro.high, labels[1].high, 1e-15);
  macro = sac_bootstrap_auc (b, a, y, N, L, 300, 5, labels, NULL);
  g_assert_cmpint (sac_bootstrap_verdict (&labels[1]), ==, SAC_VERDICT_SECOND);
  macro = sac_bootstrap_auc (a, b, y, N, L, 300, 5, NULL, &stop);
  g_assert_cmpuint (macro.n_resamples, ==, 0);
  g_assert_cmpuint (sac_bootstrap_affordable (50, 20), ==, 1000);
  g_assert_cmpuint (sac_bootstrap_affordable (100000, 80), ==, 100);
}

static void
test_threshold (void)
{
  const float s[] = { .9f, .8f, .7f, .6f, .55f, .54f, .53f, .52f, .51f, .505f };
  const gint8 y[] = { 1, 1, 0, 1, 1, 0, 0, 1, 0, 0 };
  g_autoptr (SacRoc) roc = sac_roc_new (s, y, 10, 1);
  SacCounts c = sac_counts_at (s, y, 10, 1, 0.56);
  SacRule rule;

  g_assert_cmpuint (c.hit, ==, 3);
  g_assert_cmpuint (c.missed, ==, 2);
  g_assert_cmpuint (c.wrong, ==, 1);
  g_assert_cmpuint (c.rejected, ==, 4);
  close (sac_counts_f1 (&c), 6.0 / 9, 1e-12);
  close (sac_counts_false_rate (&c), 0.2, 1e-12);
  for (double t = 0; t < 1.05; t += 0.0123)
    {
      SacCounts x = sac_counts_at (s, y, 10, 1, t), z = sac_counts_of_roc (roc, t);

      g_assert_cmpmem (&x, sizeof x, &z, sizeof z);
    }
  /* F1 is 8/10 below .55; nothing wrong below .8; a missed clip ten times as dear: as far as .52. */
  close (sac_threshold_choose (roc, SAC_RULE_F1, 0), (.55f + .54f) / 2, 1e-6);
  close (sac_threshold_choose (roc, SAC_RULE_FALSE_RATE, 0), (.8f + .7f) / 2, 1e-6);
  close (sac_threshold_choose (roc, SAC_RULE_FALSE_RATE, 0.2), (.55f + .54f) / 2, 1e-6);
  close (sac_threshold_choose (roc, SAC_RULE_COST, 10), (.52f + .51f) / 2, 1e-6);
  close (sac_threshold_choose (roc, SAC_RULE_COST, 0.01), (.8f + .7f) / 2, 1e-6);
  g_assert_true (sac_rule_find ("fpr", &rule) && rule == SAC_RULE_FALSE_RATE);
  g_assert_false (sac_rule_find ("best", &rule));
  {
    const gint8 none[10] = { 0 }, first[] = { 0, 1 };
    const float top[] = { 1, 0.5f };
    g_autoptr (SacRoc) empty = sac_roc_new (s, none, 10, 1), worst = sac_roc_new (top, first, 2, 1);

    close (sac_threshold_choose (empty, SAC_RULE_F1, 0), 0.5, 1e-15);
    c = sac_counts_at (top, first, 2, 1, sac_threshold_choose (worst, SAC_RULE_FALSE_RATE, 0));
    g_assert_cmpuint (c.wrong, ==, 0);
  }
}

static void
test_confusion (void)
{
  const float s[] = { .9f, .1f, .3f,  .4f, .5f, .2f,  .2f, .3f, .8f,  .6f, .2f, .3f,  .1f, .1f, .1f };
  const gint8 y[] = { 1, 0, 0,  1, 0, 0,  0, 0, 1,  0, 1, 0,  -1, -1, -1 }, two[] = { 1, 1, 0, 0, 1, 0 };
  const double thresholds[] = { 0.5, 0.6, 0.5 };
  g_autoptr (SacConfusion) plain = sac_confusion_new (s, y, 5, 3, NULL), strict = sac_confusion_new (s, y, 5, 3, thresholds);
  double losses[5];

  g_assert_true (sac_is_one_label (y, 5, 3));
  g_assert_false (sac_is_one_label (two, 2, 3));
  g_assert_cmpuint (plain->n_clips, ==, 4);
  g_assert_cmpuint (plain->n_right, ==, 2);
  g_assert_cmpuint (plain->counts[0 * 4 + 0], ==, 1);
  g_assert_cmpuint (plain->counts[0 * 4 + 1], ==, 1);
  g_assert_cmpuint (plain->counts[1 * 4 + 0], ==, 1);
  g_assert_cmpuint (plain->counts[2 * 4 + 2], ==, 1);
  g_assert_cmpuint (strict->counts[0 * 4 + 3], ==, 1);  /* below both thresholds: none */
  g_assert_cmpuint (strict->n_right, ==, 2);
  sac_clip_losses (s, y, 5, 3, -1, losses);
  close (losses[0], -(log (.9) + log (.9) + log (.7)) / 3, 1e-6);
  g_assert_true (isnan (losses[4]));
  sac_clip_losses (s, y, 5, 3, 1, losses);
  close (losses[3], -log (.2), 1e-6);
}

/* Many labels at once are the same as one by one; a thinned curve has the same area and lies on the full one; the order is that of the
 * definition for large sets, too, with ties, signs and infinities. */
static void
test_rocs (void)
{
  enum { N = 5000, L = 3 };
  g_autofree float *s = g_new (float, N * L);
  g_autofree gint8 *y = g_new (gint8, N * L);
  g_autoptr (SacPool) pool = sac_pool_new (2);
  SacRoc *all[L], *thin[L];

  for (guint i = 0; i < N * L; i++)
    {
      SacRandomKey key = { 8, i % L };
      double value = sac_random_normal (key, i);

      y[i] = sac_random_below (key, N * L + i, 5) ? 0 : 1;
      s[i] = i % L == 0 ? (float) (value + y[i]) : i % L == 1 ? (float) (int) (3 * value) : value > 2 ? INFINITY : value < 0 ? -0.0f : 0;
      if (i % 97 == 0)
        s[i] = NAN;
    }
  sac_rocs_new (s, y, N, L, 0, pool, all);
  sac_rocs_new (s, y, N, L, 100, NULL, thin);
  for (guint l = 0; l < L; l++)
    {
      g_autoptr (SacRoc) one = sac_roc_new (s + l, y + l, N, L);
      double wins = 0, pairs = 0;

      g_assert_cmpuint (all[l]->n_points, ==, one->n_points);
      close (all[l]->auc, one->auc, 1e-15);
      close (thin[l]->auc, one->auc, 1e-15);
      for (guint i = 0; i < N; i += 3)
        for (guint j = 0; j < N && y[i * L + l] && !isnan (s[i * L + l]); j++)
          if (!y[j * L + l] && !isnan (s[j * L + l]))
            {
              pairs++;
              wins += s[i * L + l] > s[j * L + l] ? 1 : s[i * L + l] == s[j * L + l] ? 0.5 : 0;
            }
      g_assert_cmpfloat (fabs (wins / pairs - one->auc), <, 0.04);      /* a third of the positives */
      g_assert_cmpuint (thin[l]->n_points, <=, 203);
      for (guint i = 1; i < thin[l]->n_points; i++)
        {
          guint at = sac_roc_find (one, thin[l]->threshold[i]);

          close (one->fpr[at], thin[l]->fpr[i], 1e-15);
          close (one->tpr[at], thin[l]->tpr[i], 1e-15);
          g_assert_cmpfloat (thin[l]->fpr[i] - thin[l]->fpr[i - 1], <, l == 0 ? 0.03 : 1.1);
        }
      {
        g_autoptr (SacRoc) few = sac_roc_thin (one, 200);
        g_autoptr (SacPrecision) pr = sac_precision_new (s + l, y + l, N, L), few_pr = sac_precision_thin (pr, 200);

        g_assert_cmpuint (few->n_points, <=, 403);
        g_assert_cmpuint (few_pr->n_points, <, pr->n_points + 1);
        close (few->auc, one->auc, 1e-15);
        close (few->fpr[few->n_points - 1], 1, 1e-15);
        close (few_pr->recall[few_pr->n_points - 1], 1, 1e-15);
        for (guint i = 1; i < few->n_points; i++)
          {
            guint at = sac_roc_find (one, few->threshold[i]);

            close (one->tpr[at], few->tpr[i], 1e-15);
            g_assert_cmpfloat (few->fpr[i] - few->fpr[i - 1], <, l == 0 ? 0.012 : 1.1);
          }
      }
      for (guint i = 2; i < one->n_points; i++)         /* point 0 stands at +∞, and so may a score */
        g_assert_cmpfloat (one->threshold[i], <, one->threshold[i - 1]);
      sac_roc_free (all[l]);
      sac_roc_free (thin[l]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/eval/wilson", test_wilson);
  g_test_add_func ("/eval/roc/band", test_band);
  g_test_add_func ("/eval/roc/many", test_rocs);
  g_test_add_func ("/eval/roc/band-covers", test_band_covers);
  g_test_add_func ("/eval/precision-recall", test_precision);
  g_test_add_func ("/eval/calibration", test_calibration);
  g_test_add_func ("/eval/auc/interval", test_interval);
  g_test_add_func ("/eval/bootstrap/labels", test_bootstrap_labels);
  g_test_add_func ("/eval/threshold", test_threshold);
  g_test_add_func ("/eval/confusion", test_confusion);
  return g_test_run ();
}
