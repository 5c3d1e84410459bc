#include "sac-generate-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-gan-charts.h"
#include "sac-generate-save.h"
#include "sac-keymap.h"
#include "sac-keys.h"
#include "sac-settings.h"

#define POLL_MS 400
#define EDGES_MS 120

G_DEFINE_FINAL_TYPE (SacGeneratePage, sac_generate_page, SAC_TYPE_PAGE)

SacSession *
_sac_generate_page_get_session (SacGeneratePage *self)
{
  return sac_page_get_session (SAC_PAGE (self));
}

/* ---- the run on the right. */

/* A trainer that dies says nothing. */
static gboolean
poll (gpointer data)
{
  _sac_generate_page_show_status (data);
  return G_SOURCE_CONTINUE;
}

static void
show_curves (SacGeneratePage *self)
{
  SacLiveSummary loss;
  g_autofree char *words = NULL;

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->tabs), "curves") != 0)
    return;
  sac_board_view_set_maker (self->board, sac_gan_charts_make, sac_gan_charts_new (self->model), sac_gan_charts_free);
  if (sac_live_model_get (self->model, "loss/D", &loss))
    words = g_strdup_printf (_("Loss of D from %.3f at step %u to %.3f at step %u"), loss.first, (guint) loss.first_step, loss.last,
                             (guint) loss.last_step);
  sac_board_view_describe (self->board, words ? words : "");
}

static void
on_news (SacGeneratePage *self)
{
  _sac_generate_page_show_status (self);
  _sac_generate_page_show_edges (self);
  show_curves (self);
}

/* ---- which run. */

static void
offer_others (SacGeneratePage *self)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new (), names = g_ptr_array_new ();

  for (guint i = 0; self->runs && i < self->runs->n; i++)
    if (g_strcmp0 (self->runs->folders[i], self->run) != 0)
      {
        g_ptr_array_add (folders, self->runs->folders[i]);
        g_ptr_array_add (names, self->runs->names[i]);
      }
  g_ptr_array_add (folders, NULL);
  g_ptr_array_add (names, NULL);
  sac_sample_view_set_others (self->samples, (const char *const *) folders->pdata, (const char *const *) names->pdata);
  if (self->runs)
    sac_gan_scores_view_set_runs (self->scores, self->run, (const char *const *) self->runs->folders,
                                  (const char *const *) self->runs->names);
}

void
_sac_generate_page_show_run (SacGeneratePage *self, const char *folder, const char *name)
{
  gboolean searching = g_strcmp0 (gtk_stack_get_visible_child_name (self->tabs), "search") == 0;

  gtk_stack_set_visible_child_name (self->stack, folder || searching ? "run" : "empty");
  if (g_strcmp0 (folder, self->run) == 0)
    return;
  g_free (self->run);
  self->run = g_strdup (folder);
  sac_live_model_set_folder (self->model, folder);
  sac_sample_view_set_run (self->samples, folder, name);
  sac_board_view_set_window (self->board, 0, 0);
  sac_latent_view_set_run (self->latent, folder);
  offer_others (self);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  SacGeneratePage *self = SAC_GENERATE_PAGE (source);
  g_autoptr (SacGanRuns) runs = sac_gan_runs_find_finish (result);
  const char *wanted = sac_selection_get_run (sac_page_get_selection (SAC_PAGE (self)));
  gboolean first = self->run == NULL, other = g_strcmp0 (wanted, self->wanted) != 0;    /* chosen on another page since */
  gboolean any;
  guint chosen = 0;

  if (!self->model || !runs)
    return;
  g_clear_pointer (&self->runs, sac_gan_runs_free);
  self->runs = g_steal_pointer (&runs);
  for (guint i = 0; i < self->runs->n; i++)
    if (g_strcmp0 (self->runs->folders[i], self->run) == 0)
      chosen = i;
  for (guint i = 0; other && i < self->runs->n; i++)
    if (g_strcmp0 (self->runs->folders[i], wanted) == 0)
      chosen = i;
  g_free (self->wanted);
  self->wanted = g_strdup (wanted);
  self->filling = TRUE;
  {
    g_autoptr (GtkStringList) names = gtk_string_list_new ((const char *const *) self->runs->names);

    gtk_drop_down_set_model (self->run_drop, G_LIST_MODEL (names));
  }
  if (self->runs->n > 0)
    gtk_drop_down_set_selected (self->run_drop, chosen);
  self->filling = FALSE;
  sac_gan_form_set_data (self->form, self->runs->data, FALSE);
  sac_gan_form_set_speed (self->form, self->runs->speed);
  any = self->runs->n > 0;
  _sac_generate_page_show_run (self, any ? self->runs->folders[chosen] : NULL, any ? self->runs->names[chosen] : NULL);
  offer_others (self);
  if (first && self->run)
    sac_sample_view_focus (self->samples);
}

static void
find_runs (SacGeneratePage *self)
{
  SacProject *project = _sac_generate_page_get_session (self) ? sac_session_get_project (_sac_generate_page_get_session (self)) : NULL;

  if (project && sac_page_get_shown (SAC_PAGE (self)))
    sac_gan_runs_find_async (project, self, on_found, NULL);
}

static void
on_run (SacGeneratePage *self)
{
  guint i = gtk_drop_down_get_selected (self->run_drop);

  if (!self->filling && self->runs && i < self->runs->n)
    _sac_generate_page_show_run (self, self->runs->folders[i], self->runs->names[i]);
}

/* The first score of each generator stands over its pictures. */
static void
on_scored (SacGeneratePage *self)
{
  const SacGanScores *scores = sac_gan_scores_view_get (self->scores);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  SacGanMeasure measure;

  for (guint g = 0; scores && g < scores->k && sac_gan_measure_get (0, scores->inception, &measure); g++)
    {
      g_autofree char *who = g_strdup_printf ("G%u", g + 1);
      const SacGanScoreRow *row = sac_gan_scores_find (scores, who);
      double value = row ? sac_gan_measure_value (&measure, row) : NAN;
      char *note = isnan (value) ? g_strdup ("") : g_strdup_printf ("%s %.2f", measure.name, value);

      sac_graph_editor_set_note (self->graph, g, note);
      g_ptr_array_add (notes, note);
    }
  for (guint g = notes->len; g < SAC_GAN_MOST; g++)
    sac_graph_editor_set_note (self->graph, g, NULL);
  g_ptr_array_add (notes, NULL);
  sac_sample_view_set_notes (self->samples, notes->len > 1 ? (const char *const *) notes->pdata : NULL);
}

/* ---- what may be started. */

/* A search trains what the form says. */
static void
offer_search (SacGeneratePage *self)
{
  g_autofree char *recipe = sac_gan_form_dup_recipe (self->form);

  sac_search_view_set_source (self->search, recipe, sac_gan_form_get_data (self->form));
}

static void
show_start (SacGeneratePage *self)
{
  SacSession *session = _sac_generate_page_get_session (self);
  const char *note = sac_gan_form_get_missing (self->form);

  if (!note && session && !sac_session_is_writable (session))
    note = _("The project is open read-only here.");
  gtk_label_set_text (self->start_note, note ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->start_note), note != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->start_button), note == NULL && session != NULL);
  if (self->search)
    offer_search (self);
}

/* ---- keys and menu. */

static gboolean
act (SacGeneratePage *self, const char *name)
{
  if (!name || !self->run || gtk_widget_get_mapped (GTK_WIDGET (self->search)))
    return FALSE;
  if (g_strcmp0 (name, "generate.score") == 0)
    {
      gtk_stack_set_visible_child_name (self->tabs, "scores");
      sac_gan_scores_view_score (self->scores);
      return TRUE;
    }
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->tabs), "latent") == 0 && sac_latent_view_act (self->latent, name))
    return TRUE;
  if (g_strcmp0 (name, "generate.noise") == 0)
    {
      gtk_stack_set_visible_child_name (self->tabs, "latent");
      return sac_latent_view_act (self->latent, name);
    }
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->tabs), "samples") != 0)
    return FALSE;
  return sac_generate_save_act (self->samples, _sac_generate_page_get_session (self), name) || sac_sample_view_act (self->samples, name);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, gpointer data)
{
  SacGeneratePage *self = data;

  if (sac_key_is_of_focus (GTK_WIDGET (self), keyval, state))
    return FALSE;
  return act (self, sac_keymap_find (sac_keymap_get (), SAC_KEYS_GENERATE, controller, keyval, keycode, state));
}

static void
on_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacGeneratePage *self = SAC_GENERATE_PAGE (widget);

  if (!act (self, name))
    sac_session_say (_sac_generate_page_get_session (self), FALSE, _("Choose a picture of the samples first"));
}

static const char *const actions[] = { "generate.score", "generate.copy", "generate.save-picture", "generate.save-grid",
                                       "generate.save-strip" };

/* ---- life. */

static void
on_project (SacGeneratePage *self)
{
  SacSession *session = _sac_generate_page_get_session (self);

  g_clear_pointer (&self->runs, sac_gan_runs_free);
  _sac_generate_page_show_run (self, NULL, NULL);
  sac_gan_form_set_project (self->form, sac_session_get_path (session));
  sac_gan_scores_view_set_project (self->scores, sac_session_get_path (session));
  find_runs (self);
  show_start (self);
}

/* A search trains what the form says. */
static void
show_search (SacGeneratePage *self)
{
  SacProject *project = sac_session_get_project (_sac_generate_page_get_session (self));

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->tabs), "search") != 0 || !project)
    return;
  sac_search_view_set_project (self->search, sac_session_get_path (_sac_generate_page_get_session (self)),
                               sac_project_get_folder (project));
  offer_search (self);
  if (sac_gan_scores_view_get_classifier (self->scores))
    sac_search_view_set_classifier (self->search, sac_gan_scores_view_get_classifier (self->scores));
  sac_search_view_refresh (self->search);
}

/* A search needs no run before it. */
static void
on_search (SacGeneratePage *self)
{
  gtk_stack_set_visible_child_name (self->tabs, "search");
  gtk_stack_set_visible_child_name (self->stack, "run");
}

static void
on_graph_chosen (SacGeneratePage *self, const char *letters)
{
  if (sac_gan_form_take_graph (self->form, letters))
    sac_session_say (_sac_generate_page_get_session (self), FALSE, _("The graph is in the form: %s"), letters);
}

static void
on_run_chosen (SacGeneratePage *self, const char *folder)
{
  g_autofree char *name = g_path_get_basename (folder);

  _sac_generate_page_show_run (self, folder, name);
  gtk_stack_set_visible_child_name (self->tabs, "samples");
}

static void
on_tab (SacGeneratePage *self)
{
  gboolean latent = g_strcmp0 (gtk_stack_get_visible_child_name (self->tabs), "latent") == 0;

  show_curves (self);
  show_search (self);
  sac_latent_view_set_active (self->latent, latent && sac_page_get_shown (SAC_PAGE (self)));
}

/* From one picture of the grid to another: the way between their noises. */
static void
on_dragged (SacGeneratePage *self, guint row, guint column, guint to_row, guint to_column)
{
  if (row == to_row)
    return;
  sac_latent_view_set_way (self->latent, row, to_row, column);
  gtk_stack_set_visible_child_name (self->tabs, "latent");
}

static void
sac_generate_page_attach (SacPage *page)
{
  SacGeneratePage *self = SAC_GENERATE_PAGE (page);
  SacSession *session = sac_page_get_session (page);

  g_signal_connect_object (session, "runs-changed", G_CALLBACK (find_runs), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "project-changed", G_CALLBACK (on_project), self, G_CONNECT_SWAPPED);
}

static void
sac_generate_page_set_shown (SacPage *page, gboolean shown)
{
  SacGeneratePage *self = SAC_GENERATE_PAGE (page);

  g_clear_handle_id (&self->poll_source, g_source_remove);
  sac_live_model_set_active (self->model, shown);
  sac_sample_view_set_active (self->samples, shown);
  on_tab (self);
  if (!shown)
    {
      sac_worker_rest (self->worker);
      return;
    }
  sac_gan_form_fill (self->form);
  sac_gan_form_set_project (self->form, sac_session_get_path (sac_page_get_session (page)));
  sac_gan_scores_view_set_project (self->scores, sac_session_get_path (sac_page_get_session (page)));
  show_start (self);
  find_runs (self);
  self->poll_source = g_timeout_add (POLL_MS, poll, self);
}

static void
sac_generate_page_toggle_sidebar (SacPage *page)
{
  SacGeneratePage *self = SAC_GENERATE_PAGE (page);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static gboolean
show_edges_now (gpointer data)
{
  SacGeneratePage *self = data;

  self->edges_source = 0;
  _sac_generate_page_show_edges (self);
  return G_SOURCE_REMOVE;
}

/* While it plays, pictures go by faster than edges need to. */
static void
on_step (SacGeneratePage *self)
{
  if (!self->edges_source)
    self->edges_source = g_timeout_add (EDGES_MS, show_edges_now, self);
  sac_board_view_set_cross (self->board, (double) sac_sample_view_get_step (self->samples));
}

static void
on_picked (SacGeneratePage *self, double step)
{
  sac_sample_view_go (self->samples, step);
}

static void
sac_generate_page_dispose (GObject *object)
{
  SacGeneratePage *self = SAC_GENERATE_PAGE (object);

  g_clear_handle_id (&self->poll_source, g_source_remove);
  g_clear_handle_id (&self->edges_source, g_source_remove);
  g_clear_object (&self->model);
  g_clear_object (&self->worker);
  g_clear_pointer (&self->runs, sac_gan_runs_free);
  g_clear_pointer (&self->run, g_free);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (sac_generate_page_parent_class)->dispose (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, SacGeneratePage, child)
static void
sac_generate_page_class_init (SacGeneratePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SacPageClass *page_class = SAC_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_generate_page_dispose;
  page_class->attach = sac_generate_page_attach;
  page_class->set_shown = sac_generate_page_set_shown;
  page_class->toggle_sidebar = sac_generate_page_toggle_sidebar;
  g_type_ensure (SAC_TYPE_GAN_FORM);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/generate-page.ui");
  BIND (flap);
  BIND (form);
  BIND (start_button);
  BIND (pause_button);
  BIND (checkpoint_button);
  BIND (stop_button);
  BIND (more_button);
  BIND (start_note);
  BIND (status);
  BIND (warning);
  BIND (stack);
  BIND (tabs);
  BIND (run_drop);
  BIND (progress);
  gtk_widget_class_bind_template_callback (widget_class, show_start);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_start", G_CALLBACK (_sac_generate_page_on_start));
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_run);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_pause", G_CALLBACK (_sac_generate_page_on_pause));
  gtk_widget_class_bind_template_callback_full (widget_class, "on_checkpoint", G_CALLBACK (_sac_generate_page_on_checkpoint));
  gtk_widget_class_bind_template_callback_full (widget_class, "on_stop", G_CALLBACK (_sac_generate_page_on_stop));
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (widget_class, actions[i], NULL, on_action);
}

static void
sac_generate_page_init (SacGeneratePage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  g_autofree char *program = sac_dup_program ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->worker = sac_worker_new (program ? program : "saccade");
  self->model = sac_live_model_new ();
  self->samples = sac_sample_view_new ();
  self->graph = SAC_GRAPH_EDITOR (sac_graph_editor_new ());
  sac_graph_editor_set_bare (self->graph, TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self->graph), 250, -1);
  gtk_widget_set_valign (GTK_WIDGET (self->graph), GTK_ALIGN_START);
  sac_sample_view_set_side (self->samples, GTK_WIDGET (self->graph));
  self->board = g_object_new (SAC_TYPE_BOARD_VIEW, NULL);
  sac_board_view_set_name (self->board, _("Losses of the generators"), "generators");
  gtk_stack_add_titled (self->tabs, GTK_WIDGET (self->samples), "samples", _("Samples"));
  gtk_stack_add_titled (self->tabs, GTK_WIDGET (self->board), "curves", _("Curves"));
  self->latent = sac_latent_view_new (self->worker);
  gtk_stack_add_titled (self->tabs, GTK_WIDGET (self->latent), "latent", _("Between noises"));
  self->scores = sac_gan_scores_view_new ();
  gtk_stack_add_titled (self->tabs, GTK_WIDGET (self->scores), "scores", _("Scores"));
  self->search = SAC_SEARCH_VIEW (sac_search_view_new ());
  /* Its table is wide; the window shall not have to be. */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->search));
  gtk_stack_add_titled (self->tabs, scrolled, "search", _("Search"));
  g_signal_connect_object (self->search, "graph-chosen", G_CALLBACK (on_graph_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "run-chosen", G_CALLBACK (on_run_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->scores, "scored", G_CALLBACK (on_scored), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->samples, "dragged", G_CALLBACK (on_dragged), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "changed", G_CALLBACK (on_news), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tabs, "notify::visible-child", G_CALLBACK (on_tab), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->samples, "notify::step", G_CALLBACK (on_step), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->board, "picked", G_CALLBACK (on_picked), self, G_CONNECT_SWAPPED);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
