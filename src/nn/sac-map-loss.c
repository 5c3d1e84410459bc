#include "sac-map-loss.h"

#define GUARD 1e-24f            /* of the square */

SacVar
sac_map_loss (SacGraph *graph, SacVar map, SacVar wanted, SacVar weight)
{
  SacVar each = sac_sum_squares_to (graph, sac_sub (graph, map, wanted), sac_graph_get_shape (graph, weight));

  each = sac_mul (graph, weight, sac_power (graph, sac_affine (graph, each, 1, GUARD), 0.5f));
  return sac_sum_to (graph, each, SAC_SHAPE (1, 1, 1, 1, 1));
}
