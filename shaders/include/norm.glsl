// Statistics of each example's groups of channels: (N,G,2,1,1) in memory is N × (means of G, variances of G).
#include "sac.glsl"
FLOAT_PARAM(0, eps);
INT_PARAM(1, groups_);
const uint GROUPS = uint(groups_);
#define MEAN_AT(n_, group_) (2 * (n_) * GROUPS + (group_))
#define VARIANCE_AT(n_, group_) ((2 * (n_) + 1) * GROUPS + (group_))
