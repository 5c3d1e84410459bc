#version 450
#extension GL_GOOGLE_include_directive : require
// The smaller one; NaN if one is none.
#define VALUE (isnan(a) || a <= b ? a : b)
#include "binary.glsl"
