/* The place of the Explain page where maps are edited. */
#pragma once
#include "sac-gaze.h"
#include "sac-page.h"
#include "sac-player.h"

/* Once, when @page is made; all are children of @page or owned by it.  @gaze: what the run in front looks at; an editor reads the look
 * and the grid from it, gives what is drawn to sac_gaze_set_edited(), and the page shows maps and scores.  @toggle: shown where there is
 * something to edit; while it is active the editor lies over the frame (sac_player_add_overlay()).  @tools: an empty row below the frame
 * for the editor's buttons, hidden.  @page has its session and selection from its attach on (sac_page_get_session()). */
void sac_explain_editing_add (SacPage *page, SacPlayer *player, SacGaze *gaze, GtkToggleButton *toggle, GtkBox *tools);
