/* PNG, as far as a grey picture of 16 bits needs it: one kind of pixel, no interlacing; every filter is understood, none is written. */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "maps-private.h"

static const guint8 signature[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

static guint32
crc (const guint8 *bytes, gsize n)
{
  guint32 c = 0xffffffff;

  for (gsize i = 0; i < n; i++)
    {
      c ^= bytes[i];
      for (int k = 0; k < 8; k++)
        c = (c >> 1) ^ (c & 1 ? 0xedb88320 : 0);
    }
  return ~c;
}

static guint32
read_u32 (const guint8 *at)
{
  return (guint32) at[0] << 24 | (guint32) at[1] << 16 | (guint32) at[2] << 8 | at[3];
}

static void
append_u32 (GByteArray *out, guint32 value)
{
  value = GUINT32_TO_BE (value);
  g_byte_array_append (out, (const guint8 *) &value, 4);
}

static void
append_chunk (GByteArray *out, const char *name, const guint8 *data, gsize n)
{
  guint start;

  append_u32 (out, (guint32) n);
  start = out->len;
  g_byte_array_append (out, (const guint8 *) name, 4);
  if (n)
    g_byte_array_append (out, data, (guint) n);
  append_u32 (out, crc (out->data + start, out->len - start));
}

/* The whole of @in through @converter; more than @most bytes are an error. */
static GByteArray *
convert (GConverter *converter, const guint8 *in, gsize n, gsize most, GError **error)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  GConverterResult result = G_CONVERTER_CONVERTED;
  guint8 block[65536];

  while (result != G_CONVERTER_FINISHED)
    {
      gsize taken = 0, made = 0;

      result = g_converter_convert (converter, in, n, block, sizeof block, G_CONVERTER_INPUT_AT_END, &taken, &made, error);
      if (result == G_CONVERTER_ERROR)
        return NULL;
      if (made > most - out->len)
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("more pixels than it says"));
          return NULL;
        }
      g_byte_array_append (out, block, (guint) made);
      in += taken;
      n -= taken;
    }
  return g_steal_pointer (&out);
}

GBytes *
sac_png16_encode (const guint16 *pixels, guint width, guint height, GError **error)
{
  g_autoptr (GConverter) squeeze = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9));
  g_autoptr (GByteArray) out = g_byte_array_new (), raw = g_byte_array_new (), header = g_byte_array_new (), packed = NULL;
  static const guint8 kind[5] = { 16, 0, 0, 0, 0 };

  g_return_val_if_fail (width > 0 && height > 0 && (guint64) width * height <= SAC_MAP_MAX_PLACES, NULL);
  for (guint y = 0; y < height; y++)
    {
      g_byte_array_append (raw, &(guint8) { 0 }, 1);
      for (guint x = 0; x < width; x++)
        {
          guint16 value = GUINT16_TO_BE (pixels[(gsize) y * width + x]);

          g_byte_array_append (raw, (const guint8 *) &value, 2);
        }
    }
  packed = convert (squeeze, raw->data, raw->len, 2 * (gsize) raw->len + 65536, error);
  if (!packed)
    return NULL;
  append_u32 (header, width);
  append_u32 (header, height);
  g_byte_array_append (header, kind, sizeof kind);
  g_byte_array_append (out, signature, sizeof signature);
  append_chunk (out, "IHDR", header->data, header->len);
  append_chunk (out, "IDAT", packed->data, packed->len);
  append_chunk (out, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static guint16 *
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, words);
  return NULL;
}

static int
paeth (int left, int above, int corner)
{
  int p = left + above - corner, a = abs (p - left), b = abs (p - above), c = abs (p - corner);

  return a <= b && a <= c ? left : b <= c ? above : corner;
}

/* A row in place; @above NULL: the first. */
static gboolean
unfilter (guint8 filter, guint8 *row, const guint8 *above, gsize n)
{
  if (filter > 4)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      int left = i >= 2 ? row[i - 2] : 0, up = above ? above[i] : 0, corner = above && i >= 2 ? above[i - 2] : 0;
      int guess = filter == 1 ? left : filter == 2 ? up : filter == 3 ? (left + up) / 2 : filter == 4 ? paeth (left, up, corner) : 0;

      row[i] = (guint8) (row[i] + guess);
    }
  return TRUE;
}

guint16 *
sac_png16_decode (GBytes *bytes, guint width, guint height, GError **error)
{
  gsize n, at = sizeof signature, row = 2 * (gsize) width;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  g_autoptr (GConverter) swell = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  g_autoptr (GByteArray) packed = g_byte_array_new (), raw = NULL;
  g_autofree guint16 *out = NULL;
  gboolean has_header = FALSE, ended = FALSE;

  g_return_val_if_fail (width > 0 && height > 0 && (guint64) width * height <= SAC_MAP_MAX_PLACES, NULL);
  if (n < sizeof signature || memcmp (data, signature, sizeof signature) != 0)
    return refuse (error, _("not a PNG"));
  while (!ended)
    {
      const guint8 *chunk = data + at;
      gsize length;

      if (n - at < 12 || (length = read_u32 (chunk)) > n - at - 12 || crc (chunk + 4, length + 4) != read_u32 (chunk + 8 + length))
        return refuse (error, _("damaged, or cut short"));
      if (memcmp (chunk + 4, "IHDR", 4) == 0)
        {
          if (length != 13 || chunk[16] != 16 || chunk[17] != 0 || chunk[18] || chunk[19] || chunk[20])
            return refuse (error, _("not a grey picture of 16 bits"));
          if (read_u32 (chunk + 8) != width || read_u32 (chunk + 12) != height)
            return refuse (error, _("not of the size of its map"));
          has_header = TRUE;
        }
      else if (memcmp (chunk + 4, "IDAT", 4) == 0)
        g_byte_array_append (packed, chunk + 8, (guint) length);
      ended = memcmp (chunk + 4, "IEND", 4) == 0;
      at += length + 12;
    }
  if (!has_header)
    return refuse (error, _("damaged, or cut short"));
  raw = convert (swell, packed->data, packed->len, (row + 1) * height, error);
  if (!raw)
    return NULL;
  if (raw->len != (row + 1) * height)
    return refuse (error, _("damaged, or cut short"));
  out = g_new (guint16, (gsize) width * height);
  for (guint y = 0; y < height; y++)
    {
      guint8 *line = raw->data + (row + 1) * y;

      if (!unfilter (line[0], line + 1, y ? line - row : NULL, row))
        return refuse (error, _("damaged, or cut short"));
      for (guint x = 0; x < width; x++)
        out[(gsize) y * width + x] = (guint16) (line[1 + 2 * x] << 8 | line[2 + 2 * x]);
    }
  return g_steal_pointer (&out);
}
