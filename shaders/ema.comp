#version 450
#extension GL_GOOGLE_include_directive : require
// average ← β·average + (1 − β)·w, as a step towards w.
#include "sac.glsl"
STATE(0, into);
SOURCE(1, w);
SOURCE(2, beta);

void main()
{
  uint i = invocation();
  if (i < uint(into.length()))
    into[i] += (1.0 - beta[0]) * (w[i] - into[i]);
}
