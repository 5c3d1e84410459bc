/* The edited maps of a project as files (JSON and 16-bit PNG), from a page: a button with what can be done. */
#pragma once
#include "sac-page.h"

/* Works on the project that @page's session has when it is used.  Floating. */
GtkWidget *sac_map_files_button_new (SacPage *page);
