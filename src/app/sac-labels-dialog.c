#include "sac-labels-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-form.h"
#include "sac-progress-box.h"
#include "sac-store-job.h"

#define MOST_SHOWN 200          /* problems */

struct _SacLabelsDialog {
  AdwWindow parent_instance;
  SacSession *session;
  char **paths;
  GCancellable *cancellable;
  GtkDropDown *format, *to;
  GtkEditable *layer;
  GtkWidget *layer_row, *import, *spinner, *problems_box;
  GtkLabel *found, *counts, *problems_title, *problems;
  SacProgressBox *progress;
  gboolean readable;            /* what is chosen could be read */
};

G_DEFINE_FINAL_TYPE (SacLabelsDialog, sac_labels_dialog, ADW_TYPE_WINDOW)

/* ---- the work. */
typedef struct {
  char **paths;
  char *layer;
  SacLabelsTo to;
  const SacLabelFormat *format; /* NULL: recognised */
  SacTeller *teller;
  SacLabelPlan plan;
  SacLabelImport result;
  GPtrArray *told;
  char *recognised;             /* in words */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_strfreev (job->paths);
  g_free (job->layer);
  g_free (job->recognised);
  g_clear_pointer (&job->teller, sac_teller_unref);
  g_ptr_array_unref (job->told);
  g_free (job);
}

/* "CVAT XML (…)", or of several files how many are in which. */
static char *
dup_formats (const Job *job)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint f = 0; sac_label_formats[f].id; f++)
    {
      guint n = 0;

      for (guint p = 0; job->paths[p]; p++)
        n += (job->format ? job->format : sac_label_format_recognise (job->paths[p])) == &sac_label_formats[f];
      if (n && words->len)
        g_string_append (words, " · ");
      if (n > 1)
        g_string_append_printf (words, "%u × ", n);
      if (n)
        g_string_append (words, _(sac_label_formats[f].title));
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

static SacAnnotations *
read_files (Job *job, GCancellable *cancellable, GError **error)
{
  return sac_annotations_read_several ((const char *const *) job->paths, job->format, sac_teller_tell, job->teller, cancellable, error);
}

static gboolean
look (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  const SacLabelImportSpec spec = { job->to, job->layer, (const char *const *) job->paths };
  g_autoptr (SacAnnotations) annotations = read_files (job, cancellable, error);

  job->recognised = dup_formats (job);
  return annotations && sac_project_plan_annotations (project, annotations, &spec, &job->plan, job->told, cancellable, error);
}

static gboolean
take (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  const SacLabelImportSpec spec = { job->to, job->layer, (const char *const *) job->paths };
  g_autoptr (SacAnnotations) annotations = read_files (job, cancellable, error);

  return annotations && sac_project_apply_annotations (project, annotations, &spec, &job->result, job->told, sac_teller_tell, job->teller,
                                                       cancellable, error);
}

static Job *
job_new (SacLabelsDialog *self)
{
  Job *job = g_new0 (Job, 1);
  guint format = gtk_drop_down_get_selected (self->format);
  g_autofree char *layer = g_strstrip (g_strdup (gtk_editable_get_text (self->layer)));

  job->paths = g_strdupv (self->paths);
  job->to = (SacLabelsTo) gtk_drop_down_get_selected (self->to);
  job->format = format && format != GTK_INVALID_LIST_POSITION ? &sac_label_formats[format - 1] : NULL;
  job->layer = layer[0] && job->to != SAC_LABELS_TO_OWN ? g_steal_pointer (&layer) : g_filename_display_basename (self->paths[0]);
  job->teller = sac_teller_new ();
  job->told = g_ptr_array_new_with_free_func (g_free);
  return job;
}

/* ---- what would come. */
static void
show_problems (SacLabelsDialog *self, GPtrArray *told)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *title = g_strdup_printf (ngettext ("%u thing cannot be taken, or not as it stands there:",
                                                      "%u things cannot be taken, or not as they stand there:", told->len), told->len);

  for (guint i = 0; i < MIN (told->len, MOST_SHOWN); i++)
    g_string_append_printf (text, "%s%s", i ? "\n" : "", (char *) told->pdata[i]);
  if (told->len > MOST_SHOWN)
    {
      g_string_append_c (text, '\n');
      g_string_append_printf (text, ngettext ("and %u more", "and %u more", told->len - MOST_SHOWN), told->len - MOST_SHOWN);
    }
  gtk_label_set_text (self->problems_title, title);
  gtk_label_set_text (self->problems, text->str);
  gtk_widget_set_visible (self->problems_box, told->len > 0);
}

static void
show_plan (SacLabelsDialog *self, const Job *job)
{
  const SacLabelPlan *plan = &job->plan;
  g_autoptr (GString) clips = g_string_new (NULL);
  g_autofree char *counts =
      g_strdup_printf (_("%u labels (%u new) · %u tags of clips · %u segments · %u tracks with %u boxes"), plan->n_labels,
                       plan->n_new_labels, plan->n_tags, plan->n_segments, plan->n_tracks, plan->n_boxes);

  g_string_append_printf (clips, "%s\n", job->recognised);
  g_string_append_printf (clips, ngettext ("%u clip is in the project", "%u clips are in the project", plan->n_clips), plan->n_clips);
  if (plan->n_near)
    {
      g_string_append (clips, " · ");
      g_string_append_printf (clips,
                              ngettext ("%u lies near the file and comes along", "%u lie near the file and come along",
                                        plan->n_near),
                              plan->n_near);
    }
  if (plan->n_missing)
    {
      g_string_append (clips, " · ");
      g_string_append_printf (clips, ngettext ("%u is not there", "%u are not there", plan->n_missing), plan->n_missing);
    }
  gtk_label_set_text (self->found, clips->str);
  gtk_label_set_text (self->counts, counts);
  self->readable = plan->n_clips + plan->n_near + plan->n_labels > 0;
}

static void
show_failure (SacLabelsDialog *self, const char *why)
{
  gtk_label_set_text (self->found, why);
  gtk_label_set_text (self->counts, "");
  gtk_widget_set_visible (self->problems_box, FALSE);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  SacLabelsDialog *self = SAC_LABELS_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Job *job = sac_store_job_finish (result, &error);

  if (!self->session || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_spinner_stop (GTK_SPINNER (self->spinner));
  if (!job)
    {
      show_failure (self, error->message);
      return;
    }
  show_plan (self, job);
  show_problems (self, job->told);
  gtk_widget_set_sensitive (self->import, self->readable && sac_session_is_writable (self->session));
}

static void
forget_work (SacLabelsDialog *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* The layer's name changes nothing of what is shown. */
static void
changed (SacLabelsDialog *self)
{
  SacLabelsTo to = (SacLabelsTo) gtk_drop_down_get_selected (self->to);

  gtk_widget_set_visible (self->layer_row, to != SAC_LABELS_TO_OWN);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->layer_row),
                                 to == SAC_LABELS_TO_PERSON ? _("Whose they are") : _("Name of the layer"));
  if (!self->session || !sac_session_get_path (self->session))
    return;
  forget_work (self);
  self->cancellable = g_cancellable_new ();
  gtk_widget_set_sensitive (self->import, FALSE);
  gtk_spinner_start (GTK_SPINNER (self->spinner));
  sac_store_job_read (self->session, look, job_new (self), job_free, self->cancellable, self, on_looked);
}

/* ---- taking it. */
static void
set_busy (SacLabelsDialog *self, gboolean busy)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->format), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->to), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->layer), !busy);
  gtk_widget_set_sensitive (self->import, !busy && self->readable);
  if (!busy)
    sac_progress_box_stop (self->progress);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer data)
{
  SacLabelsDialog *self = SAC_LABELS_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Job *job = sac_store_job_finish (result, &error);
  g_autoptr (GString) words = g_string_new (NULL);

  if (!self->session)
    return;
  set_busy (self, FALSE);
  if (!job)
    {
      show_failure (self, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? _("Import cancelled; nothing was changed")
                                                                                    : error->message);
      return;
    }
  g_string_append_printf (words, ngettext ("Labels of %u clip imported", "Labels of %u clips imported", job->result.n_clips),
                          job->result.n_clips);
  g_string_append_printf (words, _(": %u tags, %u segments, %u tracks"), job->result.n_tags, job->result.n_segments, job->result.n_tracks);
  sac_session_say (self->session, TRUE, "%s", words->str);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_import (SacLabelsDialog *self)
{
  Job *job = job_new (self);
  g_autoptr (SacTeller) teller = sac_teller_ref (job->teller);

  forget_work (self);
  self->cancellable = g_cancellable_new ();
  if (!sac_store_job_write_slowly (self->session, take, job, job_free, self->cancellable, self, on_taken))
    return;
  set_busy (self, TRUE);
  sac_progress_box_start (self->progress, teller, self->cancellable);
}

/* ---- life. */
static void
sac_labels_dialog_dispose (GObject *object)
{
  SacLabelsDialog *self = SAC_LABELS_DIALOG (object);

  forget_work (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_labels_dialog_parent_class)->dispose (object);
}

static void
sac_labels_dialog_finalize (GObject *object)
{
  g_strfreev (SAC_LABELS_DIALOG (object)->paths);
  G_OBJECT_CLASS (sac_labels_dialog_parent_class)->finalize (object);
}

static void
sac_labels_dialog_class_init (SacLabelsDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_labels_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_labels_dialog_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
add_controls (SacLabelsDialog *self, GtkWidget *group)
{
  g_autoptr (GtkStringList) formats = gtk_string_list_new (NULL);
  const char *const to[] = { _("A layer of their own; tags to mine"), _("All to my own labels"), _("The layer of another person"), NULL };

  gtk_string_list_append (formats, _("As recognised"));
  for (guint i = 0; sac_label_formats[i].id; i++)
    gtk_string_list_append (formats, _(sac_label_formats[i].title));
  self->format = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (g_object_ref (formats)), NULL));
  sac_form_add_row (ADW_PREFERENCES_GROUP (group), _("Format"), NULL, GTK_WIDGET (self->format));
  self->to = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (to));
  sac_form_add_row (ADW_PREFERENCES_GROUP (group), _("Where to"), _("What is said already stays"), GTK_WIDGET (self->to));
  self->layer = GTK_EDITABLE (gtk_entry_new ());
  gtk_editable_set_width_chars (self->layer, 26);
  self->layer_row = sac_form_add_row (ADW_PREFERENCES_GROUP (group), _("Name of the layer"), NULL, GTK_WIDGET (self->layer));
}

static void
sac_labels_dialog_init (SacLabelsDialog *self)
{
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new (), *scroller = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *group = adw_preferences_group_new ();

  gtk_window_set_title (GTK_WINDOW (self), _("Import labels"));
  gtk_window_set_default_size (GTK_WINDOW (self), 680, 520);
  add_controls (self, group);
  gtk_box_append (GTK_BOX (box), group);
  self->found = sac_form_add_label (box);
  self->counts = sac_form_add_label (box);
  self->progress = SAC_PROGRESS_BOX (sac_progress_box_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->progress));
  self->problems_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  self->problems_title = sac_form_add_label (self->problems_box);
  gtk_widget_add_css_class (GTK_WIDGET (self->problems_title), "heading");
  self->problems = sac_form_add_label (self->problems_box);
  gtk_label_set_selectable (self->problems, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->problems), "dim-label");
  gtk_widget_set_visible (self->problems_box, FALSE);
  gtk_box_append (GTK_BOX (box), self->problems_box);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 18);
  self->spinner = gtk_spinner_new ();
  self->import = gtk_button_new_with_mnemonic (_("_Import"));
  gtk_widget_add_css_class (self->import, "suggested-action");
  gtk_widget_set_sensitive (self->import, FALSE);
  g_signal_connect_swapped (self->import, "clicked", G_CALLBACK (on_import), self);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->import);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->spinner);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (outer), header);
  gtk_box_append (GTK_BOX (outer), scroller);
  adw_window_set_content (ADW_WINDOW (self), outer);
}

GtkWidget *
sac_labels_dialog_new (SacSession *session, const char *const *paths)
{
  SacLabelsDialog *self = g_object_new (SAC_TYPE_LABELS_DIALOG, NULL);
  g_autofree char *base = NULL;

  g_return_val_if_fail (paths && paths[0], NULL);
  self->session = g_object_ref (session);
  self->paths = g_strdupv ((char **) paths);
  base = g_filename_display_basename (paths[0]);
  gtk_editable_set_text (self->layer, base);
  g_signal_connect_swapped (self->format, "notify::selected", G_CALLBACK (changed), self);
  g_signal_connect_swapped (self->to, "notify::selected", G_CALLBACK (changed), self);
  gtk_widget_grab_focus (GTK_WIDGET (self->format));
  changed (self);
  return GTK_WIDGET (self);
}
