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
  if (i < LENGTH(y))
    STORE(y, i, LOAD(x, i) > 0.0 ? LOAD(v, i) : 0.0);
}
