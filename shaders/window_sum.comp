#version 450
#extension GL_GOOGLE_include_directive : require
// Sums of neighbouring channels, up to radius on each side.
#include "sac.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
INT_PARAM(0, radius);

void main()
{
  uint i = invocation(), c = i % pC, row = i - c;
  if (i >= COUNT(p))
    return;
  uint wide = min(uint(radius), pC);
  float sum = 0.0;
  for (uint k = c > wide ? c - wide : 0; k <= min(c + wide, pC - 1); k++)
    sum += x[row + k];
  y[i] = sum;
}
