#version 450
#extension GL_GOOGLE_include_directive : require
// y = a + b.
#define VALUE a + b
#include "binary.glsl"
