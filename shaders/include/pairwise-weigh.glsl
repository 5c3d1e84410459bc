// The weights a = W·h₂ + b of a row.
#include "pairwise-sum.glsl"
SOURCE(4, w);
SOURCE(5, bias);
SOURCE(6, v);
RESULT(y);
SHAPE(6, q);

float weigh(uint row, uint c)
{
  float sum = bias[c];

  for (uint i = 0; i < R; i++)
    sum += open_row(row, i) * w[c * R + i];
  return sum;
}
