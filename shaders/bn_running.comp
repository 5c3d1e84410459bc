#version 450
#extension GL_GOOGLE_include_directive : require
// Two vectors as statistics.
#include "sac.glsl"
SOURCE(0, mean);
SOURCE(1, variance);
RESULT(y);

void main()
{
  uint i = invocation(), n = uint(y.length()) / 2;
  if (i < 2 * n)
    y[i] = i < n ? mean[i] : variance[i - n];
}
