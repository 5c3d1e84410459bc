// x̂·γ + β as one product and one sum, the same in every shader that asks on which side of 0 it lies.
float bn_scale(float variance, float gamma, float eps)
{
  return gamma / sqrt(variance + eps);
}

// NaN stays, for divergence must show.
float relu_of(float v)
{
  return v < 0.0 ? 0.0 : v;
}

float bn_value(float x, float mean, float scale, float beta)
{
  precise float shift = fma(-mean, scale, beta);
  precise float value = fma(x, scale, shift);
  return value;
}
