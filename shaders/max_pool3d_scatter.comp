#version 450
#extension GL_GOOGLE_include_directive : require
// Each place of x gets what the windows whose first maximum it is are worth, in their order.
#include "max-pool.glsl"
SOURCE(1, gy);
RESULT(y);
SHAPE(1, q);

// The first window that holds place i, and the last.
ivec2 windows(int i, int kernel, int stride, int pad, int outputs)
{
  int first = i + pad - kernel + 1;

  return ivec2(first > 0 ? (first + stride - 1) / stride : 0, min((i + pad) / stride, outputs - 1));
}

void main()
{
  uint i = invocation();
  if (i >= COUNT(p))
    return;
  Place at = PLACE(i, p);
  ivec2 t = windows(int(at.t), kernel_t, stride_t, pad_t, int(qT)), h = windows(int(at.h), kernel_h, stride_h, pad_h, int(qH));
  ivec2 w = windows(int(at.w), kernel_w, stride_w, pad_w, int(qW));
  float sum = 0.0;

  for (int a = t.x; a <= t.y; a++)
    for (int b = h.x; b <= h.y; b++)
      for (int c = w.x; c <= w.y; c++)
        if (find_maximum(at.n, ivec3(a, b, c), at.c) == i)
          sum += LOAD(gy, (((at.n * qT + uint(a)) * qH + uint(b)) * qW + uint(c)) * qC + at.c);
  STORE(y, i, sum);
}
