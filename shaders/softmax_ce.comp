#version 450
#extension GL_GOOGLE_include_directive : require
// −Σ_k t_k ln softmax(z)_k at each place, t the (smoothed) row of its label; 0 where it is unknown.
#include "softmax.glsl"
SOURCE(1, labels);
RESULT(y);
FLOAT_PARAM(0, smoothing);

void main()
{
  uint row = group();
  if (row >= pN * pT * pH * pW)
    return;
  Label label = read_label(labels[row], pC, smoothing);
  float most = most_of(row), rest = log(sum_exp(row, most)) + most, loss = 0.0;

  for (uint c = gl_LocalInvocationID.x; c < pC; c += LOCAL)
    if (c == label.index || label.off != 0.0)
      loss += (c == label.index ? label.on : label.off) * (rest - x[row * pC + c]);
  loss = sum_of(loss);
  if (gl_LocalInvocationID.x == 0)
    y[row] = label.known ? loss : 0.0;
}
