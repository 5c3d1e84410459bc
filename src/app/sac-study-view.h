/* SacStudyView: what a run's attention is worth over a whole split: the table of methods/08 §7, as `saccade attention` computes it. */
#pragma once
#include <gtk/gtk.h>

#define SAC_TYPE_STUDY_VIEW (sac_study_view_get_type ())
G_DECLARE_FINAL_TYPE (SacStudyView, sac_study_view, SAC, STUDY_VIEW, GtkWidget)

GtkWidget *sac_study_view_new (void);
/* Shows what was computed of the run before (run/sac-measures.h), and ends what is being computed.  NULL: none. */
void       sac_study_view_set_run (SacStudyView *self, const char *run_folder, const char *project);
