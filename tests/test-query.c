/* The predicate language: what each test means, and that no text is ever more than a question. */
#include "store-fixture.h"

static char *
found (SacProject *project, const char *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = sac_project_query (project, query, &error);
  GString *out = g_string_new (NULL);

  if (!ids)
    {
      g_string_append_printf (out, "! %s", error ? error->message : "no error");
      return g_string_free (out, FALSE);
    }
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (SacItem) item = sac_project_get_item (project, g_array_index (ids, SacId, i), NULL);

      g_string_append_printf (out, "%s%s", i ? " " : "", item->name);
    }
  return g_string_free (out, FALSE);
}

static void
test_meaning (Fixture *f, gconstpointer data)
{
  static const struct { const char *query, *clips; } cases[] = {
    { "", "a0 a1 a2 b0 b1 b2" },
    { "a", "a0 a1 a2" },
    { "name:?1", "a1 b1" },
    { "label:cat", "a0 a1" },
    { "yes:cat", "a0 a1" },
    { "no:cat", "a2 b2" },
    { "unknown:cat", "b0 b1" },
    { "-label:cat", "a2 b0 b1 b2" },
    { "not label:cat and b", "b0 b1 b2" },
    { "label:cat or label:\"big dog\"", "a0 a1 b0" },
    { "(a or b) 1", "a1 b1" },
    { "a1 or b 2", "a1 b2" },
    { "reviewed:yes", "b2" },
    { "split:train", "a0" },
    { "split:none b", "b0 b1 b2" },
    { "has:segments", "a0" },
    { "segment:cat", "a0" },
    { "track:cat", "a1" },
    { "tracks>0", "a1" },
    { "labels=0", "a2 b1 b2" },
    { "group:anna", "a0 a1" },
    { "frames>=10", "a0 a1 a2 b0 b1 b2" },
    { "frames<10", "" },
    { "duration>0.1s", "a0 a1 a2 b0 b1 b2" },
    { "duration>1h", "" },
    { "kind:still", "" },
    { "label:nothing", "" },
    { "-(-a)", "a0 a1 a2" },
    { "said>0", "a0 a1 a2 b0" },
    { "is:vfr", "b1" },
    { "is:excluded", "a2" },
    { "is:missing", "a0 a1 a2 b0 b1 b2" },
    { "is:duplicate", "" },
    { "date>=2024-02-01", "b1 b2" },
    { "date=2024-01-31", "b0" },
    { "date<2024-02-01 or is:excluded", "a2 b0" },
  };
  static const char *const wrong[] = { "(a", "a)", "label:", "split:maybe", "frames>x", "colour:red", "\"open", "size<3", "not", "a or",
                                       "has:time", "reviewed:perhaps", "-", "is:odd", "date>soon", "date<2024-13-01" };
  static const char *const names[] = { "a0", "a1", "a2", "b0", "b1", "b2" };
  g_autoptr (GError) error = NULL;
  const SacBox box = { 3, 1, 2, 3, 4, TRUE, FALSE, FALSE };
  SacItem items[6] = { 0 };
  const SacItem *list[6];
  SacId ids[6], cat, dog;

  for (guint i = 0; i < 6; i++)
    {
      items[i] = (SacItem) { .name = (char *) names[i], .path = g_strdup_printf ("%s/%s.mp4", f->dir, names[i]), .out_ns = 400000000,
                             .hash = g_strdup_printf ("h%u", i), .n_frames = 10, .width = 64, .height = 48, .fps = 25,
                             .group = i < 2 ? (char *) "anna" : NULL, .flags = i == 4 ? SAC_MEDIA_CHECKED | SAC_MEDIA_VFR : 0,
                             .recorded_us = i < 3 ? 0 : G_GINT64_CONSTANT (1706659200000000) + (i - 3) * G_GINT64_CONSTANT (86400000000) };
      list[i] = &items[i];
    }
  g_assert_true (sac_project_add_items (f->project, list, 6, ids, &error));
  g_assert_no_error (error);
  cat = sac_project_add_label (f->project, "cat", &error);
  dog = sac_project_add_label (f->project, "big dog", &error);
  sac_project_set_label (f->project, ids, 2, cat, SAC_LABEL_YES, &error);
  sac_project_set_label (f->project, ids + 2, 1, cat, SAC_LABEL_NO, &error);
  sac_project_set_label (f->project, ids + 3, 1, dog, SAC_LABEL_YES, &error);
  sac_project_set_reviewed (f->project, ids + 5, 1, TRUE, &error);
  sac_project_set_split (f->project, ids, 1, SAC_SPLIT_TRAIN, &error);
  sac_project_add_segment (f->project, 1, ids[0], cat, 0, 10, &error);
  sac_project_add_track (f->project, 1, ids[1], cat, &box, 1, &error);
  sac_project_set_excluded (f->project, ids + 2, 1, TRUE, &error);
  g_assert_no_error (error);
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autofree char *clips = found (f->project, cases[c].query);

      if (strcmp (clips, cases[c].clips) != 0)
        g_test_message ("%s", cases[c].query);
      g_assert_cmpstr (clips, ==, cases[c].clips);
      g_assert_true (sac_query_check (cases[c].query, NULL));
    }
  for (guint w = 0; w < G_N_ELEMENTS (wrong); w++)
    {
      g_autofree char *told = found (f->project, wrong[w]);

      if (told[0] != '!')
        g_test_message ("%s", wrong[w]);
      g_assert_true (told[0] == '!' && strstr (told, "letter"));
      g_assert_false (sac_query_check (wrong[w], NULL));
    }
  for (guint i = 0; i < 6; i++)
    {
      g_free (items[i].path);
      g_free (items[i].hash);
    }
}

static void
test_hostile (Fixture *f, gconstpointer data)
{
  static const char *const bits[] = { "label:", "a", "'", "\"", "(", ")", "-", " or ", "; DROP TABLE items; --", "not ", "frames>",
                                     "9", "%", "*",
                                      "[", "\\", "\xc3\xa9", "has:", "name:", "\n" };
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autofree char *before = NULL, *after = NULL, *told = NULL;
  SacId clips[3];

  add_clips (f->project, 3, 1, clips);
  before = dump (f->project);
  for (guint64 seed = 0; seed < 3000; seed++)
    {
      g_autoptr (GString) query = g_string_new (NULL);
      g_autofree char *answer = NULL;

      for (guint k = 0; k < 1 + sac_random_below ((SacRandomKey) { seed, 1 }, 0, 12); k++)
        g_string_append (query, bits[sac_random_below ((SacRandomKey) { seed, 2 }, k, G_N_ELEMENTS (bits))]);
      answer = found (f->project, query->str);
      g_assert_null (strstr (answer, "no error"));
    }
  for (guint i = 0; i < 3000; i++)
    g_string_append_c (deep, '(');
  told = found (f->project, deep->str);
  g_assert_true (told[0] == '!');
  after = dump (f->project);
  g_assert_cmpstr (before, ==, after);
}

static char *
names_of (SacProject *project, GArray *ids)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (SacItem) item = sac_project_get_item (project, g_array_index (ids, SacId, i), NULL);

      g_string_append_printf (out, "%s%s", i ? " " : "", item->name);
    }
  return g_string_free (out, FALSE);
}

static char *
sorted (SacProject *project, SacSort sort, gboolean descending, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = sac_project_query_sorted (project, "", sort, descending, seed, NULL, &error);

  g_assert_no_error (error);
  return names_of (project, ids);
}

static void
test_sort (Fixture *f, gconstpointer data)
{
  static const struct { SacSort sort; gboolean descending; const char *clips; } cases[] = {
    { SAC_SORT_NAME, FALSE, "c0 c1 c2 c3" }, { SAC_SORT_NAME, TRUE, "c3 c2 c1 c0" },
    { SAC_SORT_DURATION, FALSE, "c3 c2 c1 c0" }, { SAC_SORT_DURATION, TRUE, "c0 c1 c2 c3" },
    { SAC_SORT_SIZE, FALSE, "c0 c2 c1 c3" }, { SAC_SORT_FPS, TRUE, "c3 c2 c1 c0" },
    { SAC_SORT_DATE, TRUE, "c1 c0 c2 c3" }, { SAC_SORT_SAID, TRUE, "c2 c0 c1 c3" },
    { SAC_SORT_PROBLEM, FALSE, "c3 c1 c0 c2" },
  };
  static const int widths[] = { 10, 30, 20, 40 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autofree char *one = NULL, *again = NULL;
  SacItem items[4] = { 0 };
  const SacItem *list[4];
  SacId ids[4], cat;
  gboolean other = FALSE;

  for (guint i = 0; i < 4; i++)
    {
      items[i] = (SacItem) { .name = g_strdup_printf ("c%u", i), .path = g_strdup_printf ("%s/c%u.mp4", f->dir, i),
                             .hash = g_strdup_printf ("h%u", i), .out_ns = (10 - i) * 1000000000ll, .n_frames = 9, .width = widths[i],
                             .height = 10, .fps = 20 + i, .recorded_us = i == 1 ? 2000000 : i == 0 ? 1000000 : 0,
                             .problem = i == 3 ? (char *) "broken" : NULL, .warning = i == 1 ? (char *) "cut short" : NULL };
      list[i] = &items[i];
    }
  g_assert_true (sac_project_add_items (f->project, list, 4, ids, &error));
  cat = sac_project_add_label (f->project, "cat", &error);
  g_assert_true (sac_project_set_label (f->project, ids + 2, 1, cat, SAC_LABEL_NO, &error));
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_autofree char *clips = sorted (f->project, cases[c].sort, cases[c].descending, 0);

      g_assert_cmpstr (clips, ==, cases[c].clips);
    }
  one = sorted (f->project, SAC_SORT_RANDOM, FALSE, 5);
  again = sorted (f->project, SAC_SORT_RANDOM, FALSE, 5);
  g_assert_cmpstr (one, ==, again);
  for (guint64 seed = 0; seed < 20; seed++)
    {
      g_autofree char *clips = sorted (f->project, SAC_SORT_RANDOM, FALSE, seed);

      other = other || strcmp (one, clips) != 0;
    }
  g_assert_true (other);
  g_cancellable_cancel (cancelled);
  g_assert_null (sac_project_query_sorted (f->project, "", SAC_SORT_NAME, FALSE, 0, cancelled, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED);
  for (guint i = 0; i < 4; i++)
    {
      g_free (items[i].name);
      g_free (items[i].path);
      g_free (items[i].hash);
    }
}

static char *
listed (SacProject *project)
{
  g_autoptr (GPtrArray) queries = sac_project_list_queries (project, NULL);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < queries->len; i++)
    {
      SacQuery *query = queries->pdata[i];

      g_string_append_printf (out, "%s%s=%s", i ? ", " : "", query->name, query->text);
    }
  return g_string_free (out, FALSE);
}

#define IS_LISTED(what) { g_autofree char *now = listed (f->project); g_assert_cmpstr (now, ==, what); }

static void
test_collections (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SacId mine, long_ones;

  mine = sac_project_save_query (f->project, " Mine ", "label:cat", &error);
  long_ones = sac_project_save_query (f->project, "Long", "duration>10s", &error);
  g_assert_no_error (error);
  IS_LISTED ("Mine=label:cat, Long=duration>10s");
  g_assert_cmpint (sac_project_save_query (f->project, "Mine", "no:cat", &error), ==, mine);
  IS_LISTED ("Mine=no:cat, Long=duration>10s");
  g_assert_cmpint (sac_project_save_query (f->project, "Bad", "(", &error), ==, 0);
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_cmpint (sac_project_save_query (f->project, " ", "a", &error), ==, 0);
  g_clear_error (&error);
  g_assert_false (sac_project_rename_query (f->project, long_ones, "Mine", &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (sac_project_rename_query (f->project, long_ones, "Slow", &error));
  g_assert_true (sac_project_remove_query (f->project, mine, &error));
  IS_LISTED ("Slow=duration>10s");
  g_assert_false (sac_project_remove_query (f->project, mine, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sac_project_undo (f->project, NULL, &error));
  IS_LISTED ("Mine=no:cat, Slow=duration>10s");
  g_assert_true (sac_project_undo (f->project, NULL, &error) && sac_project_undo (f->project, NULL, &error));
  IS_LISTED ("Mine=label:cat, Long=duration>10s");
}

static void
test_words (void)
{
  static const struct { const char *query; guint start; const char *first; guint n; } cases[] = {
    { "is:va", 0, NULL, 0 }, { "is:v", 0, "is:vfr", 1 }, { "a and la", 6, "label:", 2 }, { "(la", 1, "label:", 2 },
    { "-has:tr", 1, "has:tracks", 1 }, { "label:", 0, "label:\"big dog\"", 2 }, { "no:\"big d", 0, "no:\"big dog\"", 1 },
    { "label:CA", 0, "label:cat", 1 }, { "label:cat", 0, NULL, 0 }, { "", 0, NULL, 0 }, { "reviewed:", 0, "reviewed:yes", 2 },
  };
  SacLabel dog = { .name = (char *) "big dog" }, cat = { .name = (char *) "cat" };
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  g_ptr_array_add (labels, &dog);
  g_ptr_array_add (labels, &cat);
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      gsize start = 99;
      g_autoptr (GPtrArray) words = sac_query_complete (cases[c].query, strlen (cases[c].query), labels, 20, &start);

      g_test_message ("%s", cases[c].query);
      g_assert_cmpuint (words->len, ==, cases[c].n);
      g_assert_cmpuint (start, ==, cases[c].start);
      if (words->len)
        g_assert_cmpstr (words->pdata[0], ==, cases[c].first);
    }
}

/* What an act, its undo and its redo say they changed. */
static void
test_touched (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SacId clips[3], cat, segment;
  guint n;

#define TOUCHED(id) { const SacId *ids = sac_project_get_touched (f->project, &n); g_assert_nonnull (ids); g_assert_cmpuint (n, ==, 1); \
                      g_assert_cmpint (ids[0], ==, id); }
  add_clips (f->project, 3, 1, clips);
  g_assert_null (sac_project_get_touched (f->project, &n));
  cat = sac_project_add_label (f->project, "cat", &error);
  g_assert_nonnull (sac_project_get_touched (f->project, &n));
  g_assert_cmpuint (n, ==, 0);
  sac_project_set_label (f->project, clips + 1, 1, cat, SAC_LABEL_YES, &error);
  TOUCHED (clips[1]);
  sac_project_set_reviewed (f->project, clips + 2, 1, TRUE, &error);
  TOUCHED (clips[2]);
  sac_project_undo (f->project, NULL, &error);
  TOUCHED (clips[2]);
  sac_project_undo (f->project, NULL, &error);
  TOUCHED (clips[1]);
  sac_project_redo (f->project, NULL, &error);
  TOUCHED (clips[1]);
  segment = sac_project_add_segment (f->project, 1, clips[0], cat, 0, 10, &error);
  TOUCHED (clips[0]);
  sac_project_remove_segment (f->project, segment, &error);
  TOUCHED (clips[0]);
  sac_project_remove_items (f->project, clips, 1, &error);
  g_assert_null (sac_project_get_touched (f->project, &n));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("query/meaning", test_meaning);
  ADD ("query/hostile", test_hostile);
  ADD ("query/sort", test_sort);
  ADD ("query/collections", test_collections);
  ADD ("query/touched", test_touched);
  g_test_add_func ("/store/query/words", test_words);
  return g_test_run ();
}
