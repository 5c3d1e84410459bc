#version 450
#extension GL_GOOGLE_include_directive : require
// A step of the optimiser by a gradient that is only read.
#include "sgd.glsl"

void main()
{
  uint i = invocation();
  if (i < uint(w.length()))
    step_one(i);
}
