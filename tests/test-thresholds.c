/* Decision thresholds that are kept with a run. */
#include "run-fixture.h"

static void
test_round (void)
{
  g_autofree char *folder = new_folder (), *path = g_build_filename (folder, "thresholds.json", NULL);
  g_autoptr (SacThresholds) first = sac_thresholds_read (folder, NULL), again = NULL;
  g_autoptr (GError) error = NULL;
  const char *const labels[] = { "a", "b “c”", "d", NULL };
  g_autofree double *at = NULL;

  g_assert_nonnull (first);     /* no file: nothing was chosen */
  g_assert_cmpuint (sac_thresholds_get_n (first), ==, 0);
  g_assert_cmpfloat (sac_thresholds_get (first, "a"), ==, 0.5);
  g_assert_true (sac_thresholds_write (folder, first, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  sac_thresholds_set (first, "a", 1 / 3.0, "f1", "validation");
  sac_thresholds_set (first, "b “c”", 0.9, "hand", NULL);
  sac_thresholds_set (first, "d", 0.1, "hand", "test");
  sac_thresholds_set (first, "d", 0.1, NULL, NULL);
  g_assert_true (sac_thresholds_write (folder, first, &error));
  again = sac_thresholds_read (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sac_thresholds_get_n (again), ==, 2);
  at = sac_thresholds_dup (again, labels);
  g_assert_cmpfloat (at[0], ==, 1 / 3.0);
  g_assert_cmpfloat (at[1], ==, 0.9);
  g_assert_cmpfloat (at[2], ==, 0.5);
  g_assert_cmpstr (sac_thresholds_get_rule (again, "a"), ==, "f1");
  g_assert_null (sac_thresholds_get_rule (again, "d"));
  g_assert_cmpstr (sac_thresholds_get_split (again, "a"), ==, "validation");
  g_assert_cmpstr (sac_thresholds_get_split (again, "b “c”"), ==, "");
  g_assert_null (sac_thresholds_get_split (again, "d"));
  sac_thresholds_set (again, "a", 0, NULL, NULL);
  sac_thresholds_set (again, "b “c”", 0, NULL, NULL);
  g_assert_true (sac_thresholds_write (folder, again, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  remove_tree (folder);
}

static void
test_hostile (void)
{
  static const char *const texts[] = {
    "", "{", "[]", "{\"labels\":3}", "{\"labels\":{}}", "nonsense",
  };
  static const char *const harmless[] = {
    "{\"labels\":[]}", "{\"labels\":[3,null,[],{}]}", "{\"labels\":[{\"label\":4,\"threshold\":\"x\"}]}",
    "{\"labels\":[{\"label\":\"a\",\"threshold\":null},{\"label\":\"a\",\"threshold\":1e999}]}",
  };
  g_autofree char *folder = new_folder (), *path = g_build_filename (folder, "thresholds.json", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      put_file (path, texts[i], strlen (texts[i]));
      g_assert_null (sac_thresholds_read (folder, &error));
      g_assert_nonnull (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (harmless); i++)
    {
      g_autoptr (SacThresholds) read = NULL;

      put_file (path, harmless[i], strlen (harmless[i]));
      read = sac_thresholds_read (folder, NULL);
      if (read)
        g_assert_cmpuint (sac_thresholds_get_n (read), ==, 0);
    }
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/run/thresholds/round", test_round);
  g_test_add_func ("/run/thresholds/hostile", test_hostile);
  return g_test_run ();
}
