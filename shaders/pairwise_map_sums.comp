#version 450
#extension GL_GOOGLE_include_directive : require
// Σ g and Σ g·d̂ over all rows.
#include "pairwise-map-gradient.glsl"
RESULT(y);
#define OUTPUTS R
#define INNER R
#define REDUCED (pN * pT * K)
#define START vec2(0.0)

uint element(uint o, uint k)
{
  return k;
}

void add(uint c, uint row, inout vec2 sum)
{
  uint o = row % K, t = row / K % pT, n = row / (K * pT);
  float d = difference(n, t, o, c);

  sum += open_gradient(n, t, o, c, d) * vec2(1.0, d - stats[c]);
}

vec2 join(vec2 a, vec2 b)
{
  return a + b;
}

void finish(uint o, vec2 sum)
{
  y[o] = sum.x;
  y[R + o] = sum.y / sqrt(stats[R + o] + eps);
}

#include "reduce.glsl"
