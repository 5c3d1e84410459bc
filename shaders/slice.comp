#version 450
#extension GL_GOOGLE_include_directive : require
// Neighbours of one axis, from start on.
#include "axis.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
RESULT_SHAPE(r);
INT_PARAM(0, axis);
INT_PARAM(1, start);

void main()
{
  uint i = invocation();
  if (i >= COUNT(r))
    return;
  Place at = PLACE(i, r);
  set_axis(at, axis, get_axis(at, axis) + uint(start));
  y[i] = x[INDEX(at, p)];
}
