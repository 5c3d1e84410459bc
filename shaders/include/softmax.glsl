// A workgroup takes a place: the largest of its channels and the sum of e^(x − most).
#include "sac.glsl"
#include "label.glsl"
SOURCE(0, x);
SHAPE(0, p);
shared float lanes[LOCAL];

float most_of(uint row)
{
  uint lane = gl_LocalInvocationID.x;
  float most = -1.0 / 0.0;

  for (uint c = lane; c < pC; c += LOCAL)
    most = x[row * pC + c] > most || isnan(x[row * pC + c]) ? x[row * pC + c] : most;
  lanes[lane] = most;
  barrier();
  for (uint half_ = LOCAL / 2; half_ > 0; half_ /= 2) {
    if (lane < half_)
      lanes[lane] = lanes[lane + half_] > lanes[lane] || isnan(lanes[lane + half_]) ? lanes[lane + half_] : lanes[lane];
    barrier();
  }
  most = lanes[0];
  barrier();
  return most;
}

float sum_of(float value)
{
  uint lane = gl_LocalInvocationID.x;

  lanes[lane] = value;
  barrier();
  for (uint half_ = LOCAL / 2; half_ > 0; half_ /= 2) {
    if (lane < half_)
      lanes[lane] += lanes[lane + half_];
    barrier();
  }
  value = lanes[0];
  barrier();
  return value;
}

float sum_exp(uint row, float most)
{
  float sum = 0.0;

  for (uint c = gl_LocalInvocationID.x; c < pC; c += LOCAL)
    sum += exp(x[row * pC + c] - most);
  return sum_of(sum);
}
