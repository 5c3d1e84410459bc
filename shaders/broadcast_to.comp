#version 450
#extension GL_GOOGLE_include_directive : require
// Axes of size 1 stretch.
#include "sac.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
RESULT_SHAPE(r);

void main()
{
  uint i = invocation();
  if (i >= COUNT(r))
    return;
  Place at = PLACE(i, r);
  STORE(y, i, x[STRETCH(at, p)]);
}
