#include "sac-explain-export.h"

#include <glib/gi18n.h>
#include <string.h>

#include "media/sac-media.h"
#include "sac-tool-job.h"

struct _SacExplainExport {
  GtkWidget parent_instance;
  GtkWidget *menu, *cancel;
  SacToolJob *job;
  GtkFileChooserNative *chooser;
  const char *option;           /* of the file that is asked for */
  char *path;                   /* being written */
};

G_DEFINE_FINAL_TYPE (SacExplainExport, sac_explain_export, GTK_TYPE_WIDGET)

enum { WANTED, TOLD, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
tell (SacExplainExport *self, const char *words)
{
  g_signal_emit (self, signals[TOLD], 0, words);
}

static void
show_running (SacExplainExport *self, gboolean running)
{
  gtk_widget_set_visible (self->menu, !running);
  gtk_widget_set_visible (self->cancel, running);
}

static void
on_progress (SacExplainExport *self, double share)
{
  g_autofree char *words = g_strdup_printf (_("Stop writing (%.0f %%)"), 100 * share);

  gtk_button_set_label (GTK_BUTTON (self->cancel), words);
}

static void
on_done (SacExplainExport *self, gboolean fine, const char *said)
{
  g_autofree char *words = NULL;

  show_running (self, FALSE);
  if (fine)
    words = g_strdup_printf (_("Written: %s"), self->path);
  else
    words = g_strdup (said ? said : _("Nothing was written"));
  tell (self, words);
}

static void
on_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  SacExplainExport *self = data;

  if (response == GTK_RESPONSE_ACCEPT && !sac_tool_job_is_running (self->job))
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

      g_free (self->path);
      self->path = g_file_get_path (file);
      g_ptr_array_add (words, g_strdup ("explain"));
      g_signal_emit (self, signals[WANTED], 0, words);
      if (words->len > 1 && self->path)
        {
          g_ptr_array_add (words, g_strdup_printf ("--%s=%s", self->option, self->path));
          g_ptr_array_add (words, NULL);
          gtk_button_set_label (GTK_BUTTON (self->cancel), _("Stop writing"));
          show_running (self, TRUE);
          sac_tool_job_start (self->job, (const char *const *) words->pdata);
        }
    }
  g_clear_object (&self->chooser);
}

static void
act_write (GtkWidget *widget, const char *action, GVariant *which)
{
  static const struct { const char *option, *title, *name; } kinds[] = {
    { "strip", N_("Strip of frames (.png, .svg or .pdf)"), "attention.png" },
    { "rows", N_("Rows of frames, times and places (.png, .svg or .pdf)"), "attention-rows.png" },
    { "video", N_("Video with the map over it"), "attention.%s" },
    { "maps", N_("Maps as numbers (.npy or .safetensors)"), "attention.safetensors" },
  };
  SacExplainExport *self = SAC_EXPLAIN_EXPORT (widget);
  g_autofree char *name = NULL;
  gint32 i = CLAMP (g_variant_get_int32 (which), 0, (gint32) G_N_ELEMENTS (kinds) - 1);

  if (self->chooser || sac_tool_job_is_running (self->job))
    return;
  self->option = kinds[i].option;
  self->chooser = gtk_file_chooser_native_new (_(kinds[i].title), GTK_WINDOW (gtk_widget_get_root (widget)), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _("_Save"), _("_Cancel"));
  name = strstr (kinds[i].name, "%s") ? g_strdup_printf ("attention.%s", sac_encoder_get_suffix ()) : g_strdup (kinds[i].name);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
sac_explain_export_dispose (GObject *object)
{
  SacExplainExport *self = SAC_EXPLAIN_EXPORT (object);

  if (self->job)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      sac_tool_job_cancel (self->job);
    }
  g_clear_object (&self->job);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->cancel, gtk_widget_unparent);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (sac_explain_export_parent_class)->dispose (object);
}

static void
sac_explain_export_class_init (SacExplainExportClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_explain_export_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_install_action (widget_class, "explain.write", "i", act_write);
  signals[WANTED] = g_signal_new ("wanted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[TOLD] = g_signal_new ("told", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sac_explain_export_init (SacExplainExport *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, _("Strip of frames…"), "explain.write(0)");
  g_menu_append (menu, _("Rows of frames, times and places…"), "explain.write(1)");
  g_menu_append (menu, _("Video with the map…"), "explain.write(2)");
  g_menu_append (menu, _("Maps as numbers…"), "explain.write(3)");
  self->menu = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->menu), _("Write"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu), G_MENU_MODEL (menu));
  gtk_widget_set_tooltip_text (self->menu, _("Write what is shown into files"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Write what is shown into files"), -1);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  self->cancel = gtk_button_new ();
  gtk_widget_set_visible (self->cancel, FALSE);
  gtk_widget_set_parent (self->cancel, GTK_WIDGET (self));
  self->job = sac_tool_job_new ();
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (sac_tool_job_cancel), self->job);
  g_signal_connect_swapped (self->job, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect_swapped (self->job, "done", G_CALLBACK (on_done), self);
}
