#version 450
#extension GL_GOOGLE_include_directive : require
// One part of the discrete Fourier transform along time, or its adjoint.
#include "sac.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
RESULT_SHAPE(r);
INT_PARAM(0, samples);
INT_PARAM(1, bins);
INT_PARAM(2, sine);
INT_PARAM(3, turned);

void main()
{
  uint i = invocation(), inner = pH * pW * pC;
  if (i >= COUNT(r))
    return;
  uint e = i % inner, o = i / inner % rT, n = i / (inner * rT);
  float sum = 0.0;
  for (uint k = 0; k < pT; k++) {
    // the product below T², and the angle in one turn: exact but for the last rounding
    float angle = 6.283185307179586 * float(o * k % uint(samples)) / float(samples);
    sum += x[(n * pT + k) * inner + e] * (sine != 0 ? -sin(angle) : cos(angle));
  }
  y[i] = sum;
}
