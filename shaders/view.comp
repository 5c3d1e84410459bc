#version 450
#extension GL_GOOGLE_include_directive : require
// The same numbers under another shape.
#define VALUE x
#include "flat.glsl"
