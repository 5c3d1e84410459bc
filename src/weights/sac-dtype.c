/* Number formats of weight files, widened to f32.  All little-endian. */
#include <string.h>

#include "weight-files-private.h"

static const struct { const char *name; guint bytes; } dtypes[SAC_N_DTYPES] = {
  [SAC_DTYPE_F64] = { "float64", 8 }, [SAC_DTYPE_F32] = { "float32", 4 }, [SAC_DTYPE_F16] = { "float16", 2 },
  [SAC_DTYPE_BF16] = { "bfloat16", 2 }, [SAC_DTYPE_F8_E4M3] = { "float8_e4m3fn", 1 }, [SAC_DTYPE_F8_E5M2] = { "float8_e5m2", 1 },
  [SAC_DTYPE_I64] = { "int64", 8 }, [SAC_DTYPE_I32] = { "int32", 4 }, [SAC_DTYPE_I16] = { "int16", 2 },
  [SAC_DTYPE_I8] = { "int8", 1 }, [SAC_DTYPE_U64] = { "uint64", 8 }, [SAC_DTYPE_U32] = { "uint32", 4 },
  [SAC_DTYPE_U16] = { "uint16", 2 }, [SAC_DTYPE_U8] = { "uint8", 1 }, [SAC_DTYPE_BOOL] = { "bool", 1 },
};

const char *
_sac_dtype_name (SacFileDtype dtype)
{
  return dtypes[dtype].name;
}

guint
_sac_dtype_bytes (SacFileDtype dtype)
{
  return dtypes[dtype].bytes;
}

static float
from_bits (guint32 bits)
{
  float f;

  memcpy (&f, &bits, sizeof f);
  return f;
}

/* IEEE binary16: 1 sign, 5 exponent, 10 mantissa.  Subnormals are a multiple of 2⁻²⁴. */
static float
from_half (guint16 h)
{
  guint32 sign = (guint32) (h & 0x8000) << 16, exponent = (h >> 10) & 31, mantissa = h & 1023;

  if (exponent == 31)
    return from_bits (sign | 0x7f800000u | mantissa << 13);
  if (exponent == 0)
    return (sign ? -1.0f : 1.0f) * (float) mantissa * 0x1p-24f;
  return from_bits (sign | (exponent + 112) << 23 | mantissa << 13);
}

/* 4 exponent bits of bias 7, no infinities, NaN only where all are set. */
static float
from_e4m3 (guint8 b)
{
  guint32 exponent = (b >> 3) & 15, mantissa = b & 7, sign = (guint32) (b & 0x80) << 24;

  if ((b & 0x7f) == 0x7f)
    return from_bits (sign | 0x7fc00000u);
  if (exponent == 0)
    return (sign ? -1.0f : 1.0f) * (float) mantissa * 0x1p-9f;
  return from_bits (sign | (exponent + 120) << 23 | mantissa << 20);
}

#define WIDEN(type, expression)                 \
  for (gsize i = 0; i < n; i++)                 \
    {                                           \
      type v;                                   \
                                                \
      memcpy (&v, in + i * sizeof v, sizeof v); \
      out[i] = (expression);                    \
    }                                           \
  break

void
_sac_dtype_to_f32 (SacFileDtype dtype, const guint8 *in, gsize n, float *out)
{
  G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);

  if (n == 0)
    return;
  switch (dtype)
    {
    case SAC_DTYPE_F32:
      memcpy (out, in, n * sizeof (float));
      break;
    case SAC_DTYPE_F64:
      WIDEN (double, v > G_MAXFLOAT ? from_bits (0x7f800000u) : v < -G_MAXFLOAT ? from_bits (0xff800000u) : (float) v);
    case SAC_DTYPE_F16:
      WIDEN (guint16, from_half (v));
    case SAC_DTYPE_BF16:
      WIDEN (guint16, from_bits ((guint32) v << 16));
    case SAC_DTYPE_F8_E4M3:
      WIDEN (guint8, from_e4m3 (v));
    case SAC_DTYPE_F8_E5M2:
      WIDEN (guint8, from_half ((guint16) (v << 8)));
    case SAC_DTYPE_I64:
      WIDEN (gint64, (float) v);
    case SAC_DTYPE_I32:
      WIDEN (gint32, (float) v);
    case SAC_DTYPE_I16:
      WIDEN (gint16, (float) v);
    case SAC_DTYPE_I8:
      WIDEN (gint8, (float) v);
    case SAC_DTYPE_U64:
      WIDEN (guint64, (float) v);
    case SAC_DTYPE_U32:
      WIDEN (guint32, (float) v);
    case SAC_DTYPE_U16:
      WIDEN (guint16, (float) v);
    case SAC_DTYPE_U8:
      WIDEN (guint8, (float) v);
    case SAC_DTYPE_BOOL:
      WIDEN (guint8, v ? 1.0f : 0.0f);
    case SAC_N_DTYPES:
    default:
      g_assert_not_reached ();
    }
}
