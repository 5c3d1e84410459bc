/* Decoded pictures and the one conversion to RGB.  Everything becomes BGRA first, by one converter with one set of
 * options, and RGB is taken from that: the window and the trainer see the same numbers. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-media-private.h"

#define MAX_CONVERTERS 8

typedef struct {
  GstVideoInfo in, out;
  GstVideoConverter *converter;
} Converter;

static GMutex converters_lock;
static Converter *idle[MAX_CONVERTERS];         /* most recently used first */

/* Four lanes, each word of the picture changes its lane for good; only equality matters, not secrecy. */
static guint64
sum_bytes (guint64 sum, const guint8 *data, gsize n)
{
  guint64 lane[4] = { 0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89 };
  gsize at = 0;

  sum += n;
  for (; at + 32 <= n; at += 32)
    for (int i = 0; i < 4; i++)
      {
        guint64 word;

        memcpy (&word, data + at + 8 * i, 8);
        lane[i] = (lane[i] ^ word) * 0x9e3779b97f4a7c15;
        lane[i] ^= lane[i] >> 29;
      }
  for (; at < n; at++)
    lane[at & 3] = (lane[at & 3] ^ data[at]) * 0x9e3779b97f4a7c15;
  for (int i = 0; i < 4; i++)
    sum = (sum ^ lane[i] ^ lane[i] >> 31) * 0xbf58476d1ce4e5b9;
  return sum ^ sum >> 32;
}

SacFrame *
_sac_frame_new (GstSample *sample, guint number, int width, int height)
{
  GstCaps *caps = gst_sample_get_caps (sample);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstVideoInfo from, info;
  GstVideoFrame readable;
  SacFrame *frame;

  if (!caps || !gst_video_info_from_caps (&from, caps) || !buffer)
    return NULL;
  if (from.width > SAC_MEDIA_MAX_SIDE || from.height > SAC_MEDIA_MAX_SIDE || from.width < 1 || from.height < 1
      || (gint64) from.width * from.height > SAC_MEDIA_MAX_PIXELS)
    return NULL;
  /* Without rate and pixel aspect, which have no part in what a pixel's colour is. */
  if (!gst_video_info_set_interlaced_format (&info, GST_VIDEO_INFO_FORMAT (&from), GST_VIDEO_INFO_INTERLACE_MODE (&from),
                                             (guint) from.width, (guint) from.height))
    return NULL;
  info.colorimetry = from.colorimetry;
  info.chroma_site = from.chroma_site;
  if (!gst_video_frame_map (&readable, &info, buffer, GST_MAP_READ))
    return NULL;
  gst_video_frame_unmap (&readable);

  frame = g_new0 (SacFrame, 1);
  frame->refs = 1;
  frame->number = number;
  frame->width = width > 0 ? width : from.width;
  frame->height = height > 0 ? height : from.height;
  frame->info = info;
  frame->buffer = gst_buffer_ref (buffer);
  frame->n_bytes = gst_buffer_get_size (buffer) + sizeof *frame;
  return frame;
}

guint64
_sac_frame_sum (SacFrame *frame)
{
  GstVideoFrame readable;
  guint64 sum = 0;

  if (!gst_video_frame_map (&readable, &frame->info, frame->buffer, GST_MAP_READ))
    return 0;
  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS (&readable); c++)
    {
      const guint8 *row = GST_VIDEO_FRAME_PLANE_DATA (&readable, GST_VIDEO_FRAME_COMP_PLANE (&readable, c));
      gsize stride = (gsize) GST_VIDEO_FRAME_COMP_STRIDE (&readable, c);
      gsize n = (gsize) GST_VIDEO_FRAME_COMP_WIDTH (&readable, c) * (gsize) MAX (GST_VIDEO_FRAME_COMP_PSTRIDE (&readable, c), 0);

      /* Where components share a plane, as in NV12, its first one stands for all. */
      if (c > 0 && GST_VIDEO_FRAME_COMP_PLANE (&readable, c) == GST_VIDEO_FRAME_COMP_PLANE (&readable, c - 1))
        continue;
      for (int y = 0; row && y < GST_VIDEO_FRAME_COMP_HEIGHT (&readable, c); y++, row += stride)
        sum = sum_bytes (sum, row, MIN (n, stride));
    }
  gst_video_frame_unmap (&readable);
  return sum;
}

SacFrame *
sac_frame_ref (SacFrame *frame)
{
  g_atomic_int_inc (&frame->refs);
  return frame;
}

void
sac_frame_unref (SacFrame *frame)
{
  if (!frame || !g_atomic_int_dec_and_test (&frame->refs))
    return;
  /* A pool frees what bears this flag.  Else each would keep, until its decoder ends, as much as the cache once held of it. */
  if (gst_buffer_is_writable (frame->buffer))
    GST_BUFFER_FLAG_SET (frame->buffer, GST_BUFFER_FLAG_TAG_MEMORY);
  gst_buffer_unref (frame->buffer);
  g_free (frame);
}

guint
sac_frame_get_number (const SacFrame *frame)
{
  return frame->number;
}

int
sac_frame_get_width (const SacFrame *frame)
{
  return frame->width;
}

int
sac_frame_get_height (const SacFrame *frame)
{
  return frame->height;
}

static void
converter_free (Converter *converter)
{
  if (converter)
    gst_video_converter_free (converter->converter);
  g_free (converter);
}

/* Making a converter costs more than converting a small picture, so a few idle ones are kept. */
static Converter *
borrow_converter (const GstVideoInfo *in, const GstVideoInfo *out)
{
  Converter *converter = NULL;

  g_mutex_lock (&converters_lock);
  for (guint i = 0; i < MAX_CONVERTERS && idle[i] && !converter; i++)
    if (gst_video_info_is_equal (&idle[i]->in, in) && gst_video_info_is_equal (&idle[i]->out, out))
      {
        converter = idle[i];
        memmove (idle + i, idle + i + 1, (MAX_CONVERTERS - 1 - i) * sizeof *idle);
        idle[MAX_CONVERTERS - 1] = NULL;
      }
  g_mutex_unlock (&converters_lock);
  if (!converter)
    {
      GstVideoConverter *made = gst_video_converter_new (in, out, NULL);

      if (!made)
        return NULL;
      converter = g_new0 (Converter, 1);
      *converter = (Converter) { *in, *out, made };
    }
  return converter;
}

static void
return_converter (Converter *converter)
{
  Converter *old;

  g_mutex_lock (&converters_lock);
  old = idle[MAX_CONVERTERS - 1];
  memmove (idle + 1, idle, (MAX_CONVERTERS - 1) * sizeof *idle);
  idle[0] = converter;
  g_mutex_unlock (&converters_lock);
  converter_free (old);
}

static void
lay_on_black (guint8 *bgra, gsize n_pixels)
{
  for (gsize i = 0; i < n_pixels; i++, bgra += 4)
    if (bgra[3] != 255)
      {
        for (int c = 0; c < 3; c++)
          bgra[c] = (guint8) ((bgra[c] * bgra[3] + 127) / 255);
        bgra[3] = 255;
      }
}

/* @bgra: packed, width·4 a row. */
static gboolean
convert_packed (SacFrame *frame, int width, int height, guint8 *bgra, GError **error)
{
  GstVideoFrame source, target;
  GstVideoInfo in = frame->info, out;
  GstBuffer *buffer;
  Converter *converter;
  gboolean good = FALSE;

  gst_video_info_set_interlaced_format (&out, GST_VIDEO_FORMAT_BGRA, in.interlace_mode, (guint) width, (guint) height);
  buffer = gst_buffer_new_wrapped_full (0, bgra, out.size, 0, out.size, NULL, NULL);
  converter = borrow_converter (&in, &out);
  if (converter && gst_video_frame_map (&source, &in, frame->buffer, GST_MAP_READ))
    {
      if (gst_video_frame_map (&target, &out, buffer, GST_MAP_WRITE))
        {
          gst_video_converter_frame (converter->converter, &source, &target);
          gst_video_frame_unmap (&target);
          good = TRUE;
        }
      gst_video_frame_unmap (&source);
    }
  if (converter)
    return_converter (converter);
  gst_buffer_unref (buffer);
  if (!good)
    g_set_error (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_UNSUPPORTED, _("Frames of the format %s cannot be shown"),
                 gst_video_format_to_string (GST_VIDEO_INFO_FORMAT (&in)));
  else if (GST_VIDEO_INFO_HAS_ALPHA (&in))
    lay_on_black (bgra, (gsize) width * (gsize) height);
  return good;
}

static void
pack_rgb (const guint8 *bgra, gsize n_pixels, guint8 *rgb)
{
  for (gsize i = 0; i < n_pixels; i++, bgra += 4, rgb += 3)
    {
      rgb[0] = bgra[2];
      rgb[1] = bgra[1];
      rgb[2] = bgra[0];
    }
}

gboolean
sac_frame_convert (SacFrame *frame, SacPixels pixels, guint8 *out, gsize stride, GError **error)
{
  gsize width = (gsize) frame->width, height = (gsize) frame->height;
  gboolean direct = pixels == SAC_PIXELS_BGRA && stride == width * 4;
  g_autofree guint8 *own = NULL;
  guint8 *bgra = out;

  g_return_val_if_fail (stride >= width * (pixels == SAC_PIXELS_BGRA ? 4 : 3), FALSE);
  if (!direct)
    {
      bgra = own = g_try_malloc (width * height * 4);
      if (!own)
        {
          g_set_error_literal (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_TOO_LARGE, _("Not enough memory for a frame"));
          return FALSE;
        }
    }
  if (!convert_packed (frame, frame->width, frame->height, bgra, error))
    return FALSE;
  for (gsize y = 0; y < height && !direct; y++)
    {
      if (pixels == SAC_PIXELS_BGRA)
        memcpy (out + y * stride, bgra + y * width * 4, width * 4);
      else
        pack_rgb (bgra + y * width * 4, width, out + y * stride);
    }
  return TRUE;
}

GBytes *
sac_frame_to_bgra (SacFrame *frame, GError **error)
{
  gsize n = (gsize) frame->width * 4 * (gsize) frame->height;
  gpointer memory = _sac_block_take (n);

  if (!memory)
    {
      g_set_error_literal (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_TOO_LARGE, _("Not enough memory for a frame"));
      return NULL;
    }
  if (!convert_packed (frame, frame->width, frame->height, memory, error))
    {
      _sac_block_give (memory);
      return NULL;
    }
  return g_bytes_new_with_free_func (memory, n, _sac_block_give, memory);
}

gboolean
_sac_frame_convert_scaled (SacFrame *frame, int width, int height, guint8 *rgb, GError **error)
{
  gsize n = (gsize) width * (gsize) height;
  g_autofree guint8 *bgra = g_malloc (n * 4);

  if (!convert_packed (frame, width, height, bgra, error))
    return FALSE;
  pack_rgb (bgra, n, rgb);
  return TRUE;
}
