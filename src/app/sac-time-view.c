#include "sac-time-view.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-pin-row.h"
#include "sac-plot.h"
#include "sac-time-data.h"

#define PLAY_MS 300
#define MOST_KEPT 256           /* moments in memory */

/* What a look at the folder brings. */
typedef struct {
  char *folder;
  guint64 *steps, *pin_steps;
  guint n_steps, n_pin_steps;
  char **pins;
} Listing;

struct _SacTimeView {
  AdwBin parent_instance;
  SacSession *session;          /* borrowed */
  SacSelection *selection;
  GtkStack *stack;
  GtkScale *slider;
  GtkLabel *place;
  GtkToggleButton *play;
  GtkDropDown *label_drop;
  SacPlot *roc_plot, *histogram_plot, *confusion_plot;
  GtkBox *pin_box;
  GtkLabel *pin_note;
  GtkButton *pin_button;
  char *run;
  Listing *listing;             /* nullable */
  gboolean listing_now;
  guint at;                     /* of the listing's steps */
  gboolean follow;              /* the newest, as they come */
  gboolean moving;              /* the slider is being moved by us */
  GHashTable *kept;             /* step → SacTimeMoment */
  guint64 wanted;               /* step being read; G_MAXUINT64: none */
  SacTimeMoment *moment;        /* shown; borrowed from @kept, nullable */
  char **names;                 /* of the labels in the drop-down */
  guint play_source;
};

G_DEFINE_FINAL_TYPE (SacTimeView, sac_time_view, ADW_TYPE_BIN)

enum { CLIP_ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];
enum { PROP_0, PROP_STEP };

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_free (listing->folder);
  g_free (listing->steps);
  g_free (listing->pin_steps);
  g_strfreev (listing->pins);
  g_free (listing);
}

/* ---- pictures. */

static int
chosen_label (SacTimeView *self)
{
  guint i = gtk_drop_down_get_selected (self->label_drop);

  return i == 0 || i == GTK_INVALID_LIST_POSITION || !self->moment || i > self->moment->n_labels ? -1 : (int) i - 1;
}

static void
draw_rocs (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacTimeView *self = data;

  if (self->moment && self->moment->labels)
    sac_time_draw_rocs (cr, width, height, style, self->moment, chosen_label (self));
}

static void
draw_histogram (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacTimeView *self = data;

  if (self->moment && self->moment->labels)
    sac_time_draw_histogram (cr, width, height, style, self->moment, chosen_label (self));
}

static void
draw_confusion (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacTimeView *self = data;

  if (self->moment && self->moment->confusion)
    sac_time_draw_confusion (cr, width, height, style, self->moment);
}

static void
fill_labels (SacTimeView *self)
{
  char **labels = self->moment ? self->moment->labels : NULL;
  g_autoptr (GtkStringList) list = NULL;

  if (!labels || (self->names && g_strv_equal ((const char *const *) self->names, (const char *const *) labels)))
    return;
  g_strfreev (self->names);
  self->names = g_strdupv (labels);
  list = gtk_string_list_new (NULL);
  gtk_string_list_append (list, _("All labels"));
  for (guint i = 0; labels[i]; i++)
    gtk_string_list_append (list, labels[i]);
  gtk_drop_down_set_model (self->label_drop, G_LIST_MODEL (list));
}

static void
on_row (SacTimeView *self, SacPinRow *row)
{
  g_signal_emit (self, signals[CLIP_ACTIVATED], 0, sac_pin_row_get_clip (row));
}

/* A row for each clip that is pinned, with what was found of it at the moment shown. */
static void
show_pins (SacTimeView *self)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->pin_box));
  const SacPinSight *sight = self->moment ? self->moment->pins : NULL;
  char **pins = self->listing ? self->listing->pins : NULL;
  gboolean same = TRUE;
  guint n = 0;

  for (; pins && pins[n]; n++)
    {
      same = same && row && strcmp (sac_pin_row_get_clip (SAC_PIN_ROW (row)), pins[n]) == 0;
      row = row ? gtk_widget_get_next_sibling (row) : NULL;
    }
  if (!same || row)
    {
      while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->pin_box))))
        gtk_box_remove (self->pin_box, row);
      for (guint i = 0; i < n; i++)
        {
          SacClip *clip = sac_session_find_clip (self->session, pins[i]);

          row = sac_pin_row_new (pins[i], clip ? sac_clip_get_item (clip)->path : NULL);
          g_signal_connect_swapped (row, "activated", G_CALLBACK (on_row), self);
          gtk_box_append (self->pin_box, row);
        }
    }
  row = gtk_widget_get_first_child (GTK_WIDGET (self->pin_box));
  for (guint i = 0; i < n; i++, row = gtk_widget_get_next_sibling (row))
    {
      const SacPinned *found = NULL;

      for (guint k = 0; sight && k < sight->n && !found; k++)
        if (strcmp (sight->pins[k].clip, pins[i]) == 0)
          found = &sight->pins[k];
      sac_pin_row_show (SAC_PIN_ROW (row), found, sight ? (const char *const *) sight->labels : NULL, sight ? sight->n_labels : 0);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->pin_note), n == 0);
}

static void
show_moment (SacTimeView *self)
{
  gboolean scored = self->moment && self->moment->labels;

  fill_labels (self);
  gtk_widget_set_visible (GTK_WIDGET (self->confusion_plot), scored && self->moment->confusion);
  gtk_widget_queue_draw (GTK_WIDGET (self->roc_plot));
  gtk_widget_queue_draw (GTK_WIDGET (self->histogram_plot));
  gtk_widget_queue_draw (GTK_WIDGET (self->confusion_plot));
  show_pins (self);
}

/* ---- moments, read by a thread; the newest wish is the next. */

typedef struct {
  char *folder;
  guint64 step, *pin_steps;
  guint n_pin_steps;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_free (wish->folder);
  g_free (wish->pin_steps);
  g_free (wish);
}

static void
read_moment (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Wish *wish = task_data;

  g_task_return_pointer (task, sac_time_moment_read (wish->folder, wish->step, wish->pin_steps, wish->n_pin_steps),
                         (GDestroyNotify) sac_time_moment_free);
}

static void want_moment (SacTimeView *self);

static void
on_moment (GObject *source, GAsyncResult *result, gpointer data)
{
  SacTimeView *self = SAC_TIME_VIEW (source);
  const Wish *wish = g_task_get_task_data (G_TASK (result));
  SacTimeMoment *moment = g_task_propagate_pointer (G_TASK (result), NULL);

  self->wanted = G_MAXUINT64;
  if (!self->kept || g_strcmp0 (wish->folder, self->run) != 0)
    {
      sac_time_moment_free (moment);
      if (self->kept)
        want_moment (self);
      return;
    }
  if (g_hash_table_size (self->kept) >= MOST_KEPT)
    {
      self->moment = NULL;
      g_hash_table_remove_all (self->kept);
    }
  g_hash_table_replace (self->kept, g_memdup2 (&wish->step, sizeof wish->step), moment);
  want_moment (self);
}

static void
want_moment (SacTimeView *self)
{
  g_autoptr (GTask) task = NULL;
  guint64 step = sac_time_view_get_step (self);
  SacTimeMoment *moment;
  Wish *wish;

  if (!self->listing || self->listing->n_steps == 0 || self->wanted != G_MAXUINT64)
    return;
  moment = g_hash_table_lookup (self->kept, &step);
  if (moment)
    {
      self->moment = moment;
      show_moment (self);
      return;
    }
  self->wanted = step;
  wish = g_new0 (Wish, 1);
  wish->folder = g_strdup (self->run);
  wish->step = step;
  wish->pin_steps = g_memdup2 (self->listing->pin_steps, self->listing->n_pin_steps * sizeof *wish->pin_steps);
  wish->n_pin_steps = self->listing->n_pin_steps;
  task = g_task_new (self, NULL, on_moment, NULL);
  g_task_set_task_data (task, wish, wish_free);
  g_task_run_in_thread (task, read_moment);
}

static void
go_to (SacTimeView *self, guint at)
{
  g_autofree char *text = NULL;
  guint64 step;

  if (!self->listing || self->listing->n_steps == 0)
    return;
  self->at = MIN (at, self->listing->n_steps - 1);
  step = self->listing->steps[self->at];
  text = g_strdup_printf (_("step %u"), (guint) step);
  gtk_label_set_text (self->place, text);
  self->moving = TRUE;
  gtk_range_set_value (GTK_RANGE (self->slider), self->at);
  self->moving = FALSE;
  want_moment (self);
  g_object_notify (G_OBJECT (self), "step");
}

static void
on_slider (SacTimeView *self)
{
  guint at = (guint) (gtk_range_get_value (GTK_RANGE (self->slider)) + 0.5);

  if (self->moving || at == self->at)
    return;
  self->follow = self->listing && at + 1 >= self->listing->n_steps;
  go_to (self, at);
}

/* ---- what there is. */

static void
list_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Listing *listing = g_new0 (Listing, 1);

  listing->folder = g_strdup (task_data);
  listing->steps = sac_time_list_steps (listing->folder, &listing->n_steps, &listing->pin_steps, &listing->n_pin_steps);
  listing->pins = sac_pins_read (listing->folder);
  g_task_return_pointer (task, listing, listing_free);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  SacTimeView *self = SAC_TIME_VIEW (source);
  Listing *listing = g_task_propagate_pointer (G_TASK (result), NULL), *old = self->listing;
  gboolean grew;

  self->listing_now = FALSE;
  if (!listing)
    return;
  if (!self->kept || g_strcmp0 (listing->folder, self->run) != 0)
    {
      listing_free (listing);
      if (self->kept)
        sac_time_view_refresh (self);
      return;
    }
  grew = !old || old->n_steps != listing->n_steps || old->n_pin_steps != listing->n_pin_steps
         || memcmp (old->steps, listing->steps, listing->n_steps * sizeof *listing->steps) != 0;
  self->listing = listing;
  gtk_stack_set_visible_child_name (self->stack, listing->n_steps > 0 ? "moments" : "empty");
  if (grew && listing->n_steps > 0)
    {
      guint64 step = old && old->n_steps > 0 ? old->steps[self->at] : 0;
      guint at = listing->n_steps - 1;

      self->moment = NULL;      /* a resumed run may have made a step anew */
      g_hash_table_remove_all (self->kept);
      self->moving = TRUE;
      gtk_range_set_range (GTK_RANGE (self->slider), 0, MAX (listing->n_steps - 1, 1));
      self->moving = FALSE;
      gtk_widget_set_sensitive (GTK_WIDGET (self->slider), listing->n_steps > 1);
      while (!self->follow && at > 0 && listing->steps[at] > step)
        at--;
      go_to (self, at);
    }
  show_pins (self);
  g_clear_pointer (&old, listing_free);
}

void
sac_time_view_refresh (SacTimeView *self)
{
  g_autoptr (GTask) task = NULL;

  if (!self->run || self->listing_now)
    return;
  self->listing_now = TRUE;
  task = g_task_new (self, NULL, on_listed, NULL);
  g_task_set_task_data (task, g_strdup (self->run), g_free);
  g_task_run_in_thread (task, list_in_thread);
}

void
sac_time_view_set_run (SacTimeView *self, const char *run_folder)
{
  if (g_strcmp0 (run_folder, self->run) == 0)
    return;
  g_free (self->run);
  self->run = g_strdup (run_folder);
  g_clear_pointer (&self->listing, listing_free);
  self->moment = NULL;
  g_hash_table_remove_all (self->kept);
  self->at = 0;
  self->follow = TRUE;
  gtk_toggle_button_set_active (self->play, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "empty");
  show_pins (self);
  sac_time_view_refresh (self);
}

void
sac_time_view_go (SacTimeView *self, double step)
{
  const Listing *listing = self->listing;
  guint best = 0;

  if (!listing || listing->n_steps == 0)
    return;
  for (guint i = 1; i < listing->n_steps; i++)
    if (fabs ((double) listing->steps[i] - step) < fabs ((double) listing->steps[best] - step))
      best = i;
  self->follow = best + 1 == listing->n_steps;
  go_to (self, best);
}

guint64
sac_time_view_get_step (SacTimeView *self)
{
  return self->listing && self->at < self->listing->n_steps ? self->listing->steps[self->at] : 0;
}

static gboolean
play_on (gpointer data)
{
  SacTimeView *self = data;

  if (!self->listing || self->at + 1 >= self->listing->n_steps)
    {
      self->play_source = 0;
      gtk_toggle_button_set_active (self->play, FALSE);
      return G_SOURCE_REMOVE;
    }
  self->follow = FALSE;
  go_to (self, self->at + 1);
  return G_SOURCE_CONTINUE;
}

static void
on_play (SacTimeView *self)
{
  gboolean active = gtk_toggle_button_get_active (self->play);

  gtk_button_set_icon_name (GTK_BUTTON (self->play), active ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  g_clear_handle_id (&self->play_source, g_source_remove);
  if (!active)
    return;
  if (self->listing && self->at + 1 >= self->listing->n_steps)
    go_to (self, 0);
  self->play_source = g_timeout_add (PLAY_MS, play_on, self);
}

/* ---- pins. */

static void
show_pin_button (SacTimeView *self)
{
  SacClip *clip = sac_selection_get_clip (self->selection);
  char **pins = self->listing ? self->listing->pins : NULL;
  gboolean pinned = clip && pins && g_strv_contains ((const char *const *) pins, sac_clip_get_name (clip));

  gtk_widget_set_sensitive (GTK_WIDGET (self->pin_button), clip && self->run);
  gtk_button_set_label (self->pin_button, pinned ? _("Unpin the current clip") : _("Pin the current clip"));
}

static void
on_pin (SacTimeView *self)
{
  SacClip *clip = sac_selection_get_clip (self->selection);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gboolean was = FALSE;

  if (!clip || !self->run)
    return;
  for (guint i = 0; self->listing && self->listing->pins && self->listing->pins[i]; i++)
    if (strcmp (self->listing->pins[i], sac_clip_get_name (clip)) == 0)
      was = TRUE;
    else
      g_ptr_array_add (names, self->listing->pins[i]);
  if (!was && names->len >= SAC_MOST_PINS)
    {
      sac_session_say (self->session, FALSE, _("At most %d clips can be pinned"), SAC_MOST_PINS);
      return;
    }
  if (!was)
    g_ptr_array_add (names, (gpointer) sac_clip_get_name (clip));
  g_ptr_array_add (names, NULL);
  if (!sac_pins_write (self->run, (const char *const *) names->pdata, &error))
    {
      sac_session_say (self->session, FALSE, "%s", error->message);
      return;
    }
  if (self->listing)
    {
      char **pins = g_strdupv ((char **) names->pdata);

      g_strfreev (self->listing->pins);
      self->listing->pins = pins;
    }
  show_pins (self);
  show_pin_button (self);
  sac_time_view_refresh (self);
}

void
sac_time_view_attach (SacTimeView *self, SacSession *session, SacSelection *selection)
{
  self->session = session;
  self->selection = selection;
  g_signal_connect_object (selection, "notify::clip", G_CALLBACK (show_pin_button), self, G_CONNECT_SWAPPED);
  show_pin_button (self);
}

/* ---- object. */

SacTimeView *
sac_time_view_new (void)
{
  return g_object_new (SAC_TYPE_TIME_VIEW, NULL);
}

static void
sac_time_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_STEP)
    g_value_set_uint64 (value, sac_time_view_get_step (SAC_TIME_VIEW (object)));
}

static void
sac_time_view_dispose (GObject *object)
{
  SacTimeView *self = SAC_TIME_VIEW (object);

  g_clear_handle_id (&self->play_source, g_source_remove);
  self->moment = NULL;
  g_clear_pointer (&self->kept, g_hash_table_unref);
  g_clear_pointer (&self->listing, listing_free);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->run, g_free);
  G_OBJECT_CLASS (sac_time_view_parent_class)->dispose (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, SacTimeView, child)
static void
sac_time_view_class_init (SacTimeViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sac_time_view_dispose;
  object_class->get_property = sac_time_view_get_property;
  g_object_class_install_property (object_class, PROP_STEP,
                                   g_param_spec_uint64 ("step", NULL, NULL, 0, G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_type_ensure (SAC_TYPE_PLOT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/time-view.ui");
  BIND (stack);
  BIND (slider);
  BIND (place);
  BIND (play);
  BIND (label_drop);
  BIND (roc_plot);
  BIND (histogram_plot);
  BIND (confusion_plot);
  BIND (pin_box);
  BIND (pin_note);
  BIND (pin_button);
  gtk_widget_class_bind_template_callback (widget_class, on_slider);
  gtk_widget_class_bind_template_callback (widget_class, on_play);
  gtk_widget_class_bind_template_callback (widget_class, on_pin);
  gtk_widget_class_bind_template_callback (widget_class, show_moment);
  signals[CLIP_ACTIVATED] = g_signal_new ("clip-activated", SAC_TYPE_TIME_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                          G_TYPE_STRING);
}

static void
sac_time_view_init (SacTimeView *self)
{
  self->kept = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) sac_time_moment_free);
  self->wanted = G_MAXUINT64;
  self->follow = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  sac_plot_set_up (self->roc_plot, _("ROC curves at this step"), "roc-at-step", draw_rocs, NULL, self);
  sac_plot_set_up (self->histogram_plot, _("Histogram of the scores at this step"), "scores-at-step", draw_histogram, NULL, self);
  sac_plot_set_up (self->confusion_plot, _("Confusion of the labels at this step"), "confusion-at-step", draw_confusion, NULL, self);
}
