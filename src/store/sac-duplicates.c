/* Clips that show the same: the fingerprints of their files, in threads, then the pairs. */
#include <glib/gi18n.h>
#include <string.h>

#include "media/sac-fingerprint.h"
#include "split-private.h"

void
sac_duplicates_free (SacDuplicates *duplicates)
{
  if (!duplicates)
    return;
  g_clear_pointer (&duplicates->pairs, g_array_unref);
  g_free (duplicates);
}

typedef struct {
  char *path;
  SacFingerprint *print;
} File;

typedef struct { SacId item; File *file; gint64 in_ns, out_ns; } Clip;

static void
file_free (gpointer data)
{
  File *file = data;

  g_free (file->path);
  sac_fingerprint_free (file->print);
  g_free (file);
}

typedef struct {
  GMutex lock;
  GCond cond;
  guint n_done;
  gboolean compute;
  GCancellable *cancellable;
} Work;

static void
load_file (gpointer task, gpointer data)
{
  File *file = task;
  Work *work = data;

  if (!g_cancellable_is_cancelled (work->cancellable) && (work->compute || sac_fingerprint_is_cached (file->path)))
    file->print = sac_fingerprint_load (file->path, work->cancellable, NULL);
  g_mutex_lock (&work->lock);
  work->n_done++;
  g_cond_signal (&work->cond);
  g_mutex_unlock (&work->lock);
}

static gboolean
load_files (GPtrArray *files, gboolean compute, SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error)
{
  Work work = { .compute = compute, .cancellable = cancellable };
  GThreadPool *pool = g_thread_pool_new (load_file, &work, (int) g_get_num_processors (), FALSE, NULL);
  guint n_done = 0;

  g_mutex_init (&work.lock);
  g_cond_init (&work.cond);
  for (guint i = 0; i < files->len; i++)
    g_thread_pool_push (pool, files->pdata[i], NULL);
  while (n_done < files->len)
    {
      gint64 until = g_get_monotonic_time () + 200000;

      g_mutex_lock (&work.lock);
      while (work.n_done < files->len && g_cond_wait_until (&work.cond, &work.lock, until))
        continue;
      n_done = work.n_done;
      g_mutex_unlock (&work.lock);
      if (progress)
        progress (0.9 * n_done / files->len, _("Taking fingerprints"), data);
    }
  g_thread_pool_free (pool, FALSE, TRUE);
  g_mutex_clear (&work.lock);
  g_cond_clear (&work.cond);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Files that can be read, and the clips cut from them. */
static GArray *
list_clips (SacProject *self, GPtrArray *files, GError **error)
{
  g_autoptr (GArray) clips = g_array_new (FALSE, FALSE, sizeof (Clip));
  g_autoptr (GHashTable) by_media = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt = _sac_query (self, &failed, "SELECT i.id, i.media, i.in_ns, i.out_ns, m.path"
                                   " FROM items i JOIN media m ON m.id = i.media WHERE i.kind <> 3"
                                   " AND m.problem IS NULL AND (m.flags & 1024) = 0 ORDER BY i.name", NULL);

  while (_sac_step (self, stmt, &failed))
    {
      gint64 media = sqlite3_column_int64 (stmt, 1);
      Clip clip = { sqlite3_column_int64 (stmt, 0), g_hash_table_lookup (by_media, &media), sqlite3_column_int64 (stmt, 2),
                    sqlite3_column_int64 (stmt, 3) };

      if (!clip.file)
        {
          clip.file = g_new0 (File, 1);
          clip.file->path = _sac_media_path (self, (const char *) sqlite3_column_text (stmt, 4));
          g_ptr_array_add (files, clip.file);
          g_hash_table_insert (by_media, g_memdup2 (&media, sizeof media), clip.file);
        }
      g_array_append_val (clips, clip);
    }
  if (!failed)
    return g_steal_pointer (&clips);
  g_propagate_error (error, g_steal_pointer (&failed));
  return NULL;
}

typedef struct { SacProgressFunc progress; gpointer data; } Last;

static void
last_tenth (double fraction, const char *what, gpointer data)
{
  Last *last = data;

  if (last->progress)
    last->progress (0.9 + 0.1 * fraction, what, last->data);
}

SacDuplicates *
sac_project_find_duplicates (SacProject *self, guint max_bits, gboolean compute, SacProgressFunc progress, gpointer data,
                             GCancellable *cancellable, GError **error)
{
  g_autoptr (SacDuplicates) found = g_new0 (SacDuplicates, 1);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (file_free), prints = NULL;
  g_autoptr (GArray) clips = NULL, pairs = NULL;
  Last last = { progress, data };

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  clips = list_clips (self, files, error);
  if (!clips || !load_files (files, compute, progress, data, cancellable, error))
    return NULL;
  prints = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_fingerprint_free);
  for (guint i = 0; i < clips->len; i++)
    {
      const Clip *clip = &g_array_index (clips, Clip, i);

      found->n_unknown += !clip->file->print;
      g_ptr_array_add (prints, clip->file->print ? sac_fingerprint_cut (clip->file->print, clip->in_ns, clip->out_ns) : NULL);
    }
  pairs = sac_fingerprint_pairs ((const SacFingerprint *const *) prints->pdata, prints->len, max_bits, &found->complete, last_tenth,
                                 &last, cancellable, error);
  if (!pairs)
    return NULL;
  found->pairs = g_array_new (FALSE, FALSE, sizeof (SacDuplicate));
  for (guint i = 0; i < pairs->len; i++)
    {
      const SacLookalike *pair = &g_array_index (pairs, SacLookalike, i);
      const Clip *a = &g_array_index (clips, Clip, pair->a), *b = &g_array_index (clips, Clip, pair->b);

      /* Neighbours in one video look alike by nature; the leak meter judges them by time. */
      if (a->file != b->file || (a->in_ns == b->in_ns && a->out_ns == b->out_ns))
        g_array_append_val (found->pairs, ((SacDuplicate) { a->item, b->item, pair->bits }));
    }
  return g_steal_pointer (&found);
}
