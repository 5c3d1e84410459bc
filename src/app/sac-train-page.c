#include "sac-train-page.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "run/sac-run.h"
#include "sac-gan-runs.h"
#include "sac-live-view.h"
#include "sac-run-form.h"
#include "sac-settings.h"
#include "sac-study-queue.h"
#include "sac-time-view.h"

#define POLL_MS 400

struct _SacTrainPage {
  SacPage parent_instance;
  AdwFlap *flap;
  AdwComboRow *recipe_row;
  AdwActionRow *weights_row, *data_row;
  GtkButton *weights_clear, *weights_choose, *start_button, *pause_button, *checkpoint_button, *stop_button,
            *results_button, *divide_button;
  GtkMenuButton *more_button;
  GtkEntry *rate_entry;
  GtkLabel *recipe_text, *start_note, *status;
  GtkStack *stack;
  GtkDropDown *run_drop;
  GtkProgressBar *progress;
  SacRunForm *form;
  SacLiveView *live;
  SacTimeView *time;

  GPtrArray *recipe_paths;      /* char*, in the order of the row */
  char *weights;                /* NULL = from scratch */
  GtkFileChooserNative *chooser;
  GPtrArray *run_folders;       /* char*, in the order of the drop-down */
  gboolean filling;             /* the drop-down is being filled: its notify is not the person's */
  char *run;                    /* folder shown */
  SacLiveModel *model;
  guint poll_source;
  gboolean paused, resumable;   /* resumable: nobody trains it, and it did not reach its end */
  char *device;                 /* where the run shown computes, nullable */
  guint64 n_validations;        /* of the run shown, when last looked for */
};

G_DEFINE_FINAL_TYPE (SacTrainPage, sac_train_page, SAC_TYPE_PAGE)

/* ---- the run on the right. */

static void
append_part (GString *text, char *part)
{
  g_string_append_printf (text, "%s%s", text->len ? "  ·  " : "", part);
  g_free (part);
}

/* "running", "paused", "done", "failed: why" as the trainer says them; a dead trainer that did not say so was cut off. */
static void
show_status (SacTrainPage *self)
{
  gboolean live = self->run && sac_run_is_live (self->run);
  const char *said = sac_live_model_get_text (self->model, "status");
  g_autoptr (GString) text = g_string_new (NULL);
  double value;
  SacLiveSummary loss;
  gboolean told = sac_live_model_get (self->model, "loss/train", &loss);

  self->paused = live && said && g_str_has_prefix (said, "paused");
  if (said && g_str_has_prefix (said, "failed"))
    append_part (text, g_strdup_printf (_("Failed%s"), said + strlen ("failed")));
  else if (self->paused)
    append_part (text, g_strdup (_("Paused")));
  else if (live)
    append_part (text, g_strdup (told ? _("Training") : _("Starting")));
  else if (said && g_str_has_prefix (said, "done"))
    append_part (text, g_strdup (_("Done")));
  else if (said && g_str_has_prefix (said, "stopp"))
    append_part (text, g_strdup (_("Stopped")));
  else if (said || told)
    append_part (text, g_strdup (_("Cut off; it can go on from its last checkpoint")));
  else
    append_part (text, g_strdup (_("Waiting for the trainer")));
  if (told)
    {
      append_part (text, g_strdup_printf (_("step %u"), (guint) loss.last_step));
      append_part (text, g_strdup_printf (_("loss %.3f"), loss.last));
    }
  if (sac_live_model_get_last (self->model, "auc_macro", &value) && !isnan (value))
    append_part (text, g_strdup_printf (_("macro AUC %.2f"), value));
  if (!self->device && told)
    {
      g_autoptr (SacRunInfo) info = sac_run_info_read (self->run, NULL);

      self->device = g_strdup (info && info->device ? info->device : "");
    }
  if (self->device && *self->device)
    append_part (text, g_strdup (self->device));
  if (sac_live_model_get_last (self->model, "memory", &value) && value > 0)
    append_part (text, sac_size_dup_text (value));
  if (live && sac_live_model_get_last (self->model, "clips_per_second", &value))
    append_part (text, g_strdup_printf (_("%.1f clips/s"), value));
  if (live && sac_live_model_get_last (self->model, "share/decode", &value))
    append_part (text, g_strdup_printf (_("decoding %.0f %%"), 100 * value));
  if (sac_live_model_get_last (self->model, "quarantined", &value) && value > 0)
    append_part (text, g_strdup_printf (g_dngettext ("saccade", "%u clip left out: it cannot be read",
                                                     "%u clips left out: they cannot be read", (gulong) value), (guint) value));
  if (live && !self->paused && sac_live_model_get_last (self->model, "seconds_left", &value))
    {
      g_autofree char *left = sac_dup_duration (value);

      append_part (text, g_strdup_printf (_("%s left"), left));
    }
  gtk_label_set_text (self->status, text->str);
  gtk_progress_bar_set_fraction (self->progress, sac_live_model_get_last (self->model, "progress", &value) ? CLAMP (value, 0, 1) : 0);
  self->resumable = self->run && !live && told && !(said && g_str_has_prefix (said, "done"));
  gtk_button_set_label (self->pause_button, self->paused ? _("Resume") : self->resumable ? _("Go on") : _("Pause"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause_button), self->resumable ? _("Train on from its last checkpoint") : NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pause_button), live || self->resumable);
  gtk_widget_set_sensitive (GTK_WIDGET (self->more_button), live);
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
show_run (SacTrainPage *self, const char *folder)
{
  gtk_stack_set_visible_child_name (self->stack, folder ? "run" : "empty");
  if (g_strcmp0 (folder, self->run) == 0)
    return;
  g_free (self->run);
  self->run = g_strdup (folder);
  g_clear_pointer (&self->device, g_free);
  sac_live_model_set_folder (self->model, folder);
  sac_time_view_set_run (self->time, folder);
}

static void
fill_runs (SacTrainPage *self)
{
  SacProject *project = sac_session_get_project (sac_page_get_session (SAC_PAGE (self)));
  g_autoptr (GPtrArray) rows = project ? sac_gan_runs_list_others (project) : NULL;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint chosen = 0;

  self->filling = TRUE;
  g_ptr_array_set_size (self->run_folders, 0);
  for (guint i = 0; rows && i < rows->len; i++)
    {
      const SacRunRow *row = rows->pdata[i];

      if (g_strcmp0 (row->folder, self->run) == 0)
        chosen = i;
      gtk_string_list_append (names, row->name);
      g_ptr_array_add (self->run_folders, g_strdup (row->folder));
    }
  gtk_drop_down_set_model (self->run_drop, G_LIST_MODEL (names));
  if (self->run_folders->len > 0)
    gtk_drop_down_set_selected (self->run_drop, chosen);
  self->filling = FALSE;
  show_run (self, self->run_folders->len > 0 ? self->run_folders->pdata[chosen] : NULL);
}

static void
on_run (SacTrainPage *self)
{
  guint i = gtk_drop_down_get_selected (self->run_drop);

  if (!self->filling && i < self->run_folders->len)
    show_run (self, self->run_folders->pdata[i]);
}

static void
control (SacTrainPage *self, SacControl what)
{
  g_autoptr (GError) error = NULL;

  if (self->run && !sac_control_send (self->run, what, &error))
    sac_session_say (sac_page_get_session (SAC_PAGE (self)), FALSE, "%s", error->message);
}

static void go_on (SacTrainPage *self);

static void
on_pause (SacTrainPage *self)
{
  if (self->resumable)
    go_on (self);
  else
    control (self, self->paused ? SAC_CONTROL_RESUME : SAC_CONTROL_PAUSE);
}

static void
on_release (SacTrainPage *self)
{
  gtk_menu_button_popdown (self->more_button);
  control (self, SAC_CONTROL_RELEASE);
}

/* From the next step on. */
static void
on_rate (SacTrainPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  const char *rate = gtk_editable_get_text (GTK_EDITABLE (self->rate_entry));
  g_autoptr (GError) error = NULL;

  if (!self->run)
    return;
  if (!sac_control_send_value (self->run, "rate", rate, &error))
    {
      sac_session_say (session, FALSE, "%s", error->message);
      return;
    }
  gtk_menu_button_popdown (self->more_button);
  sac_session_say (session, FALSE, _("The learning rate is %s from the next step on"), rate);
}

static void
on_checkpoint (SacTrainPage *self)
{
  control (self, SAC_CONTROL_CHECKPOINT);
}

static void
on_stop (SacTrainPage *self)
{
  control (self, SAC_CONTROL_STOP);
}

static void
on_results (SacTrainPage *self)
{
  sac_selection_set_run (sac_page_get_selection (SAC_PAGE (self)), self->run);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "compare");
}

/* ---- the form on the left. */

static const char *
chosen_recipe (SacTrainPage *self)
{
  guint i = adw_combo_row_get_selected (self->recipe_row);

  return i < self->recipe_paths->len ? self->recipe_paths->pdata[i] : NULL;
}

static void
show_weights (SacTrainPage *self, const SacRecipe *recipe)
{
  gboolean wanted = recipe && recipe->weights && *recipe->weights;
  g_autofree char *base = self->weights ? g_path_get_basename (self->weights) : NULL;
  g_autofree char *text = base     ? g_strdup (base)
                          : wanted ? g_strdup_printf (_("From scratch. The recipe is meant for %s"), recipe->weights)
                                   : g_strdup (_("From scratch"));

  sac_run_form_set_weights (self->form, self->weights);
  adw_action_row_set_subtitle (self->weights_row, text);
  gtk_widget_set_visible (GTK_WIDGET (self->weights_clear), self->weights != NULL);
}

static void
on_recipe (SacTrainPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  const char *path = chosen_recipe (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRecipe) recipe = path ? sac_recipe_load (path, &error) : NULL;

  sac_run_form_set_project (self->form, session ? sac_session_get_path (session) : NULL);
  sac_run_form_set_recipe (self->form, recipe, path);
  gtk_label_set_text (self->recipe_text, recipe ? recipe->description : error ? error->message : "");
  show_weights (self, recipe);
}

static void
fill_recipes (SacTrainPage *self)
{
  g_auto (GStrv) paths = sac_recipe_list ();
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  g_ptr_array_set_size (self->recipe_paths, 0);
  for (guint i = 0; paths && paths[i]; i++)
    {
      g_autoptr (SacRecipe) recipe = sac_recipe_load (paths[i], NULL);

      if (!recipe)
        continue;
      g_ptr_array_add (self->recipe_paths, g_strdup (paths[i]));
      gtk_string_list_append (titles, recipe->title);
    }
  adw_combo_row_set_model (self->recipe_row, G_LIST_MODEL (titles));
  on_recipe (self);
}

static void
weights_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  SacTrainPage *self = data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      g_free (self->weights);
      self->weights = g_file_get_path (file);
      on_recipe (self);
    }
  g_clear_object (&self->chooser);
}

static void
on_weights_choose (SacTrainPage *self)
{
  if (self->chooser)
    return;
  self->chooser = gtk_file_chooser_native_new (_("Weights (safetensors or PyTorch .pth)"),
                                               GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), GTK_FILE_CHOOSER_ACTION_OPEN,
                                               _("_Open"), _("_Cancel"));
  g_signal_connect (self->chooser, "response", G_CALLBACK (weights_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_weights_clear (SacTrainPage *self)
{
  g_clear_pointer (&self->weights, g_free);
  on_recipe (self);
}

/* What there is to learn from, and what is missing before a start makes sense. */
static void
show_data (SacTrainPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  SacClipTable *table = sac_session_get_table (session);
  guint n_labels = table->n_labels, n_train = 0, n_test = 0;
  g_autofree char *text = NULL;
  const char *note = "";
  gboolean ready = FALSE;

  if (!sac_page_get_shown (SAC_PAGE (self)))
    return;             /* told again when it is */
  sac_run_form_set_project (self->form, sac_session_get_path (session));
  for (guint i = 0; i < table->n; i++)
    {
      gboolean known = table->reviewed[i];

      if (table->splits[i] != SAC_SPLIT_TRAIN && table->splits[i] != SAC_SPLIT_TEST)
        continue;
      for (guint l = 0; !known && l < n_labels; l++)
        known = sac_clip_table_get_state (table, i, l) != SAC_LABEL_UNKNOWN;
      n_train += known && table->splits[i] == SAC_SPLIT_TRAIN;
      n_test += known && table->splits[i] == SAC_SPLIT_TEST;
    }
  text = g_strdup_printf (_("%u labelled training clips, %u labels; %u labelled test clips"), n_train, n_labels, n_test);
  adw_action_row_set_subtitle (self->data_row, text);
  if (n_labels == 0)
    note = _("There are no labels yet: add them on the Label page.");
  else if (n_train == 0)
    note = _("No labelled clip is in the training split. Label clips, then press Divide.");
  else if (!sac_session_is_writable (session))
    note = _("The project is open read-only here.");
  else
    ready = TRUE;
  gtk_label_set_text (self->start_note, note);
  gtk_widget_set_visible (GTK_WIDGET (self->start_note), *note != '\0');
  gtk_widget_set_sensitive (GTK_WIDGET (self->divide_button), sac_session_is_writable (session));
  gtk_widget_set_sensitive (GTK_WIDGET (self->start_button), ready && self->recipe_paths->len > 0);
}

/* At once, with Undo in the toast. */
static void
on_divide (SacTrainPage *self)
{
  const SacSplitSpec spec = { .validation = 0.1, .test = 0.25, .seed = 1, .by_group = TRUE, .keep_test = TRUE };

  sac_session_split (sac_page_get_session (SAC_PAGE (self)), &spec);
  show_data (self);
}

typedef struct {
  SacTrainPage *self;
  char *folder;
} Started;

/* The trainer ended: what it said on stderr is told when it failed. */
static void
on_trainer_end (GObject *source, GAsyncResult *result, gpointer data)
{
  Started *started = data;
  g_autofree char *words = NULL;
  gboolean ok = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, NULL, &words, NULL)
                && g_subprocess_get_successful (G_SUBPROCESS (source));
  SacSession *session = sac_page_get_session (SAC_PAGE (started->self));

  if (session && !ok)
    {
      g_auto (GStrv) lines = g_strsplit (words ? g_strstrip (words) : "", "\n", -1);
      guint n = g_strv_length (lines);

      sac_session_say (session, FALSE, _("The run failed. %s"), n > 0 ? lines[n - 1] : "");
    }
  else if (session)
    sac_session_say (session, FALSE, _("The run is done"));
  if (session)
    sac_session_tell_runs (session);
  g_object_unref (started->self);
  g_free (started->folder);
  g_free (started);
}

static void
start_trainer (SacTrainPage *self, const char *const *argv, const char *folder)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) trainer = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  Started *started;

  if (!trainer)
    {
      sac_session_say (session, FALSE, _("Training could not be started: %s"), error->message);
      return;
    }
  started = g_new (Started, 1);
  *started = (Started) { g_object_ref (self), g_strdup (folder) };
  g_subprocess_communicate_utf8_async (trainer, NULL, NULL, on_trainer_end, started);
  show_run (self, folder);
  sac_session_tell_runs (session);
}

static void
on_start (SacTrainPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  SacProject *project = sac_session_get_project (session);
  const char *recipe = chosen_recipe (self);
  g_autofree char *program = sac_dup_program (), *stem = recipe ? g_path_get_basename (recipe) : NULL, *name = NULL, *folder = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");
  g_autoptr (GPtrArray) argv = sac_run_form_dup_words (self->form);
  g_autoptr (GError) error = NULL;

  if (!project || !recipe || !argv)
    return;
  if (g_str_has_suffix (stem, ".ini"))
    stem[strlen (stem) - strlen (".ini")] = '\0';
  name = g_strdup_printf ("%s %s", stamp, stem);
  folder = g_build_filename (sac_project_get_folder (project), "runs", name, NULL);
  if (!sac_project_add_run (project, name, folder, stem, &error))
    {
      sac_session_say (session, FALSE, "%s", error->message);
      return;
    }
  g_ptr_array_insert (argv, 0, g_strdup (program ? program : "saccade"));
  g_ptr_array_add (argv, g_strdup ("--run"));
  g_ptr_array_add (argv, g_strdup (folder));
  g_ptr_array_add (argv, NULL);
  start_trainer (self, (const char *const *) argv->pdata, folder);
}

/* A run of a study: as though it had been chosen from the list. */
static void
on_study_run (SacTrainPage *self, const char *folder)
{
  for (guint i = 0; i < self->run_folders->len; i++)
    if (strcmp (self->run_folders->pdata[i], folder) == 0)
      {
        gtk_drop_down_set_selected (self->run_drop, i);
        return;
      }
  show_run (self, folder);
}

static void
on_study (SacTrainPage *self)
{
  GtkWindow *parent = GTK_WINDOW (gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_WINDOW));
  SacStudyQueueView *view = sac_study_queue_view_new (parent, sac_page_get_session (SAC_PAGE (self)));

  g_signal_connect_object (view, "run-activated", G_CALLBACK (on_study_run), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (view));
}

/* A run that was cut off, stopped or failed, from its last checkpoint. */
static void
go_on (SacTrainPage *self)
{
  g_autofree char *program = sac_dup_program ();
  const char *const argv[] = {
    program ? program : "saccade", "train", "--resume", "--run", self->run, "--project",
    sac_session_get_path (sac_page_get_session (SAC_PAGE (self))), "--device", sac_run_form_get_device (self->form), NULL,
  };

  start_trainer (self, argv, self->run);
}

/* ---- life. */

static void
sac_train_page_attach (SacPage *page)
{
  SacTrainPage *self = SAC_TRAIN_PAGE (page);
  SacSession *session = sac_page_get_session (page);

  sac_time_view_attach (self->time, session, sac_page_get_selection (page));
  g_signal_connect_object (session, "runs-changed", G_CALLBACK (fill_runs), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "project-changed", G_CALLBACK (fill_runs), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "labels-changed", G_CALLBACK (show_data), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "clips-changed", G_CALLBACK (show_data), self, G_CONNECT_SWAPPED);
}

/* ---- through the training's time. */

/* A validation may have come. */
static void
on_news (SacTrainPage *self)
{
  SacLiveSummary auc;
  guint64 n = sac_live_model_get (self->model, "loss/validation", &auc) ? auc.n : 0;

  if (n != self->n_validations)
    sac_time_view_refresh (self->time);
  self->n_validations = n;
}

static void
on_step (SacTrainPage *self)
{
  sac_live_view_set_step (self->live, (double) sac_time_view_get_step (self->time));
}

static void
on_picked (SacTrainPage *self, double step)
{
  sac_time_view_go (self->time, step);
}

/* Into Explain, by this run. */
static void
on_pinned (SacTrainPage *self, const char *name)
{
  SacClip *clip = sac_session_find_clip (sac_page_get_session (SAC_PAGE (self)), name);

  if (!clip)
    return;
  sac_selection_set_run (sac_page_get_selection (SAC_PAGE (self)), self->run);
  sac_selection_go (sac_page_get_selection (SAC_PAGE (self)), clip, 0);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "explain");
}

static void
sac_train_page_set_shown (SacPage *page, gboolean shown)
{
  SacTrainPage *self = SAC_TRAIN_PAGE (page);

  g_clear_handle_id (&self->poll_source, g_source_remove);
  sac_live_model_set_active (self->model, shown);
  if (shown)
    sac_time_view_refresh (self->time);
  if (!shown)
    return;
  if (self->recipe_paths->len == 0)
    fill_recipes (self);
  show_data (self);
  fill_runs (self);
  self->poll_source = g_timeout_add (POLL_MS, poll, self);
}

static void
sac_train_page_toggle_sidebar (SacPage *page)
{
  SacTrainPage *self = SAC_TRAIN_PAGE (page);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
sac_train_page_dispose (GObject *object)
{
  SacTrainPage *self = SAC_TRAIN_PAGE (object);

  g_clear_handle_id (&self->poll_source, g_source_remove);
  g_clear_object (&self->model);
  g_clear_pointer (&self->recipe_paths, g_ptr_array_unref);
  g_clear_pointer (&self->run_folders, g_ptr_array_unref);
  g_clear_pointer (&self->weights, g_free);
  g_clear_pointer (&self->run, g_free);
  g_clear_pointer (&self->device, g_free);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (sac_train_page_parent_class)->dispose (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, SacTrainPage, child)
static void
sac_train_page_class_init (SacTrainPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SacPageClass *page_class = SAC_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_train_page_dispose;
  page_class->attach = sac_train_page_attach;
  page_class->set_shown = sac_train_page_set_shown;
  page_class->toggle_sidebar = sac_train_page_toggle_sidebar;
  g_type_ensure (SAC_TYPE_LIVE_VIEW);
  g_type_ensure (SAC_TYPE_RUN_FORM);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/train-page.ui");
  BIND (flap);
  BIND (recipe_row);
  BIND (weights_row);
  BIND (data_row);
  BIND (weights_clear);
  BIND (weights_choose);
  BIND (start_button);
  BIND (pause_button);
  BIND (checkpoint_button);
  BIND (stop_button);
  BIND (more_button);
  BIND (rate_entry);
  BIND (results_button);
  BIND (divide_button);
  BIND (recipe_text);
  BIND (start_note);
  BIND (status);
  BIND (stack);
  BIND (run_drop);
  BIND (progress);
  BIND (form);
  BIND (live);
  gtk_widget_class_bind_template_callback (widget_class, on_recipe);
  gtk_widget_class_bind_template_callback (widget_class, on_weights_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_weights_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_bind_template_callback (widget_class, on_study);
  gtk_widget_class_bind_template_callback (widget_class, on_run);
  gtk_widget_class_bind_template_callback (widget_class, on_pause);
  gtk_widget_class_bind_template_callback (widget_class, on_checkpoint);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_rate);
  gtk_widget_class_bind_template_callback (widget_class, on_release);
  gtk_widget_class_bind_template_callback (widget_class, on_results);
  gtk_widget_class_bind_template_callback (widget_class, on_divide);
}

static void
sac_train_page_init (SacTrainPage *self)
{
  self->recipe_paths = g_ptr_array_new_with_free_func (g_free);
  self->run_folders = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->model = sac_live_model_new ();
  sac_live_view_set_model (self->live, self->model);
  g_signal_connect_object (self->model, "changed", G_CALLBACK (show_status), self, G_CONNECT_SWAPPED);
  self->time = sac_time_view_new ();
  sac_live_view_add_tab (self->live, GTK_WIDGET (self->time), "time", _("Through time"));
  g_signal_connect_object (self->model, "changed", G_CALLBACK (on_news), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->time, "notify::step", G_CALLBACK (on_step), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->time, "clip-activated", G_CALLBACK (on_pinned), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->live, "picked", G_CALLBACK (on_picked), self, G_CONNECT_SWAPPED);
}
