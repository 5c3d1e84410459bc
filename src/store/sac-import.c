/* Import: find the videos, identify and open them on a few threads, then write everything in one command. */
#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>

#include "sac-store-private.h"

#define MAX_DEPTH 32

static void
found_free (SacFound *found)
{
  g_free (found->path);
  g_free (found->relative);
  g_free (found->hash);
  g_clear_error (&found->error);
  sac_item_free (found->facts);
  g_free (found);
}

void
sac_import_result_free (SacImportResult *result)
{
  if (!result)
    return;
  g_ptr_array_unref (result->problems);
  g_free (result);
}

/* ---- find. */
static int
by_relative (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(SacFound *const *) a)->relative, (*(SacFound *const *) b)->relative);
}

static void
scan (const char *folder, const char *relative, int depth, const SacImportSpec *spec, GPtrArray *out, GCancellable *cancellable)
{
  g_autoptr (GDir) dir = depth < MAX_DEPTH ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)) && !g_cancellable_is_cancelled (cancellable))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *below = relative[0] ? g_build_filename (relative, name, NULL) : g_strdup (name);

      if (name[0] == '.')
        continue;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        {
          /* Links to folders may go in circles; a project's own folder holds no clips. */
          if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && !g_str_has_suffix (name, ".data"))
            scan (path, below, depth + 1, spec, out, cancellable);
        }
      else if ((sac_media_is_video_name (name) || (spec->stills && sac_media_is_image_name (name)))
               && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        {
          SacFound *found = g_new0 (SacFound, 1);

          found->path = g_steal_pointer (&path);
          found->relative = g_steal_pointer (&below);
          g_ptr_array_add (out, found);
        }
    }
}

/* The files of a list that lie below @folder. */
static void
take_listed (const char *folder, GHashTable *only, GPtrArray *out)
{
  gsize n = strlen (folder);
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, only);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (strncmp (path, folder, n) == 0 && (n == 1 || ((char *) path)[n] == '/') && g_file_test (path, G_FILE_TEST_IS_REGULAR))
      {
        SacFound *found = g_new0 (SacFound, 1);

        found->path = g_strdup (path);
        found->relative = g_strdup ((char *) path + n + (n > 1));
        g_ptr_array_add (out, found);
      }
}

/* ---- identify and open, on worker threads. */
typedef struct {
  GHashTable *known;            /* hashes that stand in the project */
  GAsyncQueue *done;
  GCancellable *cancellable;    /* follows the caller's */
} Probe;

/* What is odd about the file, and when it was recorded. */
static void
add_facts (SacItem *item, SacMedia *media)
{
  SacMediaFacts facts;

  sac_media_look (item->path, &facts);
  item->recorded_us = facts.recorded_us;
  item->flags = SAC_MEDIA_CHECKED | (facts.interlaced ? SAC_MEDIA_INTERLACED : 0) | (facts.turned ? SAC_MEDIA_ROTATED : 0)
                | (item->warning ? SAC_MEDIA_CUT : 0) | (sac_media_get_pixel_aspect (media) != 1 ? SAC_MEDIA_STRETCHED : 0);
  if (item->kind == SAC_ITEM_VIDEO)
    item->flags |= (sac_media_is_vfr (media) ? SAC_MEDIA_VFR : 0) | (facts.no_duration ? SAC_MEDIA_ENDLESS : 0)
                   | (sac_media_get_longest_gop_ns (media) > 10 * G_GINT64_CONSTANT (1000000000) ? SAC_MEDIA_SPARSE : 0);
}

static void
probe_one (gpointer item, gpointer data)
{
  SacFound *found = item;
  Probe *probe = data;

  if (!g_cancellable_is_cancelled (probe->cancellable))
    found->hash = sac_media_hash (found->path, &found->error);
  if (found->hash && !g_hash_table_contains (probe->known, found->hash))
    {
      g_autoptr (SacMedia) media = sac_media_open (found->path, probe->cancellable, &found->error);

      if (media && sac_media_get_n_frames (media) > 0)
        {
          SacItem *facts = found->facts = g_new0 (SacItem, 1);

          facts->kind = sac_media_is_image_name (found->path) ? SAC_ITEM_STILL : SAC_ITEM_VIDEO;
          facts->path = g_strdup (found->path);
          facts->hash = g_strdup (found->hash);
          facts->n_frames = sac_media_get_n_frames (media);
          facts->width = sac_media_get_width (media);
          facts->height = sac_media_get_height (media);
          facts->fps = sac_media_get_fps (media);
          facts->out_ns = sac_media_get_duration_ns (media);
          facts->warning = g_strdup (sac_media_get_warning (media));
          add_facts (facts, media);
        }
      else if (media)
        g_set_error (&found->error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_EMPTY, _("it holds no pictures"));
    }
  g_async_queue_push (probe->done, found);
}

static GHashTable *
known_hashes (SacProject *self, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (self, &failed, "SELECT hash FROM media", NULL);

  while (_sac_step (self, stmt, &failed))
    g_hash_table_add (known, _sac_dup_words (stmt, 0));
  if (!failed)
    return g_steal_pointer (&known);
  g_propagate_error (error, g_steal_pointer (&failed));
  return NULL;
}

static gboolean
probe_all (SacProject *self, GPtrArray *all, SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) known = known_hashes (self, error);
  g_autoptr (GAsyncQueue) done = g_async_queue_new ();
  g_autoptr (GCancellable) own = g_cancellable_new ();
  Probe probe = { known, done, own };
  GThreadPool *pool;

  if (!known)
    return FALSE;
  sac_media_init ();
  pool = g_thread_pool_new (probe_one, &probe, CLAMP (g_get_num_processors (), 1, 4), FALSE, error);
  if (!pool)
    return FALSE;
  for (guint i = 0; i < all->len; i++)
    g_thread_pool_push (pool, all->pdata[i], NULL);
  for (guint n = 0; n < all->len;)
    {
      SacFound *found = g_async_queue_timeout_pop (done, 100000);

      if (g_cancellable_is_cancelled (cancellable))
        g_cancellable_cancel (own);
      if (!found)
        continue;
      n++;
      if (progress)
        {
          g_autofree char *shown = g_filename_display_name (found->relative);

          progress (0.95 * n / all->len, shown, data);
        }
    }
  g_thread_pool_free (pool, FALSE, TRUE);
  return !g_cancellable_set_error_if_cancelled (cancellable, NULL);
}

/* ---- write. */
gboolean
_sac_imply_label (SacProject *self, SacId item, SacId label, SacLabelState state, GError **error)
{
  return _sac_run (self, error, "INSERT INTO clip_labels (item, label, layer, state) VALUES (?, ?, ?, ?)"
                   " ON CONFLICT (item, label, layer) DO NOTHING", "iinn", item, label, SAC_STORE_PERSON, (int) state);
}

static void
refuse (SacImportResult *result, const char *relative, const char *why)
{
  g_autofree char *shown = g_filename_display_name (relative), *base = g_path_get_basename (shown);

  /* media names the file first, as a player needs it; here the whole place stands before it. */
  if (g_str_has_prefix (why, base) && g_str_has_prefix (why + strlen (base), ": "))
    why += strlen (base) + 2;
  result->n_refused++;
  g_ptr_array_add (result->problems, g_strdup_printf ("%s: %s", shown, why));
}

/* The same content stands in the project: its file may have moved here. */
static gboolean
meet_known (SacProject *self, SacFound *found, GError **error)
{
  g_autofree char *stored = _sac_relative_path (self->dir, found->path), *old = NULL;
  gint64 media = 0;
  sqlite3_stmt *stmt = _sac_query (self, error, "SELECT m.path, m.id, (SELECT min (id) FROM items i WHERE i.media = m.id)"
                                   " FROM media m WHERE m.hash = ?", "s", found->hash);

  if (!stmt)
    return FALSE;
  if (_sac_step (self, stmt, error))
    {
      old = _sac_media_path (self, (const char *) sqlite3_column_text (stmt, 0));
      media = sqlite3_column_int64 (stmt, 1);
      found->item = sqlite3_column_int64 (stmt, 2);
      sqlite3_reset (stmt);
    }
  if (!media || strcmp (old, found->path) == 0 || g_file_test (old, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  return _sac_run (self, error, "UPDATE media SET path = ?2, problem = NULL WHERE id = ?1", "is", media, stored);
}

static gboolean
add_new (SacProject *self, SacFound *found, const char *folder_name, GError **error)
{
  g_autofree char *stored = _sac_relative_path (self->dir, found->path), *bare = g_strdup (found->relative);
  g_autofree char *longer = g_build_filename (folder_name, found->relative, NULL), *name = NULL;
  char *dot = strrchr (bare, '.');
  SacId media;

  if (dot && dot != bare && !strchr (dot, '/'))
    *dot = '\0';
  /* Another file lay here before: what was said of it stays, but it cannot be looked at any more. */
  if (!_sac_run (self, error, "UPDATE media SET problem = ?2 WHERE path = ?1 AND problem IS NULL", "ss", stored,
                 _("The file was replaced by another")))
    return FALSE;
  name = _sac_unique_name (self, bare, longer, error);
  media = name ? _sac_add_media (self, found->facts, error) : 0;
  found->item = media ? _sac_add_item_row (self, media, found->facts, name, error) : 0;
  found->is_new = TRUE;
  return found->item != 0;
}

static char *
parent_name (const SacFound *found)
{
  g_autofree char *dir = g_path_get_dirname (found->relative);

  return strcmp (dir, ".") ? g_path_get_basename (dir) : NULL;
}

static gboolean
label_by_folders (SacProject *self, GPtrArray *all, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < all->len; i++)
    {
      SacFound *found = all->pdata[i];
      g_autofree char *name = found->item ? parent_name (found) : NULL;
      SacId id;

      if (!name || g_hash_table_contains (ids, name))
        continue;
      id = _sac_ensure_label (self, name, error);
      if (!id)
        return FALSE;
      g_hash_table_insert (ids, g_steal_pointer (&name), g_memdup2 (&id, sizeof id));
    }
  /* First every yes: a file that lies in two folders carries both labels. */
  for (int yes = 1; yes >= 0; yes--)
    for (guint i = 0; i < all->len; i++)
      {
        SacFound *found = all->pdata[i];
        g_autofree char *name = found->item ? parent_name (found) : NULL;
        SacId *own = name ? g_hash_table_lookup (ids, name) : NULL;
        GHashTableIter iter;
        gpointer other;

        if (g_cancellable_is_cancelled (cancellable))
          return FALSE;
        if (own && yes && !_sac_imply_label (self, found->item, *own, SAC_LABEL_YES, error))
          return FALSE;
        g_hash_table_iter_init (&iter, ids);
        while (own && !yes && g_hash_table_iter_next (&iter, NULL, &other))
          if (*(SacId *) other != *own && !_sac_imply_label (self, found->item, *(SacId *) other, SAC_LABEL_NO, error))
            return FALSE;
      }
  return TRUE;
}

static gboolean
apply_groups (SacProject *self, GHashTable *groups, const char *list, GPtrArray *all, SacImportResult *result, GError **error)
{
  guint n_without = 0;

  for (guint i = 0; i < all->len; i++)
    {
      SacFound *found = all->pdata[i];
      const char *group = found->item ? _sac_groups_find (groups, found) : NULL;

      n_without += found->item && !group;
      if (group && !_sac_run (self, error, "UPDATE items SET grp = ?2 WHERE id = ?1 AND grp IS NOT ?2", "is", found->item, group))
        return FALSE;
    }
  if (n_without)
    g_ptr_array_add (result->problems,
                     g_strdup_printf (ngettext ("%u clip has no group in “%s”", "%u clips have no group in “%s”", n_without),
                                      n_without, list));
  return TRUE;
}

static gboolean
write_all (SacProject *self, GPtrArray *all, const char *folder_name, const SacImportSpec *spec, GHashTable *groups, SacTruth *truth,
           SacImportResult *result, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) here = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < all->len; i++)
    {
      SacFound *found = all->pdata[i];
      gboolean good;

      if (g_cancellable_is_cancelled (cancellable))
        return FALSE;
      if (!found->hash || found->error)
        {
          refuse (result, found->relative, found->error ? found->error->message : _("cannot be read"));
          continue;
        }
      if (found->facts && g_hash_table_add (here, found->hash))
        {
          good = add_new (self, found, folder_name, error);
          result->n_added++;
        }
      else
        {
          good = meet_known (self, found, error);
          result->n_known++;
        }
      if (!good)
        return FALSE;
    }
  return (!truth || _sac_truth_apply (self, truth, all, result->problems, cancellable, error))
         && (!spec->labels_from_folders || label_by_folders (self, all, cancellable, error))
         && (!groups || apply_groups (self, groups, spec->groups_csv, all, result, error));
}

/* What reading finds before anything is written. */
struct _SacImportFiles {
  GPtrArray *all;               /* SacFound*, in the order of their names */
  char *base;
  GHashTable *groups;
  SacTruth *truth;
};

void
_sac_import_files_free (SacImportFiles *files)
{
  g_ptr_array_unref (files->all);
  g_clear_pointer (&files->groups, g_hash_table_unref);
  g_clear_pointer (&files->truth, _sac_truth_free);
  g_free (files->base);
  g_free (files);
}

GPtrArray *
_sac_import_files_get (SacImportFiles *files)
{
  return files->all;
}

static gboolean
tell_cancelled (GCancellable *cancellable, GError **error)
{
  if (!g_cancellable_is_cancelled (cancellable))
    return FALSE;
  g_clear_error (error);
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED, _("The import was cancelled; the project is as it was"));
  return TRUE;
}

SacImportFiles *
_sac_import_probe (SacProject *self, const char *folder_or_file, const SacImportSpec *spec, SacProgressFunc progress, gpointer data,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr (SacImportFiles) files = g_new0 (SacImportFiles, 1);
  g_autofree char *full = g_canonicalize_filename (folder_or_file, NULL);

  files->all = g_ptr_array_new_with_free_func ((GDestroyNotify) found_free);
  files->base = g_path_get_basename (full);
  if (!g_file_test (full, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("There is no “%s”"), folder_or_file);
      return NULL;
    }
  if ((spec->groups_csv && !(files->groups = _sac_groups_load (spec->groups_csv, error)))
      || (spec->truth_json && !(files->truth = _sac_truth_load (spec->truth_json, error))))
    return NULL;
  if (spec->only)
    take_listed (full, spec->only, files->all);
  else if (g_file_test (full, G_FILE_TEST_IS_DIR))
    scan (full, "", 0, spec, files->all, cancellable);
  else
    {
      SacFound *found = g_new0 (SacFound, 1);

      found->path = g_strdup (full);
      found->relative = g_strdup (files->base);
      g_ptr_array_add (files->all, found);
    }
  if (files->all->len == 0 && !g_cancellable_is_cancelled (cancellable))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, spec->stills ? _("“%s” holds no videos and no pictures")
                   : _("“%s” holds no videos"), folder_or_file);
      return NULL;
    }
  g_ptr_array_sort (files->all, by_relative);
  if (probe_all (self, files->all, progress, data, cancellable, error))
    return g_steal_pointer (&files);
  tell_cancelled (cancellable, error);
  return NULL;
}

gboolean
_sac_import_write (SacProject *self, SacImportFiles *files, const SacImportSpec *spec, SacImportResult *result, GCancellable *cancellable,
                   GError **error)
{
  if (write_all (self, files->all, files->base, spec, files->groups, files->truth, result, cancellable, error))
    return TRUE;
  if (!tell_cancelled (cancellable, error) && error && !*error)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_OPEN, _("The import failed"));
  return FALSE;
}

SacImportResult *
sac_project_import (SacProject *self, const char *folder_or_file, const SacImportSpec *spec, SacProgressFunc progress, gpointer data,
                    GCancellable *cancellable, GError **error)
{
  static const SacImportSpec plain = { 0 };
  g_autoptr (SacImportFiles) files = NULL;
  g_autoptr (SacImportResult) result = NULL;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  g_return_val_if_fail (folder_or_file != NULL, NULL);
  spec = spec ? spec : &plain;
  if (self->read_only)
    {
      _sac_begin (self, error);         /* says why */
      return NULL;
    }
  files = _sac_import_probe (self, folder_or_file, spec, progress, data, cancellable, error);
  if (!files || !_sac_begin (self, error))
    return NULL;
  result = g_new0 (SacImportResult, 1);
  result->problems = g_ptr_array_new_with_free_func (g_free);
  if (!_sac_import_write (self, files, spec, result, cancellable, error))
    {
      _sac_rollback (self);
      return NULL;
    }
  shown = g_filename_display_name (files->base);
  if (!_sac_commit (self, g_strdup_printf (ngettext ("Import %u clip from “%s”", "Import %u clips from “%s”", result->n_added),
                                           result->n_added, shown), error))
    return NULL;
  if (progress)
    progress (1, shown, data);
  return g_steal_pointer (&result);
}
