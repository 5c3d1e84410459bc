// The first half of the mapping: rows of d = φ − ψ, normalised, through the ReLU.
#include "pairwise.glsl"
SOURCE(0, f);
SOURCE(1, stats);
SOURCE(2, gamma);
SOURCE(3, beta);
SHAPE(0, p);
const uint R = pC / 2;

float difference(uint n, uint t, uint o, uint c)
{
  return f[(n * pT + t) * pC + c] - f[(n * pT + look(t, o, pT)) * pC + R + c];
}

// Before the ReLU.
float normal_value(float d, uint c)
{
  return bn_value(d, stats[c], bn_scale(stats[R + c], gamma[c], eps), beta[c]);
}
