/* Text that was never shown takes its shape when it is first asked for its size: a page that is turned to for the first time asks
 * hundreds of labels in one frame.  This asks them beforehand, a few at a time, while nothing else is to be done.  Main thread. */
#pragma once
#include <gtk/gtk.h>

/* All below @root, as it stands now; goes on in idle moments until it is through or @root is gone. */
void sac_warm_up (GtkWidget *root);
