#version 450
#extension GL_GOOGLE_include_directive : require
// gy·(softmax(z) − t) at each place, t the (smoothed) row of its label; 0 where it is unknown.
#include "softmax.glsl"
SOURCE(1, labels);
SOURCE(2, gy);
RESULT(y);
FLOAT_PARAM(0, smoothing);

void main()
{
  uint row = group();
  if (row >= pN * pT * pH * pW)
    return;
  Label label = read_label(labels[row], pC, smoothing);
  float most = most_of(row), sum = sum_exp(row, most);

  for (uint c = gl_LocalInvocationID.x; c < pC; c += LOCAL)
    y[row * pC + c] = label.known ? gy[row] * (exp(x[row * pC + c] - most) / sum - (c == label.index ? label.on : label.off)) : 0.0;
}
