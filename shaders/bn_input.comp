#version 450
#extension GL_GOOGLE_include_directive : require
// gx = γ·s·(g − (Σg + x̂·Σ(g·x̂))/m), s = (var + eps)^−½; with beta, g counts only where x̂·γ + β is positive.
#include "sac.glsl"
#include "bn.glsl"
SOURCE(0, g);
SOURCE(1, x);
SOURCE(2, stats);
SOURCE(3, gamma);
SOURCE(4, sums);
SOURCE(5, beta);
RESULT(y);
SHAPE(0, p);
SHAPE(5, q);
FLOAT_PARAM(0, eps);

void main()
{
  uint i = invocation(), c = i % pC;
  if (i >= COUNT(p))
    return;
  float s = 1.0 / sqrt(stats[pC + c] + eps), m = float(pN * pT * pH * pW), v = LOAD(g, i), normal = (LOAD(x, i) - stats[c]) * s;
  if (qN != 0)
    if (!(bn_value(LOAD(x, i), stats[c], bn_scale(stats[pC + c], gamma[c], eps), beta[c]) > 0.0))
      v = 0.0;
  STORE(y, i, gamma[c] * s * (v - (sums[c] + normal * sums[pC + c]) / m));
}
