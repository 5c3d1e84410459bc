/* What the Clips page does with the selected clips: opening, reviewing, splits, removing, dragging them away, their menu; and finding
 * files that moved. */
#include <glib/gi18n.h>

#include "sac-clips-page-private.h"
#include "sac-health-window.h"
#include "sac-keys.h"

#define MAX_DRAGGED 1000        /* files at once */

/* ---- files that moved. */

typedef struct {
  char *project, *folder;
} Lost;

static void
lost_free (gpointer data)
{
  g_free (((Lost *) data)->project);
  g_free (((Lost *) data)->folder);
  g_free (data);
}

static void
find_moved (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Lost *lost = data;
  GError *error = NULL;
  g_autoptr (SacProject) project = sac_project_open_reader (lost->project, &error);
  GPtrArray *moves = project ? sac_project_find_moved (project, lost->folder, NULL, NULL, NULL, cancellable, &error) : NULL;

  if (moves)
    g_task_return_pointer (task, moves, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
on_moved_found (GObject *source, GAsyncResult *result, gpointer data)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (source);
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) moves = g_task_propagate_pointer (G_TASK (result), &error);

  g_clear_object (&self->relinking);
  if (!self->selection || !session)
    return;
  if (!moves)
    sac_session_say (session, FALSE, "%s", error->message);
  else if (moves->len == 0)
    sac_session_say (session, FALSE, _("None of the missing files is in that folder"));
  else
    sac_session_relink (session, moves);
}

static void
on_folder (GtkNativeDialog *dialog, int response, SacClipsPage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  SacSession *session = sac_page_get_session (SAC_PAGE (self));

  g_clear_object (&self->chooser);
  if (file && sac_session_get_path (session) && g_file_peek_path (file))
    sac_clips_page_relink (self, g_file_peek_path (file));
}

void
sac_clips_page_relink (SacClipsPage *self, const char *folder)
{
  SacSession *session;
  Lost *lost;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (SAC_IS_CLIPS_PAGE (self) && folder);
  session = sac_page_get_session (SAC_PAGE (self));
  if (self->relinking || !sac_session_is_writable (session))
    return;
  lost = g_new0 (Lost, 1);
  lost->project = g_strdup (sac_session_get_path (session));
  lost->folder = g_strdup (folder);
  self->relinking = g_cancellable_new ();
  task = g_task_new (self, self->relinking, on_moved_found, NULL);
  g_task_set_task_data (task, lost, lost_free);
  g_task_run_in_thread (task, find_moved);
  sac_session_say (session, FALSE, _("Looking for the missing files…"));
}

static void
act_relink (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (widget);

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Look for missing files"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Look here"), _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_folder), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
act_health (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacPage *page = SAC_PAGE (widget);

  gtk_window_present (GTK_WINDOW (sac_health_window_new (sac_page_get_session (page), sac_page_get_selection (page), widget,
                                                         "clips.relink")));
}

static void
open_clip (SacClipsPage *self, SacClip *clip)
{
  sac_selection_set_clip (sac_page_get_selection (SAC_PAGE (self)), clip);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "label");
}

static void
on_activate (SacClipsPage *self, guint position)
{
  g_autoptr (SacClip) clip = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (clip)
    open_clip (self, clip);
}

static void
act_open (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (widget);
  SacClip *clip = sac_selection_get_clip (sac_page_get_selection (SAC_PAGE (self)));

  if (clip)
    open_clip (self, clip);
}

/* The ids are copied: the act itself changes what is selected where a filter is on. */
static SacId *
dup_selected (SacClipsPage *self, guint *n)
{
  const SacId *ids = sac_selection_get_selected (sac_page_get_selection (SAC_PAGE (self)), n);

  return *n ? g_memdup2 (ids, *n * sizeof *ids) : NULL;
}

static void
act_reviewed (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (widget);
  guint n;
  g_autofree SacId *ids = dup_selected (self, &n);

  sac_session_set_reviewed (sac_page_get_session (SAC_PAGE (self)), ids, n, g_variant_get_boolean (parameter));
}

static void
act_exclude (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (widget);
  guint n;
  g_autofree SacId *ids = dup_selected (self, &n);

  sac_session_set_excluded (sac_page_get_session (SAC_PAGE (self)), ids, n, g_variant_get_boolean (parameter));
}

static void
act_remove (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (widget);
  guint n;
  g_autofree SacId *ids = dup_selected (self, &n);

  sac_session_remove_clips (sac_page_get_session (SAC_PAGE (self)), ids, n);
}

static void
act_show_file (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (widget);
  SacClip *clip = sac_selection_get_clip (sac_page_get_selection (SAC_PAGE (self)));
  g_autofree char *folder = clip ? g_path_get_dirname (sac_clip_get_item (clip)->path) : NULL;
  g_autofree char *uri = folder ? g_filename_to_uri (folder, NULL, NULL) : NULL;

  if (uri)
    gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (widget)), uri, GDK_CURRENT_TIME);
}

static void
act_split (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (widget);
  guint n;
  g_autofree SacId *ids = dup_selected (self, &n);

  sac_session_set_split (sac_page_get_session (SAC_PAGE (self)), ids, n,
                         (SacSplit) CLAMP (g_variant_get_int32 (parameter), SAC_SPLIT_NONE, SAC_SPLIT_TEST));
}

/* ---- tiles. */

/* ---- the pointer. */

static void
on_menu (SacClipsPage *self, guint position, int x, int y)
{
  GtkWidget *popover = gtk_popover_menu_new_from_model (self->context_menu);
  graphene_point_t point;

  if (!gtk_widget_compute_point (GTK_WIDGET (self->grid), GTK_WIDGET (self), &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    point = GRAPHENE_POINT_INIT (0, 0);
  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle) { (int) point.x, (int) point.y, 1, 1 });
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  g_signal_connect (popover, "closed", G_CALLBACK (sac_popover_drop), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

/* What is dragged away are the files of the selected clips, or of the one under the pointer. */
static GdkContentProvider *
on_drag (GtkDragSource *source, double x, double y, SacClipsPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  guint position = sac_tile_grid_pick (self->grid, x, y), n = 0;
  SacId own = sac_clip_list_get_id (_sac_clips_page_get_list (self), position);
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GSList) files = NULL;
  const SacId *ids = sac_selection_get_selected (sac_page_get_selection (SAC_PAGE (self)), &n);
  GdkContentProvider *provider;

  if (!own)
    return NULL;
  if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
    {
      ids = &own;
      n = 1;
    }
  for (guint i = 0; i < MIN (n, MAX_DRAGGED); i++)
    {
      SacClip *each = sac_session_get_clip (session, ids[i]);
      const char *path = each && !sac_clip_get_item (each)->missing ? sac_clip_get_item (each)->path : NULL;

      if (path && g_hash_table_add (paths, (gpointer) path))
        files = g_slist_prepend (files, g_file_new_for_path (path));
    }
  if (!files)
    return NULL;
  files = g_slist_reverse (files);
  provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, files);
  g_slist_foreach (files, (GFunc) (void (*) (void)) g_object_unref, NULL);
  return provider;
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, SacClipsPage *self)
{
  SacClip *clip = sac_selection_get_clip (sac_page_get_selection (SAC_PAGE (self)));
  guint position;
  SacClipTile *tile = _sac_clips_page_find (self, clip, &position) ? sac_tile_grid_get_tile (self->grid, position) : NULL;
  g_autoptr (GdkPaintable) picture = tile ? gtk_widget_paintable_new (GTK_WIDGET (tile)) : NULL;
  g_autoptr (GdkPaintable) still = picture ? gdk_paintable_get_current_image (picture) : NULL;

  if (still)
    gtk_drag_source_set_icon (source, still, gtk_widget_get_width (GTK_WIDGET (tile)) / 2, 40);
}

/* ---- life. */

void
_sac_clips_page_enable_acts (SacClipsPage *self, gboolean any)
{
  static const char *const names[] = { "clips.open", "clips.reviewed", "clips.split", "clips.exclude", "clips.remove",
                                       "clips.show-file" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), names[i], any);
}

void
_sac_clips_page_class_init_acts (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_menu);
  gtk_widget_class_install_action (widget_class, "clips.open", NULL, act_open);
  gtk_widget_class_install_action (widget_class, "clips.reviewed", "b", act_reviewed);
  gtk_widget_class_install_action (widget_class, "clips.split", "i", act_split);
  gtk_widget_class_install_action (widget_class, "clips.exclude", "b", act_exclude);
  gtk_widget_class_install_action (widget_class, "clips.remove", NULL, act_remove);
  gtk_widget_class_install_action (widget_class, "clips.relink", NULL, act_relink);
  gtk_widget_class_install_action (widget_class, "clips.health", NULL, act_health);
  gtk_widget_class_install_action (widget_class, "clips.show-file", NULL, act_show_file);
}

void
_sac_clips_page_attach_acts (SacClipsPage *self)
{
  GtkDragSource *drag = gtk_drag_source_new ();

  g_signal_connect (drag, "prepare", G_CALLBACK (on_drag), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  gtk_widget_add_controller (GTK_WIDGET (self->grid), GTK_EVENT_CONTROLLER (drag));
}
