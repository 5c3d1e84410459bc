#version 450
#extension GL_GOOGLE_include_directive : require
// What the device can do at best: chains of multiply-adds in registers, or (rounds 0) a triad over memory.
#include "sac.glsl"
SOURCE(0, a);
SOURCE(1, b);
RESULT(y);
INT_PARAM(0, rounds);

void main()
{
  uint i = invocation();
  float sum[8], x, z;
  if (i >= uint(y.length()))
    return;
  x = a[i];
  z = b[i];
  if (rounds == 0) {
    y[i] = x + 3.0 * z;
    return;
  }
  for (uint k = 0; k < 8; k++)
    sum[k] = float(k);
  for (int r = 0; r < rounds; r++)
    for (uint k = 0; k < 8; k++)
      sum[k] = fma(sum[k], x, z);
  x = 0.0;
  for (uint k = 0; k < 8; k++)
    x += sum[k];
  y[i] = x;
}
