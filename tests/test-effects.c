/* What settings that were drawn at random did to an outcome, in numbers whose truth is known, and in words. */
#include <math.h>
#include <string.h>

#include "eval/sac-effects.h"
#include "run/sac-gan-analysis.h"

#define CLOSE(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-6 * (1 + fabs ((double) (b))))

/* Tables of Student's t and Fisher's F. */
static void
test_distributions (void)
{
  static const struct { double df, t; } quantiles[] = { { 1, 12.7062047 }, { 2, 4.3026527 }, { 5, 2.5705818 }, { 10, 2.2281389 },
                                                        { 30, 2.0422725 }, { 120, 1.9799304 } };

  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++)
    {
      CLOSE (sac_student_95 (quantiles[i].df), quantiles[i].t);
      CLOSE (sac_student_p (-quantiles[i].t, quantiles[i].df), 0.05);
      CLOSE (sac_fisher_p (quantiles[i].t * quantiles[i].t, 1, quantiles[i].df), 0.05);
    }
  CLOSE (sac_student_p (1, 1), 0.5);                     /* Cauchy */
  CLOSE (sac_student_p (1, 2), 1 - 1 / sqrt (3));
  CLOSE (sac_fisher_p (3, 2, 2), 0.25);                  /* 1 / (1 + f) */
  CLOSE (sac_fisher_p (2, 2, 10), pow (1 + 2 * 2 / 10.0, -5));
  g_assert_cmpfloat (sac_student_p (0, 7), ==, 1);
  g_assert_true (isnan (sac_student_p (1, 0)) && isnan (sac_student_95 (0)) && isnan (sac_student_p (NAN, 3)));
}

static void
test_holm (void)
{
  const double p[] = { 0.04, NAN, 0.01, 0.03, 0.005 };
  double adjusted[5];

  sac_holm (p, 5, adjusted);
  CLOSE (adjusted[4], 0.02);
  CLOSE (adjusted[2], 0.03);
  CLOSE (adjusted[3], 0.06);
  CLOSE (adjusted[0], 0.06);
  g_assert_true (isnan (adjusted[1]));
}

/* Welch's own way: 3 and 4 numbers by hand. */
static void
test_levels (void)
{
  const double y[] = { 1, 2, 3, 4, 6, 8, 10, NAN }, x[] = { 0, 1, 2, 3 }, line[] = { 1, 3, 4, 8 };
  const guint8 levels[] = { 0, 0, 0, 1, 1, 1, 1, 0 };
  SacLevelEffect out[3];
  SacSlope slope;
  double error = sqrt (1.0 / 3 + 20.0 / 3 / 4), df = 4 / (1.0 / 9 / 2 + 25.0 / 9 / 3);

  sac_level_effects (y, levels, 8, 1, 3, out);
  g_assert_cmpuint (out[0].n, ==, 3);
  CLOSE (out[0].mean, 2);
  CLOSE (out[0].high, 2 + 4.3026527 / sqrt (3));
  CLOSE (out[1].mean, 7);
  CLOSE (out[1].effect, 5);
  CLOSE (out[0].effect, -5);
  CLOSE (error, sqrt (2));
  CLOSE (out[1].effect_low, 5 - sac_student_95 (df) * error);
  CLOSE (out[1].p, sac_student_p (5 / error, df));
  CLOSE (out[0].p, out[1].p);
  g_assert_true (out[2].n == 0 && isnan (out[2].mean) && isnan (out[2].effect) && isnan (out[2].p));
  slope = sac_slope (x, line, 4);
  CLOSE (slope.slope, 2.2);
  CLOSE (slope.high - slope.slope, 4.3026527 * sqrt (1.8 / 2 / 5));
  CLOSE (slope.p, sac_student_p (2.2 / sqrt (0.18), 2));
}

/* Two factors of two levels, two trials a cell: the analysis of variance that textbooks do by hand. */
static void
test_pairs (void)
{
  const double additive[] = { 1, 3, 5, 7, 11, 13, 15, 17 }, crossed[] = { 1, 3, 9, 11, 9, 11, 1, 3 };
  const guint8 levels[] = { 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1 };
  SacPairEffect pair;

  sac_pair_effects (additive, levels, 8, 2, 2, &pair);
  g_assert_cmpfloat_with_epsilon (pair.f, 0, 1e-9);
  g_assert_cmpuint (pair.df, ==, 1);
  g_assert_cmpuint (pair.df_rest, ==, 4);
  sac_pair_effects (crossed, levels, 8, 2, 2, &pair);
  CLOSE (pair.f, 128 / 2.0);                             /* 8 · 4² between, 8 · 1² within over 4 */
  CLOSE (pair.p, sac_fisher_p (64, 1, 4));
  CLOSE (pair.share, 128.0 / 136);
  sac_pair_effects (crossed, levels, 3, 2, 2, &pair);
  g_assert_true (isnan (pair.p) && pair.df == 0);
}

static GPtrArray *
make_trials (guint n, double worth, double together)
{
  GPtrArray *trials = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_trial_free);

  for (guint i = 0; i < n; i++)
    {
      SacTrial *trial = g_new0 (SacTrial, 1);
      double value;

      sac_gan_graph_random (3, i, 3, &trial->graph);
      value = 2 + 0.1 * sac_random_normal ((SacRandomKey) { 11, 2 }, i);
      value += trial->graph.gates[2][0] == SAC_GATE_POSITIVE ? worth : 0;
      value += (trial->graph.gates[0][0] == SAC_GATE_THROUGH) == (trial->graph.gates[1][1] == SAC_GATE_THROUGH) ? together : 0;
      trial->number = i + 1;
      trial->epochs = 1;
      trial->state = SAC_TRIAL_DONE;
      trial->objective = value;
      trial->points = g_new0 (SacTrialPoint, 1);
      trial->n_points = 1;
      trial->points[0] = (SacTrialPoint) { .epochs = 1, .objective = value };
      g_ptr_array_add (trials, trial);
    }
  return trials;
}

/* A gate that is worth something is found and told; noise is not. */
static void
test_hints (void)
{
  SacSearchSpec spec = { .k = 3, .n_trials = 200, .epochs = 1 };
  g_autoptr (GPtrArray) noise = make_trials (200, 0, 0), real = make_trials (200, 0.12, 0), both = make_trials (400, 0, 0.2);
  g_autoptr (SacGanAnalysis) nothing = sac_gan_analysis_new (&spec, noise), found = sac_gan_analysis_new (&spec, real);
  g_autoptr (SacGanAnalysis) pair = sac_gan_analysis_new (&spec, both), none = NULL;
  g_autoptr (GPtrArray) empty = g_ptr_array_new ();
  const SacLevelEffect *effect = &found->effects[6][SAC_GATE_POSITIVE];
  guint sum = 0;

  g_assert_cmpuint (nothing->hints->len, ==, 0);
  g_assert_cmpuint (nothing->n_questions, ==, 44);
  g_assert_cmpstr (found->edges[6], ==, "G1→G3");
  g_assert_cmpstr (found->edges[4], ==, "D→G2");
  g_assert_true (effect->effect_low < 0.12 && effect->effect_high > 0.12);
  g_assert_cmpuint (found->hints->len, >, 0);
  g_assert_true (g_str_has_prefix (found->hints->pdata[0], "positive linear preferred on G1→G3: +0."));
  g_assert_cmpuint (found->n_best, ==, 10);
  g_assert_cmpuint (found->n_top, ==, 10);
  for (guint gate = 0; gate < SAC_N_GATES; gate++)
    sum += found->best[6][gate];
  g_assert_cmpuint (sum, ==, 10);
  g_assert_cmpuint (found->best[6][SAC_GATE_POSITIVE], >, 5);
  for (guint i = 1; i < found->n_top; i++)
    g_assert_cmpfloat (((SacTrial *) real->pdata[found->top[i - 1]])->objective, >=, ((SacTrial *) real->pdata[found->top[i]])->objective);
  g_assert_cmpuint (pair->n_pairs, ==, 36);
  g_assert_cmpuint (pair->pairs[3].a, ==, 0);
  g_assert_cmpuint (pair->pairs[3].b, ==, 4);
  g_assert_cmpfloat (pair->pairs_adjusted[3], <, 0.001);
  g_assert_true (strstr (pair->hints->pdata[0], "D→G1 and D→G2 act together") != NULL);
  none = sac_gan_analysis_new (&spec, empty);
  g_assert_true (none->hints->len == 0 && none->n_top == 0 && none->n_questions == 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/effects/distributions", test_distributions);
  g_test_add_func ("/effects/holm", test_holm);
  g_test_add_func ("/effects/levels", test_levels);
  g_test_add_func ("/effects/pairs", test_pairs);
  g_test_add_func ("/effects/hints", test_hints);
  return g_test_run ();
}
