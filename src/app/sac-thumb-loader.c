#include "sac-thumb-loader.h"

#include "media/sac-media.h"

#define WIDTH 240
#define HEIGHT 180
#define N_PICTURES 12
#define MAX_RUNNING 2
#define CACHE_BYTES (160u << 20)

typedef struct {
  char *path;
  SacThumbFunc func;
  gpointer data;
} Ask;

typedef struct {
  GPtrArray *pictures;
  gsize n_bytes;
  GList *link;                  /* in by_age, data = the key */
} Cached;

struct _SacThumbLoader {
  GObject parent_instance;
  SacThumbRank rank;
  GQueue asks;                  /* Ask, in the order asked */
  GHashTable *cache;            /* path → Cached */
  GQueue by_age;                /* paths owned by cache, latest first */
  GHashTable *running;          /* path → GCancellable */
  gsize n_bytes;
  guint pump_source;
};

G_DEFINE_FINAL_TYPE (SacThumbLoader, sac_thumb_loader, G_TYPE_OBJECT)

static void
ask_free (gpointer data)
{
  g_free (((Ask *) data)->path);
  g_free (data);
}

static void
cached_free (gpointer data)
{
  g_ptr_array_unref (((Cached *) data)->pictures);
  g_free (data);
}

static void
sac_thumb_loader_dispose (GObject *object)
{
  SacThumbLoader *self = SAC_THUMB_LOADER (object);
  GHashTableIter iter;
  gpointer cancellable;

  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, NULL, &cancellable))
    g_cancellable_cancel (cancellable);
  g_queue_clear_full (&self->asks, ask_free);
  g_clear_handle_id (&self->pump_source, g_source_remove);
  G_OBJECT_CLASS (sac_thumb_loader_parent_class)->dispose (object);
}

static void
sac_thumb_loader_finalize (GObject *object)
{
  SacThumbLoader *self = SAC_THUMB_LOADER (object);

  g_queue_clear (&self->by_age);
  g_hash_table_unref (self->cache);
  g_hash_table_unref (self->running);
  G_OBJECT_CLASS (sac_thumb_loader_parent_class)->finalize (object);
}

static void
sac_thumb_loader_class_init (SacThumbLoaderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_thumb_loader_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_thumb_loader_finalize;
}

static void
sac_thumb_loader_init (SacThumbLoader *self)
{
  g_queue_init (&self->asks);
  g_queue_init (&self->by_age);
  self->cache = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, cached_free);
  self->running = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

SacThumbLoader *
sac_thumb_loader_new (SacThumbRank rank)
{
  SacThumbLoader *self = g_object_new (SAC_TYPE_THUMB_LOADER, NULL);

  self->rank = rank;
  return self;
}

/* ---- the work: one strip becomes as many textures that share its bytes. */

static void
load (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacThumbs) thumbs = sac_thumbs_load (task_data, WIDTH, HEIGHT, N_PICTURES, cancellable, &error);
  GPtrArray *pictures = g_ptr_array_new_with_free_func (g_object_unref);

  if (thumbs && thumbs->n > 0 && thumbs->width > 0 && thumbs->height > 0)
    {
      gsize stride = (gsize) thumbs->n * (gsize) thumbs->width * 3;
      gsize size = stride * (gsize) thumbs->height, row = (gsize) thumbs->width * 3;
      g_autoptr (GBytes) strip = g_bytes_new_take (g_steal_pointer (&thumbs->rgb), size);

      for (int i = 0; i < thumbs->n; i++)
        {
          gsize offset = (gsize) i * row;
          g_autoptr (GBytes) part = g_bytes_new_from_bytes (strip, offset, stride * (gsize) (thumbs->height - 1) + row);

          g_ptr_array_add (pictures, gdk_memory_texture_new (thumbs->width, thumbs->height, GDK_MEMORY_R8G8B8, part, stride));
        }
    }
  g_task_return_pointer (task, pictures, (GDestroyNotify) g_ptr_array_unref);
}

static void pump_soon (SacThumbLoader *self);

static void
remember (SacThumbLoader *self, const char *path, GPtrArray *pictures)
{
  Cached *cached = g_new0 (Cached, 1);
  char *key = g_strdup (path);

  cached->pictures = g_ptr_array_ref (pictures);
  if (pictures->len)
    cached->n_bytes = (gsize) gdk_texture_get_width (pictures->pdata[0]) * (gsize) gdk_texture_get_height (pictures->pdata[0]) *
                      3 * pictures->len;
  g_queue_push_head (&self->by_age, key);
  cached->link = self->by_age.head;
  g_hash_table_insert (self->cache, key, cached);
  self->n_bytes += cached->n_bytes;
  while (self->n_bytes > CACHE_BYTES && self->by_age.length > 1)
    {
      char *oldest = g_queue_pop_tail (&self->by_age);

      self->n_bytes -= ((Cached *) g_hash_table_lookup (self->cache, oldest))->n_bytes;
      g_hash_table_remove (self->cache, oldest);
    }
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  SacThumbLoader *self = SAC_THUMB_LOADER (source);
  const char *path = g_task_get_task_data (G_TASK (result));
  g_autoptr (GPtrArray) pictures = g_task_propagate_pointer (G_TASK (result), NULL);

  g_hash_table_remove (self->running, path);
  if (!pictures)
    return;
  if (!g_hash_table_contains (self->cache, path))
    remember (self, path, pictures);
  for (GList *l = self->asks.head, *next; l; l = next)
    {
      Ask *ask = l->data;

      next = l->next;
      if (g_strcmp0 (ask->path, path) != 0)
        continue;
      g_queue_delete_link (&self->asks, l);
      ask->func (pictures, ask->data);
      ask_free (ask);
      next = self->asks.head;   /* the callback may have asked or forgotten */
    }
  pump_soon (self);
}

/* The ask to serve next: the nearest that nobody works on. */
static Ask *
pick (SacThumbLoader *self)
{
  Ask *best = NULL;
  int nearest = G_MAXINT;

  for (GList *l = self->asks.head; l && nearest > 0; l = l->next)
    {
      Ask *ask = l->data;
      int rank = g_hash_table_contains (self->running, ask->path) ? G_MAXINT : self->rank (ask->data);

      if (rank < nearest)
        {
          nearest = rank;
          best = ask;
        }
    }
  return best;
}

static gboolean
pump (gpointer data)
{
  SacThumbLoader *self = data;
  Ask *ask;

  self->pump_source = 0;
  while (g_hash_table_size (self->running) < MAX_RUNNING && (ask = pick (self)))
    {
      GCancellable *cancellable = g_cancellable_new ();
      g_autoptr (GTask) task = g_task_new (self, cancellable, on_loaded, NULL);

      g_hash_table_insert (self->running, g_strdup (ask->path), cancellable);
      g_task_set_task_data (task, g_strdup (ask->path), g_free);
      g_task_set_priority (task, G_PRIORITY_DEFAULT_IDLE);
      g_task_run_in_thread (task, load);
    }
  return G_SOURCE_REMOVE;
}

/* Later, when what was just bound has its place in the window. */
static void
pump_soon (SacThumbLoader *self)
{
  if (!self->pump_source)
    self->pump_source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, pump, self, NULL);
}

void
sac_thumb_loader_forget (SacThumbLoader *self, gpointer data)
{
  g_return_if_fail (SAC_IS_THUMB_LOADER (self));
  for (GList *l = self->asks.head; l; l = l->next)
    if (((Ask *) l->data)->data == data)
      {
        ask_free (l->data);
        g_queue_delete_link (&self->asks, l);
        return;
      }
}

void
sac_thumb_loader_ask (SacThumbLoader *self, const SacItem *item, SacThumbFunc func, gpointer data)
{
  const char *path = item->path;
  Cached *cached;
  Ask *ask;

  g_return_if_fail (SAC_IS_THUMB_LOADER (self) && path && func);
  sac_thumb_loader_forget (self, data);
  cached = g_hash_table_lookup (self->cache, path);
  if (cached)
    {
      g_queue_unlink (&self->by_age, cached->link);
      g_queue_push_head_link (&self->by_age, cached->link);
      func (cached->pictures, data);
      return;
    }
  ask = g_new0 (Ask, 1);
  ask->path = g_strdup (path);
  ask->func = func;
  ask->data = data;
  g_queue_push_tail (&self->asks, ask);
  pump_soon (self);
}
