/* What maps of attention are measured by: methods/08 §5, §8 and its acceptance facts. */
#include <math.h>

#include "eval/sac-eval.h"

static void
test_boxes (void)
{
  const SacRegion boxes[] = { { 1, 1, 2, 1 }, { 2.5, 3, 1, 1 } };
  const SacRegion strange[] = { { NAN, 0, 1, 1 }, { -9, -9, 3, 3 }, { 0, 0, -1, 4 }, { 9, 0, 1, 1 } };
  float cover[20], map[20] = { 0 };

  sac_cover_boxes (boxes, 2, 0, 4, 5, cover);
  for (int i = 0; i < 20; i++)
    g_assert_cmpfloat (cover[i], ==, i == 6 || i == 7 ? 1 : i == 17 || i == 18 ? 0.5f : 0);
  map[6] = 3;
  map[17] = 2;
  map[0] = 5;
  map[19] = -7;
  g_assert_cmpfloat (sac_energy_in_cover (map, cover, 20), ==, (3 + 1) / 10.0);
  g_assert_false (sac_pointing_hit (map, cover, 20));
  sac_cover_boxes (boxes, 2, 1, 4, 5, cover);
  g_assert_true (sac_pointing_hit (map, cover, 20));    /* within the margin */
  sac_cover_boxes (strange, 4, 0, 4, 5, cover);
  for (int i = 0; i < 20; i++)
    g_assert_cmpfloat (cover[i], ==, 0);
  g_assert_true (isnan (sac_energy_in_cover (cover, cover, 20)));
  map[0] = NAN;
  sac_cover_boxes (boxes, 2, 0, 4, 5, cover);
  g_assert_true (sac_pointing_hit (map, cover, 20));    /* NaN is not the highest */
}

static void
test_iou (void)
{
  float map[100] = { 0 }, cover[100];
  const SacRegion box = { 0, 0, 4, 1 };

  sac_cover_boxes (&box, 1, 0, 10, 10, cover);
  map[2] = map[3] = map[4] = map[5] = 1;        /* mean 0.04, deviation 0.196: these four are above */
  g_assert_cmpfloat (sac_iou_above (map, cover, 100, 1), ==, 2.0 / 6);
  for (int i = 0; i < 100; i++)
    map[i] = 0.5f;                              /* nothing stands out */
  g_assert_cmpfloat (sac_iou_above (map, cover, 100, 1), ==, 0);
}

static void
test_time (void)
{
  const guint8 inside[] = { 0, 1, 1, 0, 0, 0 }, none[6] = { 0 };
  const float good[] = { 0, .9f, .8f, .1f, 0, 0 }, half[] = { .95f, .9f, .8f, 0, 0, 0 }, flat[] = { .5f, .5f, .5f, .5f, .5f, .5f };
  const float nothing[] = { NAN, NAN, NAN, NAN, NAN, NAN };
  const guint8 kept[] = { 0, 1, 0, 0, 1, 0 };
  guint nearest[6];

  g_assert_cmpfloat (sac_temporal_precision (good, inside, 6), ==, 1);
  g_assert_cmpfloat (sac_temporal_precision (half, inside, 6), ==, 0.5);
  g_assert_cmpfloat_with_epsilon (sac_temporal_precision (flat, inside, 6), 1.0 / 3, 1e-12);   /* no better than chance */
  g_assert_true (isnan (sac_temporal_precision (good, none, 6)));
  g_assert_true (isnan (sac_temporal_precision (nothing, inside, 6)));
  g_assert_true (sac_nearest_kept (kept, 6, nearest));
  for (int i = 0; i < 6; i++)
    g_assert_cmpuint (nearest[i], ==, i < 3 ? 1 : 4);
  g_assert_false (sac_nearest_kept (none, 6, nearest));
}

static void
test_order (void)
{
  const float map[] = { .1f, NAN, .7f, .1f, .9f };
  const guint32 wanted[] = { 4, 2, 0, 3, 1 };
  const float first[] = { 1, 1, 2, 2, 3, 3, 4, 4, 5, 5 }, second[10] = { 0 };
  g_autofree guint32 *order = sac_order_falling (map, 5);
  float mixed[10];

  for (int i = 0; i < 5; i++)
    g_assert_cmpuint (order[i], ==, wanted[i]);
  sac_mix_pixels (first, second, order, 2, 5, 2, mixed);
  for (int i = 0; i < 10; i++)
    g_assert_cmpfloat (mixed[i], ==, i / 2 == 4 || i / 2 == 2 ? 0 : first[i]);
  g_assert_cmpuint (sac_deletion_count (0, 100, 784), ==, 0);
  g_assert_cmpuint (sac_deletion_count (50, 100, 784), ==, 392);
  g_assert_cmpuint (sac_deletion_count (100, 100, 784), ==, 784);
}

/* A constant score c has area c.  Where the score is a sum over the pixels, deleting by the true order gives the lowest of all areas
 * and inserting by it the highest. */
static void
test_extremal (void)
{
  enum { N = 6 };
  const float gain[N] = { .3f, 0, .25f, .05f, .1f, .3f }, nothing[N] = { 0 };
  const double constant[] = { .7, .7, .7, .7 };
  g_autofree guint32 *order = sac_order_falling (gain, N);
  double best_deletion = 0, best_insertion = 0;
  guint32 index[N];

  g_assert_cmpfloat_with_epsilon (sac_area_under (constant, 4), .7, 1e-12);
  for (guint trial = 0; trial <= 400; trial++)
    {
      SacRandomKey key = { 5, trial };
      double deletion[N + 1], insertion[N + 1], d, i;

      for (guint p = 0; p < N; p++)
        index[p] = trial ? p : order[p];
      if (trial)
        sac_random_shuffle (key, index, N);
      for (gsize k = 0; k <= N; k++)
        {
          float left[N], grown[N];

          sac_mix_pixels (gain, nothing, index, k, N, 1, left);
          sac_mix_pixels (nothing, gain, index, k, N, 1, grown);
          deletion[k] = insertion[k] = 0;
          for (guint p = 0; p < N; p++)
            {
              deletion[k] += left[p];
              insertion[k] += grown[p];
            }
        }
      d = sac_area_under (deletion, N + 1);
      i = sac_area_under (insertion, N + 1);
      if (trial == 0)
        {
          best_deletion = d;
          best_insertion = i;
        }
      g_assert_cmpfloat (d, >=, best_deletion - 1e-6);
      g_assert_cmpfloat (i, <=, best_insertion + 1e-6);
    }
}

static void
test_blur (void)
{
  float picture[21 * 31 * 2], blurred[21 * 31 * 2];
  double sum = 0, spread = 0;

  for (int i = 0; i < 21 * 31 * 2; i++)
    picture[i] = i % 2 ? 0.25f : 0;             /* the second channel is even all over */
  picture[(10 * 31 + 15) * 2] = 1;
  sac_blur (picture, 21, 31, 2, 2, blurred);
  for (int y = 0; y < 21; y++)
    for (int x = 0; x < 31; x++)
      {
        const float *at = blurred + (y * 31 + x) * 2;

        sum += at[0];
        spread += at[0] * ((x - 15) * (x - 15));
        g_assert_cmpfloat_with_epsilon (at[1], 0.25f, 1e-5);
      }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-5);
  g_assert_cmpfloat_with_epsilon (sqrt (spread / sum), 2, 0.05);
  sac_blur (picture, 21, 31, 2, 2, picture);    /* in place */
  g_assert_cmpmem (picture, sizeof picture, blurred, sizeof blurred);
}

static void
test_likeness (void)
{
  const float a[] = { 1, 2, 3, 4, 5 }, b[] = { 2, 4, 7, 8, 100 }, tied[] = { 1, 1, 2, 2, 3 }, flat[5] = { 0 };
  const float frames[] = { 0, 0, 1, 3, 1, 4 };
  float energy[3];

  g_assert_cmpfloat_with_epsilon (sac_spearman (a, b, 5), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_pearson (a, b, 5), 0.7451077, 1e-6);
  g_assert_cmpfloat_with_epsilon (sac_spearman (a, tied, 5), 0.9486833, 1e-6);
  g_assert_true (isnan (sac_spearman (a, flat, 5)));
  sac_motion_energy (frames, 3, 2, energy);
  g_assert_cmpfloat (energy[0], ==, 2);
  g_assert_cmpfloat (energy[1], ==, 2);
  g_assert_cmpfloat (energy[2], ==, 0.5);
}

static void
test_top (void)
{
  const float scores[] = { .1f, .5f, .5f, .9f, NAN };
  guint hits = 0;

  g_assert_true (sac_is_in_top (scores, 5, 3, 1));
  g_assert_true (sac_is_in_top (scores, 5, 1, 2));
  g_assert_false (sac_is_in_top (scores, 5, 2, 2));     /* equal: the smaller index goes first */
  g_assert_true (sac_is_in_top (scores, 5, 2, 3));
  g_assert_false (sac_is_in_top (scores, 5, 4, 5));
  for (guint label = 0; label < 4; label++)
    hits += sac_is_in_top (scores, 4, label, 5);
  g_assert_cmpuint (hits, ==, 4);                       /* with K ≤ 5 labels, Top-5 is all */
}

static void
test_interval (void)
{
  double values[200];
  SacMeanInterval a, b, none;

  for (int i = 0; i < 200; i++)
    values[i] = i % 4 == 0;
  values[199] = NAN;
  a = sac_bootstrap_mean (values, 200, 2000, 1);
  b = sac_bootstrap_mean (values, 200, 2000, 1);
  g_assert_cmpuint (a.n, ==, 199);
  g_assert_cmpfloat_with_epsilon (a.mean, 50.0 / 199, 1e-12);
  g_assert_cmpfloat (a.low, ==, b.low);
  g_assert_cmpfloat (a.high, ==, b.high);
  g_assert_cmpfloat_with_epsilon (a.high - a.low, 2 * 1.96 * sqrt (.25 * .75 / 199), 0.015);
  none = sac_bootstrap_mean (values + 199, 1, 10, 1);
  g_assert_true (isnan (none.mean) && none.n == 0);
}

static void
test_controls (void)
{
  float centre[8 * 12], random[1000], again[1000];
  double sum = 0;

  sac_centre_map (8, 12, centre);
  g_assert_cmpfloat (centre[3 * 12 + 5], ==, centre[4 * 12 + 6]);
  g_assert_cmpfloat (centre[3 * 12 + 5], >, centre[0]);
  sac_random_map (3, 4, 1000, random);
  sac_random_map (3, 4, 1000, again);
  g_assert_cmpmem (random, sizeof random, again, sizeof again);
  for (int i = 0; i < 1000; i++)
    sum += random[i];
  g_assert_cmpfloat_with_epsilon (sum / 1000, 0.5, 0.04);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/faithfulness/boxes", test_boxes);
  g_test_add_func ("/faithfulness/iou", test_iou);
  g_test_add_func ("/faithfulness/time", test_time);
  g_test_add_func ("/faithfulness/order", test_order);
  g_test_add_func ("/faithfulness/extremal", test_extremal);
  g_test_add_func ("/faithfulness/blur", test_blur);
  g_test_add_func ("/faithfulness/likeness", test_likeness);
  g_test_add_func ("/faithfulness/top", test_top);
  g_test_add_func ("/faithfulness/interval", test_interval);
  g_test_add_func ("/faithfulness/controls", test_controls);
  return g_test_run ();
}
