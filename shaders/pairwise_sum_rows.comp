#version 450
#extension GL_GOOGLE_include_directive : require
// gh[t,o] = Wᵀ·(gy[t] ⊙ v[at (t,o)]).
#include "pairwise.glsl"
SOURCE(0, v);
SOURCE(1, gy);
SOURCE(2, w);
RESULT(y);
SHAPE(0, p);
SHAPE(2, q);

void main()
{
  uint i = invocation();
  if (i >= pN * pT * K * qC)
    return;
  uint c = i % qC, row = i / qC, o = row % K, at = row / K, t = at % pT, from = at - t + look(t, o, pT);
  float sum = 0.0;
  for (uint k = 0; k < pC; k++)
    sum += gy[at * pC + k] * v[from * pC + k] * w[k * qC + c];
  y[i] = sum;
}
