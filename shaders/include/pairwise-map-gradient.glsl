// What comes back to a row: g = Wᵀ·gu where the ReLU is open.
#include "pairwise-map.glsl"
SOURCE(4, w);
SOURCE(5, gu);

float open_gradient(uint n, uint t, uint o, uint c, float d)
{
  uint row = (n * pT + t) * K + o;
  float sum = 0.0;

  if (!(normal_value(d, c) > 0.0))
    return 0.0;
  for (uint k = 0; k < R; k++)
    sum += gu[row * R + k] * w[k * R + c];
  return sum;
}
