#include "sac-clips-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-clip-search.h"
#include "sac-clip-selection.h"
#include "sac-clip-tile.h"
#include "sac-collections.h"
#include "sac-health-window.h"
#include "sac-keymap.h"
#include "sac-keys.h"
#include "sac-label-bar.h"
#include "sac-query-completion.h"
#include "sac-settings.h"
#include "sac-statistics.h"

#define TICK_MS 125
#define MIN_TILE 120
#define MAX_TILE 400
#define MAX_DRAGGED 1000        /* files at once */

enum { STATE_HAS, STATE_LACKS, STATE_UNKNOWN };

struct _SacClipsPage {
  SacPage parent_instance;
  SacThumbLoader *loader;
  SacClipSearch *find;          /* what is shown, and in which order */
  SacClipSelection *selection;
  GHashTable *tiles;            /* bound SacClipTile, borrowed */
  GMenuModel *context_menu;
  int label_index;              /* −1 = any */
  SacId label_id;
  gboolean filling;             /* the label drop-down is being refilled */
  gboolean following;           /* the shared selection is being told */
  guint tick_source, fit_source;
  guint64 tick;
  int tile_width;
  GCancellable *relinking;      /* missing files are being looked for */
  GtkFileChooserNative *chooser;
  guint64 seed;                 /* of the shuffled order */
  gpointer missing_of;          /* the table's ids whose missing files are counted */

  GtkSearchEntry *search;
  GtkDropDown *label_filter, *state_filter, *split_filter;
  GtkToggleButton *unreviewed;
  GtkLabel *count, *set_label, *selected_count, *error_label, *missing_label;
  GtkInfoBar *set_bar, *missing_bar;
  GtkRevealer *error_revealer;
  GtkDropDown *sort;
  GtkToggleButton *descending, *statistics_button;
  GtkWidget *keep;
  AdwFlap *flap;
  SacCollections *collections;
  GtkStack *stack;
  GtkGridView *grid;
  GtkRevealer *act_revealer;
  SacLabelBar *labels;
};

G_DEFINE_FINAL_TYPE (SacClipsPage, sac_clips_page, SAC_TYPE_PAGE)

/* ---- what is shown. */

static SacClipList *
get_list (SacClipsPage *self)
{
  return sac_clip_search_get_list (self->find);
}

static void
update_count (SacClipsPage *self)
{
  guint all = sac_session_get_table (sac_page_get_session (SAC_PAGE (self)))->n, n = sac_clip_list_get_n (get_list (self));
  g_autofree char *text = n == all ? g_strdup_printf (ngettext ("%u clip", "%u clips", all), all)
                                   : g_strdup_printf (ngettext ("%u of %u clip", "%u of %u clips", all), n, all);

  gtk_label_set_text (self->count, text);
  gtk_stack_set_visible_child_name (self->stack, all == 0 ? "empty" : n == 0 ? "none" : "grid");
}

/* A word of a query in quotes, whatever is in it. */
static void
append_quoted (GString *query, const char *key, const char *word)
{
  g_string_append_printf (query, " %s:\"", key);
  for (const char *c = word; *c; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (query, '\\');
      g_string_append_c (query, *c);
    }
  g_string_append_c (query, '"');
}

/* What the search field and the filters beside it ask for together; "" = all clips. */
static char *
dup_query (SacClipsPage *self)
{
  static const char *const states[] = { "label", "no", "unknown" }, *const splits[] = { "none", "train", "validation", "test" };
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));
  const SacLabel *label = self->label_index >= 0 ? sac_session_get_label (session, (guint) self->label_index) : NULL;
  guint split = gtk_drop_down_get_selected (self->split_filter);
  GString *query = g_string_new (NULL);

  if (text[strspn (text, " \t")])
    g_string_append_printf (query, "(%s)", text);
  if (label)
    append_quoted (query, states[MIN (gtk_drop_down_get_selected (self->state_filter), 2)], label->name);
  if (split > 0 && split <= G_N_ELEMENTS (splits))
    g_string_append_printf (query, " split:%s", splits[split - 1]);
  if (gtk_toggle_button_get_active (self->unreviewed))
    g_string_append (query, " reviewed:no");
  return g_string_free (query, FALSE);
}

static void
refilter (SacClipsPage *self)
{
  g_autofree char *query = NULL;
  g_autoptr (GArray) only = NULL;

  if (!self->find || self->filling)
    return;
  query = dup_query (self);
  only = sac_selection_dup_set (sac_page_get_selection (SAC_PAGE (self)));
  gtk_widget_set_sensitive (self->keep, query[0] != '\0');
  sac_collections_set_query (self->collections, g_strstrip (query));
  sac_clip_search_ask (self->find, query, (SacSort) MIN (gtk_drop_down_get_selected (self->sort), SAC_SORT_RANDOM),
                       gtk_toggle_button_get_active (self->descending), self->seed, only);
}

/* Shuffled anew each time it is chosen. */
static void
on_sort (SacClipsPage *self)
{
  if (gtk_drop_down_get_selected (self->sort) == SAC_SORT_RANDOM)
    self->seed = (guint64) g_get_monotonic_time ();
  refilter (self);
}

static void
on_found (SacClipsPage *self, const char *error)
{
  if (error)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->search), "error");
      gtk_label_set_text (self->error_label, error);
    }
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->search), "error");
  gtk_revealer_set_reveal_child (self->error_revealer, error != NULL);
  update_count (self);
}

static void
on_label_filter (SacClipsPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  const SacLabel *label;

  if (self->filling || !session)
    return;
  self->label_index = (int) gtk_drop_down_get_selected (self->label_filter) - 1;
  label = self->label_index >= 0 ? sac_session_get_label (session, (guint) self->label_index) : NULL;
  self->label_id = label ? label->id : 0;
  gtk_widget_set_visible (GTK_WIDGET (self->state_filter), label != NULL);
  refilter (self);
}

/* Fills the drop-down of labels and keeps the chosen one. */
static void
on_labels_changed (SacClipsPage *self)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  GListModel *old = gtk_drop_down_get_model (self->label_filter);
  gboolean same = old && g_list_model_get_n_items (old) == sac_session_get_n_labels (session) + 1;
  GHashTableIter iter;
  gpointer tile;

  gtk_string_list_append (names, _("Any label"));
  for (guint i = 0; i < sac_session_get_n_labels (session); i++)
    {
      const char *name = sac_session_get_label (session, i)->name;

      gtk_string_list_append (names, name);
      same = same && g_strcmp0 (gtk_string_list_get_string (GTK_STRING_LIST (old), i + 1), name) == 0;
    }
  if (same)
    return;
  self->filling = TRUE;
  gtk_drop_down_set_model (self->label_filter, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->label_filter, (guint) (self->label_id ? sac_session_find_label (session, self->label_id) + 1 : 0));
  self->filling = FALSE;
  on_label_filter (self);
  g_hash_table_iter_init (&iter, self->tiles);
  while (g_hash_table_iter_next (&iter, &tile, NULL))
    sac_clip_tile_refresh (tile);
}

/* How many files are not where they were; counted once for each reading of the project. */
static void
update_missing (SacClipsPage *self)
{
  SacClipTable *table = sac_session_get_table (sac_page_get_session (SAC_PAGE (self)));
  g_autofree char *text = NULL;
  guint n = 0;

  for (guint i = 0; i < table->n; i++)
    n += table->items[i]->missing;
  text = g_strdup_printf (ngettext ("%u file is not where it was.", "%u files are not where they were.", n), n);
  gtk_label_set_text (self->missing_label, text);
  gtk_info_bar_set_revealed (self->missing_bar, n > 0);
  self->missing_of = table->ids;
}

/* Clips or their states changed: those that no longer fit what is asked for go; where all are shown nothing is searched. */
static void
on_clips_changed (SacClipsPage *self)
{
  refilter (self);
  update_count (self);
  if (self->missing_of != sac_session_get_table (sac_page_get_session (SAC_PAGE (self)))->ids)
    update_missing (self);
}

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
on_show_missing (SacClipsPage *self)
{
  sac_clips_page_search_for (self, "is:missing");
}

static void
on_keep (SacClipsPage *self)
{
  g_autofree char *query = dup_query (self);

  sac_collections_keep (self->collections, g_strstrip (query));
}

static void
clear_filters (SacClipsPage *self)
{
  self->filling = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_drop_down_set_selected (self->label_filter, 0);
  gtk_drop_down_set_selected (self->state_filter, 0);
  gtk_drop_down_set_selected (self->split_filter, 0);
  gtk_toggle_button_set_active (self->unreviewed, FALSE);
  self->filling = FALSE;
  on_label_filter (self);
}

static void
on_collection (SacClipsPage *self, const char *query)
{
  clear_filters (self);
  sac_clips_page_search_for (self, query);
}

static void
on_clear_filters (SacClipsPage *self)
{
  sac_selection_show_set (sac_page_get_selection (SAC_PAGE (self)), NULL, NULL, 0);
  clear_filters (self);
}

static void
on_set_clear (SacClipsPage *self)
{
  sac_selection_show_set (sac_page_get_selection (SAC_PAGE (self)), NULL, NULL, 0);
}

/* A plot led here: exactly its clips, whatever was filtered before. */
static void
on_set_changed (SacClipsPage *self)
{
  const char *title = sac_selection_get_set_title (sac_page_get_selection (SAC_PAGE (self)));

  gtk_label_set_text (self->set_label, title ? title : "");
  gtk_info_bar_set_revealed (self->set_bar, title != NULL);
  if (title)
    clear_filters (self);
  else
    refilter (self);
}

static void
on_stop_search (SacClipsPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

/* ---- the selected clips. */

static void
follow_selected (SacClipsPage *self)
{
  g_autoptr (GArray) ids = sac_clip_selection_dup_ids (self->selection);
  SacSelection *shared = sac_page_get_selection (SAC_PAGE (self));
  g_autofree char *text = NULL;

  if (ids->len && sac_page_get_shown (SAC_PAGE (self)))
    sac_selection_set_clip (shared, sac_session_get_clip (sac_page_get_session (SAC_PAGE (self)), g_array_index (ids, SacId, 0)));
  self->following = TRUE;
  sac_selection_set_selected (shared, (const SacId *) (void *) ids->data, ids->len);
  self->following = FALSE;
  sac_label_bar_set_clips (self->labels, (const SacId *) (void *) ids->data, ids->len);
  text = g_strdup_printf (ngettext ("%u selected", "%u selected", ids->len), ids->len);
  gtk_label_set_text (self->selected_count, text);
  gtk_revealer_set_reveal_child (self->act_revealer, ids->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "clips.open", ids->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "clips.reviewed", ids->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "clips.split", ids->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "clips.exclude", ids->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "clips.remove", ids->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "clips.show-file", ids->len > 0);
}

static void
on_shown_changed (SacClipsPage *self)
{
  update_count (self);
  follow_selected (self);
}

static gboolean
find_position (SacClipsPage *self, SacClip *clip, guint *position)
{
  return clip && sac_clip_list_find (get_list (self), sac_clip_get_id (clip), position);
}

static void
go_to (SacClipsPage *self, guint position)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self->grid), "list.scroll-to-item", "u", position);
}

static void
next_unreviewed (SacClipsPage *self)
{
  guint from = GTK_INVALID_LIST_POSITION, to;

  find_position (self, sac_selection_get_clip (sac_page_get_selection (SAC_PAGE (self))), &from);
  if (sac_clip_list_find_unreviewed (get_list (self), from, 1, &to))
    {
      go_to (self, to);
      return;
    }
  sac_session_say (sac_page_get_session (SAC_PAGE (self)), FALSE, _("All clips shown are reviewed"));
}

/* ---- acts. */

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

static void
on_tile_pressed (GtkGestureClick *gesture, int n_press, double x, double y, GtkListItem *list_item)
{
  GtkWidget *tile = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GtkWidget *page = gtk_widget_get_ancestor (tile, SAC_TYPE_CLIPS_PAGE);
  SacClipsPage *self = page ? SAC_CLIPS_PAGE (page) : NULL;
  graphene_point_t point;
  GtkWidget *popover;

  if (!self || !gtk_widget_compute_point (tile, page, &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (!gtk_list_item_get_selected (list_item))
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), gtk_list_item_get_position (list_item), TRUE);
  popover = gtk_popover_menu_new_from_model (self->context_menu);
  gtk_widget_set_parent (popover, page);
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle) { (int) point.x, (int) point.y, 1, 1 });
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  g_signal_connect (popover, "closed", G_CALLBACK (sac_popover_drop), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

/* What is dragged away are the files of the selected clips, or of the one under the pointer. */
static GdkContentProvider *
on_drag (GtkDragSource *source, double x, double y, GtkListItem *list_item)
{
  GtkWidget *tile = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));
  GtkWidget *page = gtk_widget_get_ancestor (tile, SAC_TYPE_CLIPS_PAGE);
  SacSession *session = page ? sac_page_get_session (SAC_PAGE (page)) : NULL;
  SacClip *clip = sac_clip_tile_get_clip (SAC_CLIP_TILE (tile));
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);
  GSList *files = NULL;
  GdkContentProvider *provider;
  guint n = 0;
  const SacId *ids = session ? sac_selection_get_selected (sac_page_get_selection (SAC_PAGE (page)), &n) : NULL;
  SacId own = clip ? sac_clip_get_id (clip) : 0;

  if (!session || !clip)
    return NULL;
  if (!gtk_list_item_get_selected (list_item))
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
  g_slist_free_full (files, g_object_unref);
  return provider;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, SacClipsPage *self)
{
  GtkWidget *tile = sac_clip_tile_new (sac_page_get_session (SAC_PAGE (self)), self->loader);
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkDragSource *drag = gtk_drag_source_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (on_tile_pressed), list_item);
  g_signal_connect (drag, "prepare", G_CALLBACK (on_drag), list_item);
  gtk_widget_add_controller (tile, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (tile, GTK_EVENT_CONTROLLER (secondary));
  gtk_list_item_set_child (list_item, tile);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, SacClipsPage *self)
{
  SacClipTile *tile = SAC_CLIP_TILE (gtk_list_item_get_child (list_item));

  sac_clip_tile_set_width (tile, self->tile_width);
  sac_clip_tile_bind (tile, gtk_list_item_get_item (list_item));
  g_hash_table_add (self->tiles, tile);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, SacClipsPage *self)
{
  SacClipTile *tile = SAC_CLIP_TILE (gtk_list_item_get_child (list_item));

  sac_clip_tile_bind (tile, NULL);
  g_hash_table_remove (self->tiles, tile);
}

/* The grid keeps thirty rows of its most columns at hand, so it is told how many there can really be. */
static gboolean
fit_columns (gpointer data)
{
  SacClipsPage *self = data;

  self->fit_source = 0;
  gtk_grid_view_set_max_columns (self->grid, (guint) MAX (gtk_widget_get_width (GTK_WIDGET (self)) / (self->tile_width + 12), 1));
  return G_SOURCE_REMOVE;
}

static void
fit_columns_soon (SacClipsPage *self)
{
  guint columns = (guint) MAX (gtk_widget_get_width (GTK_WIDGET (self)) / (self->tile_width + 12), 1);

  if (columns != gtk_grid_view_get_max_columns (self->grid) && !self->fit_source)
    self->fit_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fit_columns, self, NULL);
}

static void
sac_clips_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (sac_clips_page_parent_class)->size_allocate (widget, width, height, baseline);
  fit_columns_soon (SAC_CLIPS_PAGE (widget));
}

static void
set_tile_width (SacClipsPage *self, int width)
{
  GHashTableIter iter;
  gpointer tile;

  self->tile_width = CLAMP (width, MIN_TILE, MAX_TILE);
  if (sac_settings_get ())
    g_settings_set_int (sac_settings_get (), "tile-width", self->tile_width);
  g_hash_table_iter_init (&iter, self->tiles);
  while (g_hash_table_iter_next (&iter, &tile, NULL))
    sac_clip_tile_set_width (tile, self->tile_width);
  fit_columns_soon (self);
}

static gboolean
on_tick (gpointer data)
{
  SacClipsPage *self = data;
  gboolean animations = TRUE;
  GHashTableIter iter;
  gpointer tile;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &animations, NULL);
  self->tick++;
  if (!animations)
    return G_SOURCE_CONTINUE;
  g_hash_table_iter_init (&iter, self->tiles);
  while (g_hash_table_iter_next (&iter, &tile, NULL))
    sac_clip_tile_tick (tile, self->tick, sac_settings_get_boolean ("moving-thumbnails", TRUE));
  return G_SOURCE_CONTINUE;
}

/* ---- keys. */

gboolean
sac_clips_page_act (SacClipsPage *self, const char *act)
{
  g_return_val_if_fail (SAC_IS_CLIPS_PAGE (self), FALSE);
  if (!act)
    return FALSE;
  if (g_str_equal (act, "clip.accept"))
    gtk_widget_activate_action (GTK_WIDGET (self), "clips.reviewed", "b", TRUE);
  else if (g_str_equal (act, "clips.larger"))
    set_tile_width (self, self->tile_width + 24);
  else if (g_str_equal (act, "clips.smaller"))
    set_tile_width (self, self->tile_width - 24);
  else if (g_str_equal (act, "clip.next-unreviewed"))
    next_unreviewed (self);
  else if (g_str_equal (act, "clip.search"))
    gtk_widget_grab_focus (GTK_WIDGET (self->search));
  else if (g_str_equal (act, "clips.unselect"))
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  else if (g_str_equal (act, "label.type"))
    return gtk_revealer_get_reveal_child (self->act_revealer) && sac_label_bar_act (self->labels, act);
  else
    return sac_label_bar_act (self->labels, act);
  return TRUE;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacClipsPage *self)
{
  static const SacKeyScope scopes[] = { SAC_KEYS_CLIPS, SAC_KEYS_LABELS, SAC_KEYS_PAGE };

  for (guint i = 0; i < G_N_ELEMENTS (scopes); i++)
    if (sac_clips_page_act (self, sac_keymap_find (sac_keymap_get (), scopes[i], controller, keyval, keycode, state)))
      return GDK_EVENT_STOP;
  return GDK_EVENT_PROPAGATE;
}

/* ---- life. */

static void
sac_clips_page_attach (SacPage *page)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (page);
  SacSession *session = sac_page_get_session (page);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkWidget *statistics;

  self->find = sac_clip_search_new (session);
  self->selection = sac_clip_selection_new (get_list (self), FALSE);
  g_signal_connect_swapped (self->find, "done", G_CALLBACK (on_found), self);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_grid_view_set_factory (self->grid, factory);
  gtk_grid_view_set_model (self->grid, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (follow_selected), self);
  g_signal_connect_swapped (self->selection, "items-changed", G_CALLBACK (on_shown_changed), self);
  sac_label_bar_attach (self->labels, session);
  sac_collections_attach (self->collections, session);
  statistics = sac_statistics_new ();
  sac_statistics_set_session (SAC_STATISTICS (statistics), session);
  sac_clips_page_set_statistics (self, statistics);
  sac_query_completion_attach (GTK_WIDGET (self->search), session);
  g_signal_connect_swapped (session, "labels-changed", G_CALLBACK (on_labels_changed), self);
  g_signal_connect_swapped (session, "clips-changed", G_CALLBACK (on_clips_changed), self);
  g_signal_connect_swapped (session, "project-changed", G_CALLBACK (clear_filters), self);
  g_signal_connect_swapped (sac_page_get_selection (page), "set-changed", G_CALLBACK (on_set_changed), self);
  on_labels_changed (self);
  on_shown_changed (self);
}

static void
sac_clips_page_set_shown (SacPage *page, gboolean shown)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (page);
  guint position;

  g_clear_handle_id (&self->tick_source, g_source_remove);
  if (!shown)
    return;
  self->tick_source = g_timeout_add (TICK_MS, on_tick, self);
  /* Back from another page: the clip that was looked at there is the selected one here. */
  if (find_position (self, sac_selection_get_clip (sac_page_get_selection (page)), &position) &&
      !gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
    go_to (self, position);
  if (!gtk_widget_get_focus_child (GTK_WIDGET (self->grid)))
    gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

static void
sac_clips_page_search (SacPage *page)
{
  gtk_widget_grab_focus (GTK_WIDGET (SAC_CLIPS_PAGE (page)->search));
}

void
sac_clips_page_set_statistics (SacClipsPage *self, GtkWidget *statistics)
{
  g_return_if_fail (SAC_IS_CLIPS_PAGE (self) && GTK_IS_WIDGET (statistics));
  adw_flap_set_flap (self->flap, statistics);
  gtk_widget_set_visible (GTK_WIDGET (self->statistics_button), TRUE);
  g_signal_connect_object (statistics, "query", G_CALLBACK (on_collection), self, G_CONNECT_SWAPPED);
}

static void
sac_clips_page_toggle_sidebar (SacPage *page)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (page);

  if (adw_flap_get_flap (self->flap))
    adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

void
sac_clips_page_search_for (SacClipsPage *self, const char *query)
{
  g_return_if_fail (SAC_IS_CLIPS_PAGE (self) && query);
  gtk_editable_set_text (GTK_EDITABLE (self->search), query);
  refilter (self);
}

GListModel *
sac_clips_page_get_shown_clips (SacClipsPage *self)
{
  return G_LIST_MODEL (get_list (self));
}

static void
sac_clips_page_dispose (GObject *object)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (object);
  SacSession *session = sac_page_get_session (SAC_PAGE (self));

  g_clear_handle_id (&self->tick_source, g_source_remove);
  g_clear_handle_id (&self->fit_source, g_source_remove);
  if (self->relinking)
    g_cancellable_cancel (self->relinking);
  g_clear_object (&self->relinking);
  g_clear_object (&self->chooser);
  if (session)
    {
      g_signal_handlers_disconnect_by_data (session, self);
      g_signal_handlers_disconnect_by_data (sac_page_get_selection (SAC_PAGE (self)), self);
    }
  if (self->selection)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      gtk_grid_view_set_model (self->grid, NULL);
    }
  if (self->find)
    g_signal_handlers_disconnect_by_data (self->find, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->find);
  g_clear_object (&self->loader);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAC_TYPE_CLIPS_PAGE);
  G_OBJECT_CLASS (sac_clips_page_parent_class)->dispose (object);
}

static void
sac_clips_page_finalize (GObject *object)
{
  SacClipsPage *self = SAC_CLIPS_PAGE (object);

  g_clear_pointer (&self->tiles, g_hash_table_unref);
  G_OBJECT_CLASS (sac_clips_page_parent_class)->finalize (object);
}

static void
sac_clips_page_class_init (SacClipsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SacPageClass *page_class = SAC_PAGE_CLASS (klass);

  g_type_ensure (SAC_TYPE_COLLECTIONS);
  g_type_ensure (SAC_TYPE_LABEL_BAR);
  widget_class->size_allocate = sac_clips_page_size_allocate;
  object_class->dispose = sac_clips_page_dispose;
  object_class->finalize = sac_clips_page_finalize;
  page_class->attach = sac_clips_page_attach;
  page_class->set_shown = sac_clips_page_set_shown;
  page_class->search = sac_clips_page_search;
  page_class->toggle_sidebar = sac_clips_page_toggle_sidebar;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/clips-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SacClipsPage, name)
  BIND (context_menu);
  BIND (search);
  BIND (label_filter);
  BIND (state_filter);
  BIND (split_filter);
  BIND (unreviewed);
  BIND (count);
  BIND (set_label);
  BIND (set_bar);
  BIND (stack);
  BIND (grid);
  BIND (act_revealer);
  BIND (selected_count);
  BIND (labels);
  BIND (error_revealer);
  BIND (error_label);
  BIND (missing_bar);
  BIND (missing_label);
  BIND (sort);
  BIND (descending);
  BIND (statistics_button);
  BIND (keep);
  BIND (flap);
  BIND (collections);
#undef BIND
#define CALL(name) gtk_widget_class_bind_template_callback (widget_class, name)
  CALL (refilter);
  CALL (on_label_filter);
  CALL (on_stop_search);
  CALL (on_set_clear);
  CALL (on_sort);
  CALL (on_keep);
  CALL (on_collection);
  CALL (on_show_missing);
  CALL (on_clear_filters);
  CALL (on_activate);
#undef CALL
  gtk_widget_class_install_action (widget_class, "clips.open", NULL, act_open);
  gtk_widget_class_install_action (widget_class, "clips.reviewed", "b", act_reviewed);
  gtk_widget_class_install_action (widget_class, "clips.split", "i", act_split);
  gtk_widget_class_install_action (widget_class, "clips.exclude", "b", act_exclude);
  gtk_widget_class_install_action (widget_class, "clips.remove", NULL, act_remove);
  gtk_widget_class_install_action (widget_class, "clips.relink", NULL, act_relink);
  gtk_widget_class_install_action (widget_class, "clips.health", NULL, act_health);
  gtk_widget_class_install_action (widget_class, "clips.show-file", NULL, act_show_file);
}

static void
sac_clips_page_init (SacClipsPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->loader = sac_thumb_loader_new (sac_clip_tile_rank);
  self->tiles = g_hash_table_new (NULL, NULL);
  self->label_index = -1;
  self->tile_width = sac_settings_get_int ("tile-width", 208);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_entry_set_key_capture_widget (self->search, NULL);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
