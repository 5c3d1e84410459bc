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
  };
  static const char *const wrong[] = { "(a", "a)", "label:", "split:maybe", "frames>x", "colour:red", "\"open", "size<3", "not", "a or",
                                       "has:time", "reviewed:perhaps", "-" };
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
                             .group = i < 2 ? (char *) "anna" : NULL };
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("query/meaning", test_meaning);
  ADD ("query/hostile", test_hostile);
  return g_test_run ();
}
