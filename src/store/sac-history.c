/* Moving through the journal: undo, redo, and the list of acts. */
#include <glib/gi18n.h>

#include "sac-store-private.h"

static const char next_undo[] = "SELECT id, what FROM undo WHERE undone = 0 ORDER BY id DESC LIMIT 1";
static const char next_redo[] = "SELECT id, what FROM undo WHERE undone = 1 ORDER BY id LIMIT 1";

static gint64
next_entry (SacProject *self, gboolean undo, char **what, GError **error)
{
  sqlite3_stmt *stmt = _sac_query (self, error, undo ? next_undo : next_redo, NULL);
  gint64 entry = 0;

  if (_sac_step (self, stmt, error))
    {
      entry = sqlite3_column_int64 (stmt, 0);
      if (what)
        *what = _sac_dup_words (stmt, 1);
      sqlite3_reset (stmt);
    }
  return entry;
}

/* Inside an open command that does not record. */
static gboolean
move (SacProject *self, gint64 entry, gboolean undo, GError **error)
{
  return _sac_run (self, error, "PRAGMA defer_foreign_keys = ON", NULL) && _sac_journal_play (self, entry, undo, error)
         && _sac_run (self, error, "UPDATE undo SET undone = ? WHERE id = ?", "ni", (int) undo, entry);
}

static gboolean
step_history (SacProject *self, gboolean undo, char **what, GError **error)
{
  g_autofree char *words = NULL;
  g_autoptr (GError) failed = NULL;
  gint64 entry;

  if (what)
    *what = NULL;
  if (!_sac_begin (self, error))
    return FALSE;
  self->recording = FALSE;      /* the journal itself is moved, nothing is noted */
  entry = next_entry (self, undo, &words, &failed);
  if (entry == 0)
    {
      _sac_rollback (self);
      if (failed)
        g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  if (!move (self, entry, undo, &failed)
      || !_sac_commit (self, NULL, &failed))
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return _sac_rollback (self);
    }
  if (what)
    *what = g_steal_pointer (&words);
  return TRUE;
}

gboolean
sac_project_undo (SacProject *self, char **what, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  return step_history (self, TRUE, what, error);
}

gboolean
sac_project_redo (SacProject *self, char **what, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  return step_history (self, FALSE, what, error);
}

static gboolean
can_step (SacProject *self, gboolean undo, char **what)
{
  g_autoptr (GError) ignored = NULL;

  if (what)
    *what = NULL;
  return !self->read_only && next_entry (self, undo, what, &ignored) != 0;
}

gboolean
sac_project_can_undo (SacProject *self, char **what)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  return can_step (self, TRUE, what);
}

gboolean
sac_project_can_redo (SacProject *self, char **what)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  return can_step (self, FALSE, what);
}

guint
sac_project_count_undo (SacProject *self, gboolean redo, guint most)
{
  g_autoptr (GError) ignored = NULL;
  gint64 entry, n = 0;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  entry = next_entry (self, !redo, NULL, &ignored);
  stmt = entry ? _sac_query (self, &ignored, "SELECT n FROM undo_rows WHERE entry = ? LIMIT ?", "ii", entry, (gint64) most) : NULL;
  while (stmt && _sac_step (self, stmt, &ignored))
    n += MAX (sqlite3_column_int64 (stmt, 0), 1);
  return (guint) MIN (n, (gint64) most);
}

/* ---- the list. */
void
sac_act_free (SacAct *act)
{
  if (!act)
    return;
  g_free (act->what);
  g_free (act);
}

GPtrArray *
sac_project_list_history (SacProject *self, guint most, GError **error)
{
  g_autoptr (GPtrArray) acts = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_act_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed, "SELECT id, what, time_us, undone FROM undo ORDER BY id DESC LIMIT ?", "i", (gint64) most);
  while (_sac_step (self, stmt, &failed))
    {
      SacAct *act = g_new0 (SacAct, 1);

      *act = (SacAct) { sqlite3_column_int64 (stmt, 0), _sac_dup_words (stmt, 1), sqlite3_column_int64 (stmt, 2),
                        sqlite3_column_int (stmt, 3) != 0 };
      g_ptr_array_add (acts, act);
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&acts);
}

gboolean
sac_project_go_to (SacProject *self, SacId act, GError **error)
{
  g_autoptr (GError) failed = NULL;
  gint64 there = 0;
  int found = 1;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (act)
    found = _sac_lookup (self, &there, error, "SELECT id FROM undo WHERE id = ?", "i", act);
  if (found == 0)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("This act is no longer in the history"));
  if (found != 1 || !_sac_begin (self, error))
    return FALSE;
  self->recording = FALSE;
  for (gboolean undo = TRUE; found == 1 && !failed;)
    {
      gint64 entry = next_entry (self, undo, NULL, &failed);

      if (failed || entry == 0 || (undo ? entry <= act : entry > act))
        {
          if (!undo)
            break;
          undo = FALSE;
          continue;
        }
      move (self, entry, undo, &failed);
    }
  if (!failed)
    return _sac_commit (self, NULL, error);
  g_propagate_error (error, g_steal_pointer (&failed));
  return _sac_rollback (self);
}
