#include "sac-sample-film.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run/sac-run.h"

#define POLL_MS 400
#define MOST_BYTES ((gsize) 96 << 20)   /* of decoded pictures */
#define MOST_WISHES 24
#define MOST_SIDE 8192                  /* px: what claims to be larger is none of ours */
#define MOST_STEPS 200000

typedef struct {
  cairo_surface_t *surface;     /* NULL: it cannot be read */
  gsize bytes;
  guint64 used;                 /* when last asked for */
} Frame;

struct _SacSampleFilm {
  GObject parent_instance;
  /* Main thread. */
  char *folder;
  GArray *steps;                /* guint64, ascending */
  SacSampleShape shape;
  GHashTable *frames;           /* step → Frame */
  gsize bytes;
  guint64 clock;
  GThread *thread;

  GMutex mutex;                 /* of what follows */
  GCond wake;
  char *wanted;                 /* folder that the thread shall read */
  guint generation;             /* of @wanted */
  GQueue wishes;                /* guint64*, the most wanted first */
  gboolean on, quit;
};

G_DEFINE_FINAL_TYPE (SacSampleFilm, sac_sample_film, G_TYPE_OBJECT)

enum { CHANGED, LOADED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
frame_free (gpointer data)
{
  Frame *frame = data;

  g_clear_pointer (&frame->surface, cairo_surface_destroy);
  g_free (frame);
}

/* ---- the thread. */

typedef struct {
  SacSampleFilm *self;
  guint generation;
  GArray *steps;                /* NULL: a picture came */
  SacSampleShape shape;
  guint64 step;
  cairo_surface_t *surface;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  g_clear_pointer (&news->steps, g_array_unref);
  g_clear_pointer (&news->surface, cairo_surface_destroy);
  g_object_unref (news->self);
  g_free (news);
}

static int
by_step (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

static GArray *
list_steps (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "samples", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (guint64));
  const char *name;

  while (dir && (name = g_dir_read_name (dir)) && steps->len < MOST_STEPS)
    {
      char *end;
      guint64 step;

      if (!g_str_has_prefix (name, "step-") || !g_ascii_isdigit (name[5]))
        continue;
      step = g_ascii_strtoull (name + 5, &end, 10);
      if (strcmp (end, ".png") == 0)
        g_array_append_val (steps, step);
    }
  g_array_sort (steps, by_step);
  return steps;
}

/* The header is looked at first: a small file may claim to be a huge picture. */
cairo_surface_t *
sac_sample_film_decode (const char *folder, guint64 step)
{
  g_autofree char *name = g_strdup_printf ("step-%06" G_GUINT64_FORMAT ".png", step);
  g_autofree char *path = g_build_filename (folder, "samples", name, NULL);
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  cairo_surface_t *surface;
  int width = 0, height = 0, channels;

  if (!gdk_pixbuf_get_file_info (path, &width, &height) || width < 1 || height < 1 || width > MOST_SIDE || height > MOST_SIDE)
    return NULL;
  pixbuf = gdk_pixbuf_new_from_file (path, NULL);
  if (!pixbuf || gdk_pixbuf_get_bits_per_sample (pixbuf) != 8 || gdk_pixbuf_get_n_channels (pixbuf) < 3)
    return NULL;
  width = gdk_pixbuf_get_width (pixbuf);
  height = gdk_pixbuf_get_height (pixbuf);
  channels = gdk_pixbuf_get_n_channels (pixbuf);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      return NULL;
    }
  for (int y = 0; y < height; y++)
    {
      const guint8 *from = gdk_pixbuf_read_pixels (pixbuf) + (gsize) y * (gsize) gdk_pixbuf_get_rowstride (pixbuf);
      gsize stride = (gsize) cairo_image_surface_get_stride (surface);
      guint32 *to = (guint32 *) (void *) (cairo_image_surface_get_data (surface) + (gsize) y * stride);

      for (int x = 0; x < width; x++, from += channels)
        to[x] = (guint32) from[0] << 16 | (guint32) from[1] << 8 | from[2];
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static gboolean
bring_news (gpointer data)
{
  News *news = data;
  SacSampleFilm *self = news->self;
  gboolean current;

  g_mutex_lock (&self->mutex);
  current = news->generation == self->generation;
  g_mutex_unlock (&self->mutex);
  if (!current)
    return G_SOURCE_REMOVE;
  if (news->steps)
    {
      GArray *old = self->steps;

      self->steps = g_steal_pointer (&news->steps);
      self->shape = news->shape;
      g_array_unref (old);
      g_signal_emit (self, signals[CHANGED], 0);
    }
  else
    {
      Frame *frame = g_new0 (Frame, 1);

      frame->surface = g_steal_pointer (&news->surface);
      frame->bytes = frame->surface ? (gsize) cairo_image_surface_get_stride (frame->surface)
                                          * (gsize) cairo_image_surface_get_height (frame->surface) : 64;
      frame->used = ++self->clock;
      if (g_hash_table_lookup (self->frames, &news->step))
        self->bytes -= ((Frame *) g_hash_table_lookup (self->frames, &news->step))->bytes;
      self->bytes += frame->bytes;
      g_hash_table_replace (self->frames, g_memdup2 (&news->step, sizeof news->step), frame);
      while (self->bytes > MOST_BYTES && g_hash_table_size (self->frames) > 2)
        {
          GHashTableIter iter;
          gpointer key, value, oldest = NULL;
          Frame *least = NULL;

          g_hash_table_iter_init (&iter, self->frames);
          while (g_hash_table_iter_next (&iter, &key, &value))
            if (!least || ((Frame *) value)->used < least->used)
              {
                least = value;
                oldest = key;
              }
          self->bytes -= least->bytes;
          g_hash_table_remove (self->frames, oldest);
        }
      g_signal_emit (self, signals[LOADED], 0, news->step);
    }
  return G_SOURCE_REMOVE;
}

static News *
news_new (SacSampleFilm *self, guint generation)
{
  News *news = g_new0 (News, 1);

  news->self = g_object_ref (self);
  news->generation = generation;
  return news;
}

/* What the thread knows of the folder it reads. */
typedef struct {
  char *folder;
  guint generation;
  guint64 stamp;                /* of the samples' folder */
  guint n;
  SacSampleShape shape;
} Seen;

static void
look (SacSampleFilm *self, Seen *seen)
{
  g_autofree char *path = g_build_filename (seen->folder, "samples", NULL);
  g_autofree char *recipe_path = g_build_filename (seen->folder, "recipe.ini", NULL);
  struct stat about;
  guint64 stamp;
  News *news;

  if (seen->shape.size == 0)
    {
      g_autoptr (SacGanRecipe) recipe = sac_gan_recipe_load (recipe_path, NULL);

      if (recipe)
        seen->shape = (SacSampleShape) { (guint) recipe->rows, recipe->graph.k, recipe->size, recipe->z, recipe->seed, recipe->graph };
    }
  if (stat (path, &about) != 0)
    about.st_mtim.tv_sec = about.st_mtim.tv_nsec = 0;   /* no samples yet, but the shape is known */
  stamp = (guint64) about.st_mtim.tv_sec * 1000000000u + (guint64) about.st_mtim.tv_nsec + 1;
  if (stamp == seen->stamp || seen->shape.size == 0)
    return;
  seen->stamp = stamp;
  news = news_new (self, seen->generation);
  news->steps = list_steps (seen->folder);
  news->shape = seen->shape;
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, bring_news, news, news_free);
}

static gpointer
read_on (gpointer data)
{
  SacSampleFilm *self = data;
  Seen seen = { NULL };
  gint64 next = 0;

  g_mutex_lock (&self->mutex);
  while (!self->quit)
    {
      g_autofree guint64 *wish = NULL;

      if (seen.generation != self->generation)
        {
          g_free (seen.folder);
          seen = (Seen) { .folder = g_strdup (self->wanted), .generation = self->generation };
          next = 0;
        }
      if (!seen.folder || (!self->on && self->wishes.length == 0))
        {
          g_cond_wait (&self->wake, &self->mutex);
          continue;
        }
      if (self->on && g_get_monotonic_time () >= next)
        {
          g_mutex_unlock (&self->mutex);
          look (self, &seen);
          g_mutex_lock (&self->mutex);
          next = g_get_monotonic_time () + POLL_MS * 1000;
          continue;
        }
      wish = g_queue_pop_head (&self->wishes);
      if (wish)
        {
          News *news = news_new (self, seen.generation);

          g_mutex_unlock (&self->mutex);
          news->step = *wish;
          news->surface = sac_sample_film_decode (seen.folder, *wish);
          g_idle_add_full (G_PRIORITY_DEFAULT, bring_news, news, news_free);
          g_mutex_lock (&self->mutex);
        }
      else
        g_cond_wait_until (&self->wake, &self->mutex, next);
    }
  g_mutex_unlock (&self->mutex);
  g_free (seen.folder);
  return NULL;
}

/* ---- main thread. */

SacSampleFilm *
sac_sample_film_new (void)
{
  return g_object_new (SAC_TYPE_SAMPLE_FILM, NULL);
}

static void
start_thread (SacSampleFilm *self)
{
  if (!self->thread)
    self->thread = g_thread_new ("samples", read_on, self);
}

void
sac_sample_film_set_folder (SacSampleFilm *self, const char *run_folder)
{
  if (g_strcmp0 (run_folder, self->folder) == 0)
    return;
  g_free (self->folder);
  self->folder = g_strdup (run_folder);
  g_array_set_size (self->steps, 0);
  g_hash_table_remove_all (self->frames);
  self->bytes = 0;
  self->shape = (SacSampleShape) { 0 };
  g_mutex_lock (&self->mutex);
  g_free (self->wanted);
  self->wanted = g_strdup (run_folder);
  self->generation++;
  g_queue_clear_full (&self->wishes, g_free);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
  g_signal_emit (self, signals[CHANGED], 0);
}

const char *
sac_sample_film_get_folder (SacSampleFilm *self)
{
  return self->folder;
}

void
sac_sample_film_set_active (SacSampleFilm *self, gboolean active)
{
  g_mutex_lock (&self->mutex);
  self->on = active;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
  if (active)
    start_thread (self);
}

guint
sac_sample_film_get_n (SacSampleFilm *self)
{
  return self->steps->len;
}

guint64
sac_sample_film_get_step (SacSampleFilm *self, guint i)
{
  return i < self->steps->len ? g_array_index (self->steps, guint64, i) : 0;
}

guint
sac_sample_film_find (SacSampleFilm *self, guint64 step)
{
  const guint64 *steps = (const guint64 *) (void *) self->steps->data;
  guint n = self->steps->len, low = 0, high = n;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (steps[middle] < step)
        low = middle + 1;
      else
        high = middle;
    }
  if (low > 0 && (low == n || steps[low] - step > step - steps[low - 1]))
    low--;
  return low;
}

/* @first: before all other wishes. */
static void
wish (SacSampleFilm *self, guint64 step, gboolean first)
{
  guint64 *wanted = g_memdup2 (&step, sizeof step);

  start_thread (self);
  g_mutex_lock (&self->mutex);
  for (GList *l = self->wishes.head; l; l = l->next)
    if (*(guint64 *) l->data == step)
      {
        g_free (l->data);
        g_queue_delete_link (&self->wishes, l);
        break;
      }
  if (first)
    g_queue_push_head (&self->wishes, wanted);
  else
    g_queue_push_tail (&self->wishes, wanted);
  while (self->wishes.length > MOST_WISHES)
    g_free (g_queue_pop_tail (&self->wishes));
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->mutex);
}

cairo_surface_t *
sac_sample_film_get (SacSampleFilm *self, guint i)
{
  guint64 step = sac_sample_film_get_step (self, i);
  Frame *frame;

  if (i >= self->steps->len)
    return NULL;
  frame = g_hash_table_lookup (self->frames, &step);
  if (!frame)
    {
      wish (self, step, TRUE);
      return NULL;
    }
  frame->used = ++self->clock;
  return frame->surface;
}

void
sac_sample_film_prefetch (SacSampleFilm *self, guint i)
{
  guint64 step = sac_sample_film_get_step (self, i);

  if (i < self->steps->len && !g_hash_table_contains (self->frames, &step))
    wish (self, step, FALSE);
}

void
sac_sample_film_get_shape (SacSampleFilm *self, SacSampleShape *shape)
{
  *shape = self->shape;
}

static void
sac_sample_film_dispose (GObject *object)
{
  SacSampleFilm *self = SAC_SAMPLE_FILM (object);

  if (self->thread)
    {
      g_mutex_lock (&self->mutex);
      self->quit = TRUE;
      g_cond_signal (&self->wake);
      g_mutex_unlock (&self->mutex);
      g_thread_join (g_steal_pointer (&self->thread));
    }
  G_OBJECT_CLASS (sac_sample_film_parent_class)->dispose (object);
}

static void
sac_sample_film_finalize (GObject *object)
{
  SacSampleFilm *self = SAC_SAMPLE_FILM (object);

  g_array_unref (self->steps);
  g_hash_table_unref (self->frames);
  g_queue_clear_full (&self->wishes, g_free);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_free (self->folder);
  g_free (self->wanted);
  G_OBJECT_CLASS (sac_sample_film_parent_class)->finalize (object);
}

static void
sac_sample_film_class_init (SacSampleFilmClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_sample_film_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_sample_film_finalize;
  signals[CHANGED] = g_signal_new ("changed", SAC_TYPE_SAMPLE_FILM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LOADED] = g_signal_new ("loaded", SAC_TYPE_SAMPLE_FILM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
}

static void
sac_sample_film_init (SacSampleFilm *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  g_queue_init (&self->wishes);
  self->steps = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->frames = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, frame_free);
}
