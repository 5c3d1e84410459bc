#version 450
#extension GL_GOOGLE_include_directive : require
// Sources one behind the other along one axis.
#include "axis.glsl"
SOURCE(0, x0);
SOURCE(1, x1);
SOURCE(2, x2);
SOURCE(3, x3);
SOURCE(4, x4);
SOURCE(5, x5);
SOURCE(6, x6);
SOURCE(7, x7);
RESULT(y);
SHAPE(0, a);
SHAPE(1, b);
SHAPE(2, c);
SHAPE(3, d);
SHAPE(4, e);
SHAPE(5, f);
SHAPE(6, g);
SHAPE(7, h);
RESULT_SHAPE(r);
INT_PARAM(0, axis);

void main()
{
  uint i = invocation();
  if (i >= COUNT(r))
    return;
  Place at = PLACE(i, r);
  uint k = get_axis(at, axis);
  if (aN != 0) {
    uint size = get_axis(Place(aN, aT, aH, aW, aC), axis);
    if (k < size) {
      y[i] = x0[INDEX(at, a)];
      return;
    }
    k -= size;
    set_axis(at, axis, k);
  }
  if (bN != 0) {
    uint size = get_axis(Place(bN, bT, bH, bW, bC), axis);
    if (k < size) {
      y[i] = x1[INDEX(at, b)];
      return;
    }
    k -= size;
    set_axis(at, axis, k);
  }
  if (cN != 0) {
    uint size = get_axis(Place(cN, cT, cH, cW, cC), axis);
    if (k < size) {
      y[i] = x2[INDEX(at, c)];
      return;
    }
    k -= size;
    set_axis(at, axis, k);
  }
  if (dN != 0) {
    uint size = get_axis(Place(dN, dT, dH, dW, dC), axis);
    if (k < size) {
      y[i] = x3[INDEX(at, d)];
      return;
    }
    k -= size;
    set_axis(at, axis, k);
  }
  if (eN != 0) {
    uint size = get_axis(Place(eN, eT, eH, eW, eC), axis);
    if (k < size) {
      y[i] = x4[INDEX(at, e)];
      return;
    }
    k -= size;
    set_axis(at, axis, k);
  }
  if (fN != 0) {
    uint size = get_axis(Place(fN, fT, fH, fW, fC), axis);
    if (k < size) {
      y[i] = x5[INDEX(at, f)];
      return;
    }
    k -= size;
    set_axis(at, axis, k);
  }
  if (gN != 0) {
    uint size = get_axis(Place(gN, gT, gH, gW, gC), axis);
    if (k < size) {
      y[i] = x6[INDEX(at, g)];
      return;
    }
    k -= size;
    set_axis(at, axis, k);
  }
  if (hN != 0) {
    uint size = get_axis(Place(hN, hT, hH, hW, hC), axis);
    if (k < size) {
      y[i] = x7[INDEX(at, h)];
      return;
    }
    k -= size;
    set_axis(at, axis, k);
  }
}
