/* Small things that several widgets share: keys that mean the same on every keyboard, menus at the pointer.  Main thread. */
#pragma once
#include <gtk/gtk.h>

/* Whether the keyboard focus within @widget's window is in something one types text into. */
gboolean sac_key_is_typing (GtkWidget *widget);
/* Whether the widget with the focus, within @widget's window, wants this key for itself: Space on a button, arrows in a list or
 * on a slider. */
gboolean sac_key_is_of_focus (GtkWidget *widget, guint keyval, GdkModifierType state);
/* "closed" handler of a popover that was made for one use: drops it when its action has run. */
void     sac_popover_drop (GtkPopover *popover);
