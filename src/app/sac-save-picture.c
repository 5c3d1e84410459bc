#include "sac-save-picture.h"

#include <glib/gi18n.h>

typedef struct {
  GtkWidget *widget;            /* borrowed: it owns the chooser */
  GtkFileChooserNative **chooser;
  double width, height;
  SacDrawFunc draw;
  gpointer data;
} Saving;

static void
on_response (GtkNativeDialog *dialog, int response, gpointer data)
{
  Saving *saving = data;
  GtkFileChooserNative **chooser = saving->chooser;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file);
      g_autoptr (GError) error = NULL;

      if (!sac_draw_to_file (path, saving->width, saving->height, saving->draw, saving->data, &error))
        {
          GtkWidget *message = gtk_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (saving->widget)), GTK_DIALOG_MODAL,
                                                       GTK_MESSAGE_ERROR, GTK_BUTTONS_CLOSE, "%s", error->message);

          g_signal_connect (message, "response", G_CALLBACK (gtk_window_destroy), NULL);
          gtk_window_present (GTK_WINDOW (message));
        }
    }
  g_clear_object (chooser);
}

static void
free_saving (gpointer data, GClosure *closure)
{
  g_free (data);
}

void
sac_save_picture (GtkWidget *widget, GtkFileChooserNative **chooser, const char *name, double width, double height, SacDrawFunc draw,
                  gpointer data)
{
  g_autofree char *suggestion = g_strdup_printf ("%s.png", name ? name : "plot");
  Saving *saving;

  if (*chooser)
    return;
  saving = g_new (Saving, 1);
  *saving = (Saving) { widget, chooser, width, height, draw, data };
  *chooser = gtk_file_chooser_native_new (_("Save the picture (the ending decides: .png, .svg or .pdf)"),
                                          GTK_WINDOW (gtk_widget_get_root (widget)), GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"),
                                          _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (*chooser), suggestion);
  g_signal_connect_data (*chooser, "response", G_CALLBACK (on_response), saving, free_saving, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (*chooser));
}
