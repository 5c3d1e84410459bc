#version 450
#extension GL_GOOGLE_include_directive : require
// Σ g and Σ g·x̂ over the places of each example, for each channel.
#include "norm.glsl"
SOURCE(0, g);
SOURCE(1, x);
SOURCE(2, stats);
RESULT(y);
SHAPE(0, p);
const uint PER_GROUP = pC / GROUPS, PLACES = pT * pH * pW;
#define OUTPUTS (pN * pC)
#define INNER pC
#define REDUCED PLACES
#define START vec2(0.0)

uint element(uint o, uint k)
{
  return (o / pC * PLACES + k) * pC + o % pC;
}

void add(uint o, uint i, inout vec2 sum)
{
  sum += g[i] * vec2(1.0, x[i] - stats[MEAN_AT(o / pC, o % pC / PER_GROUP)]);
}

vec2 join(vec2 a, vec2 b)
{
  return a + b;
}

void finish(uint o, vec2 sum)
{
  uint n = o / pC, c = o % pC;
  y[2 * n * pC + c] = sum.x;
  y[(2 * n + 1) * pC + c] = sum.y / sqrt(stats[VARIANCE_AT(n, c / PER_GROUP)] + eps);
}

#include "reduce.glsl"
