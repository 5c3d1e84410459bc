/* What a container says beside its pictures: asked of GStreamer's discoverer, which decodes no more than a first picture. */
#include <gst/pbutils/pbutils.h>
#include <string.h>
#include <sys/stat.h>

#include "sac-media-private.h"

#define TIMEOUT (4 * GST_SECOND)

static gint64
recorded_us (const GstTagList *tags)
{
  g_autoptr (GstDateTime) time = NULL;
  g_autoptr (GDateTime) full = NULL;
  gint64 us;

  if (!tags || !gst_tag_list_get_date_time (tags, GST_TAG_DATE_TIME, &time) || !gst_date_time_has_time (time))
    return 0;
  full = gst_date_time_to_g_date_time (time);
  us = full ? g_date_time_to_unix (full) * G_USEC_PER_SEC : 0;
  return us > 0 ? us : 0;       /* 1904 and 1970 are what a camera without a clock says */
}

static gboolean
is_turned (const GstTagList *tags)
{
  g_autofree char *turn = NULL;

  return tags && gst_tag_list_get_string (tags, GST_TAG_IMAGE_ORIENTATION, &turn) && strcmp (turn, "rotate-0") != 0;
}

void
sac_media_look (const char *path, SacMediaFacts *facts)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autoptr (GstDiscoverer) discoverer = NULL;
  g_autoptr (GstDiscovererInfo) info = NULL;
  struct stat file;

  *facts = (SacMediaFacts) { 0 };
  if (stat (path, &file) == 0)
    facts->recorded_us = (gint64) file.st_mtim.tv_sec * G_USEC_PER_SEC;
  sac_media_init ();
  discoverer = uri ? gst_discoverer_new (TIMEOUT, NULL) : NULL;
  info = discoverer ? gst_discoverer_discover_uri (discoverer, uri, NULL) : NULL;
  if (!info)
    return;
  {
    GList *videos = gst_discoverer_info_get_video_streams (info);
    const GstTagList *tags = gst_discoverer_info_get_tags (info);

    if (recorded_us (tags))
      facts->recorded_us = recorded_us (tags);
    facts->turned = is_turned (tags);
    facts->no_duration = !GST_CLOCK_TIME_IS_VALID (gst_discoverer_info_get_duration (info)) || gst_discoverer_info_get_duration (info) == 0;
    if (videos)
      {
        facts->interlaced = gst_discoverer_video_info_is_interlaced (videos->data);
        facts->turned = facts->turned || is_turned (gst_discoverer_stream_info_get_tags (videos->data));
      }
    gst_discoverer_stream_info_list_free (videos);
  }
}

/* The longest way from a key frame to the frame before the next one. */
gint64
sac_media_get_longest_gop_ns (SacMedia *media)
{
  guint n = sac_media_get_n_frames (media);
  gint64 key = 0, longest = 0;

  for (guint i = 1; i < n; i++)
    if (sac_media_is_keyframe (media, i))
      {
        longest = MAX (longest, sac_media_get_time_ns (media, i) - key);
        key = sac_media_get_time_ns (media, i);
      }
  return MAX (longest, sac_media_get_duration_ns (media) - key);
}
