/* SacTimeView: a run through its training time.  A slider over its validations moves the ROC curves, the histogram of the scores, the
 * confusion of the labels, and what it thinks of the pinned clips and where it looks in them.  Files are read by a thread.
 * Property "step" (uint64): the step shown.  Signal "clip-activated" (char *name): a pinned clip was clicked.  Main thread. */
#pragma once
#include <adwaita.h>

#include "sac-selection.h"
#include "sac-session.h"

#define SAC_TYPE_TIME_VIEW (sac_time_view_get_type ())
G_DECLARE_FINAL_TYPE (SacTimeView, sac_time_view, SAC, TIME_VIEW, AdwBin)

SacTimeView *sac_time_view_new (void);
void         sac_time_view_attach (SacTimeView *self, SacSession *session, SacSelection *selection);    /* borrowed for life */
void         sac_time_view_set_run (SacTimeView *self, const char *run_folder);
void         sac_time_view_refresh (SacTimeView *self);         /* the run may have told more */
void         sac_time_view_go (SacTimeView *self, double step); /* the nearest there is */
guint64      sac_time_view_get_step (SacTimeView *self);
