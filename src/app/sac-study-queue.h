/* SacStudyQueueView: a study in a window of its own.  Choose a recipe with arms, what each begins with, seeds and a device
 * (sac-study-form.h), start; the queue below shows each run of the chosen study with its progress and time left, to be dragged into
 * another order, paused, resumed, skipped.  All it does is said to `saccade study` by files, so that the study lives on when the
 * window goes.
 * Signal "run-activated" (string folder): a run of the queue was clicked. */
#pragma once
#include <adwaita.h>

#include "sac-session.h"

#define SAC_TYPE_STUDY_QUEUE_VIEW (sac_study_queue_view_get_type ())
G_DECLARE_FINAL_TYPE (SacStudyQueueView, sac_study_queue_view, SAC, STUDY_QUEUE_VIEW, AdwWindow)
SacStudyQueueView *sac_study_queue_view_new (GtkWindow *parent, SacSession *session);
/* Shows what the project's studies are now; it does so by itself every second. */
void               sac_study_queue_view_refresh (SacStudyQueueView *self);
