#version 450
#extension GL_GOOGLE_include_directive : require
// e^(x − m)/Σ e^(x − m) or its logarithm, over the channels of each place.
#include "softmax.glsl"
RESULT(y);
INT_PARAM(0, logarithm);

void main()
{
  uint row = group();
  if (row >= pN * pT * pH * pW)
    return;
  float most = most_of(row), sum = sum_exp(row, most);
  for (uint c = gl_LocalInvocationID.x; c < pC; c += LOCAL) {
    float d = x[row * pC + c] - most;
    y[row * pC + c] = logarithm != 0 ? d - log(sum) : exp(d) / sum;
  }
}
