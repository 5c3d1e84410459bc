#include "sac-explain-page.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "run/sac-run.h"
#include "sac-explain-charts.h"
#include "sac-explain-editing.h"
#include "sac-explain-export.h"
#include "sac-gan-runs.h"
#include "sac-heat-options.h"
#include "sac-keymap.h"
#include "sac-keys.h"
#include "sac-player.h"
#include "sac-panes.h"
#include "sac-score-panel.h"
#include "sac-settings.h"
#include "sac-sight-pane.h"
#include "sac-study-view.h"

#define MAX_BESIDE 3
#define N_STAGES 5              /* in the drop-down of layers: the last one, 4 … 1 */

struct _SacExplainPage {
  SacPage parent_instance;
  AdwFlap *flap;
  GtkDropDown *run_drop, *label_drop, *map_drop, *layer_drop;
  GtkSearchEntry *search;
  GtkListView *clip_list;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkLabel *headline, *failure;
  GtkSpinner *spinner;
  GtkToggleButton *edit, *invert_space, *invert_time;
  GtkBox *edit_tools, *beside_box, *invert_box;
  GtkButton *beside;
  SacPlayer *player;
  SacHeatOptions *options;
  SacScorePanel *scores;
  SacExplainCharts *charts;
  SacExplainExport *export;
  SacStudyView *study;

  GtkSingleSelection *chosen;   /* over the filtered clips */
  GtkStringFilter *filter;
  GPtrArray *run_folders, *run_names;   /* char*, in the order of the drop-down */
  gboolean filling;
  SacWorker *worker;
  SacSight *sight;              /* of the chosen run in the shown clip */
  SacClip *shown;
  gboolean opened_at_peak;      /* since the clip was shown */
  gboolean wants_peak;          /* a mark of a plot led here: to the decisive frame wherever it is, with whatever map there is */
  guint held;                   /* code of the key that inverts while it is held; 0: none */
  gboolean hold_space, hold_time;
};

G_DEFINE_FINAL_TYPE (SacExplainPage, sac_explain_page, SAC_TYPE_PAGE)

/* ---- showing. */

static void
paint_map (GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame, int media_width, int media_height, gpointer data)
{
  SacExplainPage *self = data;

  sac_sight_paint (self->sight, self->options, snapshot, picture, frame, media_width, media_height);
}

/* The weights of the frames on the seek bar, over the whole clip. */
static void
show_weights (SacExplainPage *self, const SacSeen *seen)
{
  guint n = sac_clip_get_item (self->shown)->n_frames;
  g_autofree float *shares = NULL, *curve = NULL;

  if (n == 0 || !seen->weights)
    {
      sac_player_set_weights (self->player, NULL, 0);
      return;
    }
  shares = g_new (float, seen->n);
  curve = g_new (float, n);
  sac_time_shares (seen->weights, seen->n, sac_heat_options_get_mends_ends (self->options), shares);
  sac_seen_curve (seen, shares, n, curve);
  sac_player_set_weights (self->player, curve, n);
}

/* Where a map that weighs no frames has most evidence. */
static guint
strongest (const SacSeen *seen)
{
  gsize area = (gsize) seen->h * (gsize) seen->w;
  double best = -1;
  guint peak = 0;

  for (guint i = 0; i < seen->n; i++)
    {
      double sum = 0;

      for (gsize k = 0; k < area; k++)
        sum += (double) seen->maps[i * area + k];
      if (sum > best)
        {
          best = sum;
          peak = i;
        }
    }
  return peak;
}

static void
say (SacExplainPage *self, const SacSeen *seen)
{
  const char *label = sac_sight_get_label (self->sight);
  SacSightKind kind = (SacSightKind) gtk_drop_down_get_selected (self->map_drop);
  g_autofree char *words = NULL;
  guint peak = 0;

  for (guint i = 1; seen->weights && i < seen->n; i++)
    if (seen->weights[i] > seen->weights[peak])
      peak = i;
  if (seen->weights && seen->weights[peak] > 0)
    words = g_strdup_printf (_("%s, “%s”; looked most at frame %u"), sac_sight_kind_get_words (kind), label ? label : "",
                             seen->frames[peak]);
  else
    words = g_strdup_printf (_("%s, “%s”"), sac_sight_kind_get_words (kind), label ? label : "");
  gtk_label_set_text (self->headline, words);
  if (!seen->weights && self->wants_peak)
    peak = strongest (seen);
  if (self->wants_peak || (seen->weights && !self->opened_at_peak && !sac_player_get_playing (self->player)
                           && sac_player_get_frame (self->player) == sac_player_get_first (self->player)))
    sac_player_set_frame (self->player, seen->frames[peak]);    /* a clip opens at its decisive frame */
  self->opened_at_peak = TRUE;
  self->wants_peak = FALSE;
}

static void
on_sight (SacExplainPage *self)
{
  SacGaze *gaze = sac_sight_get_gaze (self->sight);
  const SacLook *look = sac_gaze_get_look (gaze);
  const char *failure = sac_sight_get_failure (self->sight);
  gboolean attention = look && sac_look_has_attention (look);
  SacSeen seen;

  gtk_spinner_set_spinning (self->spinner, sac_sight_is_busy (self->sight));
  gtk_label_set_text (self->failure, failure ? failure : "");
  gtk_widget_set_visible (GTK_WIDGET (self->failure), failure != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->invert_box), attention);
  gtk_widget_set_sensitive (GTK_WIDGET (self->invert_time), attention && look->temporal);
  if (self->shown && sac_sight_get (self->sight, &seen))
    {
      say (self, &seen);
      show_weights (self, &seen);
    }
  else if (self->shown)
    {
      gtk_label_set_text (self->headline, sac_clip_get_name (self->shown));
      sac_player_set_weights (self->player, NULL, 0);
      if (self->wants_peak && look && !attention && failure && gtk_drop_down_get_selected (self->map_drop) == SAC_SIGHT_OWN)
        gtk_drop_down_set_selected (self->map_drop, SAC_SIGHT_GRADCAM);         /* what this network has in place of attention */
    }
  sac_player_redraw (self->player);
}

static void
on_options (SacExplainPage *self)
{
  SacSeen seen;

  if (self->shown && sac_sight_get (self->sight, &seen))
    show_weights (self, &seen);
  sac_player_redraw (self->player);
}

static void
on_frame (SacExplainPage *self)
{
  sac_explain_charts_set_frame (self->charts, sac_player_get_frame (self->player));
}

static void
on_frame_chosen (SacExplainPage *self, guint frame)
{
  sac_player_set_playing (self->player, FALSE);
  sac_player_set_frame (self->player, frame);
}

/* ---- asking. */

static const char *
chosen_run (SacExplainPage *self)
{
  guint i = gtk_drop_down_get_selected (self->run_drop);

  return i < self->run_folders->len ? self->run_folders->pdata[i] : NULL;
}

/* Position 0 of the drop-down is "the network's first choice". */
static const char *
chosen_label (SacExplainPage *self)
{
  guint i = gtk_drop_down_get_selected (self->label_drop);
  SacSession *session = sac_page_get_session (SAC_PAGE (self));

  return i > 0 && i - 1 < sac_session_get_n_labels (session) ? sac_session_get_label (session, i - 1)->name : NULL;
}

/* First the stages, then what the network has by name. */
static const char *
chosen_layer (SacExplainPage *self)
{
  static const char *const stages[N_STAGES] = { "", "4", "3", "2", "1" };
  guint i = gtk_drop_down_get_selected (self->layer_drop);

  if (i < N_STAGES || i == GTK_INVALID_LIST_POSITION)
    return stages[i < N_STAGES ? i : 0];
  return gtk_string_list_get_string (GTK_STRING_LIST (gtk_drop_down_get_model (self->layer_drop)), i);
}

static void
ask_one (SacExplainPage *self, SacSight *sight, const char *run)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  SacSightKind kind = (SacSightKind) MIN (gtk_drop_down_get_selected (self->map_drop), SAC_N_SIGHTS - 1);

  sac_sight_choose (sight, kind, kind == SAC_SIGHT_GRADCAM ? chosen_layer (self) : NULL, chosen_label (self));
  sac_sight_ask (sight, run, sac_session_get_path (session), self->shown ? sac_clip_get_name (self->shown) : NULL);
}

static void
ask (SacExplainPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));

  if (!sac_page_get_shown (SAC_PAGE (self)) || !sac_session_get_path (session))
    return;
  ask_one (self, self->sight, chosen_run (self));
  sac_study_view_set_run (self->study, chosen_run (self), sac_session_get_path (session));
  for (GtkWidget *pane = gtk_widget_get_first_child (GTK_WIDGET (self->beside_box)); pane; pane = gtk_widget_get_next_sibling (pane))
    ask_one (self, sac_sight_pane_get_sight (SAC_SIGHT_PANE (pane)), sac_sight_pane_get_run (SAC_SIGHT_PANE (pane)));
}

/* Which layers there are to choose; the chosen one stays if this network has it. */
static void
on_look (SacExplainPage *self)
{
  const SacLook *look = sac_gaze_get_look (sac_sight_get_gaze (self->sight));
  GtkStringList *list = GTK_STRING_LIST (gtk_drop_down_get_model (self->layer_drop));
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list)) - N_STAGES, at = 0, same = 0;
  g_autofree char *chosen = g_strdup (chosen_layer (self));
  guint selected = gtk_drop_down_get_selected (self->layer_drop);

  if (!look)
    return;
  while (same < n && look->layers[same] && strcmp (gtk_string_list_get_string (list, N_STAGES + same), look->layers[same]) == 0)
    same++;
  if (same == n && !look->layers[same])
    return;
  self->filling = TRUE;
  gtk_string_list_splice (list, N_STAGES, n, (const char *const *) look->layers);
  while (look->layers[at] && strcmp (look->layers[at], chosen) != 0)
    at++;
  if (selected >= N_STAGES)
    gtk_drop_down_set_selected (self->layer_drop, look->layers[at] ? N_STAGES + at : 0);
  self->filling = FALSE;
  if (selected >= N_STAGES && !look->layers[at])
    ask (self);
}

/* ---- inversion: a key held turns what the buttons say. */

static void
apply_inversion (SacExplainPage *self)
{
  gboolean space = gtk_toggle_button_get_active (self->invert_space) != self->hold_space;
  gboolean time = gtk_toggle_button_get_active (self->invert_time) != self->hold_time;

  sac_gaze_set_inverted (sac_sight_get_gaze (self->sight), space, time);
  for (GtkWidget *pane = gtk_widget_get_first_child (GTK_WIDGET (self->beside_box)); pane; pane = gtk_widget_get_next_sibling (pane))
    sac_gaze_set_inverted (sac_sight_get_gaze (sac_sight_pane_get_sight (SAC_SIGHT_PANE (pane))), space, time);
}

static void
on_invert (SacExplainPage *self)
{
  apply_inversion (self);
}

/* The editor that goes may have had the focus, and with it the page its keys. */
static void
on_edit (SacExplainPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->edit));
}

static void
hold (SacExplainPage *self, guint keycode, gboolean space, gboolean time)
{
  self->held = keycode;
  self->hold_space = space;
  self->hold_time = time;
  apply_inversion (self);
}

static void
let_go (SacExplainPage *self)
{
  if (self->held)
    hold (self, 0, FALSE, FALSE);
}

/* ---- runs side by side. */

static void
close_pane (SacExplainPage *self, GtkWidget *pane)
{
  gtk_box_remove (self->beside_box, pane);
  gtk_widget_set_sensitive (GTK_WIDGET (self->beside), TRUE);
}

static void
close_all_panes (SacExplainPage *self)
{
  GtkWidget *pane;

  while ((pane = gtk_widget_get_first_child (GTK_WIDGET (self->beside_box))))
    close_pane (self, pane);
}

static void
on_beside (SacExplainPage *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();
  guint n = 0, run = gtk_drop_down_get_selected (self->run_drop);
  GtkWidget *pane;

  for (guint i = 0; i < self->run_folders->len; i++)
    {
      g_ptr_array_add (names, self->run_names->pdata[i]);
      g_ptr_array_add (folders, self->run_folders->pdata[i]);
    }
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (folders, NULL);
  for (pane = gtk_widget_get_first_child (GTK_WIDGET (self->beside_box)); pane; pane = gtk_widget_get_next_sibling (pane))
    n++;
  run = self->run_folders->len ? (run + 1 + n) % self->run_folders->len : 0;
  pane = sac_sight_pane_new (self->worker, self->player, self->options, (const char *const *) names->pdata,
                             (const char *const *) folders->pdata, run);
  g_signal_connect_object (pane, "closed", G_CALLBACK (close_pane), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (pane, "run-chosen", G_CALLBACK (ask), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->beside_box, pane);
  gtk_widget_set_sensitive (GTK_WIDGET (self->beside), n + 1 < MAX_BESIDE);
  apply_inversion (self);
  ask (self);
}

/* A window with this clip through the eyes of the run and its neighbours in the list. */
static void
act_panes (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacExplainPage *self = SAC_EXPLAIN_PAGE (widget);
  g_autoptr (GPtrArray) names = g_ptr_array_new (), folders = g_ptr_array_new ();
  guint run = gtk_drop_down_get_selected (self->run_drop);
  SacPanes *panes;

  if (!self->shown || self->run_folders->len == 0)
    return;
  for (guint i = 0; i < self->run_folders->len; i++)
    {
      g_ptr_array_add (names, self->run_names->pdata[(run + i) % self->run_folders->len]);
      g_ptr_array_add (folders, self->run_folders->pdata[(run + i) % self->run_folders->len]);
    }
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (folders, NULL);
  sac_player_set_playing (self->player, FALSE);
  panes = sac_panes_new (GTK_WINDOW (gtk_widget_get_root (widget)), sac_page_get_session (SAC_PAGE (self)),
                         (const char *const *) names->pdata, (const char *const *) folders->pdata, 2);
  sac_panes_show (panes, self->shown, sac_player_get_frame (self->player));
  gtk_window_present (GTK_WINDOW (panes));
}

/* ---- export. */

static void
on_export_wanted (SacExplainPage *self, GPtrArray *words)
{
  static const char *const kinds[SAC_N_SIGHTS] = { "own", "label", "gradcam", "gradient", "random" };
  SacGaze *gaze = sac_sight_get_gaze (self->sight);
  const char *label = chosen_label (self);

  if (!self->shown || !chosen_run (self))
    return;
  g_ptr_array_add (words, g_strdup (chosen_run (self)));
  g_ptr_array_add (words, g_strdup (sac_clip_get_name (self->shown)));
  g_ptr_array_add (words, g_strdup_printf ("--project=%s", sac_session_get_path (sac_page_get_session (SAC_PAGE (self)))));
  g_ptr_array_add (words, g_strdup_printf ("--map=%s", kinds[MIN (gtk_drop_down_get_selected (self->map_drop), SAC_N_SIGHTS - 1)]));
  g_ptr_array_add (words, g_strdup_printf ("--layer=%s", chosen_layer (self)));
  if (label)
    g_ptr_array_add (words, g_strdup_printf ("--label=%s", label));
  if (sac_gaze_get_inverted_space (gaze) || sac_gaze_get_inverted_time (gaze))
    g_ptr_array_add (words, g_strdup_printf ("--invert=%s", sac_gaze_get_inverted_space (gaze) && sac_gaze_get_inverted_time (gaze) ? "both"
                                                            : sac_gaze_get_inverted_space (gaze) ? "spatial" : "temporal"));
  sac_heat_options_add_arguments (self->options, words);
}

static void
on_export_told (SacExplainPage *self, const char *words)
{
  gtk_label_set_text (self->headline, words);
}

/* ---- choosing. */

static void
show_clip (SacExplainPage *self, SacClip *clip)
{
  if (clip == self->shown)
    return;
  g_set_object (&self->shown, clip);
  self->opened_at_peak = FALSE;
  sac_player_open (self->player, clip ? sac_clip_get_item (clip) : NULL);
  sac_explain_charts_set_path (self->charts, clip ? sac_clip_get_item (clip)->path : NULL);
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
on_map (SacExplainPage *self)
{
  if (self->filling)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->layer_drop), gtk_drop_down_get_selected (self->map_drop) == SAC_SIGHT_GRADCAM);
  ask (self);
}

/* A score was clicked: its label is the one to explain. */
static void
on_label_chosen (SacExplainPage *self, const char *name)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));

  for (guint i = 0; i < sac_session_get_n_labels (session); i++)
    if (g_strcmp0 (sac_session_get_label (session, i)->name, name) == 0)
      gtk_drop_down_set_selected (self->label_drop, i + 1);
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
  g_autoptr (GPtrArray) rows = project ? sac_gan_runs_list_others (project) : NULL;
  g_autoptr (GtkStringList) runs = gtk_string_list_new (NULL), labels = gtk_string_list_new (NULL);
  g_autofree char *missing = NULL;
  guint run = 0, label = 0;

  self->filling = TRUE;
  g_ptr_array_set_size (self->run_folders, 0);
  g_ptr_array_set_size (self->run_names, 0);
  for (guint i = 0; rows && i < rows->len; i++)
    {
      const SacRunRow *row = rows->pdata[i];
      g_autofree char *checkpoint = sac_run_find_checkpoint (row->folder, FALSE);

      if (!missing && !g_file_test (row->folder, G_FILE_TEST_IS_DIR))
        missing = g_strdup_printf (_("The folder of the run “%s” is missing: %s"), row->name, row->folder);
      if (!checkpoint)
        continue;
      if (g_strcmp0 (row->folder, sac_selection_get_run (selection)) == 0)
        run = self->run_folders->len;
      g_ptr_array_add (self->run_folders, g_strdup (row->folder));
      g_ptr_array_add (self->run_names, g_strdup (row->name));
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
  if (missing)
    {
      g_autofree char *escaped = g_markup_escape_text (missing, -1);

      adw_status_page_set_description (self->empty, escaped);
    }
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->run_drop), missing);
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
on_decisive (SacExplainPage *self)
{
  self->wants_peak = TRUE;
}

static void
on_project (SacExplainPage *self)
{
  show_clip (self, NULL);
  close_all_panes (self);
  sac_sight_ask (self->sight, NULL, NULL, NULL);
  sac_study_view_set_run (self->study, NULL, NULL);
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
  g_signal_connect_object (sac_page_get_selection (page), "decisive", G_CALLBACK (on_decisive), self, G_CONNECT_SWAPPED);
}

static void
sac_explain_page_set_shown (SacPage *page, gboolean shown)
{
  SacExplainPage *self = SAC_EXPLAIN_PAGE (page);

  if (!shown)
    {
      sac_player_set_playing (self->player, FALSE);
      let_go (self);
      return;
    }
  fill (self);
  follow_selection (self);
  if (self->wants_peak && !sac_sight_is_busy (self->sight))
    on_sight (self);            /* it was looked at before: nothing more will be told */
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

static void
go_to_peak (SacExplainPage *self, gboolean forward)
{
  guint frame = sac_player_get_frame (self->player), peak;
  SacSeen seen;
  gint from;

  if (!sac_sight_get (self->sight, &seen) || !seen.weights)
    return;
  from = (gint) sac_seen_nearest (&seen, frame);
  if (forward && seen.frames[from] > frame)
    from--;
  else if (!forward && seen.frames[from] < frame)
    from++;
  if (!sac_next_peak (seen.weights, seen.n, from, forward, &peak))
    return;
  sac_player_set_playing (self->player, FALSE);
  sac_player_set_frame (self->player, seen.frames[peak]);
}

static gboolean
act (SacExplainPage *self, const char *name, guint keycode)
{
  if (!name)
    return FALSE;
  if (g_strcmp0 (name, "explain.attention") == 0)
    sac_heat_options_toggle (self->options);
  else if (g_strcmp0 (name, "explain.invert-space") == 0)
    hold (self, keycode, TRUE, FALSE);
  else if (g_strcmp0 (name, "explain.invert-time") == 0)
    hold (self, keycode, FALSE, TRUE);
  else if (g_strcmp0 (name, "explain.invert-both") == 0)
    hold (self, keycode, TRUE, TRUE);
  else if (g_strcmp0 (name, "explain.next-peak") == 0)
    go_to_peak (self, TRUE);
  else if (g_strcmp0 (name, "explain.previous-peak") == 0)
    go_to_peak (self, FALSE);
  else if (g_strcmp0 (name, "explain.next-map") == 0)
    gtk_drop_down_set_selected (self->map_drop, (gtk_drop_down_get_selected (self->map_drop) + 1) % SAC_N_SIGHTS);
  else
    return FALSE;
  return TRUE;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer data)
{
  SacExplainPage *self = data;
  SacKeymap *keymap = sac_keymap_get ();

  if (sac_key_is_of_focus (GTK_WIDGET (self), keyval, state))
    return FALSE;
  return act (self, sac_keymap_find (keymap, SAC_KEYS_EXPLAIN, controller, keyval, keycode, state), keycode) ||
         sac_player_press (self->player, sac_keymap_find (keymap, SAC_KEYS_PLAYER, controller, keyval, keycode, state), keycode);
}

static void
on_key_up (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer data)
{
  SacExplainPage *self = data;

  sac_player_release (self->player, keycode);
  if (keycode == self->held)
    let_go (self);
}

static void
sac_explain_page_dispose (GObject *object)
{
  SacExplainPage *self = SAC_EXPLAIN_PAGE (object);

  if (self->sight)
    g_signal_handlers_disconnect_by_data (self->sight, self);
  g_clear_object (&self->sight);
  g_clear_object (&self->worker);
  g_clear_object (&self->shown);
  g_clear_pointer (&self->run_folders, g_ptr_array_unref);
  g_clear_pointer (&self->run_names, g_ptr_array_unref);
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
  g_type_ensure (SAC_TYPE_EXPLAIN_CHARTS);
  g_type_ensure (SAC_TYPE_EXPLAIN_EXPORT);
  g_type_ensure (SAC_TYPE_HEAT_OPTIONS);
  g_type_ensure (SAC_TYPE_PLAYER);
  g_type_ensure (SAC_TYPE_SCORE_PANEL);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/explain-page.ui");
  BIND (flap);
  BIND (run_drop);
  BIND (label_drop);
  BIND (map_drop);
  BIND (layer_drop);
  BIND (search);
  BIND (clip_list);
  BIND (stack);
  BIND (empty);
  BIND (headline);
  BIND (scores);
  BIND (spinner);
  BIND (options);
  BIND (beside);
  BIND (beside_box);
  BIND (export);
  BIND (failure);
  BIND (invert_box);
  BIND (invert_space);
  BIND (invert_time);
  BIND (charts);
  BIND (player);
  BIND (edit);
  BIND (edit_tools);
  gtk_widget_class_install_action (widget_class, "explain.panes", NULL, act_panes);
  gtk_widget_class_bind_template_callback (widget_class, on_choice);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_map);
  gtk_widget_class_bind_template_callback (widget_class, on_beside);
  gtk_widget_class_bind_template_callback (widget_class, on_invert);
}

static void
sac_explain_page_init (SacExplainPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();
  g_autofree char *program = sac_dup_program ();
  g_autoptr (GtkStringList) maps = gtk_string_list_new (NULL);

  self->run_folders = g_ptr_array_new_with_free_func (g_free);
  self->run_names = g_ptr_array_new_with_free_func (g_free);
  self->worker = sac_worker_new (program ? program : "saccade");
  self->sight = sac_sight_new (self->worker);
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int i = 0; i < SAC_N_SIGHTS; i++)
    gtk_string_list_append (maps, sac_sight_kind_get_words ((SacSightKind) i));
  gtk_drop_down_set_model (self->map_drop, G_LIST_MODEL (maps));
  self->filling = FALSE;
  self->study = SAC_STUDY_VIEW (sac_study_view_new ());
  sac_explain_charts_set_up (self->charts, self->sight, self->options);
  sac_explain_charts_add (self->charts, GTK_WIDGET (self->study), "split", _("Whole split"));
  sac_score_panel_set_sight (self->scores, self->sight);
  sac_player_add_painter (self->player, paint_map, self);
  sac_explain_editing_add (SAC_PAGE (self), self->player, sac_sight_get_gaze (self->sight), self->edit, self->edit_tools);
  g_signal_connect_object (self->sight, "changed", G_CALLBACK (on_sight), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sight, "changed", G_CALLBACK (on_look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->options, "changed", G_CALLBACK (on_options), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->edit, "toggled", G_CALLBACK (on_edit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->player, "notify::frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->charts, "frame-chosen", G_CALLBACK (on_frame_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->scores, "label-chosen", G_CALLBACK (on_label_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->export, "wanted", G_CALLBACK (on_export_wanted), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->export, "told", G_CALLBACK (on_export_told), self, G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_up), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (let_go), self);         /* the release is told to another window */
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
