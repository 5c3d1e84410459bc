#include "sac-keys.h"

#include "sac-tile-grid.h"

gboolean
sac_key_is_typing (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  return focus && (GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus));
}

gboolean
sac_key_is_of_focus (GtkWidget *widget, guint keyval, GdkModifierType state)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  if (!focus || (state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK | GDK_ALT_MASK)))
    return FALSE;
  switch (keyval)
    {
    case GDK_KEY_space:
    case GDK_KEY_KP_Space:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      return GTK_IS_BUTTON (focus) || GTK_IS_SWITCH (focus) || GTK_IS_DROP_DOWN (focus);
    case GDK_KEY_Left:
    case GDK_KEY_Right:
    case GDK_KEY_Up:
    case GDK_KEY_Down:
    case GDK_KEY_Home:
    case GDK_KEY_End:
      return GTK_IS_RANGE (focus) || gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_BASE) ||
             gtk_widget_get_ancestor (focus, SAC_TYPE_TILE_GRID) ||
             gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_BOX);
    default:
      return FALSE;
    }
}

static gboolean
unparent (gpointer popover)
{
  gtk_widget_unparent (popover);
  return G_SOURCE_REMOVE;
}

void
sac_popover_drop (GtkPopover *popover)
{
  g_idle_add_full (G_PRIORITY_LOW, unparent, g_object_ref (popover), g_object_unref);
}
