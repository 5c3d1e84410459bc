/* What a person does with runs: names, tags, notes, archive, trash, files in and out.  Each is one act of the project, undone like any. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/sac-file.h"
#include "run/sac-run.h"
#include "sac-runs-page-private.h"
#include "sac-store-job.h"

/* ---- acts on the selected runs. */
typedef enum { ACT_RENAME, ACT_NOTE, ACT_TAG, ACT_UNTAG, ACT_ARCHIVE, ACT_UNARCHIVE, ACT_DELETE } ActKind;
typedef struct {
  ActKind kind;
  const char *text;
  GPtrArray *runs;              /* const SacRunSaid* */
} RunAct;

static gboolean
do_act (SacProject *project, gpointer data, GError **error)
{
  const RunAct *act = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SacId));
  const SacId *id;

  for (guint i = 0; i < act->runs->len; i++)
    {
      const SacRunSaid *said = act->runs->pdata[i];
      SacId own = said->id ? said->id : sac_project_add_run (project, said->name, said->folder, NULL, error);

      if (!own)
        return FALSE;
      g_array_append_val (ids, own);
    }
  id = (const SacId *) (gpointer) ids->data;
  switch (act->kind)
    {
    case ACT_RENAME:
      return sac_project_rename_run (project, id[0], act->text, error);
    case ACT_NOTE:
      return sac_project_note_runs (project, id, ids->len, act->text, error);
    case ACT_TAG:
    case ACT_UNTAG:
      return sac_project_tag_runs (project, id, ids->len, act->text, act->kind == ACT_TAG, error);
    case ACT_ARCHIVE:
    case ACT_UNARCHIVE:
      return sac_project_archive_runs (project, id, ids->len, act->kind == ACT_ARCHIVE, error);
    default:
      return sac_project_delete_runs (project, id, ids->len, error);
    }
}

static GPtrArray *
list_selected (SacRunsPage *self)
{
  SacRunTable *table = sac_run_grid_get_table (self->grid);
  g_autoptr (GArray) runs = table ? sac_run_grid_list_selected (self->grid) : NULL;
  GPtrArray *said = g_ptr_array_new ();

  for (guint i = 0; runs && i < runs->len; i++)
    g_ptr_array_add (said, (gpointer) sac_run_table_get_said (table, g_array_index (runs, guint, i)));
  return said;
}

static void
act_on_selected (SacRunsPage *self, ActKind kind, const char *text)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  g_autoptr (GPtrArray) runs = list_selected (self);
  RunAct act = { kind, text, runs };

  if (runs->len == 0)
    return;
  for (guint i = 0; kind == ACT_DELETE && i < runs->len; i++)
    if (sac_run_is_live (((const SacRunSaid *) runs->pdata[i])->folder))
      {
        sac_session_say (session, FALSE, _("“%s” is at work: stop it first"), ((const SacRunSaid *) runs->pdata[i])->name);
        return;
      }
  sac_session_do (session, do_act, &act);
}

/* ---- asking for words. */
static void
ask_for (SacRunsPage *self, const char *what, const char *title, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->ask_text);
  GtkTextIter start, end;

  g_free (self->asked);
  self->asked = g_strdup (what);
  gtk_label_set_text (self->ask_title, title);
  gtk_text_buffer_set_text (buffer, text ? text : "", -1);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_select_range (buffer, &start, &end);          /* what is typed takes its place */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->ask_text), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_popover_popup (self->ask);
  gtk_widget_grab_focus (GTK_WIDGET (self->ask_text));
}

static void
on_answer (SacRunsPage *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->ask_text);
  GtkTextIter start, end;
  g_autofree char *text = NULL;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  gtk_popover_popdown (self->ask);
  if (g_strcmp0 (self->asked, "rename") == 0)
    act_on_selected (self, ACT_RENAME, text);
  else if (g_strcmp0 (self->asked, "tag") == 0)
    act_on_selected (self, ACT_TAG, text);
  else if (g_strcmp0 (self->asked, "untag") == 0)
    act_on_selected (self, ACT_UNTAG, text);
  else
    act_on_selected (self, ACT_NOTE, text);
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

/* Return ends it, but for notes, where Ctrl+Return does. */
static gboolean
on_ask_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacRunsPage *self)
{
  gboolean enter = keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter;

  if (!enter || (g_strcmp0 (self->asked, "note") == 0 && !(state & GDK_CONTROL_MASK)))
    return FALSE;
  on_answer (self);
  return TRUE;
}

static void
ask (SacRunsPage *self, const char *what)
{
  g_autoptr (GPtrArray) runs = list_selected (self);
  const SacRunSaid *first = runs->len ? runs->pdata[0] : NULL;

  if (!first)
    return;
  if (strcmp (what, "rename") == 0)
    ask_for (self, what, _("Name of the run"), first->name);
  else if (strcmp (what, "tag") == 0)
    ask_for (self, what, _("Tag for the chosen runs"), "");
  else if (strcmp (what, "untag") == 0)
    ask_for (self, what, _("Tag to take away"), first->tags ? first->tags[0] : "");
  else
    ask_for (self, what, _("Note on the chosen runs (Ctrl+Return to keep it)"), first->note);
}

static void
toggle_archive (SacRunsPage *self)
{
  g_autoptr (GPtrArray) runs = list_selected (self);
  gboolean all = runs->len > 0;

  for (guint i = 0; i < runs->len; i++)
    all &= ((const SacRunSaid *) runs->pdata[i])->archived;
  act_on_selected (self, all ? ACT_UNARCHIVE : ACT_ARCHIVE, NULL);
}

/* ---- files. */
typedef struct { char *dir; guint n; } Import;

static void
import_free (gpointer data)
{
  g_free (((Import *) data)->dir);
  g_free (data);
}

static gboolean
import_runs (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  Import *import = data;
  g_autofree char *parent = g_build_filename (sac_project_get_folder (project), "runs", NULL);
  g_auto (GStrv) made = sac_runs_import (import->dir, parent, NULL, NULL, cancellable, error);

  for (guint i = 0; made && made[i]; i++)
    {
      g_autofree char *name = g_path_get_basename (made[i]);

      if (!sac_project_add_run (project, name, made[i], NULL, error))
        return FALSE;
      import->n++;
    }
  return made != NULL;
}

static void
on_imported (GObject *source, GAsyncResult *result, gpointer data)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (source));
  g_autoptr (GError) error = NULL;
  Import *import = sac_store_job_finish (result, &error);

  if (import)
    sac_session_say (session, FALSE, g_dngettext ("saccade", "%u run imported", "%u runs imported", import->n), import->n);
  else
    sac_session_say (session, FALSE, "%s", error->message);
  sac_session_tell_runs (session);
}

static void
on_import_chosen (GtkNativeDialog *dialog, int response, SacRunsPage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  Import *import;

  if (file)
    {
      import = g_new0 (Import, 1);
      import->dir = g_file_get_path (file);
      sac_store_job_write (sac_page_get_session (SAC_PAGE (self)), import_runs, import, import_free, self, on_imported);
    }
  g_object_unref (dialog);
}

static void
on_export_chosen (GtkNativeDialog *dialog, int response, SacRunsPage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  SacRunTable *table = sac_run_grid_get_table (self->grid);
  g_autofree char *path = file ? g_file_get_path (file) : NULL, *text = path && table ? sac_run_table_dup_csv (table) : NULL;
  g_autoptr (GError) error = NULL;

  if (text && !sac_file_replace (path, text, strlen (text), &error))
    sac_session_say (sac_page_get_session (SAC_PAGE (self)), FALSE, "%s", error->message);
  g_object_unref (dialog);
}

static void
choose_file (SacRunsPage *self, gboolean import)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (import ? _("Folder with event files of TensorBoard or PyTorch")
                                                                      : _("Save the table"), window,
                                                               import ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                                                                      : GTK_FILE_CHOOSER_ACTION_SAVE,
                                                               import ? _("_Import") : _("_Save"), _("_Cancel"));

  if (!import)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "runs.csv");
  g_signal_connect_object (chooser, "response", G_CALLBACK (import ? on_import_chosen : on_export_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* Folders leave the disk in a thread; their rows are gone at once. */
static gboolean
empty_trash (SacProject *project, gpointer data, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) folders = sac_project_empty_run_trash (project, TRUE, error);

  for (guint i = 0; folders && folders[i]; i++)
    sac_file_remove_tree (folders[i]);
  *(guint *) data = folders ? g_strv_length (folders) : 0;
  return folders != NULL;
}

static void
on_emptied (GObject *source, GAsyncResult *result, gpointer data)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (source));
  g_autoptr (GError) error = NULL;
  guint *n = sac_store_job_finish (result, &error);

  if (n)
    sac_session_say (session, FALSE, g_dngettext ("saccade", "%u deleted run removed for good", "%u deleted runs removed for good", *n),
                     *n);
  else
    sac_session_say (session, FALSE, "%s", error->message);
}

/* ---- names of acts, for keys, buttons and the menu. */
gboolean
sac_runs_page_act (SacRunsPage *self, const char *act)
{
  const char *name = act && g_str_has_prefix (act, "runs.") ? act + strlen ("runs.") : NULL;

  if (!name)
    return FALSE;
  if (strcmp (name, "rename") == 0 || strcmp (name, "tag") == 0 || strcmp (name, "untag") == 0 || strcmp (name, "note") == 0)
    ask (self, name);
  else if (strcmp (name, "archive") == 0)
    toggle_archive (self);
  else if (strcmp (name, "delete") == 0)
    act_on_selected (self, ACT_DELETE, NULL);
  else if (strcmp (name, "tick") == 0)
    sac_run_grid_tick_selected (self->grid);
  else if (strcmp (name, "untick") == 0)
    sac_run_grid_untick_all (self->grid);
  else if (strcmp (name, "differences") == 0)
    gtk_toggle_button_set_active (self->differences, !gtk_toggle_button_get_active (self->differences));
  else if (strcmp (name, "import") == 0 || strcmp (name, "export") == 0)
    choose_file (self, strcmp (name, "import") == 0);
  else if (strcmp (name, "empty-trash") == 0)
    sac_store_job_write (sac_page_get_session (SAC_PAGE (self)), empty_trash, g_new0 (guint, 1), g_free, self, on_emptied);
  else
    return FALSE;
  return TRUE;
}

static void
on_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sac_runs_page_act (SAC_RUNS_PAGE (widget), name);
}

static const char *const actions[] = { "runs.rename", "runs.tag", "runs.untag", "runs.note", "runs.archive", "runs.delete", "runs.tick",
                                       "runs.untick", "runs.import", "runs.export", "runs.empty-trash" };
#define N_ON_SELECTED 6         /* the first so many need a run, and the write */

void
_sac_runs_page_update_acts (SacRunsPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  g_autoptr (GPtrArray) runs = list_selected (self);
  gboolean writable = session && sac_session_is_writable (session);

  for (guint i = 0; i < N_ON_SELECTED; i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i], writable && runs->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "runs.import", writable);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "runs.empty-trash", writable);
}

static void
on_menu (SacRunsPage *self, double x, double y)
{
  gtk_popover_set_pointing_to (self->menu, &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (self->menu);
}

void
_sac_runs_page_class_init_acts (GtkWidgetClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (klass, actions[i], NULL, on_action);
  gtk_widget_class_bind_template_callback (klass, on_menu);
}

static GtkWidget *
new_menu (void)
{
  static const struct { const char *words, *action; } rows[] = {
    { N_("Tick or untick"), "runs.tick" }, { N_("Rename…"), "runs.rename" }, { N_("Tag…"), "runs.tag" },
    { N_("Take a tag away…"), "runs.untag" }, { N_("Note…"), "runs.note" }, { N_("Archive, or take out"), "runs.archive" },
    { N_("Delete"), "runs.delete" },
  };
  g_autoptr (GMenu) menu = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_menu_append (menu, _(rows[i].words), rows[i].action);
  return gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
}

void
_sac_runs_page_init_acts (SacRunsPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *title = gtk_label_new (NULL), *text = gtk_text_view_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new (), *button = gtk_button_new_with_label (_("Keep"));
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->ask = GTK_POPOVER (gtk_popover_new ());
  self->ask_title = GTK_LABEL (title);
  self->ask_text = GTK_TEXT_VIEW (text);
  gtk_label_set_xalign (self->ask_title, 0);
  gtk_text_view_set_wrap_mode (self->ask_text, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (self->ask_text, FALSE);
  gtk_widget_set_size_request (scrolled, 320, 60);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), text);
  gtk_scrolled_window_set_has_frame (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_set_halign (button, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), button);
  gtk_popover_set_child (self->ask, box);
  gtk_widget_set_parent (GTK_WIDGET (self->ask), self->act_box);
  gtk_popover_set_position (self->ask, GTK_POS_TOP);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_ask_key), self);
  gtk_widget_add_controller (text, keys);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_answer), self);
  self->menu = GTK_POPOVER (new_menu ());
  gtk_popover_set_has_arrow (self->menu, FALSE);
  gtk_widget_set_halign (GTK_WIDGET (self->menu), GTK_ALIGN_START);
  gtk_widget_set_parent (GTK_WIDGET (self->menu), GTK_WIDGET (self->grid));
  _sac_runs_page_update_acts (self);
}
