/* Named versions: copied table by table inside one read of the project, brought back by the rows that differ. */
#include "sac-versions.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sac-store-private.h"

#define MAX_TOUCHED 500

void
sac_version_free (SacVersion *version)
{
  if (!version)
    return;
  g_free (version->name);
  g_free (version->note);
  g_free (version->path);
  g_free (version);
}

/* ---- the list. */

/* Where the file of a version lies; the name comes from a file that nobody vouches for, so it may not lead elsewhere. */
static char *
version_path (SacProject *self, const char *file)
{
  if (!file || !g_str_has_suffix (file, ".saccade") || file[0] == '.' || strpbrk (file, "/\\"))
    return NULL;
  return g_build_filename (self->folder, "versions", file, NULL);
}

GPtrArray *
sac_project_list_versions (SacProject *self, GError **error)
{
  g_autoptr (GPtrArray) versions = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_version_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed, "SELECT id, name, note, file, time_us, revision FROM versions ORDER BY time_us DESC, id DESC", NULL);
  while (_sac_step (self, stmt, &failed))
    {
      SacVersion *version = g_new0 (SacVersion, 1);
      struct stat info;

      *version = (SacVersion) { .id = sqlite3_column_int64 (stmt, 0), .name = _sac_dup_words (stmt, 1), .note = _sac_dup_column (stmt, 2),
                                .path = version_path (self, (const char *) sqlite3_column_text (stmt, 3)),
                                .time_us = sqlite3_column_int64 (stmt, 4), .revision = sqlite3_column_int64 (stmt, 5) };
      version->size = version->path && g_lstat (version->path, &info) == 0 && S_ISREG (info.st_mode) ? (gint64) info.st_size : -1;
      g_ptr_array_add (versions, version);
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&versions);
}

static SacVersion *
find_version (SacProject *self, const char *name, SacId id, GError **error)
{
  g_autoptr (GPtrArray) versions = sac_project_list_versions (self, error);

  if (!versions)
    return NULL;
  for (guint i = 0; i < versions->len; i++)
    {
      const SacVersion *version = versions->pdata[i];

      if (name ? strcmp (version->name, name) == 0 : version->id == id)
        return g_ptr_array_steal_index (versions, i);
    }
  if (name && g_ascii_isdigit (name[0]))
    return find_version (self, NULL, g_ascii_strtoll (name, NULL, 10), error);
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project has no version “%s”"), name ? name : "?");
  return NULL;
}

SacVersion *
sac_project_find_version (SacProject *self, const char *name, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  return find_version (self, name, 0, error);
}

/* ---- making one. */

static gboolean
run (sqlite3 *db, const char *sql)
{
  return sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean
attach (sqlite3 *db, const char *path, gboolean frozen)
{
  g_autofree char *escaped = g_uri_escape_string (path, "/", TRUE);
  g_autofree char *uri = g_strdup_printf ("file:%s%s", escaped, frozen ? "?immutable=1" : "");
  sqlite3_stmt *stmt = NULL;
  gboolean good;

  sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 1);
  good = sqlite3_prepare_v2 (db, "ATTACH ? AS other", -1, &stmt, NULL) == SQLITE_OK
         && sqlite3_bind_text (stmt, 1, uri, -1, SQLITE_STATIC) == SQLITE_OK && sqlite3_step (stmt) == SQLITE_DONE;
  sqlite3_finalize (stmt);
  return good;
}

static void
detach (sqlite3 *db)
{
  run (db, "DETACH other");
  sqlite3_limit (db, SQLITE_LIMIT_ATTACHED, 0);
}

/* Everything but the history and the list of versions.  Empty tables of the same text are filled page by page. */
static gboolean
copy_tables (sqlite3 *db)
{
  static const char *const names[] = { "meta", "media", "items", "labels", "layers", "clip_labels", "tracks", "boxes", "segments",
                                       "splits", "runs", "attributes", "queries", "maps" };
  gboolean good = run (db, "BEGIN");

  for (guint t = 0; good && t < G_N_ELEMENTS (names); t++)
    {
      g_autofree char *sql = g_strdup_printf ("DELETE FROM main.%s; INSERT INTO main.%s SELECT * FROM other.%s;", names[t], names[t],
                                              names[t]);

      good = run (db, sql);
    }
  return good && run (db, "COMMIT");
}

static int
stop_when_cancelled (gpointer cancellable)
{
  return g_cancellable_is_cancelled (cancellable);
}

static gboolean
flush_to_disk (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gboolean good = fd >= 0 && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  return good;
}

static gboolean
write_copy (SacProject *source, const char *part, guint64 *revision, GCancellable *cancellable, GError **error)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *stmt = NULL;
  gboolean good = sqlite3_open_v2 (part, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, NULL) == SQLITE_OK;

  if (good)
    {
      _sac_harden (db);
      sqlite3_busy_timeout (db, 3000);
      if (cancellable)
        sqlite3_progress_handler (db, 10000, stop_when_cancelled, cancellable);
    }
  good = good && run (db, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;"
                      "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;")
         && _sac_schema_create (db) && attach (db, source->path, FALSE) && copy_tables (db)
         && sqlite3_prepare_v2 (db, "SELECT value FROM main.meta WHERE key = 'revision'", -1, &stmt, NULL) == SQLITE_OK
         && sqlite3_step (stmt) == SQLITE_ROW;
  if (good)
    *revision = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  if (!good && !g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN, _("The version cannot be written: %s"), sqlite3_errmsg (db));
  sqlite3_close (db);
  return good;
}

char *
sac_version_write (const char *project_path, guint64 *revision, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacProject) source = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, error);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *folder = NULL, *part = NULL, *file = NULL, *path = NULL, *stamp = NULL;

  if (!source)
    return NULL;
  folder = g_build_filename (source->folder, "versions", NULL);
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN, _("The folder “%s” cannot be made: %s"), folder, g_strerror (errno));
      return NULL;
    }
  stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  file = g_strdup_printf ("%s-%06d.saccade", stamp, g_date_time_get_microsecond (now));
  path = g_build_filename (folder, file, NULL);
  part = g_strconcat (path, ".part", NULL);
  g_unlink (part);
  if (write_copy (source, part, revision, cancellable, error))
    {
      if (flush_to_disk (part) && g_rename (part, path) == 0 && flush_to_disk (folder))
        return g_steal_pointer (&file);
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN, _("The version cannot be written: %s"), g_strerror (errno));
    }
  g_unlink (part);
  return NULL;
}

SacId
sac_project_keep_version (SacProject *self, const char *name, const char *note, const char *file, guint64 revision, GError **error)
{
  g_autofree char *clean = NULL, *words = NULL, *path = NULL;
  SacId id = 0;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  clean = g_utf8_make_valid (name ? name : "", -1);
  words = note ? g_utf8_make_valid (note, -1) : NULL;
  path = version_path (self, file);
  g_return_val_if_fail (path != NULL, 0);
  g_strdelimit (clean, "\n\r\t", ' ');
  g_strstrip (clean);
  if (!clean[0] || strlen (clean) > 200 || (words && strlen (words) > 10000))
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A version needs a name of at most 200 letters"));
  else if (_sac_begin (self, error))
    {
      if (_sac_run (self, error, "INSERT INTO versions (name, note, file, time_us, revision) VALUES (?, ?, ?, ?, ?)", "sssii", clean,
                    words && words[0] ? words : NULL, file, (gint64) g_get_real_time (), (gint64) revision))
        id = sqlite3_last_insert_rowid (self->db);
      if (!id || !_sac_commit (self, NULL, error))
        {
          _sac_rollback (self);
          id = 0;
        }
    }
  if (!id)
    g_unlink (path);
  return id;
}

SacId
sac_project_add_version (SacProject *self, const char *name, const char *note, GError **error)
{
  guint64 revision = 0;
  g_autofree char *file = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  if (self->read_only)
    {
      _sac_begin (self, error);         /* says so */
      return 0;
    }
  file = sac_version_write (self->path, &revision, NULL, error);
  return file ? sac_project_keep_version (self, name, note, file, revision, error) : 0;
}

gboolean
sac_project_remove_version (SacProject *self, SacId id, GError **error)
{
  g_autoptr (SacVersion) version = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  version = find_version (self, NULL, id, error);
  if (!version || !_sac_begin (self, error))
    return FALSE;
  if (!_sac_run (self, error, "DELETE FROM versions WHERE id = ?", "i", id) || !_sac_commit (self, NULL, error))
    return _sac_rollback (self);
  if (version->path)
    g_unlink (version->path);
  return TRUE;
}

/* ---- the other file beside this one. */

/* Checked as every project is, brought up to date, then attached as "other", frozen. */
static gboolean
open_beside (SacProject *self, const SacVersion *version, GError **error)
{
  g_autoptr (SacProject) other = NULL;
  g_autoptr (GError) failed = NULL;

  if (version->size < 0)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The file of the version “%s” is gone"), version->name);
      return FALSE;
    }
  other = sac_project_open (version->path, SAC_PROJECT_READ_ONLY, &failed);
  if (g_error_matches (failed, SAC_STORE_ERROR, SAC_STORE_ERROR_VERSION))
    {
      g_clear_error (&failed);
      other = sac_project_open (version->path, SAC_PROJECT_READ_WRITE, &failed);
    }
  if (!other)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  g_clear_object (&other);
  return attach (self->db, version->path, TRUE) || _sac_store_fail (self, error);
}

/* "m.a IS NOT o.a OR …" over all columns but the first. */
static char *
difference (const char *const *columns)
{
  GString *out = g_string_new (NULL);

  for (guint c = 1; columns[c]; c++)
    g_string_append_printf (out, "%sm.%s IS NOT o.%s", c > 1 ? " OR " : "", columns[c], columns[c]);
  return g_string_free (out, FALSE);
}

/* Tables whose rows are the state that a version brings back, parents first. */
static gboolean
is_kept (const char *table)
{
  return strcmp (table, "queries") == 0;
}

/* Rows that differ are taken out and put in again, all out first: names that changed places never meet. */
static gboolean
replace_rows (SacProject *self, GError **error)
{
  const char *const *columns;
  const char *table;

  for (guint t = 0; (table = _sac_journal_table (t, &columns)); t++)
    {
      g_autofree char *differs = difference (columns), *sql = NULL;
      gboolean media = strcmp (table, "media") == 0;

      if (is_kept (table))
        continue;
      /* A video that is known in both stays as it is now: it may have been found elsewhere since. */
      sql = g_strdup_printf ("DELETE FROM main.%s WHERE %s IN (SELECT m.%s FROM main.%s m LEFT JOIN other.%s o ON o.%s = m.%s"
                             " WHERE o.%s IS NULL OR %s)", table, columns[0], columns[0], table, table, columns[0], columns[0], columns[0],
                             media ? "m.hash IS NOT o.hash" : differs);
      if (!run (self->db, sql))
        return _sac_store_fail (self, error);
    }
  if (!run (self->db, "INSERT OR IGNORE INTO main.layers SELECT * FROM other.layers"))
    return _sac_store_fail (self, error);
  for (guint t = 0; (table = _sac_journal_table (t, &columns)); t++)
    {
      g_autofree char *list = g_strjoinv (", ", (char **) columns), *sql = NULL;

      if (is_kept (table))
        continue;
      sql = g_strdup_printf ("INSERT INTO main.%s (%s) SELECT %s FROM other.%s WHERE %s NOT IN (SELECT %s FROM main.%s)", table, list, list,
                             table, columns[0], columns[0], table);
      if (!run (self->db, sql))
        return _sac_store_fail (self, error);
    }
  return TRUE;
}

gboolean
sac_project_restore_version (SacProject *self, SacId id, GError **error)
{
  g_autoptr (SacVersion) version = NULL;
  gboolean good;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  version = find_version (self, NULL, id, error);
  if (!version)
    return FALSE;
  good = open_beside (self, version, error) && _sac_begin (self, error);
  if (good)
    {
      good = _sac_run (self, error, "PRAGMA defer_foreign_keys = ON", NULL) && replace_rows (self, error);
      good = good ? _sac_commit (self, g_strdup_printf (_("Bring back the version “%s”"), version->name), error) : _sac_rollback (self);
    }
  detach (self->db);
  return good;
}

/* ---- comparing. */

void
sac_changes_free (SacChanges *changes)
{
  if (!changes)
    return;
  g_clear_pointer (&changes->touched, g_ptr_array_unref);
  g_free (changes);
}

static void
touched_free (gpointer data)
{
  SacTouched *touched = data;

  g_free (touched->name);
  g_free (touched);
}

/* One table: the three counts, and what differs summed up by clip.  @item: the clip of a row of alias r; NULL: none. */
static gboolean
compare_table (SacProject *self, guint t, const char *item, SacChange *change, GHashTable *by_item, GError **error)
{
  const char *const *columns;
  const char *table = _sac_journal_table (t, &columns), *id = columns[0];
  g_autofree char *differs = difference (columns), *here = NULL, *there = NULL;
  const char *wanted = item ? item : "0";
  const struct { guint *count; char *sql; } asked[] = {
    { &change->added, g_strdup_printf ("SELECT %s, count(*) FROM main.%s r WHERE r.%s NOT IN (SELECT %s FROM other.%s) GROUP BY 1", wanted,
                                       table, id, id, table) },
    { &change->removed, g_strdup_printf ("SELECT %s, count(*) FROM other.%s r WHERE r.%s NOT IN (SELECT %s FROM main.%s) GROUP BY 1",
                                         wanted, table, id, id, table) },
    { &change->changed, g_strdup_printf ("SELECT %s, count(*) FROM main.%s r WHERE r.%s IN (SELECT m.%s FROM main.%s m"
                                         " JOIN other.%s o ON o.%s = m.%s WHERE %s) GROUP BY 1", wanted, table, id, id, table, table, id,
                                         id, differs) },
  };
  gboolean good = TRUE;

  for (guint q = 0; q < G_N_ELEMENTS (asked); q++)
    {
      sqlite3_stmt *stmt = NULL;
      int code = good ? sqlite3_prepare_v2 (self->db, asked[q].sql, -1, &stmt, NULL) : SQLITE_ERROR;

      while (good && (code == SQLITE_OK || code == SQLITE_ROW))
        if ((code = sqlite3_step (stmt)) == SQLITE_ROW)
          {
            gint64 clip = sqlite3_column_int64 (stmt, 0);
            guint n = _sac_column_int (stmt, 1), *sum = g_hash_table_lookup (by_item, &clip);

            *asked[q].count += n;
            if (sum)
              *sum += n;
            else if (item && clip)
              g_hash_table_insert (by_item, g_memdup2 (&clip, sizeof clip), g_memdup2 (&n, sizeof n));
          }
      if (good && code != SQLITE_DONE)
        good = _sac_store_fail (self, error);
      sqlite3_finalize (stmt);
      g_free (asked[q].sql);
    }
  return good;
}

static int
by_count (gconstpointer a, gconstpointer b)
{
  const SacTouched *x = *(const SacTouched *const *) a, *y = *(const SacTouched *const *) b;

  return x->n != y->n ? (x->n < y->n) - (x->n > y->n) : (x->item > y->item) - (x->item < y->item);
}

static gboolean
list_touched (SacProject *self, GHashTable *by_item, GPtrArray *out, GError **error)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, by_item);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      SacTouched *touched = g_new0 (SacTouched, 1);

      touched->item = *(gint64 *) key;
      touched->n = *(guint *) value;
      g_ptr_array_add (out, touched);
    }
  g_ptr_array_sort (out, by_count);
  if (out->len > MAX_TOUCHED)
    g_ptr_array_set_size (out, MAX_TOUCHED);
  for (guint i = 0; i < out->len; i++)
    {
      SacTouched *touched = out->pdata[i];
      sqlite3_stmt *stmt = NULL;

      if (sqlite3_prepare_v2 (self->db, "SELECT name FROM main.items WHERE id = ?1 UNION ALL SELECT name FROM other.items WHERE id = ?1",
                              -1, &stmt, NULL) != SQLITE_OK)
        return _sac_store_fail (self, error);
      sqlite3_bind_int64 (stmt, 1, touched->item);
      touched->name = sqlite3_step (stmt) == SQLITE_ROW ? _sac_dup_words (stmt, 0) : g_strdup ("?");
      sqlite3_finalize (stmt);
    }
  return TRUE;
}

static gboolean
compare_tables (SacProject *self, SacChanges *changes, GError **error)
{
  const struct { const char *table, *item; SacChange *change; } parts[] = {
    { "items", "r.id", &changes->clips }, { "labels", NULL, &changes->labels }, { "clip_labels", "r.item", &changes->tags },
    { "segments", "r.item", &changes->segments }, { "tracks", "r.item", &changes->tracks },
    { "boxes", "coalesce ((SELECT item FROM main.tracks WHERE id = r.track), (SELECT item FROM other.tracks WHERE id = r.track))",
      &changes->boxes },
    { "splits", "r.item", &changes->splits }, { "attributes", NULL, &changes->attributes },
    { "maps", "r.item", &changes->maps },
  };
  g_autoptr (GHashTable) by_item = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  const char *const *columns;
  const char *table;

  for (guint t = 0; (table = _sac_journal_table (t, &columns)); t++)
    for (guint p = 0; p < G_N_ELEMENTS (parts); p++)
      if (strcmp (table, parts[p].table) == 0
          && !compare_table (self, t, parts[p].item, parts[p].change, by_item, error))
        return FALSE;
  return list_touched (self, by_item, changes->touched, error);
}

SacChanges *
sac_version_compare (const char *project_path, SacId id, GCancellable *cancellable, GError **error)
{
  g_autoptr (SacProject) project = sac_project_open (project_path, SAC_PROJECT_READ_ONLY, error);
  g_autoptr (SacVersion) version = project ? find_version (project, NULL, id, error) : NULL;
  g_autoptr (SacChanges) changes = g_new0 (SacChanges, 1);
  g_autoptr (GError) failed = NULL;
  gboolean good;

  changes->touched = g_ptr_array_new_with_free_func (touched_free);
  if (!version || !open_beside (project, version, error))
    return NULL;
  if (cancellable)
    sqlite3_progress_handler (project->db, 10000, stop_when_cancelled, cancellable);
  good = _sac_run (project, &failed, "BEGIN", NULL) && compare_tables (project, changes, &failed);
  _sac_run (project, NULL, "COMMIT", NULL);
  sqlite3_progress_handler (project->db, 0, NULL, NULL);
  detach (project->db);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (!good)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&changes);
}
