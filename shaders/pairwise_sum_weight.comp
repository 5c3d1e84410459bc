#version 450
#extension GL_GOOGLE_include_directive : require
// With ga = gy ⊙ v: Σ ga·h₂ᵀ over all rows and, as last column, Σ ga.
#include "pairwise-sum.glsl"
SOURCE(4, v);
SOURCE(5, gy);
RESULT(y);
SHAPE(4, q);
#define OUTPUTS (qC * (R + 1))
#define INNER (qC * (R + 1))
#define REDUCED (qN * LENGTH * K)
#define START vec2(0.0)

uint element(uint o, uint k)
{
  return k;
}

void add(uint e, uint row, inout vec2 sum)
{
  uint c = e % (R + 1), k = e / (R + 1), o = row % K, at = row / K, t = at % LENGTH, from = at - t + look(t, o, LENGTH);
  float ga = gy[at * qC + k] * v[from * qC + k];

  sum.x += c < R ? ga * open_row(row, c) : ga;
}

vec2 join(vec2 a, vec2 b)
{
  return a + b;
}

void finish(uint o, vec2 sum)
{
  y[o] = sum.x;
}

#include "reduce.glsl"
