#version 450
#extension GL_GOOGLE_include_directive : require
// gx = s·(γ·g − m₁ − x̂·m₂), s = (var + eps)^−½; m₁, m₂ = means over a group of γ·g and of γ·g·x̂.
#include "norm.glsl"
SOURCE(0, g);
SOURCE(1, x);
SOURCE(2, stats);
SOURCE(3, gamma);
SOURCE(4, sums);
RESULT(y);
SHAPE(1, p);
SHAPE(3, a);
const uint PER_GROUP = pC / GROUPS, PLACES = pT * pH * pW;

float gamma_at(uint n, uint c)
{
  if (aN != 0)
    return gamma[(aN > 1 ? n * pC : 0) + c];
  return 1.0;
}

void main()
{
  uint i = invocation(), c = i % pC, n = i / (pC * PLACES), k = c / PER_GROUP;
  if (i >= COUNT(p))
    return;
  vec2 m = vec2(0.0);
  for (uint j = k * PER_GROUP; j < (k + 1) * PER_GROUP; j++)
    m += gamma_at(n, j) * vec2(sums[2 * n * pC + j], sums[(2 * n + 1) * pC + j]);
  m /= float(PLACES * PER_GROUP);
  float s = 1.0 / sqrt(stats[VARIANCE_AT(n, k)] + eps), normal = (x[i] - stats[MEAN_AT(n, k)]) * s;
  y[i] = s * (gamma_at(n, c) * g[i] - m.x - normal * m.y);
}
