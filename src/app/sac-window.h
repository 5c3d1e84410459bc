/* SacWindow: header with the page switcher, the pages over one session and one selection, toasts, the job bar, drops. */
#pragma once
#include "sac-import.h"
#include "sac-page.h"

#define SAC_TYPE_WINDOW (sac_window_get_type ())
G_DECLARE_FINAL_TYPE (SacWindow, sac_window, SAC, WINDOW, AdwApplicationWindow)

SacWindow    *sac_window_new (GtkApplication *application);
/* Projects are opened; folders and videos are imported, into a project beside them where none is open. */
void          sac_window_open_files (SacWindow *self, GFile **files, guint n);
SacSession   *sac_window_get_session (SacWindow *self);
SacSelection *sac_window_get_selection (SacWindow *self);
SacImport    *sac_window_get_import (SacWindow *self);
/* The page called @name: "clips" "label" "train" "compare" "explain"; NULL if none. */
SacPage      *sac_window_get_page (SacWindow *self, const char *name);

/* Widgets inside change the page by gtk_widget_activate_action (widget, "win.page", "s", NAME). */
