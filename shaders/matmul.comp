#version 450
#extension GL_GOOGLE_include_directive : require
// op(a)·op(b) for a batch of matrices: rows are W, columns C, the batch N,T,H, where an axis of size 1 stretches.
#define LOCAL 256
#include "sac.glsl"
SOURCE(0, a);
SOURCE(1, b);
RESULT(y);
SHAPE(0, p);
SHAPE(1, q);
RESULT_SHAPE(r);
INT_PARAM(0, turned_a);
INT_PARAM(1, turned_b);
#define BATCH (rN * rT * rH)
#define ROWS rW
#define COLUMNS rC
#define DEPTH (turned_a != 0 ? pW : pC)

float left(uint batch, uint row, uint k)
{
  uint n = min(batch / (rH * rT), pN - 1), t = min(batch / rH % rT, pT - 1), h = min(batch % rH, pH - 1);

  return a[((n * pT + t) * pH + h) * pW * pC + (turned_a != 0 ? k * pC + row : row * pC + k)];
}

float right(uint batch, uint k, uint column)
{
  uint n = min(batch / (rH * rT), qN - 1), t = min(batch / rH % rT, qT - 1), h = min(batch % rH, qH - 1);

  return b[((n * qT + t) * qH + h) * qW * qC + (turned_b != 0 ? column * qC + k : k * qC + column)];
}

void put(uint batch, uint row, uint column, float sum)
{
  y[(batch * ROWS + row) * COLUMNS + column] = sum;
}

#include "product.glsl"
