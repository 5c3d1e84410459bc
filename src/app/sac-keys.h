/* Small things that several widgets share: keys that mean the same on every keyboard, menus at the pointer.  Main thread. */
#pragma once
#include <gtk/gtk.h>

/* The digit of a key press, '0' … '9', or 0: by its symbol, else by the key's place, so that digits work with Shift held and on
 * layouts where digits need Shift. */
char     sac_key_digit (GtkEventControllerKey *controller, guint keyval, guint keycode);
/* Whether the keyboard focus within @widget's window is in something one types text into. */
gboolean sac_key_is_typing (GtkWidget *widget);
/* "closed" handler of a popover that was made for one use: drops it when its action has run. */
void     sac_popover_drop (GtkPopover *popover);
