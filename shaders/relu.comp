#version 450
#extension GL_GOOGLE_include_directive : require
// y = max(x, 0); NaN stays.
#define VALUE (x < 0.0 ? 0.0 : x)
#include "flat.glsl"
