#version 450
#extension GL_GOOGLE_include_directive : require
// Mean and biased variance of each channel of d, by sums of differences from its first value.
#include "pairwise.glsl"
SOURCE(0, f);
RESULT(y);
SHAPE(0, p);
const uint R = pC / 2;
#define OUTPUTS R
#define INNER R
#define REDUCED (pN * pT * K)
#define START vec2(0.0)

uint element(uint o, uint k)
{
  return k;
}

float difference(uint row, uint c)
{
  uint o = row % K, t = row / K % pT, n = row / (K * pT);
  return f[(n * pT + t) * pC + c] - f[(n * pT + look(t, o, pT)) * pC + R + c];
}

void add(uint o, uint i, inout vec2 sum)
{
  float d = difference(i, o) - difference(0, o);
  sum += vec2(d, d * d);
}

vec2 join(vec2 a, vec2 b)
{
  return a + b;
}

void finish(uint o, vec2 sum)
{
  vec2 mean = sum / float(REDUCED);
  y[o] = difference(0, o) + mean.x;
  y[R + o] = max(mean.y - mean.x * mean.x, 0.0);
}

#include "reduce.glsl"
