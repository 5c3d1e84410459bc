#version 450
#extension GL_GOOGLE_include_directive : require
// u = W·relu (bn (d)), a row of R numbers for each position and offset.
#include "pairwise-map.glsl"
SOURCE(4, w);
RESULT(y);

void main()
{
  uint i = invocation(), k = i % R, row = i / R;
  if (i >= pN * pT * K * R)
    return;
  float sum = 0.0;
  for (uint c = 0; c < R; c++)
    sum += relu_of(normal_value(difference(row / (K * pT), row / K % pT, row % K, c), c)) * w[k * R + c];
  y[i] = sum;
}
