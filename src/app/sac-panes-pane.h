/* A pane of SacPanes that is not one run's: the picture as it is, or the difference of two runs.  It shows the player's frame.
 * Signals "closed"; "runs-chosen". */
#pragma once
#include <gtk/gtk.h>

#include "sac-heat-options.h"
#include "sac-player.h"
#include "sac-sight.h"

#define SAC_TYPE_PANES_PANE (sac_panes_pane_get_type ())
G_DECLARE_FINAL_TYPE (SacPanesPane, sac_panes_pane, SAC, PANES_PANE, GtkWidget)

/* @worker NULL: the picture.  @a, @b: positions of the runs whose maps are compared. */
GtkWidget  *sac_panes_pane_new (SacWorker *worker, SacPlayer *player, SacHeatOptions *options, const char *const *names,
                                const char *const *folders, guint a, guint b);
gboolean    sac_panes_pane_is_difference (SacPanesPane *self);
SacSight   *sac_panes_pane_get_sight (SacPanesPane *self, guint side);       /* 0, 1 */
const char *sac_panes_pane_get_run (SacPanesPane *self, guint side);         /* folder */
/* a − b of the maps at a frame, in −1…1, of the size of a's; NULL where one is missing.  Transfer full. */
float      *sac_panes_dup_difference (const SacSeen *a, const SacSeen *b, guint frame);
