#include "sac-vocabulary-row.h"

#include <glib/gi18n.h>

#include "sac-keys.h"

#define INDENT 24

struct _SacVocabularyItem {
  GObject parent_instance;
  SacId label;
  guint depth;
};

G_DEFINE_FINAL_TYPE (SacVocabularyItem, sac_vocabulary_item, G_TYPE_OBJECT)

static void
sac_vocabulary_item_class_init (SacVocabularyItemClass *klass)
{
}

static void
sac_vocabulary_item_init (SacVocabularyItem *self)
{
}

SacVocabularyItem *
sac_vocabulary_item_new (SacId label, guint depth)
{
  SacVocabularyItem *self = g_object_new (SAC_TYPE_VOCABULARY_ITEM, NULL);

  self->label = label;
  self->depth = depth;
  return self;
}

SacId
sac_vocabulary_item_get_label (SacVocabularyItem *self)
{
  return self->label;
}

guint
sac_vocabulary_item_get_depth (SacVocabularyItem *self)
{
  return self->depth;
}

/* ---- the row. */

struct _SacVocabularyRow {
  GtkBox parent_instance;
  SacSession *session;
  SacVocabularyItem *item;      /* nullable */
  GtkWidget *colour, *swatch, *name, *key, *counts, *menu;
  GtkWidget *entry;             /* while the name is typed; NULL: it is not */
  GdkRGBA rgba;
};

G_DEFINE_FINAL_TYPE (SacVocabularyRow, sac_vocabulary_row, GTK_TYPE_BOX)

enum { ACT, DROPPED, N_SIGNALS };
static guint signals[N_SIGNALS];

static const SacLabel *
find_label (SacVocabularyRow *self)
{
  int index = self->item ? sac_session_find_label (self->session, self->item->label) : -1;

  return index < 0 ? NULL : sac_session_get_label (self->session, (guint) index);
}

void
sac_vocabulary_row_update (SacVocabularyRow *self)
{
  const SacLabel *label = find_label (self);
  g_autofree char *counts = NULL, *key = NULL, *tip = NULL;

  if (!label)
    return;
  self->rgba = (GdkRGBA) { (float) (label->colour >> 16 & 255) / 255, (float) (label->colour >> 8 & 255) / 255,
                           (float) (label->colour & 255) / 255, 1 };
  gtk_widget_queue_draw (self->swatch);
  gtk_label_set_text (GTK_LABEL (self->name), label->name);
  key = label->key ? g_strdup_printf ("%c", label->key) : g_strdup ("–");
  gtk_button_set_label (GTK_BUTTON (self->key), key);
  counts = g_strdup_printf (_("%u yes · %u no"), label->n_yes, label->n_no);
  gtk_label_set_text (GTK_LABEL (self->counts), counts);
  gtk_widget_set_margin_start (self->colour, (int) (self->item->depth * INDENT));
  tip = g_strdup_printf (_("Colour of “%s”"), label->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->colour), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
  gtk_widget_set_sensitive (GTK_WIDGET (self), sac_session_is_writable (self->session));
}

/* ---- the name while it is typed. */

static void
stop_typing (SacVocabularyRow *self, gboolean keep)
{
  const SacLabel *label = find_label (self);
  GtkWidget *entry = g_steal_pointer (&self->entry);
  g_autofree char *name = entry ? g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)))) : NULL;

  if (!entry)
    return;
  gtk_box_remove (GTK_BOX (self), entry);
  gtk_widget_set_visible (self->name, TRUE);
  if (keep && label && name[0] && g_strcmp0 (name, label->name) != 0)
    sac_session_rename_label (self->session, label->id, name);
  sac_vocabulary_row_update (self);
}

static gboolean
on_entry_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacVocabularyRow *self)
{
  GtkWidget *list = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_LIST_VIEW);

  if (keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  stop_typing (self, FALSE);
  if (list)
    gtk_widget_grab_focus (list);
  return GDK_EVENT_STOP;
}

static void
on_entered (SacVocabularyRow *self)
{
  GtkWidget *list = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_LIST_VIEW);

  stop_typing (self, TRUE);
  if (list)
    gtk_widget_grab_focus (list);
}

static gboolean
stop_later (gpointer data)
{
  stop_typing (data, TRUE);
  return G_SOURCE_REMOVE;
}

/* Focus that goes elsewhere keeps what was typed; not at once, since the entry is still being left. */
static void
on_entry_left (SacVocabularyRow *self)
{
  if (self->entry)
    g_idle_add_full (G_PRIORITY_DEFAULT, stop_later, g_object_ref (self), g_object_unref);
}

void
sac_vocabulary_row_rename (SacVocabularyRow *self)
{
  GtkEventController *keys, *focus;

  if (self->entry || !find_label (self))
    return;
  self->entry = gtk_entry_new ();
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), find_label (self)->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
  keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_entry_key), self);
  gtk_widget_add_controller (self->entry, keys);
  focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_entry_left), self);
  gtk_widget_add_controller (self->entry, focus);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_entered), self);
  gtk_widget_set_visible (self->name, FALSE);
  gtk_box_insert_child_after (GTK_BOX (self), self->entry, self->name);
  gtk_widget_grab_focus (self->entry);
}

void
sac_vocabulary_row_set_item (SacVocabularyRow *self, SacVocabularyItem *item)
{
  g_return_if_fail (SAC_IS_VOCABULARY_ROW (self));
  stop_typing (self, FALSE);
  g_set_object (&self->item, item);
  sac_vocabulary_row_update (self);
}

SacVocabularyItem *
sac_vocabulary_row_get_item (SacVocabularyRow *self)
{
  return self->item;
}

/* ---- what the person does. */

static void
on_colour (GtkDialog *dialog, int response, SacVocabularyRow *self)
{
  const SacLabel *label = find_label (self);
  GdkRGBA rgba;
  guint32 colour;

  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (dialog), &rgba);
  colour = (guint32) (rgba.red * 255 + 0.5f) << 16 | (guint32) (rgba.green * 255 + 0.5f) << 8 | (guint32) (rgba.blue * 255 + 0.5f);
  if (response == GTK_RESPONSE_OK && label && colour != label->colour)
    sac_session_set_label_colour (self->session, label->id, colour);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
ask_colour (SacVocabularyRow *self)
{
  GtkWidget *dialog = gtk_color_chooser_dialog_new (_("Colour of a label"), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));

  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  gtk_color_chooser_set_use_alpha (GTK_COLOR_CHOOSER (dialog), FALSE);
  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (dialog), &self->rgba);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_colour), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  SacVocabularyRow *self = data;

  gdk_cairo_set_source_rgba (cr, &self->rgba);
  cairo_arc (cr, width / 2.0, height / 2.0, MIN (width, height) / 2.0, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
on_name_pressed (GtkGestureClick *gesture, int n_press, double x, double y, SacVocabularyRow *self)
{
  if (n_press == 2)
    sac_vocabulary_row_rename (self);
}

static void
act_key (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SacVocabularyRow *self = SAC_VOCABULARY_ROW (widget);
  const char *digit = g_variant_get_string (parameter, NULL);

  if (self->item)
    sac_session_set_label_key (self->session, self->item->label, digit[0]);
}

static void
act_do (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, signals[ACT], 0, g_variant_get_string (parameter, NULL));
}

/* Menus are made when they are opened: a list of hundreds of rows has none. */
static void
pop_up (SacVocabularyRow *self, GtkWidget *button, GMenuModel *menu)
{
  GtkWidget *popover = gtk_popover_menu_new_from_model (menu);
  graphene_rect_t place;

  gtk_widget_set_parent (popover, GTK_WIDGET (self));
  if (gtk_widget_compute_bounds (button, GTK_WIDGET (self), &place))
    gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle) { (int) place.origin.x, (int) place.origin.y,
                                                                          (int) place.size.width, (int) place.size.height });
  g_signal_connect (popover, "closed", G_CALLBACK (sac_popover_drop), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

/* Who has which digit is told beside it. */
static void
show_keys (SacVocabularyRow *self)
{
  g_autoptr (GMenu) menu = g_menu_new (), none = g_menu_new ();

  for (guint i = 1; i <= 10; i++)
    {
      const char text[] = { (char) ('0' + i % 10), '\0' };
      int index = sac_session_find_label_by_key (self->session, text[0]);
      g_autofree char *words = index < 0 ? g_strdup (text)
                                         : g_strdup_printf ("%s · %s", text, sac_session_get_label (self->session, (guint) index)->name);
      g_autoptr (GMenuItem) item = g_menu_item_new (words, NULL);

      g_menu_item_set_action_and_target (item, "row.key", "s", text);
      g_menu_append_item (menu, item);
    }
  {
    g_autoptr (GMenuItem) item = g_menu_item_new (_("No key"), NULL);

    g_menu_item_set_action_and_target (item, "row.key", "s", "");
    g_menu_append_item (none, item);
  }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (none));
  pop_up (self, self->key, G_MENU_MODEL (menu));
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, SacVocabularyRow *self)
{
  return self->item ? gdk_content_provider_new_typed (G_TYPE_INT64, (gint64) self->item->label) : NULL;
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SacVocabularyRow *self)
{
  gint64 label = g_value_get_int64 (value);

  if (!self->item || label == self->item->label || sac_session_find_label (self->session, label) < 0)
    return FALSE;
  g_signal_emit (self, signals[DROPPED], 0, label);
  return TRUE;
}

/* ---- life. */

static void
sac_vocabulary_row_dispose (GObject *object)
{
  SacVocabularyRow *self = SAC_VOCABULARY_ROW (object);

  g_clear_object (&self->item);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_vocabulary_row_parent_class)->dispose (object);
}

static void
sac_vocabulary_row_class_init (SacVocabularyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_vocabulary_row_dispose;
  signals[ACT] = g_signal_new ("act", SAC_TYPE_VOCABULARY_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[DROPPED] = g_signal_new ("dropped", SAC_TYPE_VOCABULARY_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_INT64);
  gtk_widget_class_install_action (widget_class, "row.key", "s", act_key);
  gtk_widget_class_install_action (widget_class, "row.act", "s", act_do);
}

static GMenuModel *
make_menu (void)
{
  static const struct {
    const char *words, *act;
  } entries[] = {
    { N_("_Rename"), "vocabulary.rename" }, { N_("Move _up"), "vocabulary.up" }, { N_("Move _down"), "vocabulary.down" },
    { N_("Put _below the one before"), "vocabulary.below" }, { N_("One level _out"), "vocabulary.out" },
    { N_("_Merge into…"), "vocabulary.merge" }, { N_("_Delete"), "vocabulary.remove" },
  };
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_(entries[i].words), NULL);

      g_menu_item_set_action_and_target (item, "row.act", "s", entries[i].act);
      g_menu_append_item (menu, item);
    }
  return G_MENU_MODEL (menu);
}

static void
set_up_button (GtkWidget *button, const char *words)
{
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  if (!words)
    return;
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
show_menu (SacVocabularyRow *self)
{
  g_autoptr (GMenuModel) menu = make_menu ();

  pop_up (self, self->menu, menu);
}

static void
sac_vocabulary_row_init (SacVocabularyRow *self)
{
  GtkDragSource *drag = gtk_drag_source_new ();
  GtkDropTarget *drop = gtk_drop_target_new (G_TYPE_INT64, GDK_ACTION_MOVE);
  GtkWidget *grip = gtk_image_new_from_icon_name ("list-drag-handle-symbolic");
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_add_css_class (grip, "dim-label");
  self->swatch = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->swatch), 20);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->swatch), 20);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->swatch), draw_swatch, self, NULL);
  gtk_widget_set_valign (self->swatch, GTK_ALIGN_CENTER);
  self->colour = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->colour), self->swatch);
  self->name = gtk_label_new (NULL);
  self->key = gtk_button_new ();
  self->counts = gtk_label_new (NULL);
  self->menu = gtk_button_new_from_icon_name ("view-more-symbolic");
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (self->counts), 14);
  gtk_label_set_xalign (GTK_LABEL (self->counts), 1);
  gtk_widget_add_css_class (self->counts, "dim-label");
  gtk_widget_add_css_class (self->counts, "numeric");
  set_up_button (self->colour, NULL);
  set_up_button (self->key, _("Key"));
  set_up_button (self->menu, _("More"));
  g_signal_connect_swapped (self->colour, "clicked", G_CALLBACK (ask_colour), self);
  g_signal_connect_swapped (self->key, "clicked", G_CALLBACK (show_keys), self);
  g_signal_connect_swapped (self->menu, "clicked", G_CALLBACK (show_menu), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_name_pressed), self);
  gtk_widget_add_controller (self->name, GTK_EVENT_CONTROLLER (click));
  gtk_box_append (GTK_BOX (self), grip);
  gtk_box_append (GTK_BOX (self), self->colour);
  gtk_box_append (GTK_BOX (self), self->name);
  gtk_box_append (GTK_BOX (self), self->counts);
  gtk_box_append (GTK_BOX (self), self->key);
  gtk_box_append (GTK_BOX (self), self->menu);
  gtk_drag_source_set_actions (drag, GDK_ACTION_MOVE);
  g_signal_connect (drag, "prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect (drop, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (grip, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drop));
}

GtkWidget *
sac_vocabulary_row_new (SacSession *session)
{
  SacVocabularyRow *self = g_object_new (SAC_TYPE_VOCABULARY_ROW, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
