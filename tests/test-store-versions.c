/* Named versions: whole, small, brought back by the rows that differ and undone as any other act; files that are not trusted. */
#include <sqlite3.h>

#include "store-fixture.h"
#include "store/sac-fill.h"
#include "store/sac-versions.h"

static SacId clips[40], cat, dog;

/* Tags, segments, tracks with attributes, review, groups. */
static void
label_some (SacProject *project)
{
  const SacBox boxes[] = { { 0, 10, 10, 20, 20, TRUE, FALSE, FALSE }, { 30, 40, 10, 20, 20, TRUE, TRUE, FALSE } };
  SacId segment, track;

  add_clips (project, G_N_ELEMENTS (clips), 4, clips);
  cat = sac_project_add_label (project, "cat", NULL);
  dog = sac_project_add_label (project, "dog", NULL);
  g_assert_true (sac_project_set_label (project, clips, 20, cat, SAC_LABEL_YES, NULL));
  g_assert_true (sac_project_set_label (project, clips + 15, 10, dog, SAC_LABEL_NO, NULL));
  g_assert_true (sac_project_set_reviewed (project, clips, 7, TRUE, NULL));
  segment = sac_project_add_segment (project, 1, clips[3], cat, 100, 2000, NULL);
  track = sac_project_add_track (project, 1, clips[4], dog, boxes, 2, NULL);
  g_assert_true (sac_project_set_attribute (project, SAC_ATTRIBUTE_SEGMENT, segment, -1, "who", "Anna", NULL));
  g_assert_true (sac_project_set_attribute (project, SAC_ATTRIBUTE_TRACK, track, 3, "pose", "left", NULL));
}

static void
change_all (SacProject *project)
{
  const SacBox boxes[] = { { 2, 1, 1, 5, 5, TRUE, FALSE, FALSE } };
  g_autoptr (GPtrArray) tracks = sac_project_list_tracks (project, clips[4], NULL);

  g_assert_true (sac_project_remove_items (project, clips + 30, 5, NULL));
  g_assert_true (sac_project_set_label (project, clips, 3, cat, SAC_LABEL_NO, NULL));
  g_assert_true (sac_project_set_label (project, clips + 5, 3, dog, SAC_LABEL_YES, NULL));
  g_assert_true (sac_project_set_track (project, ((SacTrack *) tracks->pdata[0])->id, boxes, 1, NULL, NULL));
  g_assert_true (sac_project_add_segment (project, 1, clips[8], dog, 5, 6, NULL) != 0);
  /* The two names change places: neither order of single changes would do. */
  g_assert_true (sac_project_rename_label (project, cat, "x", NULL));
  g_assert_true (sac_project_rename_label (project, dog, "cat", NULL));
  g_assert_true (sac_project_rename_label (project, cat, "dog", NULL));
  g_assert_true (sac_project_split (project, &(SacSplitSpec) { 0.2, 0.2, 3, TRUE, FALSE }, NULL));
}

static void
test_restore (Fixture *f, gconstpointer data)
{
  g_autofree char *then = NULL, *now = NULL, *text = NULL, *what = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  SacVersion *version;
  SacId id;

  label_some (f->project);
  then = dump (f->project);
  id = sac_project_add_version (f->project, "  before lunch ", "all cats", &error);
  g_assert_no_error (error);
  g_assert_cmpint (id, !=, 0);
  g_assert_false (sac_project_can_redo (f->project, NULL));
  change_all (f->project);
  now = dump (f->project);
  g_assert_cmpstr (now, !=, then);

  g_assert_true (sac_project_restore_version (f->project, id, &error));
  g_assert_no_error (error);
  text = dump (f->project);
  g_assert_cmpstr (text, ==, then);
  reopen (f);
  g_assert_true (sac_project_undo (f->project, &what, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (what, "before lunch"));
  g_free (text);
  text = dump (f->project);
  g_assert_cmpstr (text, ==, now);
  g_assert_true (sac_project_redo (f->project, NULL, &error));
  g_free (text);
  text = dump (f->project);
  g_assert_cmpstr (text, ==, then);

  versions = sac_project_list_versions (f->project, &error);
  g_assert_cmpuint (versions->len, ==, 1);
  version = versions->pdata[0];
  g_assert_cmpstr (version->name, ==, "before lunch");
  g_assert_cmpstr (version->note, ==, "all cats");
  g_assert_cmpint (version->size, >, 4096);

  /* Brought back twice: the second time nothing differs, so there is no act. */
  g_free (g_steal_pointer (&what));
  sac_project_can_undo (f->project, &what);
  {
    guint64 revision = sac_project_get_revision (f->project);

    g_assert_true (sac_project_restore_version (f->project, id, &error));
    g_assert_cmpuint (sac_project_get_revision (f->project), ==, revision);
  }
  g_assert_true (sac_project_remove_version (f->project, id, &error));
  g_assert_false (g_file_test (version->path, G_FILE_TEST_EXISTS));
}

/* Only what differs is written: one changed tag of forty clips is one row of the journal. */
static void
test_few_rows (Fixture *f, gconstpointer data)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  SacId id;

  label_some (f->project);
  id = sac_project_add_version (f->project, "a", NULL, NULL);
  g_assert_true (sac_project_set_label (f->project, &clips[2], 1, cat, SAC_LABEL_NO, NULL));
  g_assert_true (sac_project_restore_version (f->project, id, NULL));
  g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT count(*) FROM undo_rows WHERE entry = (SELECT max (id) FROM undo)", -1, &stmt, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (stmt, 0), ==, 2);        /* out with the one, in with the other */
  sqlite3_finalize (stmt);
  sqlite3_close (db);
}

/* The copy is a project of its own: the state, no history. */
static void
test_copy (Fixture *f, gconstpointer data)
{
  g_autofree char *then = NULL, *text = NULL;
  g_autoptr (SacVersion) version = NULL;
  g_autoptr (SacProject) copy = NULL;
  g_autoptr (GPtrArray) history = NULL;
  g_autoptr (GError) error = NULL;

  label_some (f->project);
  then = dump (f->project);
  g_assert_cmpint (sac_project_add_version (f->project, "a", NULL, &error), !=, 0);
  g_assert_cmpint (sac_project_add_version (f->project, "a", NULL, &error), ==, 0);
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);      /* the name is taken; no file is left over */
  g_clear_error (&error);
  g_assert_cmpint (sac_project_add_version (f->project, " \n", NULL, &error), ==, 0);
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
  g_clear_error (&error);
  {
    g_autofree char *folder = g_build_filename (sac_project_get_folder (f->project), "versions", NULL);
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

    g_assert_nonnull (g_dir_read_name (dir));
    g_assert_null (g_dir_read_name (dir));
  }
  version = sac_project_find_version (f->project, "a", &error);
  copy = sac_project_open (version->path, SAC_PROJECT_READ_ONLY, &error);
  g_assert_no_error (error);
  text = dump (copy);
  g_assert_cmpstr (text, ==, then);
  history = sac_project_list_history (copy, 10, NULL);
  g_assert_cmpuint (history->len, ==, 0);
  g_assert_true (sac_project_restore_version (f->project, version->id, &error));
}

static void
assert_change (SacChange change, guint added, guint removed, guint changed)
{
  g_assert_cmpuint (change.added, ==, added);
  g_assert_cmpuint (change.removed, ==, removed);
  g_assert_cmpuint (change.changed, ==, changed);
}

static void
test_compare (Fixture *f, gconstpointer data)
{
  g_autoptr (SacChanges) changes = NULL;
  g_autoptr (GError) error = NULL;
  SacId id;

  label_some (f->project);
  id = sac_project_add_version (f->project, "a", NULL, NULL);
  g_assert_true (sac_project_set_label (f->project, clips, 3, cat, SAC_LABEL_NO, NULL));
  g_assert_true (sac_project_set_label (f->project, clips + 25, 2, dog, SAC_LABEL_YES, NULL));
  g_assert_true (sac_project_set_label (f->project, clips + 19, 1, cat, SAC_LABEL_UNKNOWN, NULL));
  g_assert_true (sac_project_add_segment (f->project, 1, clips[0], dog, 5, 6, NULL) != 0);
  g_assert_true (sac_project_remove_items (f->project, clips + 39, 1, NULL));
  changes = sac_version_compare (f->path, id, NULL, &error);
  g_assert_no_error (error);
  assert_change (changes->tags, 2, 1, 3);
  assert_change (changes->segments, 1, 0, 0);
  assert_change (changes->tracks, 0, 0, 0);
  assert_change (changes->clips, 0, 1, 0);
  assert_change (changes->labels, 0, 0, 0);
  g_assert_cmpuint (changes->touched->len, ==, 7);
  g_assert_cmpint (((SacTouched *) changes->touched->pdata[0])->item, ==, clips[0]);     /* a tag and a segment */
  g_assert_cmpuint (((SacTouched *) changes->touched->pdata[0])->n, ==, 2);
  g_assert_cmpstr (((SacTouched *) changes->touched->pdata[0])->name, ==, "clip-000");
}

/* The list of versions comes from the project file, and that may be anybody's. */
static void
test_hostile (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "../../x.saccade", "/etc/passwd", ".x.saccade", "x", "a\\b.saccade", "" };
  g_autofree char *secret = g_build_filename (f->dir, "x.saccade", NULL), *then = NULL, *text = NULL;
  SacId id;

  label_some (f->project);
  id = sac_project_add_version (f->project, "a", NULL, NULL);
  then = dump (f->project);
  g_assert_true (g_file_set_contents (secret, "precious", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *sql = g_strdup_printf ("UPDATE versions SET file = '%s'", names[i]);
      g_autoptr (GPtrArray) versions = NULL;
      g_autoptr (GError) error = NULL;
      sqlite3 *db = NULL;

      g_assert_cmpint (sqlite3_open (f->path, &db), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
      sqlite3_close (db);
      versions = sac_project_list_versions (f->project, NULL);
      g_assert_cmpint (((SacVersion *) versions->pdata[0])->size, ==, -1);
      g_assert_false (sac_project_restore_version (f->project, id, &error));
      g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
    }
  g_assert_true (sac_project_remove_version (f->project, id, NULL));
  g_assert_true (g_file_test (secret, G_FILE_TEST_EXISTS));

  /* A file that is not a version, or a damaged one: told, and nothing is changed. */
  for (guint round = 0; round < 40; round++)
    {
      g_autoptr (SacVersion) version = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *name = g_strdup_printf ("v%u", round), *bytes = NULL;
      SacRandomKey key = { 5, round };
      gsize n;

      id = sac_project_add_version (f->project, name, NULL, &error);
      g_assert_no_error (error);
      version = sac_project_find_version (f->project, name, NULL);
      g_assert_true (g_file_get_contents (version->path, &bytes, &n, NULL));
      for (guint k = 0; k < 1 + round; k++)
        bytes[sac_random_below (key, 2 * k, n)] = (char) sac_random_u32 (key, 2 * k + 1);
      g_assert_true (g_file_set_contents (version->path, bytes, round % 4 ? (gssize) n : (gssize) (n / 2), NULL));
      if (!sac_project_restore_version (f->project, id, &error))
        g_assert_nonnull (error);
      else
        {
          g_autofree char *what = NULL;

          sac_project_can_undo (f->project, &what);
          if (strstr (what, name))      /* what differed may lie where nothing is kept: then there was no act */
            g_assert_true (sac_project_undo (f->project, NULL, &error));
          g_assert_no_error (error);
        }
      g_free (g_steal_pointer (&text));
      text = dump (f->project);
      g_assert_cmpstr (text, ==, then);
      if (g_test_failed ())
        return;
    }
}

/* A file too large to be checked at once opens, and its damage is found by the check beside the work. */
static void
test_large (Fixture *f, gconstpointer data)
{
  const SacFill fill = { .n_items = 2000, .n_labels = 5, .n_tags = 4000, .n_segments = 1000000, .n_boxes = 300000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autofree char *bytes = NULL;
  SacRandomKey key = { 9, 1 };
  gsize n;

  g_assert_false (sac_project_is_unchecked (f->project));
  g_assert_true (sac_project_fill (f->project, &fill, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sac_project_is_unchecked (f->project));
  g_assert_true (sac_project_check (f->path, NULL, &error));
  g_assert_no_error (error);
  items = sac_project_list_items (f->project, NULL);
  g_assert_cmpuint (items->len, ==, 2000);
  g_clear_object (&f->project);
  g_assert_true (g_file_get_contents (f->path, &bytes, &n, NULL));
  g_assert_cmpuint (n, >, 48 << 20);
  for (guint k = 0; k < 3000; k++)
    bytes[n / 2 + sac_random_below (key, 2 * k, n / 2)] = (char) sac_random_u32 (key, 2 * k + 1);
  g_assert_true (g_file_set_contents (f->path, bytes, (gssize) n, NULL));
  g_assert_false (sac_project_check (f->path, NULL, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  f->project = sac_project_open (f->path, SAC_PROJECT_READ_WRITE, &error);
  if (f->project)
    {
      g_autofree char *text = dump (f->project);

      g_assert_nonnull (text);          /* whatever it says: it did not crash */
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("versions/restore", test_restore);
  ADD ("versions/few-rows", test_few_rows);
  ADD ("versions/copy", test_copy);
  ADD ("versions/compare", test_compare);
  ADD ("versions/hostile", test_hostile);
  ADD ("versions/large", test_large);
  return g_test_run ();
}
