#include "sac-object-panel.h"

#include <glib/gi18n.h>

#include "sac-attribute-box.h"
#include "sac-keymap.h"
#include "sac-label-names.h"

struct _SacObjectPanel {
  AdwBin parent_instance;
  SacSession *session;
  SacPlayer *player;            /* borrowed, as is the editor: they stand beside us */
  SacBoxEditor *editor;
  gboolean filling;             /* what changes is told to us, not by us */

  GtkLabel *state_label;
  GtkToggleButton *lock_button, *hide_button;
  GtkDropDown *label_choice;
  GtkWidget *numbers, *keys_box, *states_box, *delete_box, *follow_box, *follow_button;
  GtkSpinButton *x_entry, *y_entry, *width_entry, *height_entry;
  GtkToggleButton *key_button, *occluded_button, *outside_button;
  SacAttributeBox *attributes;
};

G_DEFINE_FINAL_TYPE (SacObjectPanel, sac_object_panel, ADW_TYPE_BIN)

/* ---- what is shown. */

/* Counts change with every act, the list only when names do. */
static void
list_labels (SacObjectPanel *self)
{
  g_autoptr (GtkStringList) names = sac_label_names_if_changed (self->session, gtk_drop_down_get_model (self->label_choice),
                                                                _("No label"));

  if (!names)
    return;
  self->filling = TRUE;
  gtk_drop_down_set_model (self->label_choice, G_LIST_MODEL (names));
  self->filling = FALSE;
}

static void
set_number (GtkSpinButton *entry, double value, double most)
{
  gtk_adjustment_set_upper (gtk_spin_button_get_adjustment (entry), most);
  gtk_spin_button_set_value (entry, value);
}

static void
fill_box (SacObjectPanel *self)
{
  SacMedia *media = sac_player_get_media (self->player);
  double width = media ? sac_media_get_width (media) : 0, height = media ? sac_media_get_height (media) : 0;
  gboolean there;
  SacBox box;

  there = sac_box_editor_get_box (self->editor, &box);
  gtk_widget_set_sensitive (self->numbers, there && media && sac_box_editor_may_change (self->editor));
  gtk_toggle_button_set_active (self->key_button, there && box.keyframe);
  gtk_toggle_button_set_active (self->occluded_button, there && box.occluded);
  gtk_toggle_button_set_active (self->outside_button, !there);
  gtk_label_set_text (self->state_label, !there ? _("Not in this frame") : box.keyframe ? _("Keyframe") : _("Between keyframes"));
  if (!there || !media)
    return;
  set_number (self->x_entry, box.x, width);
  set_number (self->y_entry, box.y, height);
  set_number (self->width_entry, box.width, width);
  set_number (self->height_entry, box.height, height);
}

static void
fill (SacObjectPanel *self)
{
  const SacTrack *track = sac_box_editor_get_track (self->editor);
  gboolean following = sac_box_editor_get_following (self->editor);
  GtkWidget *focus = gtk_widget_get_root (GTK_WIDGET (self)) ? gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))) : NULL;

  if (!track)
    return;
  self->filling = TRUE;
  gtk_drop_down_set_selected (self->label_choice, (guint) (sac_session_find_label (self->session, track->label) + 1));
  gtk_toggle_button_set_active (self->lock_button, sac_box_editor_get_locked (self->editor));
  gtk_toggle_button_set_active (self->hide_button, sac_box_editor_get_hidden (self->editor));
  gtk_button_set_label (GTK_BUTTON (self->follow_button), following ? _("Stop following") : _("Follow object"));
  if (!(focus && gtk_widget_is_ancestor (focus, self->numbers)) || !sac_player_get_playing (self->player))
    fill_box (self);
  self->filling = FALSE;
}

static void
on_changed (SacObjectPanel *self)
{
  sac_attribute_box_set_owner (self->attributes, sac_box_editor_get_selected (self->editor));
  fill (self);
}

/* ---- acts. */

static void
on_number (SacObjectPanel *self)
{
  SacBox box;

  if (self->filling || !sac_box_editor_get_box (self->editor, &box))
    return;
  box.x = gtk_spin_button_get_value (self->x_entry);
  box.y = gtk_spin_button_get_value (self->y_entry);
  box.width = gtk_spin_button_get_value (self->width_entry);
  box.height = gtk_spin_button_get_value (self->height_entry);
  sac_box_editor_set_box (self->editor, &box);
}

static void
on_label (SacObjectPanel *self)
{
  guint index = gtk_drop_down_get_selected (self->label_choice);
  const SacLabel *label = index > 0 && index != GTK_INVALID_LIST_POSITION ? sac_session_get_label (self->session, index - 1) : NULL;
  const SacTrack *track = sac_box_editor_get_track (self->editor);

  if (!self->filling && label && track && track->label != label->id)
    {
      sac_box_editor_set_label (self->editor, label->id);
      fill (self);              /* where that was refused, the old one is shown again */
    }
}

static void
on_act (GtkWidget *button, SacObjectPanel *self)
{
  if (self->filling)
    return;
  sac_box_editor_act (self->editor, g_object_get_data (G_OBJECT (button), "act"));
  if (sac_box_editor_get_selected (self->editor))
    fill (self);        /* a toggle shows what is, not what was pressed */
}

static void
on_follow (SacObjectPanel *self)
{
  sac_box_editor_act (self->editor, "track.follow");
}

/* ---- life. */

static GtkWidget *
add_button (SacObjectPanel *self, GtkWidget *box, gboolean toggle, const char *icon, const char *words, const char *tip, const char *act)
{
  GtkWidget *button = toggle ? gtk_toggle_button_new () : gtk_button_new ();
  g_autofree char *keys = sac_keymap_dup_label (sac_keymap_get (), act);
  g_autofree char *full = *keys ? g_strdup_printf ("%s (%s)", tip, keys) : g_strdup (tip);

  if (icon)
    gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  else
    gtk_button_set_label (GTK_BUTTON (button), words);
  gtk_widget_set_tooltip_text (button, full);
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, icon ? words : tip, -1);
  g_object_set_data (G_OBJECT (button), "act", (gpointer) act);
  g_signal_connect (button, "clicked", G_CALLBACK (on_act), self);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

void
sac_object_panel_attach (SacObjectPanel *self, SacSession *session, SacPlayer *player, SacBoxEditor *editor)
{
  g_return_if_fail (SAC_IS_OBJECT_PANEL (self) && !self->session);
  self->session = g_object_ref (session);
  self->player = player;
  self->editor = editor;
  sac_attribute_box_attach (self->attributes, session, player, SAC_ATTRIBUTE_TRACK);
  g_signal_connect_object (session, "labels-changed", G_CALLBACK (list_labels), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "labels-changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (editor, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (editor, "notify::following", G_CALLBACK (fill), self, G_CONNECT_SWAPPED);
  list_labels (self);
}

static void
sac_object_panel_dispose (GObject *object)
{
  SacObjectPanel *self = SAC_OBJECT_PANEL (object);

  self->filling = TRUE;
  gtk_widget_dispose_template (GTK_WIDGET (self), SAC_TYPE_OBJECT_PANEL);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_object_panel_parent_class)->dispose (object);
}

static void
sac_object_panel_class_init (SacObjectPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SAC_TYPE_ATTRIBUTE_BOX);
  G_OBJECT_CLASS (klass)->dispose = sac_object_panel_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/object-panel.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SacObjectPanel, name)
  BIND (state_label);
  BIND (lock_button);
  BIND (hide_button);
  BIND (label_choice);
  BIND (numbers);
  BIND (x_entry);
  BIND (y_entry);
  BIND (width_entry);
  BIND (height_entry);
  BIND (keys_box);
  BIND (states_box);
  BIND (follow_box);
  BIND (follow_button);
  BIND (delete_box);
  BIND (attributes);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_follow);
}

static void
sac_object_panel_init (SacObjectPanel *self)
{
  GtkSpinButton **entries[] = { &self->x_entry, &self->y_entry, &self->width_entry, &self->height_entry };

  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_set (self->label_choice, "expression", gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"), "enable-search",
                TRUE, NULL);
  add_button (self, self->keys_box, FALSE, "go-previous-symbolic", _("Previous keyframe"), _("Previous keyframe"), "track.previous-key");
  self->key_button = GTK_TOGGLE_BUTTON (add_button (self, self->keys_box, TRUE, "starred-symbolic", _("Keyframe"),
                                                    _("Keyframe here, or none"), "track.keyframe"));
  add_button (self, self->keys_box, FALSE, "go-next-symbolic", _("Next keyframe"), _("Next keyframe"), "track.next-key");
  add_button (self, self->keys_box, FALSE, "object-flip-horizontal-symbolic", _("Widest gap"),
              _("Go to the middle of the widest gap between keyframes"), "track.bisect");
  self->occluded_button = GTK_TOGGLE_BUTTON (add_button (self, self->states_box, TRUE, NULL, _("Occluded"),
                                                         _("Behind something, from here on"), "track.occluded"));
  self->outside_button = GTK_TOGGLE_BUTTON (add_button (self, self->states_box, TRUE, NULL, _("Outside"),
                                                        _("Leaves the picture here, or comes back"), "track.outside"));
  add_button (self, self->follow_box, FALSE, NULL, _("Keep…"), _("Keep the box as it is over the following frames"), "track.propagate");
  add_button (self, self->delete_box, FALSE, NULL, C_("delete", "Frame"), _("Delete the box of this frame"), "track.delete-frame");
  add_button (self, self->delete_box, FALSE, NULL, C_("delete", "From here"), _("Delete the object from this frame on"),
              "track.delete-from");
  add_button (self, self->delete_box, FALSE, NULL, C_("delete", "All"), _("Delete the whole object"), "track.delete");
  g_object_set_data (G_OBJECT (self->lock_button), "act", (gpointer) "track.lock");
  g_object_set_data (G_OBJECT (self->hide_button), "act", (gpointer) "track.hide");
  g_signal_connect (self->lock_button, "clicked", G_CALLBACK (on_act), self);
  g_signal_connect (self->hide_button, "clicked", G_CALLBACK (on_act), self);
  g_signal_connect_swapped (self->label_choice, "notify::selected", G_CALLBACK (on_label), self);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    g_signal_connect_swapped (*entries[i], "value-changed", G_CALLBACK (on_number), self);
}
