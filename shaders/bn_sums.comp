#version 450
#extension GL_GOOGLE_include_directive : require
// Σ g and Σ g·x̂ of each channel; with gamma and beta, g counts only where x̂·γ + β is positive.
#include "sac.glsl"
#include "bn.glsl"
SOURCE(0, g);
SOURCE(1, x);
SOURCE(2, stats);
SOURCE(3, gamma);
SOURCE(4, beta);
RESULT(y);
SHAPE(0, p);
SHAPE(3, q);
FLOAT_PARAM(0, eps);
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
  if (qN != 0)
    if (!(bn_value(LOAD(x, i), stats[o], bn_scale(stats[pC + o], gamma[o], eps), beta[o]) > 0.0))
      return;
  sum += LOAD(g, i) * vec2(1.0, LOAD(x, i) - stats[o]);
}

vec2 join(vec2 a, vec2 b)
{
  return a + b;
}

void finish(uint o, vec2 sum)
{
  y[o] = sum.x;
  y[pC + o] = sum.y / sqrt(stats[pC + o] + eps);
}

#include "reduce.glsl"
