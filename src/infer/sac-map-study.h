/* How far a network looks where a person said it should.  methods/08 §10 */
#pragma once
#include "sac-infer.h"
#include "store/sac-maps.h"

typedef struct {
  guint n, n_time;              /* edited maps on this network's grid; those that say something of time */
  guint n_unreadable;
  double spatial, temporal;     /* means of ‖M' − M‖₂; NaN without maps */
  guint n_deleted;              /* labelled test clips, a few, that pixels were taken from */
  double deletion, insertion;   /* mean areas under the curves of the label's probability (methods/08 §8); NaN without such clips */
} SacMapStudy;
/* Over all edited maps of @project that fit @net, whatever the split of their clips; deletion and insertion with few clips and steps,
 * always the same ones. */
gboolean sac_map_study_run (SacNet *net, SacProject *project, SacMapStudy *study, SacProgressFunc progress, gpointer data,
                            GCancellable *cancellable, GError **error);

/* What @net itself looks at in @item, as a map to draw on.  @frames, @window (nullable): source frames, and x, y, width, height of the
 * map in pixels of the shown picture.  Transfer full. */
SacMap  *sac_map_of_net (SacNet *net, const SacItem *item, guint *frames, double window[4], GCancellable *cancellable, GError **error);
