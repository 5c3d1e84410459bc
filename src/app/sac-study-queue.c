#include "sac-study-queue.h"

#include <glib/gi18n.h>
#include <string.h>

#include "run/sac-study.h"
#include "sac-settings.h"
#include "sac-study-form.h"

struct _SacStudyQueueView {
  AdwWindow parent_instance;
  SacSession *session;
  char **studies;               /* folders, the newest first */
  char *awaited;                /* the name of a study that was just started here, nullable */
  gboolean filling;             /* the drop-down is being filled */
  SacStudyQueue *queue;         /* of the study that is shown, nullable */
  guint timer;
  SacStudyForm *form;
  GtkDropDown *study;
  GtkWidget *start, *pause, *go_on, *report;
  GtkLabel *status;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (SacStudyQueueView, sac_study_queue_view, ADW_TYPE_WINDOW)

enum { RUN_ACTIVATED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- programs. */
typedef struct { SacSession *session; char *opens; } Started;

static void
on_end (GObject *source, GAsyncResult *result, gpointer data)
{
  Started *started = data;
  g_autofree char *words = NULL;
  gboolean fine = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, NULL, &words, NULL)
                  && g_subprocess_get_successful (G_SUBPROCESS (source));

  if (!fine)
    {
      g_auto (GStrv) lines = g_strsplit (words ? g_strstrip (words) : "", "\n", -1);
      guint n = g_strv_length (lines);

      sac_session_say (started->session, FALSE, "%s", n ? lines[n - 1] : _("The study ended without saying why"));
    }
  else if (started->opens)
    gtk_show_uri (NULL, started->opens, GDK_CURRENT_TIME);
  else
    sac_session_tell_runs (started->session);
  g_object_unref (started->session);
  g_free (started->opens);
  g_free (started);
}

/* @opens: an address to show when it has ended well, nullable. */
static void
start_program (SacStudyQueueView *self, GPtrArray *words, const char *opens)
{
  g_autofree char *program = sac_dup_program ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = NULL;
  Started *started;

  g_ptr_array_insert (words, 0, g_strdup (program ? program : "saccade"));
  g_ptr_array_add (words, NULL);
  child = g_subprocess_newv ((const char *const *) words->pdata, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                             &error);
  if (!child)
    {
      sac_session_say (self->session, FALSE, _("The study could not be started: %s"), error->message);
      return;
    }
  started = g_new (Started, 1);
  *started = (Started) { g_object_ref (self->session), g_strdup (opens) };
  g_subprocess_communicate_utf8_async (child, NULL, NULL, on_end, started);
}

static GPtrArray *
words_of (const char *first, ...)
{
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);
  va_list args;

  va_start (args, first);
  for (const char *word = first; word; word = va_arg (args, const char *))
    g_ptr_array_add (words, g_strdup (word));
  va_end (args);
  return words;
}

/* ---- a new one. */
static void
on_start (SacStudyQueueView *self)
{
  g_autofree char *name = sac_study_form_dup_name (self->form);
  g_autoptr (GPtrArray) words = sac_study_form_dup_words (self->form, sac_session_get_path (self->session), name);

  if (!words)
    {
      sac_session_say (self->session, FALSE, _("Tick at least one arm"));
      return;
    }
  g_free (self->awaited);
  self->awaited = g_steal_pointer (&name);
  start_program (self, words, NULL);
}

/* ---- the queue. */
static void
tell (SacStudyQueueView *self, SacStudyWish what, const SacStudyJob *job, guint place)
{
  SacStudyAct act = { what, job ? job->arm : NULL, job ? job->seed : 0, job ? job->source : FALSE, place };
  g_autoptr (GError) error = NULL;

  if (self->queue && !sac_study_tell (self->queue->folder, &act, &error))
    sac_session_say (self->session, FALSE, "%s", error->message);
  sac_study_queue_view_refresh (self);
}

static SacStudyJob *
job_of (SacStudyQueueView *self, GtkWidget *widget)
{
  GtkWidget *row = gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX_ROW);
  int index = row ? gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) : -1;

  return index >= 0 && self->queue && (guint) index < self->queue->jobs->len ? self->queue->jobs->pdata[index] : NULL;
}

static void
on_job_pause (GtkWidget *button, SacStudyQueueView *self)
{
  const SacStudyJob *job = job_of (self, button);

  if (job)
    tell (self, job->state == SAC_JOB_WAITING || job->state == SAC_JOB_RUNNING ? SAC_STUDY_PAUSE : SAC_STUDY_RESUME, job, 0);
}

static void
on_job_skip (GtkWidget *button, SacStudyQueueView *self)
{
  const SacStudyJob *job = job_of (self, button);

  if (job)
    tell (self, SAC_STUDY_SKIP, job, 0);
}

static void
on_job_up (GtkWidget *button, SacStudyQueueView *self)
{
  const SacStudyJob *job = job_of (self, button);
  guint at;

  if (job && g_ptr_array_find (self->queue->jobs, job, &at) && at > 0)
    tell (self, SAC_STUDY_MOVE, job, at - 1);
}

static void
on_row (SacStudyQueueView *self, GtkListBoxRow *row)
{
  const SacStudyJob *job = job_of (self, GTK_WIDGET (row));

  if (job)
    g_signal_emit (self, signals[RUN_ACTIVATED], 0, job->run);
}

static GdkContentProvider *
on_drag (GtkDragSource *source, double x, double y, gpointer data)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));

  return gdk_content_provider_new_typed (G_TYPE_UINT, (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SacStudyQueueView *self)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  guint from = g_value_get_uint (value);

  if (!self->queue || from >= self->queue->jobs->len)
    return FALSE;
  tell (self, SAC_STUDY_MOVE, self->queue->jobs->pdata[from], (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)));
  return TRUE;
}

static GtkWidget *
icon_button (SacStudyQueueView *self, GtkWidget *box, const char *icon, const char *words, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static GtkWidget *
row_new (SacStudyQueueView *self)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (NULL), *bar = gtk_progress_bar_new (), *state = gtk_label_new (NULL);
  GtkDragSource *drag = gtk_drag_source_new ();
  GtkDropTarget *drop = gtk_drop_target_new (G_TYPE_UINT, GDK_ACTION_MOVE);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (bar, 110, -1);
  gtk_label_set_width_chars (GTK_LABEL (state), 24);
  gtk_label_set_ellipsize (GTK_LABEL (state), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (state), 30);
  gtk_label_set_xalign (GTK_LABEL (state), 0);
  gtk_widget_set_margin_start (box, 10);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), state);
  g_object_set_data (G_OBJECT (row), "name", name);
  g_object_set_data (G_OBJECT (row), "bar", bar);
  g_object_set_data (G_OBJECT (row), "state", state);
  icon_button (self, box, "go-up-symbolic", _("Earlier"), G_CALLBACK (on_job_up));
  g_object_set_data (G_OBJECT (row), "pause",
                     icon_button (self, box, "media-playback-pause-symbolic", _("Pause"), G_CALLBACK (on_job_pause)));
  g_object_set_data (G_OBJECT (row), "skip",
                     icon_button (self, box, "media-skip-forward-symbolic", _("Skip"), G_CALLBACK (on_job_skip)));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_drag_source_set_actions (drag, GDK_ACTION_MOVE);
  g_signal_connect (drag, "prepare", G_CALLBACK (on_drag), NULL);
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (drop));
  return row;
}

static void
show_job (GtkWidget *row, const SacStudyJob *job, gboolean alive)
{
  GtkWidget *bar = g_object_get_data (G_OBJECT (row), "bar");
  gboolean goes = job->state == SAC_JOB_WAITING || job->state == SAC_JOB_RUNNING;
  g_autofree char *left = job->left > 0 && goes ? sac_dup_duration (job->left) : NULL, *words = NULL;
  g_autofree char *name = job->source ? g_strdup (job->arm) : g_strdup_printf ("%s · %" G_GUINT64_FORMAT, job->arm, job->seed);
  const char *state = sac_job_state_get_words (job->state == SAC_JOB_RUNNING && !alive ? SAC_JOB_WAITING : job->state);
  GtkWidget *pause = g_object_get_data (G_OBJECT (row), "pause");

  words = *job->why ? g_strdup (job->why) : left ? g_strdup_printf (_("%s, %s left"), state, left) : g_strdup (state);
  gtk_label_set_label (g_object_get_data (G_OBJECT (row), "name"), name);
  gtk_label_set_label (g_object_get_data (G_OBJECT (row), "state"), words);
  gtk_widget_set_tooltip_text (g_object_get_data (G_OBJECT (row), "state"), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), job->steps ? MIN ((double) job->step / job->steps, 1) : 0);
  gtk_button_set_icon_name (GTK_BUTTON (pause), goes ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (pause, goes ? _("Pause") : _("Resume"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (pause), GTK_ACCESSIBLE_PROPERTY_LABEL, goes ? _("Pause") : _("Resume"), -1);
  gtk_widget_set_sensitive (pause, job->state != SAC_JOB_DONE);
  gtk_widget_set_sensitive (g_object_get_data (G_OBJECT (row), "skip"), job->state != SAC_JOB_DONE && job->state != SAC_JOB_SKIPPED);
}

/* The list of studies follows what lies on the disk; what was chosen stays, until one is started here. */
static void
list_studies (SacStudyQueueView *self, SacProject *project)
{
  g_auto (GStrv) all = sac_study_list (sac_project_get_folder (project));
  guint chosen = gtk_drop_down_get_selected (self->study);
  g_autofree char *shown = self->studies && chosen < g_strv_length (self->studies) ? g_strdup (self->studies[chosen]) : NULL;
  g_autoptr (GtkStringList) names = NULL;

  if (self->studies && g_strv_equal ((const char *const *) all, (const char *const *) self->studies))
    return;
  names = gtk_string_list_new (NULL);
  chosen = 0;
  for (guint i = 0; all[i]; i++)
    {
      g_autofree char *name = g_path_get_basename (all[i]);

      gtk_string_list_append (names, name);
      if (g_strcmp0 (name, self->awaited) == 0)
        {
          g_free (shown);
          shown = g_strdup (all[i]);
          g_clear_pointer (&self->awaited, g_free);
        }
      if (g_strcmp0 (all[i], shown) == 0)
        chosen = i;
    }
  self->filling = TRUE;
  g_strfreev (self->studies);
  self->studies = g_steal_pointer (&all);
  gtk_drop_down_set_model (self->study, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->study, chosen);
  gtk_widget_set_visible (GTK_WIDGET (self->study), self->studies[0] != NULL);
  self->filling = FALSE;
}

static SacStudyQueue *
load_shown (SacStudyQueueView *self)
{
  guint chosen = gtk_drop_down_get_selected (self->study);

  return self->studies && chosen < g_strv_length (self->studies) ? sac_study_queue_load (self->studies[chosen], NULL) : NULL;
}

void
sac_study_queue_view_refresh (SacStudyQueueView *self)
{
  SacProject *project = sac_session_get_project (self->session);
  SacStudyQueue *queue;
  gboolean alive;
  guint n, done;
  g_autofree char *left = NULL, *words = NULL;
  GtkListBoxRow *row;

  if (!project && self->queue)  /* the write is lent for a moment: what was shown stays */
    return;
  if (project)
    list_studies (self, project);
  queue = load_shown (self);
  alive = queue && sac_run_is_live (queue->folder);
  n = queue ? queue->jobs->len : 0;
  done = queue ? sac_study_queue_count (queue, SAC_JOB_DONE) : 0;
  left = alive && queue->left > 0 ? sac_dup_duration (queue->left) : NULL;
  g_clear_pointer (&self->queue, sac_study_queue_free);
  self->queue = queue;
  while ((row = gtk_list_box_get_row_at_index (self->list, (int) n)))
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  for (guint i = 0; i < n; i++)
    {
      row = gtk_list_box_get_row_at_index (self->list, (int) i);
      if (!row)
        gtk_list_box_append (self->list, row_new (self));
      show_job (GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, (int) i)), queue->jobs->pdata[i], alive);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  if (!queue)
    words = g_strdup (_("No study yet"));
  else if (left)
    words = g_strdup_printf (_("%u of %u runs done, %s left"), done, n, left);
  else
    words = g_strdup_printf (_("%u of %u runs done"), done, n);
  gtk_label_set_label (self->status, words);
  gtk_widget_set_sensitive (self->start, project && sac_study_form_is_ready (self->form));
  gtk_widget_set_sensitive (self->pause, alive);
  gtk_button_set_label (GTK_BUTTON (self->pause), queue && queue->paused ? _("Resume all") : _("Pause all"));
  gtk_widget_set_sensitive (self->go_on, queue && !alive && done < n);
  gtk_widget_set_sensitive (self->report, done > 0);
}

static void
on_study (SacStudyQueueView *self)
{
  if (!self->filling)
    sac_study_queue_view_refresh (self);
}

static void
on_pause (SacStudyQueueView *self)
{
  if (self->queue)
    tell (self, self->queue->paused ? SAC_STUDY_RESUME : SAC_STUDY_PAUSE, NULL, 0);
}

static void
on_go_on (SacStudyQueueView *self)
{
  g_autoptr (GPtrArray) words = self->queue ? words_of ("study", self->queue->folder, "--resume", "--device",
                                                                   sac_study_form_get_device (self->form), NULL) : NULL;

  if (words)
    start_program (self, words, NULL);
}

static void
on_report (SacStudyQueueView *self)
{
  g_autofree char *page = self->queue ? g_build_filename (self->queue->folder, "report", "report.html", NULL) : NULL;
  g_autofree char *address = page ? g_filename_to_uri (page, NULL, NULL) : NULL;
  g_autoptr (GPtrArray) words = address ? words_of ("report", self->queue->folder, NULL) : NULL;

  if (words)
    start_program (self, words, address);
}

/* ---- life. */
static gboolean
on_timer (gpointer data)
{
  sac_study_queue_view_refresh (data);
  return G_SOURCE_CONTINUE;
}

static void
sac_study_queue_view_dispose (GObject *object)
{
  SacStudyQueueView *self = SAC_STUDY_QUEUE_VIEW (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->queue, sac_study_queue_free);
  g_clear_pointer (&self->studies, g_strfreev);
  g_clear_pointer (&self->awaited, g_free);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_study_queue_view_parent_class)->dispose (object);
}

static void
sac_study_queue_view_class_init (SacStudyQueueViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_study_queue_view_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
  signals[RUN_ACTIVATED] = g_signal_new ("run-activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_STRING);
}

static GtkWidget *
text_button (SacStudyQueueView *self, GtkWidget *box, const char *words, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (words);

  g_signal_connect_swapped (button, "clicked", clicked, self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static GtkWidget *
heading (const char *words)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  return label;
}

static void
sac_study_queue_view_init (SacStudyQueueView *self)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *scrolled = gtk_scrolled_window_new (), *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *form = sac_study_form_new ();

  self->form = SAC_STUDY_FORM (form);
  self->study = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->study), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Study"), -1);
  self->status = GTK_LABEL (heading (NULL));
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (on_row), self);
  self->start = gtk_button_new_with_label (_("Start study"));
  gtk_widget_set_halign (self->start, GTK_ALIGN_END);
  g_signal_connect_swapped (self->start, "clicked", G_CALLBACK (on_start), self);
  gtk_widget_add_css_class (self->start, "suggested-action");
  self->pause = text_button (self, buttons, _("Pause all"), G_CALLBACK (on_pause));
  self->go_on = text_button (self, buttons, _("Go on"), G_CALLBACK (on_go_on));
  self->report = text_button (self, buttons, _("Write report"), G_CALLBACK (on_report));
  gtk_box_append (GTK_BOX (box), heading (_("New study")));
  gtk_box_append (GTK_BOX (box), form);
  gtk_box_append (GTK_BOX (box), self->start);
  gtk_box_append (GTK_BOX (box), heading (_("Studies")));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->study));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->status));
  gtk_box_append (GTK_BOX (box), buttons);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (outer), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (outer), scrolled);
  adw_window_set_content (ADW_WINDOW (self), outer);
  gtk_window_set_title (GTK_WINDOW (self), _("Study"));
  gtk_window_set_default_size (GTK_WINDOW (self), 720, 760);
  g_signal_connect_swapped (form, "changed", G_CALLBACK (sac_study_queue_view_refresh), self);
  g_signal_connect_swapped (self->study, "notify::selected", G_CALLBACK (on_study), self);
  self->timer = g_timeout_add_seconds (1, on_timer, self);
}

SacStudyQueueView *
sac_study_queue_view_new (GtkWindow *parent, SacSession *session)
{
  SacStudyQueueView *self = g_object_new (SAC_TYPE_STUDY_QUEUE_VIEW, "transient-for", parent, "destroy-with-parent", TRUE, NULL);

  self->session = g_object_ref (session);
  sac_study_queue_view_refresh (self);
  return self;
}
