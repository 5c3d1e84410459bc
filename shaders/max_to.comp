#version 450
#extension GL_GOOGLE_include_directive : require
// The largest over the axes that are 1 in the result.
#include "reduce-axes.glsl"
#define START vec2(-1.0 / 0.0)

void add(uint o, uint i, inout vec2 sum)
{
  sum.x = x[i] > sum.x || isnan(x[i]) ? x[i] : sum.x;
}

vec2 join(vec2 a, vec2 b)
{
  return b.x > a.x || isnan(b.x) ? b : a;
}

void finish(uint o, vec2 sum)
{
  y[o] = sum.x;
}

#include "reduce.glsl"
