/* Elementary functions in f32 that vectorise: no branch, no table, no library call, so a loop over them becomes one of vectors on
 * every instruction set, with the same bits.  Within 3 units of the last place; NaN and infinities as in the C library. */
#pragma once
#include <math.h>

#include "targets-private.h"

SAC_BODY guint32
sac_bits (float x)
{
  guint32 bits;

  memcpy (&bits, &x, sizeof bits);
  return bits;
}

SAC_BODY float
sac_from_bits (guint32 bits)
{
  float x;

  memcpy (&x, &bits, sizeof x);
  return x;
}

#define SAC_ROUNDER 12582912.0f         /* 3·2²²: added, it rounds to a whole number that stands in the low bits */

/* e^x = 2^k·e^r, |r| ≤ ln 2/2; the scale in two factors, so that it neither overflows nor underflows early. */
SAC_BODY float
sac_expf (float x)
{
  float t = sac_choose (x > 89, 89, sac_choose (x < -104, -104, x)), k = t * 1.44269504f + SAC_ROUNDER, r, p;
  gint32 whole = (gint32) (sac_bits (k) - sac_bits (SAC_ROUNDER)), half;

  k -= SAC_ROUNDER;
  r = t - k * 0.693359375f + k * 2.12194440e-4f;
  p = (((0.0013934545f * r + 0.008363777f) * r + 0.041666456f) * r + 0.16666573f) * r + 0.5f;
  half = whole >> 1;
  return (p * r * r + r + 1) * sac_from_bits ((guint32) (127 + half) << 23) * sac_from_bits ((guint32) (127 + whole - half) << 23);
}

/* ln x = k·ln 2 + 2·artanh s, s = (m − 1)/(m + 1), m in [√½, √2). */
SAC_BODY float
sac_logf (float x)
{
  gboolean tiny = x < 1.17549435e-38f;
  float m = sac_choose (tiny, x * 8388608.0f, x), k, s, z, y;
  guint32 bits = sac_bits (m) - 0x3f3504f3u;    /* the bits of √½ */

  k = (float) ((gint32) bits >> 23) - (float) sac_choose_int (tiny, 23, 0);
  m = sac_from_bits ((bits & 0x7fffffu) + 0x3f3504f3u);
  s = (m - 1) / (m + 1);
  z = s * s;
  y = 2 * s + s * z * (((0.23333071f * z + 0.28550717f) * z + 0.40000123f) * z + 0.6666667f);
  y = k * 0.693359375f + (y - k * 2.12194440e-4f);
  y = sac_choose (x > 3.4e38f && x * 0 != 0, x, y);
  y = sac_choose (x == 0, -INFINITY, y);
  return sac_choose (x >= 0, y, NAN);
}

SAC_BODY float
sac_tanhf (float x)
{
  float a = fabsf (x), z = x * x;
  float small = x + x * z * ((((-0.0060980762f * z + 0.020998936f) * z - 0.05385151f) * z + 0.13332775f) * z - 0.33333328f);
  float large = 1 - 2 / (sac_expf (2 * a) + 1);

  return sac_choose (a < 0.625f, small, copysignf (large, x));
}

/* 1/(1 + e^−x), without overflow on either side. */
SAC_BODY float
sac_sigmoidf (float x)
{
  float e = sac_expf (-fabsf (x));

  return sac_choose (x < 0, e, 1) / (1 + e);
}

/* ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|); the logarithm's argument rounds, and the quotient makes up for it. */
SAC_BODY float
sac_softplusf (float x)
{
  float e = sac_expf (-fabsf (x)), u = 1 + e, d = u - 1;
  float small = sac_choose (d == 0, e, sac_logf (u) * e / sac_choose (d == 0, 1, d));

  return sac_choose (x < 0, 0, x) + small;
}
