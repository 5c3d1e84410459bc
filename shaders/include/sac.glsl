// Shared by all compute shaders.  Numbers lie in memory order N,T,H,W,C (C fastest).
//   SOURCE (i, x)      operand i, read          STATE (i, w)       operand i, written in place
//   RESULT (y)         what the op gives        SCRATCH (s)        what one pass leaves for the next
//   SHAPE (i, x)       xN xC xT xH xW of operand i (0 where it is absent); RESULT_SHAPE (y) those of the result
//   INT_PARAM (i, k), FLOAT_PARAM (i, k)        word i of the op's params
//   LOAD (x, e), STORE (y, e, v), LENGTH (y)    for operands that may be f16: with HALF, each is f16 or f32 as HALVES says
//   PASS               which pass this is
//   TILE               how large a workgroup's piece is, where there is a choice (product.glsl)
// Sizes and params are specialization constants, so the compiler folds what is 1; a shader that names no shape makes one pipeline
// for all sizes.  The numbers of bindings and constants are those of src/backend/sac-shaders.h.
#ifndef SAC_GLSL
#define SAC_GLSL
#ifndef LOCAL
#define LOCAL 64
#endif
#ifdef HALF
#extension GL_EXT_shader_16bit_storage : require
#endif
#ifdef MATRIX
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_NV_cooperative_matrix : require
#endif
layout(local_size_x = LOCAL) in;

#define STATE(i_, name_) layout(std430, binding = i_) buffer State##name_ { float name_[]; }
#ifdef HALF
layout(constant_id = 46) const uint HALVES = 0;
#define SOURCE(i_, name_) layout(std430, binding = i_) readonly buffer Source##name_ { float name_[]; }; \
  layout(std430, binding = i_) readonly buffer Half##name_ { float16_t name_##_half[]; }; \
  float load_##name_(uint i) { return (HALVES >> i_ & 1u) != 0 ? float(name_##_half[i]) : name_[i]; } \
  const uint name_##_ = 0
#define RESULT(name_) layout(std430, binding = 8) writeonly buffer Result##name_ { float name_[]; }; \
  layout(std430, binding = 8) writeonly buffer Half##name_ { float16_t name_##_half[]; }; \
  void store_##name_(uint i, float v) { if ((HALVES >> 8 & 1u) != 0) name_##_half[i] = float16_t(v); else name_[i] = v; } \
  const uint name_##_ = 0
#define LOAD(name_, i_) load_##name_(i_)
#define STORE(name_, i_, v_) store_##name_(i_, v_)
#define LENGTH(name_) ((HALVES >> 8 & 1u) != 0 ? uint(name_##_half.length()) : uint(name_.length()))
#else
#define SOURCE(i_, name_) layout(std430, binding = i_) readonly buffer Source##name_ { float name_[]; }
#define RESULT(name_) layout(std430, binding = 8) writeonly buffer Result##name_ { float name_[]; }
#define LOAD(name_, i_) name_[i_]
#define STORE(name_, i_, v_) name_[i_] = v_
#define LENGTH(name_) uint(name_.length())
#endif
#define SCRATCH(name_) layout(std430, binding = 9) buffer Scratch##name_ { float name_[]; }

#define SHAPE(i_, name_) \
  layout(constant_id = 5 * (i_)) const uint name_##N = 1; \
  layout(constant_id = 5 * (i_) + 1) const uint name_##C = 1; \
  layout(constant_id = 5 * (i_) + 2) const uint name_##T = 1; \
  layout(constant_id = 5 * (i_) + 3) const uint name_##H = 1; \
  layout(constant_id = 5 * (i_) + 4) const uint name_##W = 1
#define RESULT_SHAPE(name_) SHAPE(8, name_)
#define COUNT(name_) (name_##N * name_##C * name_##T * name_##H * name_##W)

#define INT_PARAM(i_, name_) layout(constant_id = 48 + i_) const int name_ = 0
#define FLOAT_PARAM(i_, name_) layout(constant_id = 48 + i_) const float name_ = 0.0
layout(constant_id = 45) const uint PASS = 0;
layout(constant_id = 47) const uint TILE = 0;

// Workgroups and invocations are counted over a grid of up to 2^16 groups (x) by rows of groups (y).
uint group()
{
  return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x;
}

uint invocation()
{
  return group() * LOCAL + gl_LocalInvocationID.x;
}

struct Place { uint n, t, h, w, c; };

#define PLACE(i_, s_) Place((i_) / (s_##C * s_##W * s_##H * s_##T), (i_) / (s_##C * s_##W * s_##H) % s_##T, \
                            (i_) / (s_##C * s_##W) % s_##H, (i_) / s_##C % s_##W, (i_) % s_##C)
#define INDEX(p_, s_) (((((p_).n * s_##T + (p_).t) * s_##H + (p_).h) * s_##W + (p_).w) * s_##C + (p_).c)
// The element of a source that stretches to @p_: an axis of size 1 is read at 0.
#define STRETCH(p_, s_) \
  ((((min((p_).n, s_##N - 1) * s_##T + min((p_).t, s_##T - 1)) * s_##H + min((p_).h, s_##H - 1)) * s_##W \
    + min((p_).w, s_##W - 1)) * s_##C + min((p_).c, s_##C - 1))
#endif
