/* SacScorePanel: what a run thinks of a clip: its highest scores as bars, under the maps as they are (inverted, edited), with a line where
 * they were under the network's own maps.  Signal "label-chosen" (string): a bar was clicked. */
#pragma once
#include <gtk/gtk.h>

#include "sac-sight.h"

#define SAC_TYPE_SCORE_PANEL (sac_score_panel_get_type ())
G_DECLARE_FINAL_TYPE (SacScorePanel, sac_score_panel, SAC, SCORE_PANEL, GtkWidget)

GtkWidget *sac_score_panel_new (void);
void       sac_score_panel_set_sight (SacScorePanel *self, SacSight *sight);
void       sac_score_panel_set_most (SacScorePanel *self, guint most);        /* bars; 8 until told otherwise */
