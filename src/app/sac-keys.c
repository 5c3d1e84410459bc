#include "sac-keys.h"

char
sac_key_digit (GtkEventControllerKey *controller, guint keyval, guint keycode)
{
  GdkDisplay *display = gtk_widget_get_display (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller)));
  g_autofree guint *keyvals = NULL;
  int n = 0;

  if (keyval >= GDK_KEY_0 && keyval <= GDK_KEY_9)
    return (char) ('0' + (keyval - GDK_KEY_0));
  if (keyval >= GDK_KEY_KP_0 && keyval <= GDK_KEY_KP_9)
    return (char) ('0' + (keyval - GDK_KEY_KP_0));
  if (g_unichar_isalpha (gdk_keyval_to_unicode (keyval)) || !gdk_display_map_keycode (display, keycode, NULL, &keyvals, &n))
    return 0;
  for (int i = 0; i < n; i++)
    if (keyvals[i] >= GDK_KEY_0 && keyvals[i] <= GDK_KEY_9)
      return (char) ('0' + (keyvals[i] - GDK_KEY_0));
  return 0;
}

gboolean
sac_key_is_typing (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  return focus && (GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus));
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
