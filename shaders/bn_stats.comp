#version 450
#extension GL_GOOGLE_include_directive : require
// Mean and biased variance of each channel, by sums of differences from its first value.
#include "sac.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
#define OUTPUTS pC
#define INNER pC
#define REDUCED (pN * pT * pH * pW)
#define START vec2(0.0)

uint element(uint o, uint k)
{
  return k * pC + o;
}

void add(uint o, uint i, inout vec2 sum)
{
  float d = LOAD(x, i) - LOAD(x, o);
  sum += vec2(d, d * d);
}

vec2 join(vec2 a, vec2 b)
{
  return a + b;
}

void finish(uint o, vec2 sum)
{
  vec2 mean = sum / float(REDUCED);
  y[o] = LOAD(x, o) + mean.x;
  y[pC + o] = max(mean.y - mean.x * mean.x, 0.0);
}

#include "reduce.glsl"
