/* One thread.  Under the lock: what is wanted, what is ready.  Outside it: opening, decoding, converting.  A file that is no
 * longer wanted is known by its generation, and its late results are thrown away. */
#include "sac-frame-feed.h"

#include <glib/gi18n.h>

#define READY_BYTES (96u << 20)
#define MIN_READY 4
#define MAX_READY 48

typedef struct {
  guint frame;
  GdkTexture *texture;          /* NULL: problem says why */
  char *problem;
} Ready;

struct _SacFrameFeed {
  GObject parent_instance;
  GThread *thread;
  SacMedia *media;              /* main thread's reference */

  GMutex lock;
  GCond wake;
  gboolean quit;
  guint generation;             /* counts files */
  char *path;                   /* to be opened; NULL once taken */
  gboolean open_pending;
  GCancellable *cancellable;    /* of this generation */
  SacMedia *opened;             /* the thread's, NULL until opened */
  char *open_problem;
  gboolean tell_open;
  guint wanted;
  int ahead;
  GArray *ready;                /* Ready */
  guint notify_source;
};

G_DEFINE_FINAL_TYPE (SacFrameFeed, sac_frame_feed, G_TYPE_OBJECT)

enum { OPENED, FAILED, READY, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
ready_clear (gpointer data)
{
  Ready *ready = data;

  g_clear_object (&ready->texture);
  g_clear_pointer (&ready->problem, g_free);
}

/* ---- telling the main thread: one source at a time, whatever happened meanwhile. */

static gboolean
notify_main (gpointer data)
{
  SacFrameFeed *self = data;
  g_autofree char *problem = NULL;
  gboolean tell_open;

  g_mutex_lock (&self->lock);
  self->notify_source = 0;
  tell_open = self->tell_open;
  self->tell_open = FALSE;
  if (tell_open)
    {
      g_set_object (&self->media, self->opened);
      problem = g_steal_pointer (&self->open_problem);
    }
  g_mutex_unlock (&self->lock);
  g_object_ref (self);
  if (tell_open && problem)
    g_signal_emit (self, signals[FAILED], 0, problem);
  else if (tell_open)
    g_signal_emit (self, signals[OPENED], 0);
  g_signal_emit (self, signals[READY], 0);
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

static void
notify_locked (SacFrameFeed *self)
{
  if (!self->notify_source && !self->quit)
    self->notify_source = g_idle_add_full (G_PRIORITY_DEFAULT, notify_main, self, NULL);
}

/* ---- the thread. */

static Ready *
find_ready (SacFrameFeed *self, guint frame)
{
  for (guint i = 0; i < self->ready->len; i++)
    if (g_array_index (self->ready, Ready, i).frame == frame)
      return &g_array_index (self->ready, Ready, i);
  return NULL;
}

/* The next frame to make: the wanted one, then outward in the direction of travel.  FALSE: all there. */
static gboolean
pick_locked (SacFrameFeed *self, guint *frame)
{
  gint64 n = sac_media_get_n_frames (self->opened);
  int step = self->ahead < 0 ? -1 : 1;

  for (int i = 0; i <= ABS (self->ahead); i++)
    {
      gint64 candidate = (gint64) self->wanted + i * step;

      if (candidate < 0 || candidate >= n)
        break;
      if (!find_ready (self, (guint) candidate))
        {
          *frame = (guint) candidate;
          return TRUE;
        }
    }
  return FALSE;
}

/* Makes room by dropping what lies farthest from the wanted frame; behind the direction of travel counts double. */
static void
insert_locked (SacFrameFeed *self, Ready ready, gsize frame_bytes)
{
  guint room = (guint) CLAMP (READY_BYTES / MAX (frame_bytes, 1), MIN_READY, MAX_READY);

  while (self->ready->len >= room)
    {
      guint worst = 0;
      gint64 farthest = -1;

      for (guint i = 0; i < self->ready->len; i++)
        {
          gint64 distance = (gint64) g_array_index (self->ready, Ready, i).frame - (gint64) self->wanted;

          if ((distance < 0) != (self->ahead < 0))
            distance *= 2;
          if (ABS (distance) > farthest)
            {
              farthest = ABS (distance);
              worst = i;
            }
        }
      g_array_remove_index_fast (self->ready, worst);
    }
  g_array_append_val (self->ready, ready);
}

static Ready
make_frame (SacMedia *media, guint number, GCancellable *cancellable, gsize *n_bytes)
{
  Ready ready = { number, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacFrame) frame = sac_media_get_frame (media, number, cancellable, &error);

  *n_bytes = 1;
  if (frame)
    {
      int width = sac_frame_get_width (frame), height = sac_frame_get_height (frame);
      gsize stride = (gsize) width * 4;
      guint8 *pixels = g_try_malloc_n ((gsize) height, stride);

      *n_bytes = stride * (gsize) height;
      if (pixels && sac_frame_convert (frame, SAC_PIXELS_BGRA, pixels, stride, &error))
        {
          g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&pixels), *n_bytes);

          ready.texture = gdk_memory_texture_new (width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, stride);
          return ready;
        }
      g_free (pixels);
    }
  ready.problem = g_strdup (error ? error->message : _("There is not enough memory for this frame"));
  return ready;
}

static void
open_file (SacFrameFeed *self)
{
  g_autofree char *path = g_steal_pointer (&self->path);
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
  guint generation = self->generation;
  g_autoptr (GError) error = NULL;
  SacMedia *media;

  self->open_pending = FALSE;
  g_mutex_unlock (&self->lock);
  media = sac_media_open (path, cancellable, &error);
  g_mutex_lock (&self->lock);
  if (generation != self->generation)
    {
      g_clear_object (&media);
      return;
    }
  self->opened = media;
  self->open_problem = error ? g_strdup (error->message) : NULL;
  self->tell_open = TRUE;
  notify_locked (self);
}

static gpointer
run (gpointer data)
{
  SacFrameFeed *self = data;

  g_mutex_lock (&self->lock);
  while (!self->quit)
    {
      guint frame, generation = self->generation;

      if (self->open_pending)
        open_file (self);
      else if (self->opened && pick_locked (self, &frame))
        {
          g_autoptr (SacMedia) media = g_object_ref (self->opened);
          g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
          gsize n_bytes;
          Ready ready;

          g_mutex_unlock (&self->lock);
          ready = make_frame (media, frame, cancellable, &n_bytes);
          g_mutex_lock (&self->lock);
          if (generation != self->generation)
            ready_clear (&ready);
          else
            {
              insert_locked (self, ready, n_bytes);
              notify_locked (self);
            }
        }
      else
        g_cond_wait (&self->wake, &self->lock);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* ---- the main thread's side. */

static void
sac_frame_feed_dispose (GObject *object)
{
  SacFrameFeed *self = SAC_FRAME_FEED (object);

  if (self->thread)
    {
      g_mutex_lock (&self->lock);
      self->quit = TRUE;
      self->generation++;
      if (self->cancellable)
        g_cancellable_cancel (self->cancellable);
      g_clear_handle_id (&self->notify_source, g_source_remove);
      g_cond_signal (&self->wake);
      g_mutex_unlock (&self->lock);
      g_thread_join (g_steal_pointer (&self->thread));
    }
  g_clear_object (&self->media);
  g_clear_object (&self->opened);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (sac_frame_feed_parent_class)->dispose (object);
}

static void
sac_frame_feed_finalize (GObject *object)
{
  SacFrameFeed *self = SAC_FRAME_FEED (object);

  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->open_problem, g_free);
  g_clear_pointer (&self->ready, g_array_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  G_OBJECT_CLASS (sac_frame_feed_parent_class)->finalize (object);
}

static void
sac_frame_feed_class_init (SacFrameFeedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sac_frame_feed_dispose;
  object_class->finalize = sac_frame_feed_finalize;
  signals[OPENED] = g_signal_new ("opened", SAC_TYPE_FRAME_FEED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", SAC_TYPE_FRAME_FEED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
  signals[READY] = g_signal_new ("ready", SAC_TYPE_FRAME_FEED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_frame_feed_init (SacFrameFeed *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->ready = g_array_new (FALSE, FALSE, sizeof (Ready));
  g_array_set_clear_func (self->ready, ready_clear);
  self->thread = g_thread_new ("frames", run, self);
}

SacFrameFeed *
sac_frame_feed_new (void)
{
  return g_object_new (SAC_TYPE_FRAME_FEED, NULL);
}

void
sac_frame_feed_open (SacFrameFeed *self, const char *path)
{
  g_return_if_fail (SAC_IS_FRAME_FEED (self));
  g_clear_object (&self->media);
  g_mutex_lock (&self->lock);
  self->generation++;
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_free (self->path);
  self->path = g_strdup (path);
  self->open_pending = path != NULL;
  self->tell_open = FALSE;
  g_clear_pointer (&self->open_problem, g_free);
  g_clear_object (&self->opened);
  g_array_set_size (self->ready, 0);
  self->wanted = 0;
  self->ahead = 0;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

SacMedia *
sac_frame_feed_get_media (SacFrameFeed *self)
{
  return self->media;
}

void
sac_frame_feed_want (SacFrameFeed *self, guint frame, int ahead)
{
  g_return_if_fail (SAC_IS_FRAME_FEED (self));
  g_mutex_lock (&self->lock);
  if (self->wanted != frame || self->ahead != ahead)
    {
      self->wanted = frame;
      /* Never more ahead than the ring can hold, or it would chase its own tail. */
      self->ahead = CLAMP (ahead, -(MIN_READY - 1), MIN_READY - 1);
      g_cond_signal (&self->wake);
    }
  g_mutex_unlock (&self->lock);
}

GdkTexture *
sac_frame_feed_dup_texture (SacFrameFeed *self, guint frame)
{
  GdkTexture *texture = NULL;
  Ready *ready;

  g_mutex_lock (&self->lock);
  ready = find_ready (self, frame);
  if (ready && ready->texture)
    texture = g_object_ref (ready->texture);
  g_mutex_unlock (&self->lock);
  return texture;
}

char *
sac_frame_feed_dup_problem (SacFrameFeed *self, guint frame)
{
  char *problem = NULL;
  Ready *ready;

  g_mutex_lock (&self->lock);
  ready = find_ready (self, frame);
  if (ready)
    problem = g_strdup (ready->problem);
  g_mutex_unlock (&self->lock);
  return problem;
}
