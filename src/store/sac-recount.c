/* Counting frames anew, and taking what was found into the project. */
#include <glib/gi18n.h>

#include "media/sac-media.h"
#include "sac-health.h"
#include "sac-store-private.h"

void
sac_recount_free (SacRecount *count)
{
  if (!count)
    return;
  g_free (count->hash);
  g_free (count->name);
  g_free (count->warning);
  g_free (count->problem);
  g_free (count);
}

typedef struct {
  SacProgressFunc progress;
  gpointer data;
  const char *name;
  guint i, n;
} Way;

static void
on_counting (double fraction, gpointer data)
{
  const Way *way = data;

  if (way->progress)
    way->progress ((way->i + MAX (fraction, 0)) / way->n, way->name, way->data);
}

static SacRecount *
count_file (const SacItem *item, Way *way, GCancellable *cancellable)
{
  const SacMediaWatch watch = { NULL, on_counting, way };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMedia) media = NULL;
  SacRecount *count = g_new0 (SacRecount, 1);

  count->hash = g_strdup (item->hash);
  count->name = g_strdup (item->name);
  count->n_before = item->n_frames;
  media = sac_media_open_counted (item->path, &watch, cancellable, &error);
  if (!media)
    {
      count->problem = g_strdup (error->message);
      return count;
    }
  if (g_strcmp0 (sac_media_get_hash (media), item->hash) != 0)
    {
      count->problem = g_strdup (_("The file has changed since it was imported"));
      return count;
    }
  count->n_now = sac_media_get_n_frames (media);
  count->fps = sac_media_get_fps (media);
  count->duration_ns = sac_media_get_duration_ns (media);
  count->warning = g_strdup (sac_media_get_warning (media));
  return count;
}

GPtrArray *
sac_project_count_frames (SacProject *self, const SacId *items, guint n, SacProgressFunc progress, gpointer data,
                          GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) counts = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_recount_free);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  for (guint i = 0; i < n && !g_cancellable_is_cancelled (cancellable); i++)
    {
      g_autoptr (SacItem) item = sac_project_get_item (self, items[i], error);
      Way way = { progress, data, item ? item->name : NULL, i, n };

      if (!item)
        return NULL;
      if (item->kind != SAC_ITEM_VIDEO && item->kind != SAC_ITEM_CLIP)
        continue;
      if (progress)
        progress ((double) i / n, item->name, data);
      if (g_hash_table_add (seen, g_strdup (item->hash)))       /* a file may hold many clips */
        g_ptr_array_add (counts, count_file (item, &way, cancellable));
    }
  if (!g_cancellable_is_cancelled (cancellable))
    return g_steal_pointer (&counts);
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CANCELLED, _("Counting was cancelled"));
  return NULL;
}

/* The clip that is the whole file goes on being that. */
static gboolean
take_count (SacProject *self, const SacRecount *count, GError **error)
{
  return _sac_run (self, error, "UPDATE items SET out_ns = ?2 WHERE in_ns = 0 AND (SELECT hash = ?1 AND duration_ns = items.out_ns"
                   " FROM media WHERE id = items.media)", "si", count->hash, count->duration_ns)
         && _sac_run (self, error, "UPDATE media SET n_frames = ?2, fps = ?3, duration_ns = ?4, warning = ?5, problem = NULL"
                      " WHERE hash = ?1", "sidis", count->hash, (gint64) count->n_now, count->fps, count->duration_ns, count->warning);
}

gboolean
sac_project_take_counts (SacProject *self, GPtrArray *counts, GError **error)
{
  guint n = 0;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && counts, FALSE);
  if (!_sac_begin (self, error))
    return FALSE;
  for (guint i = 0; i < counts->len; i++)
    {
      const SacRecount *count = counts->pdata[i];

      if (count->problem || count->n_now == count->n_before)
        continue;
      if (!take_count (self, count, error))
        return _sac_rollback (self);
      n++;
    }
  return _sac_commit (self, g_strdup_printf (ngettext ("Count %u file anew", "Count %u files anew", n), n), error);
}
