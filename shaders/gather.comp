#version 450
#extension GL_GOOGLE_include_directive : require
// The rows of a table that the numbers name; NaN where there is no such row.
#include "sac.glsl"
SOURCE(0, table);
SOURCE(1, rows);
RESULT(y);
SHAPE(0, p);

void main()
{
  uint i = invocation();
  if (i >= uint(y.length()))
    return;
  float row = rows[i / pC];
  y[i] = row >= 0.0 && row < float(pN) ? table[uint(row) * pC + i % pC] : sqrt(-1.0 - abs(row));
}
