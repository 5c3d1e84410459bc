/* Runs of the project: what they are called, tags, notes, archive and trash.  That a run exists is a record; what a person says of it
 * is an act, undone like any other.  A deleted run keeps its row, and its folder waits in runs-trash/ beside runs/: after each change
 * of the table folders are moved to where the rows say they are, so undo and redo need to know nothing of them. */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "sac-store-private.h"

#define MAX_NAME 200
#define MAX_NOTE 20000
#define MAX_TAGS 32

void
sac_run_row_free (SacRunRow *row)
{
  if (!row)
    return;
  g_free (row->name);
  g_free (row->folder);
  g_free (row->recipe);
  g_free (row->note);
  g_strfreev (row->tags);
  g_free (row);
}

SacId
sac_project_add_run (SacProject *self, const char *name, const char *folder, const char *recipe, GError **error)
{
  g_autofree char *full = NULL, *stored = NULL, *shown = NULL;
  gint64 id = 0, deleted = 0;
  int found;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  g_return_val_if_fail (name != NULL && folder != NULL, 0);
  full = g_canonicalize_filename (folder, NULL);
  stored = _sac_relative_path (self->dir, full);
  shown = g_utf8_make_valid (name, -1);
  found = _sac_lookup (self, &id, error, "SELECT id FROM runs WHERE folder = ?", "s", stored);
  if (found == 1)
    found = _sac_lookup (self, &deleted, error, "SELECT deleted FROM runs WHERE id = ?", "i", id);
  if (found < 0 || (found == 1 && !deleted))
    return found == 1 ? id : 0;         /* a resumed run is the same run */
  if (!_sac_begin (self, error))
    return 0;
  if (found == 1 ? !_sac_run (self, error, "UPDATE runs SET deleted = 0 WHERE id = ?", "i", id)
                 : !_sac_run (self, error, "INSERT INTO runs (name, folder, recipe, started_us) VALUES (?, ?, ?, ?)", "sssi", shown,
                              stored, recipe, (gint64) g_get_real_time ()))
    {
      _sac_rollback (self);
      return 0;
    }
  if (found == 0)
    id = sqlite3_last_insert_rowid (self->db);
  return _sac_commit (self, NULL, error) ? id : 0;
}

static SacRunRow *
take_row (SacProject *self, sqlite3_stmt *stmt)
{
  SacRunRow *row = g_new0 (SacRunRow, 1);
  g_autofree char *tags = _sac_dup_words (stmt, 6);

  row->id = sqlite3_column_int64 (stmt, 0);
  row->name = _sac_dup_words (stmt, 1);
  row->folder = _sac_media_path (self, (const char *) sqlite3_column_text (stmt, 2));
  row->recipe = _sac_dup_column (stmt, 3);
  row->started_us = sqlite3_column_int64 (stmt, 4);
  row->note = _sac_dup_column (stmt, 5);
  row->tags = g_strsplit (tags, "\n", MAX_TAGS);
  row->archived = sqlite3_column_int (stmt, 7) != 0;
  row->deleted = sqlite3_column_int (stmt, 8) != 0;
  return row;
}

static GPtrArray *
list_rows (SacProject *self, gboolean deleted, GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_run_row_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (self, &failed, "SELECT id, name, folder, recipe, started_us, note, tags, archived, deleted"
                                   " FROM runs WHERE (deleted <> 0) = ? ORDER BY started_us DESC, id DESC", "n", (int) deleted);

  while (_sac_step (self, stmt, &failed))
    g_ptr_array_add (runs, take_row (self, stmt));
  if (!failed)
    return g_steal_pointer (&runs);
  g_propagate_error (error, g_steal_pointer (&failed));
  return NULL;
}

GPtrArray *
sac_project_list_runs (SacProject *self, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  return list_rows (self, FALSE, error);
}

GPtrArray *
sac_project_list_deleted_runs (SacProject *self, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  return list_rows (self, TRUE, error);
}

/* ---- acts. */
static char *
clean_text (const char *text, gsize most, gboolean lines, GError **error)
{
  g_autofree char *clean = g_utf8_make_valid (text, -1);

  if (!lines)
    g_strdelimit (clean, "\n\r\t", ' ');
  g_strstrip (clean);
  if (strlen (clean) <= most)
    return g_steal_pointer (&clean);
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("Too long: at most %d letters fit"), (int) most);
  return NULL;
}

static gboolean
refuse_empty (GError **error)
{
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A name has at least one letter"));
  return FALSE;
}

/* One command: @sql with ?1 = the run and ?2 = @text or @number, for each run.  Eats @what. */
static gboolean
act_on_runs (SacProject *self, const SacId *runs, guint n, const char *sql, const char *text, int number, char *what, GError **error)
{
  g_autofree char *words = what;

  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!(text ? _sac_run (self, error, sql, "is", runs[i], text) : _sac_run (self, error, sql, "in", runs[i], number)))
      return _sac_rollback (self);
  return _sac_commit (self, g_steal_pointer (&words), error);
}

gboolean
sac_project_rename_run (SacProject *self, SacId run, const char *name, GError **error)
{
  g_autofree char *clean = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && name, FALSE);
  clean = clean_text (name, MAX_NAME, FALSE, error);
  if (!clean)
    return FALSE;
  if (!clean[0])
    return refuse_empty (error);
  return act_on_runs (self, &run, 1, "UPDATE runs SET name = ?2 WHERE id = ?1 AND name <> ?2", clean, 0,
                      g_strdup_printf (_("Rename a run to “%s”"), clean), error);
}

gboolean
sac_project_note_runs (SacProject *self, const SacId *runs, guint n, const char *note, GError **error)
{
  g_autofree char *clean = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && note, FALSE);
  clean = clean_text (note, MAX_NOTE, TRUE, error);
  return clean && act_on_runs (self, runs, n, "UPDATE runs SET note = ?2 WHERE id = ?1 AND coalesce (note, '') <> ?2", clean, 0,
                               g_strdup (_("Write a note on runs")), error);
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* @tags with or without @tag, in order; NULL: it is as it was, or full. */
static char *
with_tag (const char *tags, const char *tag, gboolean on)
{
  g_auto (GStrv) there = g_strsplit (tags, "\n", MAX_TAGS);
  g_autoptr (GPtrArray) out = g_ptr_array_new ();

  if (g_strv_contains ((const char *const *) there, tag) == on || (on && g_strv_length (there) >= MAX_TAGS))
    return NULL;
  for (guint i = 0; there[i]; i++)
    if (strcmp (there[i], tag) != 0)
      g_ptr_array_add (out, there[i]);
  if (on)
    g_ptr_array_add (out, (char *) tag);
  g_ptr_array_sort (out, by_text);
  g_ptr_array_add (out, NULL);
  return g_strjoinv ("\n", (char **) out->pdata);
}

static gboolean
change_tag (SacProject *self, SacId run, const char *tag, gboolean on, GError **error)
{
  g_autoptr (GError) failed = NULL;
  g_autofree char *tags = NULL, *changed = NULL;
  sqlite3_stmt *stmt = _sac_query (self, &failed, "SELECT tags FROM runs WHERE id = ?", "i", run);

  if (_sac_step (self, stmt, &failed))
    {
      tags = _sac_dup_words (stmt, 0);
      sqlite3_reset (stmt);
      changed = with_tag (tags, tag, on);
    }
  if (failed)
    g_propagate_error (error, g_steal_pointer (&failed));
  else
    return !changed || _sac_run (self, error, "UPDATE runs SET tags = ?2 WHERE id = ?1", "is", run, changed);
  return FALSE;
}

gboolean
sac_project_tag_runs (SacProject *self, const SacId *runs, guint n, const char *tag, gboolean on, GError **error)
{
  g_autofree char *clean = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && tag, FALSE);
  clean = clean_text (tag, MAX_NAME, FALSE, error);
  if (!clean)
    return FALSE;
  if (!clean[0])
    return refuse_empty (error);
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!change_tag (self, runs[i], clean, on, error))
      return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (on ? _("Tag runs “%s”") : _("Take the tag “%s” from runs"), clean), error);
}

gboolean
sac_project_archive_runs (SacProject *self, const SacId *runs, guint n, gboolean archived, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  return act_on_runs (self, runs, n, "UPDATE runs SET archived = ?2 WHERE id = ?1 AND archived <> ?2", NULL, archived != 0,
                      g_strdup (archived ? _("Archive runs") : _("Take runs out of the archive")), error);
}

/* ---- the trash. */
static char *
trash_path (SacProject *self, SacId run, const char *folder)
{
  g_autofree char *base = g_path_get_basename (folder);
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT "-%s", run, base);

  return g_build_filename (self->folder, "runs-trash", name, NULL);
}

/* Folders elsewhere belong to somebody else: such a run is taken from the list, no more. */
static gboolean
is_ours (SacProject *self, const char *folder)
{
  g_autofree char *runs = g_build_filename (self->folder, "runs", NULL);
  g_autofree char *parent = g_path_get_dirname (folder);
  g_autofree char *whole_runs = g_canonicalize_filename (runs, NULL), *whole_parent = g_canonicalize_filename (parent, NULL);

  return strcmp (whole_runs, whole_parent) == 0;
}

static gboolean
move_folder (const char *from, const char *to, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (to);
  int number;

  g_mkdir_with_parents (parent, 0755);
  if (g_rename (from, to) == 0)
    return TRUE;
  number = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), _("The folder %s cannot be moved: %s"), from, g_strerror (number));
  return FALSE;
}

/* The ids that the names of its folders begin with; NULL: there is no trash. */
static GHashTable *
list_trash (SacProject *self)
{
  g_autofree char *trash = g_build_filename (self->folder, "runs-trash", NULL);
  g_autoptr (GDir) dir = g_dir_open (trash, 0, NULL);
  GHashTable *ids = dir ? g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL) : NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      gint64 id = g_ascii_strtoll (name, NULL, 10);

      g_hash_table_add (ids, g_memdup2 (&id, sizeof id));
    }
  return ids;
}

gboolean
_sac_settle_runs (SacProject *self, GError **error)
{
  g_autoptr (GPtrArray) gone = list_rows (self, TRUE, error), there = NULL;
  g_autoptr (GHashTable) trash = NULL;
  gboolean good = gone != NULL;

  for (guint i = 0; good && i < gone->len; i++)
    {
      const SacRunRow *row = gone->pdata[i];
      g_autofree char *in_trash = trash_path (self, row->id, row->folder);

      if (is_ours (self, row->folder) && g_file_test (row->folder, G_FILE_TEST_IS_DIR) && !g_file_test (in_trash, G_FILE_TEST_EXISTS))
        good = move_folder (row->folder, in_trash, error);
    }
  trash = good ? list_trash (self) : NULL;
  if (!trash || g_hash_table_size (trash) == 0)
    return good;
  there = list_rows (self, FALSE, error);
  for (guint i = 0; there && good && i < there->len; i++)
    {
      const SacRunRow *row = there->pdata[i];
      g_autofree char *in_trash = g_hash_table_contains (trash, &row->id) ? trash_path (self, row->id, row->folder) : NULL;

      if (in_trash && g_file_test (in_trash, G_FILE_TEST_IS_DIR) && !g_file_test (row->folder, G_FILE_TEST_EXISTS))
        good = move_folder (in_trash, row->folder, error);
    }
  return good && there;
}

gboolean
sac_project_delete_runs (SacProject *self, const SacId *runs, guint n, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!act_on_runs (self, runs, n, "UPDATE runs SET deleted = ?2 WHERE id = ?1 AND deleted <> ?2", NULL, 1,
                    g_strdup_printf (g_dngettext ("saccade", "Delete %u run", "Delete %u runs", n), n), error))
    return FALSE;
  if (_sac_settle_runs (self, error))
    return TRUE;
  sac_project_undo (self, NULL, NULL);  /* what could not be moved is not deleted */
  return FALSE;
}

gboolean
sac_project_restore_runs (SacProject *self, const SacId *runs, guint n, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  return act_on_runs (self, runs, n, "UPDATE runs SET deleted = ?2 WHERE id = ?1 AND deleted <> ?2", NULL, 0,
                      g_strdup_printf (g_dngettext ("saccade", "Bring back %u run", "Bring back %u runs", n), n), error)
         && _sac_settle_runs (self, error);
}

/* Nothing in the journal would bring it back. */
static int
is_beyond_undo (SacProject *self, SacId run, GError **error)
{
  gint64 entry;
  int found = _sac_lookup (self, &entry, error, "SELECT r.entry FROM undo_rows r JOIN undo u ON u.id = r.entry"
                           " WHERE r.tbl = ? AND r.row = ? AND u.undone = 0 LIMIT 1", "ni", _sac_journal_find ("runs"), run);

  return found < 0 ? -1 : found == 0;
}

char **
sac_project_empty_run_trash (SacProject *self, gboolean all, GError **error)
{
  g_autoptr (GPtrArray) gone = NULL, folders = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  gone = list_rows (self, TRUE, error);
  if (!gone || (gone->len > 0 && !_sac_begin (self, error)))
    return NULL;
  for (guint i = 0; i < gone->len; i++)
    {
      const SacRunRow *row = gone->pdata[i];
      int free_to_go = all ? 1 : is_beyond_undo (self, row->id, error);
      g_autofree char *in_trash = trash_path (self, row->id, row->folder);

      /* Acts on a run that is no more cannot be undone one by one: they leave the journal with it. */
      if (free_to_go < 0
          || (free_to_go && (!_sac_run (self, error, "DELETE FROM undo_rows WHERE tbl = ? AND row = ?", "ni",
                                        _sac_journal_find ("runs"), row->id)
                             || !_sac_run (self, error, "DELETE FROM runs WHERE id = ?", "i", row->id))))
        {
          _sac_rollback (self);
          return NULL;
        }
      if (free_to_go && is_ours (self, row->folder) && g_file_test (in_trash, G_FILE_TEST_IS_DIR))
        g_ptr_array_add (folders, g_steal_pointer (&in_trash));
    }
  if (gone->len > 0 && !_sac_commit (self, NULL, error))
    return NULL;
  g_ptr_array_add (folders, NULL);
  return g_strdupv ((char **) folders->pdata);
}
