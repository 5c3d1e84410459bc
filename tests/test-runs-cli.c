/* saccade runs, as a shell would start it. */
#include <glib/gstdio.h>

#include "cli-fixture.h"
#include "run/sac-run.h"
#include "store-fixture.h"

static void
make_runs (Fixture *f)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("run-%u", i), *folder = NULL, *path = NULL;
      g_autofree char *recipe = g_strdup_printf ("[training]\nrate=0.%u\n", i + 1);
      char *labels[] = { (char *) "cat", NULL };
      SacRunInfo info = { .name = name, .model = (char *) "r18-2d", .labels = labels };
      SacEventWriter *writer;

      folder = g_build_filename (sac_project_get_folder (f->project), "runs", name, NULL);
      path = g_build_filename (folder, "recipe.ini", NULL);
      g_mkdir_with_parents (folder, 0755);
      g_assert_true (g_file_set_contents (path, recipe, -1, NULL) && sac_run_info_write (folder, &info, NULL));
      writer = sac_event_writer_new (folder, 0, NULL);
      sac_event_writer_scalar (writer, 1, "auc_macro", 0.5 + 0.1 * i, NULL);
      sac_event_writer_free (writer);
    }
  g_clear_object (&f->project);
}

static void
test_verb (Fixture *f, gconstpointer data)
{
  g_autofree char *list = NULL, *tag = NULL, *tagged = NULL, *show = NULL, *gone = NULL, *left = NULL, *back = NULL, *csv = NULL;
  g_autofree char *folder = g_build_filename (f->dir, "p.data", "runs", "run-1", NULL), *wrong = NULL, *unknown = NULL, *rest = NULL;

  make_runs (f);
  list = SACCADE (0, "runs", "list", "auc_macro>0.55", "-c", "name,best:auc_macro", "-s", "best:auc_macro", "-r", "--json");
  g_assert_true (g_str_has_prefix (list, "[{\"folder\":"));
  g_assert_true (strstr (list, "run-2") && strstr (list, "run-1") && strstr (list, "run-2") < strstr (list, "run-1"));
  g_assert_null (strstr (list, "run-0"));
  tag = SACCADE (0, "runs", "tag", "paper", "run-1", "run-2");
  tagged = SACCADE (0, "runs", "list", "tag:paper", "--json");
  g_assert_true (strstr (tagged, "run-1") && !strstr (tagged, "run-0"));
  show = SACCADE (0, "runs", "show", "run-1");
  g_assert_true (strstr (show, "training.rate = 0.2") != NULL);
  g_assert_true (strstr (show, "paper") != NULL);
  gone = SACCADE (0, "runs", "delete", "run-1");
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  left = SACCADE (0, "runs", "--json");
  g_assert_null (strstr (left, "run-1"));
  back = SACCADE (0, "runs", "restore", "run-1");
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  csv = SACCADE (0, "runs", "export", "-", "-d");
  g_assert_true (g_str_has_prefix (csv, "name,tags,key:training.rate"));
  wrong = SACCADE (2, "runs", "paint");
  unknown = SACCADE (1, "runs", "rename", "nobody", "x");
  rest = SACCADE (2, "runs", "rename", "run-1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("runs/verb", test_verb);
  return g_test_run ();
}
