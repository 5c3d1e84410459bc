#version 450
#extension GL_GOOGLE_include_directive : require
// into += value.
#include "sac.glsl"
STATE(0, into);
SOURCE(1, x);

void main()
{
  uint i = invocation();
  if (i < uint(into.length()))
    into[i] += x[i];
}
