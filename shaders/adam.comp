#version 450
#extension GL_GOOGLE_include_directive : require
// A step of the optimiser, which clears the gradient.
#include "adam.glsl"

void main()
{
  uint i = invocation();
  if (i < uint(w.length())) {
    step_one(i);
    gradient[i] = 0.0;
  }
}
