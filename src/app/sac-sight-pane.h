/* SacSightPane: another run's view of the clip that plays: the player's picture with that run's map over it, and its scores.  It never
 * decodes: it shows what the player shows, so all stand at one frame.  Signal "closed": the person wants it no more; "run-chosen": another
 * run was chosen in it. */
#pragma once
#include <gtk/gtk.h>

#include "sac-heat-options.h"
#include "sac-player.h"
#include "sac-sight.h"

#define SAC_TYPE_SIGHT_PANE (sac_sight_pane_get_type ())
G_DECLARE_FINAL_TYPE (SacSightPane, sac_sight_pane, SAC, SIGHT_PANE, GtkWidget)

/* @names and @folders of the runs, NULL-terminated, copied; @run: position of the first. */
GtkWidget  *sac_sight_pane_new (SacWorker *worker, SacPlayer *player, SacHeatOptions *options, const char *const *names,
                                const char *const *folders, guint run);
SacSight   *sac_sight_pane_get_sight (SacSightPane *self);
void        sac_sight_pane_set_most (SacSightPane *self, guint most);         /* scores below it; 5 until told otherwise */
const char *sac_sight_pane_get_run (SacSightPane *self);       /* folder, borrowed */

/* Paints @sight's map over a frame: a SacFramePaint but for the last two. */
void        sac_sight_paint (SacSight *sight, SacHeatOptions *options, GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame,
                             int media_width, int media_height);
