// v ← m·v + d, d = gscale·g + λ·w; w ← w − η·scale·v, or by Nesterov − η·scale·(d + m·v).  Where scale is 0, w and v stay.
#include "sac.glsl"
STATE(0, w);
STATE(1, v);
STATE(2, gradient);
SOURCE(3, scale_);
SOURCE(4, hyper);
SHAPE(3, s);

void step_one(uint i)
{
  float scale = 1.0;
  if (sN != 0)
    scale = scale_[0];
  float d = hyper[3] * gradient[i] + hyper[2] * w[i], moved = hyper[1] * v[i] + d;

  if (scale == 0.0)
    return;
  w[i] -= hyper[0] * scale * (hyper[4] != 0.0 ? d + hyper[1] * moved : moved);
  v[i] = moved;
}
