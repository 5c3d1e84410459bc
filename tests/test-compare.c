/* What the Compare page shows, as data: runs lined up, which clips are behind a mark, orders, decisions, differences of maps. */
#include <math.h>

#include "app/sac-compare-plots.h"
#include "app/sac-panes-pane.h"
#include "run-fixture.h"

/* Two runs; the second knows the clips in another order, one clip less and one more. */
static const float first[] = { .9f, .1f, .2f, .8f, .4f, .6f, .3f, .7f };        /* a: cat dog, b … d */
static const gint8 truth[] = { 1, 0, 0, 1, 1, 0, 0, 1 };
static const float second[] = { .2f, .9f, .4f, .7f, .6f, .4f, .5f, .5f };       /* c b a e: dog cat */
static const gint8 other[] = { 0, 1, 1, 0, 0, 1, 1, 0 };

static SacCompareRun *
make_run (const char *name, const char *labels, const char *clips, const float *scores, const gint8 *truths)
{
  g_autofree char *folder = new_folder ();
  SacScores s = { .split = (char *) "test", .labels = g_strsplit (labels, " ", -1), .clips = g_strsplit (clips, " ", -1),
                  .scores = (float *) scores, .truth = (gint8 *) truths };
  SacCompareRun *run;

  s.n_labels = g_strv_length (s.labels);
  s.n_clips = g_strv_length (s.clips);
  g_assert_true (sac_scores_write (folder, &s, NULL));
  run = sac_compare_run_new (name, folder, "test");
  g_assert_nonnull (run->scores);
  remove_tree (folder);
  g_strfreev (s.labels);
  g_strfreev (s.clips);
  return run;
}

static SacCompareView *
make_view (const char *label)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_compare_run_unref);

  g_ptr_array_add (runs, make_run ("A", "cat dog", "a b c d", first, truth));
  g_ptr_array_add (runs, make_run ("B", "dog cat", "c b a e", second, other));
  return sac_compare_view_new (label, runs, (guint[]) { 0, 1 });
}

static char *
names (const SacCompareView *view, SacRowsAsked *asked)
{
  g_autoptr (GArray) rows = sac_compare_rows (view, asked);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    g_string_append (text, view->clips[g_array_index (rows, guint, i)]);
  return g_string_free (text, FALSE);
}

static void
assert_rows (const SacCompareView *view, SacRowsAsked *asked, const char *expected)
{
  g_autofree char *text = names (view, asked);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_view (void)
{
  g_autoptr (SacCompareView) view = make_view ("cat"), none = make_view ("cow");

  g_assert_cmpuint (view->n_clips, ==, 5);
  g_assert_cmpstr (view->clips[4], ==, "e");
  g_assert_cmpfloat (sac_compare_view_score (view, 0, 2), ==, .4f);     /* c */
  g_assert_cmpfloat (sac_compare_view_score (view, 1, 2), ==, .9f);
  g_assert_cmpfloat (sac_compare_view_score (view, 1, 0), ==, .4f);     /* a */
  g_assert_true (isnan (sac_compare_view_score (view, 0, 4)));
  g_assert_true (isnan (sac_compare_view_score (view, 1, 3)));
  g_assert_cmpint (sac_compare_view_truth (view, 0), ==, 1);
  g_assert_cmpint (sac_compare_view_truth (view, 4), ==, 0);            /* only B knows it */
  g_assert_cmpint (sac_compare_is_right (view, 0, 0, 0.5), ==, 1);
  g_assert_cmpint (sac_compare_is_right (view, 0, 2, 0.5), ==, 0);
  g_assert_cmpint (sac_compare_is_right (view, 0, 4, 0.5), ==, -1);
  g_assert_cmpfloat (view->rocs[0]->auc, ==, sac_auc (first, truth, 4, 2));
  g_assert_null (none->rocs[0]);
  g_assert_true (isnan (sac_compare_view_score (none, 0, 0)));
}

static void
test_rows (void)
{
  g_autoptr (SacCompareView) view = make_view ("cat");
  double thresholds[] = { 0.5, 0.5 }, all_a[] = { 0.5, 0.5 }, all_b[] = { 0.5, 0.5 };
  double *all[] = { all_a, all_b, NULL };
  g_autoptr (GHashTable) only = g_hash_table_new (g_str_hash, g_str_equal);
  SacRowsAsked asked = { .kind = SAC_CLIPS_ALL, .order = SAC_ORDER_NAME, .thresholds = thresholds, .all_thresholds = all };

  assert_rows (view, &asked, "abcde");
  asked.descending = TRUE;
  assert_rows (view, &asked, "edcba");
  asked.order = SAC_ORDER_RUN;
  assert_rows (view, &asked, "acdbe");          /* .9 .4 .3 .2, e has none */
  asked.descending = FALSE;
  assert_rows (view, &asked, "bdcae");
  asked.order = SAC_ORDER_RUN + 1;
  assert_rows (view, &asked, "aebcd");          /* .4 .5 .7 .9 */
  asked.order = SAC_ORDER_APART;
  asked.descending = TRUE;
  {
    g_autofree char *text = names (view, &asked);

    g_assert_true (g_str_has_suffix (text, "de"));      /* known to one run alone; the others are .5 apart */
  }
  asked.order = SAC_ORDER_NAME;
  asked.descending = FALSE;
  asked.kind = SAC_CLIPS_WRONG;
  assert_rows (view, &asked, "abce");           /* a by B (.4), b by B (.7), c by A (.4), e by B (.5 ≥ .5) */
  asked.kind = SAC_CLIPS_FLIPS;
  assert_rows (view, &asked, "abc");
  thresholds[1] = 0.3;                          /* B now says yes to a as A does */
  assert_rows (view, &asked, "bc");
  thresholds[1] = 0.5;
  asked.kind = SAC_CLIPS_HARDEST;
  asked.order = SAC_ORDER_LOSS;
  asked.descending = TRUE;
  {
    g_autofree char *text = names (view, &asked);

    g_assert_cmpuint (strlen (text), ==, 5);
    g_assert_true (text[0] == 'b' || text[0] == 'e');   /* (−ln .8 − ln .3)/2 = .71 against −ln .5 = .69 */
  }
  g_hash_table_add (only, (char *) "b");
  g_hash_table_add (only, (char *) "d");
  asked.only = only;
  asked.kind = SAC_CLIPS_ALL;
  asked.order = SAC_ORDER_NAME;
  asked.descending = FALSE;
  assert_rows (view, &asked, "bd");
}

static void
test_behind (void)
{
  g_autoptr (SacCompareView) view = make_view ("cat");
  double thresholds[] = { 0.5, 0.5 }, all_a[] = { 0.5, 0.65 }, all_b[] = { 0.5, 0.5 };
  double *all[] = { all_a, all_b, NULL };
  SacRowsAsked asked = { .kind = SAC_CLIPS_MARK, .order = SAC_ORDER_NAME, .thresholds = thresholds, .all_thresholds = all };

  assert_rows (view, &asked, "");
  asked.mark = (SacBehind) { .kind = SAC_BEHIND_POINT, .run = 0, .threshold = 0.35 };
  assert_rows (view, &asked, "ac");             /* all that is yes or said to be: a .9, c .4 */
  asked.mark.threshold = 0.25;
  assert_rows (view, &asked, "acd");
  asked.mark = (SacBehind) { .kind = SAC_BEHIND_BIN, .run = 1, .low = 0.5, .high = 0.7 };
  assert_rows (view, &asked, "be");
  asked.mark = (SacBehind) { .kind = SAC_BEHIND_OUTCOME, .run = 0, .column = 1 };
  assert_rows (view, &asked, "c");              /* missed */
  asked.mark.column = 3;
  assert_rows (view, &asked, "bd");             /* rightly no */
  asked.mark = (SacBehind) { .kind = SAC_BEHIND_CELL, .run = 0, .row = 0, .column = 0 };
  assert_rows (view, &asked, "a");
  asked.mark.column = 2;
  assert_rows (view, &asked, "c");              /* cat .4 and dog .6, which is below dog's .65: none */
  all_a[1] = 0.5;
  asked.mark.column = 1;
  assert_rows (view, &asked, "c");
}

static void
test_decided (void)
{
  g_autoptr (SacCompareView) view = make_view ("cat");
  double thresholds[] = { 0.5, 0.65 };
  g_autoptr (SacDecided) decided = sac_decided_new (view->runs[0], thresholds);

  g_assert_nonnull (decided->matrix);           /* each clip has one label */
  g_assert_cmpuint (decided->n_columns, ==, 3);
  g_assert_cmpuint (decided->cells[0], ==, 1);
  g_assert_cmpuint (decided->cells[2], ==, 1);
  g_assert_cmpuint (decided->matrix->n_right, ==, 3);
  g_assert_cmpuint (decided->counts[0].missed, ==, 1);
  g_assert_cmpuint (decided->counts[1].hit, ==, 2);
}

static void
test_difference (void)
{
  const float one[] = { .1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f }, two[] = { .5f, .5f };
  const guint frames[] = { 0, 10 };
  SacSeen a = { .n = 2, .frames = frames, .h = 2, .w = 2, .maps = one }, b = { .n = 2, .frames = frames, .h = 1, .w = 1, .maps = two };
  g_autofree float *start = sac_panes_dup_difference (&a, &b, 0), *between = sac_panes_dup_difference (&a, &b, 5);

  g_assert_cmpfloat_with_epsilon (start[0], -.4f, 1e-6);
  g_assert_cmpfloat_with_epsilon (start[3], -.1f, 1e-6);
  g_assert_cmpfloat_with_epsilon (between[0], .3f - .5f, 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/compare/view", test_view);
  g_test_add_func ("/compare/rows", test_rows);
  g_test_add_func ("/compare/behind", test_behind);
  g_test_add_func ("/compare/decided", test_decided);
  g_test_add_func ("/compare/difference", test_difference);
  return g_test_run ();
}
