/* The window that tells the keys, as they are now: made from the key map each time it is shown.  Main thread. */
#pragma once
#include "sac-keymap.h"

/* Floating as new windows are; GTK destroys it when it is closed. */
GtkWindow *sac_shortcuts_new (SacKeymap *keymap);
