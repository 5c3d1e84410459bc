#version 450
#extension GL_GOOGLE_include_directive : require
// y = v·h(s), h the derivative of f by its kind, as a function of f's source or of its result.
#include "unary.glsl"
SOURCE(0, x);
SOURCE(1, v);
RESULT(y);

float slope(float s)
{
  float p = sigmoid(s);

  switch (kind) {
  case ABS: return s > 0.0 ? 1.0 : s < 0.0 ? -1.0 : s;
  case CLAMP: return s < low || s > high ? 0.0 : 1.0;
  case EXP: return s;
  case HARD_SIGMOID: return s < -3.0 || s > 3.0 ? 0.0 : 1.0 / 6.0;
  case HARD_SWISH: return s < -3.0 ? 0.0 : s > 3.0 ? 1.0 : (2.0 * s + 3.0) / 6.0;
  case LEAKY_RELU: return s > 0.0 ? 1.0 : low;
  case LOG: return 1.0 / s;
  case SIGMOID: return s * (1.0 - s);
  case SOFTPLUS: return p;
  case SWISH: return p * (1.0 + s * (1.0 - p));
  default: return 1.0 - s * s;
  }
}

void main()
{
  uint i = invocation();
  if (i < uint(y.length()))
    y[i] = v[i] * slope(x[i]);
}
