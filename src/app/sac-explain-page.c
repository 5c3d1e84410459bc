#include "sac-explain-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "run/sac-run.h"
#include "sac-explain-editing.h"
#include "sac-keymap.h"
#include "sac-keys.h"
#include "sac-player.h"
#include "sac-plot.h"
#include "sac-settings.h"
#include "sac-strip-frames.h"

#define STRIP_HEIGHT 160

struct _SacExplainPage {
  SacPage parent_instance;
  AdwFlap *flap;
  GtkDropDown *run_drop, *label_drop, *colour_drop;
  GtkSearchEntry *search;
  GtkListView *clip_list;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkLabel *headline, *scores;
  GtkSpinner *spinner;
  GtkScale *opacity;
  SacPlayer *player;
  SacPlot *strip;
  GtkToggleButton *edit;
  GtkBox *edit_tools;

  GtkSingleSelection *chosen;   /* over the filtered clips */
  GtkStringFilter *filter;
  GPtrArray *run_folders;       /* char*, in the order of the drop-down */
  gboolean filling;
  SacWorker *worker;
  SacGaze *gaze;                /* of the chosen run in the shown clip */
  GCancellable *cancellable;    /* of the question under way */
  char *asked;                  /* run, clip and label of the last question */
  SacClip *shown;
  SacExplanation *explanation;  /* NULL until the answer is there */
  GPtrArray *pictures;          /* cairo_surface_t* of the explanation's frames, nullable */
};

G_DEFINE_FINAL_TYPE (SacExplainPage, sac_explain_page, SAC_TYPE_PAGE)

static SacColourMap
colours (SacExplainPage *self)
{
  return gtk_drop_down_get_selected (self->colour_drop) == 1 ? SAC_MAP_VIRIDIS : SAC_MAP_JET;
}

/* ---- painting. */

/* The map at a source frame: between the two frames that the network saw around it, mixed by distance. */
static float *
dup_map_at (const SacExplanation *e, guint frame)
{
  gsize area = (gsize) e->h * e->w;
  float *map = g_new (float, area);
  guint next = 0;
  float share = 0;

  while (next < e->n_frames && e->frames[next] < frame)
    next++;
  if (next == 0 || next == e->n_frames)
    next = next == 0 ? 0 : e->n_frames - 1;
  else
    share = (float) (e->frames[next] - frame) / (float) (e->frames[next] - e->frames[next - 1]);
  for (gsize i = 0; i < area; i++)
    map[i] = (1 - share) * e->map[next * area + i] + (share > 0 ? share * e->map[(next - 1) * area + i] : 0);
  return map;
}

static void
paint_map (GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame, int media_width, int media_height, gpointer data)
{
  SacExplainPage *self = data;
  const SacExplanation *e = self->explanation;
  double opacity = gtk_range_get_value (GTK_RANGE (self->opacity)), scale_x, scale_y, x = 0, y = 0, w = media_width, h = media_height;
  g_autofree float *map = NULL;
  cairo_t *cr;

  if (!e || e->n_frames == 0 || (guint) e->t < e->n_frames || opacity <= 0 || media_width <= 0 || media_height <= 0)
    return;
  if (e->crop[2] > 0 && e->crop[3] > 0)
    x = e->crop[0], y = e->crop[1], w = e->crop[2], h = e->crop[3];
  map = dup_map_at (e, frame);
  scale_x = picture->size.width / media_width;
  scale_y = picture->size.height / media_height;
  cr = gtk_snapshot_append_cairo (snapshot, picture);
  cairo_translate (cr, picture->origin.x + x * scale_x, picture->origin.y + y * scale_y);
  sac_overlay_draw (cr, w * scale_x, h * scale_y, NULL, map, e->h, e->w, colours (self), opacity);
  cairo_destroy (cr);
}

static void
draw_strip (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacExplainPage *self = data;
  const SacExplanation *e = self->explanation;

  if (!e || !self->pictures || self->pictures->len < e->n_frames || (guint) e->t < e->n_frames)
    return;
  sac_strip_draw (cr, width, height, style, (cairo_surface_t *const *) self->pictures->pdata, e->map, e->h, e->w, e->weights,
                  e->frames, e->n_frames, colours (self), gtk_range_get_value (GTK_RANGE (self->opacity)));
}

static char *
strip_text (gpointer data)
{
  SacExplainPage *self = data;
  GString *text = g_string_new ("frame\tweight\n");

  for (guint i = 0; self->explanation && i < self->explanation->n_frames; i++)
    g_string_append_printf (text, "%u\t%g\n", self->explanation->frames[i], (double) self->explanation->weights[i]);
  return g_string_free (text, FALSE);
}

static void
on_strip_clicked (SacExplainPage *self, double x, double y, SacPlot *plot)
{
  SacStyle style;
  guint i;

  if (!self->explanation || !self->pictures || self->pictures->len < self->explanation->n_frames)
    return;
  sac_plot_get_style (plot, &style);
  if (sac_strip_pick (gtk_widget_get_width (GTK_WIDGET (plot)), gtk_widget_get_height (GTK_WIDGET (plot)), &style,
                      (cairo_surface_t *const *) self->pictures->pdata, TRUE, TRUE, self->explanation->n_frames, x, y, &i))
    sac_player_set_frame (self->player, self->explanation->frames[i]);
}

static void
on_look (SacExplainPage *self)
{
  sac_player_redraw (self->player);
  gtk_widget_queue_draw (GTK_WIDGET (self->strip));
}

/* ---- asking. */

static void
forget_answer (SacExplainPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->asked, g_free);
  g_clear_pointer (&self->explanation, sac_explanation_free);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  gtk_spinner_set_spinning (self->spinner, FALSE);
  gtk_label_set_text (self->scores, "");
  on_look (self);
}

static void
on_pictures (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacExplainPage) self = data;
  g_autoptr (GError) error = NULL;
  GPtrArray *pictures = sac_strip_frames_load_finish (result, &error);

  if (!pictures || g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    {
      g_clear_pointer (&pictures, g_ptr_array_unref);
      return;
    }
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  self->pictures = pictures;
  gtk_widget_queue_draw (GTK_WIDGET (self->strip));
}

/* The weights of the chosen frames as a curve over all frames of the clip. */
static void
show_weights (SacExplainPage *self)
{
  const SacExplanation *e = self->explanation;
  guint n = sac_clip_get_item (self->shown)->n_frames;
  g_autofree float *curve = g_new0 (float, n + 1);

  if (e->n_frames == 0 || n == 0)
    return;
  for (guint f = 0, next = 0; f < n; f++)
    {
      while (next < e->n_frames && e->frames[next] < f)
        next++;
      if (next == 0 || next == e->n_frames)
        curve[f] = e->weights[next == 0 ? 0 : e->n_frames - 1];
      else
        {
          float share = (float) (e->frames[next] - f) / (float) (e->frames[next] - e->frames[next - 1]);

          curve[f] = share * e->weights[next - 1] + (1 - share) * e->weights[next];
        }
    }
  sac_player_set_weights (self->player, curve, n);
}

static void
show_answer (SacExplainPage *self)
{
  const SacExplanation *e = self->explanation;
  GString *text = g_string_new (NULL);
  guint peak = 0;
  float least = e->n_frames > 0 ? e->weights[0] : 0;

  for (guint i = 0; i < e->n_top; i++)
    g_string_append_printf (text, "%s%s %.2f", i ? "   " : "", e->top_labels[i], e->top_scores[i]);
  gtk_label_set_text (self->scores, text->str);
  g_string_free (text, TRUE);
  for (guint i = 1; i < e->n_frames; i++)
    {
      if (e->weights[i] > e->weights[peak])
        peak = i;
      least = MIN (least, e->weights[i]);
    }
  if (e->n_frames > 0)
    {
      float most = e->weights[peak];
      g_autofree char *words
        = most <= 0           ? g_strdup_printf (_("“%s” with score %.2f; nothing in the clip speaks for it"), e->label, e->score)
          : most - least < 0.01f ? g_strdup_printf (_("“%s” with score %.2f; looked at all frames alike"), e->label, e->score)
                              : g_strdup_printf (_("“%s” with score %.2f; looked most at frame %u"), e->label, e->score, e->frames[peak]);

      gtk_label_set_text (self->headline, words);
      sac_plot_describe (self->strip, words);
      if (most - least >= 0.01f && sac_player_get_frame (self->player) == sac_player_get_first (self->player))
        sac_player_set_frame (self->player, e->frames[peak]);   /* a clip opens at its decisive frame */
    }
  show_weights (self);
  on_look (self);
}

static void
on_explained (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacExplainPage) self = data;
  g_autoptr (GError) error = NULL;
  SacExplanation *explanation = sac_worker_explain_finish (SAC_WORKER (source), result, &error);

  if (!explanation && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_spinner_set_spinning (self->spinner, FALSE);
  if (!explanation)
    {
      gtk_label_set_text (self->headline, error->message);
      return;
    }
  g_clear_pointer (&self->explanation, sac_explanation_free);
  self->explanation = explanation;
  show_answer (self);
  if (self->shown)
    sac_strip_frames_load_async (sac_clip_get_item (self->shown)->path, explanation->frames, explanation->n_frames,
                                 explanation->crop, STRIP_HEIGHT, self->cancellable, on_pictures, g_object_ref (self));
}

static const char *
chosen_run (SacExplainPage *self)
{
  guint i = gtk_drop_down_get_selected (self->run_drop);

  return i < self->run_folders->len ? self->run_folders->pdata[i] : NULL;
}

/* Position 0 of the drop-down is "the network's first choice". */
static const SacLabel *
chosen_label (SacExplainPage *self)
{
  guint i = gtk_drop_down_get_selected (self->label_drop);
  SacSession *session = sac_page_get_session (SAC_PAGE (self));

  return i > 0 && i - 1 < sac_session_get_n_labels (session) ? sac_session_get_label (session, i - 1) : NULL;
}

static void
ask (SacExplainPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  const char *run = chosen_run (self), *name;
  const SacLabel *label = chosen_label (self);
  g_autofree char *question = NULL;

  if (!run || !self->shown || !sac_page_get_shown (SAC_PAGE (self)) || !sac_session_get_path (session))
    return;
  name = sac_clip_get_name (self->shown);
  question = g_strdup_printf ("%s\n%s\n%s", run, name, label ? label->name : "");
  if (g_strcmp0 (question, self->asked) == 0)
    return;
  forget_answer (self);
  self->asked = g_steal_pointer (&question);
  self->cancellable = g_cancellable_new ();
  gtk_label_set_text (self->headline, name);
  gtk_spinner_set_spinning (self->spinner, TRUE);
  sac_gaze_ask (self->gaze, run, sac_session_get_path (session), name);
  sac_worker_explain_async (self->worker, run, sac_session_get_path (session), name, label ? label->name : "", self->cancellable,
                            on_explained, g_object_ref (self));
}

/* ---- choosing. */

static void
show_clip (SacExplainPage *self, SacClip *clip)
{
  if (clip == self->shown)
    return;
  g_set_object (&self->shown, clip);
  forget_answer (self);
  sac_player_open (self->player, clip ? sac_clip_get_item (clip) : NULL);
  gtk_label_set_text (self->headline, clip ? sac_clip_get_name (clip) : "");
  ask (self);
}

static void
on_clip_chosen (SacExplainPage *self)
{
  SacClip *clip = gtk_single_selection_get_selected_item (self->chosen);

  if (self->filling || !clip)
    return;
  sac_selection_set_clip (sac_page_get_selection (SAC_PAGE (self)), clip);
  show_clip (self, clip);
}

static void
on_choice (SacExplainPage *self)
{
  if (self->filling)
    return;
  if (chosen_run (self))
    sac_selection_set_run (sac_page_get_selection (SAC_PAGE (self)), chosen_run (self));
  ask (self);
}

static void
on_search (SacExplainPage *self)
{
  gtk_string_filter_set_search (self->filter, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

static void
fill (SacExplainPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  SacSelection *selection = sac_page_get_selection (SAC_PAGE (self));
  SacProject *project = sac_session_get_project (session);
  g_autoptr (GPtrArray) rows = project ? sac_project_list_runs (project, NULL) : NULL;
  g_autoptr (GtkStringList) runs = gtk_string_list_new (NULL), labels = gtk_string_list_new (NULL);
  guint run = 0, label = 0;

  self->filling = TRUE;
  g_ptr_array_set_size (self->run_folders, 0);
  for (guint i = 0; rows && i < rows->len; i++)
    {
      const SacRunRow *row = rows->pdata[i];
      g_autofree char *checkpoint = sac_run_find_checkpoint (row->folder, FALSE);

      if (!checkpoint)
        continue;
      if (g_strcmp0 (row->folder, sac_selection_get_run (selection)) == 0)
        run = self->run_folders->len;
      g_ptr_array_add (self->run_folders, g_strdup (row->folder));
      gtk_string_list_append (runs, row->name);
    }
  gtk_drop_down_set_model (self->run_drop, G_LIST_MODEL (runs));
  if (self->run_folders->len > 0)
    gtk_drop_down_set_selected (self->run_drop, run);
  gtk_string_list_append (labels, _("The network’s first choice"));
  for (guint i = 0; i < sac_session_get_n_labels (session); i++)
    {
      const SacLabel *l = sac_session_get_label (session, i);

      gtk_string_list_append (labels, l->name);
      if (l->id == sac_selection_get_label (selection))
        label = i + 1;
    }
  gtk_drop_down_set_model (self->label_drop, G_LIST_MODEL (labels));
  gtk_drop_down_set_selected (self->label_drop, label);
  self->filling = FALSE;
  gtk_stack_set_visible_child_name (self->stack, self->run_folders->len > 0 ? "clip" : "empty");
}

/* The window's current clip, else the first of the list. */
static void
follow_selection (SacExplainPage *self)
{
  SacClip *clip = sac_selection_get_clip (sac_page_get_selection (SAC_PAGE (self)));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->chosen));

  for (guint i = 0; clip && i < n; i++)
    {
      g_autoptr (SacClip) other = g_list_model_get_item (G_LIST_MODEL (self->chosen), i);

      if (other == clip)
        {
          self->filling = TRUE;
          gtk_single_selection_set_selected (self->chosen, i);
          self->filling = FALSE;
          gtk_widget_activate_action (GTK_WIDGET (self->clip_list), "list.scroll-to-item", "u", i);
          break;
        }
    }
  if (!clip && n > 0)
    clip = gtk_single_selection_get_selected_item (self->chosen);
  if (clip)
    show_clip (self, clip);
  ask (self);
}

/* ---- the list. */

static void
setup_row (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_list_item_set_child (item, label);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)), sac_clip_get_name (gtk_list_item_get_item (item)));
}

static char *
clip_name (SacClip *clip)
{
  return g_strdup (sac_clip_get_name (clip));
}

static void
make_list (SacExplainPage *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkExpression *name = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (clip_name), NULL, NULL);
  GListModel *clips = sac_session_get_clips (sac_page_get_session (SAC_PAGE (self)));
  GtkFilterListModel *filtered;

  self->filter = gtk_string_filter_new (name);
  gtk_string_filter_set_match_mode (self->filter, GTK_STRING_FILTER_MATCH_MODE_SUBSTRING);
  filtered = gtk_filter_list_model_new (g_object_ref (clips), GTK_FILTER (self->filter));
  gtk_filter_list_model_set_incremental (filtered, TRUE);
  self->chosen = gtk_single_selection_new (G_LIST_MODEL (filtered));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
  gtk_list_view_set_factory (self->clip_list, factory);
  g_object_unref (factory);
  gtk_list_view_set_model (self->clip_list, GTK_SELECTION_MODEL (self->chosen));
  g_signal_connect_object (self->chosen, "notify::selected-item", G_CALLBACK (on_clip_chosen), self, G_CONNECT_SWAPPED);
}

/* ---- life. */

static void
on_project (SacExplainPage *self)
{
  show_clip (self, NULL);
  sac_gaze_ask (self->gaze, NULL, NULL, NULL);
  sac_worker_rest (self->worker);
  if (sac_page_get_shown (SAC_PAGE (self)))
    {
      fill (self);
      follow_selection (self);
    }
}

static void
on_runs (SacExplainPage *self)
{
  if (sac_page_get_shown (SAC_PAGE (self)))
    fill (self);
}

static void
sac_explain_page_attach (SacPage *page)
{
  SacExplainPage *self = SAC_EXPLAIN_PAGE (page);

  self->filling = TRUE;
  make_list (self);
  self->filling = FALSE;
  g_signal_connect_object (sac_page_get_session (page), "project-changed", G_CALLBACK (on_project), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_page_get_session (page), "runs-changed", G_CALLBACK (on_runs), self, G_CONNECT_SWAPPED);
}

static void
sac_explain_page_set_shown (SacPage *page, gboolean shown)
{
  SacExplainPage *self = SAC_EXPLAIN_PAGE (page);

  if (!shown)
    {
      sac_player_set_playing (self->player, FALSE);
      return;
    }
  fill (self);
  follow_selection (self);
}

static void
sac_explain_page_toggle_sidebar (SacPage *page)
{
  AdwFlap *flap = SAC_EXPLAIN_PAGE (page)->flap;

  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

static void
sac_explain_page_search (SacPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (SAC_EXPLAIN_PAGE (page)->search));
}

static gboolean
act (SacExplainPage *self, const char *name)
{
  if (g_strcmp0 (name, "explain.attention") != 0)
    return sac_player_act (self->player, name);
  gtk_range_set_value (GTK_RANGE (self->opacity), gtk_range_get_value (GTK_RANGE (self->opacity)) > 0 ? 0 : 0.6);
  return TRUE;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer data)
{
  SacExplainPage *self = data;
  SacKeymap *keymap = sac_keymap_get ();

  if (sac_key_is_of_focus (GTK_WIDGET (self), keyval, state))
    return FALSE;
  return act (self, sac_keymap_find (keymap, SAC_KEYS_EXPLAIN, controller, keyval, keycode, state)) ||
         sac_player_press (self->player, sac_keymap_find (keymap, SAC_KEYS_PLAYER, controller, keyval, keycode, state), keycode);
}

static void
on_key_up (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer data)
{
  sac_player_release (SAC_EXPLAIN_PAGE (data)->player, keycode);
}

static void
sac_explain_page_dispose (GObject *object)
{
  SacExplainPage *self = SAC_EXPLAIN_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->gaze);
  g_clear_object (&self->worker);
  g_clear_object (&self->shown);
  g_clear_pointer (&self->explanation, sac_explanation_free);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  g_clear_pointer (&self->run_folders, g_ptr_array_unref);
  g_clear_pointer (&self->asked, g_free);
  G_OBJECT_CLASS (sac_explain_page_parent_class)->dispose (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, SacExplainPage, child)
static void
sac_explain_page_class_init (SacExplainPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SacPageClass *page_class = SAC_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_explain_page_dispose;
  page_class->attach = sac_explain_page_attach;
  page_class->set_shown = sac_explain_page_set_shown;
  page_class->toggle_sidebar = sac_explain_page_toggle_sidebar;
  page_class->search = sac_explain_page_search;
  g_type_ensure (SAC_TYPE_PLOT);
  g_type_ensure (SAC_TYPE_PLAYER);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/explain-page.ui");
  BIND (flap);
  BIND (run_drop);
  BIND (label_drop);
  BIND (colour_drop);
  BIND (search);
  BIND (clip_list);
  BIND (stack);
  BIND (empty);
  BIND (headline);
  BIND (scores);
  BIND (spinner);
  BIND (opacity);
  BIND (player);
  BIND (strip);
  BIND (edit);
  BIND (edit_tools);
  gtk_widget_class_bind_template_callback (widget_class, on_choice);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_look);
}

static void
sac_explain_page_init (SacExplainPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autofree char *program = sac_dup_program ();

  self->worker = sac_worker_new (program ? program : "saccade");
  self->gaze = sac_gaze_new (self->worker);
  self->run_folders = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  sac_player_add_painter (self->player, paint_map, self);
  sac_explain_editing_add (SAC_PAGE (self), self->player, self->gaze, self->edit, self->edit_tools);
  sac_plot_set_up (self->strip, _("Frames that the network saw"), "attention", draw_strip, strip_text, self);
  g_signal_connect_object (self->strip, "clicked", G_CALLBACK (on_strip_clicked), self, G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_up), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
