#version 450
#extension GL_GOOGLE_include_directive : require
// v where y > 0, else 0.
#include "sac.glsl"
SOURCE(0, x);
SOURCE(1, v);
RESULT(y);

void main()
{
  uint i = invocation();
  if (i < uint(y.length()))
    y[i] = x[i] > 0.0 ? v[i] : 0.0;
}
