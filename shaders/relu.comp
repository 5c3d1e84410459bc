#version 450
#extension GL_GOOGLE_include_directive : require
#include "sac.glsl"
// y = max(x, 0)
layout(constant_id = 0) const uint count = 1;
SOURCE(0, x);
RESULT(1, y);

void main()
{
  uint i = invocation();
  if (i < count)
    y[i] = max(x[i], 0.0);
}
