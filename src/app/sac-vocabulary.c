#include "sac-vocabulary.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sac-form.h"
#include "sac-keymap.h"
#include "sac-vocabulary-row.h"

struct _SacVocabulary {
  AdwWindow parent_instance;
  SacSession *session;
  GListStore *items;            /* SacVocabularyItem, as they are listed */
  GtkSingleSelection *selection;
  GPtrArray *rows;              /* borrowed: those that are bound */
  AdwToastOverlay *toasts;
  AdwToast *toast;              /* the one shown */
  GtkWidget *list, *search, *entry, *stack;
  SacId wanted;                 /* to be selected when the list is made anew */
};

G_DEFINE_FINAL_TYPE (SacVocabulary, sac_vocabulary, ADW_TYPE_WINDOW)

/* ---- the tree: parents before their children, siblings by position. */

static void
add_below (SacVocabulary *self, SacId parent, guint depth, GPtrArray *found, GHashTable *seen)
{
  for (guint i = 0; i < sac_session_get_n_labels (self->session); i++)
    {
      const SacLabel *label = sac_session_get_label (self->session, i);

      if (label->parent != parent || !g_hash_table_add (seen, GSIZE_TO_POINTER ((gsize) label->id)))
        continue;
      g_ptr_array_add (found, sac_vocabulary_item_new (label->id, depth));
      add_below (self, label->id, depth + 1, found, seen);
    }
}

static GPtrArray *
make_tree (SacVocabulary *self)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  add_below (self, 0, 0, found, seen);
  return found;
}

static const SacLabel *
label_of (SacVocabulary *self, SacId id, guint *index)
{
  int at = sac_session_find_label (self->session, id);

  if (index)
    *index = (guint) MAX (at, 0);
  return at < 0 ? NULL : sac_session_get_label (self->session, (guint) at);
}

static gboolean
is_found (SacVocabulary *self, SacVocabularyItem *item, const char *wanted)
{
  const SacLabel *label = label_of (self, sac_vocabulary_item_get_label (item), NULL);
  g_autofree char *name = label ? g_utf8_normalize (label->name, -1, G_NORMALIZE_ALL) : NULL;
  g_autofree char *folded = name ? g_utf8_casefold (name, -1) : NULL;

  return folded && strstr (folded, wanted);
}

static gboolean
is_same (SacVocabulary *self, GPtrArray *items)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));

  for (guint i = 0; i < MIN (n, items->len); i++)
    {
      g_autoptr (SacVocabularyItem) old = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      if (sac_vocabulary_item_get_label (old) != sac_vocabulary_item_get_label (items->pdata[i]) ||
          sac_vocabulary_item_get_depth (old) != sac_vocabulary_item_get_depth (items->pdata[i]))
        return FALSE;
    }
  return n == items->len;
}

static SacId
get_selected (SacVocabulary *self)
{
  SacVocabularyItem *item = gtk_single_selection_get_selected_item (self->selection);

  return item ? sac_vocabulary_item_get_label (item) : 0;
}

void
sac_vocabulary_select (SacVocabulary *self, SacId label)
{
  g_return_if_fail (SAC_IS_VOCABULARY (self));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++)
    {
      g_autoptr (SacVocabularyItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      if (sac_vocabulary_item_get_label (item) != label)
        continue;
      gtk_single_selection_set_selected (self->selection, i);
      gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", i);
    }
}

/* Rows stay while the order does, so that typing and focus stay too. */
static void
update (SacVocabulary *self)
{
  g_autofree char *text = g_utf8_normalize (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1, G_NORMALIZE_ALL);
  g_autofree char *wanted = g_utf8_casefold (text ? g_strstrip (text) : "", -1);
  g_autoptr (GPtrArray) items = make_tree (self);
  SacId selected = self->wanted ? self->wanted : get_selected (self);

  for (guint i = wanted[0] ? items->len : 0; i-- > 0; )
    if (!is_found (self, items->pdata[i], wanted))
      g_ptr_array_remove_index (items, i);
  if (!is_same (self, items))
    {
      g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)), items->pdata, items->len);
      sac_vocabulary_select (self, selected);
    }
  for (guint i = 0; i < self->rows->len; i++)
    sac_vocabulary_row_update (self->rows->pdata[i]);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), items->len ? "list" : "nothing");
}

char *
sac_vocabulary_dup_text (SacVocabulary *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (SAC_IS_VOCABULARY (self), g_string_free (text, FALSE));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++)
    {
      g_autoptr (SacVocabularyItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
      const SacLabel *label = label_of (self, sac_vocabulary_item_get_label (item), NULL);

      g_string_append_printf (text, "%*s%s\n", (int) (2 * sac_vocabulary_item_get_depth (item)), "", label ? label->name : "?");
    }
  return g_string_free (text, FALSE);
}

/* ---- acts. */

/* The sibling before (−1) or after (+1) in the order of the list; NULL: there is none. */
static const SacLabel *
find_sibling (SacVocabulary *self, const SacLabel *label, int step)
{
  guint at;

  label_of (self, label->id, &at);
  for (int i = (int) at + step; i >= 0 && i < (int) sac_session_get_n_labels (self->session); i += step)
    if (sac_session_get_label (self->session, (guint) i)->parent == label->parent)
      return sac_session_get_label (self->session, (guint) i);
  return NULL;
}

static void
place (SacVocabulary *self, SacId label, SacId parent, guint position)
{
  self->wanted = label;
  sac_session_place_label (self->session, label, parent, position);
  self->wanted = 0;
}

static gboolean
move (SacVocabulary *self, const SacLabel *label, int step)
{
  const SacLabel *other = find_sibling (self, label, step);
  guint at;

  if (other && label_of (self, other->id, &at))
    place (self, label->id, label->parent, at);
  return TRUE;
}

static gboolean
put_below (SacVocabulary *self, const SacLabel *label)
{
  const SacLabel *other = find_sibling (self, label, -1);
  guint at;

  if (other && label_of (self, label->id, &at))
    place (self, label->id, other->id, at);
  return TRUE;
}

static gboolean
put_out (SacVocabulary *self, const SacLabel *label)
{
  guint at, above;
  const SacLabel *parent = label->parent ? label_of (self, label->parent, &above) : NULL;

  if (parent && label_of (self, label->id, &at))
    place (self, label->id, parent->parent, at > above ? above + 1 : above);
  return TRUE;
}

static void
on_merge (AdwMessageDialog *dialog, const char *response, SacVocabulary *self)
{
  GtkDropDown *choice = GTK_DROP_DOWN (adw_message_dialog_get_extra_child (dialog));
  const SacId *ids = g_object_get_data (G_OBJECT (dialog), "ids");
  guint at = gtk_drop_down_get_selected (choice);

  if (!g_str_equal (response, "merge") || at == GTK_INVALID_LIST_POSITION)
    return;
  self->wanted = ids[at + 1];
  sac_session_merge_labels (self->session, ids[0], ids[at + 1]);
  self->wanted = 0;
}

static gboolean
ask_merge (SacVocabulary *self, const SacLabel *label)
{
  guint n = sac_session_get_n_labels (self->session), count = 1;
  SacId *ids = g_new0 (SacId, n + 1);
  GtkStringList *names = gtk_string_list_new (NULL);
  g_autofree char *heading = g_strdup_printf (_("Merge “%s” into another label"), label->name);
  GtkWidget *dialog = sac_message_dialog_new (GTK_WINDOW (self), heading,
                                              _("What says the one says the other then. Undo brings both back."));
  GtkWidget *choice;

  ids[0] = label->id;
  for (guint i = 0; i < n; i++)
    if (sac_session_get_label (self->session, i)->id != label->id)
      {
        gtk_string_list_append (names, sac_session_get_label (self->session, i)->name);
        ids[count++] = sac_session_get_label (self->session, i)->id;
      }
  choice = gtk_drop_down_new (G_LIST_MODEL (names), gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (choice), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Label"), -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), choice);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "merge", _("_Merge"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "merge", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "merge", count > 1);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "merge");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "ids", ids, g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_merge), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

static gboolean
rename_selected (SacVocabulary *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      SacVocabularyItem *item = sac_vocabulary_row_get_item (self->rows->pdata[i]);

      if (item && sac_vocabulary_item_get_label (item) == get_selected (self))
        {
          sac_vocabulary_row_rename (self->rows->pdata[i]);
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
sac_vocabulary_act (SacVocabulary *self, const char *act)
{
  const SacLabel *label;

  g_return_val_if_fail (SAC_IS_VOCABULARY (self), FALSE);
  if (g_strcmp0 (act, "vocabulary.search") == 0)
    return gtk_widget_grab_focus (self->search);
  label = act ? label_of (self, get_selected (self), NULL) : NULL;
  if (!label)
    return FALSE;
  if (g_str_equal (act, "vocabulary.rename"))
    return rename_selected (self);
  if (g_str_equal (act, "vocabulary.up") || g_str_equal (act, "vocabulary.down"))
    return move (self, label, g_str_equal (act, "vocabulary.up") ? -1 : 1);
  if (g_str_equal (act, "vocabulary.below"))
    return put_below (self, label);
  if (g_str_equal (act, "vocabulary.out"))
    return put_out (self, label);
  if (g_str_equal (act, "vocabulary.merge"))
    return ask_merge (self, label);
  if (!g_str_equal (act, "vocabulary.remove"))
    return FALSE;
  sac_session_remove_label (self->session, label->id);
  return TRUE;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacVocabulary *self)
{
  return sac_vocabulary_act (self, sac_keymap_find (sac_keymap_get (), SAC_KEYS_VOCABULARY, controller, keyval, keycode, state));
}

static void
on_row_act (SacVocabularyRow *row, const char *act, SacVocabulary *self)
{
  if (sac_vocabulary_row_get_item (row))
    sac_vocabulary_select (self, sac_vocabulary_item_get_label (sac_vocabulary_row_get_item (row)));
  sac_vocabulary_act (self, act);
}

/* What is dropped on a row takes that one's place and parent. */
static void
on_row_dropped (SacVocabularyRow *row, gint64 id, SacVocabulary *self)
{
  SacVocabularyItem *item = sac_vocabulary_row_get_item (row);
  guint at;
  const SacLabel *there = item ? label_of (self, sac_vocabulary_item_get_label (item), &at) : NULL;

  if (there)
    place (self, id, there->parent, at);
}

static void
on_add (SacVocabulary *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  SacId label = name[0] ? sac_session_add_label (self->session, name) : 0;

  if (!label)
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  update (self);
  sac_vocabulary_select (self, label);
}

static void
act_undo (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacVocabulary *self = SAC_VOCABULARY (widget);

  if (g_str_equal (name, "vocabulary.undo"))
    sac_session_undo (self->session);
  else
    sac_session_redo (self->session);
}

static void
on_toast_dismissed (AdwToast *toast, SacVocabulary *self)
{
  if (self->toast == toast)
    g_clear_object (&self->toast);
}

/* One message at a time: a newer one takes the place of an older one, so that Undo always means what it stands beside. */
static void
on_message (SacSession *session, const char *text, gboolean undoable, SacVocabulary *self)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = self->toast ? self->toast : adw_toast_new ("");

  adw_toast_set_title (toast, escaped);
  adw_toast_set_button_label (toast, undoable ? _("Undo") : NULL);
  adw_toast_set_action_name (toast, undoable ? "vocabulary.undo" : NULL);
  if (self->toast)
    return;
  self->toast = g_object_ref (toast);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (on_toast_dismissed), self, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* ---- life. */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, SacVocabulary *self)
{
  GtkWidget *row = sac_vocabulary_row_new (self->session);

  g_signal_connect_object (row, "act", G_CALLBACK (on_row_act), self, 0);
  g_signal_connect_object (row, "dropped", G_CALLBACK (on_row_dropped), self, 0);
  gtk_list_item_set_child (list_item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, SacVocabulary *self)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);

  sac_vocabulary_row_set_item (SAC_VOCABULARY_ROW (row), gtk_list_item_get_item (list_item));
  g_ptr_array_add (self->rows, row);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, SacVocabulary *self)
{
  GtkWidget *row = gtk_list_item_get_child (list_item);

  g_ptr_array_remove_fast (self->rows, row);
  if (row)
    sac_vocabulary_row_set_item (SAC_VOCABULARY_ROW (row), NULL);
}

static void
sac_vocabulary_dispose (GObject *object)
{
  SacVocabulary *self = SAC_VOCABULARY (object);

  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->list)
    gtk_list_view_set_model (GTK_LIST_VIEW (self->list), NULL);
  self->list = NULL;
  g_clear_object (&self->toast);
  g_clear_object (&self->selection);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_vocabulary_parent_class)->dispose (object);
}

static void
sac_vocabulary_finalize (GObject *object)
{
  SacVocabulary *self = SAC_VOCABULARY (object);

  g_clear_object (&self->items);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (sac_vocabulary_parent_class)->finalize (object);
}

static void
sac_vocabulary_class_init (SacVocabularyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_vocabulary_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_vocabulary_finalize;
  gtk_widget_class_install_action (widget_class, "vocabulary.undo", NULL, act_undo);
  gtk_widget_class_install_action (widget_class, "vocabulary.redo", NULL, act_undo);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "vocabulary.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "vocabulary.redo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

/* Escape empties the search first, then closes. */
static void
on_stop_search (SacVocabulary *self)
{
  if (gtk_editable_get_text (GTK_EDITABLE (self->search))[0])
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
sac_vocabulary_init (SacVocabulary *self)
{
  self->items = g_list_store_new (SAC_TYPE_VOCABULARY_ITEM);
  self->rows = g_ptr_array_new ();
}

static GtkWidget *
make_content (SacVocabulary *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new (), *scrolled = gtk_scrolled_window_new ();
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *add = gtk_button_new_with_mnemonic (_("_Add"));
  GtkWidget *nothing = gtk_label_new (_("Nothing found"));

  self->search = gtk_search_entry_new ();
  g_object_set (self->search, "placeholder-text", _("Find a label"), "width-chars", 24, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Find a label"), -1);
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), self->search);
  self->entry = gtk_entry_new ();
  g_object_set (self->entry, "placeholder-text", _("Name of a new label"), "hexpand", TRUE, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of a new label"), -1);
  g_object_set (foot, "margin-top", 9, "margin-bottom", 9, "margin-start", 12, "margin-end", 12, NULL);
  gtk_box_append (GTK_BOX (foot), self->entry);
  gtk_box_append (GTK_BOX (foot), add);
  gtk_widget_add_css_class (nothing, "dim-label");
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), scrolled, "list");
  gtk_stack_add_named (GTK_STACK (self->stack), nothing, "nothing");
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), self->stack);
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), foot);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->search, "stop-search", G_CALLBACK (on_stop_search), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_add), self);
  g_signal_connect_swapped (add, "clicked", G_CALLBACK (on_add), self);
  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  adw_toast_overlay_set_child (self->toasts, box);
  return GTK_WIDGET (self->toasts);
}

SacVocabulary *
sac_vocabulary_new (SacSession *session)
{
  SacVocabulary *self = g_object_new (SAC_TYPE_VOCABULARY, "title", _("Labels"), "default-width", 560, "default-height", 620, NULL);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->session = g_object_ref (session);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->items)));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  self->list = gtk_list_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)), factory);
  gtk_list_view_set_show_separators (GTK_LIST_VIEW (self->list), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Labels"), -1);
  adw_window_set_content (ADW_WINDOW (self), make_content (self));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (session, "labels-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (session, "notify::writable", G_CALLBACK (update), self);
  g_signal_connect_swapped (session, "project-changed", G_CALLBACK (gtk_window_destroy), self);
  g_signal_connect (session, "message", G_CALLBACK (on_message), self);
  update (self);
  return self;
}
