#include "sac-sight.h"

#include <glib/gi18n.h>
#include <string.h>

#include "eval/sac-eval.h"

struct _SacSight {
  GObject parent_instance;
  SacWorker *worker;
  SacGaze *gaze;
  char *project;
  SacSightKind kind;
  char *layer;
  char *label;                  /* NULL: the first choice */
  char *asked;                  /* what the explanation is of */
  SacExplanation *explanation;  /* of maps from outside */
  char *failure;
  GCancellable *cancellable;
  float *label_map;             /* scaled */
};

G_DEFINE_FINAL_TYPE (SacSight, sac_sight, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

const char *
sac_sight_kind_get_words (SacSightKind kind)
{
  static const char *const words[SAC_N_SIGHTS]
    = { N_("Own attention"), N_("Attention to the label"), N_("Grad-CAM"), N_("Input gradient"), N_("Random") };

  return _(words[kind]);
}

SacGaze *
sac_sight_get_gaze (SacSight *self)
{
  return self->gaze;
}

const char *
sac_sight_get_label (SacSight *self)
{
  const SacLook *look = sac_gaze_get_look (self->gaze);
  guint best = 0;

  if (self->label || !look)
    return self->label;
  for (guint i = 1; i < look->n_labels; i++)
    if (look->scores[i] > look->scores[best])
      best = i;
  return look->labels[best];
}

/* ---- maps from outside. */

static void
forget_explanation (SacSight *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->asked, g_free);
  g_clear_pointer (&self->explanation, sac_explanation_free);
}

static void
on_explained (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacSight) self = data;
  g_autoptr (GError) error = NULL;
  SacExplanation *explanation = sac_worker_explain_finish (SAC_WORKER (source), result, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    {
      sac_explanation_free (explanation);
      return;
    }
  g_clear_object (&self->cancellable);
  self->explanation = explanation;
  if (!explanation)
    self->failure = g_strdup (error->message);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
ask_outside (SacSight *self)
{
  static const SacAskedMap maps[SAC_N_SIGHTS]
    = { [SAC_SIGHT_GRADCAM] = SAC_ASK_GRADCAM, [SAC_SIGHT_GRADIENT] = SAC_ASK_GRADIENT, [SAC_SIGHT_RANDOM] = SAC_ASK_RANDOM };
  const char *run = sac_gaze_get_run (self->gaze), *clip = sac_gaze_get_clip (self->gaze);
  g_autofree char *question = g_strdup_printf ("%s\n%s\n%d\n%s\n%s", run, clip, (int) self->kind, self->layer ? self->layer : "",
                                               self->label ? self->label : "");

  if (g_strcmp0 (question, self->asked) == 0)
    return;
  forget_explanation (self);
  self->asked = g_steal_pointer (&question);
  self->cancellable = g_cancellable_new ();
  sac_worker_explain_async (self->worker,
                            &(SacQuestion) { run, self->project, clip, self->label, maps[self->kind], self->layer },
                            self->cancellable, on_explained, g_object_ref (self));
}

/* ---- one label's map: scaled, for the branch's activations have no upper end. */

static void
make_label_map (SacSight *self)
{
  const SacLook *look = sac_gaze_get_look (self->gaze);
  const char *label = sac_sight_get_label (self);
  gsize n = (gsize) look->t * (gsize) look->h * (gsize) look->w;
  guint which = 0;
  float most = 0;

  while (which < look->n_labels && g_strcmp0 (look->labels[which], label) != 0)
    which++;
  if (which == look->n_labels)
    {
      self->failure = g_strdup_printf (_("The run was not trained on the label “%s”."), label);
      return;
    }
  self->label_map = g_memdup2 (look->class_maps + which * n, n * sizeof (float));
  for (gsize i = 0; i < n; i++)
    most = MAX (most, self->label_map[i]);
  for (gsize i = 0; i < n && most > 0; i++)
    self->label_map[i] /= most;
}

static void
renew (SacSight *self)
{
  const SacLook *look = sac_gaze_get_look (self->gaze);

  g_clear_pointer (&self->label_map, g_free);
  if (!self->explanation)
    g_clear_pointer (&self->failure, g_free);
  if (self->kind >= SAC_SIGHT_GRADCAM)
    {
      if (sac_gaze_get_clip (self->gaze))
        ask_outside (self);
    }
  else
    {
      forget_explanation (self);
      g_clear_pointer (&self->failure, g_free);
      if (look && !sac_look_has_attention (look))
        self->failure = g_strdup (
          _("This network has no attention of its own. Grad-CAM, the input gradient and random maps can be shown."));
      else if (look && self->kind == SAC_SIGHT_LABEL && !look->class_maps)
        self->failure = g_strdup (_("This network has too many labels to show a map of each."));
      else if (look && self->kind == SAC_SIGHT_LABEL)
        make_label_map (self);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

void
sac_sight_ask (SacSight *self, const char *run_folder, const char *project, const char *clip)
{
  g_return_if_fail (SAC_IS_SIGHT (self));
  if (g_strcmp0 (run_folder, sac_gaze_get_run (self->gaze)) != 0 || g_strcmp0 (clip, sac_gaze_get_clip (self->gaze)) != 0)
    forget_explanation (self);
  g_free (self->project);
  self->project = g_strdup (project);
  sac_gaze_ask (self->gaze, run_folder, project, clip);
  renew (self);
}

void
sac_sight_choose (SacSight *self, SacSightKind kind, const char *layer, const char *label)
{
  g_return_if_fail (SAC_IS_SIGHT (self) && kind < SAC_N_SIGHTS);
  if (kind == self->kind && g_strcmp0 (layer, self->layer) == 0 && g_strcmp0 (label, self->label) == 0)
    return;
  self->kind = kind;
  g_free (self->layer);
  self->layer = g_strdup (layer);
  g_free (self->label);
  self->label = g_strdup (label);
  renew (self);
}

gboolean
sac_sight_is_busy (SacSight *self)
{
  return self->cancellable || sac_gaze_is_busy (self->gaze);
}

const char *
sac_sight_get_failure (SacSight *self)
{
  return sac_gaze_get_failure (self->gaze) ? sac_gaze_get_failure (self->gaze) : self->failure;
}

gboolean
sac_sight_get (SacSight *self, SacSeen *seen)
{
  const SacLook *look = sac_gaze_get_look (self->gaze);
  const SacExplanation *e = self->explanation;

  *seen = (SacSeen) { 0 };
  if (self->kind >= SAC_SIGHT_GRADCAM)
    {
      if (e && e->n_frames > 0)
        *seen = (SacSeen) { e->n_frames, e->frames, e->h, e->w, e->map, e->weights, e->crop };
    }
  else if (look && sac_look_has_attention (look) && (self->kind == SAC_SIGHT_OWN || self->label_map))
    *seen = (SacSeen) { look->n_frames, look->frames, look->h, look->w,
                        self->kind == SAC_SIGHT_OWN ? sac_gaze_get_spatial (self->gaze) : self->label_map,
                        sac_gaze_get_temporal (self->gaze), look->crop };
  return seen->n > 0;
}

/* ---- plain functions. */

float *
sac_seen_dup_map (const SacSeen *seen, guint frame)
{
  gsize area = (gsize) seen->h * (gsize) seen->w;
  float *map = g_new (float, area);

  sac_map_at (seen->maps, seen->frames, seen->n, area, frame, map);
  return map;
}

void
sac_seen_curve (const SacSeen *seen, const float *weights, guint n_all, float *curve)
{
  for (guint f = 0; f < n_all; f++)
    sac_map_at (weights, seen->frames, seen->n, 1, f, &curve[f]);
}

guint
sac_seen_nearest (const SacSeen *seen, guint frame)
{
  guint next = 0;

  while (next + 1 < seen->n && seen->frames[next] < frame)
    next++;
  return next > 0 && seen->frames[next] > frame && frame - seen->frames[next - 1] < seen->frames[next] - frame ? next - 1 : next;
}

gboolean
sac_next_peak (const float *weights, guint n, gint from, gboolean forward, guint *peak)
{
  gboolean found = FALSE;

  for (guint i = 0; i < n;)
    {
      guint end = i;
      gint middle;

      while (end + 1 < n && weights[end + 1] == weights[i])
        end++;
      middle = (gint) ((i + end) / 2);
      if ((i > 0 || end + 1 < n) && (i == 0 || weights[i - 1] < weights[i]) && (end + 1 == n || weights[end + 1] < weights[i])
          && (forward ? middle > from : middle < from))
        {
          *peak = (guint) middle;
          found = TRUE;
          if (forward)
            return TRUE;
        }
      i = end + 1;
    }
  return found;
}

/* ---- life. */

static void
sac_sight_dispose (GObject *object)
{
  SacSight *self = SAC_SIGHT (object);

  if (self->gaze)
    g_signal_handlers_disconnect_by_data (self->gaze, self);
  forget_explanation (self);
  g_clear_object (&self->gaze);
  g_clear_object (&self->worker);
  G_OBJECT_CLASS (sac_sight_parent_class)->dispose (object);
}

static void
sac_sight_finalize (GObject *object)
{
  SacSight *self = SAC_SIGHT (object);

  g_free (self->project);
  g_free (self->label);
  g_free (self->layer);
  g_free (self->failure);
  g_free (self->label_map);
  G_OBJECT_CLASS (sac_sight_parent_class)->finalize (object);
}

static void
sac_sight_class_init (SacSightClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_sight_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_sight_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_sight_init (SacSight *self)
{
}

SacSight *
sac_sight_new (SacWorker *worker)
{
  SacSight *self = g_object_new (SAC_TYPE_SIGHT, NULL);

  self->worker = g_object_ref (worker);
  self->gaze = sac_gaze_new (worker);
  g_signal_connect_swapped (self->gaze, "looked", G_CALLBACK (renew), self);
  g_signal_connect_swapped (self->gaze, "maps-changed", G_CALLBACK (renew), self);
  return self;
}
