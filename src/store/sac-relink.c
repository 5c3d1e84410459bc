/* Files that were moved are found again by what is in them: first those that still have their names, then all others. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-store-private.h"

#define MAX_DEPTH 32

void
sac_move_free (SacMove *move)
{
  if (!move)
    return;
  g_free (move->path);
  g_free (move);
}

typedef struct {
  GHashTable *lost;             /* hash → media id + 1 as pointer-sized number, of files that are not there */
  GHashTable *names;            /* their last parts */
  GPtrArray *likely, *others;   /* char*, what might be one of them */
} Search;

static gboolean
list_lost (SacProject *self, Search *search, GError **error)
{
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (self, &failed, "SELECT id, hash, path FROM media", NULL);

  while (_sac_step (self, stmt, &failed))
    {
      g_autofree char *path = _sac_media_path (self, (const char *) sqlite3_column_text (stmt, 2));
      SacId id = sqlite3_column_int64 (stmt, 0);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      g_hash_table_insert (search->lost, _sac_dup_column (stmt, 1), g_memdup2 (&id, sizeof id));
      g_hash_table_add (search->names, g_path_get_basename (path));
    }
  if (!failed)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

static void
scan (Search *search, const char *folder, int depth, GCancellable *cancellable)
{
  g_autoptr (GDir) dir = depth < MAX_DEPTH ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)) && !g_cancellable_is_cancelled (cancellable))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          if (name[0] != '.' && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
            scan (search, path, depth + 1, cancellable);
        }
      else if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      else if (g_hash_table_contains (search->names, name))
        g_ptr_array_add (search->likely, g_steal_pointer (&path));
      else if (sac_media_is_video_name (name) || sac_media_is_image_name (name))
        g_ptr_array_add (search->others, g_steal_pointer (&path));
    }
}

GPtrArray *
sac_project_find_moved (SacProject *self, const char *folder, guint *n_missing, SacProgressFunc progress, gpointer data,
                        GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) lost = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) likely = g_ptr_array_new_with_free_func (g_free), others = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) moves = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_move_free);
  g_autofree char *full = NULL;
  Search search = { lost, names, likely, others };
  guint n_done = 0, n_all;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && folder, NULL);
  full = g_canonicalize_filename (folder, NULL);
  if (!g_file_test (full, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("“%s” is not a folder"), folder);
      return NULL;
    }
  if (!list_lost (self, &search, error))
    return NULL;
  if (n_missing)
    *n_missing = g_hash_table_size (lost);
  if (g_hash_table_size (lost))
    scan (&search, full, 0, cancellable);
  n_all = likely->len + others->len;
  for (guint i = 0; i < n_all && g_hash_table_size (lost) && !g_cancellable_is_cancelled (cancellable); i++)
    {
      const char *path = i < likely->len ? likely->pdata[i] : others->pdata[i - likely->len];
      g_autofree char *hash = sac_media_hash (path, NULL);
      const SacId *id = hash ? g_hash_table_lookup (lost, hash) : NULL;

      if (id)
        {
          SacMove *move = g_new0 (SacMove, 1);

          move->media = *id;
          move->path = g_strdup (path);
          g_ptr_array_add (moves, move);
          g_hash_table_remove (lost, hash);
        }
      if (progress && ++n_done % 16 == 0)
        {
          g_autofree char *shown = g_filename_display_basename (path);

          progress ((double) n_done / n_all, shown, data);
        }
    }
  if (!g_cancellable_is_cancelled (cancellable))
    return g_steal_pointer (&moves);
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED, _("The search was cancelled"));
  return NULL;
}

gboolean
sac_project_relink (SacProject *self, GPtrArray *moves, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self) && moves, FALSE);
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < moves->len; i++)
    {
      const SacMove *move = moves->pdata[i];
      g_autofree char *stored = _sac_relative_path (self->dir, move->path);

      if (!_sac_run (self, error, "UPDATE media SET path = ?2 WHERE id = ?1 AND path <> ?2", "is", move->media, stored))
        return _sac_rollback (self);
    }
  return _sac_commit (self, g_strdup_printf (ngettext ("Relink %u file", "Relink %u files", moves->len), moves->len), error);
}
