/* A frame as a picture file. */
#include <glib/gi18n.h>
#include <gst/video/video.h>

#include "sac-media-private.h"

#define WAIT_NS (20 * GST_SECOND)

GBytes *
sac_frame_encode (SacFrame *frame, gboolean png, GError **error)
{
  int width = sac_frame_get_width (frame), height = sac_frame_get_height (frame);
  gsize stride = (gsize) GST_ROUND_UP_4 (3 * width), size = stride * (gsize) height;
  guint8 *rgb = g_try_malloc (size);
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (GstCaps) from = NULL, to = NULL;
  g_autoptr (GstSample) raw = NULL, done = NULL;
  GstMapInfo map;
  GBytes *bytes = NULL;

  if (!rgb || !sac_frame_convert (frame, SAC_PIXELS_RGB, rgb, stride, error))
    {
      if (!rgb)
        g_set_error (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_TOO_LARGE, _("There is not enough memory for the picture"));
      g_free (rgb);
      return NULL;
    }
  buffer = gst_buffer_new_wrapped (rgb, size);
  from = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "RGB", "width", G_TYPE_INT, width, "height", G_TYPE_INT, height,
                              "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
  to = gst_caps_new_empty_simple (png ? "image/png" : "image/jpeg");
  raw = gst_sample_new (buffer, from, NULL, NULL);
  done = gst_video_convert_sample (raw, to, WAIT_NS, error);
  if (done && gst_buffer_map (gst_sample_get_buffer (done), &map, GST_MAP_READ))
    {
      bytes = g_bytes_new (map.data, map.size);
      gst_buffer_unmap (gst_sample_get_buffer (done), &map);
    }
  return bytes;
}
