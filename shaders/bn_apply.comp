#version 450
#extension GL_GOOGLE_include_directive : require
// y = relu?(x̂·γ + β + residual).
#include "sac.glsl"
#include "bn.glsl"
SOURCE(0, x);
SOURCE(1, stats);
SOURCE(2, gamma);
SOURCE(3, beta);
SOURCE(4, residual);
RESULT(y);
SHAPE(0, p);
SHAPE(4, q);
FLOAT_PARAM(0, eps);
INT_PARAM(1, relu);

void main()
{
  uint i = invocation(), c = i % pC;
  if (i >= COUNT(p))
    return;
  float v = bn_value(LOAD(x, i), stats[c], bn_scale(stats[pC + c], gamma[c], eps), beta[c]);
  if (qN != 0)
    v += LOAD(residual, i);
  STORE(y, i, relu != 0 ? relu_of(v) : v);
}
