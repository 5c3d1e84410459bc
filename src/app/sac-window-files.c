/* The window's dealings with files: new, open, import, the demo, drops. */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "sac-form.h"
#include "sac-labels-dialog.h"
#include "sac-settings.h"
#include "sac-window-private.h"

#define SUFFIX ".saccade"

static gboolean
open_project (SacWindow *self, const char *path, gboolean create)
{
  g_autoptr (GError) error = NULL;

  if (sac_session_open (self->session, path, create, &error))
    return TRUE;
  sac_session_say (self->session, FALSE, "%s", error->message);
  return FALSE;
}

/* ---- import. */

typedef struct {
  SacWindow *window;
  char **paths;
  SacFolderHints hints;
  GtkCheckButton *labels, *groups;
} Question;

static void
question_free (Question *question)
{
  g_strfreev (question->paths);
  sac_folder_hints_clear (&question->hints);
  g_free (question);
}

static void
start_import (SacWindow *self, const char *const *paths, const SacFolderHints *hints, gboolean labels, gboolean groups)
{
  SacImportSpec spec = { labels, groups ? hints->groups_csv : NULL, hints->truth_json };

  sac_import_start (self->import, paths, &spec);
}

static void
on_question (AdwMessageDialog *dialog, const char *response, Question *question)
{
  if (strcmp (response, "import") == 0 && question->window->session)
    start_import (question->window, (const char *const *) question->paths, &question->hints,
                  gtk_check_button_get_active (question->labels),
                  question->groups && gtk_check_button_get_active (question->groups));
  question_free (question);
}

/* Class folders and a table of groups change what the clips mean: that is the person's to say. */
static void
ask_and_import (SacWindow *self, char **paths /* taken */, SacFolderHints *hints /* taken */)
{
  Question *question = g_new0 (Question, 1);
  GtkWidget *dialog = sac_message_dialog_new (GTK_WINDOW (self), _("Import videos"), NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *labels = NULL;

  question->window = self;
  question->paths = paths;
  question->hints = *hints;
  memset (hints, 0, sizeof *hints);
  labels = g_strdup_printf (ngettext ("Use the folder's name as a label (%u folder)",
                                         "Use the folders' names as labels (%u folders)", question->hints.n_class_folders),
                            question->hints.n_class_folders);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), _("The videos stay where they are; nothing is copied."));
  question->labels = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (labels));
  gtk_check_button_set_active (question->labels, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (question->labels), question->hints.n_class_folders > 0);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (question->labels));
  if (question->hints.groups_csv)
    {
      g_autofree char *base = g_path_get_basename (question->hints.groups_csv);
      g_autofree char *groups = g_strdup_printf (_("Group the clips by %s"), base);

      question->groups = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (groups));
      gtk_check_button_set_active (question->groups, TRUE);
      gtk_box_append (GTK_BOX (box), GTK_WIDGET (question->groups));
    }
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), box);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "import", _("_Import"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "import", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "import");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_question), question);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* A new project for what lies at @path: beside it, or among the person's own files where that may not be written. */
static char *
dup_project_for (const char *path)
{
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *inside = is_folder ? g_path_get_basename (path) : g_path_get_basename (parent);
  g_autofree char *name = g_strconcat (inside, SUFFIX, NULL);
  g_autofree char *own = NULL;

  if (access (parent, W_OK) == 0)
    return g_build_filename (parent, name, NULL);
  own = g_build_filename (g_get_user_data_dir (), "saccade", "projects", NULL);
  g_mkdir_with_parents (own, 0755);
  return g_build_filename (own, name, NULL);
}

static void
import_paths (SacWindow *self, char **paths /* taken */)
{
  SacFolderHints hints = { 0 };

  if (!paths[0])
    {
      g_strfreev (paths);
      return;
    }
  if (sac_import_is_running (self->import))
    {
      sac_session_say (self->session, FALSE, _("An import is under way; wait until it is done or cancel it"));
      g_strfreev (paths);
      return;
    }
  if (!sac_session_is_open (self->session))
    {
      g_autofree char *project = dup_project_for (paths[0]);

      if (!open_project (self, project, TRUE))
        {
          g_strfreev (paths);
          return;
        }
    }
  g_object_set (self, "page", "clips", NULL);
  if (!paths[1])
    sac_folder_look (paths[0], &hints);
  if (!hints.truth_json && (hints.n_class_folders > 0 || hints.groups_csv))
    {
      ask_and_import (self, paths, &hints);
      return;
    }
  start_import (self, (const char *const *) paths, &hints, FALSE, FALSE);
  sac_folder_hints_clear (&hints);
  g_strfreev (paths);
}

/* ---- what is given may be media, label files, or folders of either: a look into folders takes its time. */
static void
show_labels (SacWindow *self, const char *const *paths)
{
  GtkWidget *dialog;

  if (!paths[0] || !sac_session_is_open (self->session))
    return;
  dialog = sac_labels_dialog_new (self->session, paths);
  gtk_window_set_transient_for (GTK_WINDOW (dialog), GTK_WINDOW (self));
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Labels that came with media wait until these are there. */
static void
on_import_done (SacImport *import, gboolean good, SacWindow *self)
{
  g_auto (GStrv) waiting = g_steal_pointer (&self->waiting_labels);

  g_signal_handlers_disconnect_by_func (import, on_import_done, self);
  if (waiting && good)
    show_labels (self, (const char *const *) waiting);
}

typedef struct { char **paths, **labels, **media; } Sorting;

static void
sorting_free (gpointer data)
{
  Sorting *sorting = data;

  g_strfreev (sorting->paths);
  g_strfreev (sorting->labels);
  g_strfreev (sorting->media);
  g_free (sorting);
}

static gboolean
holds_media (const char *folder, int depth, guint *n_looked_at)
{
  g_autoptr (GDir) dir = depth < 8 ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir && (name = g_dir_read_name (dir)) && (*n_looked_at)++ < 100000)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (sac_media_is_video_name (name)
          || (name[0] != '.' && !g_str_has_suffix (name, ".data") && g_file_test (path, G_FILE_TEST_IS_DIR)
              && !g_file_test (path, G_FILE_TEST_IS_SYMLINK) && holds_media (path, depth + 1, n_looked_at)))
        return TRUE;
    }
  return FALSE;
}

static void
sort_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Sorting *sorting = data;
  g_autoptr (GStrvBuilder) labels = g_strv_builder_new (), media = g_strv_builder_new ();

  for (guint i = 0; sorting->paths[i]; i++)
    {
      const char *path = sorting->paths[i];
      guint n_looked_at = 0;
      gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
      /* A folder of videos is what it was made for, whatever lists lie in it; unless it is a format itself. */
      gboolean videos = is_folder ? !sac_label_format_recognise (path) && holds_media (path, 0, &n_looked_at)
                                  : sac_media_is_video_name (path);
      g_auto (GStrv) found = videos ? g_new0 (char *, 1) : sac_label_files_find (path);

      if (found[0])
        g_strv_builder_addv (labels, (const char **) found);
      else
        g_strv_builder_add (media, path);
    }
  sorting->labels = g_strv_builder_end (labels);
  sorting->media = g_strv_builder_end (media);
  g_task_return_boolean (task, TRUE);
}

static void
on_sorted (GObject *source, GAsyncResult *result, gpointer data)
{
  SacWindow *self = SAC_WINDOW (source);
  Sorting *sorting = g_task_get_task_data (G_TASK (result));

  if (!self->session)
    return;
  if (!sorting->labels[0])
    {
      import_paths (self, g_steal_pointer (&sorting->media));
      return;
    }
  if (!sac_session_is_open (self->session))
    {
      g_autofree char *project = dup_project_for (sorting->labels[0]);

      if (!open_project (self, project, TRUE))
        return;
    }
  if (!sorting->media[0])
    {
      show_labels (self, (const char *const *) sorting->labels);
      return;
    }
  g_clear_pointer (&self->waiting_labels, g_strfreev);
  g_signal_handlers_disconnect_by_func (self->import, on_import_done, self);
  self->waiting_labels = g_steal_pointer (&sorting->labels);
  g_signal_connect_object (self->import, "done", G_CALLBACK (on_import_done), self, 0);
  import_paths (self, g_steal_pointer (&sorting->media));
}

void
sac_window_open_files (SacWindow *self, GFile **files, guint n)
{
  g_autoptr (GStrvBuilder) rest = g_strv_builder_new ();
  g_autoptr (GTask) task = NULL;
  Sorting *sorting;

  g_return_if_fail (SAC_IS_WINDOW (self));
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);

      if (!path)
        sac_session_say (self->session, FALSE, _("Only files on this computer can be opened"));
      else if (g_str_has_suffix (path, SUFFIX))
        open_project (self, path, FALSE);
      else if (!g_file_test (path, G_FILE_TEST_EXISTS))
        sac_session_say (self->session, FALSE, _("“%s” is not there"), path);
      else
        g_strv_builder_add (rest, path);
    }
  sorting = g_new0 (Sorting, 1);
  sorting->paths = g_strv_builder_end (rest);
  if (!sorting->paths[0])
    {
      sorting_free (sorting);
      return;
    }
  task = g_task_new (self, NULL, on_sorted, NULL);
  g_task_set_task_data (task, sorting, sorting_free);
  g_task_run_in_thread (task, sort_in_thread);
}

/* ---- choosers. */

static void
on_chosen (GtkNativeDialog *dialog, int response, SacWindow *self)
{
  GtkFileChooserAction action = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (dialog));
  g_autoptr (GListModel) files = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  g_clear_object (&self->chooser);
  if (!path)
    return;
  if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
    {
      g_autofree char *full = g_str_has_suffix (path, SUFFIX) ? g_strdup (path) : g_strconcat (path, SUFFIX, NULL);

      open_project (self, full, TRUE);
    }
  else
    {
      g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);

      for (guint i = 0; i < g_list_model_get_n_items (files); i++)
        g_ptr_array_add (all, g_list_model_get_item (files, i));
      sac_window_open_files (self, (GFile **) all->pdata, all->len);
    }
}

static void
choose (SacWindow *self, const char *title, GtkFileChooserAction action, const char *accept)
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, accept, _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (action == GTK_FILE_CHOOSER_ACTION_OPEN)
    {
      g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

      gtk_file_filter_set_name (filter, _("Saccade projects"));
      gtk_file_filter_add_suffix (filter, "saccade");
      gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
    }
  else if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
    {
      g_autofree char *name = g_strconcat (_("Untitled"), SUFFIX, NULL);

      gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
    }
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
act_new (GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose (SAC_WINDOW (widget), _("New project"), GTK_FILE_CHOOSER_ACTION_SAVE, _("_Create"));
}

static void
act_open (GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose (SAC_WINDOW (widget), _("Open project"), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Open"));
}

static void
act_import (GtkWidget *widget, const char *name, GVariant *parameter)
{
  choose (SAC_WINDOW (widget), _("Import folder"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Import"));
}

/* One or several files; folders are dropped on the window. */
static void
act_import_labels (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const char *const suffixes[] = { "xml", "json", "csv", "txt" };
  SacWindow *self = SAC_WINDOW (widget);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Import labels"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Import"),
                                               _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_file_filter_set_name (filter, _("Label files"));
  for (guint s = 0; s < G_N_ELEMENTS (suffixes); s++)
    gtk_file_filter_add_suffix (filter, suffixes[s]);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
act_open_path (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_project (SAC_WINDOW (widget), g_variant_get_string (parameter, NULL), FALSE);
}

static void
act_demo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacWindow *self = SAC_WINDOW (widget);
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "saccade", "demo", NULL);
  g_autofree char *clips = g_build_filename (folder, "clips", NULL);
  g_autofree char *project = g_build_filename (folder, "Demo" SUFFIX, NULL);

  if (sac_import_is_running (self->import))
    return;
  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      sac_session_say (self->session, FALSE, _("The folder “%s” cannot be made"), folder);
      return;
    }
  if (open_project (self, project, TRUE) && g_list_model_get_n_items (sac_session_get_clips (self->session)) == 0)
    {
      g_object_set (self, "page", "clips", NULL);
      sac_import_start_demo (self->import, clips);
    }
}

void
_sac_window_install_files (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.new-project", NULL, act_new);
  gtk_widget_class_install_action (widget_class, "win.open", NULL, act_open);
  gtk_widget_class_install_action (widget_class, "win.open-path", "s", act_open_path);
  gtk_widget_class_install_action (widget_class, "win.import", NULL, act_import);
  gtk_widget_class_install_action (widget_class, "win.import-labels", NULL, act_import_labels);
  gtk_widget_class_install_action (widget_class, "win.demo", NULL, act_demo);
}

/* ---- drops. */

static void
show_cue (SacWindow *self, gboolean show)
{
  gtk_widget_set_visible (GTK_WIDGET (self->drop_cue), show);
  gtk_revealer_set_reveal_child (self->drop_cue, show);
}

static GdkDragAction
on_enter (GtkDropTarget *target, double x, double y, SacWindow *self)
{
  show_cue (self, TRUE);
  return GDK_ACTION_COPY;
}

static void
on_leave (GtkDropTarget *target, SacWindow *self)
{
  show_cue (self, FALSE);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SacWindow *self)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  show_cue (self, FALSE);
  for (GSList *l = g_value_get_boxed (value); l; l = l->next)
    g_ptr_array_add (files, l->data);
  sac_window_open_files (self, (GFile **) files->pdata, files->len);
  return files->len > 0;
}

void
_sac_window_accept_drops (SacWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect (target, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
