#version 450
#extension GL_GOOGLE_include_directive : require
// Mean and biased variance of each example's groups, by sums of differences from the group's first value.
#include "norm.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
const uint PER_GROUP = pC / GROUPS, PLACES = pT * pH * pW;
#define OUTPUTS (pN * GROUPS)
#define INNER (PER_GROUP == 1 ? GROUPS : 1)
#define REDUCED (PLACES * PER_GROUP)
#define START vec2(0.0)

uint element(uint o, uint k)
{
  return (o / GROUPS * PLACES + k / PER_GROUP) * pC + o % GROUPS * PER_GROUP + k % PER_GROUP;
}

void add(uint o, uint i, inout vec2 sum)
{
  float d = x[i] - x[element(o, 0)];
  sum += vec2(d, d * d);
}

vec2 join(vec2 a, vec2 b)
{
  return a + b;
}

void finish(uint o, vec2 sum)
{
  vec2 mean = sum / float(REDUCED);
  y[MEAN_AT(o / GROUPS, o % GROUPS)] = x[element(o, 0)] + mean.x;
  y[VARIANCE_AT(o / GROUPS, o % GROUPS)] = max(mean.y - mean.x * mean.x, 0.0);
}

#include "reduce.glsl"
