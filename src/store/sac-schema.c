/* The tables, the way up from older ones, and the check that a file holds exactly these tables and nothing that acts. */
#include <glib/gi18n.h>

#include "sac-store-private.h"

/* Rows are taken away by commands, never by the schema: a cascade would escape the journal. */
static const char version_1[] =
  "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
  "INSERT INTO meta VALUES ('revision', 0);"
  "CREATE TABLE media (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, path TEXT NOT NULL, n_frames INTEGER NOT NULL,"
  " width INTEGER NOT NULL, height INTEGER NOT NULL, fps REAL NOT NULL, duration_ns INTEGER NOT NULL, problem TEXT) STRICT;"
  "CREATE INDEX media_path ON media (path);"
  "CREATE TABLE items (id INTEGER PRIMARY KEY, media INTEGER NOT NULL REFERENCES media (id),"
  " kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3), name TEXT NOT NULL UNIQUE, grp TEXT, in_ns INTEGER NOT NULL,"
  " out_ns INTEGER NOT NULL, reviewed INTEGER NOT NULL DEFAULT 0 CHECK (reviewed IN (0, 1)),"
  " synthetic INTEGER NOT NULL DEFAULT 0 CHECK (synthetic IN (0, 1))) STRICT;"
  "CREATE INDEX items_media ON items (media);"
  "CREATE TABLE labels (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, position INTEGER NOT NULL,"
  " colour INTEGER NOT NULL CHECK (colour BETWEEN 0 AND 16777215), key TEXT) STRICT;"
  "CREATE TABLE layers (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (kind, name)) STRICT;"
  "INSERT INTO layers VALUES (1, 'person', '');"
  "CREATE TABLE clip_labels (id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES items (id),"
  " label INTEGER NOT NULL REFERENCES labels (id), layer INTEGER NOT NULL REFERENCES layers (id),"
  " state INTEGER NOT NULL CHECK (state BETWEEN -1 AND 1), UNIQUE (item, label, layer)) STRICT;"
  "CREATE INDEX clip_labels_label ON clip_labels (label, layer, state, item);"
  "CREATE TABLE tracks (id INTEGER PRIMARY KEY, layer INTEGER NOT NULL REFERENCES layers (id),"
  " item INTEGER NOT NULL REFERENCES items (id), label INTEGER REFERENCES labels (id)) STRICT;"
  "CREATE INDEX tracks_item ON tracks (item);"
  "CREATE INDEX tracks_label ON tracks (label);"
  "CREATE TABLE boxes (id INTEGER PRIMARY KEY, track INTEGER NOT NULL REFERENCES tracks (id), frame INTEGER NOT NULL,"
  " x REAL NOT NULL, y REAL NOT NULL, width REAL NOT NULL, height REAL NOT NULL,"
  " flags INTEGER NOT NULL CHECK (flags BETWEEN 0 AND 7), UNIQUE (track, frame)) STRICT;"
  "CREATE TABLE segments (id INTEGER PRIMARY KEY, layer INTEGER NOT NULL REFERENCES layers (id),"
  " item INTEGER NOT NULL REFERENCES items (id), label INTEGER NOT NULL REFERENCES labels (id),"
  " in_ns INTEGER NOT NULL, out_ns INTEGER NOT NULL CHECK (out_ns >= in_ns)) STRICT;"
  "CREATE INDEX segments_item ON segments (item);"
  "CREATE INDEX segments_label ON segments (label);"
  "CREATE TABLE splits (item INTEGER PRIMARY KEY REFERENCES items (id), side INTEGER NOT NULL CHECK (side BETWEEN 1 AND 3)) STRICT;"
  "CREATE TABLE runs (id INTEGER PRIMARY KEY, name TEXT NOT NULL, folder TEXT NOT NULL UNIQUE, recipe TEXT,"
  " started_us INTEGER NOT NULL) STRICT;"
  "CREATE TABLE undo (id INTEGER PRIMARY KEY, what TEXT NOT NULL, time_us INTEGER NOT NULL,"
  " undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))) STRICT;"
  "CREATE TABLE undo_rows (entry INTEGER NOT NULL REFERENCES undo (id), seq INTEGER NOT NULL, tbl INTEGER NOT NULL,"
  " kind INTEGER NOT NULL, row INTEGER NOT NULL, n INTEGER NOT NULL, image BLOB, PRIMARY KEY (entry, seq)) STRICT, WITHOUT ROWID;";

/* What media said of a file that is readable but not whole. */
static const char version_2[] =
  "ALTER TABLE media ADD COLUMN warning TEXT;"
  "CREATE INDEX items_group ON items (grp);";

/* Words about a segment or a track (from a frame on), and labels below labels. */
static const char version_3[] =
  "CREATE TABLE attributes (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL CHECK (kind IN (1, 2)), owner INTEGER NOT NULL,"
  " frame INTEGER NOT NULL CHECK (frame >= -1), name TEXT NOT NULL, value TEXT NOT NULL,"
  " UNIQUE (kind, owner, frame, name)) STRICT;"
  "ALTER TABLE labels ADD COLUMN parent INTEGER;";

/* Named versions (files in the project's folder), named queries, and what else media said of a file. */
static const char version_4[] =
  "CREATE TABLE versions (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, note TEXT, file TEXT NOT NULL UNIQUE,"
  " time_us INTEGER NOT NULL, revision INTEGER NOT NULL) STRICT;"
  "CREATE TABLE queries (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, query TEXT NOT NULL, position INTEGER NOT NULL) STRICT;"
  "ALTER TABLE media ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE media ADD COLUMN recorded_us INTEGER;";

/* Edited maps of attention, one of a clip for each size of grid; numbers of 16 bits, little-endian. */
static const char version_5[] =
  "CREATE TABLE maps (id INTEGER PRIMARY KEY, item INTEGER NOT NULL REFERENCES items (id),"
  " t INTEGER NOT NULL CHECK (t BETWEEN 1 AND 1024), h INTEGER NOT NULL CHECK (h >= 1), w INTEGER NOT NULL CHECK (w >= 1),"
  " spatial BLOB NOT NULL CHECK (length (spatial) = 2 * t * h * w), temporal BLOB CHECK (length (temporal) = 2 * t), run TEXT,"
  " user TEXT NOT NULL, time_us INTEGER NOT NULL, UNIQUE (item, t, h, w)) STRICT;";

/* What a person says of a run.  Its folder is in the trash while it is deleted. */
static const char version_6[] =
  "ALTER TABLE runs ADD COLUMN note TEXT;"
  "ALTER TABLE runs ADD COLUMN tags TEXT;"
  "ALTER TABLE runs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE runs ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;";

static gboolean
run_script (sqlite3 *db, const char *script)
{
  return sqlite3_exec (db, script, NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean
up_to_1 (sqlite3 *db)
{
  return run_script (db, version_1);
}

static gboolean
up_to_2 (sqlite3 *db)
{
  return run_script (db, version_2);
}

static gboolean
up_to_3 (sqlite3 *db)
{
  return run_script (db, version_3);
}

static gboolean
up_to_4 (sqlite3 *db)
{
  return run_script (db, version_4);
}

static gboolean
up_to_5 (sqlite3 *db)
{
  return run_script (db, version_5);
}

static gboolean
up_to_6 (sqlite3 *db)
{
  return run_script (db, version_6);
}

/* migrations[v] makes version v + 1 of version v; an empty file is version 0. */
static gboolean (*const migrations[]) (sqlite3 *db) = { up_to_1, up_to_2, up_to_3, up_to_4, up_to_5, up_to_6 };
const guint _sac_schema_version = G_N_ELEMENTS (migrations);

static gboolean
stamp (sqlite3 *db)
{
  g_autofree char *script = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %u;", SAC_STORE_APPLICATION_ID,
                                             _sac_schema_version);

  return run_script (db, script);
}

gboolean
_sac_schema_create (sqlite3 *db)
{
  gboolean good = TRUE;

  for (guint v = 0; good && v < _sac_schema_version; v++)
    good = migrations[v] (db);
  return good && stamp (db);
}

static gint64
pragma (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *stmt = NULL;
  gint64 value = -1;

  if (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step (stmt) == SQLITE_ROW)
    value = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  return value;
}

/* Every table and index with its text, in a fixed order; NULL when it cannot be read. */
static char *
dump_schema (sqlite3 *db)
{
  sqlite3_stmt *stmt = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  int code;

  if (sqlite3_prepare_v2 (db, "SELECT type, name, tbl_name, coalesce(sql, '') FROM main.sqlite_schema ORDER BY 1, 2",
                          -1, &stmt, NULL) != SQLITE_OK)
    return NULL;
  while ((code = sqlite3_step (stmt)) == SQLITE_ROW)
    {
      for (int i = 0; i < 4; i++)
        {
          const char *text = (const char *) sqlite3_column_text (stmt, i);

          g_string_append (out, text ? text : "?");
          g_string_append_c (out, '\n');
        }
      if (out->len > 1024 * 1024)
        break;
    }
  sqlite3_finalize (stmt);
  return code == SQLITE_DONE ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

static char *
expected_schema (guint version)
{
  sqlite3 *db = NULL;
  char *schema = NULL;
  gboolean good = sqlite3_open (":memory:", &db) == SQLITE_OK;

  for (guint v = 0; good && v < version; v++)
    good = migrations[v] (db);
  if (good)
    schema = dump_schema (db);
  sqlite3_close (db);
  return schema;
}

static gboolean
refuse (GError **error, int code, const char *format, const char *path)
{
  g_set_error (error, SAC_STORE_ERROR, code, format, path);
  return FALSE;
}

gboolean
_sac_is_large (SacProject *self)
{
  return pragma (self->db, "PRAGMA page_count") > SAC_STORE_CHECK_AT_ONCE / MAX (pragma (self->db, "PRAGMA page_size"), 512);
}

/* SQLite's own check of pages, types and CHECK clauses; about 0.3 s for 100 MB. */
gboolean
_sac_check_pages (SacProject *self, GError **error)
{
  sqlite3_stmt *stmt = NULL;
  gboolean good = FALSE;
  g_autofree char *said = NULL;

  if (sqlite3_prepare_v2 (self->db, "PRAGMA quick_check(1)", -1, &stmt, NULL) == SQLITE_OK && sqlite3_step (stmt) == SQLITE_ROW)
    said = _sac_dup_column (stmt, 0);
  good = g_strcmp0 (said, "ok") == 0;
  sqlite3_finalize (stmt);
  if (!good)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CORRUPT, _("The project file “%s” is damaged (%s)"), self->path,
                 said ? said : sqlite3_errmsg (self->db));
  return good;
}

gboolean
_sac_schema_prepare (SacProject *self, gboolean create, GError **error)
{
  gint64 application = pragma (self->db, "PRAGMA application_id"), version = pragma (self->db, "PRAGMA user_version");
  g_autofree char *there = NULL, *expected = NULL;

  if (application < 0 || version < 0)
    return _sac_store_fail (self, error);
  there = dump_schema (self->db);
  if (!there)
    return _sac_store_fail (self, error);
  if (application == 0 && version == 0 && there[0] == '\0')
    {
      if (!create)
        return refuse (error, SAC_STORE_ERROR_CORRUPT, _("The project file “%s” is empty"), self->path);
    }
  else if (application != SAC_STORE_APPLICATION_ID || version == 0)
    return refuse (error, SAC_STORE_ERROR_OPEN, _("“%s” is a database of another program, not a Saccade project"), self->path);
  if (version > (gint64) _sac_schema_version)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_VERSION,
                   _("“%s” was written by a newer Saccade (file version %d; this program reads up to %d)"),
                   self->path, (int) MIN (version, G_MAXINT), (int) _sac_schema_version);
      return FALSE;
    }
  expected = expected_schema (version);
  if (g_strcmp0 (there, expected) != 0)
    return refuse (error, SAC_STORE_ERROR_CORRUPT, _("The project file “%s” is damaged (its tables are not those of a project)"),
                   self->path);
  /* Large files are checked by sac_project_check(), beside the work: what reads them must bear anything in them. */
  if (version > 0 && !_sac_is_large (self) && !_sac_check_pages (self, error))
    return FALSE;
  if (version == (gint64) _sac_schema_version)
    return TRUE;
  if (self->read_only)
    return refuse (error, SAC_STORE_ERROR_VERSION,
                   _("“%s” was written by an older Saccade; open it once in the window, which brings it up to date"), self->path);

  if (!_sac_run (self, error, "BEGIN IMMEDIATE", NULL))
    return FALSE;
  for (guint v = version; v < _sac_schema_version; v++)
    if (!migrations[v] (self->db))
      {
        _sac_store_fail (self, error);
        return _sac_rollback (self);
      }
  if (!stamp (self->db))
    {
      _sac_store_fail (self, error);
      return _sac_rollback (self);
    }
  return _sac_run (self, error, "COMMIT", NULL) || _sac_rollback (self);
}
