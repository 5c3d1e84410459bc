#version 450
#extension GL_GOOGLE_include_directive : require
#include "sac.glsl"
// y = a + b; an axis of size 1 stretches.  Shapes in memory order N,T,H,W,C.
layout(constant_id = 0) const uint count = 1;
layout(constant_id = 1) const uint yt = 1;
layout(constant_id = 2) const uint yh = 1;
layout(constant_id = 3) const uint yw = 1;
layout(constant_id = 4) const uint yc = 1;
layout(constant_id = 5) const uint an = 1;
layout(constant_id = 6) const uint at = 1;
layout(constant_id = 7) const uint ah = 1;
layout(constant_id = 8) const uint aw = 1;
layout(constant_id = 9) const uint ac = 1;
layout(constant_id = 10) const uint bn = 1;
layout(constant_id = 11) const uint bt = 1;
layout(constant_id = 12) const uint bh = 1;
layout(constant_id = 13) const uint bw = 1;
layout(constant_id = 14) const uint bc = 1;
SOURCE(0, a);
SOURCE(1, b);
RESULT(2, y);

uint at_axis(uint i, uint size)
{
  return size == 1 ? 0 : i;
}

void main()
{
  uint i = invocation();
  if (i >= count)
    return;
  uint c = i % yc, w = i / yc % yw, h = i / (yc * yw) % yh, t = i / (yc * yw * yh) % yt, n = i / (yc * yw * yh * yt);
  uint ia = (((at_axis(n, an) * at + at_axis(t, at)) * ah + at_axis(h, ah)) * aw + at_axis(w, aw)) * ac + at_axis(c, ac);
  uint ib = (((at_axis(n, bn) * bt + at_axis(t, bt)) * bh + at_axis(h, bh)) * bw + at_axis(w, bw)) * bc + at_axis(c, bc);
  y[i] = a[ia] + b[ib];
}
