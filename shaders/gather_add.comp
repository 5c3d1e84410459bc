#version 450
#extension GL_GOOGLE_include_directive : require
// Rows added where the numbers say, in their order; numbers that are no row are left out.
#include "sac.glsl"
SOURCE(0, x);
SOURCE(1, rows);
RESULT(y);
SHAPE(0, p);

void main()
{
  uint i = invocation();
  if (i >= uint(y.length()))
    return;
  uint row = i / pC, c = i % pC;
  float sum = 0.0;
  for (uint r = 0; r < uint(rows.length()); r++)
    if (rows[r] >= 0.0 && rows[r] < 16777216.0 && uint(rows[r]) == row)
      sum += x[r * pC + c];
  y[i] = sum;
}
