#version 450
#extension GL_GOOGLE_include_directive : require
// y = x^exponent.  GLSL's pow is not defined below 0: whole exponents are told apart, others give NaN there.
#include "sac.glsl"
FLOAT_PARAM(0, exponent);

float value(float x)
{
  float p = exponent, size = pow(abs(x), p);
  bool whole = floor(p) == p, odd = whole && mod(p, 2.0) == 1.0;

  if (p == 0.0)
    return 1.0;
  if (p == 1.0)
    return x;
  if (p == 2.0)
    return x * x;
  if (p == -1.0)
    return 1.0 / x;
  if (p == -2.0)
    return 1.0 / (x * x);
  if (p == 0.5)
    return sqrt(x);
  if (p == -0.5)
    return 1.0 / sqrt(x);
  if (x == 0.0)
    return p > 0.0 ? 0.0 : 1.0 / abs(x);
  return x > 0.0 || (whole && !odd) ? size : whole ? -size : sqrt(-1.0 - abs(x));
}

#define VALUE value(x)
#include "flat.glsl"
