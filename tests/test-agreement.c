/* Cohen's κ and spans of time against numbers worked out by hand. */
#include <math.h>

#include "eval/sac-agreement.h"

#define close(a, b, e) g_assert_cmpfloat_with_epsilon (a, b, e)

static void
test_kappa (void)
{
  /* 20 both yes, 5, 10, 15 both no: observed 35/50 = .7, expected (25·30 + 25·20)/2500 = .5, κ = .4. */
  SacKappa k = sac_kappa_of (20, 5, 10, 15);

  g_assert_cmpuint (k.n, ==, 50);
  close (k.observed, 0.7, 1e-12);
  close (k.expected, 0.5, 1e-12);
  close (k.kappa, 0.4, 1e-12);
  /* p = .4 .1 / .2 .3; margins of a .5 .5, of b .6 .4.
   * same  = .4·(.5 − 1.1·.3)² + .3·(.5 − .9·.3)² = .4·.0289 + .3·.0529 = .02743
   * other = .3²·(.1·(.6 + .5)² + .2·(.4 + .5)²) = .09·(.121 + .162) = .02547
   * both  = (.35 − 1 + .7)² = .0025;  variance = (.02743 + .02547 − .0025) / (50·.0625) = .016128 */
  close (k.high - k.kappa, 1.959963984540054 * sqrt (0.016128), 1e-9);
  close (k.kappa - k.low, k.high - k.kappa, 1e-12);

  k = sac_kappa_of (10, 0, 0, 10);
  close (k.kappa, 1, 1e-12);
  close (k.low, 1, 1e-12);
  k = sac_kappa_of (0, 10, 10, 0);
  close (k.kappa, -1, 1e-12);
  k = sac_kappa_of (25, 25, 25, 25);
  close (k.kappa, 0, 1e-12);
}

static void
test_undefined (void)
{
  SacKappa k = sac_kappa_of (0, 0, 0, 0);

  g_assert_cmpuint (k.n, ==, 0);
  g_assert_true (isnan (k.kappa) && isnan (k.observed) && isnan (k.low));
  k = sac_kappa_of (12, 0, 0, 0);       /* both said yes of everything */
  close (k.observed, 1, 1e-12);
  close (k.expected, 1, 1e-12);
  g_assert_true (isnan (k.kappa) && isnan (k.low) && isnan (k.high));
  g_assert_cmpint (sac_kappa_grade (k.kappa), ==, -1);
  k = sac_kappa_of (0, 12, 0, 0);       /* one said yes, the other no, of everything: no better than chance */
  close (k.kappa, 0, 1e-12);
  g_assert_cmpint (sac_kappa_grade (-0.1), ==, 0);
  g_assert_cmpint (sac_kappa_grade (0.2), ==, 1);
  g_assert_cmpint (sac_kappa_grade (0.5), ==, 3);
  g_assert_cmpint (sac_kappa_grade (1), ==, 5);
}

static void
test_stride (void)
{
  /* Two labels side by side; unknown on either side is left out. */
  const gint8 a[] = { 1, 0, 1, 0, 0, 1, -1, 1, 1, 1 }, b[] = { 1, 1, 0, 1, 0, 1, 1, -1, -1, 0 };
  SacKappa k = sac_kappa (a, b, 5, 2);

  g_assert_cmpuint (k.n, ==, 3);
  g_assert_cmpuint (k.yes_yes, ==, 1);
  g_assert_cmpuint (k.yes_no, ==, 1);
  g_assert_cmpuint (k.no_no, ==, 1);
  k = sac_kappa (a + 1, b + 1, 5, 2);
  g_assert_cmpuint (k.n, ==, 4);
  g_assert_cmpuint (k.no_yes, ==, 2);
  g_assert_cmpuint (k.yes_no, ==, 1);
}

static void
test_spans (void)
{
  const SacStretch a[] = { { 0, 10 }, { 20, 30 }, { 28, 40 } }, b[] = { { 5, 15 }, { 20, 40 } };

  close (sac_span_iou (a[0], b[0]), 5.0 / 15, 1e-12);
  close (sac_span_iou (a[0], (SacStretch) { 10, 20 }), 0, 1e-12);      /* half open: they touch, no more */
  close (sac_span_iou ((SacStretch) { 7, 7 }, (SacStretch) { 7, 7 }), 1, 1e-12);
  close (sac_span_iou ((SacStretch) { 7, 7 }, (SacStretch) { 0, 10 }), 0, 1e-12);
  /* a covers 0–10, 20–40; b 5–15, 20–40: both 5 + 20, any 15 + 20. */
  close (sac_spans_iou (a, 3, b, 2), 25.0 / 35, 1e-12);
  close (sac_spans_iou (b, 2, a, 3), 25.0 / 35, 1e-12);
  close (sac_spans_iou (a, 3, b, 0), 0, 1e-12);
  close (sac_spans_iou (a, 3, a, 3), 1, 1e-12);
  g_assert_true (isnan (sac_spans_iou (a, 0, b, 0)));
}

static void
test_match (void)
{
  /* Greatest first: 2–1 (20/20 of 20–40 against 22–40), though 1–1 meets, too. */
  const SacStretch a[] = { { 0, 10 }, { 20, 30 }, { 22, 40 } }, b[] = { { 2, 10 }, { 20, 40 }, { 50, 60 } };
  g_autoptr (GArray) pairs = sac_span_pairs (a, 3, b, 3, 1000);
  SacPair *pair = (SacPair *) (void *) pairs->data;
  guint n = sac_match (pair, pairs->len);

  g_assert_cmpuint (pairs->len, ==, 3);
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (pair[0].a, ==, 2);
  g_assert_cmpuint (pair[0].b, ==, 1);
  close (pair[0].value, 0.9, 1e-12);
  g_assert_cmpuint (pair[1].a, ==, 0);
  close (pair[1].value, 0.8, 1e-12);
  close (sac_f1 (2, 3, 3), 2.0 / 3, 1e-12);
  g_assert_true (isnan (sac_f1 (0, 0, 0)));
}

/* The sweep finds the same pairs as looking at all. */
static void
test_pairs (void)
{
  SacRandomKey key = { 3, 4 };
  guint64 at = 0;

  for (guint round = 0; round < 200; round++)
    {
      SacStretch side[2][30];
      guint n[2], expected = 0;
      g_autoptr (GArray) pairs = NULL;

      for (guint s = 0; s < 2; s++)
        {
          gint64 in = 0;

          n[s] = sac_random_below (key, at++, 30);
          for (guint i = 0; i < n[s]; i++)
            {
              in += sac_random_below (key, at++, 20);
              side[s][i] = (SacStretch) { in, in + sac_random_below (key, at++, 60) };
            }
        }
      for (guint i = 0; i < n[0]; i++)
        for (guint j = 0; j < n[1]; j++)
          expected += sac_span_iou (side[0][i], side[1][j]) > 0;
      pairs = sac_span_pairs (side[0], n[0], side[1], n[1], G_MAXUINT);
      g_assert_cmpuint (pairs->len, ==, expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/eval/agreement/kappa", test_kappa);
  g_test_add_func ("/eval/agreement/undefined", test_undefined);
  g_test_add_func ("/eval/agreement/stride", test_stride);
  g_test_add_func ("/eval/agreement/spans", test_spans);
  g_test_add_func ("/eval/agreement/match", test_match);
  g_test_add_func ("/eval/agreement/pairs", test_pairs);
  return g_test_run ();
}
