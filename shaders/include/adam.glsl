// m ← β₁·m + (1−β₁)·d, v ← β₂·v + (1−β₂)·d², d = gscale·g + λ·w; w ← w − η'·scale·m/(√v·c + ε).  Where scale is 0, all stay.
#include "sac.glsl"
STATE(0, w);
STATE(1, m);
STATE(2, v);
STATE(3, gradient);
SOURCE(4, hyper);
SOURCE(5, scale_);
SHAPE(5, s);

void step_one(uint i)
{
  float scale = 1.0;
  if (sN != 0)
    scale = scale_[0];
  float d = hyper[6] * gradient[i] + hyper[5] * w[i];
  float first = hyper[1] * m[i] + (1.0 - hyper[1]) * d, second = hyper[2] * v[i] + (1.0 - hyper[2]) * (d * d);

  if (scale == 0.0)
    return;
  w[i] -= hyper[0] * scale * first / (sqrt(second) * hyper[3] + hyper[4]);
  m[i] = first;
  v[i] = second;
}
