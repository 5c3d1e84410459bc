// y(n,o,k) = FINISH (Σ over taps and c of x(n, o·stride + tap·dilation − pad, c) · w(k,tap,c), at, k), as a product of places by kernels.
// Before this stand sources x (p) and w (q), result y (r), and FINISH (value, number of the result, channel).
const uint TAPS = qT * qH * qW;
#define BATCH GROUPS
#define ROWS (rN * rT * rH * rW)
#define COLUMNS (rC / GROUPS)
#define DEPTH (TAPS * qC)

float left(uint batch, uint row, uint k)
{
  uint c = k % qC, tap = k / qC;
  int t = read_at(row / (rH * rW) % rT, tap / (qH * qW), stride_t, dilation_t, pad_t, int(pT), replicate_t != 0);
  int h = read_at(row / rW % rH, tap / qW % qH, stride_h, dilation_h, pad_h, int(pH), replicate_hw != 0);
  int v = read_at(row % rW, tap % qW, stride_w, dilation_w, pad_w, int(pW), replicate_hw != 0);

  if (t < 0 || h < 0 || v < 0)
    return 0.0;
  return LOAD(x, (((row / (rT * rH * rW) * pT + uint(t)) * pH + uint(h)) * pW + uint(v)) * pC + batch * qC + c);
}

float right(uint batch, uint k, uint column)
{
  return w[(batch * COLUMNS + column) * DEPTH + k];
}

void put(uint batch, uint row, uint column, float sum)
{
  uint c = batch * COLUMNS + column, at = row * rC + c;

  STORE(y, at, FINISH(sum, at, c));
}

#include "product.glsl"
