/* Undo for every command: temporary triggers (they live in the connection, never in the file) tell the recorder each row
 * that a command changes; the commit writes them into undo_rows, bit for bit.
 * A record keeps "the other side" of its row: for a row that is there, nothing; for one that is not, its image; for a
 * changed one, the other image.  Undo takes out, puts in or swaps, last record first; redo the same, first record first. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-store-private.h"

#define MAX_COLUMNS 16
#define MAX_TOUCHED 20000
#define MAX_RUN 256                             /* inserted rows that share one record */

/* Tables that commands change, with their columns in the order of the file: new ones come last, so that older images still
 * fit the first columns.  The place in this list is what the file stores: it grows at the end only. */
static const struct {
  const char *name, *columns[MAX_COLUMNS + 1];
} tables[] = {
  { "media", { "id", "hash", "path", "n_frames", "width", "height", "fps", "duration_ns", "problem", "warning",
             "flags", "recorded_us" } },
  { "items", { "id", "media", "kind", "name", "grp", "in_ns", "out_ns", "reviewed", "synthetic" } },
  { "labels", { "id", "name", "position", "colour", "key", "parent" } },
  { "clip_labels", { "id", "item", "label", "layer", "state" } },
  { "tracks", { "id", "layer", "item", "label" } },
  { "boxes", { "id", "track", "frame", "x", "y", "width", "height", "flags" } },
  { "segments", { "id", "layer", "item", "label", "in_ns", "out_ns" } },
  { "splits", { "item", "side" } },
  { "attributes", { "id", "kind", "owner", "frame", "name", "value" } },
  { "queries", { "id", "name", "query", "position" } },
  { "maps", { "id", "item", "t", "h", "w", "spatial", "temporal", "run", "user", "time_us" } },
  { "runs", { "id", "name", "folder", "recipe", "started_us", "note", "tags", "archived", "deleted" } },
};

const char *
_sac_journal_table (guint table, const char *const **columns)
{
  if (table >= G_N_ELEMENTS (tables))
    return NULL;
  *columns = (const char *const *) tables[table].columns;
  return tables[table].name;
}

int
_sac_journal_find (const char *table)
{
  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    if (strcmp (tables[t].name, table) == 0)
      return (int) t;
  return -1;
}

void
_sac_journal_clear_record (SacRecord *record)
{
  g_clear_pointer (&record->image, g_bytes_unref);
}

/* ---- images: number of columns, then per column its type and 8 bytes or a length and bytes. */
static void
pack_value (GByteArray *out, sqlite3_value *value)
{
  guint8 type = sqlite3_value_type (value);

  g_byte_array_append (out, &type, 1);
  if (type == SQLITE_INTEGER)
    {
      gint64 number = sqlite3_value_int64 (value);

      g_byte_array_append (out, (const guint8 *) &number, 8);
    }
  else if (type == SQLITE_FLOAT)
    {
      double number = sqlite3_value_double (value);

      g_byte_array_append (out, (const guint8 *) &number, 8);
    }
  else if (type != SQLITE_NULL)
    {
      const guint8 *bytes = type == SQLITE_TEXT ? sqlite3_value_text (value) : sqlite3_value_blob (value);
      guint32 n = sqlite3_value_bytes (value);

      g_byte_array_append (out, (const guint8 *) &n, 4);
      if (n)
        g_byte_array_append (out, bytes, n);
    }
}

typedef struct {
  const guint8 *at, *end;
} Reader;

static gboolean
take (Reader *reader, gpointer out, gsize n)
{
  if ((gsize) (reader->end - reader->at) < n)
    return FALSE;
  memcpy (out, reader->at, n);
  reader->at += n;
  return TRUE;
}

/* Binds one value as parameter @index; the image outlives the statement's run. */
static gboolean
bind_value (Reader *reader, sqlite3_stmt *stmt, int index)
{
  guint8 type;
  gint64 integer;
  double real;
  guint32 n;

  if (!take (reader, &type, 1))
    return FALSE;
  switch (type)
    {
    case SQLITE_NULL:
      return sqlite3_bind_null (stmt, index) == SQLITE_OK;
    case SQLITE_INTEGER:
      return take (reader, &integer, 8) && sqlite3_bind_int64 (stmt, index, integer) == SQLITE_OK;
    case SQLITE_FLOAT:
      return take (reader, &real, 8) && sqlite3_bind_double (stmt, index, real) == SQLITE_OK;
    case SQLITE_TEXT:
    case SQLITE_BLOB:
      if (!take (reader, &n, 4) || (gsize) (reader->end - reader->at) < n || n > SAC_STORE_MAX_BYTES)
        return FALSE;
      reader->at += n;
      if (type == SQLITE_TEXT)
        return sqlite3_bind_text (stmt, index, (const char *) reader->at - n, n, SQLITE_STATIC) == SQLITE_OK;
      return sqlite3_bind_blob (stmt, index, reader->at - n, n, SQLITE_STATIC) == SQLITE_OK;
    default:
      return FALSE;
    }
}

/* ---- recording. */

/* Which item a change of a row is about: a column of it, or the row itself; NULL where it may be about many. */
static const char *
item_column (guint table)
{
  static const struct { const char *name, *column; } known[] = {
    { "items", "id" }, { "splits", "item" }, { "clip_labels", "item" }, { "tracks", "item" }, { "segments", "item" },
    { "maps", "item" },
  };

  for (guint k = 0; k < G_N_ELEMENTS (known); k++)
    if (strcmp (tables[table].name, known[k].name) == 0)
      return known[k].column;
  return NULL;
}

void
_sac_journal_forget_touched (SacProject *self)
{
  g_array_set_size (self->touched, 0);
  self->touched_more = FALSE;
  self->runs_touched = FALSE;
}

/* sac_touch (table, kind, item): called by the triggers, also while the journal is played back. */
static void
touch_func (sqlite3_context *context, int n_args, sqlite3_value **args)
{
  SacProject *self = sqlite3_user_data (context);
  const char *name = tables[sqlite3_value_int (args[0]) % G_N_ELEMENTS (tables)].name;
  SacId item = sqlite3_value_int64 (args[2]);

  sqlite3_result_null (context);
  self->runs_touched |= strcmp (name, "runs") == 0;
  if (item == 0)
    self->touched_more |= strcmp (name, "media") == 0;  /* the other tables say nothing of an item's row */
  else if (strcmp (name, "items") == 0 && sqlite3_value_int (args[1]) != SAC_RECORD_UPDATE)
    self->touched_more = TRUE;
  else if (self->touched->len >= MAX_TOUCHED)
    self->touched_more = TRUE;
  else if (self->touched->len == 0 || g_array_index (self->touched, SacId, self->touched->len - 1) != item)
    g_array_append_val (self->touched, item);
}

const SacId *
sac_project_get_touched (SacProject *self, guint *n)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self) && n, NULL);
  *n = self->touched->len;
  return self->touched_more ? NULL : (const SacId *) (void *) self->touched->data;
}

gboolean
sac_project_touched_runs (SacProject *self)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  return self->runs_touched;
}

void
sac_project_expect (SacProject *self, guint n_rows)
{
  g_return_if_fail (SAC_IS_PROJECT (self));
  g_atomic_int_set (&self->n_steps, 0);
  g_atomic_int_set (&self->n_expected, (int) MIN (n_rows, G_MAXINT / 2));
  g_atomic_int_set (&self->stop, 0);
}

/* A row is noted once and written once. */
double
sac_project_get_progress (SacProject *self)
{
  int n = g_atomic_int_get (&self->n_expected);

  return n > 0 ? MIN (0.5 * g_atomic_int_get (&self->n_steps) / n, 1) : 0;
}

void
sac_project_stop (SacProject *self)
{
  g_atomic_int_set (&self->stop, 1);
}

static gboolean
goes_on (SacProject *self)
{
  g_atomic_int_inc (&self->n_steps);
  return !g_atomic_int_get (&self->stop);
}

static gboolean
stopped (SacProject *self, GError **error)
{
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED, _("Stopped; the project is as it was"));
  return FALSE;
}

/* sac_record (table, kind, row, old values…): called by the triggers. */
static void
record_func (sqlite3_context *context, int n_args, sqlite3_value **args)
{
  SacProject *self = sqlite3_user_data (context);
  SacRecord record = { .table = sqlite3_value_int (args[0]), .kind = sqlite3_value_int (args[1]),
                       .row = sqlite3_value_int64 (args[2]), .n = 1 };

  sqlite3_result_null (context);
  if (!self->recording)
    return;
  if (!goes_on (self))
    {
      sqlite3_result_error_code (context, SQLITE_INTERRUPT);
      return;
    }
  if (record.kind == SAC_RECORD_INSERT && self->records->len > 0)
    {
      SacRecord *last = &g_array_index (self->records, SacRecord, self->records->len - 1);

      if (last->kind == SAC_RECORD_INSERT && last->table == record.table && last->row + last->n == record.row && last->n < MAX_RUN)
        {
          last->n++;
          return;
        }
    }
  if (record.kind != SAC_RECORD_INSERT)
    {
      GByteArray *image = g_byte_array_new ();
      guint8 n_columns = n_args - 3;

      g_byte_array_append (image, &n_columns, 1);
      for (int i = 3; i < n_args; i++)
        pack_value (image, args[i]);
      record.image = g_byte_array_free_to_bytes (image);
    }
  g_array_append_val (self->records, record);
}

gboolean
_sac_journal_attach (SacProject *self, GError **error)
{
  if (sqlite3_create_function_v2 (self->db, "sac_record", -1, SQLITE_UTF8 | SQLITE_INNOCUOUS, self, record_func,
                                  NULL, NULL, NULL) != SQLITE_OK
      || sqlite3_create_function_v2 (self->db, "sac_touch", 3, SQLITE_UTF8 | SQLITE_INNOCUOUS, self, touch_func,
                                     NULL, NULL, NULL) != SQLITE_OK)
    return _sac_store_fail (self, error);
  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    {
      const char *name = tables[t].name, *id = tables[t].columns[0];
      g_autoptr (GString) old = g_string_new (NULL);
      g_autofree char *script = NULL;
      const char *item = item_column (t);
      g_autofree char *new_item = item ? g_strconcat ("new.", item, NULL) : g_strdup ("0");
      g_autofree char *old_item = item ? g_strconcat ("old.", item, NULL) : g_strdup ("0");

      for (guint c = 0; tables[t].columns[c]; c++)
        g_string_append_printf (old, ", old.%s", tables[t].columns[c]);
      script = g_strdup_printf (
        "CREATE TEMP TRIGGER note_insert_%s AFTER INSERT ON main.%s"
        " BEGIN SELECT sac_record (%u, 1, new.%s), sac_touch (%u, 1, %s); END;"
        "CREATE TEMP TRIGGER note_update_%s AFTER UPDATE ON main.%s"
        " BEGIN SELECT sac_record (%u, 2, old.%s%s), sac_touch (%u, 2, %s); END;"
        "CREATE TEMP TRIGGER note_delete_%s AFTER DELETE ON main.%s"
        " BEGIN SELECT sac_record (%u, 3, old.%s%s), sac_touch (%u, 3, %s); END;",
        name, name, t, id, t, new_item, name, name, t, id, old->str, t, old_item, name, name, t, id, old->str, t, old_item);
      if (sqlite3_exec (self->db, script, NULL, NULL, NULL) != SQLITE_OK)
        return _sac_store_fail (self, error);
    }
  return TRUE;
}

gboolean
_sac_journal_detach (SacProject *self, GError **error)
{
  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    {
      g_autofree char *script = g_strdup_printf ("DROP TRIGGER temp.note_insert_%s; DROP TRIGGER temp.note_update_%s;"
                                                 "DROP TRIGGER temp.note_delete_%s;", tables[t].name, tables[t].name, tables[t].name);

      if (sqlite3_exec (self->db, script, NULL, NULL, NULL) != SQLITE_OK)
        return _sac_store_fail (self, error);
    }
  return TRUE;
}

gboolean
_sac_journal_write (SacProject *self, const char *what, GError **error)
{
  gint64 entry = 0;

  /* A new act after an undo: what was undone cannot come back. */
  if (!_sac_run (self, error, "DELETE FROM undo_rows WHERE entry IN (SELECT id FROM undo WHERE undone = 1)", NULL)
      || !_sac_run (self, error, "DELETE FROM undo WHERE undone = 1", NULL)
      || !_sac_run (self, error, "INSERT INTO undo (what, time_us) VALUES (?, ?)", "si", what, (gint64) g_get_real_time ()))
    return FALSE;
  entry = sqlite3_last_insert_rowid (self->db);
  for (guint i = 0; i < self->records->len; i++)
    {
      const SacRecord *record = &g_array_index (self->records, SacRecord, i);
      sqlite3_stmt *stmt;

      if (!goes_on (self))
        return stopped (self, error);
      stmt = _sac_query (self, error, "INSERT INTO undo_rows (entry, seq, tbl, kind, row, n, image) VALUES (?, ?, ?, ?, ?, ?, ?)",
                         "innnin", entry, (int) i, (int) record->table, (int) record->kind, record->row, (int) record->n);
      if (!stmt)
        return FALSE;
      if (record->image)
        sqlite3_bind_blob (stmt, 7, g_bytes_get_data (record->image, NULL), g_bytes_get_size (record->image), SQLITE_STATIC);
      else
        sqlite3_bind_null (stmt, 7);
      if (sqlite3_step (stmt) != SQLITE_DONE)
        {
          _sac_store_fail (self, error);
          sqlite3_reset (stmt);
          return FALSE;
        }
      sqlite3_reset (stmt);
      sqlite3_bind_null (stmt, 7);
    }
  return _sac_run (self, error, "DELETE FROM undo_rows WHERE entry <= ?", "i", entry - SAC_STORE_MAX_UNDO)
         && _sac_run (self, error, "DELETE FROM undo WHERE id <= ?", "i", entry - SAC_STORE_MAX_UNDO);
}

/* ---- playing an entry back. */
static gboolean
misfit (SacProject *self, GError **error)
{
  if (error && *error)
    return FALSE;
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CORRUPT, _("The undo journal of “%s” does not fit the project"), self->path);
  return FALSE;
}

/* Appends the images of rows row…row+n−1; FALSE when one of them is not there. */
static gboolean
read_rows (SacProject *self, guint table, gint64 row, guint n, GByteArray *out, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM %s WHERE %s = ?", tables[table].name, tables[table].columns[0]);

  for (guint i = 0; i < n; i++)
    {
      sqlite3_stmt *stmt = _sac_query (self, error, sql, "i", row + i);
      guint8 n_columns;

      if (!_sac_step (self, stmt, error))
        return misfit (self, error);
      n_columns = sqlite3_column_count (stmt);
      g_byte_array_append (out, &n_columns, 1);
      for (int c = 0; c < n_columns; c++)
        pack_value (out, sqlite3_column_value (stmt, c));
      sqlite3_reset (stmt);
    }
  return TRUE;
}

static gboolean
delete_rows (SacProject *self, guint table, gint64 row, guint n, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("DELETE FROM %s WHERE %s BETWEEN ? AND ?", tables[table].name, tables[table].columns[0]);

  return _sac_run (self, error, sql, "ii", row, row + n - 1);
}

/* Writes one image: as a new row, or over row @row. */
static gboolean
write_row (SacProject *self, guint table, Reader *reader, gboolean insert, gint64 row, GError **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  sqlite3_stmt *stmt;
  guint8 n_columns;
  int code;

  if (!take (reader, &n_columns, 1) || n_columns < 2 || n_columns > MAX_COLUMNS || !tables[table].columns[n_columns - 1])
    return misfit (self, error);
  if (insert)
    {
      g_string_printf (sql, "INSERT INTO %s (", tables[table].name);
      for (guint c = 0; c < n_columns; c++)
        g_string_append_printf (sql, "%s%s", c ? ", " : "", tables[table].columns[c]);
      g_string_append (sql, ") VALUES (?");
      for (guint c = 1; c < n_columns; c++)
        g_string_append (sql, ", ?");
      g_string_append_c (sql, ')');
    }
  else
    {
      g_string_printf (sql, "UPDATE %s SET ", tables[table].name);
      for (guint c = 0; c < n_columns; c++)
        g_string_append_printf (sql, "%s%s = ?%u", c ? ", " : "", tables[table].columns[c], c + 1);
      g_string_append_printf (sql, " WHERE %s = ?%u", tables[table].columns[0], n_columns + 1u);
    }
  stmt = _sac_query (self, error, sql->str, NULL);
  if (!stmt)
    return FALSE;
  for (guint c = 0; c < n_columns; c++)
    if (!bind_value (reader, stmt, c + 1))
      return misfit (self, error);
  if (!insert)
    sqlite3_bind_int64 (stmt, n_columns + 1, row);
  code = sqlite3_step (stmt);
  if (code != SQLITE_DONE)
    _sac_store_fail (self, NULL);
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
  if (code != SQLITE_DONE || (!insert && sqlite3_changes (self->db) != 1))
    return misfit (self, error);
  return TRUE;
}

static gboolean
play_record (SacProject *self, SacRecord *record, gboolean undo, GError **error)
{
  gboolean swap = record->kind == SAC_RECORD_UPDATE, put_in = (record->kind == SAC_RECORD_INSERT) != undo;
  g_autoptr (GByteArray) now = g_byte_array_new ();

  if (record->table >= G_N_ELEMENTS (tables) || record->kind < SAC_RECORD_INSERT || record->kind > SAC_RECORD_DELETE
      || record->n < 1 || record->n > MAX_RUN || record->row > G_MAXINT64 - MAX_RUN)
    return misfit (self, error);
  if (swap || !put_in)
    if (!read_rows (self, record->table, record->row, record->n, now, error))
      return FALSE;
  if (!swap && !put_in && !delete_rows (self, record->table, record->row, record->n, error))
    return FALSE;
  if (swap || put_in)
    {
      gsize size = 0;
      const guint8 *data = record->image ? g_bytes_get_data (record->image, &size) : NULL;
      Reader reader = { data, data + size };

      for (guint i = 0; i < record->n; i++)
        if (!write_row (self, record->table, &reader, !swap, record->row, error))
          return FALSE;
    }
  _sac_journal_clear_record (record);
  record->image = now->len ? g_byte_array_free_to_bytes (g_steal_pointer (&now)) : NULL;
  return TRUE;
}

gboolean
_sac_journal_play (SacProject *self, gint64 entry, gboolean undo, GError **error)
{
  g_autoptr (GArray) records = g_array_new (FALSE, TRUE, sizeof (SacRecord));
  sqlite3_stmt *stmt = _sac_query (self, error,
                                   "SELECT tbl, kind, row, n, image FROM undo_rows WHERE entry = ? ORDER BY seq", "i", entry);
  gboolean good = stmt != NULL;

  g_array_set_clear_func (records, (GDestroyNotify) _sac_journal_clear_record);
  while (_sac_step (self, stmt, error))
    {
      SacRecord record = { .table = _sac_column_int (stmt, 0), .kind = _sac_column_int (stmt, 1),
                           .row = sqlite3_column_int64 (stmt, 2), .n = _sac_column_int (stmt, 3) };

      if (sqlite3_column_type (stmt, 4) != SQLITE_NULL)
        record.image = g_bytes_new (sqlite3_column_blob (stmt, 4), sqlite3_column_bytes (stmt, 4));
      g_array_append_val (records, record);
    }
  if (error && *error)
    return FALSE;
  g_atomic_int_set (&self->n_expected, (int) MIN (records->len, G_MAXINT / 2));
  for (guint i = 0; good && i < records->len; i++)
    {
      guint seq = undo ? records->len - 1 - i : i;
      SacRecord *record = &g_array_index (records, SacRecord, seq);

      if (!goes_on (self) || !goes_on (self))
        return stopped (self, error);
      good = play_record (self, record, undo, error);
      if (!good)
        break;
      stmt = _sac_query (self, error, "UPDATE undo_rows SET image = ?3 WHERE entry = ?1 AND seq = ?2", "in", entry, (int) seq);
      good = stmt != NULL;
      if (!good)
        break;
      if (record->image)
        sqlite3_bind_blob (stmt, 3, g_bytes_get_data (record->image, NULL), g_bytes_get_size (record->image), SQLITE_STATIC);
      else
        sqlite3_bind_null (stmt, 3);
      good = sqlite3_step (stmt) == SQLITE_DONE || _sac_store_fail (self, error);
      sqlite3_reset (stmt);
      sqlite3_bind_null (stmt, 3);
    }
  return good;
}
