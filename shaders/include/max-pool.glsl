// Windows of max pooling and where their first maximum is; what is no number wins.
#include "sac.glsl"
INT_PARAM(0, kernel_t);
INT_PARAM(1, kernel_h);
INT_PARAM(2, kernel_w);
INT_PARAM(3, stride_t);
INT_PARAM(4, stride_h);
INT_PARAM(5, stride_w);
INT_PARAM(6, pad_t);
INT_PARAM(7, pad_h);
INT_PARAM(8, pad_w);
SOURCE(0, x);
SHAPE(0, p);

uint element(uint n, int t, int h, int w, uint c)
{
  return (((n * pT + uint(t)) * pH + uint(h)) * pW + uint(w)) * pC + c;
}

uint find_maximum(uint n, ivec3 o, uint c)
{
  ivec3 start = o * ivec3(stride_t, stride_h, stride_w) - ivec3(pad_t, pad_h, pad_w), from = max(start, ivec3(0));
  ivec3 to = min(start + ivec3(kernel_t, kernel_h, kernel_w), ivec3(pT, pH, pW));
  uint best = element(n, from.x, from.y, from.z, c);

  for (int t = from.x; t < to.x; t++)
    for (int h = from.y; h < to.y; h++)
      for (int w = from.z; w < to.z; w++) {
        uint i = element(n, t, h, w, c);
        if (LOAD(x, i) > LOAD(x, best) || isnan(LOAD(x, i)))
          best = i;
      }
  return best;
}
