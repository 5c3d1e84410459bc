/* Divisions by group, what stays when clips come, folds, the leak meter, the most frequent labels. */
#include <math.h>

#include "store-fixture.h"

#define SECOND G_GINT64_CONSTANT (1000000000)

static SacSplitPlan *
plan (Fixture *f, const SacSplitSpec *spec)
{
  g_autoptr (GError) error = NULL;
  SacSplitPlan *made = sac_project_plan_split (f->project, spec, &error);

  g_assert_no_error (error);
  return made;
}

static SacSplitRow *
row (const SacSplitPlan *made, guint i)
{
  return &g_array_index (made->rows, SacSplitRow, i);
}

/* No group on two sides. */
static void
check_whole (const SacSplitPlan *made)
{
  g_autofree int *side = g_new0 (int, made->groups->len);

  for (guint i = 0; i < made->rows->len; i++)
    {
      g_assert_true (side[row (made, i)->group] == 0 || side[row (made, i)->group] == (int) row (made, i)->side);
      side[row (made, i)->group] = row (made, i)->side;
    }
}

/* 60 groups of 1 to 9 clips, 12 labels of very different frequency, up to 4 on a clip. */
static void
make_multi_label (Fixture *f, SacId *clips, SacId *labels)
{
  SacRandomKey key = { 3, 3 };
  guint n = 0;

  add_clips (f->project, 300, 0, clips);
  for (guint l = 0; l < 12; l++)
    {
      g_autofree char *name = g_strdup_printf ("label %u", l);

      labels[l] = sac_project_add_label (f->project, name, NULL);
    }
  for (guint g = 0; n < 300; g++)
    for (guint left = 1 + sac_random_below (key, g, 9); left > 0 && n < 300; left--, n++)
      for (guint l = 0; l < 12; l++)
        if (sac_random_unit (key, 1000 + n * 12 + l) < 0.5 / (l + 1))
          g_assert_true (sac_project_set_label (f->project, &clips[n], 1, labels[l], SAC_LABEL_YES, NULL));
}

static void
test_stratified (Fixture *f, gconstpointer data)
{
  SacId clips[300], labels[12];
  const SacSplitSpec spec = { .validation = 0.2, .test = 0.2, .seed = 5, .by_group = TRUE,
                              .grouping = { SAC_GROUP_PATTERN, .pattern = "clip-(\\d\\d)" } };
  SacSplitSpec plain = spec;
  g_autoptr (SacSplitPlan) even = NULL, uneven = NULL;
  double off_even = 0, off_uneven = 0;

  make_multi_label (f, clips, labels);
  plain.ignore_labels = TRUE;
  even = plan (f, &spec);
  uneven = plan (f, &plain);
  check_whole (even);
  check_whole (uneven);
  g_assert_cmpuint (even->groups->len, ==, 30);
  g_assert_cmpstr (even->groups->pdata[3], ==, "03");
  g_assert_cmpuint (even->n_placed, ==, 300);
  for (guint l = 0; l <= 12; l++)
    {
      const guint *n = even->counts + l * 4, *m = uneven->counts + l * 4;
      guint total = n[1] + n[2] + n[3];

      g_assert_cmpuint (n[0], ==, 0);
      g_assert_cmpuint (total, ==, m[1] + m[2] + m[3]);
      /* Groups of ten clips divide no finer than this. */
      g_assert_cmpfloat (fabs (n[2] - 0.2 * total), <=, 2.5);
      g_assert_cmpfloat (fabs (n[3] - 0.2 * total), <=, 2.5);
      off_even += fabs (n[2] - 0.2 * total) + fabs (n[3] - 0.2 * total);
      off_uneven += fabs (m[2] - 0.2 * total) + fabs (m[3] - 0.2 * total);
    }
  g_test_message ("off by %.1f clips, unstratified %.1f", off_even, off_uneven);
  g_assert_cmpfloat (off_even * 2, <, off_uneven);
}

/* Clips that come later do not move those that are there, and follow their group. */
static void
test_stable (Fixture *f, gconstpointer data)
{
  SacId clips[200], more[100];
  g_autoptr (GError) error = NULL;
  SacSplitSpec spec = { .validation = 0.2, .test = 0.2, .seed = 5, .by_group = TRUE };
  g_autoptr (SacSplitPlan) first = NULL, second = NULL, again = NULL;
  g_autofree char *before = NULL, *after = NULL;
  const guint *n;

  add_clips (f->project, 200, 10, clips);
  before = dump (f->project);
  first = plan (f, &spec);
  g_assert_true (sac_project_apply_split (f->project, first, &error));
  g_assert_true (sac_project_undo (f->project, NULL, &error));         /* one command */
  after = dump (f->project);
  g_assert_cmpstr (before, ==, after);
  g_assert_true (sac_project_redo (f->project, NULL, &error));

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("new-%03u", i), *group = g_strdup_printf ("group-%u", i / 5);
      g_autofree char *hash = g_strdup_printf ("h%u", i);
      SacItem item = { .name = name, .group = group, .path = name, .hash = hash, .out_ns = 1 };
      const SacItem *one = &item;

      if (i >= 50)
        group[0] = 'G';
      g_assert_true (sac_project_add_items (f->project, &one, 1, &more[i], &error));
    }
  spec.keep = TRUE;
  second = plan (f, &spec);
  check_whole (second);
  g_assert_cmpuint (second->n_moved, ==, 0);
  g_assert_cmpuint (second->n_placed, ==, 100);
  for (guint i = 0; i < 200; i++)
    g_assert_cmpint (row (second, i)->side, ==, row (first, i)->side);
  n = second->counts;
  g_assert_cmpuint (n[2], >=, 50);
  g_assert_cmpuint (n[2], <=, 70);
  g_assert_cmpuint (n[3], >=, 50);
  g_assert_cmpuint (n[3], <=, 70);
  again = plan (f, &spec);
  for (guint i = 0; i < 300; i++)
    g_assert_cmpint (row (second, i)->side, ==, row (again, i)->side);

  /* A group that someone tore apart is put together where its test clip stands. */
  g_assert_true (sac_project_apply_split (f->project, second, &error));
  g_assert_true (sac_project_set_split (f->project, clips, 9, SAC_SPLIT_TRAIN, &error));
  g_assert_true (sac_project_set_split (f->project, clips + 9, 1, SAC_SPLIT_TEST, &error));
  g_clear_pointer (&again, sac_split_plan_free);
  again = plan (f, &spec);
  check_whole (again);
  g_assert_cmpint (row (again, 0)->side, ==, SAC_SPLIT_TEST);
  g_assert_no_error (error);
}

static void
test_folds (Fixture *f, gconstpointer data)
{
  SacId clips[300], labels[12];
  guint tested[300] = { 0 };
  g_autoptr (GError) error = NULL;

  make_multi_label (f, clips, labels);
  for (guint fold = 0; fold < 5; fold++)
    {
      const SacSplitSpec spec = { .validation = 0.1, .seed = 8, .by_group = TRUE,
                                  .grouping = { SAC_GROUP_PATTERN, .pattern = "clip-\\d\\d" },
                                  .n_folds = 5, .fold = fold };
      g_autoptr (SacSplitPlan) made = plan (f, &spec);
      const guint *all = made->counts + 12 * 4, *common = made->counts;

      check_whole (made);
      g_assert_cmpuint (all[3], ==, 60);
      g_assert_cmpuint (all[2], >=, 20);
      g_assert_cmpuint (all[2], <=, 30);
      g_assert_cmpfloat (fabs (common[3] - 0.2 * (common[1] + common[2] + common[3])), <=, 8);
      for (guint i = 0; i < 300; i++)
        tested[i] += row (made, i)->side == SAC_SPLIT_TEST;
    }
  for (guint i = 0; i < 300; i++)
    g_assert_cmpuint (tested[i], ==, 1);
  g_assert_null (sac_project_plan_split (f->project, &(SacSplitSpec) { .n_folds = 5, .fold = 5 }, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sac_project_plan_split (f->project, &(SacSplitSpec) { .n_folds = 1 }, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
}

static void
add_item (Fixture *f, const char *name, const char *path, const char *hash, const char *group, double in, double out, SacId *id)
{
  SacItem item = { .kind = SAC_ITEM_CLIP, .name = (char *) name, .path = (char *) path, .hash = (char *) hash, .group = (char *) group,
                   .in_ns = (gint64) (in * SECOND), .out_ns = (gint64) (out * SECOND), .n_frames = 100, .fps = 10 };
  const SacItem *one = &item;
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_project_add_items (f->project, &one, 1, id, &error));
  g_assert_no_error (error);
}

/* What each kind of grouping makes of the same clips: clips with the same letter are one group. */
static void
test_groupings (Fixture *f, gconstpointer data)
{
  g_autofree char *table = g_build_filename (f->dir, "groups.csv", NULL);
  const struct { SacGrouping by; const char *expected; } cases[] = {
    { { SAC_GROUP_GIVEN }, "aabbcd" },
    { { SAC_GROUP_SOURCE }, "aabcdd" },
    { { SAC_GROUP_FOLDER }, "aabbcc" },
    { { SAC_GROUP_DAY }, "aaabcc" },
    { { SAC_GROUP_PATTERN, .pattern = "_(p\\d)" }, "aababb" },
    { { SAC_GROUP_PATTERN, .pattern = "(?:x(y)z|_(p\\d))" }, "aababb" },
    { { SAC_GROUP_PATTERN, .pattern = "nothing" }, "aabcdd" },
    { { SAC_GROUP_TABLE, .table = table }, "aaabcc" },
    { { SAC_GROUP_CLIP }, "abcdef" },
  };
  SacId ids[6];
  SacGroupBy by;
  g_autoptr (GError) error = NULL;

  add_item (f, "a1_p1_20240131", "/v/one/x.mp4", "h1", "anna", 0, 3, &ids[0]);
  add_item (f, "a2_p1_20240131", "/v/one/x.mp4", "h1", "anna", 3, 6, &ids[1]);
  add_item (f, "b1_p2_2024-01-31", "/v/two/y.mp4", "h2", "bert", 0, 3, &ids[2]);
  add_item (f, "b2_p1_2024-02-01", "/v/two/z.mp4", "h3", "bert", 0, 3, &ids[3]);
  add_item (f, "c1_p2_999920240131", "/v/three/w.mp4", "h4", "carl", 0, 3, &ids[4]);
  add_item (f, "c2_p2_no", "/v/three/w.mp4", "h4", "dora", 5, 9, &ids[5]);
  g_assert_true (g_file_set_contents (table, "clip,group\na1_p1_20240131,k\na2_p1_20240131,k\nb1_p2_2024-01-31,k\n"
                                      "b2_p1_2024-02-01,l\n", -1, NULL));
  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      g_autoptr (SacSplitPlan) now = sac_project_read_split (f->project, &cases[k].by, &error);
      char got[7] = { 0 };

      g_assert_no_error (error);
      for (guint i = 0; i < 6; i++)
        got[i] = (char) ('a' + row (now, i)->group);
      g_assert_cmpstr (got, ==, cases[k].expected);
    }
  g_assert_null (sac_project_read_split (f->project, &(SacGrouping) { SAC_GROUP_PATTERN, .pattern = "(" }, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sac_project_read_split (f->project, &(SacGrouping) { SAC_GROUP_TABLE, .table = "/nowhere.csv" }, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (sac_group_by_from_word ("person", &by) && by == SAC_GROUP_GIVEN);
  g_assert_false (sac_group_by_from_word ("colour", &by));

  /* A pattern that would run for years on this name is given up, not waited for. */
  add_item (f, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "/v/q.mp4", "h9", NULL, 0, 1, NULL);
  {
    g_autoptr (SacSplitPlan) now = sac_project_read_split (f->project, &(SacGrouping) { SAC_GROUP_PATTERN, .pattern = "^(a+)+$" }, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (now->rows->len, ==, 7);
  }

  /* Groups that were found can become the clips' own. */
  {
    const SacSplitSpec spec = { .test = 0.3, .seed = 1, .by_group = TRUE, .write_groups = TRUE,
                                .grouping = { SAC_GROUP_PATTERN, .pattern = "_(p\\d)" } };
    g_autoptr (SacItem) item = NULL;

    g_assert_true (sac_project_split (f->project, &spec, &error));
    item = sac_project_get_item (f->project, ids[3], &error);
    g_assert_cmpstr (item->group, ==, "p1");
    g_assert_true (sac_project_undo (f->project, NULL, &error));
    g_clear_pointer (&item, sac_item_free);
    item = sac_project_get_item (f->project, ids[3], &error);
    g_assert_cmpstr (item->group, ==, "bert");
    g_assert_cmpint (item->split, ==, SAC_SPLIT_NONE);
  }
}

static SacLeaks *
leaks_of (Fixture *f, const SacLeakSpec *spec)
{
  g_autoptr (GError) error = NULL;
  SacLeaks *leaks = sac_project_find_leaks (f->project, spec, &error);

  g_assert_no_error (error);
  return leaks;
}

static void
test_leaks (Fixture *f, gconstpointer data)
{
  SacId ids[8];
  SacDuplicates duplicates = { .complete = TRUE };
  SacLeakSpec spec = { .gap_ns = SECOND };
  g_autoptr (SacLeaks) none = NULL, some = NULL, planned = NULL, wide = NULL;
  g_autoptr (SacSplitPlan) joined = NULL;
  static const SacLeakKind kinds[] = { SAC_LEAK_GROUP, SAC_LEAK_MEDIA, SAC_LEAK_TIME, SAC_LEAK_GROUP, SAC_LEAK_PICTURE };

  add_item (f, "t1", "/v/x.mp4", "h1", "anna", 0, 3, &ids[0]);
  add_item (f, "t2", "/v/y.mp4", "h2", "bert", 10, 12, &ids[1]);
  add_item (f, "v1", "/v/x.mp4", "h1", "anna", 3.5, 6, &ids[2]);        /* group, video, half a second away */
  add_item (f, "v2", "/v/z.mp4", "h3", "bert", 0, 3, &ids[3]);          /* group only */
  add_item (f, "v3", "/v/q.mp4", "h4", "dora", 0, 3, &ids[4]);          /* looks like t2 */
  add_item (f, "v4", "/v/r.mp4", "h5", "emil", 0, 3, &ids[5]);          /* clean */
  add_item (f, "w1", "/v/s.mp4", "h6", "fred", 0, 3, &ids[6]);          /* no side: never judged */
  add_item (f, "w2", "/v/y.mp4", "h2", "gina", 20, 22, &ids[7]);
  none = leaks_of (f, &spec);
  g_assert_cmpuint (none->n_judged, ==, 0);
  g_assert_cmpuint (none->n_leaking, ==, 0);

  sac_project_set_split (f->project, ids, 2, SAC_SPLIT_TRAIN, NULL);
  sac_project_set_split (f->project, ids + 2, 2, SAC_SPLIT_VALIDATION, NULL);
  sac_project_set_split (f->project, ids + 4, 2, SAC_SPLIT_TEST, NULL);
  duplicates.pairs = g_array_new (FALSE, FALSE, sizeof (SacDuplicate));
  g_array_append_vals (duplicates.pairs, (SacDuplicate[]) { { ids[1], ids[4], 3 }, { ids[0], ids[4], 5 }, { ids[4], ids[5], 6 },
                                                            { ids[6], ids[0], 0 } }, 4);
  spec.duplicates = &duplicates;
  some = leaks_of (f, &spec);
  g_assert_cmpuint (some->n_judged, ==, 4);
  g_assert_cmpuint (some->n_leaking, ==, 3);
  g_assert_cmpmem (some->n_by_kind, sizeof some->n_by_kind, ((guint[]) { 2, 1, 1, 1 }), 4 * sizeof (guint));
  g_assert_cmpuint (some->pairs->len, ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (g_array_index (some->pairs, SacLeak, i).kind, ==, kinds[i]);
  g_assert_cmpint (g_array_index (some->pairs, SacLeak, 2).gap_ns, ==, SECOND / 2);
  g_assert_cmpint (g_array_index (some->pairs, SacLeak, 4).mate, ==, ids[1]);           /* the nearest mate, at 3 bits */
  g_assert_cmpuint (g_array_index (some->pairs, SacLeak, 4).bits, ==, 3);
  spec.gap_ns = SECOND / 4;
  wide = leaks_of (f, &spec);
  g_assert_cmpuint (wide->n_by_kind[2], ==, 0);

  /* Divided anew by group with near-duplicates joined, by the file where there is no group: clean before it is applied. */
  joined = plan (f, &(SacSplitSpec) { .validation = 0.25, .test = 0.25, .seed = 2, .by_group = TRUE, .join = &duplicates });
  check_whole (joined);
  g_assert_cmpint (row (joined, 1)->group, ==, row (joined, 4)->group);
  g_assert_cmpint (row (joined, 0)->group, ==, row (joined, 6)->group);
  spec.plan = joined;
  planned = leaks_of (f, &spec);
  g_assert_cmpuint (planned->n_judged, >, 0);
  g_assert_cmpuint (planned->n_by_kind[0], ==, 0);
  g_assert_cmpuint (planned->n_by_kind[3], ==, 0);
  g_array_unref (duplicates.pairs);
}

/* methods/01 §1.2. */
static void
test_top (Fixture *f, gconstpointer data)
{
  /* Clips × labels; clip 6 says no, clip 7 nothing, "ghost" is said by nobody. */
  static const char *const names[] = { "tree", "dog", "cat", "bird", "ghost" };
  static const gint8 said[8][5] = { { 1, 1, 0, 0, 0 }, { 1, 0, 1, 0, 0 }, { 1, 1, 1, 0, 0 }, { 0, 0, 0, 1, 0 },
                                    { 1, 0, 0, 0, 0 }, { 0, 0, 0, 1, 0 }, { -1, -1, -1, -1, -1 }, { 0, 0, 0, 0, 0 } };
  static const SacSplit sides[] = { SAC_SPLIT_TRAIN, SAC_SPLIT_VALIDATION, SAC_SPLIT_TEST, SAC_SPLIT_TRAIN, SAC_SPLIT_NONE,
                                    SAC_SPLIT_TEST };
  SacId clips[8];
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTopLabels) two = NULL, many = NULL, three = NULL;

  add_clips (f->project, 8, 0, clips);
  for (guint l = 0; l < 5; l++)
    {
      SacId label = sac_project_add_label (f->project, names[l], &error);

      for (guint i = 0; i < 8; i++)
        for (guint twice = 0; twice < 2 && said[i][l]; twice++)         /* said twice, counted once */
          g_assert_true (sac_project_set_label (f->project, &clips[i], 1, label, said[i][l] > 0 ? SAC_LABEL_YES : SAC_LABEL_NO, &error));
    }
  for (guint i = 0; i < 6; i++)
    g_assert_true (sides[i] == SAC_SPLIT_NONE || sac_project_set_split (f->project, &clips[i], 1, sides[i], &error));

  /* Four times tree; bird, cat and dog twice each, by name. */
  two = sac_project_top_labels (f->project, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (two->labels->len, ==, 2);
  g_assert_cmpstr (((SacLabel *) two->labels->pdata[0])->name, ==, "tree");
  g_assert_cmpstr (((SacLabel *) two->labels->pdata[1])->name, ==, "bird");
  /* Clips with neither drop out, from train, validation and test alike; those that stay are a 0/1 matrix. */
  g_assert_cmpuint (two->clips->len, ==, 6);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpint (g_array_index (two->clips, SacId, i), ==, clips[i]);
  g_assert_cmpmem (two->matrix, 12, ((guint8[]) { 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1 }), 12);
  g_assert_cmpuint (two->n_occurring, ==, 4);
  g_assert_cmpuint (two->n_labelled, ==, 6);
  g_assert_cmpfloat_with_epsilon (two->mean, 10 / 6.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (two->mean_kept, 1, 1e-12);

  three = sac_project_top_labels (f->project, 3, &error);
  g_assert_cmpstr (((SacLabel *) three->labels->pdata[2])->name, ==, "cat");
  g_assert_cmpfloat_with_epsilon (three->mean_kept, 8 / 6.0, 1e-12);
  /* More than there are: what nobody says is no label to learn. */
  many = sac_project_top_labels (f->project, 20, &error);
  g_assert_cmpuint (many->labels->len, ==, 4);
  g_assert_cmpstr (((SacLabel *) many->labels->pdata[3])->name, ==, "dog");

  /* In a division: clips with none of them have no side, whichever they had; the others are divided by these labels alone. */
  {
    const SacSplitSpec spec = { .validation = 0.25, .test = 0.25, .seed = 1, .by_group = TRUE, .grouping = { SAC_GROUP_CLIP }, .top_k = 1 };
    g_autoptr (SacSplitPlan) made = NULL;

    g_assert_true (sac_project_set_split (f->project, &clips[7], 1, SAC_SPLIT_TRAIN, &error));
    made = plan (f, &spec);
    g_assert_cmpuint (made->labels->len, ==, 1);
    g_assert_cmpuint (made->rows->len, ==, 8);
    g_assert_cmpuint (made->n_dropped, ==, 4);
    for (guint i = 0; i < 8; i++)
      {
        g_assert_cmpint (row (made, i)->item, ==, clips[i]);
        g_assert_true ((row (made, i)->side == SAC_SPLIT_NONE) == (said[i][0] != 1));
        g_assert_cmpuint (row (made, i)->group, <, made->groups->len);
      }
    g_assert_cmpuint (made->counts[SAC_SPLIT_TRAIN], ==, 2);
    g_assert_cmpuint (made->counts[SAC_SPLIT_TEST], ==, 1);
    g_assert_true (sac_project_apply_split (f->project, made, &error));
    g_assert_no_error (error);
    for (guint i = 0; i < 8; i++)
      {
        g_autoptr (SacItem) item = sac_project_get_item (f->project, clips[i], &error);

        g_assert_cmpint (item->split, ==, row (made, i)->side);
      }
  }
}

static void
test_duplicates_unknown (Fixture *f, gconstpointer data)
{
  SacId clips[3];
  g_autoptr (GError) error = NULL;
  g_autoptr (SacDuplicates) found = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  add_clips (f->project, 3, 0, clips);          /* of files that are not there */
  found = sac_project_find_duplicates (f->project, 8, TRUE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->n_unknown, ==, 3);
  g_assert_cmpuint (found->pairs->len, ==, 0);
  g_cancellable_cancel (cancellable);
  g_assert_null (sac_project_find_duplicates (f->project, 8, TRUE, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#undef ADD
#define ADD(name, func) g_test_add ("/split/" name, Fixture, NULL, setup, func, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sac_media_init ();
  ADD ("stratified", test_stratified);
  ADD ("stable", test_stable);
  ADD ("folds", test_folds);
  ADD ("groupings", test_groupings);
  ADD ("leaks", test_leaks);
  ADD ("top-labels", test_top);
  ADD ("duplicates-unknown", test_duplicates_unknown);
  return g_test_run ();
}
