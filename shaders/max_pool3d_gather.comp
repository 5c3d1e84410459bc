#version 450
#extension GL_GOOGLE_include_directive : require
// v at the first maximum of each window of x.
#include "max-pool.glsl"
SOURCE(1, v);
RESULT(y);
RESULT_SHAPE(r);

void main()
{
  uint i = invocation();
  if (i >= COUNT(r))
    return;
  Place at = PLACE(i, r);
  STORE(y, i, LOAD(v, find_maximum(at.n, ivec3(at.t, at.h, at.w), at.c)));
}
