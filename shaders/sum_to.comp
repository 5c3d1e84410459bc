#version 450
#extension GL_GOOGLE_include_directive : require
// Sums over the axes that are 1 in the result.
#include "reduce-axes.glsl"
#define START vec2(0.0)

void add(uint o, uint i, inout vec2 sum)
{
  sum.x += LOAD(x, i);
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
