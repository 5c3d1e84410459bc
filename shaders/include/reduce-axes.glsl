// A reduction over the axes that are 1 in the result: what reduce.glsl needs to know of it.
#include "sac.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
RESULT_SHAPE(r);
#define OUTPUTS COUNT(r)
#define REDUCED (COUNT(p) / COUNT(r))
// axes that are kept behind the last one that is not
const uint W_INNER = rW == pW ? pC * pW : pC, H_INNER = rW == pW && rH == pH ? W_INNER * pH : W_INNER;
const uint T_INNER = rW == pW && rH == pH && rT == pT ? H_INNER * pT : H_INNER;
#define INNER (rC != pC ? 1 : T_INNER)
const uint LESS_C = rC == pC ? 1 : pC, LESS_W = rW == pW ? 1 : pW, LESS_H = rH == pH ? 1 : pH, LESS_T = rT == pT ? 1 : pT;

uint element(uint o, uint k)
{
  Place at = PLACE(o, r);
  at.c += k % LESS_C;
  at.w += k / LESS_C % LESS_W;
  at.h += k / (LESS_C * LESS_W) % LESS_H;
  at.t += k / (LESS_C * LESS_W * LESS_H) % LESS_T;
  at.n += k / (LESS_C * LESS_W * LESS_H * LESS_T);
  return INDEX(at, p);
}
