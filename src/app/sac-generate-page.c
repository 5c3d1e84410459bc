#include "sac-generate-page.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "run/sac-run.h"
#include "sac-gan-charts.h"
#include "sac-gan-form.h"
#include "sac-gan-runs.h"
#include "sac-gan-scores-view.h"
#include "sac-generate-save.h"
#include "sac-graph-editor.h"
#include "sac-keymap.h"
#include "sac-keys.h"
#include "sac-latent-view.h"
#include "sac-live-model.h"
#include "sac-sample-view.h"
#include "sac-search-view.h"
#include "sac-settings.h"

#define POLL_MS 400
#define EDGES_MS 120
#define GRAPH_WINDOW 200        /* steps in which an edge of the past is sought */

struct _SacGeneratePage {
  SacPage parent_instance;
  AdwFlap *flap;
  SacGanForm *form;
  GtkButton *start_button, *pause_button, *checkpoint_button, *stop_button;
  GtkMenuButton *more_button;
  GtkLabel *start_note, *status, *warning;
  GtkStack *stack, *tabs;
  GtkDropDown *run_drop;
  GtkProgressBar *progress;
  SacSampleView *samples;
  SacBoardView *board;
  SacLatentView *latent;
  SacGanScoresView *scores;
  SacSearchView *search;
  SacWorker *worker;
  SacGraphEditor *graph;        /* of the run shown */
  SacGanGraph shown_graph;

  SacGanRuns *runs;             /* nullable */
  gboolean filling;             /* the drop-down is being filled: its notify is not the person's */
  char *run;                    /* folder shown */
  char *wanted;                 /* what the selection said when runs were last sought */
  SacLiveModel *model;
  guint poll_source, edges_source;
  gboolean paused, resumable;   /* resumable: nobody trains it, and it did not reach its end */
};

G_DEFINE_FINAL_TYPE (SacGeneratePage, sac_generate_page, SAC_TYPE_PAGE)

static SacSession *
get_session (SacGeneratePage *self)
{
  return sac_page_get_session (SAC_PAGE (self));
}

/* ---- the run on the right. */

static void
append_part (GString *text, char *part)
{
  g_string_append_printf (text, "%s%s", text->len ? "  ·  " : "", part);
  g_free (part);
}

static const char *
state_words (SacGeneratePage *self, gboolean live, gboolean told)
{
  const char *said = sac_live_model_get_text (self->model, "status");

  if (self->paused)
    return _("Paused");
  if (live)
    return told ? _("Learning") : _("Starting");
  if (said && g_str_has_prefix (said, "done"))
    return _("Done");
  if (said && g_str_has_prefix (said, "stopp"))
    return _("Stopped");
  if (said || told)
    return _("Cut off; it can go on from its last checkpoint");
  return _("Waiting for the trainer");
}

static void
show_status (SacGeneratePage *self)
{
  gboolean live = self->run && sac_run_is_live (self->run);
  const char *said = sac_live_model_get_text (self->model, "status");
  const char *warning = sac_live_model_get_text (self->model, "warning");
  g_autoptr (GString) text = g_string_new (NULL);
  double value;
  SacLiveSummary loss;
  gboolean told = sac_live_model_get (self->model, "loss/D", &loss);

  self->paused = live && said && g_str_has_prefix (said, "paused");
  if (said && g_str_has_prefix (said, "failed"))
    append_part (text, g_strdup_printf (_("Failed%s"), said + strlen ("failed")));
  else
    append_part (text, g_strdup (state_words (self, live, told)));
  if (told)
    {
      append_part (text, g_strdup_printf (_("step %u"), (guint) loss.last_step));
      append_part (text, g_strdup_printf (_("loss of D %.3f"), loss.last));
    }
  if (sac_live_model_get_last (self->model, "accuracy/D", &value) && !isnan (value))
    append_part (text, g_strdup_printf (_("D is right in %.0f %%"), 100 * value));
  if (live && sac_live_model_get_last (self->model, "images_per_second", &value))
    append_part (text, g_strdup_printf (_("%.0f pictures/s"), value));
  if (live && !self->paused && sac_live_model_get_last (self->model, "seconds_left", &value))
    {
      g_autofree char *left = sac_dup_duration (value);

      append_part (text, g_strdup_printf (_("%s left"), left));
    }
  gtk_label_set_text (self->status, text->str);
  gtk_label_set_text (self->warning, warning ? warning : "");
  gtk_widget_set_visible (GTK_WIDGET (self->warning), warning != NULL);
  gtk_progress_bar_set_fraction (self->progress, sac_live_model_get_last (self->model, "progress", &value) ? CLAMP (value, 0, 1) : 0);
  self->resumable = self->run && !live && told && !(said && g_str_has_prefix (said, "done"));
  gtk_button_set_label (self->pause_button, self->paused ? _("Resume") : self->resumable ? _("Go on") : _("Pause"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->pause_button), live || self->resumable);
  gtk_widget_set_sensitive (GTK_WIDGET (self->checkpoint_button), live);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop_button), live);
}

/* A trainer that dies says nothing. */
static gboolean
poll (gpointer data)
{
  show_status (data);
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

/* Of @tag at the step shown; NaN: nothing was told. */
static double
value_at (SacGeneratePage *self, const char *kind, guint student, guint teacher, double step)
{
  g_autofree char *tag = student == teacher ? g_strdup_printf ("%s/G%u", kind, student + 1)
                                            : g_strdup_printf ("%s/G%u>G%u", kind, teacher + 1, student + 1);
  SacLiveSummary summary;
  g_autofree double *x = NULL, *y = NULL;
  double value = NAN;
  gsize n;

  if (!sac_live_model_get (self->model, tag, &summary))
    return NAN;
  if (step >= (double) summary.last_step)
    return summary.last;
  n = sac_live_model_dup_curve (self->model, tag, SAC_LIVE_STEPS, MAX (step - GRAPH_WINDOW, 0), step + 1, 8, 0, &x, &y);
  for (gsize i = 0; i < n && x[i] <= step + 0.5; i++)
    value = y[i];
  return value;
}

/* Edges as they are at the step of the samples, which while it learns is the newest. */
static void
show_edges (SacGeneratePage *self)
{
  SacSampleShape shape;
  SacGraphLive live;
  SacLiveSummary d, progress;
  double step = (double) sac_sample_view_get_step (self->samples), updates;

  sac_sample_film_get_shape (sac_sample_view_get_film (self->samples), &shape);
  if (shape.columns == 0)
    return;
  if (!sac_gan_graph_equal (&shape.graph, &self->shown_graph))
    sac_graph_editor_set_graph (self->graph, &shape.graph);
  self->shown_graph = shape.graph;
  if (!sac_live_model_get (self->model, "loss/D", &d))
    return;
  if (sac_sample_view_is_following (self->samples))
    step = (double) d.last_step;
  sac_graph_live_init (&live);
  if (sac_live_model_get (self->model, "progress", &progress) && progress.last > 0)
    {
      updates = (double) progress.last_step / progress.last;
      live.tau = CLAMP (step / updates, 0, 1);
    }
  for (guint s = 0; s < shape.columns; s++)
    for (guint t = 0; t < shape.columns; t++)
      {
        live.loss[s][t] = value_at (self, "loss", s, t, step);
        live.factor[s][t] = value_at (self, "factor", s, t, step);
      }
  sac_graph_editor_set_live (self->graph, &live);
}

static void
on_news (SacGeneratePage *self)
{
  show_status (self);
  show_edges (self);
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

static void
show_run (SacGeneratePage *self, const char *folder, const char *name)
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
  show_run (self, self->runs->n > 0 ? self->runs->folders[chosen] : NULL, self->runs->n > 0 ? self->runs->names[chosen] : NULL);
  offer_others (self);
  if (first && self->run)
    sac_sample_view_focus (self->samples);
}

static void
find_runs (SacGeneratePage *self)
{
  SacProject *project = get_session (self) ? sac_session_get_project (get_session (self)) : NULL;

  if (project && sac_page_get_shown (SAC_PAGE (self)))
    sac_gan_runs_find_async (project, self, on_found, NULL);
}

static void
on_run (SacGeneratePage *self)
{
  guint i = gtk_drop_down_get_selected (self->run_drop);

  if (!self->filling && self->runs && i < self->runs->n)
    show_run (self, self->runs->folders[i], self->runs->names[i]);
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

/* ---- start and control. */

static void
control (SacGeneratePage *self, SacControl what)
{
  g_autoptr (GError) error = NULL;

  if (self->run && !sac_control_send (self->run, what, &error))
    sac_session_say (get_session (self), FALSE, "%s", error->message);
}

static void
on_checkpoint (SacGeneratePage *self)
{
  control (self, SAC_CONTROL_CHECKPOINT);
}

static void
on_stop (SacGeneratePage *self)
{
  control (self, SAC_CONTROL_STOP);
}

/* The trainer ended: what it said on stderr is told when it failed. */
static void
on_trainer_end (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacGeneratePage) self = data;
  g_autofree char *words = NULL;
  gboolean ok = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, NULL, &words, NULL)
                && g_subprocess_get_successful (G_SUBPROCESS (source));
  SacSession *session = get_session (self);

  if (!session)
    return;
  if (ok)
    sac_session_say (session, FALSE, _("The run is done"));
  else
    {
      g_auto (GStrv) lines = g_strsplit (words ? g_strstrip (words) : "", "\n", -1);
      guint n = g_strv_length (lines);

      sac_session_say (session, FALSE, _("The run failed. %s"), n > 0 ? lines[n - 1] : "");
    }
  sac_session_tell_runs (session);
}

/* A process of its own: it goes on when the window is closed. */
static void
start_trainer (SacGeneratePage *self, const char *const *argv, const char *folder, const char *name)
{
  SacSession *session = get_session (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) trainer = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);

  if (!trainer)
    {
      sac_session_say (session, FALSE, _("Training could not be started: %s"), error->message);
      return;
    }
  g_subprocess_communicate_utf8_async (trainer, NULL, NULL, on_trainer_end, g_object_ref (self));
  show_run (self, folder, name);
  sac_session_tell_runs (session);
}

static void
on_start (SacGeneratePage *self)
{
  SacSession *session = get_session (self);
  SacProject *project = sac_session_get_project (session);
  const char *recipe = sac_gan_form_get_recipe (self->form);
  g_autofree char *program = sac_dup_program (), *stem = recipe ? g_path_get_basename (recipe) : NULL;
  g_autofree char *name = NULL, *folder = NULL, *listed = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");
  g_autoptr (GPtrArray) argv = sac_gan_form_dup_words (self->form);
  g_autoptr (GError) error = NULL;

  if (!project || !stem || !argv)
    return;
  if (g_str_has_suffix (stem, ".ini"))
    stem[strlen (stem) - strlen (".ini")] = '\0';
  name = g_strdup_printf ("%s %s", stamp, stem);
  folder = g_build_filename (sac_project_get_folder (project), "runs", name, NULL);
  listed = g_strconcat (SAC_GAN_RUN_PREFIX, stem, NULL);
  if (!sac_project_add_run (project, name, folder, listed, &error))
    {
      sac_session_say (session, FALSE, "%s", error->message);
      return;
    }
  g_ptr_array_insert (argv, 0, g_strdup (program ? program : "saccade"));
  g_ptr_array_add (argv, g_strdup ("--run"));
  g_ptr_array_add (argv, g_strdup (folder));
  g_ptr_array_add (argv, NULL);
  start_trainer (self, (const char *const *) argv->pdata, folder, name);
}

/* A run that was cut off, stopped or failed, from its last checkpoint. */
static void
go_on (SacGeneratePage *self)
{
  g_autofree char *program = sac_dup_program (), *folder = g_strdup (self->run);
  g_autoptr (SacRunInfo) info = sac_run_info_read (self->run, NULL);
  const char *const argv[] = {
    program ? program : "saccade", "gan", "train", "--resume", "--run", folder, "--data", info && info->project ? info->project : "",
    "--device", sac_gan_form_get_device (self->form), NULL,
  };

  start_trainer (self, argv, folder, NULL);
}

static void
on_pause (SacGeneratePage *self)
{
  if (self->resumable)
    go_on (self);
  else
    control (self, self->paused ? SAC_CONTROL_RESUME : SAC_CONTROL_PAUSE);
}

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
  SacSession *session = get_session (self);
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
  return sac_generate_save_act (self->samples, get_session (self), name) || sac_sample_view_act (self->samples, name);
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
    sac_session_say (get_session (self), FALSE, _("Choose a picture of the samples first"));
}

static const char *const actions[] = { "generate.score", "generate.copy", "generate.save-picture", "generate.save-grid",
                                       "generate.save-strip" };

/* ---- life. */

static void
on_project (SacGeneratePage *self)
{
  SacSession *session = get_session (self);

  g_clear_pointer (&self->runs, sac_gan_runs_free);
  show_run (self, NULL, NULL);
  sac_gan_form_set_project (self->form, sac_session_get_path (session));
  sac_gan_scores_view_set_project (self->scores, sac_session_get_path (session));
  find_runs (self);
  show_start (self);
}

/* A search trains what the form says. */
static void
show_search (SacGeneratePage *self)
{
  SacProject *project = sac_session_get_project (get_session (self));

  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->tabs), "search") != 0 || !project)
    return;
  sac_search_view_set_project (self->search, sac_session_get_path (get_session (self)), sac_project_get_folder (project));
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
    sac_session_say (get_session (self), FALSE, _("The graph is in the form: %s"), letters);
}

static void
on_run_chosen (SacGeneratePage *self, const char *folder)
{
  g_autofree char *name = g_path_get_basename (folder);

  show_run (self, folder, name);
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
  show_edges (self);
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
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_run);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_checkpoint);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
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
