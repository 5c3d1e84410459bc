/* Edited maps of attention: acts like any other, in versions and merges, as files, and in files that nobody vouches for. */
#include <math.h>
#include <sqlite3.h>

#include "store-fixture.h"

#include "store/sac-compare.h"
#include "store/sac-maps.h"
#include "store/sac-versions.h"

static guint16 space[2 * 3 * 4], when[2] = { 65535, 7 };

static SacMap
map_of (SacId item, guint16 first)
{
  for (guint i = 0; i < G_N_ELEMENTS (space); i++)
    space[i] = (guint16) (first + 257 * i);
  return (SacMap) { .item = item, .t = 2, .h = 3, .w = 4, .spatial = space, .temporal = when, .run = (char *) "first run",
                    .user = (char *) "aya", .time_us = 1700000000123456 };
}

static void
say (SacProject *project, SacId item, guint16 first)
{
  SacMap map = map_of (item, first);
  const SacMap *one = &map;
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_project_set_maps (project, &one, 1, &error));
  g_assert_no_error (error);
}

/* The first number of the clip's map, −1: none. */
static int
said (SacProject *project, SacId item)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMap) map = sac_project_get_map (project, item, 2, 3, 4, &error);

  g_assert_no_error (error);
  return map ? map->spatial[0] : -1;
}

static void
test_acts (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) maps = NULL;
  g_autoptr (GArray) found = NULL;
  g_autofree char *what = NULL;
  SacMap two[2], *map;
  const SacMap *both[2] = { two, two + 1 };
  const SacId *touched;
  SacId ids[3];
  guint n;

  add_clips (f->project, 3, 0, ids);
  g_assert_cmpint (said (f->project, ids[0]), ==, -1);
  say (f->project, ids[0], 100);
  touched = sac_project_get_touched (f->project, &n);
  g_assert_true (touched && n >= 1 && touched[0] == ids[0]);
  maps = sac_project_list_maps (f->project, 0, &error);
  g_assert_cmpuint (maps->len, ==, 1);
  map = maps->pdata[0];
  g_assert_cmpmem (map->spatial, sizeof space, space, sizeof space);
  g_assert_cmpmem (map->temporal, sizeof when, when, sizeof when);
  g_assert_cmpstr (map->run, ==, "first run");
  g_assert_cmpstr (map->user, ==, "aya");
  g_assert_cmpint (map->time_us, ==, 1700000000123456);

  say (f->project, ids[0], 200);
  g_assert_cmpint (said (f->project, ids[0]), ==, 200);
  say (f->project, ids[0], 200);        /* nothing new: no entry */
  g_assert_true (sac_project_undo (f->project, &what, &error));
  g_assert_cmpstr (what, ==, "Edit the attention of “clip-000”");
  g_assert_cmpint (said (f->project, ids[0]), ==, 100);
  reopen (f);
  g_assert_true (sac_project_undo (f->project, NULL, &error));
  g_assert_cmpint (said (f->project, ids[0]), ==, -1);
  g_assert_true (sac_project_redo (f->project, NULL, &error) && sac_project_redo (f->project, NULL, &error));
  g_assert_cmpint (said (f->project, ids[0]), ==, 200);

  /* Another grid of the same clip is another map; several are one act. */
  two[0] = map_of (ids[1], 5);
  two[1] = two[0];
  two[1].t = 1, two[1].h = 6, two[1].temporal = NULL;
  g_assert_true (sac_project_set_maps (f->project, both, 2, &error));
  g_clear_pointer (&maps, g_ptr_array_unref);
  maps = sac_project_list_maps (f->project, ids[1], &error);
  g_assert_cmpuint (maps->len, ==, 2);
  g_assert_null (((SacMap *) maps->pdata[0])->temporal);
  found = sac_project_query (f->project, "has:maps", &error);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_true (sac_project_remove_maps (f->project, &((SacMap *) maps->pdata[0])->id, 1, &error));
  g_assert_cmpint (said (f->project, ids[1]), ==, 5);
  g_assert_true (sac_project_undo (f->project, NULL, &error) && sac_project_undo (f->project, NULL, &error));
  g_assert_cmpint (said (f->project, ids[1]), ==, -1);

  /* With the clip it goes, and comes back. */
  g_assert_true (sac_project_remove_items (f->project, ids, 1, &error));
  g_assert_cmpint (said (f->project, ids[0]), ==, -1);
  g_assert_true (sac_project_undo (f->project, NULL, &error));
  g_assert_cmpint (said (f->project, ids[0]), ==, 200);
  g_assert_no_error (error);

  two[0].item = 999;
  g_assert_false (sac_project_set_maps (f->project, both, 1, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  two[0].item = ids[0], two[0].t = 2000;
  g_assert_false (sac_project_set_maps (f->project, both, 1, &error));
  g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID);
}

static void
test_versions (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacChanges) changes = NULL;
  SacId ids[2], version;

  add_clips (f->project, 2, 0, ids);
  say (f->project, ids[0], 1);
  version = sac_project_add_version (f->project, "one map", NULL, &error);
  g_assert_no_error (error);
  say (f->project, ids[0], 2);
  say (f->project, ids[1], 3);
  changes = sac_version_compare (f->path, version, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (changes->maps.added, ==, 1);
  g_assert_cmpuint (changes->maps.changed, ==, 1);
  g_assert_true (sac_project_restore_version (f->project, version, &error));
  g_assert_cmpint (said (f->project, ids[0]), ==, 1);
  g_assert_cmpint (said (f->project, ids[1]), ==, -1);
  g_assert_true (sac_project_undo (f->project, NULL, &error));
  g_assert_cmpint (said (f->project, ids[1]), ==, 3);
}

static void
test_merge (Fixture *f, gconstpointer data)
{
  static const struct { SacMergeRule rule; int first; } cases[] = {
    { SAC_MERGE_OURS, 10 }, { SAC_MERGE_THEIRS, 20 }, { SAC_MERGE_UNKNOWN, 10 }, { SAC_MERGE_NEWEST, 10 },
  };
  g_autofree char *path = g_build_filename (f->dir, "other.saccade", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) other = sac_project_open (path, SAC_PROJECT_CREATE, &error);
  SacMergeResult result;
  SacId ids[3], theirs[3];

  add_clips (f->project, 3, 0, ids);
  add_clips (other, 3, 0, theirs);
  say (f->project, ids[0], 10);
  say (other, theirs[0], 20);
  say (other, theirs[1], 30);
  g_assert_true (sac_project_bring_person (f->project, other, "Ken", NULL, &result, &error));
  g_assert_cmpuint (result.n_maps, ==, 0);
  g_assert_cmpint (said (f->project, ids[1]), ==, -1);
  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_assert_true (sac_project_bring_person (f->project, other, "Ken", &cases[c].rule, &result, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (result.n_conflicts, ==, 1);
      g_assert_cmpint (said (f->project, ids[0]), ==, cases[c].first);
      g_assert_cmpint (said (f->project, ids[1]), ==, 30);
      g_assert_true (sac_project_undo (f->project, NULL, &error));
      g_assert_cmpint (said (f->project, ids[1]), ==, -1);
    }
}

/* ---- the way up, and files that nobody vouches for. */
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
test_migration (Fixture *f, gconstpointer data)
{
  g_autofree char *what = NULL;
  g_autoptr (GError) error = NULL;
  SacId id;

  add_clips (f->project, 1, 0, &id);
  g_clear_object (&f->project);
  run_sql (f->path, "ALTER TABLE runs DROP COLUMN deleted; ALTER TABLE runs DROP COLUMN archived; ALTER TABLE runs DROP COLUMN tags;"
           "ALTER TABLE runs DROP COLUMN note; DROP TABLE maps; PRAGMA user_version = 4");
  reopen (f);
  say (f->project, id, 9);
  g_assert_true (sac_project_undo (f->project, NULL, &error) && sac_project_undo (f->project, &what, &error));
  g_assert_cmpstr (what, ==, "Add 1 clip");
  g_assert_no_error (error);
}

/* What a CHECK would stop is written without it. */
static void
test_hostile_rows (Fixture *f, gconstpointer data)
{
  static const char *const acts[] = {
    "UPDATE maps SET spatial = x'00'", "UPDATE maps SET spatial = zeroblob (46)", "UPDATE maps SET t = 1023",
    "UPDATE maps SET h = 9223372036854775807", "UPDATE maps SET w = -3", "UPDATE maps SET temporal = x'0102'",
    "UPDATE maps SET t = 0, spatial = x'', temporal = NULL", "UPDATE maps SET item = 77, time_us = -9223372036854775808, user = x'ff00'",
  };
  SacId id;

  add_clips (f->project, 1, 0, &id);
  say (f->project, id, 9);
  g_clear_object (&f->project);
  for (guint a = 0; a < G_N_ELEMENTS (acts); a++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = g_strdup_printf ("%s/%u.saccade", f->dir, a), *bytes = NULL, *folder = g_strdup_printf ("%s/out", f->dir);
      g_autofree char *sql = g_strdup_printf ("PRAGMA ignore_check_constraints = 1; PRAGMA writable_schema = 1;%s", acts[a]);
      g_autoptr (SacProject) project = NULL;
      gsize n;
      guint n_maps;

      g_assert_true (g_file_get_contents (f->path, &bytes, &n, NULL) && g_file_set_contents (path, bytes, (gssize) n, NULL));
      if (a + 1 == G_N_ELEMENTS (acts))
        sql = (g_free (sql), g_strdup ("PRAGMA foreign_keys = 0; UPDATE maps SET item = 77, time_us = -9223372036854775808"));
      run_sql (path, sql);
      project = sac_project_open (path, SAC_PROJECT_READ_ONLY, &error);
      if (!project)             /* small files are checked when they are opened */
        {
          g_assert_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CORRUPT);
          g_clear_error (&error);
          project = sac_project_open_reader (path, &error);     /* as if it were large */
        }
      if (project)
        {
          g_autoptr (GPtrArray) maps = sac_project_list_maps (project, 0, NULL);
          g_autoptr (SacMap) map = sac_project_get_map (project, id, 2, 3, 4, NULL);

          g_assert_cmpuint (maps->len, ==, a + 1 == G_N_ELEMENTS (acts) ? 1 : 0);
          g_assert_null (map);
          sac_project_export_maps (project, folder, NULL, 0, &n_maps, NULL);
        }
    }
}

/* ---- files. */
static void
test_png (void)
{
  static const char odd[] =     /* every filter, a text, and the pixels in two parts */
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAGEAAAAAB+ANfUAAAAA3RFWHRhAGLcSaI7AAAAFElEQVR4nGNgYFDWdAvKrO5ZwijzWTVJJQ+jDfYAAAA1SURBVAmE"
    "mcJvRghFeUe1xOxlPq1699ld5nvz4/awnF6qwash/lXlWycLSzebG7sbhxmnGwDq4hbBhNvhuwAAAABJRU5ErkJggg==";
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL, strange = NULL;
  g_autofree guint16 *back = NULL, *pixels = NULL;
  g_autofree guint8 *raw = NULL;
  guint16 numbers[12];
  gsize n;

  for (guint i = 0; i < 12; i++)
    numbers[i] = (guint16) (i * 5957);
  bytes = sac_png16_encode (numbers, 4, 3, &error);
  back = sac_png16_decode (bytes, 4, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (back, sizeof numbers, numbers, sizeof numbers);
  g_assert_null (sac_png16_decode (bytes, 3, 4, NULL));

  raw = g_base64_decode (odd, &n);
  strange = g_bytes_new (raw, n);
  pixels = sac_png16_decode (strange, 5, 6, &error);
  g_assert_no_error (error);
  for (guint y = 0; y < 6; y++)
    for (guint x = 0; x < 5; x++)
      g_assert_cmpuint (pixels[5 * y + x], ==, (guint16) (x * 9001 + y * y * 7411 + x * y * 313));

  /* Cut anywhere, and with any byte turned over: refused, or (in what does not matter) the same pixels. */
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (raw, i), turned = NULL;
      g_autofree guint16 *got = NULL;

      g_assert_null (sac_png16_decode (cut, 5, 6, NULL));
      raw[i] ^= 0x55;
      turned = g_bytes_new (raw, n);
      raw[i] ^= 0x55;
      got = sac_png16_decode (turned, 5, 6, NULL);
      g_assert_null (got);
    }
}

static void
test_round_trip (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (f->dir, "maps", NULL), *path = g_build_filename (f->dir, "other.saccade", NULL);
  g_autofree char *left = g_build_filename (folder, "map-00002-time.png", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) other = sac_project_open (path, SAC_PROJECT_CREATE, &error);
  g_autoptr (GPtrArray) maps = NULL;
  guint n, missing;
  SacId ids[3], theirs[2];
  SacMap *map;

  add_clips (f->project, 3, 0, ids);
  say (f->project, ids[0], 10);
  say (f->project, ids[2], 30);
  g_assert_true (sac_project_export_maps (f->project, folder, NULL, 0, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (g_file_test (left, G_FILE_TEST_EXISTS));
  add_clips (other, 2, 0, theirs);
  g_assert_true (sac_project_import_maps (other, folder, &n, &missing, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (missing, ==, 1);
  maps = sac_project_list_maps (other, theirs[0], NULL);
  g_assert_cmpuint (maps->len, ==, 1);
  map = maps->pdata[0];
  for (guint i = 0; i < G_N_ELEMENTS (space); i++)
    g_assert_cmpuint (map->spatial[i], ==, 10 + 257 * i);
  g_assert_cmpmem (map->temporal, sizeof when, when, sizeof when);
  g_assert_cmpstr (map->user, ==, "aya");
  g_assert_cmpstr (map->run, ==, "first run");
  g_assert_cmpint (map->time_us, ==, 1700000000123456);
  g_assert_true (sac_project_undo (other, NULL, NULL));
  g_assert_cmpint (said (other, theirs[0]), ==, -1);
  /* Fewer now: what is left over goes. */
  g_assert_true (sac_project_export_maps (f->project, folder, ids, 1, &n, &error));
  g_assert_cmpuint (n, ==, 1);
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
}

static void
test_hostile_files (Fixture *f, gconstpointer data)
{
#define GRID "\"frames\":2,\"rows\":3,\"columns\":4,"
  static const char *const bad[] = {
    "", "[]", "{}", "{\"version\":2,\"maps\":[]}", "{\"version\":1,\"maps\":[7]}", "{\"version\":1,\"maps\":[{}]}",
    "{\"version\":1,\"maps\":[{" GRID "\"space\":\"../maps/map-00001-space.png\",\"clip\":\"clip-000\"}]}",
    "{\"version\":1,\"maps\":[{" GRID "\"space\":\"/etc/passwd\",\"clip\":\"clip-000\"}]}",
    "{\"version\":1,\"maps\":[{" GRID "\"space\":\"none.png\",\"clip\":\"clip-000\"}]}",
    "{\"version\":1,\"maps\":[{" GRID "\"space\":\"maps.json\",\"clip\":\"clip-000\"}]}",
    "{\"version\":1,\"maps\":[{" GRID "\"space\":\"map-00001-time.png\",\"clip\":\"clip-000\"}]}",
    "{\"version\":1,\"maps\":[{" GRID "\"space\":\"map-00001-space.png\",\"time\":\"map-00001-space.png\",\"clip\":\"clip-000\"}]}",
    "{\"version\":1,\"maps\":[{\"frames\":1e300,\"rows\":3,\"columns\":4,\"space\":\"map-00001-space.png\"}]}",
    "{\"version\":1,\"maps\":[{\"frames\":1024,\"rows\":1000000,\"columns\":1000000,\"space\":\"map-00001-space.png\"}]}",
    "{\"version\":1,\"maps\":[{\"frames\":-2,\"rows\":-3,\"columns\":4,\"space\":\"map-00001-space.png\"}]}",
  };
  g_autofree char *folder = g_build_filename (f->dir, "maps", NULL), *path = g_build_filename (folder, "maps.json", NULL), *before = NULL;
  g_autoptr (GError) error = NULL;
  guint n, missing;
  SacId id;

  add_clips (f->project, 1, 0, &id);
  say (f->project, id, 10);
  g_assert_true (sac_project_export_maps (f->project, folder, NULL, 0, &n, &error));
  for (guint b = 0; b < G_N_ELEMENTS (bad); b++)
    {
      g_assert_true (g_file_set_contents (path, bad[b], -1, NULL));
      g_assert_false (sac_project_import_maps (f->project, folder, &n, &missing, &error));
      if (!error)
        g_test_message ("taken: %s", bad[b]);
      g_assert_nonnull (error);
      g_clear_error (&error);
      g_assert_cmpint (said (f->project, id), ==, 10);
    }
  /* By its name, and with numbers of a strange kind where numbers belong. */
  g_assert_true (g_file_set_contents (path, "{\"version\":1,\"maps\":[{" GRID "\"space\":\"map-00001-space.png\",\"clip\":\"clip-000\","
                                      "\"in_ns\":1.5,\"drawn\":\"yesterday\",\"user\":7}]}", -1, NULL));
  g_assert_true (sac_project_import_maps (f->project, path, &n, &missing, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
}

static void
test_numbers (void)
{
  g_assert_cmpuint (sac_map_pack (0), ==, 0);
  g_assert_cmpuint (sac_map_pack (1), ==, 65535);
  g_assert_cmpuint (sac_map_pack (2), ==, 65535);
  g_assert_cmpuint (sac_map_pack (-1), ==, 0);
  g_assert_cmpuint (sac_map_pack ((float) NAN), ==, 0);
  for (guint v = 0; v < 65536; v += 13)
    g_assert_cmpuint (sac_map_pack (sac_map_unpack ((guint16) v)), ==, v);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/maps/numbers", test_numbers);
  g_test_add_func ("/maps/png", test_png);
  ADD ("maps/acts", test_acts);
  ADD ("maps/versions", test_versions);
  ADD ("maps/merge", test_merge);
  ADD ("maps/migration", test_migration);
  ADD ("maps/hostile-rows", test_hostile_rows);
  ADD ("maps/round-trip", test_round_trip);
  ADD ("maps/hostile-files", test_hostile_files);
  return g_test_run ();
}
