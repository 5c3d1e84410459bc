#include "sac-attribute-box.h"

#include <glib/gi18n.h>

struct _SacAttributeBox {
  GtkBox parent_instance;
  SacSession *session;
  SacPlayer *player;            /* borrowed */
  SacAttributeKind kind;
  SacId owner;
  GtkWidget *list, *name_entry, *value_entry, *from_here;
};

G_DEFINE_FINAL_TYPE (SacAttributeBox, sac_attribute_box, GTK_TYPE_BOX)

/* ---- the rows. */

static void
on_remove (GtkButton *button, SacAttributeBox *self)
{
  const char *name = g_object_get_data (G_OBJECT (button), "name");
  gint64 frame = *(gint64 *) g_object_get_data (G_OBJECT (button), "frame");

  sac_session_set_attribute (self->session, self->kind, self->owner, frame, name, NULL);
}

static void
on_pick (GtkButton *button, SacAttributeBox *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->name_entry), g_object_get_data (G_OBJECT (button), "name"));
  gtk_editable_set_text (GTK_EDITABLE (self->value_entry), g_object_get_data (G_OBJECT (button), "value"));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->from_here), FALSE);
  gtk_widget_grab_focus (self->value_entry);
}

static void
add_row (SacAttributeBox *self, const SacAttribute *attribute)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *remove = gtk_button_new_from_icon_name ("edit-delete-symbolic");
  g_autofree char *text = attribute->frame < 0 ? g_strdup_printf ("%s: %s", attribute->name, attribute->value)
                          : g_strdup_printf (_("%s: %s (from frame %d)"), attribute->name, attribute->value, (int) attribute->frame);
  g_autofree char *tip = g_strdup_printf (_("Remove the attribute “%s”"), attribute->name);
  GtkWidget *label = gtk_label_new (text), *pick = gtk_button_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_button_set_child (GTK_BUTTON (pick), label);
  gtk_widget_set_tooltip_text (pick, text);
  gtk_widget_set_hexpand (pick, TRUE);
  gtk_widget_add_css_class (pick, "flat");
  gtk_widget_add_css_class (pick, "attribute");
  g_object_set_data_full (G_OBJECT (pick), "name", g_strdup (attribute->name), g_free);
  g_object_set_data_full (G_OBJECT (pick), "value", g_strdup (attribute->value), g_free);
  g_signal_connect (pick, "clicked", G_CALLBACK (on_pick), self);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
  g_object_set_data_full (G_OBJECT (remove), "name", g_strdup (attribute->name), g_free);
  g_object_set_data_full (G_OBJECT (remove), "frame", g_memdup2 (&attribute->frame, sizeof attribute->frame), g_free);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), self);
  gtk_box_append (GTK_BOX (row), pick);
  gtk_box_append (GTK_BOX (row), remove);
  gtk_box_append (GTK_BOX (self->list), row);
}

static void
update (SacAttributeBox *self)
{
  SacProject *project = self->session ? sac_session_get_project (self->session) : NULL;
  g_autoptr (GPtrArray) attributes = project && self->owner ? sac_project_list_attributes (project, self->kind, self->owner, NULL) : NULL;
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->list)))
    gtk_box_remove (GTK_BOX (self->list), row);
  for (guint i = 0; attributes && i < attributes->len; i++)
    add_row (self, attributes->pdata[i]);
  gtk_widget_set_visible (self->list, attributes && attributes->len > 0);
}

/* ---- a new one. */

static void
on_add (SacAttributeBox *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_entry))));
  gint64 frame = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->from_here)) ? (gint64) sac_player_get_frame (self->player) : -1;

  if (!self->owner || !*name)
    {
      gtk_widget_grab_focus (self->name_entry);
      return;
    }
  if (sac_session_set_attribute (self->session, self->kind, self->owner, frame, name,
                                 gtk_editable_get_text (GTK_EDITABLE (self->value_entry))))
    {
      gtk_editable_set_text (GTK_EDITABLE (self->name_entry), "");
      gtk_editable_set_text (GTK_EDITABLE (self->value_entry), "");
    }
}

/* Enter after the name goes on to the value. */
static void
on_name_entered (SacAttributeBox *self)
{
  if (gtk_editable_get_text (GTK_EDITABLE (self->value_entry))[0])
    on_add (self);
  else
    gtk_widget_grab_focus (self->value_entry);
}

/* ---- life. */

void
sac_attribute_box_set_owner (SacAttributeBox *self, SacId owner)
{
  g_return_if_fail (SAC_IS_ATTRIBUTE_BOX (self));
  if (owner == self->owner)
    return;
  self->owner = owner;
  update (self);
}

void
sac_attribute_box_attach (SacAttributeBox *self, SacSession *session, SacPlayer *player, SacAttributeKind kind)
{
  g_return_if_fail (SAC_IS_ATTRIBUTE_BOX (self) && !self->session);
  self->session = g_object_ref (session);
  self->player = player;
  self->kind = kind;
  gtk_widget_set_visible (self->from_here, kind == SAC_ATTRIBUTE_TRACK);
  g_signal_connect_object (session, "clips-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

static void
sac_attribute_box_dispose (GObject *object)
{
  g_clear_object (&SAC_ATTRIBUTE_BOX (object)->session);
  G_OBJECT_CLASS (sac_attribute_box_parent_class)->dispose (object);
}

static void
sac_attribute_box_class_init (SacAttributeBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_attribute_box_dispose;
}

static GtkWidget *
make_entry (const char *words, const char *name)
{
  GtkWidget *entry = gtk_entry_new ();

  g_object_set (entry, "width-chars", 6, "max-width-chars", 6, "hexpand", TRUE, "placeholder-text", words, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return entry;
}

static void
sac_attribute_box_init (SacAttributeBox *self)
{
  GtkWidget *title = gtk_label_new (_("Attributes")), *fields = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *add = gtk_button_new_from_icon_name ("list-add-symbolic");

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_add_css_class (title, "caption-heading");
  gtk_widget_add_css_class (title, "dim-label");
  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_visible (self->list, FALSE);
  self->name_entry = make_entry (_("Name"), _("Attribute name"));
  self->value_entry = make_entry (_("Value"), _("Attribute value"));
  gtk_widget_set_tooltip_text (add, _("Set the attribute"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (add), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Set the attribute"), -1);
  self->from_here = gtk_check_button_new_with_label (_("From this frame on"));
  gtk_widget_set_tooltip_text (self->from_here, _("Otherwise the attribute is of the whole object"));
  gtk_widget_add_css_class (fields, "linked");
  gtk_box_append (GTK_BOX (fields), self->name_entry);
  gtk_box_append (GTK_BOX (fields), self->value_entry);
  gtk_box_append (GTK_BOX (fields), add);
  gtk_box_append (GTK_BOX (self), title);
  gtk_box_append (GTK_BOX (self), self->list);
  gtk_box_append (GTK_BOX (self), fields);
  gtk_box_append (GTK_BOX (self), self->from_here);
  g_signal_connect_swapped (self->name_entry, "activate", G_CALLBACK (on_name_entered), self);
  g_signal_connect_swapped (self->value_entry, "activate", G_CALLBACK (on_add), self);
  g_signal_connect_swapped (add, "clicked", G_CALLBACK (on_add), self);
}
