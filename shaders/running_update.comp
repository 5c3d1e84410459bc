#version 450
#extension GL_GOOGLE_include_directive : require
// r ← (1 − m)·r + m·s, the variance made unbiased by the count.
#include "sac.glsl"
STATE(0, mean);
STATE(1, variance);
SOURCE(2, stats);
FLOAT_PARAM(0, momentum);
INT_PARAM(1, count);

void main()
{
  uint c = invocation(), n = uint(mean.length());
  if (c >= n)
    return;
  float unbiased = count > 1 ? float(count) / float(count - 1) : 1.0;
  mean[c] = (1.0 - momentum) * mean[c] + momentum * stats[c];
  variance[c] = (1.0 - momentum) * variance[c] + momentum * unbiased * stats[n + c];
}
