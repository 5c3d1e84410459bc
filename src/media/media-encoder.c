/* Frames in, file out: appsrc ! videoconvert ! encoder ! muxer ! filesink, written beside the wanted name and renamed
 * when whole.  One encoder thread, so that the file is the same on every machine with the same encoder. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <gst/app/gstappsrc.h>
#include <string.h>

#include "sac-media-private.h"

#define FINISH_S 60

struct _SacEncoder {
  char *path, *part;
  int width, height, fps_num, fps_den;
  guint64 n;
  GstElement *pipe;
  GstAppSrc *source;
  GstBus *bus;
};

static gboolean
have (const char *element)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (element);

  return factory != NULL;
}

static gboolean
can_h264 (void)
{
  return have ("x264enc") && have ("h264parse") && have ("mp4mux");
}

/* The end of the chain that makes a file of the name's ending, for H.264 or for VP8; NULL: that container does not take it. */
static const char *
get_muxer (const char *path, gboolean h264)
{
  static const struct { const char *ending, *h264, *vp8; } kinds[] = {
    { "mp4", "h264parse ! mp4mux faststart=true", NULL }, { "m4v", "h264parse ! mp4mux faststart=true", NULL },
    { "mov", "h264parse ! qtmux faststart=true", NULL },  { "mkv", "h264parse ! matroskamux", "matroskamux" },
    { "webm", NULL, "webmmux" },
  };
  const char *dot = strrchr (path, '.');

  for (guint i = 0; dot && i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (dot + 1, kinds[i].ending) == 0)
      return h264 ? kinds[i].h264 : kinds[i].vp8;
  return NULL;
}

const char *
sac_encoder_get_suffix (void)
{
  sac_media_init ();
  return can_h264 () ? "mp4" : "webm";
}

static void
encoder_free (SacEncoder *encoder)
{
  if (encoder->pipe)
    gst_element_set_state (encoder->pipe, GST_STATE_NULL);
  g_clear_object (&encoder->source);
  g_clear_pointer (&encoder->bus, gst_object_unref);
  g_clear_pointer (&encoder->pipe, gst_object_unref);
  g_unlink (encoder->part);
  g_free (encoder->path);
  g_free (encoder->part);
  g_free (encoder);
}

static gboolean
take_error (SacEncoder *encoder, GError **error)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (encoder->bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) said = NULL;

  if (!message)
    return FALSE;
  gst_message_parse_error (message, &said, NULL);
  _sac_media_fail (error, SAC_MEDIA_ERROR_DAMAGED, encoder->path, _("it cannot be written (%s)"), said->message);
  return TRUE;
}

SacEncoder *
sac_encoder_new (const char *path, int width, int height, int fps_num, int fps_den, GError **error)
{
  g_autofree char *chain = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstCaps) caps = NULL;
  SacEncoder *encoder;
  const char *format = width % 2 || height % 2 ? "Y444" : "I420";       /* 4:2:0 wants even sides */
  const char *h264, *vp8;
  int key_gap = 30;

  g_return_val_if_fail (width > 0 && height > 0 && width <= 8192 && height <= 8192 && fps_num > 0 && fps_den > 0, NULL);
  sac_media_init ();
  h264 = can_h264 () ? get_muxer (path, TRUE) : NULL;
  vp8 = get_muxer (path, FALSE);
  if (!h264 && !vp8)
    {
      _sac_media_fail (error, SAC_MEDIA_ERROR_UNSUPPORTED, path,
                       can_h264 () ? _("the name of a video that is to be written ends in .mp4, .mov, .mkv or .webm")
                                   : _("the name of a video that is to be written ends in .webm or .mkv"));
      return NULL;
    }
  if (h264)
    chain = g_strdup_printf ("appsrc name=source ! videoconvert n-threads=1 ! video/x-raw,format=%s,colorimetry=bt709 ! "
                             "x264enc speed-preset=veryfast pass=qual quantizer=19 key-int-max=%d bframes=2 threads=1 ! "
                             "%s ! filesink name=sink", format, key_gap, h264);
  else
    chain = g_strdup_printf ("appsrc name=source ! videoconvert n-threads=1 ! video/x-raw,format=I420,colorimetry=bt601 ! "
                             "vp8enc deadline=1 cpu-used=4 threads=1 keyframe-max-dist=%d end-usage=cq cq-level=10 "
                             "target-bitrate=4000000 min-quantizer=4 max-quantizer=40 ! %s ! filesink name=sink", key_gap, vp8);
  encoder = g_new0 (SacEncoder, 1);
  *encoder = (SacEncoder) { .path = g_strdup (path), .part = g_strconcat (path, ".part", NULL), .width = width, .height = height,
                            .fps_num = fps_num, .fps_den = fps_den };
  encoder->pipe = gst_parse_launch_full (chain, NULL, GST_PARSE_FLAG_FATAL_ERRORS, NULL);
  if (!encoder->pipe)
    {
      _sac_media_fail (error, SAC_MEDIA_ERROR_UNSUPPORTED, path, _("no video encoder is installed (x264enc or vp8enc)"));
      encoder_free (encoder);
      return NULL;
    }
  encoder->bus = gst_element_get_bus (encoder->pipe);
  encoder->source = GST_APP_SRC (gst_bin_get_by_name (GST_BIN (encoder->pipe), "source"));
  sink = gst_bin_get_by_name (GST_BIN (encoder->pipe), "sink");
  g_object_set (sink, "location", encoder->part, NULL);
  caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "RGB", "width", G_TYPE_INT, width, "height", G_TYPE_INT, height,
                              "framerate", GST_TYPE_FRACTION, fps_num, fps_den, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1, NULL);
  gst_app_src_set_caps (encoder->source, caps);
  g_object_set (encoder->source, "format", GST_FORMAT_TIME, "block", TRUE, "max-bytes",
                (guint64) width * (guint64) height * 3 * 8, NULL);
  if (gst_element_set_state (encoder->pipe, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    {
      if (!take_error (encoder, error))
        _sac_media_fail (error, SAC_MEDIA_ERROR_DAMAGED, path, _("it cannot be written"));
      encoder_free (encoder);
      return NULL;
    }
  return encoder;
}

gboolean
sac_encoder_push (SacEncoder *encoder, const guint8 *rgb, gsize stride, GError **error)
{
  gsize row = (gsize) encoder->width * 3, packed = GST_ROUND_UP_4 (row);
  GstBuffer *buffer;
  guint8 *memory;

  if (take_error (encoder, error))
    return FALSE;
  memory = g_malloc0 (packed * (gsize) encoder->height);
  for (int y = 0; y < encoder->height; y++)
    memcpy (memory + (gsize) y * packed, rgb + (gsize) y * stride, row);
  buffer = gst_buffer_new_wrapped (memory, packed * (gsize) encoder->height);
  GST_BUFFER_PTS (buffer) = gst_util_uint64_scale (encoder->n, GST_SECOND * (guint64) encoder->fps_den, (guint64) encoder->fps_num);
  GST_BUFFER_DURATION (buffer)
    = gst_util_uint64_scale (encoder->n + 1, GST_SECOND * (guint64) encoder->fps_den, (guint64) encoder->fps_num)
      - GST_BUFFER_PTS (buffer);
  encoder->n++;
  if (gst_app_src_push_buffer (encoder->source, buffer) != GST_FLOW_OK)
    {
      if (!take_error (encoder, error))
        _sac_media_fail (error, SAC_MEDIA_ERROR_DAMAGED, encoder->path, _("it cannot be written"));
      return FALSE;
    }
  return TRUE;
}

gboolean
sac_encoder_finish (SacEncoder *encoder, GError **error)
{
  g_autoptr (GstMessage) message = NULL;
  gboolean good = FALSE;

  if (encoder->n == 0)
    _sac_media_fail (error, SAC_MEDIA_ERROR_EMPTY, encoder->path, _("no frame was written"));
  else
    {
      gst_app_src_end_of_stream (encoder->source);
      message = gst_bus_timed_pop_filtered (encoder->bus, FINISH_S * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
      if (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
        {
          gst_element_set_state (encoder->pipe, GST_STATE_NULL);
          good = g_rename (encoder->part, encoder->path) == 0;
          if (!good)
            _sac_media_fail (error, SAC_MEDIA_ERROR_DAMAGED, encoder->path, _("it cannot be written"));
        }
      else if (message)
        {
          g_autoptr (GError) said = NULL;

          gst_message_parse_error (message, &said, NULL);
          _sac_media_fail (error, SAC_MEDIA_ERROR_DAMAGED, encoder->path, _("it cannot be written (%s)"), said->message);
        }
      else
        _sac_media_fail (error, SAC_MEDIA_ERROR_TIMEOUT, encoder->path, _("encoding stands still; gave up after %d seconds"), FINISH_S);
    }
  encoder_free (encoder);
  return good;
}
