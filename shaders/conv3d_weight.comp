#version 450
#extension GL_GOOGLE_include_directive : require
// gw(k,tap,c) = Σ over n and o of gy(n,o,k) · x(n, o·stride + tap·dilation − pad, c): a product of kernels by taps and channels.
#define LEFT_BY_ROW
#define RIGHT_BY_COLUMN
#include "conv.glsl"
SOURCE(0, x);
SOURCE(1, gy);
RESULT(y);
SHAPE(0, p);
SHAPE(1, q);
RESULT_SHAPE(r);
#define BATCH GROUPS
#define ROWS (rN / GROUPS)
#define COLUMNS (rT * rH * rW * rC)
#define DEPTH (qN * qT * qH * qW)

float left(uint batch, uint row, uint k)
{
  return LOAD(gy, k * qC + batch * ROWS + row);
}

float right(uint batch, uint k, uint column)
{
  uint c = column % rC, tap = column / rC;
  int t = read_at(k / (qH * qW) % qT, tap / (rH * rW), stride_t, dilation_t, pad_t, int(pT), replicate_t != 0);
  int h = read_at(k / qW % qH, tap / rW % rH, stride_h, dilation_h, pad_h, int(pH), replicate_hw != 0);
  int v = read_at(k % qW, tap % rW, stride_w, dilation_w, pad_w, int(pW), replicate_hw != 0);

  if (t < 0 || h < 0 || v < 0)
    return 0.0;
  return LOAD(x, (((k / (qT * qH * qW) * pT + uint(t)) * pH + uint(h)) * pW + uint(v)) * pC + batch * rC + c);
}

void put(uint batch, uint row, uint column, float sum)
{
  y[(batch * ROWS + row) * COLUMNS + column] = sum;
}

#include "product.glsl"
