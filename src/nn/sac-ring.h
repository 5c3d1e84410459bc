/* The mode-collapse experiment's networks: noise → points of the plane, and who made a point.  Two hidden layers each.  methods/07 §7 */
#pragma once
#include "sac-dcgan.h"

typedef struct {
  gint32 z, hidden, n_logits;
} SacRing;
/* Points (N,2,1,1,1); the hidden layers as maps of one channel, a place a unit. */
SacGanPlayers sac_ring_players (const SacRing *net);    /* borrows @net */
void          sac_ring_declare (SacWeights *g, SacWeights *d, const SacRing *net, guint n_generators);
