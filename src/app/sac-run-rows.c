#include "sac-run-rows.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sac-gan-runs.h"
#include "sac-gaze.h"
#include "sac-settings.h"

#define MOST_LABELS 3
#define LEAST_SCORE 0.05f       /* of a label that gets a row */
#define N_SAMPLES 1024          /* of a curve */
#define PAUSE_MS 300            /* a clip that is only passed is not asked about */

typedef struct {
  char *name;
  double colour[4];
  float *curve;                 /* N_SAMPLES; NULL: only words */
} Row;

struct _SacRunRows {
  GObject parent_instance;
  SacSession *session;
  SacPlayer *player;
  SacSelection *selection;      /* nullable */
  SacWorker *worker;
  SacGaze *gaze;
  SacClip *clip;
  gboolean active;
  guint ask_id;
  GArray *rows;                 /* Row */
};

G_DEFINE_FINAL_TYPE (SacRunRows, sac_run_rows, G_TYPE_OBJECT)

static guint changed_signal;

static void
row_clear (gpointer data)
{
  Row *row = data;

  g_free (row->name);
  g_free (row->curve);
}

/* ---- curves. */

void
sac_run_rows_sample (const gint64 *at_ns, const float *values, guint n, gint64 length_ns, float *out, guint n_samples)
{
  guint k = 0;

  for (guint i = 0; i < n_samples; i++)
    {
      double ns = (i + 0.5) / n_samples * (double) length_ns, gap, share;

      while (k + 1 < n && (double) at_ns[k + 1] <= ns)
        k++;
      out[i] = 0;
      if (n == 0 || ns < (double) at_ns[0])
        continue;
      if (k + 1 == n)           /* the last frame is seen for as long as one before it */
        {
          gap = n > 1 ? (double) (at_ns[k] - at_ns[k - 1]) : (double) length_ns;
          out[i] = ns <= (double) at_ns[k] + gap ? values[k] : 0;
          continue;
        }
      gap = (double) (at_ns[k + 1] - at_ns[k]);
      share = gap > 0 ? (ns - (double) at_ns[k]) / gap : 0;
      out[i] = (float) ((1 - share) * values[k] + share * values[k + 1]);
    }
}

static gint64 *
list_times (SacRunRows *self, const SacLook *look)
{
  SacMedia *media = sac_player_get_media (self->player);
  const SacItem *item = sac_clip_get_item (self->clip);
  gint64 *times = g_new (gint64, look->n_frames + 1);

  for (guint i = 0; i < look->n_frames; i++)
    times[i] = media ? sac_media_get_time_ns (media, MIN (look->frames[i], sac_media_get_n_frames (media) - 1))
                     : (gint64) (look->frames[i] * 1e9 / MAX (item->fps, 1));
  return times;
}

static void
add_words (SacRunRows *self, const char *words)
{
  Row row = { .name = g_strdup (words) };

  g_array_append_val (self->rows, row);
}

static void
add_curve (SacRunRows *self, const char *name, guint32 colour, const gint64 *times, const float *values, guint n)
{
  Row row = { .name = g_strdup (name), .colour = { (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0, 1 } };

  row.curve = g_new (float, N_SAMPLES);
  sac_run_rows_sample (times, values, n, MAX (sac_clip_get_item (self->clip)->out_ns, 1), row.curve, N_SAMPLES);
  g_array_append_val (self->rows, row);
}

/* The sum of each of the @t maps over its h·w places. */
static void
sum_maps (const float *maps, int t, int h, int w, float *sums)
{
  for (int k = 0; k < t; k++)
    {
      sums[k] = 0;
      for (int i = 0; i < h * w; i++)
        sums[k] += maps[(gsize) k * (gsize) (h * w) + (gsize) i];
    }
}

/* Where all are 0 nothing is known of when: @most all along. */
static void
scale_to (float *values, guint n, float most)
{
  float highest = 0;

  for (guint i = 0; i < n; i++)
    highest = MAX (highest, values[i]);
  for (guint i = 0; i < n; i++)
    values[i] = highest > 0 ? values[i] * most / highest : most;
}

/* ---- rows. */

static void
add_attention (SacRunRows *self, const SacLook *look, const gint64 *times)
{
  g_autofree float *values = g_new0 (float, look->n_frames + 1);

  if (look->temporal)
    memcpy (values, look->temporal, look->n_frames * sizeof (float));
  else if (look->spatial && look->t == (int) look->n_frames)
    {
      sum_maps (look->spatial, look->t, look->h, look->w, values);
      scale_to (values, look->n_frames, 1);
    }
  else
    return;
  add_curve (self, _("Attention"), 0x9141ac, times, values, look->n_frames);
}

/* A label's score, as high as where its map is strongest; all along where the network has no maps of labels. */
static void
add_prediction (SacRunRows *self, const SacLook *look, const gint64 *times, guint l)
{
  g_autofree float *values = g_new0 (float, look->n_frames + 1);
  g_autofree char *name = g_strdup_printf (_("%s %.0f %%"), look->labels[l], 100 * (double) look->scores[l]);
  guint32 colour = 0x77767b;

  if (look->class_maps && look->t == (int) look->n_frames)
    sum_maps (look->class_maps + (gsize) l * (gsize) look->t * (gsize) (look->h * look->w), look->t, look->h, look->w, values);
  scale_to (values, look->n_frames, look->scores[l]);
  for (guint i = 0; i < sac_session_get_n_labels (self->session); i++)
    if (g_str_equal (sac_session_get_label (self->session, i)->name, look->labels[l]))
      colour = sac_session_get_label (self->session, i)->colour;
  add_curve (self, name, colour, times, values, look->n_frames);
}

static void
add_predictions (SacRunRows *self, const SacLook *look, const gint64 *times)
{
  g_autofree gboolean *taken = g_new0 (gboolean, look->n_labels + 1);

  for (guint k = 0; k < MIN (MOST_LABELS, look->n_labels); k++)
    {
      guint best = look->n_labels;

      for (guint l = 0; l < look->n_labels; l++)
        if (!taken[l] && isfinite (look->scores[l]) && (best == look->n_labels || look->scores[l] > look->scores[best]))
          best = l;
      if (best == look->n_labels || (k > 0 && look->scores[best] < LEAST_SCORE))
        return;
      taken[best] = TRUE;
      add_prediction (self, look, times, best);
    }
}

static void
make_rows (SacRunRows *self)
{
  const SacLook *look = self->active && self->clip ? sac_gaze_get_look (self->gaze) : NULL;

  g_array_set_size (self->rows, 0);
  if (look)
    {
      g_autofree gint64 *times = list_times (self, look);

      add_attention (self, look, times);
      add_predictions (self, look, times);
    }
  else if (self->active && self->clip)
    add_words (self, self->ask_id || sac_gaze_is_busy (self->gaze) ? _("A run looks at the clip…")
                     : sac_gaze_get_failure (self->gaze) ? sac_gaze_get_failure (self->gaze) : _("No run has weights yet"));
  g_signal_emit (self, changed_signal, 0);
}

/* ---- asking. */

/* The chosen run, else the newest, that has weights; NULL: there is none. */
static char *
dup_run (SacRunRows *self)
{
  SacProject *project = sac_session_get_project (self->session);
  g_autoptr (GPtrArray) runs = project ? sac_gan_runs_list_others (project) : NULL;

  const char *chosen = self->selection ? sac_selection_get_run (self->selection) : NULL;
  char *found = NULL;

  for (guint i = 0; runs && i < runs->len; i++)
    {
      const SacRunRow *run = runs->pdata[i];
      g_autofree char *checkpoint = sac_run_find_checkpoint (run->folder, TRUE);

      if (checkpoint && (!found || g_strcmp0 (run->folder, chosen) == 0))
        {
          g_free (found);
          found = g_strdup (run->folder);
        }
    }
  return found;
}

static gboolean
ask (gpointer data)
{
  SacRunRows *self = data;
  g_autofree char *run = self->active && self->clip ? dup_run (self) : NULL;

  self->ask_id = 0;
  sac_gaze_ask (self->gaze, run, sac_session_get_path (self->session), self->clip ? sac_clip_get_item (self->clip)->name : NULL);
  make_rows (self);
  return G_SOURCE_REMOVE;
}

static void
ask_soon (SacRunRows *self)
{
  g_clear_handle_id (&self->ask_id, g_source_remove);
  if (self->active && self->clip)
    self->ask_id = g_timeout_add (PAUSE_MS, ask, self);
  else
    {
      sac_gaze_ask (self->gaze, NULL, NULL, NULL);
      sac_worker_rest (self->worker);
    }
  make_rows (self);
}

void
sac_run_rows_set_clip (SacRunRows *self, SacClip *clip)
{
  g_return_if_fail (SAC_IS_RUN_ROWS (self));
  if (g_set_object (&self->clip, clip) && self->active)
    ask_soon (self);
}

gboolean
sac_run_rows_get_active (SacRunRows *self)
{
  return self->active;
}

void
sac_run_rows_set_active (SacRunRows *self, gboolean active)
{
  g_return_if_fail (SAC_IS_RUN_ROWS (self));
  if (self->active == !!active)
    return;
  self->active = !!active;
  ask_soon (self);
  g_object_notify (G_OBJECT (self), "active");
}

guint
sac_run_rows_get_n (SacRunRows *self)
{
  return self->rows->len;
}

void
sac_run_rows_get (SacRunRows *self, guint i, SacTimelineRow *row)
{
  const Row *from = &g_array_index (self->rows, Row, i);

  *row = (SacTimelineRow) { .name = from->name, .curve = from->curve, .n_curve = from->curve ? N_SAMPLES : 0 };
  memcpy (row->colour, from->colour, sizeof row->colour);
}

/* ---- life. */

static void
sac_run_rows_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_value_set_boolean (value, SAC_RUN_ROWS (object)->active);
}

static void
sac_run_rows_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  sac_run_rows_set_active (SAC_RUN_ROWS (object), g_value_get_boolean (value));
}

static void
sac_run_rows_dispose (GObject *object)
{
  SacRunRows *self = SAC_RUN_ROWS (object);

  g_clear_handle_id (&self->ask_id, g_source_remove);
  if (self->gaze)
    {
      g_signal_handlers_disconnect_by_data (self->gaze, self);
      sac_gaze_ask (self->gaze, NULL, NULL, NULL);
    }
  g_clear_object (&self->gaze);
  g_clear_object (&self->worker);
  g_clear_object (&self->clip);
  g_clear_object (&self->selection);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_run_rows_parent_class)->dispose (object);
}

static void
sac_run_rows_finalize (GObject *object)
{
  g_array_unref (SAC_RUN_ROWS (object)->rows);
  G_OBJECT_CLASS (sac_run_rows_parent_class)->finalize (object);
}

static void
sac_run_rows_class_init (SacRunRowsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sac_run_rows_get_property;
  object_class->set_property = sac_run_rows_set_property;
  object_class->dispose = sac_run_rows_dispose;
  object_class->finalize = sac_run_rows_finalize;
  g_object_class_install_property (object_class, 1, g_param_spec_boolean ("active", NULL, NULL, FALSE,
                                                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                                          G_PARAM_EXPLICIT_NOTIFY));
  changed_signal = g_signal_new ("changed", SAC_TYPE_RUN_ROWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_run_rows_init (SacRunRows *self)
{
  g_autofree char *program = sac_dup_program ();

  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_array_set_clear_func (self->rows, row_clear);
  self->worker = sac_worker_new (program ? program : "saccade");
  self->gaze = sac_gaze_new (self->worker);
  g_signal_connect_swapped (self->gaze, "looked", G_CALLBACK (make_rows), self);
}

SacRunRows *
sac_run_rows_new (SacSession *session, SacPlayer *player, SacSelection *selection)
{
  SacRunRows *self = g_object_new (SAC_TYPE_RUN_ROWS, NULL);

  self->session = g_object_ref (session);
  self->player = player;
  self->selection = selection ? g_object_ref (selection) : NULL;
  if (selection)
    g_signal_connect_object (selection, "notify::run", G_CALLBACK (ask_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "opened", G_CALLBACK (make_rows), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "runs-changed", G_CALLBACK (ask_soon), self, G_CONNECT_SWAPPED);
  return self;
}
