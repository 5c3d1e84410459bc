#include "sac-map-files.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-settings.h"
#include "store/sac-maps.h"

typedef struct {
  SacPage *page;                /* the button is its child */
  GtkFileChooserNative *chooser;        /* open, or NULL */
  gboolean reading;
} Files;

static void
files_free (gpointer data)
{
  Files *f = data;

  if (f->chooser)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (f->chooser));
  g_clear_object (&f->chooser);
  g_free (f);
}

typedef struct {
  const char *folder;
  guint n, missing;
} Read;

static gboolean
read_maps (SacProject *project, gpointer data, GError **error)
{
  Read *r = data;

  return sac_project_import_maps (project, r->folder, &r->n, &r->missing, error);
}

static void
read_folder (SacSession *session, const char *folder)
{
  Read r = { folder, 0, 0 };

  if (sac_session_do (session, read_maps, &r) && r.missing > 0)
    sac_session_say (session, TRUE, ngettext ("%u map taken; others are of clips that are not in this project",
                                              "%u maps taken; others are of clips that are not in this project", r.n), r.n);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacPage) page = data;
  g_autofree char *out = NULL, *failed = NULL;
  gboolean good = g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &out, &failed, NULL)
                  && g_subprocess_get_if_exited (G_SUBPROCESS (source)) && g_subprocess_get_exit_status (G_SUBPROCESS (source)) == 0;
  g_autofree char *words = g_strstrip (g_strdup (good ? out : failed ? failed : ""));

  sac_session_say (sac_page_get_session (page), FALSE, "%s",
                   g_str_has_prefix (words, "saccade: ") ? words + strlen ("saccade: ") : words);
}

/* Pictures of many maps take their time, so the verb writes them. */
static void
write_folder (SacPage *page, const char *folder)
{
  SacSession *session = sac_page_get_session (page);
  g_autofree char *program = sac_dup_program ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) tool = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
                                                   program ? program : "saccade", "maps", "export", folder, "--project",
                                                   sac_session_get_path (session), NULL);

  if (tool)
    g_subprocess_communicate_utf8_async (tool, NULL, NULL, on_written, g_object_ref (page));
  else
    sac_session_say (session, FALSE, "%s", error->message);
}

static void
on_response (Files *f, int response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&f->chooser);
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  g_autofree char *folder = file ? g_file_get_path (file) : NULL;
  SacSession *session = sac_page_get_session (f->page);

  if (!folder || !sac_session_get_path (session))
    return;
  if (f->reading)
    read_folder (session, folder);
  else
    write_folder (f->page, folder);
}

static void
choose (Files *f, GtkWidget *button, gboolean reading)
{
  gtk_popover_popdown (GTK_POPOVER (gtk_widget_get_ancestor (button, GTK_TYPE_POPOVER)));
  if (f->chooser || !sac_session_get_path (sac_page_get_session (f->page)))
    return;
  f->reading = reading;
  f->chooser = gtk_file_chooser_native_new (reading ? _("Read edited maps from a folder") : _("Write edited maps into a folder"),
                                            GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (f->page))),
                                            GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, reading ? _("_Read") : _("_Write"), _("_Cancel"));
  g_signal_connect_swapped (f->chooser, "response", G_CALLBACK (on_response), f);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (f->chooser));
}

static void
on_write (Files *f, GtkWidget *button)
{
  choose (f, button, FALSE);
}

static void
on_read (Files *f, GtkWidget *button)
{
  choose (f, button, TRUE);
}

static void
add (Files *f, GtkBox *box, const char *label, void (*act) (Files *, GtkWidget *))
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (act), f);
  gtk_box_append (box, button);
}

GtkWidget *
sac_map_files_button_new (SacPage *page)
{
  GtkWidget *button = gtk_menu_button_new (), *popover = gtk_popover_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  Files *f = g_new0 (Files, 1);

  f->page = page;
  add (f, GTK_BOX (box), _("Write edited maps…"), on_write);
  add (f, GTK_BOX (box), _("Read edited maps…"), on_read);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_widget_set_tooltip_text (button, _("Edited maps as files"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Edited maps as files"), -1);
  g_object_set_data_full (G_OBJECT (button), "sac-map-files", f, files_free);
  return button;
}
