/* Statements kept by their text, SQLite's answers in our words, and commands: one transaction, one undo entry. */
#include <glib/gi18n.h>
#include <stdarg.h>

#include "sac-store-private.h"

gboolean
_sac_store_fail (SacProject *self, GError **error)
{
  int code = sqlite3_extended_errcode (self->db);
  const char *said = sqlite3_errmsg (self->db);

  switch (code & 0xff)
    {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_BUSY, _("“%s” is being written by another program"), self->path);
      break;
    case SQLITE_INTERRUPT:
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED, _("Stopped; the project is as it was"));
      break;
    case SQLITE_READONLY:
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_READ_ONLY, _("“%s” can only be read"), self->path);
      break;
    case SQLITE_NOTADB:
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN, _("“%s” is not a Saccade project"), self->path);
      break;
    case SQLITE_CORRUPT:
    case SQLITE_MISMATCH:
    case SQLITE_SCHEMA:
    case SQLITE_TOOBIG:
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CORRUPT, _("The project file “%s” is damaged (%s)"), self->path, said);
      break;
    case SQLITE_FULL:
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN, _("“%s” cannot be written: the disk is full"), self->path);
      break;
    case SQLITE_CONSTRAINT:
      if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
        g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such clip, label or layer"));
      else if (code == SQLITE_CONSTRAINT_UNIQUE)
        g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("That name is taken"));
      else
        g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("The project cannot hold this value (%s)"), said);
      break;
    default:
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN, _("“%s” cannot be used: %s"), self->path, said);
      break;
    }
  return FALSE;
}

static sqlite3_stmt *
query_va (SacProject *self, GError **error, const char *sql, const char *types, va_list args)
{
  sqlite3_stmt *stmt = g_hash_table_lookup (self->statements, sql);

  if (!stmt)
    {
      if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        {
          _sac_store_fail (self, error);
          return NULL;
        }
      g_hash_table_insert (self->statements, g_strdup (sql), stmt);
    }
  g_assert (!sqlite3_stmt_busy (stmt));
  for (int i = 0; types && types[i]; i++)
    switch (types[i])
      {
      case 'i':
        sqlite3_bind_int64 (stmt, i + 1, va_arg (args, gint64));
        break;
      case 'n':
        sqlite3_bind_int64 (stmt, i + 1, va_arg (args, int));
        break;
      case 'd':
        sqlite3_bind_double (stmt, i + 1, va_arg (args, double));
        break;
      case 's':
        sqlite3_bind_text (stmt, i + 1, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
        break;
      default:
        g_assert_not_reached ();
      }
  return stmt;
}

sqlite3_stmt *
_sac_query (SacProject *self, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *stmt;
  va_list args;

  va_start (args, types);
  stmt = query_va (self, error, sql, types, args);
  va_end (args);
  return stmt;
}

gboolean
_sac_step (SacProject *self, sqlite3_stmt *stmt, GError **error)
{
  int code;

  if (!stmt)
    return FALSE;
  code = sqlite3_step (stmt);
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    _sac_store_fail (self, error);
  sqlite3_reset (stmt);
  return FALSE;
}

gboolean
_sac_run (SacProject *self, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *stmt;
  gboolean done = FALSE;
  va_list args;

  va_start (args, types);
  stmt = query_va (self, error, sql, types, args);
  va_end (args);
  if (!stmt)
    return FALSE;
  for (;;)
    {
      int code = sqlite3_step (stmt);

      if (code == SQLITE_ROW)
        continue;
      done = code == SQLITE_DONE;
      if (!done)
        _sac_store_fail (self, error);
      sqlite3_reset (stmt);
      return done;
    }
}

int
_sac_lookup (SacProject *self, gint64 *out, GError **error, const char *sql, const char *types, ...)
{
  sqlite3_stmt *stmt;
  int code, found = -1;
  va_list args;

  va_start (args, types);
  stmt = query_va (self, error, sql, types, args);
  va_end (args);
  if (!stmt)
    return -1;
  code = sqlite3_step (stmt);
  if (code == SQLITE_ROW)
    {
      *out = sqlite3_column_int64 (stmt, 0);
      found = 1;
    }
  else if (code == SQLITE_DONE)
    found = 0;
  else
    _sac_store_fail (self, error);
  sqlite3_reset (stmt);
  return found;
}

char *
_sac_dup_column (sqlite3_stmt *stmt, int column)
{
  const char *text = (const char *) sqlite3_column_text (stmt, column);

  return text ? g_utf8_make_valid (text, -1) : NULL;
}

char *
_sac_dup_words (sqlite3_stmt *stmt, int column)
{
  char *text = _sac_dup_column (stmt, column);

  return text ? text : g_strdup ("");
}

int
_sac_column_int (sqlite3_stmt *stmt, int column)
{
  return (int) CLAMP (sqlite3_column_int64 (stmt, column), 0, G_MAXINT);
}

gboolean
_sac_begin (SacProject *self, GError **error)
{
  g_return_val_if_fail (!self->recording, FALSE);
  if (self->read_only)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_READ_ONLY,
                   _("“%s” is open for reading only; nothing was changed"), self->path);
      return FALSE;
    }
  if (!_sac_run (self, error, "BEGIN IMMEDIATE", NULL))
    return FALSE;
  g_array_set_size (self->records, 0);
  _sac_journal_forget_touched (self);
  self->recording = TRUE;
  return TRUE;
}

gboolean
_sac_rollback (SacProject *self)
{
  self->recording = FALSE;
  g_array_set_size (self->records, 0);
  if (!sqlite3_get_autocommit (self->db))
    _sac_run (self, NULL, "ROLLBACK", NULL);
  return FALSE;
}

void
_sac_emit_changed (SacProject *self)
{
  g_signal_emit_by_name (self, "changed", self->revision);
}

gboolean
_sac_commit (SacProject *self, char *what, GError **error)
{
  g_autofree char *words = what;
  guint n_changes = self->records->len;

  self->recording = FALSE;
  if (n_changes == 0 && what)
    {
      _sac_rollback (self);
      return TRUE;
    }
  if ((what && !_sac_journal_write (self, what, error))
      || !_sac_run (self, error, "UPDATE meta SET value = value + 1 WHERE key = 'revision'", NULL)
      || !_sac_run (self, error, "COMMIT", NULL))
    return _sac_rollback (self);
  g_array_set_size (self->records, 0);
  if (self->syncer)
    _sac_syncer_ask (self->syncer);
  self->revision++;
  if (self->runs_touched && !_sac_settle_runs (self, NULL))
    sac_debug (MEDIA, "a folder of a run could not be moved\n");
  _sac_emit_changed (self);
  return TRUE;
}
