/* SacSuspectsWindow: labels that are likely wrong as a queue.  The clip plays, the reason stands below in words, one key judges it: yes,
 * no, unknown, or keep what is said; each a labelling act with its undo.  The queue is what `saccade suspects` finds, kept in
 * suspects.json of the project's folder with the place and what was judged, so that it goes on another day.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-selection.h"
#include "sac-session.h"

#define SAC_TYPE_SUSPECTS_WINDOW (sac_suspects_window_get_type ())
G_DECLARE_FINAL_TYPE (SacSuspectsWindow, sac_suspects_window, SAC, SUSPECTS_WINDOW, AdwWindow)

/* Above the window of @page. */
GtkWidget *sac_suspects_window_new (SacSession *session, SacSelection *selection, GtkWidget *page);
/* An act of the key map by name, "suspects.yes" …: TRUE if it was done. */
gboolean   sac_suspects_window_act (SacSuspectsWindow *self, const char *act);
/* For tests: the place in the queue and its length. */
guint      sac_suspects_window_get_position (SacSuspectsWindow *self);
guint      sac_suspects_window_get_n (SacSuspectsWindow *self);
