/* methods/01 §4: the acceptance facts, and properties that must hold for any scores. */
#include <math.h>
#include <string.h>

#include "eval/sac-eval.h"

#define close(a, b, e) g_assert_cmpfloat_with_epsilon (a, b, e)

typedef struct {
  guint n;
  float scores[12];
  gint8 truth[12];
  double auc;
} AucCase;

static const AucCase facts[] = {
  { 4, { .1f, .4f, .35f, .8f }, { 0, 0, 1, 1 }, 0.75 },
  { 4, { .2f, .5f, .5f, .9f }, { 0, 1, 0, 1 }, 0.875 },
  { 5, { 7, 7, 7, 7, 7 }, { 0, 1, 0, 1, 1 }, 0.5 },
  { 5, { 3, 3, 2, 2, 1 }, { 1, 0, 1, 0, 0 }, 2.0 / 3 },
  { 10, { .9f, .8f, .7f, .6f, .55f, .54f, .53f, .52f, .51f, .505f }, { 1, 1, 0, 1, 1, 0, 0, 1, 0, 0 }, 0.8 },
};

/* The definition: P(s⁺ > s⁻) + ½ P(s⁺ = s⁻), by looking at every pair. */
static double
auc_by_pairs (const float *s, const gint8 *y, guint n)
{
  double wins = 0, pairs = 0;

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      if (y[i] == 1 && y[j] == 0)
        {
          pairs++;
          wins += s[i] > s[j] ? 1 : s[i] == s[j] ? 0.5 : 0;
        }
  return wins / pairs;
}

static double
trapezoid (const SacRoc *roc)
{
  double area = 0;

  for (guint i = 1; i < roc->n_points; i++)
    area += (roc->fpr[i] - roc->fpr[i - 1]) * (roc->tpr[i] + roc->tpr[i - 1]) / 2;
  return area;
}

static void
test_auc_facts (void)
{
  for (guint c = 0; c < G_N_ELEMENTS (facts); c++)
    {
      const AucCase *f = &facts[c];
      float negated[12], stretched[12];
      g_autoptr (SacRoc) roc = sac_roc_new (f->scores, f->truth, f->n, 1);

      close (roc->auc, f->auc, 1e-12);
      close (trapezoid (roc), f->auc, 1e-12);
      close (auc_by_pairs (f->scores, f->truth, f->n), f->auc, 1e-12);
      for (guint i = 0; i < f->n; i++)
        {
          negated[i] = -f->scores[i];
          stretched[i] = expf (3 * f->scores[i]) - 5;
        }
      close (sac_auc (negated, f->truth, f->n, 1), 1 - f->auc, 1e-12);
      close (sac_auc (stretched, f->truth, f->n, 1), f->auc, 1e-12);
    }
}

static void
test_auc_random (void)
{
  for (guint round = 0; round < 60; round++)
    {
      SacRandomKey key = { 5, round };
      guint n = 2 + sac_random_below (key, 0, 60);
      float s[64];
      gint8 y[64];
      g_autoptr (SacRoc) roc = NULL;

      for (guint i = 0; i < n; i++)
        {
          s[i] = sac_random_below (key, 100 + i, 8);      /* many ties */
          y[i] = i == 0 ? 1 : i == 1 ? 0 : (gint8) sac_random_below (key, 200 + i, 3) - 1;
        }
      roc = sac_roc_new (s, y, n, 1);
      close (roc->auc, auc_by_pairs (s, y, n), 1e-12);
      close (trapezoid (roc), roc->auc, 1e-12);
      for (guint i = 1; i < roc->n_points; i++)
        {
          g_assert_cmpfloat (roc->fpr[i], >=, roc->fpr[i - 1]);
          g_assert_cmpfloat (roc->tpr[i], >=, roc->tpr[i - 1]);
          g_assert_cmpfloat (roc->threshold[i], <, roc->threshold[i - 1]);
        }
      g_assert_cmpfloat (roc->fpr[roc->n_points - 1], ==, 1);
      g_assert_cmpfloat (roc->tpr[roc->n_points - 1], ==, 1);
    }
}

static void
test_roc_ties_are_diagonal (void)
{
  const float s[] = { 3, 3, 2, 2, 1 };
  const gint8 y[] = { 1, 0, 1, 0, 0 };
  g_autoptr (SacRoc) roc = sac_roc_new (s, y, 5, 1);

  g_assert_cmpuint (roc->n_points, ==, 4);
  g_assert_true (isinf (roc->threshold[0]));
  close (roc->fpr[1], 1.0 / 3, 1e-12);
  close (roc->tpr[1], 0.5, 1e-12);
  close (roc->fpr[2], 2.0 / 3, 1e-12);
  close (roc->tpr[2], 1, 1e-12);
  g_assert_cmpfloat (roc->threshold[2], ==, 2);
  g_assert_cmpuint (roc->n_positive, ==, 2);
  g_assert_cmpuint (roc->n_negative, ==, 3);
}

static void
test_roc_unknown_and_stride (void)
{
  /* Column 1 of 3; the unknown clip and the clip that could not be scored change nothing. */
  float s[6 * 3];
  gint8 y[6 * 3];
  const float mine[] = { .1f, .4f, 99, .35f, NAN, .8f };
  const gint8 truth[] = { 0, 0, -1, 1, 1, 1 };

  for (int i = 0; i < 18; i++)
    {
      s[i] = -i;
      y[i] = i & 1;
    }
  for (int i = 0; i < 6; i++)
    {
      s[3 * i + 1] = mine[i];
      y[3 * i + 1] = truth[i];
    }
  close (sac_auc (s + 1, y + 1, 6, 3), 0.75, 1e-12);
}

static void
test_undefined (void)
{
  const float s[] = { 1, 2, 3 };
  const gint8 yes[] = { 1, 1, 1 }, no[] = { 0, 0, 0 }, unknown[] = { -1, -1, -1 };
  g_autoptr (SacRoc) roc = sac_roc_new (s, yes, 3, 1);

  g_assert_true (isnan (roc->auc) && isnan (roc->null_low) && isnan (roc->null_high));
  g_assert_true (isnan (sac_auc (s, no, 3, 1)));
  g_assert_true (isnan (sac_auc (s, unknown, 3, 1)));
  g_assert_true (isnan (sac_auc (NULL, NULL, 0, 1)));
  g_assert_true (isnan (sac_average_precision (s, no, 3, 1)));
  close (sac_average_precision (s, yes, 3, 1), 1, 1e-12);
}

static void
test_null_band (void)
{
  const struct { guint p, n; double deviation; } known[] = {
    { 1, 49, 0.2945 }, { 3, 47, 0.1736 }, { 5, 45, 0.1374 }, { 10, 40, 0.1031 },
  };
  float s[50];
  gint8 y[50];
  g_autoptr (SacRoc) roc = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    close (sac_auc_null_deviation (known[i].p, known[i].n), known[i].deviation, 5e-5);
  g_assert_true (isnan (sac_auc_null_deviation (0, 50)));
  for (int i = 0; i < 50; i++)
    {
      s[i] = i;
      y[i] = i < 5;
    }
  roc = sac_roc_new (s, y, 50, 1);
  close (roc->null_low, 0.5 - 1.96 * 0.1374, 2e-4);
  close (roc->null_high, 0.5 + 1.96 * 0.1374, 2e-4);
}

static void
test_average_precision (void)
{
  /* Worked by hand: ranks 1 and 3 of 4 are positive: (1/1 + 2/3)/2; a tie counts the precision at its end. */
  const float s[] = { .9f, .8f, .7f, .1f }, tied[] = { 1, 1, 0 };
  const gint8 y[] = { 1, 0, 1, 0 }, y2[] = { 1, 0, 1 };

  close (sac_average_precision (s, y, 4, 1), (1 + 2.0 / 3) / 2, 1e-12);
  close (sac_average_precision (tied, y2, 3, 1), 0.5 * 0.5 + 0.5 * 2 / 3, 1e-12);
}

static void
test_table (void)
{
  /* Three labels: 0.75, undefined, 1. */
  const float s[] = { .1f, 5, 0, .4f, 6, 1, .35f, 7, 2, .8f, 8, 3 };
  const gint8 y[] = { 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1 };
  const gint8 none[12] = { 0 };
  g_autoptr (SacAucTable) table = sac_auc_table_new (s, y, 4, 3), empty = sac_auc_table_new (s, none, 4, 3);

  g_assert_cmpuint (table->n_labels, ==, 3);
  g_assert_cmpuint (table->n_defined, ==, 2);
  close (table->auc[0], 0.75, 1e-12);
  g_assert_true (isnan (table->auc[1]));
  close (table->auc[2], 1, 1e-12);
  close (table->macro, 0.875, 1e-12);
  close (table->median, 0.875, 1e-12);
  close (table->map, (sac_average_precision (s, y, 4, 3) + 1) / 2, 1e-12);
  g_assert_cmpuint (empty->n_defined, ==, 0);
  g_assert_true (isnan (empty->macro) && isnan (empty->median) && isnan (empty->map));
}

static void
test_bootstrap (void)
{
  enum { N = 60, L = 4 };
  float good[N * L], bad[N * L];
  gint8 y[N * L];
  SacBootstrap d, again, other, same;

  for (int i = 0; i < N * L; i++)
    {
      SacRandomKey key = { 11, i };

      y[i] = sac_random_below (key, 0, 3) == 0;
      good[i] = y[i] + sac_random_normal (key, 1);
      bad[i] = sac_random_normal (key, 2);
    }
  d = sac_bootstrap_macro_auc (good, bad, y, N, L, 1000, 3);
  again = sac_bootstrap_macro_auc (good, bad, y, N, L, 1000, 3);
  other = sac_bootstrap_macro_auc (bad, good, y, N, L, 1000, 3);
  same = sac_bootstrap_macro_auc (good, good, y, N, L, 200, 3);
  {
    g_autoptr (SacAucTable) a = sac_auc_table_new (good, y, N, L), b = sac_auc_table_new (bad, y, N, L);

    close (d.difference, a->macro - b->macro, 1e-12);
  }
  g_assert_cmpuint (d.n_resamples, ==, 1000);
  g_assert_cmpfloat (d.low, <, d.difference);
  g_assert_cmpfloat (d.high, >, d.difference);
  g_assert_cmpfloat (d.low, >, 0);
  g_assert_cmpfloat (d.p_above, >, 0.99);
  close (d.low, again.low, 1e-300);
  close (d.high, again.high, 1e-300);
  close (d.p_above, again.p_above, 1e-300);
  close (other.difference, -d.difference, 1e-12);
  close (other.low, -d.high, 1e-12);
  close (other.p_above, 1 - d.p_above, 1e-12);
  close (same.difference, 0, 1e-15);
  close (same.low, 0, 1e-15);
  close (same.p_above, 0.5, 1e-15);
  d = sac_bootstrap_macro_auc (good, bad, y, 0, L, 100, 3);
  g_assert_true (isnan (d.difference) && d.n_resamples == 0);
}

static void
test_logistic (void)
{
  enum { N = 200 };
  float x[N * 3];
  gint8 y[N], flipped[N];
  double w[4], w2[4], gradient[4] = { 0 }, mean[2] = { 0 }, deviation[2] = { 0 };
  float scores[N];
  const double l2 = 1;

  for (int i = 0; i < N; i++)
    {
      SacRandomKey key = { 21, i };

      x[3 * i] = 100 + 20 * sac_random_normal (key, 0);     /* far from zero: standardised inside */
      x[3 * i + 1] = 0.01 * sac_random_normal (key, 1);
      x[3 * i + 2] = 7;                                     /* says nothing */
      y[i] = i % 10 == 9 ? -1 : sac_random_unit (key, 2) < 1 / (1 + exp (-0.1 * (x[3 * i] - 100) - 1));
      flipped[i] = y[i] < 0 ? -1 : !y[i];
    }
  sac_logistic_fit (x, N, 3, y, 1, l2, w);
  g_assert_cmpfloat (w[2], ==, 0);
  close (w[0], 0.1, 0.05);
  for (int i = 0; i < N; i++)
    scores[i] = sac_logistic_score (w, x + 3 * i, 3);
  g_assert_cmpfloat (sac_auc (scores, y, N, 1), >, 0.8);
  /* At the optimum Σ(p−y) = 0 and Σ(p−y)·z + l2·w' = 0 in standardised units. */
  for (int j = 0; j < 2; j++)
    {
      for (int i = 0; i < N; i++)
        mean[j] += y[i] < 0 ? 0 : x[3 * i + j] / 180;
      for (int i = 0; i < N; i++)
        deviation[j] += y[i] < 0 ? 0 : pow (x[3 * i + j] - mean[j], 2) / 180;
      deviation[j] = sqrt (deviation[j]);
      gradient[j] = l2 * w[j] * deviation[j];
    }
  for (int i = 0; i < N; i++)
    if (y[i] >= 0)
      {
        double e = sac_logistic_score (w, x + 3 * i, 3) - y[i];

        gradient[3] += e;
        for (int j = 0; j < 2; j++)
          gradient[j] += e * (x[3 * i + j] - mean[j]) / deviation[j];
      }
  close (gradient[0], 0, 1e-5);
  close (gradient[1], 0, 1e-5);
  close (gradient[3], 0, 1e-5);
  sac_logistic_fit (x, N, 3, flipped, 1, l2, w2);
  for (int j = 0; j < 4; j++)
    close (w2[j], -w[j], 1e-6 * (1 + fabs (w[j])));
}

static void
test_logistic_separable (void)
{
  const float x[] = { -2, -1, 1, 2 };
  const gint8 y[] = { 0, 0, 1, 1 }, all[] = { 1, 1, 1, 1 };
  double w[2];

  sac_logistic_fit (x, 4, 1, y, 1, 1e-3, w);      /* parted perfectly: finite all the same */
  g_assert_true (isfinite (w[0]) && isfinite (w[1]) && w[0] > 0);
  close (w[1], 0, 1e-6);
  sac_logistic_fit (x, 4, 1, all, 1, 1, w);
  g_assert_cmpfloat (w[0], ==, 0);
  g_assert_cmpfloat (sac_logistic_score (w, x, 1), >, 0.85);
}

static void
test_upsample (void)
{
  const float in[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
  float same[8], out[4 * 4 * 4], constant[8], flat[5 * 3 * 7];
  int k = 0;

  sac_upsample3 (in, 2, 2, 2, same, 2, 2, 2);
  g_assert_cmpmem (same, sizeof same, in, sizeof in);
  /* A linear field stays linear between the outermost centres and flat beyond: 0, ¼, ¾, 1 along each axis. */
  sac_upsample3 (in, 2, 2, 2, out, 4, 4, 4);
  for (int t = 0; t < 4; t++)
    for (int y = 0; y < 4; y++)
      for (int x = 0; x < 4; x++, k++)
        {
          const double at[] = { 0, 0.25, 0.75, 1 };

          close (out[k], 4 * at[t] + 2 * at[y] + at[x], 1e-6);
        }
  for (int i = 0; i < 8; i++)
    constant[i] = 0.3f;
  sac_upsample3 (constant, 2, 2, 2, flat, 5, 3, 7);
  for (guint i = 0; i < G_N_ELEMENTS (flat); i++)
    close (flat[i], 0.3, 1e-6);
}

static void
test_energy (void)
{
  const float map[] = { 1, 2, 3, 4, 5, 6 }, empty[6] = { 0 };

  close (sac_energy_in_box (map, 2, 3, 0, 0, 3, 2), 1, 1e-12);
  close (sac_energy_in_box (map, 2, 3, 1, 0, 1, 2), 7.0 / 21, 1e-12);
  close (sac_energy_in_box (map, 2, 3, 0.5, 0, 1, 1), 1.5 / 21, 1e-12);
  close (sac_energy_in_box (map, 2, 3, -10, -10, 5, 5), 0, 1e-15);
  close (sac_energy_in_box (map, 2, 3, -10, -10, 50, 50), 1, 1e-12);
  g_assert_true (isnan (sac_energy_in_box (empty, 2, 3, 0, 0, 3, 2)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/eval/auc/facts", test_auc_facts);
  g_test_add_func ("/eval/auc/equals-pair-count", test_auc_random);
  g_test_add_func ("/eval/roc/ties-are-diagonal", test_roc_ties_are_diagonal);
  g_test_add_func ("/eval/roc/unknown-and-stride", test_roc_unknown_and_stride);
  g_test_add_func ("/eval/auc/undefined", test_undefined);
  g_test_add_func ("/eval/auc/null-band", test_null_band);
  g_test_add_func ("/eval/average-precision", test_average_precision);
  g_test_add_func ("/eval/auc-table", test_table);
  g_test_add_func ("/eval/bootstrap", test_bootstrap);
  g_test_add_func ("/eval/logistic/optimum", test_logistic);
  g_test_add_func ("/eval/logistic/separable", test_logistic_separable);
  g_test_add_func ("/eval/upsample", test_upsample);
  g_test_add_func ("/eval/energy-in-box", test_energy);
  return g_test_run ();
}
