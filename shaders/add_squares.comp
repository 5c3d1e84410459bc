#version 450
#extension GL_GOOGLE_include_directive : require
// into += Σ x².
#include "sac.glsl"
STATE(0, into);
SOURCE(1, x);
SHAPE(1, p);
#define OUTPUTS 1
#define INNER 1
#define REDUCED COUNT(p)
#define START vec2(0.0)

uint element(uint o, uint k)
{
  return k;
}

void add(uint o, uint i, inout vec2 sum)
{
  sum.x += x[i] * x[i];
}

vec2 join(vec2 a, vec2 b)
{
  return a + b;
}

void finish(uint o, vec2 sum)
{
  into[0] += sum.x;
}

#include "reduce.glsl"
