/* SacWeightsWindow: what training did to the weights of the ticked runs, layer by layer (methods/01 §5): one quantity by depth as a line
 * a run, its table, and averaging against centring in words.  `saccade weights compare` computes it.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_WEIGHTS_WINDOW (sac_weights_window_get_type ())
G_DECLARE_FINAL_TYPE (SacWeightsWindow, sac_weights_window, SAC, WEIGHTS_WINDOW, AdwWindow)

/* Above the window of @page; @runs (folders, nullable, NULL-terminated) are ticked, and looked at at once. */
GtkWidget *sac_weights_window_new (SacSession *session, GtkWidget *page, const char *const *runs);
