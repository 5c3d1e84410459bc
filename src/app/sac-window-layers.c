/* The window's dealings with what was said when and by whom: history, named versions, layers; and the check of a large project file
 * that runs beside the work. */
#include <glib/gi18n.h>

#include "sac-form.h"
#include "sac-history-dialog.h"
#include "sac-layers-dialog.h"
#include "sac-store-job.h"
#include "sac-versions-dialog.h"
#include "sac-window-private.h"

/* One of each kind: the open one comes to the front. */
static gboolean
present_open (SacWindow *self, GType type)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l; l = l->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (l->data, type) && gtk_window_get_transient_for (GTK_WINDOW (l->data)) == GTK_WINDOW (self))
      {
        gtk_window_present (GTK_WINDOW (l->data));
        return TRUE;
      }
  return FALSE;
}

static void
act_history (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);

  if (!present_open (self, SAC_TYPE_HISTORY_DIALOG))
    gtk_window_present (GTK_WINDOW (sac_history_dialog_new (GTK_WINDOW (self), self->session)));
}

static void
act_versions (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);

  if (!present_open (self, SAC_TYPE_VERSIONS_DIALOG))
    gtk_window_present (GTK_WINDOW (sac_versions_dialog_new (GTK_WINDOW (self), self->session,
                                                             g_strcmp0 (name, "win.name-version") == 0)));
}

static void
act_layers (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);

  if (!present_open (self, SAC_TYPE_LAYERS_DIALOG))
    gtk_window_present (GTK_WINDOW (sac_layers_dialog_new (GTK_WINDOW (self), self->session, self->selection)));
}

void
_sac_window_install_layers (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.history", NULL, act_history);
  gtk_widget_class_install_action (widget_class, "win.versions", NULL, act_versions);
  gtk_widget_class_install_action (widget_class, "win.name-version", NULL, act_versions);
  gtk_widget_class_install_action (widget_class, "win.layers", NULL, act_layers);
}

/* ---- a large file opens unchecked. */
static gboolean
check (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  return sac_project_check (sac_project_get_path (project), cancellable, error);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  SacWindow *self = SAC_WINDOW (source);
  g_autoptr (GError) error = NULL;
  GtkWidget *dialog;

  sac_store_job_finish (result, &error);
  if (!g_error_matches (error, SAC_STORE_ERROR, SAC_STORE_ERROR_CORRUPT) || !self->session)
    return;
  dialog = sac_message_dialog_new (GTK_WINDOW (self), _("The project file is damaged"), NULL);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _("%s\n\nWork on from a named version or a backup copy; what can still be read may be exported."),
                                  error->message);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

void
_sac_window_update_layers (SacWindow *self)
{
  static const char *const names[] = { "win.history", "win.versions", "win.name-version", "win.layers" };
  SacProject *project = sac_session_get_project (self->session);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), names[i], sac_session_is_open (self->session));
  if (self->checking)
    g_cancellable_cancel (self->checking);
  g_clear_object (&self->checking);
  if (!project || !sac_project_is_unchecked (project))
    return;
  self->checking = g_cancellable_new ();
  sac_store_job_read (self->session, check, NULL, NULL, self->checking, self, on_checked);
}
