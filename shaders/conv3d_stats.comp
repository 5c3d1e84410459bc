#version 450
#extension GL_GOOGLE_include_directive : require
// conv3d, and behind the result sums of each channel for bn_stats_join.
#define COUNTED
#include "conv.glsl"
SOURCE(0, x);
SOURCE(1, w);
RESULT(y);
SHAPE(0, p);
SHAPE(1, q);
RESULT_SHAPE(r);
#ifdef HALF
#define HALVED ((HALVES >> 8 & 1u) != 0)
#else
#define HALVED false
#endif

float stored(float v)
{
  return HALVED ? unpackHalf2x16(packHalf2x16(vec2(v, 0.0))).x : v;
}

#define FINISH(v_, at_, c_) v_
#include "conv-forward.glsl"
