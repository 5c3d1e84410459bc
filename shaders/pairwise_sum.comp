#version 450
#extension GL_GOOGLE_include_directive : require
// y[t] = Σ_o a[t,o] ⊙ v[at (t,o)].
#include "pairwise-weigh.glsl"

void main()
{
  uint i = invocation();
  if (i >= COUNT(q))
    return;
  uint c = i % qC, t = i / qC % LENGTH, n = i / (qC * LENGTH);
  float sum = 0.0;
  for (uint o = 0; o < K; o++)
    sum += weigh((n * LENGTH + t) * K + o, c) * v[(n * LENGTH + look(t, o, LENGTH)) * qC + c];
  y[i] = sum;
}
