// Axes by number: N, C, T, H, W.
#include "sac.glsl"

uint get_axis(Place p, int axis)
{
  return axis == 0 ? p.n : axis == 1 ? p.c : axis == 2 ? p.t : axis == 3 ? p.h : p.w;
}

void set_axis(inout Place p, int axis, uint value)
{
  if (axis == 0)
    p.n = value;
  else if (axis == 1)
    p.c = value;
  else if (axis == 2)
    p.t = value;
  else if (axis == 3)
    p.h = value;
  else
    p.w = value;
}
