#include <glib/gi18n.h>
#include <string.h>

#include "sac-export-dialog.h"
#include "sac-form.h"
#include "sac-progress-box.h"
#include "sac-store-job.h"

#define WAIT_MS 200

struct _SacExportDialog {
  AdwWindow parent_instance;
  SacSession *session;
  GtkDropDown *format;
  GtkEditable *query;
  GtkLabel *found, *losses;
  GtkWidget *write, *spinner, *pictures_row, *frames_row, *every_row, *png_row;
  GtkSwitch *pictures, *png;
  GtkDropDown *frames;
  GtkSpinButton *every;
  SacProgressBox *progress;
  GtkFileChooserNative *chooser;
  SacAsker asker;
  GtkWidget *group;
  gboolean writing;
};

G_DEFINE_FINAL_TYPE (SacExportDialog, sac_export_dialog, ADW_TYPE_WINDOW)

typedef struct {
  char *query, *target;         /* target NULL: only look */
  const SacLabelFormat *format;
  gboolean pictures;
  SacPictureSpec spec;
  SacTeller *teller;
  guint n_clips, n_pictures;
  char *losses;
  GPtrArray *told;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->query);
  g_free (job->target);
  g_free (job->losses);
  g_clear_pointer (&job->teller, sac_teller_unref);
  g_ptr_array_unref (job->told);
  g_free (job);
}

static gboolean
write_job (SacProject *project, Job *job, GArray *clips, SacAnnotations *annotations, GCancellable *cancellable, GError **error)
{
  if (!job->pictures)
    return sac_annotations_write (annotations, job->format, job->target, error);
  return sac_project_export_pictures (project, (const SacId *) (gpointer) clips->data, clips->len, annotations, job->format, &job->spec,
                                      job->target, &job->n_pictures, job->told, sac_teller_tell, job->teller, cancellable, error);
}

/* Looks, and where there is a target, writes. */
static gboolean
work (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  g_autoptr (GArray) clips = sac_project_query (project, job->query, error);
  g_autoptr (SacAnnotations) annotations = NULL;
  g_auto (GStrv) losses = NULL;

  if (!clips || clips->len == 0)        /* no clip at all would stand for every clip */
    return clips != NULL;
  annotations = sac_project_collect_annotations (project, (const SacId *) (gpointer) clips->data, clips->len, 0, error);
  if (!annotations)
    return FALSE;
  job->n_clips = clips->len;
  losses = job->pictures ? sac_annotations_list_picture_losses (annotations, job->format)
                         : sac_annotations_list_losses (annotations, job->format);
  job->losses = g_strjoinv ("\n", losses);
  if (job->pictures && !job->target)
    job->n_pictures = sac_annotations_count_pictures (annotations, &job->spec);
  return !g_cancellable_set_error_if_cancelled (cancellable, error)
         && (!job->target || write_job (project, job, clips, annotations, cancellable, error));
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
  g_autoptr (GString) found = g_string_new (NULL);
  g_autofree char *lost = NULL;

  g_string_append_printf (found, ngettext ("%u clip fits", "%u clips fit", job->n_clips), job->n_clips);
  if (job->pictures)
    {
      g_string_append (found, " · ");
      g_string_append_printf (found, ngettext ("%u picture", "%u pictures", job->n_pictures), job->n_pictures);
    }
  gtk_label_set_text (self->found, found->str);
  if (job->losses && job->losses[0])
    lost = g_strdup_printf (_("This format cannot hold:\n%s"), job->losses);
  gtk_label_set_text (self->losses, lost ? lost : job->n_clips ? _("This format holds all that is said of these clips.") : "");
  gtk_widget_set_sensitive (self->write, job->n_clips > 0);
}

static void
set_busy (SacExportDialog *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->group, !busy);
  gtk_widget_set_sensitive (self->write, !busy);
  if (!busy)
    sac_progress_box_stop (self->progress);
}

static void
say_written (SacExportDialog *self, const Job *job)
{
  if (!job->pictures)
    sac_session_say (self->session, FALSE, ngettext ("%u clip written to %s", "%u clips written to %s", job->n_clips), job->n_clips,
                     job->target);
  else if (job->told->len)
    sac_session_say (self->session, FALSE, _("%u pictures written to %s; %u could not be read (%s)"), job->n_pictures, job->target,
                     job->told->len, (char *) job->told->pdata[0]);
  else
    sac_session_say (self->session, FALSE, ngettext ("%u picture written to %s", "%u pictures written to %s", job->n_pictures),
                     job->n_pictures, job->target);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer data)
{
  SacExportDialog *self = SAC_EXPORT_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Job *job = sac_store_job_finish (result, &error);

  if (!self->session || (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !self->writing))
    return;
  gtk_spinner_stop (GTK_SPINNER (self->spinner));
  if (self->writing)
    set_busy (self, FALSE);
  if (!job)
    {
      gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      gtk_label_set_text (self->found, cancelled ? _("Cancelled; nothing was written") : error->message);
      gtk_label_set_text (self->losses, "");
      gtk_widget_set_sensitive (self->write, self->writing);
      self->writing = FALSE;
      return;
    }
  self->writing = FALSE;
  if (!job->target)
    {
      show_outcome (self, job);
      return;
    }
  say_written (self, job);
  gtk_window_close (GTK_WINDOW (self));
}

static void
start (SacExportDialog *self, const char *target)
{
  GCancellable *cancellable;
  Job *job;

  cancellable = sac_asker_next (&self->asker);
  if (!sac_session_get_path (self->session))
    return;
  job = g_new0 (Job, 1);
  job->query = g_strdup (gtk_editable_get_text (self->query));
  job->target = g_strdup (target);
  job->format = chosen_format (self);
  job->pictures = gtk_switch_get_active (self->pictures) && sac_label_format_has_pictures (job->format);
  job->spec = (SacPictureSpec) { (SacFrames) gtk_drop_down_get_selected (self->frames),
                                 (guint) gtk_spin_button_get_value_as_int (self->every), gtk_switch_get_active (self->png) };
  job->teller = sac_teller_new ();
  job->told = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_set_sensitive (self->write, FALSE);
  gtk_spinner_start (GTK_SPINNER (self->spinner));
  self->writing = target != NULL;
  if (target)
    {
      set_busy (self, TRUE);
      sac_progress_box_start (self->progress, job->teller, cancellable);
    }
  sac_store_job_read (self->session, work, job, job_free, cancellable, self, on_worked);
}

static gboolean
look (gpointer data)
{
  SacExportDialog *self = data;

  start (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
changed (SacExportDialog *self)
{
  const SacLabelFormat *format = chosen_format (self);
  gboolean offered = sac_label_format_has_pictures (format), pictures = offered && gtk_switch_get_active (self->pictures);

  gtk_widget_set_visible (self->pictures_row, offered);
  gtk_widget_set_visible (self->frames_row, pictures);
  gtk_widget_set_visible (self->every_row, pictures);
  gtk_widget_set_visible (self->png_row, pictures);
  if (!self->session)
    return;
  gtk_widget_set_sensitive (self->write, FALSE);
  sac_asker_later (&self->asker, WAIT_MS, look, self);
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

  sac_asker_stop (&self->asker);
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

/* Only where the format is one of single pictures. */
static void
add_pictures (SacExportDialog *self, AdwPreferencesGroup *group)
{
  const char *const frames[] = { _("Keyframes"), _("Where there are boxes"), _("All"), NULL };

  self->pictures = GTK_SWITCH (gtk_switch_new ());
  self->pictures_row = sac_form_add_row (group, _("With the pictures"), _("Frames of videos become pictures of their own"),
                                GTK_WIDGET (self->pictures));
  self->frames = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (frames));
  gtk_drop_down_set_selected (self->frames, SAC_FRAMES_BOXED);
  self->frames_row = sac_form_add_row (group, _("Frames"), NULL, GTK_WIDGET (self->frames));
  self->every = GTK_SPIN_BUTTON (gtk_spin_button_new_with_range (1, 100000, 1));
  self->every_row = sac_form_add_row (group, _("Each n-th of them"), NULL, GTK_WIDGET (self->every));
  self->png = GTK_SWITCH (gtk_switch_new ());
  self->png_row = sac_form_add_row (group, _("As PNG"), _("Without loss, and larger than JPEG"), GTK_WIDGET (self->png));
  g_signal_connect_swapped (self->pictures, "notify::active", G_CALLBACK (changed), self);
  g_signal_connect_swapped (self->frames, "notify::selected", G_CALLBACK (changed), self);
  g_signal_connect_swapped (self->every, "value-changed", G_CALLBACK (changed), self);
}

static void
sac_export_dialog_init (SacExportDialog *self)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *group = adw_preferences_group_new ();
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_window_set_title (GTK_WINDOW (self), _("Export labels"));
  gtk_window_set_default_size (GTK_WINDOW (self), 620, 560);
  for (guint i = 0; sac_label_formats[i].id; i++)
    if (strcmp (sac_label_formats[i].id, "otb") != 0)
      gtk_string_list_append (names, _(sac_label_formats[i].title));
  self->format = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_object_ref (names)), NULL));
  g_signal_connect_swapped (self->format, "notify::selected", G_CALLBACK (changed), self);
  sac_form_add_row (ADW_PREFERENCES_GROUP (group), _("Format"), NULL, GTK_WIDGET (self->format));
  self->query = GTK_EDITABLE (gtk_entry_new ());
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->query), _("All clips"));
  gtk_editable_set_width_chars (self->query, 30);
  g_signal_connect_swapped (self->query, "changed", G_CALLBACK (changed), self);
  sac_form_add_row (ADW_PREFERENCES_GROUP (group), _("Clips"), _("A query, such as reviewed:yes split:train"), GTK_WIDGET (self->query));
  add_pictures (self, ADW_PREFERENCES_GROUP (group));
  gtk_box_append (GTK_BOX (box), group);
  self->group = group;
  self->progress = SAC_PROGRESS_BOX (sac_progress_box_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->progress));
  self->spinner = gtk_spinner_new ();
  self->found = sac_form_add_label (box);
  self->losses = sac_form_add_label (box);
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
