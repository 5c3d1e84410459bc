/* Strips of small pictures, kept in the atlas (media-atlas.c): "SACTHUMB", version, sizes, then rows as differences to the left
 * neighbour, packed by zlib, then SHA-256.  A strip that is not whole is made anew. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-media-private.h"

#define THUMBS_VERSION 1
#define MAGIC "SACTHUMB"
#define HEAD_BYTES (8 + 4 * 4)
#define SUM_BYTES 32
#define MAX_STRIP_BYTES ((gsize) 64 << 20)

static char *
strip_key (const char *hash, int width, int height, int n)
{
  const char *hex = strchr (hash, ':');

  return g_strdup_printf ("%s-%dx%d-%d.%d", hex ? hex + 1 : hash, width, height, n, THUMBS_VERSION);
}

static GByteArray *
squeeze (GConverter *converter, const guint8 *data, gsize n, gsize most)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  for (;;)
    {
      guint8 chunk[16384];
      gsize n_in, n_out;
      GConverterResult result = g_converter_convert (converter, data, n, chunk, sizeof chunk, G_CONVERTER_INPUT_AT_END,
                                                     &n_in, &n_out, NULL);

      if (result == G_CONVERTER_ERROR || out->len + n_out > most)
        return NULL;
      g_byte_array_append (out, chunk, (guint) n_out);
      data += n_in;
      n -= n_in;
      if (result == G_CONVERTER_FINISHED)
        return g_steal_pointer (&out);
    }
}

static void
digest (const guint8 *data, gsize n, guint8 out[SUM_BYTES])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize length = SUM_BYTES;

  g_checksum_update (checksum, data, (gssize) n);
  g_checksum_get_digest (checksum, out, &length);
}

static void
save (const char *key, const SacThumbs *thumbs)
{
  gsize stride = (gsize) thumbs->n * (gsize) thumbs->width * 3, n = stride * (gsize) thumbs->height;
  g_autofree guint8 *delta = g_malloc (n);
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 2);
  g_autoptr (GByteArray) packed = NULL;
  g_autoptr (GByteArray) file = g_byte_array_new ();
  const gint32 fields[] = { GINT32_TO_LE (THUMBS_VERSION), GINT32_TO_LE (thumbs->width), GINT32_TO_LE (thumbs->height),
                            GINT32_TO_LE (thumbs->n) };
  guint8 sum[SUM_BYTES];

  for (gsize i = 0; i < n; i++)
    delta[i] = (guint8) (thumbs->rgb[i] - (i % stride >= 3 ? thumbs->rgb[i - 3] : 0));
  packed = squeeze (G_CONVERTER (compressor), delta, n, 2 * n + 1024);
  if (!packed)
    return;
  g_byte_array_append (file, (const guint8 *) MAGIC, 8);
  g_byte_array_append (file, (const guint8 *) fields, sizeof fields);
  g_byte_array_append (file, packed->data, packed->len);
  digest (file->data, file->len, sum);
  g_byte_array_append (file, sum, SUM_BYTES);
  _sac_atlas_put (key, file->data, file->len);
}

static SacThumbs *
load (const char *key)
{
  gsize n_bytes = 0, n, stride;
  g_autofree guint8 *contents = _sac_atlas_dup (key, &n_bytes);
  g_autoptr (GZlibDecompressor) decompressor = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW);
  g_autoptr (GByteArray) delta = NULL;
  SacThumbs *thumbs;
  gint32 fields[4];
  guint8 sum[SUM_BYTES];

  if (!contents || n_bytes < HEAD_BYTES + SUM_BYTES || memcmp (contents, MAGIC, 8) != 0)
    return NULL;
  digest (contents, n_bytes - SUM_BYTES, sum);
  memcpy (fields, contents + 8, sizeof fields);
  for (int i = 0; i < 4; i++)
    fields[i] = GINT32_FROM_LE (fields[i]);
  if (memcmp (sum, contents + n_bytes - SUM_BYTES, SUM_BYTES) != 0 || fields[0] != THUMBS_VERSION || fields[1] < 1
      || fields[1] > 4096 || fields[2] < 1 || fields[2] > 4096 || fields[3] < 1 || fields[3] > 4096)
    return NULL;
  stride = (gsize) fields[3] * (gsize) fields[1] * 3;
  n = stride * (gsize) fields[2];
  if (n > MAX_STRIP_BYTES)
    return NULL;
  delta = squeeze (G_CONVERTER (decompressor), contents + HEAD_BYTES, n_bytes - HEAD_BYTES - SUM_BYTES, n);
  if (!delta || delta->len != n)
    return NULL;
  thumbs = g_new0 (SacThumbs, 1);
  thumbs->width = fields[1];
  thumbs->height = fields[2];
  thumbs->n = fields[3];
  thumbs->rgb = g_byte_array_free (g_steal_pointer (&delta), FALSE);
  for (gsize i = 0; i < n; i++)
    if (i % stride >= 3)
      thumbs->rgb[i] = (guint8) (thumbs->rgb[i] + thumbs->rgb[i - 3]);
  return thumbs;
}

SacThumbs *
sac_thumbs_load (const char *path, int width, int height, int n_pictures, GCancellable *cancellable, GError **error)
{
  g_autofree char *hash = NULL;
  g_autofree char *cached = NULL;
  g_autofree guint8 *picture = NULL;
  g_autoptr (SacMedia) media = NULL;
  g_autoptr (SacThumbs) thumbs = NULL;
  double shown_width, shown_height, scale;
  guint previous = G_MAXUINT;

  g_return_val_if_fail (width > 0 && width <= 4096 && height > 0 && height <= 4096 && n_pictures > 0 && n_pictures <= 4096, NULL);
  if ((gsize) width * (gsize) height * 3 * (gsize) n_pictures > MAX_STRIP_BYTES)
    {
      _sac_media_fail (error, SAC_MEDIA_ERROR_TOO_LARGE, path, _("so many thumbnails do not fit the memory"));
      return NULL;
    }
  hash = sac_media_hash (path, error);
  if (!hash)
    return NULL;
  cached = strip_key (hash, width, height, n_pictures);
  thumbs = load (cached);
  if (thumbs)
    return g_steal_pointer (&thumbs);
  media = sac_media_open (path, cancellable, error);
  if (!media)
    return NULL;

  shown_width = sac_media_get_width (media) * sac_media_get_pixel_aspect (media);
  shown_height = sac_media_get_height (media);
  scale = MIN (width / shown_width, height / shown_height);
  thumbs = g_new0 (SacThumbs, 1);
  thumbs->width = CLAMP ((int) (shown_width * scale + 0.5), 1, width);
  thumbs->height = CLAMP ((int) (shown_height * scale + 0.5), 1, height);
  thumbs->n = n_pictures;
  thumbs->rgb = g_malloc0 ((gsize) thumbs->width * 3 * (gsize) n_pictures * (gsize) thumbs->height);
  picture = g_malloc ((gsize) thumbs->width * 3 * (gsize) thumbs->height);
  for (int i = 0; i < n_pictures; i++)
    {
      gsize row = (gsize) thumbs->width * 3;
      guint n = sac_media_get_n_frames (media);
      guint wanted = MIN ((guint) ((i + 0.5) * n / n_pictures), n - 1);

      if (wanted != previous)
        {
          g_autoptr (SacFrame) frame = _sac_media_get_frame (media, wanted, FALSE, cancellable, error);

          if (!frame || !_sac_frame_convert_scaled (frame, thumbs->width, thumbs->height, picture, error))
            return NULL;
        }
      previous = wanted;
      for (int y = 0; y < thumbs->height; y++)
        memcpy (thumbs->rgb + ((gsize) y * (gsize) n_pictures + (gsize) i) * row, picture + (gsize) y * row, row);
    }
  save (cached, thumbs);
  return g_steal_pointer (&thumbs);
}

void
sac_thumbs_free (SacThumbs *thumbs)
{
  if (!thumbs)
    return;
  g_free (thumbs->rgb);
  g_free (thumbs);
}
