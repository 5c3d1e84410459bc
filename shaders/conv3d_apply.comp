#version 450
#extension GL_GOOGLE_include_directive : require
// y = relu?(bn (conv3d (x, w)) + residual), or with a bias (beta alone) in its place; what is absent has no shape.
#include "conv.glsl"
#include "bn.glsl"
SOURCE(0, x);
SOURCE(1, w);
SOURCE(2, stats);
SOURCE(3, gamma);
SOURCE(4, beta);
SOURCE(5, residual);
RESULT(y);
SHAPE(0, p);
SHAPE(1, q);
SHAPE(2, s);
SHAPE(4, b);
SHAPE(5, d);
RESULT_SHAPE(r);
FLOAT_PARAM(15, eps);
INT_PARAM(16, relu);

float finished(float v, uint at, uint c)
{
  if (sN != 0)
    v = bn_value(v, stats[c], bn_scale(stats[rC + c], gamma[c], eps), beta[c]);
  else if (bN != 0)
    v += beta[c];
  if (dN != 0)
    v += LOAD(residual, at);
  return relu != 0 ? relu_of(v) : v;
}

#define FINISH(v_, at_, c_) finished(v_, at_, c_)
#include "conv-forward.glsl"
