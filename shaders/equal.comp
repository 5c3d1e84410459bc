#version 450
#extension GL_GOOGLE_include_directive : require
// 1 where equal, else 0; NaN where one of both is.
#define VALUE (a == b ? 1.0 : isnan(a) ? a : isnan(b) ? b : 0.0)
#include "binary.glsl"
