/* SacSegmentPanel: the selected segment of a SacTimelineView in numbers and words: label, first and last frame, length, attributes,
 * and its acts as buttons.  Property "visible" is the owner's. */
#pragma once
#include <adwaita.h>

#include "sac-timeline-view.h"

#define SAC_TYPE_SEGMENT_PANEL (sac_segment_panel_get_type ())
G_DECLARE_FINAL_TYPE (SacSegmentPanel, sac_segment_panel, SAC, SEGMENT_PANEL, AdwBin)

/* @player and @timeline are borrowed: they stand in the same page. */
void sac_segment_panel_attach (SacSegmentPanel *self, SacSession *session, SacPlayer *player, SacTimelineView *timeline);
