/* Curves of many labels at once are those of sac_roc_new(), thinned or not. */
#include <math.h>

#include "eval/sac-eval.h"

static void
fill (float *scores, gint8 *truth, guint n, guint n_labels, guint seed)
{
  for (guint i = 0; i < n * n_labels; i++)
    {
      SacRandomKey key = { 31 + seed, i };
      guint kind = sac_random_below (key, 0, 20);

      scores[i] = (float) sac_random_below (key, 1, i % 3 ? 1000000 : 12) / 100000 - 4;     /* with and without ties, both signs */
      if (kind == 0)
        scores[i] = i % 2 ? NAN : i % 4 ? 0.0f : -0.0f;
      truth[i] = kind == 1 ? -1 : sac_random_below (key, 2, 10) < 2 + i % n_labels;
    }
}

static void
assert_label (const SacRoc *roc, const float *scores, const gint8 *truth, guint n, guint stride, guint most)
{
  g_autoptr (SacRoc) whole = sac_roc_new (scores, truth, n, stride);
  guint j = 0;

  g_assert_cmpuint (roc->n_positive, ==, whole->n_positive);
  g_assert_cmpuint (roc->n_negative, ==, whole->n_negative);
  g_assert_true (roc->auc == whole->auc || (isnan (roc->auc) && isnan (whole->auc)));
  g_assert_true (roc->null_low == whole->null_low || isnan (whole->null_low));
  g_assert_cmpuint (roc->n_points, <=, MAX (most, 2) + 3);
  if (n <= most)
    g_assert_cmpuint (roc->n_points, ==, whole->n_points);
  for (guint i = 0; i < roc->n_points; i++)       /* each is a point of the whole curve, and the last is the last */
    {
      while (j < whole->n_points
             && (roc->fpr[i] != whole->fpr[j] || roc->tpr[i] != whole->tpr[j] || roc->threshold[i] != whole->threshold[j]))
        j++;
      g_assert_cmpuint (j, <, whole->n_points);
    }
  g_assert_cmpuint (j, ==, whole->n_points - 1);
}

static void
test_same (void)
{
  static const struct { guint n, n_labels, most; } sizes[] = {
    { 0, 3, 10 }, { 1, 1, 10 }, { 50, 1, 100 }, { 50, 9, 100 }, { 700, 17, 1000 }, { 700, 17, 50 }, { 20000, 8, 300 },
  };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      guint n = sizes[s].n, n_labels = sizes[s].n_labels;
      g_autofree float *scores = g_new0 (float, n * n_labels + 1);
      g_autofree gint8 *truth = g_new0 (gint8, n * n_labels + 1);
      SacRoc **rocs;

      fill (scores, truth, n, n_labels, s);
      for (guint i = 0; i < n && n_labels > 8; i++)
        truth[i * n_labels + 8] = 1;              /* one side empty */
      rocs = sac_roc_table_new (scores, truth, n, n_labels, sizes[s].most);
      for (guint l = 0; l < n_labels; l++)
        assert_label (rocs[l], scores + l, truth + l, n, n_labels, sizes[s].most);
      sac_roc_table_free (rocs, n_labels);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/eval/roc-table/same", test_same);
  return g_test_run ();
}
