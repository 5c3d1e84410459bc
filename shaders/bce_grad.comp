#version 450
#extension GL_GOOGLE_include_directive : require
// v·(sigmoid(z) − t).
#include "functions.glsl"
SOURCE(0, z);
SOURCE(1, t);
SOURCE(2, v);
RESULT(y);

void main()
{
  uint i = invocation();
  if (i < uint(y.length()))
    y[i] = v[i] * (sigmoid(z[i]) - t[i]);
}
