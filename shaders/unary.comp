#version 450
#extension GL_GOOGLE_include_directive : require
// y = f(x), f by its kind.
#include "unary.glsl"

float value(float x)
{
  switch (kind) {
  case ABS: return abs(x);
  case CLAMP: return x < low ? low : x > high ? high : x;
  case EXP: return exp(x);
  case HARD_SIGMOID: return x < -3.0 ? 0.0 : x > 3.0 ? 1.0 : (x + 3.0) / 6.0;
  case HARD_SWISH: return x < -3.0 ? 0.0 : x > 3.0 ? x : x * (x + 3.0) / 6.0;
  case LEAKY_RELU: return x < 0.0 ? low * x : x;
  case LOG: return logarithm(x);
  case SIGMOID: return sigmoid(x);
  case SOFTPLUS: return softplus(x);
  case SWISH: return x * sigmoid(x);
  default: return tangent(x);
  }
}

#define VALUE value(x)
#include "flat.glsl"
