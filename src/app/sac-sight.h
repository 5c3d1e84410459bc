/* SacSight: a map of one run in one clip that can be shown: the network's own attention, its attention to one label, or a map computed
 * from outside to compare with.  Over a SacGaze, which it owns.  A model without a widget; main thread.
 * Signal "changed": another map, or another reason why there is none. */
#pragma once
#include "sac-gaze.h"

#define SAC_TYPE_SIGHT (sac_sight_get_type ())
G_DECLARE_FINAL_TYPE (SacSight, sac_sight, SAC, SIGHT, GObject)

typedef enum { SAC_SIGHT_OWN, SAC_SIGHT_LABEL, SAC_SIGHT_GRADCAM, SAC_SIGHT_GRADIENT, SAC_SIGHT_RANDOM, SAC_N_SIGHTS } SacSightKind;
const char   *sac_sight_kind_get_words (SacSightKind kind);     /* translated */

SacSight     *sac_sight_new (SacWorker *worker);
SacGaze      *sac_sight_get_gaze (SacSight *self);              /* borrowed */
/* NULL for any of the first three: nothing.  @label NULL: the network's first choice.  @layer of Grad-CAM: NULL
 * is the last stage. */
void          sac_sight_ask (SacSight *self, const char *run_folder, const char *project, const char *clip);
void          sac_sight_choose (SacSight *self, SacSightKind kind, const char *layer, const char *label);
gboolean      sac_sight_is_busy (SacSight *self);
/* Why there is no map, in words; NULL while one is awaited or there. */
const char   *sac_sight_get_failure (SacSight *self);
/* The label that is meant: the chosen one, or the first choice; NULL: not known yet. */
const char   *sac_sight_get_label (SacSight *self);

/* Borrowed until "changed". */
typedef struct {
  guint n;                      /* frames */
  const guint *frames;          /* source frames */
  int h, w;
  const float *maps;            /* n×h×w, 0…1 */
  const float *weights;         /* n, 0…1; NULL: such a map weighs no frames */
  const double *crop;
} SacSeen;
gboolean      sac_sight_get (SacSight *self, SacSeen *seen);   /* FALSE: there is no map */

/* ---- plain functions.
 * The map at a source frame: between the two frames that the network saw around it, mixed by distance.  Transfer full. */
float        *sac_seen_dup_map (const SacSeen *seen, guint frame);
/* @weights of the frames as a curve over @n_all frames. */
void          sac_seen_curve (const SacSeen *seen, const float *weights, guint n_all, float *curve);
guint         sac_seen_nearest (const SacSeen *seen, guint frame);      /* of the n; 0 without any */
/* The next frame after @from (before it, where not @forward) whose weight is a peak: higher than that of its neighbours, a plateau
 * counting once, at its middle.  FALSE: there is none. */
gboolean      sac_next_peak (const float *weights, guint n, gint from, gboolean forward, guint *peak);
