#include "sac-label-finder.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_ROWS 8

struct _SacLabelFinder {
  GtkBox parent_instance;
  SacSession *session;
  GtkWidget *entry, *list;
};

G_DEFINE_FINAL_TYPE (SacLabelFinder, sac_label_finder, GTK_TYPE_BOX)

static guint chosen_signal;

/* So that "Ａ", "a" and "ｶ", "カ" find each other. */
static char *
fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  g_autofree char *stripped = g_strdup (normal ? normal : "");

  return g_utf8_casefold (g_strstrip (stripped), -1);
}

static char *
dup_name (SacLabelFinder *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
}

static void
add_row (SacLabelFinder *self, SacId label, const char *words)
{
  GtkWidget *text = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  g_object_set_data (G_OBJECT (text), "label", GSIZE_TO_POINTER ((gsize) label));
  gtk_list_box_append (GTK_LIST_BOX (self->list), text);
  gtk_widget_set_focusable (gtk_widget_get_parent (text), FALSE);       /* the cursor stays in the field */
}

/* Names that are it, that begin so, that hold it, in this order; then the way to a new label. */
static void
update (SacLabelFinder *self)
{
  g_autofree char *name = dup_name (self), *wanted = fold (name);
  guint n = self->session ? sac_session_get_n_labels (self->session) : 0, rows = 0;
  gboolean exact = FALSE, begins = FALSE;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)))
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (guint pass = 0; pass < 3; pass++)
    for (guint i = 0; i < n && rows < MOST_ROWS; i++)
      {
        const SacLabel *label = sac_session_get_label (self->session, i);
        g_autofree char *folded = fold (label->name);
        const char *at = strstr (folded, wanted);
        guint rank = !at ? 3 : strcmp (folded, wanted) == 0 ? 0 : at == folded ? 1 : 2;

        if (rank != pass)
          continue;
        exact = exact || rank == 0;
        begins = begins || rank <= 1;
        add_row (self, label->id, label->name);
        rows++;
      }
  if (name[0] && !exact)
    {
      g_autofree char *words = g_strdup_printf (_("New label “%s”"), name);

      add_row (self, 0, words);
      rows++;
    }
  gtk_widget_set_visible (self->list, rows > 0);
  gtk_list_box_select_row (GTK_LIST_BOX (self->list), name[0] == '\0' || rows == 0 ? NULL
                           : gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), exact || begins ? 0 : (int) rows - 1));
}

static void
choose (SacLabelFinder *self, GtkListBoxRow *row)
{
  SacId label = row ? (SacId) GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (gtk_list_box_row_get_child (row)), "label")) : 0;
  g_autofree char *name = dup_name (self);

  if (label || name[0])
    g_signal_emit (self, chosen_signal, 0, label, name);
}

static void
on_activate (SacLabelFinder *self)
{
  choose (self, gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list)));
}

/* Up and down go through the list while the cursor stays in the field. */
static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacLabelFinder *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list)), *next;
  int step = keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down ? 1 : keyval == GDK_KEY_Up || keyval == GDK_KEY_KP_Up ? -1 : 0;
  int at = row ? gtk_list_box_row_get_index (row) : -1;

  if (!step)
    return GDK_EVENT_PROPAGATE;
  next = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), MAX (at + step, 0));
  if (next)
    gtk_list_box_select_row (GTK_LIST_BOX (self->list), next);
  return GDK_EVENT_STOP;
}

void
sac_label_finder_begin (SacLabelFinder *self)
{
  g_return_if_fail (SAC_IS_LABEL_FINDER (self));
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  update (self);
  gtk_widget_grab_focus (self->entry);
}

void
sac_label_finder_set_session (SacLabelFinder *self, SacSession *session)
{
  g_return_if_fail (SAC_IS_LABEL_FINDER (self));
  g_set_object (&self->session, session);
}

static void
sac_label_finder_dispose (GObject *object)
{
  g_clear_object (&SAC_LABEL_FINDER (object)->session);
  G_OBJECT_CLASS (sac_label_finder_parent_class)->dispose (object);
}

static void
sac_label_finder_class_init (SacLabelFinderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_label_finder_dispose;
  chosen_signal = g_signal_new ("chosen", SAC_TYPE_LABEL_FINDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64,
                                G_TYPE_STRING);
}

static void
sac_label_finder_init (SacLabelFinder *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _("Name of a label"));
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (self->entry), GTK_ENTRY_ICON_PRIMARY, "sac-label-symbolic");
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 28);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of a label"), -1);
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_BROWSE);
  gtk_list_box_set_activate_on_single_click (GTK_LIST_BOX (self->list), TRUE);
  gtk_widget_set_focusable (self->list, FALSE);
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Labels"), -1);
  gtk_box_append (GTK_BOX (self), self->list);
  gtk_box_append (GTK_BOX (self), self->entry);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (choose), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (self->entry, keys);
}

GtkWidget *
sac_label_finder_new (void)
{
  return g_object_new (SAC_TYPE_LABEL_FINDER, NULL);
}
