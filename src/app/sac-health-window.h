/* SacHealthWindow: what is wrong or odd with the project's files, a row a kind, with what can be done about it at once.
 * The check runs in a thread; every remedy is one act of the session.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-selection.h"
#include "sac-session.h"

#define SAC_TYPE_HEALTH_WINDOW (sac_health_window_get_type ())
G_DECLARE_FINAL_TYPE (SacHealthWindow, sac_health_window, SAC, HEALTH_WINDOW, AdwWindow)

/* Starts checking; @relink_action: the action that looks for missing files, activated on @page. */
GtkWidget *sac_health_window_new (SacSession *session, SacSelection *selection, GtkWidget *page, const char *relink_action);
/* The number of kinds that are told of; for tests. */
guint      sac_health_window_get_n_rows (SacHealthWindow *self);
