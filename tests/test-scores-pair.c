/* Two runs' scores side by side. */
#include "run-fixture.h"

static SacScores *
make (const char *split, const char *labels, const char *clips, const float *scores, const gint8 *truth)
{
  SacScores *s = g_new0 (SacScores, 1);
  gsize n;

  s->split = g_strdup (split);
  s->labels = g_strsplit (labels, " ", -1);
  s->clips = g_strsplit (clips, " ", -1);
  s->n_labels = g_strv_length (s->labels);
  s->n_clips = g_strv_length (s->clips);
  n = (gsize) s->n_labels * s->n_clips;
  s->scores = g_memdup2 (scores, n * sizeof *scores);
  s->truth = g_memdup2 (truth, n);
  return s;
}

static void
test_pair (void)
{
  const float one[] = { .1f, .2f, .3f, .4f, .5f, .6f }, two[] = { .9f, .8f, .7f, .6f, .5f, .4f };
  const gint8 yes[] = { 0, 1, 1, 0, -1, 1 }, other[] = { 1, 0, 0, 1, 1, 0 };
  g_autoptr (SacScores) a = make ("test", "cat dog", "x y z", one, yes), b = make ("validation", "dog cow cat", "z x", two, other);
  g_autoptr (SacScoresPair) pair = sac_scores_pair_new (a, b), same = sac_scores_pair_new (a, a);
  g_autofree char *words = sac_scores_pair_dup_obstacle (pair, "A", "B"), *none = sac_scores_pair_dup_obstacle (same, "A", "A");

  g_assert_null (none);
  g_assert_cmpuint (same->n_clips, ==, 3);
  g_assert_cmpmem (same->b, 6 * sizeof (float), one, 6 * sizeof (float));
  g_assert_cmpuint (pair->n_clips, ==, 2);
  g_assert_cmpstr (pair->clips[1], ==, "z");
  g_assert_cmpuint (pair->n_labels, ==, 2);
  g_assert_cmpstr (pair->labels[0], ==, "cat");
  g_assert_cmpuint (pair->n_only_a, ==, 1);
  g_assert_cmpuint (pair->n_only_b, ==, 0);
  g_assert_cmpuint (pair->n_labels_apart, ==, 1);
  /* x: cat .1 and .4, dog .2 and .6; z: cat .5 and .7, dog .6 and .9 */
  g_assert_cmpfloat (pair->b[0], ==, .4f);
  g_assert_cmpfloat (pair->b[1], ==, .6f);
  g_assert_cmpfloat (pair->a[2], ==, .5f);
  g_assert_cmpfloat (pair->b[2], ==, .7f);
  g_assert_cmpfloat (pair->b[3], ==, .9f);
  /* truths: x cat 0/0 same, dog 1/1 same; z cat −1/0: unknown, dog 1/1 */
  g_assert_cmpint (pair->truth[0], ==, 0);
  g_assert_cmpint (pair->truth[1], ==, 1);
  g_assert_cmpint (pair->truth[2], ==, -1);
  g_assert_cmpint (pair->truth[3], ==, 1);
  g_assert_cmpuint (pair->n_disagree, ==, 0);
  g_assert_nonnull (words);
  g_assert_nonnull (strstr (words, "validation"));
  g_assert_cmpint (sac_scores_find_label (b, "cow"), ==, 1);
  g_assert_cmpint (sac_scores_find_label (b, "hen"), ==, -1);
}

static void
test_disagree (void)
{
  const float s[] = { .1f, .2f };
  const gint8 yes[] = { 0, 1 }, no[] = { 0, 0 };
  g_autoptr (SacScores) a = make ("test", "cat", "x y", s, yes), b = make ("test", "cat", "x y", s, no);
  g_autoptr (SacScoresPair) pair = sac_scores_pair_new (a, b);
  g_autofree char *words = sac_scores_pair_dup_obstacle (pair, "A", "B");

  g_assert_cmpuint (pair->n_disagree, ==, 1);
  g_assert_cmpint (pair->truth[1], ==, -1);
  g_assert_nonnull (words);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/run/scores-pair", test_pair);
  g_test_add_func ("/run/scores-pair/disagree", test_disagree);
  return g_test_run ();
}
