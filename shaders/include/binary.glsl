// y = VALUE of a and b; an axis of size 1 stretches.
#include "sac.glsl"
SOURCE(0, x0);
SOURCE(1, x1);
RESULT(y);
SHAPE(0, p);
SHAPE(1, q);
RESULT_SHAPE(r);

void main()
{
  uint i = invocation();
  if (i >= COUNT(r))
    return;
  Place at = PLACE(i, r);
  float a = LOAD(x0, STRETCH(at, p)), b = LOAD(x1, STRETCH(at, q));
  STORE(y, i, VALUE);
}
