/* Making values again instead of keeping them: sac-recompute.c.
 *
 * Most of what a training step keeps from its forward to its backward half could be made again from other kept values.  The pass
 * takes the nodes in running order and finds the moment at which most memory is in use; of the values that only wait there it
 * drops one and lets the readers that come later have a copy, made right before the first of them.  It goes on while the peak
 * falls.  A copy runs the same op on the same sources, so the results are the same bits; effects are never run twice, and a
 * value that was read from a block is not made again after an effect wrote there.
 * Paper: Chen 2016 (trading time for memory), with the choice left to measured lifetimes rather than to equal segments. */
#pragma once
#include "sac-graph-private.h"

typedef struct {
  const SacGraph *graph;        /* for the blocks of leaves */
  const SacNode *nodes;         /* by value */
  const gboolean *output;       /* by value */
  const gsize *bytes;           /* by value, leaves as well */
  guint n_values;
  const SacVar *order;          /* values of live nodes as they run */
  guint n_steps;
  const gsize *workspace;       /* bytes, by step */
  const double *flops;          /* by step */
  gsize target;                 /* bytes to come down to, at any price; 0 = only what is cheap, as far as it goes */
  gboolean keep_all;            /* no copies */
} SacRecompute;

typedef struct {
  gsize peak_before, peak;      /* bytes in use at the worst moment, before addresses are given */
  double extra_flops;
  guint n_copies;
} SacRecomputed;

/* The nodes to run, in order: those of @what->order and copies.  Copies are values from @n_values on; sources are redirected.
 * @repeated (by step, out) is the original of a copy, else 0. */
GArray *_sac_recompute (const SacRecompute *what, GArray *repeated, SacRecomputed *result);
