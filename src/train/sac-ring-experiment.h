/* The mode-collapse experiment: eight narrow Gaussians on a ring, a group of generators that learns them, and how many it covers.
 * methods/07 §7 */
#pragma once
#include "infer/sac-infer.h"
#include "run/sac-gan-graph.h"

#define SAC_RING_MODES 8
#define SAC_RING_RADIUS 2.0
#define SAC_RING_DEVIATION 0.05

typedef struct {
  SacGanGraph graph;
  guint64 seed;
  guint updates, batch, hidden, z;
  double rate, alpha;
} SacRingSpec;
void sac_ring_spec_init (SacRingSpec *spec);    /* MAD-GAN of three, 6000 updates of 256 points */

typedef struct {
  guint modes;                  /* covered by all generators together: at least 1 % of the points lie within 3 σ */
  guint each[SAC_GAN_MOST];     /* by each alone */
  double good;                  /* share of all points that lie within 3 σ of any mode */
  guint n;                      /* points of each generator */
  float *points;                /* k × n × (x, y) */
} SacRingResult;
SacRingResult *sac_ring_run (const SacRingSpec *spec, GCancellable *cancellable, GError **error);
void           sac_ring_result_free (SacRingResult *result);
/* Of @n points (x, y): how many modes they cover, and how many of them are good. */
guint          sac_ring_count (const float *points, guint n, guint *good);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRingResult, sac_ring_result_free)
