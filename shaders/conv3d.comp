#version 450
#extension GL_GOOGLE_include_directive : require
// y(n,o,k) = Σ over taps and c of x(n, o·stride + tap·dilation − pad, c) · w(k,tap,c).
#include "conv.glsl"
SOURCE(0, x);
SOURCE(1, w);
RESULT(y);
SHAPE(0, p);
SHAPE(1, q);
RESULT_SHAPE(r);
#define FINISH(v_, at_, c_) v_
#include "conv-forward.glsl"
