#version 450
#extension GL_GOOGLE_include_directive : require
// Mean and biased variance of each channel, from what conv3d_stats left behind its result.
#include "sac.glsl"
#include "sums-behind.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
#ifdef HALF
#define HALVED ((HALVES & 1u) != 0)
#else
#define HALVED false
#endif

void main()
{
  uint c = invocation(), tail = TAIL_AT(p, HALVED);
  Sums all = Sums(0.0, 0.0, 0.0);
  float zero;

  if (c >= pC)
    return;
  zero = x[RECORD_AT(tail, 0, pC) + 16 + c];
  for (uint record = 0; record < uint(x[tail]); record++) {
    uint at = RECORD_AT(tail, record, pC);

    join_sums(all, x[at], x[at + 16 + c] - zero + x[at + 16 + pC + c], x[at + 16 + 2 * pC + c]);
  }
  y[c] = zero + all.mean;
  y[pC + c] = all.squares / all.n;
}
