/* Which kinds of video this machine's GStreamer can read and write. */
#include <string.h>

#include "sac-media-private.h"

static const struct {
  const char *name, *caps;
} kinds[] = {
  { "H.264", "video/x-h264" },
  { "H.265", "video/x-h265" },
  { "VP8", "video/x-vp8" },
  { "VP9", "video/x-vp9" },
  { "AV1", "video/x-av1" },
  { "MPEG-4", "video/mpeg, mpegversion=(int)4, systemstream=(boolean)false" },
  { "MPEG-2", "video/mpeg, mpegversion=(int)2, systemstream=(boolean)false" },
  { "Motion JPEG", "image/jpeg" },
  { "ProRes", "video/x-prores" },
};

/* The element of the highest rank that takes or gives @caps; those for videos with transparency stand behind the others. */
static char *
find_element (GstElementFactoryListType type, GstPadDirection direction, GstCaps *caps)
{
  GList *all = gst_element_factory_list_get_elements (type | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO | GST_ELEMENT_FACTORY_TYPE_MEDIA_IMAGE,
                                                      GST_RANK_MARGINAL);
  GList *fitting = gst_element_factory_list_filter (all, caps, direction, FALSE);
  char *name = NULL;

  fitting = g_list_sort (fitting, gst_plugin_feature_rank_compare_func);
  for (GList *at = fitting; at && !name; at = at->next)
    if (!strstr (GST_OBJECT_NAME (at->data), "alpha"))
      name = g_strdup (GST_OBJECT_NAME (at->data));
  gst_plugin_feature_list_free (fitting);
  gst_plugin_feature_list_free (all);
  return name;
}

SacMediaCodec *
sac_media_list_codecs (guint *n_codecs)
{
  SacMediaCodec *out = g_new0 (SacMediaCodec, G_N_ELEMENTS (kinds));

  sac_media_init ();
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      GstCaps *caps = gst_caps_from_string (kinds[i].caps);

      out[i].name = kinds[i].name;
      out[i].decoder = find_element (GST_ELEMENT_FACTORY_TYPE_DECODER, GST_PAD_SINK, caps);
      out[i].encoder = find_element (GST_ELEMENT_FACTORY_TYPE_ENCODER, GST_PAD_SRC, caps);
      gst_caps_unref (caps);
    }
  *n_codecs = G_N_ELEMENTS (kinds);
  return out;
}

void
sac_media_codecs_free (SacMediaCodec *codecs, guint n_codecs)
{
  for (guint i = 0; i < n_codecs; i++)
    {
      g_free (codecs[i].decoder);
      g_free (codecs[i].encoder);
    }
  g_free (codecs);
}
