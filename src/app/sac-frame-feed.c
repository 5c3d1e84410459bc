/* One thread.  Under the lock: what is wanted, what is ready.  Outside it: opening, decoding, converting.  A file that is no
 * longer wanted is known by its generation, and its late results are thrown away.
 * Backwards, a second thread has the frames before those in the cache decoded while these are still shown: decoding only goes
 * forwards, from a key frame, so whoever asks for the frame before waits for many. */
#include "sac-frame-feed.h"

#include <glib/gi18n.h>

#include "sac-frame-view.h"

#define READY_BYTES (96u << 20)
#define MIN_READY 5
#define MAX_READY 48
#define NEAR_LEAST 4            /* frames before the wanted one: nearer ones are not worth a picture of their own */
#define NEAR_EVERY_US 60000
#define COUNT_EVERY_US 100000   /* so often it is told how far counting is */

typedef struct {
  guint frame;
  GdkTexture *texture;          /* NULL: problem says why */
  char *problem;
} Ready;

struct _SacFrameFeed {
  GObject parent_instance;
  GThread *thread, *back_thread;
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
  GCancellable *task;           /* of the frame being made; NULL = none */
  Ready near;                   /* decoded on the way to the wanted frame */
  gint64 near_us;
  gint64 count_us, count_told_us;       /* since when frames are counted, 0 = they are not; when that was told last */
  double count_fraction;
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

static GdkTexture *
make_texture (SacFrame *frame, GError **error)
{
  g_autoptr (GBytes) bytes = sac_frame_to_bgra (frame, error);

  return bytes ? sac_frame_texture_new (sac_frame_get_width (frame), sac_frame_get_height (frame), bytes) : NULL;
}

/* One frame on its way. */
typedef struct {
  SacFrameFeed *feed;
  guint target, generation;
  gboolean wanted;              /* not one of those made ahead */
  gboolean told;
  GCancellable *cancellable;
} Task;

/* A frame that was decoded on the way: shown if the way is long.  Once something has been shown, a way that leads to where nobody
 * wants to go any more ends here. */
static void
on_passing (SacFrame *frame, gpointer data)
{
  Task *task = data;
  SacFrameFeed *self = task->feed;
  guint number = sac_frame_get_number (frame);
  g_autoptr (GdkTexture) texture = NULL;
  gint64 now = g_get_monotonic_time ();
  gboolean show;

  g_mutex_lock (&self->lock);
  show = task->wanted && task->generation == self->generation && task->target >= number + NEAR_LEAST
         && (!task->told || now - self->near_us >= NEAR_EVERY_US);
  g_mutex_unlock (&self->lock);
  if (show)
    texture = make_texture (frame, NULL);
  g_mutex_lock (&self->lock);
  if (texture && task->generation == self->generation)
    {
      g_set_object (&self->near.texture, texture);
      self->near.frame = number;
      self->near_us = g_get_monotonic_time ();
      task->told = TRUE;
      notify_locked (self);
    }
  if (task->told || !task->wanted)
    {
      gint64 off = ((gint64) task->target - (gint64) self->wanted) * (self->ahead < 0 ? -1 : 1);

      if (task->generation != self->generation || off < 0 || off > ABS (self->ahead))
        g_cancellable_cancel (task->cancellable);
    }
  g_mutex_unlock (&self->lock);
}

static Ready
make_frame (SacMedia *media, Task *task, gsize *n_bytes)
{
  Ready ready = { task->target, NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacFrame) frame = sac_media_get_frame_passing (media, task->target, on_passing, task, task->cancellable, &error);

  *n_bytes = 1;
  if (frame)
    {
      *n_bytes = (gsize) sac_frame_get_width (frame) * 4 * (gsize) sac_frame_get_height (frame);
      ready.texture = make_texture (frame, &error);
    }
  if (!ready.texture)
    ready.problem = g_strdup (error ? error->message : _("There is not enough memory for this frame"));
  return ready;
}

/* The first frame of a file that is still being indexed. */
static void
on_first (SacFrame *frame, gpointer data)
{
  Task *task = data;
  g_autoptr (GdkTexture) texture = make_texture (frame, NULL);

  g_mutex_lock (&task->feed->lock);
  if (task->generation == task->feed->generation && texture)
    {
      g_set_object (&task->feed->near.texture, texture);
      task->feed->near.frame = 0;
      notify_locked (task->feed);
    }
  g_mutex_unlock (&task->feed->lock);
}

static void
on_counting (double fraction, gpointer data)
{
  Task *task = data;
  SacFrameFeed *self = task->feed;
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  if (task->generation == self->generation)
    {
      if (!self->count_us)
        self->count_us = now;
      self->count_fraction = fraction;
      if (now - self->count_told_us >= COUNT_EVERY_US)
        {
          self->count_told_us = now;
          notify_locked (self);
        }
    }
  g_mutex_unlock (&self->lock);
}

static void
open_file (SacFrameFeed *self)
{
  g_autofree char *path = g_steal_pointer (&self->path);
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
  guint generation = self->generation;
  Task task = { .feed = self, .generation = generation };
  const SacMediaWatch watch = { on_first, on_counting, &task };
  g_autoptr (GError) error = NULL;
  SacMedia *media;

  self->open_pending = FALSE;
  g_mutex_unlock (&self->lock);
  media = sac_media_open_watched (path, &watch, cancellable, &error);
  g_mutex_lock (&self->lock);
  if (generation != self->generation)
    {
      g_clear_object (&media);
      return;
    }
  self->count_us = 0;
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
          g_autoptr (GCancellable) cancellable = g_cancellable_new ();
          Task task = { self, frame, generation, frame == self->wanted, FALSE, cancellable };
          gsize n_bytes;
          Ready ready;

          self->task = cancellable;
          g_mutex_unlock (&self->lock);
          ready = make_frame (media, &task, &n_bytes);
          g_mutex_lock (&self->lock);
          self->task = NULL;
          if (generation != self->generation || g_cancellable_is_cancelled (cancellable))
            ready_clear (&ready);
          else
            {
              if (frame == self->wanted)
                ready_clear (&self->near);
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

/* ---- backwards. */

#define BACK_POLL_US 30000
#define BACK_MAX_FRAMES 600     /* looked at behind the wanted one */

/* The last frame before the wanted one that is not in the cache; FALSE: far enough back all are, or the wanted one is not yet. */
static gboolean
find_gap (SacMedia *media, guint wanted, guint *gap)
{
  guint least = wanted > BACK_MAX_FRAMES ? wanted - BACK_MAX_FRAMES : 0;
  guint most = sac_media_get_n_back (media);

  if (!sac_media_is_cached (media, wanted))
    return FALSE;
  for (guint frame = wanted; frame > least && wanted - frame < most; frame--)
    if (!sac_media_is_cached (media, frame - 1))
      {
        *gap = frame - 1;
        return TRUE;
      }
  return FALSE;
}

static gpointer
run_back (gpointer data)
{
  SacFrameFeed *self = data;

  g_mutex_lock (&self->lock);
  while (!self->quit)
    {
      g_autoptr (SacMedia) media = self->opened && self->ahead < -1 ? g_object_ref (self->opened) : NULL;
      g_autoptr (GCancellable) cancellable = media ? g_object_ref (self->cancellable) : NULL;
      guint wanted = self->wanted, gap;
      gboolean found = FALSE;

      if (media)
        {
          g_mutex_unlock (&self->lock);
          found = find_gap (media, wanted, &gap);
          if (found)
            {
              g_autoptr (SacFrame) frame = sac_media_get_frame (media, gap, cancellable, NULL);

              found = frame != NULL;
            }
          g_clear_object (&media);
          g_mutex_lock (&self->lock);
        }
      if (!found && !self->quit && self->ahead < -1)
        g_cond_wait_until (&self->wake, &self->lock, g_get_monotonic_time () + BACK_POLL_US);
      else if (!found && !self->quit)
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
      if (self->task)
        g_cancellable_cancel (self->task);
      g_clear_handle_id (&self->notify_source, g_source_remove);
      g_cond_broadcast (&self->wake);
      g_mutex_unlock (&self->lock);
      g_thread_join (g_steal_pointer (&self->thread));
      g_thread_join (g_steal_pointer (&self->back_thread));
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
  ready_clear (&self->near);
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
  self->back_thread = g_thread_new ("frames-back", run_back, self);
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
  if (self->task)
    g_cancellable_cancel (self->task);
  ready_clear (&self->near);
  self->count_us = 0;
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
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->lock);
}

gboolean
sac_frame_feed_get_counting (SacFrameFeed *self, double *fraction, double *seconds_left)
{
  gboolean counting;

  g_return_val_if_fail (SAC_IS_FRAME_FEED (self), FALSE);
  g_mutex_lock (&self->lock);
  counting = self->count_us != 0;
  *fraction = counting ? self->count_fraction : -1;
  *seconds_left = -1;
  if (*fraction > 0)
    *seconds_left = 1e-6 * (double) (g_get_monotonic_time () - self->count_us) * (1 - *fraction) / *fraction;
  g_mutex_unlock (&self->lock);
  return counting;
}

void
sac_frame_feed_stop (SacFrameFeed *self)
{
  g_return_if_fail (SAC_IS_FRAME_FEED (self));
  g_mutex_lock (&self->lock);
  if (self->cancellable && !self->opened)
    g_cancellable_cancel (self->cancellable);
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
      g_cond_broadcast (&self->wake);
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

GdkTexture *
sac_frame_feed_dup_near (SacFrameFeed *self, guint *frame)
{
  GdkTexture *texture = NULL;

  g_mutex_lock (&self->lock);
  if (self->near.texture)
    {
      texture = g_object_ref (self->near.texture);
      *frame = self->near.frame;
    }
  g_mutex_unlock (&self->lock);
  return texture;
}
