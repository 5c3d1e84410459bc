/* Scores of generated pictures: methods/07, acceptance facts, and numbers of another program for given features. */
#include <math.h>
#include <string.h>

#include "infer/sac-gan-scores.h"

#define near(a, b, e) g_assert_cmpfloat_with_epsilon (a, b, e)

static void
test_inception (void)
{
  const float same[] = { 0.5f, 0.5f, 0.5f, 0.5f }, two[] = { 0.9f, 0.1f, 0.1f, 0.9f };
  const float three[] = { 0.7f, 0.2f, 0.1f, 0.1f, 0.8f, 0.1f, 0.2f, 0.2f, 0.6f };
  float sure[100] = { 0 };
  double deviation;

  for (guint i = 0; i < 10; i++)
    sure[10 * i + i] = 1;
  near (sac_inception_score (same, 2, 2, 1, NULL), 1, 1e-12);
  near (sac_inception_score (sure, 10, 10, 1, NULL), 10, 1e-12);
  near (sac_inception_score (two, 2, 2, 1, NULL), 1.444935, 1e-6);
  near (sac_inception_score (three, 3, 3, 1, &deviation), 1.333955, 1e-6);
  near (deviation, 0, 1e-7);
  near (sac_inception_score (sure, 10, 10, 2, &deviation), 5, 1e-12);
  g_assert_true (isnan (sac_inception_score (two, 2, 2, 3, NULL)));
}

static void
test_modes (void)
{
  const float p[] = { 0.9f, 0.1f, 0, 0.2f, 0.8f, 0, 0.7f, 0.3f, 0, 0.6f, 0.4f, 0 };
  double divergence;

  g_assert_cmpuint (sac_count_modes (p, 4, 3, 0.01, &divergence), ==, 2);
  near (divergence, 0.75 * log (0.75 * 3) + 0.25 * log (0.25 * 3), 1e-12);
  g_assert_cmpuint (sac_count_modes (p, 4, 3, 0.5, NULL), ==, 1);
}

/* Statistics as they are given. */
static double
distance (const double *m1, const double *s1, const double *m2, const double *s2, guint d)
{
  SacFeatureStats a = { 10, d, (double *) m1, (double *) s1 }, b = { 10, d, (double *) m2, (double *) s2 };
  double there = sac_frechet_distance (&a, &b), back = sac_frechet_distance (&b, &a);

  near (there, back, 1e-9);
  return there;
}

static void
test_frechet (void)
{
  const double zero[] = { 0, 0 }, one[] = { 1, 0, 0, 1 }, m[] = { 3, 4 }, four[] = { 4, 0, 0, 4 };
  const double s1[] = { 2, 1, 1, 2 }, s2[] = { 1, 0, 0, 3 };
  const double x[] = { 1, 0 }, y[] = { 0, 1 }, up[] = { 1, 0.5, 0.5, 1 }, down[] = { 1, -0.5, -0.5, 1 };
  const float square[] = { 0, 0, 0, 1, 1, 0, 1, 1 };
  float moved[8];
  g_autoptr (SacFeatureStats) a = sac_feature_stats_new (square, 4, 2);
  g_autoptr (SacFeatureStats) b = NULL;

  near (distance (zero, one, zero, one, 2), 0, 1e-12);
  near (distance (zero, one, m, four, 2), 27, 1e-9);
  near (distance (zero, s1, zero, s2, 2), 0.516685, 1e-6);
  near (distance (x, up, y, down, 2), 2.535898, 1e-6);
  for (guint i = 0; i < 8; i++)
    moved[i] = 2 * square[i] + 1;
  b = sac_feature_stats_new (moved, 4, 2);
  near (sac_frechet_distance (a, b), 5.166667, 1e-6);
  near (sac_frechet_distance (a, a), 0, 1e-9);
  g_assert_null (sac_feature_stats_new (square, 1, 2));
}

/* Round Gaussians: ‖Δμ‖² + d (σ₁ − σ₂)². */
static void
test_round (void)
{
  enum { D = 7 };
  double one[D] = { 0 }, other[D], narrow[D * D] = { 0 }, wide[D * D] = { 0 }, gap = 0;

  for (guint i = 0; i < D; i++)
    {
      other[i] = 0.3 * i - 1;
      gap += other[i] * other[i];
      narrow[i * (D + 1)] = 0.7 * 0.7;
      wide[i * (D + 1)] = 1.9 * 1.9;
    }
  near (distance (one, narrow, other, wide, D), gap + D * 1.2 * 1.2, 1e-9);
}

static float *
make_features (guint n, guint d, double s)
{
  float *features = g_new (float, n * d);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < d; j++)
      features[i * d + j] = (float) (sin (0.7 * i * (j + 1) + s) + 0.1 * cos (1.3 * i + j * s) + 0.05 * s * j);
  return features;
}

/* What NumPy gives for the same features, in double precision. */
static void
test_features (void)
{
  g_autofree float *a = make_features (60, 5, 0.3);
  g_autofree float *b = make_features (80, 5, 1.1);
  g_autoptr (SacFeatureStats) one = sac_feature_stats_new (a, 60, 5);
  g_autoptr (SacFeatureStats) other = sac_feature_stats_new (b, 80, 5);
  double deviation;

  near (sac_frechet_distance (one, other), 0.632778190453, 1e-6);
  near (sac_kernel_distance (a, 60, b, 60, 5, 1, 1000, 1, &deviation), 0.0999164575317, 1e-6);
  near (deviation, 0, 1e-9);
  g_assert_cmpfloat (sac_kernel_distance (a, 60, b, 80, 5, 40, 30, 1, NULL), ==,
                     sac_kernel_distance (a, 60, b, 80, 5, 40, 30, 1, NULL));
  g_assert_true (isnan (sac_kernel_distance (a, 1, b, 80, 5, 40, 30, 1, NULL)));
}

static void
test_manifolds (void)
{
  const float real[] = { 0, 1, 2, 3 }, near_by[] = { 0.5f, 1.5f, 2.5f, 9 }, far[] = { 100, 101, 102, 103 };
  double precision, recall;

  sac_precision_recall (real, 4, near_by, 4, 1, 1, &precision, &recall);
  near (precision, 0.75, 1e-12);
  near (recall, 1, 1e-12);
  sac_precision_recall (real, 4, far, 4, 1, 3, &precision, &recall);
  near (precision, 0, 1e-12);
  near (recall, 0, 1e-12);
}

static void
test_pixels (void)
{
  const guint size = 64;
  g_autofree float *a = g_new (float, size * size * 3);
  g_autofree float *b = g_new (float, size * size * 3);
  g_autofree float *c = g_new (float, size * size * 3);

  for (guint i = 0; i < size * size * 3; i++)
    {
      a[i] = (float) (0.5 + 0.4 * sin (i * 0.013));
      b[i] = a[i] + (float) (0.05 * sin (i * 1.7));
      c[i] = 1 - a[i];
    }
  near (sac_ms_ssim (a, a, size, size, 3, 1), 1, 1e-9);
  g_assert_cmpfloat (sac_ms_ssim (a, b, size, size, 3, 1), <, 1);
  g_assert_cmpfloat (sac_ms_ssim (a, b, size, size, 3, 1), >, sac_ms_ssim (a, c, size, size, 3, 1));
  near (sac_ms_ssim (a, b, size, size, 3, 1), sac_ms_ssim (b, a, size, size, 3, 1), 1e-12);
  g_assert_true (isnan (sac_ms_ssim (a, b, 10, 64, 3, 1)));
}

/* The numbers that tests/data/gan-scores.py prints. */
static void
test_other_program (void)
{
  const guint d = 24, k = 7, n = 200;
  g_autofree float *a = make_features (n, d, 0.3);
  g_autofree float *b = make_features (150, d, 0.4);
  g_autofree float *p = g_new (float, n * k);
  g_autoptr (SacFeatureStats) one = sac_feature_stats_new (a, n, d);
  g_autoptr (SacFeatureStats) other = sac_feature_stats_new (b, 150, d);
  double deviation, divergence, precision, recall;

  for (guint i = 0; i < n; i++)
    {
      double row[7], sum = 0;

      for (guint j = 0; j < k; j++)
        sum += row[j] = exp (2 * sin (1.7 * i * (j + 1) + 0.3 * j));
      for (guint j = 0; j < k; j++)
        p[i * k + j] = (float) (row[j] / sum);
    }
  near (sac_frechet_distance (one, other), 0.999546659480, 1e-6);
  near (sac_kernel_distance (a, 150, b, 150, d, 1, 1000, 1, NULL), -0.016786122331, 1e-6);
  near (sac_inception_score (p, n, k, 10, &deviation), 1.598160926375, 1e-6);
  near (deviation, 0.031129889144, 1e-6);
  g_assert_cmpuint (sac_count_modes (p, n, k, 0.01, &divergence), ==, 7);
  near (divergence, 0.043663517522, 1e-6);
  sac_precision_recall (a, n, b, 150, d, 3, &precision, &recall);
  near (precision, 0.993333333333, 1e-6);
  near (recall, 0.865000000000, 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gan-scores/inception", test_inception);
  g_test_add_func ("/gan-scores/modes", test_modes);
  g_test_add_func ("/gan-scores/frechet", test_frechet);
  g_test_add_func ("/gan-scores/round", test_round);
  g_test_add_func ("/gan-scores/features", test_features);
  g_test_add_func ("/gan-scores/manifolds", test_manifolds);
  g_test_add_func ("/gan-scores/numpy", test_other_program);
  g_test_add_func ("/gan-scores/pixels", test_pixels);
  return g_test_run ();
}
