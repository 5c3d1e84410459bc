#version 450
#extension GL_GOOGLE_include_directive : require
// ln(1 + e^z) − z·t.
#include "functions.glsl"
SOURCE(0, z);
SOURCE(1, t);
RESULT(y);

void main()
{
  uint i = invocation();
  if (i < uint(y.length()))
    y[i] = softplus(z[i]) - z[i] * t[i];
}
