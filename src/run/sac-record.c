#include "sac-record-private.h"

#include <string.h>

/* Castagnoli polynomial, reflected.  Table k is for a byte that k more follow, so that eight bytes are one step. */
typedef guint32 CrcTables[8][256];

static const CrcTables *
crc_tables (void)
{
  static gsize once;
  static CrcTables tables;

  if (g_once_init_enter (&once))
    {
      for (guint32 i = 0; i < 256; i++)
        {
          guint32 c = i;

          for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? (c >> 1) ^ 0x82F63B78u : c >> 1;
          tables[0][i] = c;
        }
      for (guint k = 1; k < 8; k++)
        for (guint i = 0; i < 256; i++)
          tables[k][i] = tables[k - 1][i] >> 8 ^ tables[0][tables[k - 1][i] & 0xFF];
      g_once_init_leave (&once, 1);
    }
  return &tables;
}

guint32
_sac_crc32c_masked (const void *data, gsize n_bytes)
{
  const CrcTables *t = crc_tables ();
  const guint8 *at = data;
  guint32 c = 0xFFFFFFFFu;

  for (; n_bytes >= 8; n_bytes -= 8, at += 8)
    {
      guint32 low, high;

      memcpy (&low, at, 4);
      memcpy (&high, at + 4, 4);
      low = GUINT32_FROM_LE (low) ^ c;
      high = GUINT32_FROM_LE (high);
      c = (*t)[7][low & 0xFF] ^ (*t)[6][low >> 8 & 0xFF] ^ (*t)[5][low >> 16 & 0xFF] ^ (*t)[4][low >> 24]
          ^ (*t)[3][high & 0xFF] ^ (*t)[2][high >> 8 & 0xFF] ^ (*t)[1][high >> 16 & 0xFF] ^ (*t)[0][high >> 24];
    }
  for (; n_bytes > 0; n_bytes--, at++)
    c = (*t)[0][(c ^ *at) & 0xFF] ^ (c >> 8);
  c = ~c;
  return ((c >> 15) | (c << 17)) + 0xA282EAD8u;
}

static void
append_le (GByteArray *out, guint64 value, guint n_bytes)
{
  guint8 bytes[8];

  for (guint i = 0; i < n_bytes; i++)
    bytes[i] = (guint8) (value >> (8 * i));
  g_byte_array_append (out, bytes, n_bytes);
}

static guint64
read_le (const guint8 *at, guint n_bytes)
{
  guint64 value = 0;

  for (guint i = 0; i < n_bytes; i++)
    value |= (guint64) at[i] << (8 * i);
  return value;
}

void
_sac_record_append (GByteArray *out, const void *data, gsize n_bytes)
{
  guint start = out->len;

  append_le (out, n_bytes, 8);
  append_le (out, _sac_crc32c_masked (out->data + start, 8), 4);
  g_byte_array_append (out, data, (guint) n_bytes);
  append_le (out, _sac_crc32c_masked (data, n_bytes), 4);
}

SacRecordState
_sac_record_look (const guint8 *at, gsize available, const guint8 **data, gsize *n_bytes, gsize *total)
{
  guint64 length;

  *total = 12;
  if (available < 12)
    return SAC_RECORD_TORN;
  length = read_le (at, 8);
  if (read_le (at + 8, 4) != _sac_crc32c_masked (at, 8) || length > _SAC_RECORD_MAX_BYTES)
    return SAC_RECORD_DAMAGED;
  *total = (gsize) length + 16;
  if (available < *total)
    return SAC_RECORD_TORN;
  if (read_le (at + 12 + length, 4) != _sac_crc32c_masked (at + 12, length))
    return SAC_RECORD_DAMAGED;
  *data = at + 12;
  *n_bytes = length;
  return SAC_RECORD_WHOLE;
}

static void
put_varint (GByteArray *out, guint64 value)
{
  do
    {
      guint8 byte = (guint8) (value & 0x7F);

      value >>= 7;
      if (value)
        byte |= 0x80;
      g_byte_array_append (out, &byte, 1);
    }
  while (value);
}

void
_sac_pb_varint (GByteArray *out, guint field, guint64 value)
{
  put_varint (out, (guint64) field << 3 | 0);
  put_varint (out, value);
}

void
_sac_pb_double (GByteArray *out, guint field, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  put_varint (out, (guint64) field << 3 | 1);
  append_le (out, bits, 8);
}

void
_sac_pb_float (GByteArray *out, guint field, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  put_varint (out, (guint64) field << 3 | 5);
  append_le (out, bits, 4);
}

void
_sac_pb_bytes (GByteArray *out, guint field, const void *data, gsize n_bytes)
{
  put_varint (out, (guint64) field << 3 | 2);
  put_varint (out, n_bytes);
  if (n_bytes)
    g_byte_array_append (out, data, (guint) n_bytes);
}

void
_sac_pb_reader_init (SacPbReader *reader, const void *data, gsize n_bytes)
{
  *reader = (SacPbReader) { .at = data, .end = (const guint8 *) data + n_bytes };
}

static gboolean
take_varint (SacPbReader *reader, guint64 *value)
{
  *value = 0;
  for (int shift = 0; shift < 64 && reader->at < reader->end; shift += 7)
    {
      guint8 byte = *reader->at++;

      *value |= (guint64) (byte & 0x7F) << shift;
      if (!(byte & 0x80))
        return TRUE;
    }
  return FALSE;
}

gboolean
_sac_pb_next (SacPbReader *reader)
{
  guint64 key;
  gsize left;

  if (!take_varint (reader, &key) || key >> 3 == 0 || key >> 3 > G_MAXINT32)
    return FALSE;
  reader->field = (guint) (key >> 3);
  reader->wire = (guint) (key & 7);
  left = (gsize) (reader->end - reader->at);
  switch (reader->wire)
    {
    case 0:
      return take_varint (reader, &reader->number);
    case 1:
    case 5:
      {
        guint n = reader->wire == 1 ? 8 : 4;

        if (left < n)
          return FALSE;
        reader->number = read_le (reader->at, n);
        reader->at += n;
        return TRUE;
      }
    case 2:
      {
        guint64 n;

        if (!take_varint (reader, &n) || n > (guint64) (reader->end - reader->at))
          return FALSE;
        reader->data = reader->at;
        reader->n_bytes = (gsize) n;
        reader->at += n;
        return TRUE;
      }
    default:
      return FALSE;             /* groups are not written by anybody */
    }
}

double
_sac_pb_as_double (const SacPbReader *reader)
{
  double value;

  memcpy (&value, &reader->number, sizeof value);
  return value;
}

float
_sac_pb_as_float (const SacPbReader *reader)
{
  guint32 bits = (guint32) reader->number;
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}
