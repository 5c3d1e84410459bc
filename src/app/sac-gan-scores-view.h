/* SacGanScoresView: how good and how varied the pictures of a run's generators are, beside other runs that the same feature network looked
 * at; those of another network stand in a table of their own.  Scoring is `saccade gan score`, begun and cancelled here.
 * Signal "scored": the run shown has other scores.  Main thread. */
#pragma once
#include <adwaita.h>

#include "run/sac-gan-score-file.h"

#define SAC_TYPE_GAN_SCORES_VIEW (sac_gan_scores_view_get_type ())
G_DECLARE_FINAL_TYPE (SacGanScoresView, sac_gan_scores_view, SAC, GAN_SCORES_VIEW, AdwBin)

SacGanScoresView   *sac_gan_scores_view_new (void);
/* @project: its classifier is kept beside it; nullable. */
void                sac_gan_scores_view_set_project (SacGanScoresView *self, const char *path);
/* All runs, NULL-terminated and copied; @run of them is the one shown, nullable. */
void                sac_gan_scores_view_set_runs (SacGanScoresView *self, const char *run, const char *const *folders,
                                                  const char *const *names);
const SacGanScores *sac_gan_scores_view_get (SacGanScoresView *self);   /* of the run shown; NULL: none; borrowed until "scored" */
const char         *sac_gan_scores_view_get_classifier (SacGanScoresView *self);        /* path, nullable */
void                sac_gan_scores_view_score (SacGanScoresView *self); /* as its button does */
