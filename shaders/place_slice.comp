#version 450
#extension GL_GOOGLE_include_directive : require
// Zeros with the source at its place on one axis.
#include "axis.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
RESULT_SHAPE(r);
INT_PARAM(0, axis);
INT_PARAM(1, start);
INT_PARAM(2, size);

void main()
{
  uint i = invocation();
  if (i >= COUNT(r))
    return;
  Place at = PLACE(i, r);
  int k = int(get_axis(at, axis)) - start;
  set_axis(at, axis, uint(clamp(k, 0, size - 1)));
  y[i] = k >= 0 && k < size ? x[INDEX(at, p)] : 0.0;
}
