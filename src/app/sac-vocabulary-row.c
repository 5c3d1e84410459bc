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
  GtkWidget *colour, *name, *key, *counts, *menu;
  gboolean filling;
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
  GdkRGBA rgba;

  if (!label)
    return;
  self->filling = TRUE;
  rgba = (GdkRGBA) { (float) (label->colour >> 16 & 255) / 255, (float) (label->colour >> 8 & 255) / 255,
                     (float) (label->colour & 255) / 255, 1 };
  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (self->colour), &rgba);
  if (!gtk_editable_label_get_editing (GTK_EDITABLE_LABEL (self->name)))
    gtk_editable_set_text (GTK_EDITABLE (self->name), label->name);
  key = label->key ? g_strdup_printf ("%c", label->key) : g_strdup ("–");
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->key), key);
  counts = g_strdup_printf (_("%u yes · %u no"), label->n_yes, label->n_no);
  gtk_label_set_text (GTK_LABEL (self->counts), counts);
  gtk_widget_set_margin_start (self->colour, (int) (self->item->depth * INDENT));
  tip = g_strdup_printf (_("Colour of “%s”"), label->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->colour), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
  gtk_widget_set_sensitive (GTK_WIDGET (self), sac_session_is_writable (self->session));
  self->filling = FALSE;
}

void
sac_vocabulary_row_set_item (SacVocabularyRow *self, SacVocabularyItem *item)
{
  g_return_if_fail (SAC_IS_VOCABULARY_ROW (self));
  if (gtk_editable_label_get_editing (GTK_EDITABLE_LABEL (self->name)))
    gtk_editable_label_stop_editing (GTK_EDITABLE_LABEL (self->name), FALSE);
  g_set_object (&self->item, item);
  sac_vocabulary_row_update (self);
}

SacVocabularyItem *
sac_vocabulary_row_get_item (SacVocabularyRow *self)
{
  return self->item;
}

void
sac_vocabulary_row_rename (SacVocabularyRow *self)
{
  gtk_widget_grab_focus (self->name);
  gtk_editable_label_start_editing (GTK_EDITABLE_LABEL (self->name));
}

/* ---- what the person does. */

static void
on_colour (SacVocabularyRow *self)
{
  const SacLabel *label = find_label (self);
  GdkRGBA rgba;
  guint32 colour;

  if (self->filling || !label)
    return;
  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (self->colour), &rgba);
  colour = (guint32) (rgba.red * 255 + 0.5f) << 16 | (guint32) (rgba.green * 255 + 0.5f) << 8 | (guint32) (rgba.blue * 255 + 0.5f);
  if (colour != label->colour)
    sac_session_set_label_colour (self->session, label->id, colour);
}

/* Typing ended: what is empty or refused goes back to what it was. */
static void
on_editing (SacVocabularyRow *self)
{
  const SacLabel *label = find_label (self);
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name))));

  if (self->filling || !label || gtk_editable_label_get_editing (GTK_EDITABLE_LABEL (self->name)))
    return;
  if (name[0] && g_strcmp0 (name, label->name) != 0)
    sac_session_rename_label (self->session, label->id, name);
  sac_vocabulary_row_update (self);
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

/* Made when it is opened: who has which digit is told beside it. */
static void
fill_keys (GtkMenuButton *button, gpointer data)
{
  SacVocabularyRow *self = data;
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
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
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
sac_vocabulary_row_init (SacVocabularyRow *self)
{
  GtkDragSource *drag = gtk_drag_source_new ();
  GtkDropTarget *drop = gtk_drop_target_new (G_TYPE_INT64, GDK_ACTION_MOVE);
  GtkWidget *grip = gtk_image_new_from_icon_name ("list-drag-handle-symbolic");
  g_autoptr (GMenuModel) menu = make_menu ();

  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_add_css_class (grip, "dim-label");
  self->colour = gtk_color_button_new ();
  self->name = gtk_editable_label_new ("");
  self->key = gtk_menu_button_new ();
  self->counts = gtk_label_new (NULL);
  self->menu = gtk_menu_button_new ();
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_widget_set_valign (self->colour, GTK_ALIGN_CENTER);
  gtk_color_chooser_set_use_alpha (GTK_COLOR_CHOOSER (self->colour), FALSE);
  gtk_color_button_set_title (GTK_COLOR_BUTTON (self->colour), _("Colour of a label"));
  gtk_label_set_width_chars (GTK_LABEL (self->counts), 14);
  gtk_label_set_xalign (GTK_LABEL (self->counts), 1);
  gtk_widget_add_css_class (self->counts, "dim-label");
  gtk_widget_add_css_class (self->counts, "numeric");
  gtk_widget_add_css_class (self->key, "flat");
  gtk_widget_set_valign (self->key, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->key, _("Key"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->key), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Key"), -1);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->key), fill_keys, self, NULL);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->menu), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu), menu);
  gtk_widget_add_css_class (self->menu, "flat");
  gtk_widget_set_valign (self->menu, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->menu, _("More"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu), GTK_ACCESSIBLE_PROPERTY_LABEL, _("More"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->name), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name"), -1);
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
  g_signal_connect_swapped (self->colour, "color-set", G_CALLBACK (on_colour), self);
  g_signal_connect_swapped (self->name, "notify::editing", G_CALLBACK (on_editing), self);
}

GtkWidget *
sac_vocabulary_row_new (SacSession *session)
{
  SacVocabularyRow *self = g_object_new (SAC_TYPE_VOCABULARY_ROW, NULL);

  self->session = g_object_ref (session);
  return GTK_WIDGET (self);
}
