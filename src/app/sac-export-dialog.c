#include <glib/gi18n.h>
#include <string.h>

#include "sac-export-dialog.h"

#define WAIT_MS 200

struct _SacExportDialog {
  AdwWindow parent_instance;
  SacSession *session;
  GtkDropDown *format;
  GtkEditable *query;
  GtkLabel *found, *losses;
  GtkWidget *write, *spinner;
  GtkFileChooserNative *chooser;
  GCancellable *cancellable;
  guint wait;
};

G_DEFINE_FINAL_TYPE (SacExportDialog, sac_export_dialog, ADW_TYPE_WINDOW)

typedef struct {
  char *project, *query, *target;       /* target NULL: only look */
  const SacLabelFormat *format;
  guint n_clips;
  char *losses;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->project);
  g_free (job->query);
  g_free (job->target);
  g_free (job->losses);
  g_free (job);
}

static void
work_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = sac_project_open (job->project, SAC_PROJECT_READ_ONLY, &error);
  g_autoptr (GArray) clips = project ? sac_project_query (project, job->query, &error) : NULL;
  g_autoptr (SacAnnotations) annotations = NULL;
  g_auto (GStrv) losses = NULL;
  gboolean good = clips != NULL;

  /* No clip at all would stand for every clip. */
  if (clips && clips->len)
    {
      annotations = sac_project_collect_annotations (project, (const SacId *) (gpointer) clips->data, clips->len, 0, &error);
      good = annotations != NULL;
    }
  if (good)
    job->n_clips = clips->len;
  if (annotations)
    {
      losses = sac_annotations_list_losses (annotations, job->format);
      job->losses = g_strjoinv ("\n", losses);
      good = !g_cancellable_set_error_if_cancelled (cancellable, &error)
             && (!job->target || sac_annotations_write (annotations, job->format, job->target, &error));
    }
  if (good)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static const SacLabelFormat *
chosen_format (SacExportDialog *self)
{
  guint at = gtk_drop_down_get_selected (self->format), n = 0;

  for (guint i = 0; sac_label_formats[i].id; i++)
    if (strcmp (sac_label_formats[i].id, "otb") != 0 && n++ == at)      /* that one can be read only */
      return &sac_label_formats[i];
  return &sac_label_formats[0];
}

static void
show_outcome (SacExportDialog *self, const Job *job)
{
  g_autofree char *found = g_strdup_printf (ngettext ("%u clip fits", "%u clips fit", job->n_clips), job->n_clips);
  g_autofree char *lost = NULL;

  gtk_label_set_text (self->found, found);
  if (job->losses && job->losses[0])
    lost = g_strdup_printf (_("This format cannot hold:\n%s"), job->losses);
  gtk_label_set_text (self->losses, lost ? lost : job->n_clips ? _("This format holds all that is said of these clips.") : "");
  gtk_widget_set_sensitive (self->write, job->n_clips > 0);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
  SacExportDialog *self = SAC_EXPORT_DIALOG (source);
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean good = g_task_propagate_boolean (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || !self->session)
    return;
  gtk_spinner_stop (GTK_SPINNER (self->spinner));
  if (!good)
    {
      gtk_label_set_text (self->found, error->message);
      gtk_label_set_text (self->losses, "");
      gtk_widget_set_sensitive (self->write, job->target != NULL);
      return;
    }
  if (!job->target)
    {
      show_outcome (self, job);
      return;
    }
  sac_session_say (self->session, FALSE, ngettext ("%u clip written to %s", "%u clips written to %s", job->n_clips), job->n_clips,
                   job->target);
  gtk_window_close (GTK_WINDOW (self));
}

static void
start (SacExportDialog *self, const char *target)
{
  g_autoptr (GTask) task = NULL;
  Job *job;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (!sac_session_get_path (self->session))
    return;
  self->cancellable = g_cancellable_new ();
  job = g_new0 (Job, 1);
  job->project = g_strdup (sac_session_get_path (self->session));
  job->query = g_strdup (gtk_editable_get_text (self->query));
  job->target = g_strdup (target);
  job->format = chosen_format (self);
  gtk_widget_set_sensitive (self->write, FALSE);
  gtk_spinner_start (GTK_SPINNER (self->spinner));
  task = g_task_new (self, self->cancellable, on_worked, NULL);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, work_in_thread);
}

static gboolean
look (gpointer data)
{
  SacExportDialog *self = data;

  self->wait = 0;
  start (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
changed (SacExportDialog *self)
{
  gtk_widget_set_sensitive (self->write, FALSE);
  g_clear_handle_id (&self->wait, g_source_remove);
  self->wait = g_timeout_add (WAIT_MS, look, self);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, SacExportDialog *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = file ? g_file_get_path (file) : NULL;

      if (path)
        start (self, path);
    }
  g_clear_object (&self->chooser);
}

static void
on_write (SacExportDialog *self)
{
  const SacLabelFormat *format = chosen_format (self);
  const char *suffix = strcmp (format->id, "cvat") == 0 ? "xml" : strcmp (format->id, "csv") == 0 ? "csv" : "json";
  g_autofree char *name = format->folder ? g_strdup (format->id) : g_strdup_printf ("%s.%s", format->id, suffix);

  if (self->chooser)
    return;
  self->chooser = gtk_file_chooser_native_new (format->folder ? _("A new folder for the files") : _("Write labels to"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Write"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
sac_export_dialog_dispose (GObject *object)
{
  SacExportDialog *self = SAC_EXPORT_DIALOG (object);

  g_clear_handle_id (&self->wait, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->chooser);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_export_dialog_parent_class)->dispose (object);
}

static void
sac_export_dialog_class_init (SacExportDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_export_dialog_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
add_row (AdwPreferencesGroup *group, const char *title, const char *subtitle, GtkWidget *control)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_group_add (group, row);
}

static GtkLabel *
add_label (GtkWidget *box)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
sac_export_dialog_init (SacExportDialog *self)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *group = adw_preferences_group_new ();
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_window_set_title (GTK_WINDOW (self), _("Export labels"));
  gtk_window_set_default_size (GTK_WINDOW (self), 620, 440);
  for (guint i = 0; sac_label_formats[i].id; i++)
    if (strcmp (sac_label_formats[i].id, "otb") != 0)
      gtk_string_list_append (names, _(sac_label_formats[i].title));
  self->format = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_object_ref (names)), NULL));
  g_signal_connect_swapped (self->format, "notify::selected", G_CALLBACK (changed), self);
  add_row (ADW_PREFERENCES_GROUP (group), _("Format"), NULL, GTK_WIDGET (self->format));
  self->query = GTK_EDITABLE (gtk_entry_new ());
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->query), _("All clips"));
  gtk_editable_set_width_chars (self->query, 30);
  g_signal_connect_swapped (self->query, "changed", G_CALLBACK (changed), self);
  add_row (ADW_PREFERENCES_GROUP (group), _("Clips"), _("A query, such as reviewed:yes split:train"), GTK_WIDGET (self->query));
  gtk_box_append (GTK_BOX (box), group);
  self->spinner = gtk_spinner_new ();
  self->found = add_label (box);
  self->losses = add_label (box);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 18);
  self->write = gtk_button_new_with_mnemonic (_("_Write…"));
  gtk_widget_add_css_class (self->write, "suggested-action");
  g_signal_connect_swapped (self->write, "clicked", G_CALLBACK (on_write), self);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->write);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->spinner);
  gtk_box_append (GTK_BOX (outer), header);
  gtk_box_append (GTK_BOX (outer), box);
  adw_window_set_content (ADW_WINDOW (self), outer);
}

GtkWidget *
sac_export_dialog_new (SacSession *session)
{
  SacExportDialog *self = g_object_new (SAC_TYPE_EXPORT_DIALOG, NULL);

  self->session = g_object_ref (session);
  changed (self);
  return GTK_WIDGET (self);
}
