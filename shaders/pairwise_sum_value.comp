#version 450
#extension GL_GOOGLE_include_directive : require
// gv[j] = Σ a[t,o] ⊙ gy[t] over all (t,o) that look at j; v is gy here.
#include "pairwise-weigh.glsl"

void main()
{
  uint i = invocation();
  if (i >= COUNT(q))
    return;
  uint c = i % qC, j = i / qC % LENGTH, n = i / (qC * LENGTH);
  float sum = 0.0;
  for (uint o = 0; o < K; o++) {
    ivec3 t = lookers(j, o, LENGTH);
    for (int a = 0; a < 3; a++)
      if (t[a] >= 0)
        sum += weigh((n * LENGTH + uint(t[a])) * K + o, c) * v[(n * LENGTH + uint(t[a])) * qC + c];
  }
  y[i] = sum;
}
