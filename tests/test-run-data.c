/* RUN/data.json: what a run learnt from, and what has changed since.  Hostile files. */
#include <string.h>

#include "run-fixture.h"

static const char *const labels[] = { "cat", "dog", NULL };

static void
add (SacRunData *data, const char *hash, const char *name, guint split, gboolean held, int cat, int dog)
{
  SacRunClip clip = { (char *) hash, (char *) name, 0, 5000, split, held };
  gint8 states[] = { (gint8) cat, (gint8) dog };

  sac_run_data_add (data, &clip, states);
}

static SacRunData *
make (void)
{
  SacRunData *data = sac_run_data_new (labels);

  data->snapshot = g_strdup ("abc");
  add (data, "h1", "a/1", 1, FALSE, 1, 0);
  add (data, "h2", "a/2 \"x\"", 1, TRUE, 0, -1);
  add (data, "h3", "b/犬", 3, FALSE, -1, 1);
  return data;
}

static void
test_round (void)
{
  g_autofree char *folder = new_folder ();
  g_autoptr (SacRunData) data = make ();
  g_autoptr (SacRunData) back = NULL;
  g_autoptr (GError) error = NULL;
  const SacRunClip *clips;

  g_assert_null (sac_run_data_read (folder, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (sac_run_data_write (folder, data, &error));
  back = sac_run_data_read (folder, &error);
  g_assert_no_error (error);
  clips = (const SacRunClip *) back->clips->data;
  g_assert_cmpstr (back->snapshot, ==, "abc");
  g_assert_cmpuint (back->n_labels, ==, 2);
  g_assert_cmpuint (back->clips->len, ==, 3);
  g_assert_cmpstr (clips[1].name, ==, "a/2 \"x\"");
  g_assert_true (clips[1].held && !clips[0].held);
  g_assert_cmpuint (clips[2].split, ==, 3);
  g_assert_cmpint (clips[2].out_ns, ==, 5000);
  for (guint c = 0; c < 3; c++)
    for (guint l = 0; l < 2; l++)
      g_assert_cmpint (sac_run_data_get_state (back, c, l), ==, sac_run_data_get_state (data, c, l));
  remove_tree (folder);
}

static const SacRunChange *
change_at (GPtrArray *changes, guint i)
{
  return changes->pdata[i];
}

static void
test_compare (void)
{
  g_autoptr (SacRunData) then = make ();
  g_autoptr (SacRunData) same = make ();
  g_autoptr (SacRunData) now = sac_run_data_new (labels);
  g_autoptr (GPtrArray) none = sac_run_data_compare (then, same);
  g_autoptr (GPtrArray) changes = NULL;

  g_assert_cmpuint (none->len, ==, 0);
  add (now, "h1", "renamed", 1, FALSE, 1, 1);           /* found by its media; dog: no → yes */
  add (now, "hx", "a/2 \"x\"", 2, FALSE, -1, -1);       /* found by its name; cat: no → unknown; another split */
  add (now, "h4", "new", 1, FALSE, 1, 0);
  add (now, "h5", "unlabelled", 1, FALSE, -1, -1);
  add (now, "h6", "in no split", 0, FALSE, 1, 1);
  changes = sac_run_data_compare (then, now);
  g_assert_cmpuint (changes->len, ==, 5);
  g_assert_cmpint (change_at (changes, 0)->kind, ==, SAC_RUN_CHANGE_LABEL);
  g_assert_cmpstr (change_at (changes, 0)->clip, ==, "renamed");
  g_assert_cmpstr (change_at (changes, 0)->label, ==, "dog");
  g_assert_cmpint (change_at (changes, 0)->was, ==, 0);
  g_assert_cmpint (change_at (changes, 0)->is, ==, 1);
  g_assert_cmpstr (change_at (changes, 1)->label, ==, "cat");
  g_assert_cmpint (change_at (changes, 1)->is, ==, -1);
  g_assert_cmpint (change_at (changes, 2)->kind, ==, SAC_RUN_CHANGE_SPLIT);
  g_assert_cmpint (change_at (changes, 2)->is, ==, 2);
  g_assert_cmpint (change_at (changes, 3)->kind, ==, SAC_RUN_CHANGE_GONE);
  g_assert_cmpstr (change_at (changes, 3)->clip, ==, "b/犬");
  g_assert_cmpint (change_at (changes, 4)->kind, ==, SAC_RUN_CHANGE_NEW);
  g_assert_cmpstr (change_at (changes, 4)->clip, ==, "new");
}

static void
test_hostile (void)
{
  static const char *const bad[] = {
    "", "[]", "{\"version\":1}", "{\"version\":9,\"labels\":[],\"clips\":[]}", "{\"version\":1,\"labels\":[1],\"clips\":[]}",
    "{\"version\":1,\"labels\":[\"a\"],\"clips\":{}}", "{\"version\":1,\"labels\":[\"a\"],\"clips\":[1]}",
    "{\"version\":1,\"labels\":[\"a\"],\"clips\":[{\"name\":\"c\",\"states\":\"10\"}]}",
    "{\"version\":1,\"labels\":[\"a\"],\"clips\":[{\"name\":3,\"states\":\"1\"}]}",
    "{\"version\":1,\"labels\":[\"a\"],\"clips\":[{\"states\":\"1\"}]}",
  };
  g_autofree char *folder = new_folder ();
  g_autofree char *path = g_build_filename (folder, "data.json", NULL);
  g_autoptr (SacRunData) data = make ();
  g_autofree char *text = NULL;
  gsize length;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, bad[i], -1, NULL));
      g_assert_null (sac_run_data_read (folder, &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == SAC_RUN_ERROR);
    }
  g_assert_true (sac_run_data_write (folder, data, NULL));
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (guint round = 0; round < 500; round++)
    {
      SacRandomKey key = { 17, round };
      g_autofree char *mutant = g_memdup2 (text, length);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacRunData) read = NULL;

      for (guint i = 0; i <= round % 3; i++)
        mutant[sac_random_below (key, 2 * i, (guint32) length)] = (char) (1 + sac_random_below (key, 2 * i + 1, 255));
      put_file (path, mutant, round % 7 ? length : sac_random_below (key, 9, (guint32) length));
      read = sac_run_data_read (folder, &error);
      g_assert_true ((read != NULL) == (error == NULL));
      if (read)
        g_assert_cmpuint (read->states->len, ==, read->clips->len * read->n_labels);
    }
  remove_tree (folder);
}

static void
test_info (void)
{
  g_autofree char *folder = new_folder ();
  g_autofree char *path = g_build_filename (folder, "run.json", NULL);
  char *names[] = { "a", NULL };
  SacRunInfo info = { .name = "n", .labels = names, .study = "four", .arm = "I3D", .machine = "a machine", .journal = 412 };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRunInfo) read = NULL, old = NULL;
  g_autofree char *machine = sac_run_dup_machine (2);

  g_assert_true (sac_run_info_write (folder, &info, &error));
  read = sac_run_info_read (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (read->study, ==, "four");
  g_assert_cmpstr (read->arm, ==, "I3D");
  g_assert_cmpstr (read->machine, ==, "a machine");
  g_assert_cmpint (read->journal, ==, 412);
  g_assert_true (g_file_set_contents (path, "{\"version\":1,\"name\":\"old\",\"labels\":[\"a\"]}", -1, NULL));
  old = sac_run_info_read (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (old->study, ==, "");
  g_assert_cmpint (old->journal, ==, 0);
  g_assert_true (strstr (machine, "2") != NULL);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/data/round", test_round);
  g_test_add_func ("/run/data/compare", test_compare);
  g_test_add_func ("/run/data/hostile", test_hostile);
  g_test_add_func ("/run/data/info", test_info);
  return g_test_run ();
}
