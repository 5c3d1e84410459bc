// 1-D self-attention: position t of a sequence and offset o make a row; the footprint of t is K rows, one after the other.
#include "sac.glsl"
#include "bn.glsl"
INT_PARAM(0, footprint);
INT_PARAM(1, dilation);
FLOAT_PARAM(2, eps);
const uint K = uint(footprint);

// Where offset o of position t looks: outside, the sequence is reflected without repeating its border.
uint look(uint t, uint o, uint length)
{
  int i = abs(int(t) + (int(o) - footprint / 2) * dilation);
  return uint(i < int(length) ? i : 2 * (int(length) - 1) - i);
}

// The positions that look at place j through offset o: up to three, −1 where there is none.
ivec3 lookers(uint j, uint o, uint length)
{
  int off = (int(o) - footprint / 2) * dilation, n = int(length), at = int(j);
  ivec3 t = ivec3(at - off, at > 0 ? -at - off : -1, at < n - 1 ? 2 * (n - 1) - at - off : -1);

  return ivec3(t.x >= 0 && t.x < n ? t.x : -1, t.y >= 0 && t.y < n ? t.y : -1, t.z >= 0 && t.z < n ? t.z : -1);
}
