/* Collections: queries kept under a name.  They are acts like any other: undone, redone, in the history. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-store-private.h"

#define MAX_NAME 200

void
sac_query_free (SacQuery *query)
{
  if (!query)
    return;
  g_free (query->name);
  g_free (query->text);
  g_free (query);
}

GPtrArray *
sac_project_list_queries (SacProject *self, GError **error)
{
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_query_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed, "SELECT id, name, query FROM queries ORDER BY position, id", NULL);
  while (_sac_step (self, stmt, &failed))
    {
      SacQuery *query = g_new0 (SacQuery, 1);

      query->id = sqlite3_column_int64 (stmt, 0);
      query->name = _sac_dup_column (stmt, 1);
      query->text = _sac_dup_column (stmt, 2);
      g_ptr_array_add (queries, query);
    }
  if (!failed)
    return g_steal_pointer (&queries);
  g_propagate_error (error, g_steal_pointer (&failed));
  return NULL;
}

static char *
clean_name (const char *name, GError **error)
{
  g_autofree char *clean = g_utf8_make_valid (name, -1);

  g_strdelimit (clean, "\n\r\t", ' ');
  g_strstrip (clean);
  if (clean[0] && strlen (clean) <= MAX_NAME)
    return g_steal_pointer (&clean);
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A collection needs a name of at most %d letters"), MAX_NAME);
  return NULL;
}

/* Whether another query than @own has the name; −1: failed. */
static int
is_taken (SacProject *self, const char *name, SacId own, GError **error)
{
  gint64 id = 0;
  int found = _sac_lookup (self, &id, error, "SELECT id FROM queries WHERE name = ? AND id <> ?", "si", name, own);

  if (found == 1)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("There is already a collection “%s”"), name);
  return found;
}

SacId
sac_project_save_query (SacProject *self, const char *name, const char *text, GError **error)
{
  g_autofree char *clean = NULL;
  gint64 id = 0;
  int found;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && name && text, 0);
  clean = clean_name (name, error);
  if (!clean || !sac_query_check (text, error) || !_sac_begin (self, error))
    return 0;
  found = _sac_lookup (self, &id, error, "SELECT id FROM queries WHERE name = ?", "s", clean);
  if (found == 1 ? !_sac_run (self, error, "UPDATE queries SET query = ?2 WHERE id = ?1 AND query <> ?2", "is", id, text)
                 : found < 0 || !_sac_run (self, error, "INSERT INTO queries (name, query, position)"
                                           " SELECT ?, ?, coalesce (max (position), -1) + 1 FROM queries", "ss", clean, text))
    {
      _sac_rollback (self);
      return 0;
    }
  if (found == 0)
    id = sqlite3_last_insert_rowid (self->db);
  return _sac_commit (self, g_strdup_printf (_("Keep collection “%s”"), clean), error) ? id : 0;
}

static char *
query_name (SacProject *self, SacId query, GError **error)
{
  sqlite3_stmt *stmt = _sac_query (self, error, "SELECT name FROM queries WHERE id = ?", "i", query);
  char *name = NULL;

  if (_sac_step (self, stmt, error))
    {
      name = _sac_dup_column (stmt, 0);
      sqlite3_reset (stmt);
    }
  else if (error && !*error)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such collection"));
  return name;
}

gboolean
sac_project_rename_query (SacProject *self, SacId query, const char *name, GError **error)
{
  g_autoptr (GError) failed = NULL;
  g_autofree char *clean = NULL, *old = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && name, FALSE);
  clean = clean_name (name, error);
  if (!clean)
    return FALSE;
  old = query_name (self, query, &failed);
  if (!old || !_sac_begin (self, &failed))
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  if (is_taken (self, clean, query, error) != 0
      || !_sac_run (self, error, "UPDATE queries SET name = ?2 WHERE id = ?1 AND name <> ?2", "is", query, clean))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Rename collection “%s” to “%s”"), old, clean), error);
}

gboolean
sac_project_remove_query (SacProject *self, SacId query, GError **error)
{
  g_autoptr (GError) failed = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  name = query_name (self, query, &failed);
  if (!name || !_sac_begin (self, &failed))
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  if (!_sac_run (self, error, "DELETE FROM queries WHERE id = ?", "i", query))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Remove collection “%s”"), name), error);
}
