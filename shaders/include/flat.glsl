// y = VALUE of x, element by element: one pipeline for all sizes.
#include "sac.glsl"
SOURCE(0, x0);
RESULT(y);

void main()
{
  uint i = invocation();
  if (i >= uint(y.length()))
    return;
  float x = x0[i];
  y[i] = VALUE;
}
