/* What a person says of runs: acts and their undo, and the trash that folders wait in. */
#include "store-fixture.h"

typedef struct { SacId id[3]; char *folder[3]; } Runs;

static void
add_runs (Fixture *f, Runs *runs)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("run-%u", i);
      g_autofree char *file = NULL;

      runs->folder[i] = g_build_filename (sac_project_get_folder (f->project), "runs", name, NULL);
      g_assert_cmpint (g_mkdir_with_parents (runs->folder[i], 0755), ==, 0);
      file = g_build_filename (runs->folder[i], "recipe.ini", NULL);
      g_assert_true (g_file_set_contents (file, name, -1, NULL));
      runs->id[i] = sac_project_add_run (f->project, name, runs->folder[i], "r", NULL);
      g_assert_cmpint (runs->id[i], !=, 0);
    }
}

static void
clear_runs (Runs *runs)
{
  for (guint i = 0; i < 3; i++)
    g_free (runs->folder[i]);
}

static SacRunRow *
find_run (GPtrArray *rows, SacId id)
{
  for (guint i = 0; i < rows->len; i++)
    if (((SacRunRow *) rows->pdata[i])->id == id)
      return rows->pdata[i];
  return NULL;
}

#define ROW(f, run) \
  g_autoptr (GPtrArray) rows = sac_project_list_runs ((f)->project, NULL); \
  SacRunRow *row = find_run (rows, run)

static void
assert_tags (Fixture *f, SacId run, const char *expected)
{
  ROW (f, run);
  g_autofree char *tags = g_strjoinv (" ", row->tags);

  g_assert_cmpstr (tags, ==, expected);
}

static void
assert_name (Fixture *f, SacId run, const char *name, const char *note, gboolean archived)
{
  ROW (f, run);

  g_assert_cmpstr (row->name, ==, name);
  g_assert_cmpstr (row->note, ==, note);
  g_assert_cmpint (row->archived, ==, archived);
}

static void
test_words (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *what = NULL;
  g_autofree char *endless = g_strnfill (50000, 'x');
  Runs runs;

  add_runs (f, &runs);
  g_assert_true (sac_project_rename_run (f->project, runs.id[0], " The\nbest ", &error));
  g_assert_true (sac_project_note_runs (f->project, runs.id, 2, "line 1\nline 2", &error));
  g_assert_true (sac_project_archive_runs (f->project, runs.id, 1, TRUE, &error));
  g_assert_true (sac_project_tag_runs (f->project, runs.id, 2, "paper", TRUE, &error));
  g_assert_true (sac_project_tag_runs (f->project, runs.id, 1, "good", TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (sac_project_touched_runs (f->project));
  assert_name (f, runs.id[0], "The best", "line 1\nline 2", TRUE);
  assert_name (f, runs.id[1], "run-1", "line 1\nline 2", FALSE);
  assert_tags (f, runs.id[0], "good paper");
  assert_tags (f, runs.id[2], "");
  g_assert_true (sac_project_tag_runs (f->project, runs.id, 3, "paper", FALSE, &error));
  assert_tags (f, runs.id[0], "good");
  assert_tags (f, runs.id[1], "");
  g_assert_true (sac_project_undo (f->project, &what, &error));
  g_assert_cmpstr (what, ==, "Take the tag “paper” from runs");
  assert_tags (f, runs.id[0], "good paper");
  for (guint i = 0; i < 5; i++)
    g_assert_true (sac_project_undo (f->project, NULL, &error));
  assert_name (f, runs.id[0], "run-0", NULL, FALSE);
  assert_tags (f, runs.id[0], "");
  g_assert_false (sac_project_undo (f->project, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 5; i++)
    g_assert_true (sac_project_redo (f->project, NULL, &error));
  reopen (f);
  assert_name (f, runs.id[0], "The best", "line 1\nline 2", TRUE);

  g_assert_false (sac_project_rename_run (f->project, runs.id[0], " \n", &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sac_project_note_runs (f->project, runs.id, 1, endless, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  clear_runs (&runs);
}

static void
test_trash (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *trash = g_build_filename (sac_project_get_folder (f->project), "runs-trash", NULL);
  g_autofree char *inside = NULL, *base = NULL;
  g_auto (GStrv) none = NULL, all = NULL;
  g_autoptr (GPtrArray) left = NULL, gone = NULL;
  Runs runs;

  add_runs (f, &runs);
  base = g_strdup_printf ("%" G_GINT64_FORMAT "-run-1", runs.id[1]);
  inside = g_build_filename (trash, base, "recipe.ini", NULL);
  g_assert_true (sac_project_delete_runs (f->project, runs.id + 1, 2, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (runs.folder[1], G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (inside, G_FILE_TEST_EXISTS));
  left = sac_project_list_runs (f->project, NULL);
  g_assert_cmpuint (left->len, ==, 1);

  none = sac_project_empty_run_trash (f->project, FALSE, &error);       /* an undo would bring them back */
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_true (sac_project_undo (f->project, NULL, &error));
  g_assert_true (g_file_test (runs.folder[1], G_FILE_TEST_IS_DIR));
  g_assert_false (g_file_test (inside, G_FILE_TEST_EXISTS));
  g_assert_true (sac_project_redo (f->project, NULL, &error));
  g_assert_false (g_file_test (runs.folder[2], G_FILE_TEST_EXISTS));
  g_assert_true (sac_project_restore_runs (f->project, runs.id + 2, 1, &error));
  g_assert_true (g_file_test (runs.folder[2], G_FILE_TEST_IS_DIR));

  /* A folder that was left where it was by a death is moved at the next opening. */
  g_assert_true (g_file_test (inside, G_FILE_TEST_EXISTS));
  {
    g_autofree char *there = g_path_get_dirname (inside);

    g_assert_cmpint (g_rename (there, runs.folder[1]), ==, 0);
  }
  reopen (f);
  g_assert_true (g_file_test (inside, G_FILE_TEST_EXISTS));

  all = sac_project_empty_run_trash (f->project, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (all), ==, 1);
  g_assert_cmpuint (sac_file_tree_bytes (all[0]), >, 0);
  g_assert_true (sac_file_remove_tree (all[0]));
  g_assert_false (g_file_test (all[0], G_FILE_TEST_EXISTS));
  gone = sac_project_list_deleted_runs (f->project, NULL);
  g_assert_cmpuint (gone->len, ==, 0);
  while (sac_project_undo (f->project, NULL, &error));  /* what is left of the history can be walked */
  g_assert_no_error (error);
  clear_runs (&runs);
}

/* A run elsewhere is forgotten; its folder is not ours to move. */
static void
test_elsewhere (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (f->dir, "elsewhere", NULL);
  g_autoptr (GPtrArray) left = NULL;
  SacId id;

  g_mkdir (folder, 0755);
  id = sac_project_add_run (f->project, "e", folder, NULL, &error);
  g_assert_true (sac_project_delete_runs (f->project, &id, 1, &error));
  left = sac_project_list_runs (f->project, NULL);
  g_assert_cmpuint (left->len, ==, 0);
  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("runs/words", test_words);
  ADD ("runs/trash", test_trash);
  ADD ("runs/elsewhere", test_elsewhere);
  return g_test_run ();
}
