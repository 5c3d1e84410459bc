#version 450
#extension GL_GOOGLE_include_directive : require
// Σ gu·h₁ᵀ over all rows.
#include "pairwise-map.glsl"
SOURCE(5, gu);
RESULT(y);
#define OUTPUTS (R * R)
#define INNER (R * R)
#define REDUCED (pN * pT * K)
#define START vec2(0.0)

uint element(uint o, uint k)
{
  return k;
}

void add(uint e, uint row, inout vec2 sum)
{
  uint c = e % R;
  sum.x += gu[row * R + e / R] * relu_of(normal_value(difference(row / (K * pT), row / K % pT, row % K, c), c));
}

vec2 join(vec2 a, vec2 b)
{
  return a + b;
}

void finish(uint o, vec2 sum)
{
  y[o] = sum.x;
}

#include "reduce.glsl"
