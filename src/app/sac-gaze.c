#include "sac-gaze.h"

#include <string.h>

struct _SacGaze {
  GObject parent_instance;
  SacWorker *worker;
  char *run, *project, *clip;
  SacLook *look;
  char *failure;
  gboolean space, time;         /* inverted */
  float *edited_spatial, *edited_temporal;
  float *spatial, *temporal;    /* the maps as they are; NULL: the network's own */
  float *scores;                /* under them; NULL: the network's own */
  GCancellable *looking, *perceiving;
  gboolean again;               /* the maps changed since the question that is under way */
};

G_DEFINE_FINAL_TYPE (SacGaze, sac_gaze, G_TYPE_OBJECT)

enum { LOOKED, SCORES_CHANGED, MAPS_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
stop (GCancellable **cancellable)
{
  g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
}

static void
forget_maps (SacGaze *self)
{
  stop (&self->perceiving);
  self->again = FALSE;
  g_clear_pointer (&self->edited_spatial, g_free);
  g_clear_pointer (&self->edited_temporal, g_free);
  g_clear_pointer (&self->spatial, g_free);
  g_clear_pointer (&self->temporal, g_free);
  g_clear_pointer (&self->scores, g_free);
}

/* ---- other maps. */

static gsize
n_places (SacGaze *self)
{
  return (gsize) self->look->t * (gsize) self->look->h * (gsize) self->look->w;
}

static float *
dup_map (const float *map, gsize n, gboolean inverted)
{
  float *out = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    out[i] = inverted ? 1 - map[i] : map[i];
  return out;
}

static void on_perceived (GObject *source, GAsyncResult *result, gpointer data);

static void
perceive (SacGaze *self)
{
  SacMaps maps = { self->look->t, self->look->h, self->look->w, self->spatial, self->temporal };

  self->again = FALSE;
  self->perceiving = g_cancellable_new ();
  sac_worker_perceive_async (self->worker, self->run, self->project, self->clip, &maps, self->perceiving, on_perceived,
                             g_object_ref (self));
}

static void
on_perceived (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacGaze) self = data;
  g_autoptr (GError) error = NULL;
  guint n = 0;
  g_autofree float *scores = sac_worker_perceive_finish (SAC_WORKER (source), result, &n, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->perceiving)
    return;
  g_clear_object (&self->perceiving);
  if (scores && self->look && n == self->look->n_labels)
    {
      g_free (self->scores);
      self->scores = g_steal_pointer (&scores);
    }
  g_free (self->failure);
  self->failure = error ? g_strdup (error->message) : NULL;
  if (self->again)
    perceive (self);
  g_signal_emit (self, signals[SCORES_CHANGED], 0);
}

/* The maps anew, and the question what they score. */
static void
renew (SacGaze *self)
{
  const SacLook *look = self->look;
  gboolean edited, has_time;

  if (!look || !sac_look_has_attention (look))
    return;
  edited = self->edited_spatial != NULL;
  has_time = look->temporal != NULL;
  g_clear_pointer (&self->spatial, g_free);
  g_clear_pointer (&self->temporal, g_free);
  if (edited || self->space || (self->time && has_time))
    {
      self->spatial = dup_map (edited ? self->edited_spatial : look->spatial, n_places (self), self->space);
      if (has_time)
        self->temporal = dup_map (self->edited_temporal ? self->edited_temporal : look->temporal, (gsize) look->t, self->time);
      if (self->perceiving)     /* it goes on: while a pointer draws, there is always an answer on its way */
        self->again = TRUE;
      else
        perceive (self);
    }
  else
    {
      stop (&self->perceiving);
      self->again = FALSE;
      g_clear_pointer (&self->scores, g_free);
    }
  g_signal_emit (self, signals[MAPS_CHANGED], 0);
  if (!self->perceiving)
    g_signal_emit (self, signals[SCORES_CHANGED], 0);
}

gboolean
sac_gaze_get_inverted_space (SacGaze *self)
{
  return self->space;
}

gboolean
sac_gaze_get_inverted_time (SacGaze *self)
{
  return self->time;
}

void
sac_gaze_set_inverted (SacGaze *self, gboolean space, gboolean time)
{
  g_return_if_fail (SAC_IS_GAZE (self));
  space = !!space;
  time = !!time;
  if (space == self->space && time == self->time)
    return;
  self->space = space;
  self->time = time;
  renew (self);
}

void
sac_gaze_set_edited (SacGaze *self, const float *spatial, const float *temporal)
{
  g_autofree float *old_spatial = NULL, *old_temporal = NULL;

  g_return_if_fail (SAC_IS_GAZE (self));
  if (!self->look || !sac_look_has_attention (self->look) || (!spatial && !temporal && !self->edited_spatial))
    return;
  old_spatial = g_steal_pointer (&self->edited_spatial);
  old_temporal = g_steal_pointer (&self->edited_temporal);
  if (spatial || temporal)
    {
      self->edited_spatial = dup_map (spatial ? spatial : self->look->spatial, n_places (self), FALSE);
      if (self->look->temporal)
        self->edited_temporal = dup_map (temporal ? temporal : self->look->temporal, (gsize) self->look->t, FALSE);
    }
  renew (self);
}

gboolean
sac_gaze_is_edited (SacGaze *self)
{
  return self->edited_spatial != NULL;
}

const float *
sac_gaze_get_spatial (SacGaze *self)
{
  return self->spatial ? self->spatial : self->look ? self->look->spatial : NULL;
}

const float *
sac_gaze_get_temporal (SacGaze *self)
{
  return self->temporal ? self->temporal : self->look ? self->look->temporal : NULL;
}

const float *
sac_gaze_get_scores (SacGaze *self)
{
  return self->scores ? self->scores : sac_gaze_get_own_scores (self);
}

const float *
sac_gaze_get_own_scores (SacGaze *self)
{
  return self->look ? self->look->scores : NULL;
}

gboolean
sac_gaze_is_perceiving (SacGaze *self)
{
  return self->perceiving != NULL;
}

/* ---- the look. */

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacGaze) self = data;
  g_autoptr (GError) error = NULL;
  SacLook *look = sac_worker_attend_finish (SAC_WORKER (source), result, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->looking)
    {
      sac_look_free (look);
      return;
    }
  g_clear_object (&self->looking);
  self->look = look;
  if (!look)
    self->failure = g_strdup (error->message);
  g_signal_emit (self, signals[LOOKED], 0);
  renew (self);
}

void
sac_gaze_ask (SacGaze *self, const char *run_folder, const char *project, const char *clip)
{
  gboolean had, nothing = !run_folder || !project || !clip;

  g_return_if_fail (SAC_IS_GAZE (self));
  if (nothing)
    run_folder = project = clip = NULL;
  if (g_strcmp0 (run_folder, self->run) == 0 && g_strcmp0 (project, self->project) == 0 && g_strcmp0 (clip, self->clip) == 0
      && (nothing || self->look || self->looking))
    return;
  stop (&self->looking);
  forget_maps (self);
  had = self->look || self->failure;
  g_clear_pointer (&self->look, sac_look_free);
  g_clear_pointer (&self->failure, g_free);
  g_free (self->run);
  g_free (self->project);
  g_free (self->clip);
  self->run = g_strdup (run_folder);
  self->project = g_strdup (project);
  self->clip = g_strdup (clip);
  if (had)
    g_signal_emit (self, signals[LOOKED], 0);
  if (nothing || self->looking)
    return;
  self->looking = g_cancellable_new ();
  sac_worker_attend_async (self->worker, self->run, self->project, self->clip, self->looking, on_looked, g_object_ref (self));
}

gboolean
sac_gaze_is_busy (SacGaze *self)
{
  return self->looking != NULL;
}

const char *
sac_gaze_get_run (SacGaze *self)
{
  return self->run;
}

const char *
sac_gaze_get_clip (SacGaze *self)
{
  return self->clip;
}

const SacLook *
sac_gaze_get_look (SacGaze *self)
{
  return self->look;
}

const char *
sac_gaze_get_failure (SacGaze *self)
{
  return self->failure;
}

/* ---- life. */

static void
sac_gaze_dispose (GObject *object)
{
  SacGaze *self = SAC_GAZE (object);

  stop (&self->looking);
  forget_maps (self);
  g_clear_pointer (&self->look, sac_look_free);
  g_clear_object (&self->worker);
  G_OBJECT_CLASS (sac_gaze_parent_class)->dispose (object);
}

static void
sac_gaze_finalize (GObject *object)
{
  SacGaze *self = SAC_GAZE (object);

  g_free (self->run);
  g_free (self->project);
  g_free (self->clip);
  g_free (self->failure);
  G_OBJECT_CLASS (sac_gaze_parent_class)->finalize (object);
}

static void
sac_gaze_class_init (SacGazeClass *klass)
{
  static const char *const names[N_SIGNALS] = { "looked", "scores-changed", "maps-changed" };

  G_OBJECT_CLASS (klass)->dispose = sac_gaze_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_gaze_finalize;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_gaze_init (SacGaze *self)
{
}

SacGaze *
sac_gaze_new (SacWorker *worker)
{
  SacGaze *self = g_object_new (SAC_TYPE_GAZE, NULL);

  self->worker = g_object_ref (worker);
  return self;
}
