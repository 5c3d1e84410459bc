/* SacTimelineView: a clip's tags and segments over time, a row a label, below each a row for each of its tracks, and what a run thinks of
 * the clip, with the player's playhead.  Drag in an empty part
 * to move the playhead, drag an edge to move it (the player shows the frame under it), click a name to choose the row that
 * new segments go to, drag a segment with Ctrl or Alt to copy it, double click it to play it over and
 * over.  Drawn by draw/sac-timeline; every change is one act of the session. */
#pragma once
#include "sac-live-coder.h"
#include "sac-run-rows.h"
#include "sac-session.h"

#define SAC_TYPE_TIMELINE_VIEW (sac_timeline_view_get_type ())
G_DECLARE_FINAL_TYPE (SacTimelineView, sac_timeline_view, SAC, TIMELINE_VIEW, GtkWidget)

void     sac_timeline_view_attach (SacTimelineView *self, SacSession *session, SacPlayer *player);
void     sac_timeline_view_set_clip (SacTimelineView *self, SacClip *clip);    /* NULL: none; reads its marks */
/* Property "selected" (notify): the segment that acts are about, 0 none. */
SacId    sac_timeline_view_get_selected (SacTimelineView *self);
void     sac_timeline_view_select (SacTimelineView *self, SacId segment);
/* What the selected segment says, each may be NULL; FALSE: none is.  Signal "changed": it, or any other mark, may say something else. */
gboolean sac_timeline_view_get_segment (SacTimelineView *self, SacId *label, SacSpan *span);
/* Whether the selected segment is played over and over. */
gboolean sac_timeline_view_get_looped (SacTimelineView *self);
/* The track whose keyframes are shown, 0 none.  Signal "track" (int64): the bar of a track was clicked. */
void     sac_timeline_view_set_track (SacTimelineView *self, SacId track);
/* The row of @label takes new segments. */
void     sac_timeline_view_choose (SacTimelineView *self, SacId label);
/* About the playhead: @factor 2 shows half as long. */
void     sac_timeline_view_zoom (SacTimelineView *self, double factor);
/* Whose growing marks are shown too. */
void     sac_timeline_view_set_coder (SacTimelineView *self, SacLiveCoder *coder);
/* Rows of a run above the others. */
void     sac_timeline_view_set_run_rows (SacTimelineView *self, SacRunRows *run);
/* The segment that is selected gets this label; FALSE if none is. */
gboolean sac_timeline_view_set_label (SacTimelineView *self, SacId label);
/* An act of the key map's scope SEGMENTS: TRUE if it was done. */
gboolean sac_timeline_view_act (SacTimelineView *self, const char *act);
/* The last frame that lies before @out_ns. */
guint    sac_timeline_last_frame (SacMedia *media, gint64 out_ns);
