/* Losses written with ops: they are small, so one node each would buy nothing, and their derivatives come by themselves. */
#include "sac-ops.h"

/* mean over examples of (sum over known labels of ln(1+e^z) − z·y) / max(known, 1). */
SacVar
sac_bce_logits (SacGraph *g, SacVar z, SacVar target, SacVar mask)
{
  SacShape s = sac_graph_get_shape (g, z);
  SacVar each = sac_sub (g, sac_softplus (g, z), sac_mul (g, z, target)), known;

  if (!mask)
    return sac_mean (g, each);
  known = sac_sum_to (g, mask, SAC_SHAPE (s.n, 1, 1, 1, 1));
  known = sac_affine (g, sac_relu (g, sac_affine (g, known, 1, -1)), 1, 1);
  each = sac_sum_to (g, sac_mul (g, each, mask), SAC_SHAPE (s.n, 1, 1, 1, 1));
  return sac_mean (g, sac_mul (g, each, sac_power (g, known, -1)));
}

SacVar
sac_cross_entropy (SacGraph *g, SacVar z, SacVar labels, float smoothing)
{
  return sac_mean (g, sac_softmax_ce (g, z, labels, smoothing));
}

SacVar
sac_cross_entropy_soft (SacGraph *g, SacVar z, SacVar p)
{
  SacShape s = sac_graph_get_shape (g, z);
  SacVar each = sac_mul (g, sac_log_softmax (g, z), p);

  return sac_affine (g, sac_mean (g, each), -(float) s.c, 0);
}
