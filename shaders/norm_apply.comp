#version 450
#extension GL_GOOGLE_include_directive : require
// y = x̂·γ + β with the statistics of each example's groups.
#include "norm.glsl"
SOURCE(0, x);
SOURCE(1, stats);
SOURCE(2, gamma);
SOURCE(3, beta);
RESULT(y);
SHAPE(0, p);
SHAPE(2, a);
SHAPE(3, b);
const uint PER_GROUP = pC / GROUPS, PLACES = pT * pH * pW;

void main()
{
  uint i = invocation(), c = i % pC, n = i / (pC * PLACES), k = c / PER_GROUP;
  if (i >= COUNT(p))
    return;
  float v = (x[i] - stats[MEAN_AT(n, k)]) / sqrt(stats[VARIANCE_AT(n, k)] + eps);
  if (aN != 0)
    v *= gamma[(aN > 1 ? n * pC : 0) + c];
  if (bN != 0)
    v += beta[(bN > 1 ? n * pC : 0) + c];
  y[i] = v;
}
