/* SacGaze: what one run looks at in one clip, and what its scores become under other maps.  A model without a widget: the Explain page
 * has one for each run that it shows.  Main thread; the work is the worker's.
 *
 * Its maps are, in this order: the network's own; in their place what was edited; of these 1 − M where inverted (methods/08 §7).
 * Whenever they are other than the network's own, the scores under them are asked for.  While an answer is awaited the scores are
 * those of before.  One question is under way at a time and the next is about the newest maps, so they may change at each movement of
 * a pointer.
 *
 * Signals: "looked": another look, or none (sac_gaze_get_look()); also after a failure.  "scores-changed": sac_gaze_get_scores() are
 * others.  "maps-changed": what the maps are, was changed by inversion or editing. */
#pragma once
#include "run/sac-run.h"

#define SAC_TYPE_GAZE (sac_gaze_get_type ())
G_DECLARE_FINAL_TYPE (SacGaze, sac_gaze, SAC, GAZE, GObject)

SacGaze       *sac_gaze_new (SacWorker *worker);
/* NULL for any: looks at nothing.  The same again asks nothing; another clip or run forgets what was edited, not what is inverted. */
void           sac_gaze_ask (SacGaze *self, const char *run_folder, const char *project, const char *clip);
gboolean       sac_gaze_is_busy (SacGaze *self);                /* the look is awaited */
const char    *sac_gaze_get_run (SacGaze *self);                /* nullable */
const char    *sac_gaze_get_clip (SacGaze *self);               /* nullable */
const SacLook *sac_gaze_get_look (SacGaze *self);               /* NULL: not known, or failed; borrowed until "looked" */
const char    *sac_gaze_get_failure (SacGaze *self);            /* in words; NULL: none */

gboolean       sac_gaze_get_inverted_space (SacGaze *self);
gboolean       sac_gaze_get_inverted_time (SacGaze *self);
void           sac_gaze_set_inverted (SacGaze *self, gboolean space, gboolean time);

/* Copied: t·h·w and t values of the look in 0…1; @temporal NULL: the network's own, @spatial NULL too: nothing is edited.  Without a
 * look that has attention nothing happens. */
void           sac_gaze_set_edited (SacGaze *self, const float *spatial, const float *temporal);
gboolean       sac_gaze_is_edited (SacGaze *self);

/* The maps that the scores are of.  NULL where there are none; borrowed until "maps-changed" or "looked". */
const float   *sac_gaze_get_spatial (SacGaze *self);
const float   *sac_gaze_get_temporal (SacGaze *self);
/* As many as the look has labels; NULL without a look.  The first are under the maps as they are, the second under the network's own. */
const float   *sac_gaze_get_scores (SacGaze *self);
const float   *sac_gaze_get_own_scores (SacGaze *self);
gboolean       sac_gaze_is_perceiving (SacGaze *self);          /* scores under the maps as they are, are awaited */
