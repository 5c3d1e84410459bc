#version 450
#extension GL_GOOGLE_include_directive : require
// y = scale·x + shift.
#include "sac.glsl"
FLOAT_PARAM(0, scale);
FLOAT_PARAM(1, shift);
#define VALUE scale * x + shift
#include "flat.glsl"
