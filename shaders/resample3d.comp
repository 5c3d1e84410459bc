#version 450
#extension GL_GOOGLE_include_directive : require
// y(n,o,c) = Σ of what places of x count in o, axis by axis; turned: of what o counts in places of x.
#include "resample.glsl"
SOURCE(0, x);
RESULT(y);
SHAPE(0, p);
RESULT_SHAPE(r);

ivec2 ask(Axis a, int o)
{
  return turned != 0 ? reached(a, o) : reach(a, o);
}

// What place i of x counts in place o of the result; 0 where it does not.
float count_in(Axis a, int o, int i, ivec2 range)
{
  if (turned == 0)
    return weight(a, o, i, range);
  ivec2 other = reach(a, i);
  return o >= other.x && o <= other.y ? weight(a, i, o, other) : 0.0;
}

void main()
{
  uint k = invocation();
  if (k >= COUNT(r))
    return;
  Place at = PLACE(k, r);
  Axis time = Axis(from_t, to_t, kernel_t, stride_t, pad_t), row = Axis(from_h, to_h, kernel_h, stride_h, pad_h);
  Axis column = Axis(from_w, to_w, kernel_w, stride_w, pad_w);
  ivec2 t = ask(time, int(at.t)), h = ask(row, int(at.h)), w = ask(column, int(at.w));
  float sum = 0.0;

  for (int i = t.x; i <= t.y; i++) {
    float a = count_in(time, int(at.t), i, t);
    for (int j = h.x; j <= h.y && a != 0.0; j++) {
      float b = a * count_in(row, int(at.h), j, h);
      for (int l = w.x; l <= w.y && b != 0.0; l++) {
        float c = b * count_in(column, int(at.w), l, w);
        if (c != 0.0)
          sum += c * x[(((at.n * pT + uint(i)) * pH + uint(j)) * pW + uint(l)) * pC + at.c];
      }
    }
  }
  y[k] = sum;
}
