#version 450
#extension GL_GOOGLE_include_directive : require
// The maximum of each window.
#include "max-pool.glsl"
RESULT(y);
RESULT_SHAPE(r);

void main()
{
  uint i = invocation();
  if (i >= COUNT(r))
    return;
  Place at = PLACE(i, r);
  STORE(y, i, LOAD(x, find_maximum(at.n, ivec3(at.t, at.h, at.w), at.c)));
}
