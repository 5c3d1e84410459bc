// y = VALUE of x, element by element: one pipeline for all sizes.
#include "sac.glsl"
SOURCE(0, x0);
RESULT(y);

void main()
{
  uint i = invocation();
  if (i >= LENGTH(y))
    return;
  float x = LOAD(x0, i);
  STORE(y, i, VALUE);
}
