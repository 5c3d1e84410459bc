#version 450
#extension GL_GOOGLE_include_directive : require
// Axis i of the result is axis order[i] of the source.
#include "axis.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
RESULT_SHAPE(r);
INT_PARAM(0, from_n);
INT_PARAM(1, from_c);
INT_PARAM(2, from_t);
INT_PARAM(3, from_h);
INT_PARAM(4, from_w);

void main()
{
  uint i = invocation();
  if (i >= COUNT(r))
    return;
  Place at = PLACE(i, r), from = at;
  set_axis(from, from_n, at.n);
  set_axis(from, from_c, at.c);
  set_axis(from, from_t, at.t);
  set_axis(from, from_h, at.h);
  set_axis(from, from_w, at.w);
  y[i] = x[INDEX(from, p)];
}
