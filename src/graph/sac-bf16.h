/* bf16, the upper half of an f32.  Rounding is to the nearest, ties to even; a NaN stays one, an overflow becomes infinite.
 * Plain expressions, so that loops over them vectorise on every instruction set. */
#pragma once
#include <glib.h>
#include <string.h>

static inline float
sac_bf16_to_float (guint16 half)
{
  guint32 bits = (guint32) half << 16;
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline guint16
sac_bf16_from_float (float value)
{
  guint32 bits, is_nan;

  memcpy (&bits, &value, sizeof bits);
  is_nan = -(guint32) ((bits & 0x7fffffff) > 0x7f800000);
  return (guint16) ((((bits + 0x7fff + (bits >> 16 & 1)) & ~is_nan) | ((bits | 0x400000) & is_nan)) >> 16);
}

/* Copies between the two, by what this processor has; the same bits on each. */
typedef struct {
  void (*widen) (float *to, const guint16 *from, gsize n);
  void (*narrow) (guint16 *to, const float *from, gsize n);
} SacBf16Copies;
SacBf16Copies sac_bf16_copies (void);
