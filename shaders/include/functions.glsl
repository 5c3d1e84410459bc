// Functions that GLSL lacks or gives only for some numbers.
#include "sac.glsl"

float sigmoid(float x)
{
  return 1.0 / (1.0 + exp(-x));
}

// ln((1 + s)/(1 − s)) for |s| ≤ ⅓: the series of 2·artanh s.
float log_ratio(float s)
{
  float z = s * s;
  return 2.0 * s * (1.0 + z * (1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0 + z * (1.0 / 11.0 + z * (1.0 / 13.0
         + z / 15.0)))))));
}

// GLSL's log is only right to 2⁻²¹ between ½ and 2, where ln x may be much smaller.
float logarithm(float x)
{
  int power;
  float part = frexp(x, power);

  if (!(x > 0.0) || isinf(x))
    return x == 0.0 ? -1.0 / 0.0 : x > 0.0 ? x : sqrt(-1.0 - abs(x));
  if (part < 0.70710678) {
    part *= 2.0;
    power--;
  }
  return float(power) * 0.69314718 + log_ratio((part - 1.0) / (part + 1.0));
}

// ln(1 + e) for e in 0…1.
float log_more(float e)
{
  return log_ratio(e / (2.0 + e));
}

float softplus(float x)
{
  return (x < 0.0 ? 0.0 : x) + log_more(exp(-abs(x)));
}

// e^2x would overflow for large x, and near 0 the difference of both would cancel.
float tangent(float x)
{
  float e, s = x * x;

  if (abs(x) < 0.25)
    return x * (1.0 + s * (-1.0 / 3.0 + s * (2.0 / 15.0 + s * (-17.0 / 315.0 + s * 62.0 / 2835.0))));
  e = exp(-2.0 * abs(x));
  return isnan(x) ? x : (x < 0.0 ? -1.0 : 1.0) * (1.0 - e) / (1.0 + e);
}
