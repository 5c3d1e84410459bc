#version 450
#extension GL_GOOGLE_include_directive : require
// One row of the statistics.
#include "sac.glsl"
SOURCE(0, stats);
RESULT(y);
INT_PARAM(0, row);

void main()
{
  uint c = invocation(), n = uint(y.length());
  if (c < n)
    y[c] = stats[uint(row) * n + c];
}
