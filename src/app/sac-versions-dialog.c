#include "sac-versions-dialog.h"

#include <glib/gi18n.h>

#include "sac-form.h"
#include "sac-store-job.h"
#include "store/sac-versions.h"

#define MOST_TOUCHED 100

struct _SacVersionsDialog {
  AdwWindow parent_instance;
  SacSession *session;
  GCancellable *comparing;
  gboolean closes;
  AdwEntryRow *name, *note;
  GtkWidget *save;
  GtkListBox *list, *touched;
  GtkStack *stack;
  AdwPreferencesGroup *changes;
  GtkLabel *counts;
  GtkWidget *spinner;
};

G_DEFINE_FINAL_TYPE (SacVersionsDialog, sac_versions_dialog, ADW_TYPE_WINDOW)

static void refresh (SacVersionsDialog *self);

/* "21 November, 10:56": a name that can stay. */
static void
propose_name (SacVersionsDialog *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "%F %H:%M:%S");

  gtk_editable_set_text (GTK_EDITABLE (self->name), name);
  gtk_editable_set_text (GTK_EDITABLE (self->note), "");
  gtk_editable_select_region (GTK_EDITABLE (self->name), 0, -1);
}

/* ---- naming. */
typedef struct { SacSession *session; char *name, *note, *file; guint64 revision; } Naming;

static void
naming_free (gpointer data)
{
  Naming *naming = data;

  g_object_unref (naming->session);
  g_free (naming->name);
  g_free (naming->note);
  g_free (naming->file);
  g_free (naming);
}

static gboolean
write_version (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Naming *naming = data;

  naming->file = sac_version_write (sac_project_get_path (project), &naming->revision, cancellable, error);
  return naming->file != NULL;
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  SacVersionsDialog *self = SAC_VERSIONS_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Naming *naming = sac_store_job_finish (result, &error);
  SacProject *project = naming ? sac_session_get_project (naming->session) : NULL;

  /* The name is given also where the dialog was closed meanwhile. */
  if (project && sac_project_keep_version (project, naming->name, naming->note, naming->file, naming->revision, &error))
    sac_session_say (naming->session, FALSE, _("This state is named “%s”"), naming->name);
  if (!self->session)
    return;
  gtk_widget_set_sensitive (self->save, TRUE);
  if (project && !error)
    {
      if (self->closes)
        {
          gtk_window_close (GTK_WINDOW (self));
          return;
        }
      propose_name (self);
      refresh (self);
    }
  else
    sac_session_say (self->session, FALSE, "%s", error ? error->message : _("The project was closed meanwhile"));
}

static void
on_save (SacVersionsDialog *self)
{
  Naming *naming;

  if (!sac_session_is_writable (self->session))
    {
      sac_session_say (self->session, FALSE, _("This project can only be read now; nothing was changed"));
      return;
    }
  if (!gtk_widget_get_sensitive (self->save))
    return;
  naming = g_new0 (Naming, 1);
  naming->session = g_object_ref (self->session);
  naming->name = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name)));
  naming->note = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->note)));
  gtk_widget_set_sensitive (self->save, FALSE);
  sac_store_job_read (self->session, write_version, naming, naming_free, NULL, self, on_written);
}

/* ---- comparing. */
typedef struct { SacId version; char *name; SacChanges *changes; } Comparing;

static void
comparing_free (gpointer data)
{
  Comparing *comparing = data;

  g_clear_pointer (&comparing->changes, sac_changes_free);
  g_free (comparing->name);
  g_free (comparing);
}

static gboolean
compare_version (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Comparing *comparing = data;

  comparing->changes = sac_version_compare (sac_project_get_path (project), comparing->version, cancellable, error);
  return comparing->changes != NULL;
}

static void
add_counts (GString *out, const char *words, const SacChange *change)
{
  if (change->added + change->removed + change->changed == 0)
    return;
  g_string_append_printf (out, _("%s: %u added, %u removed, %u changed\n"), words, change->added, change->removed, change->changed);
}

static void
show_changes (SacVersionsDialog *self, const Comparing *comparing)
{
  const SacChanges *c = comparing->changes;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *title = g_strdup_printf (_("Since “%s”"), comparing->name);
  GtkWidget *row;

  add_counts (text, _("Clips"), &c->clips);
  add_counts (text, _("Labels"), &c->labels);
  add_counts (text, _("Tags"), &c->tags);
  add_counts (text, _("Segments"), &c->segments);
  add_counts (text, _("Tracks"), &c->tracks);
  add_counts (text, _("Boxes"), &c->boxes);
  add_counts (text, _("Attributes"), &c->attributes);
  add_counts (text, _("Sides of the split"), &c->splits);
  if (text->len)
    g_string_truncate (text, text->len - 1);
  adw_preferences_group_set_title (self->changes, title);
  gtk_label_set_text (self->counts, text->len ? text->str : _("Nothing is otherwise."));
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->touched))))
    gtk_list_box_remove (self->touched, row);
  for (guint i = 0; i < MIN (c->touched->len, MOST_TOUCHED); i++)
    {
      const SacTouched *touched = c->touched->pdata[i];
      g_autofree char *escaped = g_markup_escape_text (touched->name, -1);
      g_autofree char *words = g_strdup_printf (ngettext ("%u difference", "%u differences", touched->n), touched->n);

      row = adw_action_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), escaped);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
      gtk_list_box_append (self->touched, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->touched), c->touched->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->changes), TRUE);
}

static void
on_compared (GObject *source, GAsyncResult *result, gpointer data)
{
  SacVersionsDialog *self = SAC_VERSIONS_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Comparing *comparing = sac_store_job_finish (result, &error);

  if (!self->session || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_widget_set_visible (self->spinner, FALSE);
  if (comparing)
    show_changes (self, comparing);
  else
    sac_session_say (self->session, FALSE, "%s", error->message);
}

static void
on_compare (GtkWidget *button, SacVersionsDialog *self)
{
  const SacVersion *version = g_object_get_data (G_OBJECT (button), "version");
  Comparing *comparing = g_new0 (Comparing, 1);

  if (self->comparing)
    g_cancellable_cancel (self->comparing);
  g_clear_object (&self->comparing);
  self->comparing = g_cancellable_new ();
  comparing->version = version->id;
  comparing->name = g_strdup (version->name);
  gtk_widget_set_visible (self->spinner, TRUE);
  sac_store_job_read (self->session, compare_version, comparing, comparing_free, self->comparing, self, on_compared);
}

/* ---- bringing back, removing. */
static gboolean
restore_version (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  return sac_project_restore_version (project, ((Comparing *) data)->version, error);
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer data)
{
  SacVersionsDialog *self = SAC_VERSIONS_DIALOG (source);
  g_autoptr (GError) error = NULL;
  Comparing *restoring = sac_store_job_finish (result, &error);

  if (!self->session)
    return;
  if (restoring)
    sac_session_say (self->session, TRUE, _("Brought back “%s”"), restoring->name);
  else
    sac_session_say (self->session, FALSE, "%s", error->message);
  gtk_widget_set_visible (GTK_WIDGET (self->changes), FALSE);
}

static void
on_restore (GtkWidget *button, SacVersionsDialog *self)
{
  const SacVersion *version = g_object_get_data (G_OBJECT (button), "version");
  Comparing *restoring = g_new0 (Comparing, 1);

  restoring->version = version->id;
  restoring->name = g_strdup (version->name);
  sac_store_job_write (self->session, restore_version, restoring, comparing_free, self, on_restored);
}

static void
on_removed (AdwMessageDialog *dialog, const char *response, SacVersionsDialog *self)
{
  const SacVersion *version = g_object_get_data (G_OBJECT (dialog), "version");
  SacProject *project = self->session ? sac_session_get_project (self->session) : NULL;
  g_autoptr (GError) error = NULL;

  if (!project || g_strcmp0 (response, "remove") != 0)
    return;
  if (!sac_project_remove_version (project, version->id, &error))
    sac_session_say (self->session, FALSE, "%s", error->message);
  refresh (self);
}

static SacVersion *
copy_version (const SacVersion *version)
{
  SacVersion *copy = g_new0 (SacVersion, 1);

  copy->id = version->id;
  copy->name = g_strdup (version->name);
  return copy;
}

/* A file goes that no undo brings back, so this asks. */
static void
on_remove (GtkWidget *button, SacVersionsDialog *self)
{
  const SacVersion *version = g_object_get_data (G_OBJECT (button), "version");
  GtkWidget *dialog = sac_message_dialog_new (GTK_WINDOW (self), _("Remove this version?"), NULL);

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), _("“%s” cannot be brought back then. The project stays as it is."),
                                  version->name);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "remove", _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  g_object_set_data_full (G_OBJECT (dialog), "version", copy_version (version), (GDestroyNotify) sac_version_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_removed), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- the list. */
static void
add_button (SacVersionsDialog *self, GtkWidget *row, const SacVersion *version, const char *icon, const char *words, GCallback clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  g_autofree char *told = g_strdup_printf ("%s: %s", words, version->name);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, told, -1);
  g_object_set_data_full (G_OBJECT (button), "version", copy_version (version), (GDestroyNotify) sac_version_free);
  g_signal_connect_object (button, "clicked", clicked, self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static void
refresh (SacVersionsDialog *self)
{
  SacProject *project = sac_session_get_project (self->session);
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (GError) error = NULL;
  GtkWidget *row;

  if (!project)
    return;
  versions = sac_project_list_versions (project, &error);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))))
    gtk_list_box_remove (self->list, row);
  for (guint i = 0; versions && i < versions->len; i++)
    {
      const SacVersion *version = versions->pdata[i];
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (version->time_us / G_USEC_PER_SEC);
      g_autofree char *when = at ? g_date_time_format (at, "%F %H:%M") : g_strdup ("?");
      g_autofree char *size = g_format_size ((guint64) MAX (version->size, 0));
      g_autofree char *title = g_markup_escape_text (version->name, -1);
      g_autofree char *words = g_strdup_printf ("%s · %s%s%s", when, version->size < 0 ? _("its file is gone") : size,
                                                version->note ? " · " : "", version->note ? version->note : "");
      g_autofree char *subtitle = g_markup_escape_text (words, -1);

      row = adw_action_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
      if (version->size >= 0)
        {
          add_button (self, row, version, "view-dual-symbolic", _("What is otherwise now"), G_CALLBACK (on_compare));
          add_button (self, row, version, "edit-undo-symbolic", _("Bring back"), G_CALLBACK (on_restore));
        }
      add_button (self, row, version, "user-trash-symbolic", _("Remove"), G_CALLBACK (on_remove));
      gtk_list_box_append (self->list, row);
    }
  gtk_stack_set_visible_child_name (self->stack, versions && versions->len ? "list" : "empty");
}

static void
on_project_changed (SacVersionsDialog *self)
{
  if (!sac_session_is_open (self->session))
    gtk_window_destroy (GTK_WINDOW (self));
  else
    refresh (self);
}

static void
sac_versions_dialog_dispose (GObject *object)
{
  SacVersionsDialog *self = SAC_VERSIONS_DIALOG (object);

  if (self->comparing)
    g_cancellable_cancel (self->comparing);
  g_clear_object (&self->comparing);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAC_TYPE_VERSIONS_DIALOG);
  G_OBJECT_CLASS (sac_versions_dialog_parent_class)->dispose (object);
}

static void
sac_versions_dialog_class_init (SacVersionsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_versions_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/versions-dialog.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SacVersionsDialog, name)
  BIND (name);
  BIND (note);
  BIND (save);
  BIND (list);
  BIND (touched);
  BIND (stack);
  BIND (changes);
  BIND (counts);
  BIND (spinner);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sac_versions_dialog_init (SacVersionsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

SacVersionsDialog *
sac_versions_dialog_new (GtkWindow *parent, SacSession *session, gboolean closes)
{
  SacVersionsDialog *self = g_object_new (SAC_TYPE_VERSIONS_DIALOG, "transient-for", parent, "destroy-with-parent", TRUE, NULL);

  self->session = g_object_ref (session);
  self->closes = closes;
  g_signal_connect_object (session, "project-changed", G_CALLBACK (on_project_changed), self, G_CONNECT_SWAPPED);
  gtk_widget_set_sensitive (self->save, sac_session_is_writable (session));
  refresh (self);
  propose_name (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
  return self;
}
