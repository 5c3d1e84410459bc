/* Files that are not trusted: older, newer, strange, damaged and hostile ones. */
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "store-fixture.h"

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  char *said = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &said);
  g_assert_cmpstr (said, ==, NULL);
  sqlite3_free (said);
  sqlite3_close (db);
}

static void
assert_refused (const char *path, SacProjectMode mode, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (path, mode, &error);

  g_assert_null (project);
  g_assert_error (error, SAC_STORE_ERROR, code);
  if (error && words && !strstr (error->message, words))
    g_test_message ("%s", error->message);
  g_assert_true (error && (!words || strstr (error->message, words)));
}

/* ---- the way up. */
static void
test_migration (Fixture *f, gconstpointer data)
{
  g_autofree char *fixture = g_test_build_filename (G_TEST_DIST, "data", "project-v1.sql", NULL), *sql = NULL;
  g_autofree char *path = g_build_filename (f->dir, "old.saccade", NULL), *what = NULL, *up = NULL, *fresh = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GPtrArray) items = NULL, tracks = NULL, segments = NULL, runs = NULL, after = NULL;
  SacItem *item;

  g_assert_true (g_file_get_contents (fixture, &sql, NULL, &error));
  run_sql (path, sql);
  assert_refused (path, SAC_PROJECT_READ_ONLY, SAC_STORE_ERROR_VERSION, "older Saccade");
  project = sac_project_open (path, SAC_PROJECT_READ_WRITE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sac_project_get_revision (project), ==, 3);
  items = sac_project_list_items (project, &error);
  g_assert_cmpuint (items->len, ==, 2);
  item = items->pdata[1];
  g_assert_cmpstr (item->name, ==, "old/clip-2");
  g_assert_cmpstr (item->group, ==, "person-0");
  g_assert_cmpint (item->split, ==, SAC_SPLIT_TEST);
  g_assert_cmpfloat (item->fps, ==, 29.97);
  g_assert_true (item->reviewed);
  g_assert_null (item->warning);
  g_assert_cmpint (sac_project_get_label_state (project, 1, 1), ==, SAC_LABEL_NO);
  g_assert_cmpint (sac_project_get_label_state (project, 2, 2), ==, SAC_LABEL_YES);
  tracks = sac_project_list_tracks (project, 1, &error);
  g_assert_cmpuint (tracks->len, ==, 1);
  g_assert_cmpfloat (((SacTrack *) tracks->pdata[0])->boxes[0].y, ==, 2.25);
  segments = sac_project_list_segments (project, 2, &error);
  g_assert_cmpuint (segments->len, ==, 1);
  runs = sac_project_list_runs (project, &error);
  g_assert_cmpuint (runs->len, ==, 1);

  /* Its journal plays on: a row written with fewer columns comes back. */
  g_assert_true (sac_project_undo (project, &what, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (what, ==, "Remove 1 clip");
  after = sac_project_list_items (project, &error);
  g_assert_cmpuint (after->len, ==, 3);
  g_assert_true (sac_project_undo (project, NULL, &error));
  g_assert_cmpint (sac_project_get_label_state (project, 1, 1), ==, SAC_LABEL_YES);
  g_assert_true (sac_project_redo (project, NULL, &error));
  g_assert_true (sac_project_redo (project, NULL, &error));
  g_assert_no_error (error);
  g_clear_object (&project);

  /* What came up is what is made new. */
  g_clear_object (&f->project);
  {
    const char *paths[] = { path, f->path };
    g_autofree char *schemas[2] = { NULL };

    for (int i = 0; i < 2; i++)
      {
        sqlite3 *db;
        sqlite3_stmt *stmt;

        sqlite3_open (paths[i], &db);
        sqlite3_prepare_v2 (db, "SELECT group_concat (sql || name) FROM (SELECT * FROM sqlite_schema ORDER BY name)", -1, &stmt, NULL);
        g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
        schemas[i] = g_strdup ((const char *) sqlite3_column_text (stmt, 0));
        sqlite3_finalize (stmt);
        sqlite3_close (db);
      }
    g_assert_cmpstr (schemas[0], ==, schemas[1]);
    g_free (schemas[1]);
  }
}

/* ---- refused, each in words. */
static void
test_strange (Fixture *f, gconstpointer data)
{
  g_autofree char *other = g_build_filename (f->dir, "other.saccade", NULL), *missing = g_build_filename (f->dir, "none",
                                                                                                          "x.saccade", NULL);
  g_autofree char *empty_dir = g_build_filename (f->dir, "empty", NULL);

  assert_refused (f->dir, SAC_PROJECT_READ_WRITE, SAC_STORE_ERROR_BUSY, "already open");
  g_clear_object (&f->project);
  assert_refused (missing, SAC_PROJECT_READ_WRITE, SAC_STORE_ERROR_NOT_FOUND, "no project");
  assert_refused (missing, SAC_PROJECT_CREATE, SAC_STORE_ERROR_NOT_FOUND, "no folder");
  g_mkdir (empty_dir, 0755);
  assert_refused (empty_dir, SAC_PROJECT_READ_ONLY, SAC_STORE_ERROR_NOT_FOUND, "holds no project");

  g_file_set_contents (other, "This is no database, but a text that is long enough to have a header of one hundred bytes, or even "
                       "more than that.", -1, NULL);
  assert_refused (other, SAC_PROJECT_READ_WRITE, SAC_STORE_ERROR_OPEN, "not a Saccade project");
  assert_refused (f->dir, SAC_PROJECT_READ_ONLY, SAC_STORE_ERROR_INVALID, "several projects");
  g_file_set_contents (other, "", 0, NULL);
  assert_refused (other, SAC_PROJECT_READ_WRITE, SAC_STORE_ERROR_CORRUPT, "empty");
  g_remove (other);
  run_sql (other, "CREATE TABLE bookmarks (x); PRAGMA user_version = 7;");
  assert_refused (other, SAC_PROJECT_CREATE, SAC_STORE_ERROR_OPEN, "another program");
  g_remove (other);

  run_sql (f->path, "PRAGMA user_version = 99");
  assert_refused (f->path, SAC_PROJECT_READ_WRITE, SAC_STORE_ERROR_VERSION, "newer Saccade");
  run_sql (f->path, "PRAGMA user_version = 6");
  reopen (f);
}

/* A file that would act on its own, or whose tables are others, is not opened. */
static void
test_hostile_schema (Fixture *f, gconstpointer data)
{
  static const char *const attacks[] = {
    "CREATE TRIGGER t AFTER INSERT ON labels BEGIN DELETE FROM items; END",
    "CREATE VIEW v AS SELECT * FROM items",
    "CREATE TABLE more (x)",
    "DROP TABLE boxes; CREATE VIEW boxes AS SELECT 1 AS id",
    "DROP TABLE runs; CREATE VIRTUAL TABLE runs USING fts5 (id, name, folder, recipe, started_us)",
    "CREATE INDEX i ON labels (upper (name))",
    "ALTER TABLE labels ADD COLUMN x TEXT AS (upper (name))",
    "DROP INDEX media_path",
  };

  g_clear_object (&f->project);
  for (guint i = 0; i < G_N_ELEMENTS (attacks); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/hostile-%u.saccade", f->dir, i), *bytes = NULL;
      gsize n;

      g_assert_true (g_file_get_contents (f->path, &bytes, &n, NULL));
      g_assert_true (g_file_set_contents (path, bytes, n, NULL));
      run_sql (path, attacks[i]);
      assert_refused (path, SAC_PROJECT_READ_WRITE, SAC_STORE_ERROR_CORRUPT, "damaged");
      assert_refused (path, SAC_PROJECT_READ_ONLY, SAC_STORE_ERROR_CORRUPT, "damaged");
    }
}

/* Rows that no program of ours writes: refused by the check, or read with care; never a crash. */
static void
test_hostile_rows (Fixture *f, gconstpointer data)
{
  static const char *const attacks[] = {
    "PRAGMA ignore_check_constraints = 1; UPDATE items SET kind = 77",
    "PRAGMA foreign_keys = 0; DELETE FROM media",
    "UPDATE items SET name = CAST (x'ff00fe41' AS TEXT) WHERE id = 1",
    "UPDATE media SET path = '../../../../../../dev/zero', n_frames = -5, width = 9223372036854775807, fps = 9e999",
    "UPDATE items SET in_ns = -9223372036854775808, out_ns = 9223372036854775807, kind = 1",
    "UPDATE clip_labels SET label = 12345",
    "UPDATE meta SET value = 9223372036854775807",
    "DELETE FROM meta",
    "UPDATE undo_rows SET tbl = 99",
    "UPDATE undo_rows SET row = 9223372036854775807, n = 256",
    "UPDATE undo_rows SET kind = 3, image = x'ff'",
    "UPDATE undo_rows SET kind = 2, image = x'0503ffffff7f'",
    "UPDATE undo_rows SET kind = 3, image = CAST (x'05010100000000000000' || zeroblob (100) AS BLOB)",
    "UPDATE undo_rows SET kind = 2, image = zeroblob (3000000)",
    "UPDATE labels SET key = '', name = ''",
    "UPDATE boxes SET frame = -1, x = 1e308",
    "DELETE FROM layers",
  };
  SacId clips[5], label;
  g_autoptr (GError) error = NULL;
  SacBox box = { .frame = 1, .width = 2, .height = 2 };

  add_clips (f->project, 5, 2, clips);
  label = sac_project_add_label (f->project, "cat", &error);
  sac_project_set_label (f->project, clips, 3, label, SAC_LABEL_YES, &error);
  sac_project_add_track (f->project, 1, clips[0], label, &box, 1, &error);
  g_assert_no_error (error);
  g_clear_object (&f->project);
  for (guint i = 0; i < G_N_ELEMENTS (attacks); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/hostile-%u.saccade", f->dir, i), *bytes = NULL, *text = NULL;
      g_autoptr (SacProject) project = NULL;
      gsize n;

      g_assert_true (g_file_get_contents (f->path, &bytes, &n, NULL));
      g_assert_true (g_file_set_contents (path, bytes, n, NULL));
      run_sql (path, attacks[i]);
      project = sac_project_open (path, SAC_PROJECT_READ_WRITE, NULL);
      if (!project)
        continue;
      text = dump (project);
      sac_project_count_leaks (project);
      sac_project_split (project, &(SacSplitSpec) { 0.2, 0.2, 3, TRUE, FALSE }, NULL);
      sac_project_set_label (project, clips + 2, 2, label, SAC_LABEL_NO, NULL);
      while (sac_project_undo (project, NULL, NULL))
        ;
      while (sac_project_redo (project, NULL, NULL))
        ;
    }
}

/* ---- damage: cut short, bytes flipped, pages mixed up. */
static void
test_damaged (Fixture *f, gconstpointer data)
{
  SacRandomKey key = { 11, 3 };
  guint64 draw = 0;
  SacId clips[300], label;
  g_autofree char *good = NULL, *path = g_build_filename (f->dir, "damaged.saccade", NULL);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL), *shm = g_strconcat (path, "-shm", NULL);
  gsize n;
  guint n_refused = 0, n_opened = 0;
  const guint rounds = g_test_thorough () ? 3000 : 250;

  add_clips (f->project, 300, 4, clips);
  label = sac_project_add_label (f->project, "cat", NULL);
  sac_project_set_label (f->project, clips, 200, label, SAC_LABEL_YES, NULL);
  sac_project_split (f->project, &(SacSplitSpec) { 0.2, 0.2, 3, TRUE, FALSE }, NULL);
  g_clear_object (&f->project);
  g_assert_true (g_file_get_contents (f->path, &good, &n, NULL));
  for (guint round = 0; round < rounds; round++)
    {
      g_autofree char *bytes = g_memdup2 (good, n), *text = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SacProject) project = NULL;
      gsize length = n;

      switch (round % 3)
        {
        case 0:
          length = sac_random_below (key, draw++, n);
          break;
        case 1:
          for (guint k = 1 + sac_random_below (key, draw++, 20); k > 0; k--, draw += 2)
            bytes[sac_random_below (key, draw, n)] = (char) sac_random_u32 (key, draw + 1);
          break;
        default:
          for (guint k = 0; k < 2; k++, draw += 2)
            memmove (bytes + sac_random_below (key, draw, n / 4096) * 4096, bytes + sac_random_below (key, draw + 1,
                                                                                                      n / 4096) * 4096, 4096);
          break;
        }
      g_remove (wal);
      g_remove (shm);
      g_assert_true (g_file_set_contents (path, bytes, length, NULL));
      project = sac_project_open (path, round % 2 ? SAC_PROJECT_READ_WRITE : SAC_PROJECT_READ_ONLY, &error);
      if (!project)
        {
          g_assert_nonnull (error);
          g_assert_true (error->domain == SAC_STORE_ERROR);
          n_refused++;
          continue;
        }
      n_opened++;
      text = dump (project);
      sac_project_set_label (project, clips, 3, label, SAC_LABEL_NO, NULL);
      sac_project_undo (project, NULL, NULL);
      sac_project_undo (project, NULL, NULL);
      sac_project_redo (project, NULL, NULL);
    }
  g_test_message ("%u refused, %u opened", n_refused, n_opened);
  g_assert_cmpuint (n_refused, >, rounds / 3);
}

static void
test_read_only_folder (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  const gboolean root = geteuid () == 0;

  g_clear_object (&f->project);
  g_chmod (f->path, 0444);
  g_chmod (f->dir, 0555);
  if (root)                     /* root may write everywhere: be nobody meanwhile */
    g_assert_cmpint (seteuid (65534), ==, 0);
  assert_refused (f->path, SAC_PROJECT_READ_WRITE, SAC_STORE_ERROR_READ_ONLY, NULL);
  project = sac_project_open (f->path, SAC_PROJECT_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_nonnull (project);
  g_clear_object (&project);
  if (root)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_chmod (f->dir, 0755);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  ADD ("files/migration", test_migration);
  ADD ("files/strange", test_strange);
  ADD ("files/hostile-schema", test_hostile_schema);
  ADD ("files/hostile-rows", test_hostile_rows);
  ADD ("files/damaged", test_damaged);
  ADD ("files/read-only-folder", test_read_only_folder);
  return g_test_run ();
}
