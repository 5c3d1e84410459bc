#version 450
#extension GL_GOOGLE_include_directive : require
// gx(n,i,c) = Σ over taps and k of gy(n,o,k) · w(k,tap,c) over all o that read i through the tap: a product of places by channels.
#define RIGHT_BY_COLUMN
#include "conv.glsl"
SOURCE(0, gy);
SOURCE(1, w);
RESULT(y);
SHAPE(0, p);
SHAPE(1, q);
RESULT_SHAPE(r);
const uint TAPS = qT * qH * qW, KERNELS = pC / GROUPS;
#define BATCH GROUPS
#define ROWS (rN * rT * rH * rW)
#define COLUMNS qC
#define DEPTH (TAPS * KERNELS)

float left(uint batch, uint row, uint k)
{
  uint kernel = k % KERNELS, tap = k / KERNELS;
  ivec2 t = readers(row / (rH * rW) % rT, tap / (qH * qW), stride_t, dilation_t, pad_t, int(rT), int(pT), replicate_t != 0);
  ivec2 h = readers(row / rW % rH, tap / qW % qH, stride_h, dilation_h, pad_h, int(rH), int(pH), replicate_hw != 0);
  ivec2 v = readers(row % rW, tap % qW, stride_w, dilation_w, pad_w, int(rW), int(pW), replicate_hw != 0);
  float sum = 0.0;

  for (int a = t.x; a <= t.y; a++)
    for (int b = h.x; b <= h.y; b++)
      for (int c = v.x; c <= v.y; c++)
        sum += LOAD(gy, (((row / (rT * rH * rW) * pT + uint(a)) * pH + uint(b)) * pW + uint(c)) * pC + batch * KERNELS + kernel);
  return sum;
}

float right(uint batch, uint k, uint column)
{
  return w[((batch * KERNELS + k % KERNELS) * TAPS + k / KERNELS) * qC + column];
}

void put(uint batch, uint row, uint column, float sum)
{
  STORE(y, row * rC + batch * qC + column, sum);
}

#include "product.glsl"
