// Shared by all compute shaders.  Numbers lie in memory order N,T,H,W,C (C fastest); sizes are specialization constants, so a
// pipeline is made for each shape and the compiler folds what is 1.
layout(local_size_x = 64) in;

#define SOURCE(binding_, name_) layout(std430, binding = binding_) readonly restrict buffer Source##name_ { float name_[]; }
#define RESULT(binding_, name_) layout(std430, binding = binding_) writeonly restrict buffer Result##name_ { float name_[]; }

// Flat number of this invocation over a grid of up to 2^22 groups (x) by y rows of groups.
uint invocation()
{
  return (gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x) * gl_WorkGroupSize.x + gl_LocalInvocationID.x;
}
