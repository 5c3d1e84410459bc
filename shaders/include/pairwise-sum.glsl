// The second half of the mapping: rows of h₂ = relu (bn (u)).
#include "pairwise.glsl"
SOURCE(0, u);
SOURCE(1, stats);
SOURCE(2, gamma);
SOURCE(3, beta);
SHAPE(0, p);
const uint R = pC, LENGTH = pT;

float open_row(uint row, uint c)
{
  return relu_of(bn_value(u[row * R + c], stats[c], bn_scale(stats[R + c], gamma[c], eps), beta[c]));
}
