#version 450
#extension GL_GOOGLE_include_directive : require
// 1, ½ where equal, 0; NaN where one of both is.
#define VALUE (a > b ? 1.0 : a < b ? 0.0 : a == b ? 0.5 : a + b)
#include "binary.glsl"
