#version 450
#extension GL_GOOGLE_include_directive : require
// gφ[t] = Σ_o gd[t,o]; gψ[j] = −Σ gd[t,o] over all (t,o) that look at j; gd = γ·s·(g − (Σg + d̂·Σ(g·d̂))/M), or γ·s·g without sums.
#include "pairwise-map-gradient.glsl"
SOURCE(6, sums);
RESULT(y);
SHAPE(6, q);

float row_gradient(uint n, uint t, uint o, uint c)
{
  float d = difference(n, t, o, c), g = open_gradient(n, t, o, c, d), s = 1.0 / sqrt(stats[R + c] + eps);

  if (qN != 0)
    g -= (sums[c] + (d - stats[c]) * s * sums[R + c]) / float(pN * pT * K);
  return gamma[c] * s * g;
}

void main()
{
  uint i = invocation();
  if (i >= COUNT(p))
    return;
  uint c = i % R, j = i / pC % pT, n = i / (pC * pT);
  float sum = 0.0;

  for (uint o = 0; o < K; o++)
    if (i % pC < R)
      sum += row_gradient(n, j, o, c);
    else {
      ivec3 t = lookers(j, o, pT);
      for (int a = 0; a < 3; a++)
        if (t[a] >= 0)
          sum -= row_gradient(n, uint(t[a]), o, c);
    }
  y[i] = sum;
}
