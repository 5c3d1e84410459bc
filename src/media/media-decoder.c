/* One pipeline: filesrc ! decodebin ! videoconvert ! videoflip ! appsink.  It runs freely and is held back by the sink's
 * short queue; the caller pulls.  No main loop: the bus is looked at when no frame comes.
 * Sound and subtitles are left undecoded; a file that only points elsewhere (a playlist) is refused. */
#include <glib/gi18n.h>
#include <gst/app/gstappsink.h>
#include <gst/base/gstbasetransform.h>
#include <gst/pbutils/pbutils.h>
#include <string.h>

#include "sac-media-private.h"

#define MAX_READS_AT_END 64
#define DEAD_LOOKS 15                   /* 20 ms each */
#define SMALL_PIXELS (640 * 480)        /* up to here a second decoder thread costs more than it brings */

struct _SacDecoder {
  char *path;
  SacContainer container;
  GstElement *pipe, *convert;
  GstAppSink *sink;
  GstBus *bus;
  gint watch;                   /* atomic */
  guint reads_at_end;           /* in a row; only the demuxer's thread */
  GMutex lock;                  /* what follows is written by the pipeline's threads */
  GstElement *demuxer;          /* owned; the one that reads the file */
  GArray *keys;                 /* gint64 */
  char *colorimetry;            /* the container's word, NULL = none */
  guint n_sent;                 /* pictures that went into the decoder to be shown */
  gboolean linked;
  int width, height;            /* as declared before decoding */
  SacMediaError refusal;
  char *why;                    /* NULL = not refused */
  guint n_complaints;
};

static void
refuse (SacDecoder *decoder, SacMediaError code, const char *why)
{
  g_mutex_lock (&decoder->lock);
  if (!decoder->why)
    {
      decoder->refusal = code;
      decoder->why = g_strdup (why);
    }
  g_mutex_unlock (&decoder->lock);
}

static gboolean
is_refused (SacDecoder *decoder)
{
  gboolean refused;

  g_mutex_lock (&decoder->lock);
  refused = decoder->why != NULL;
  g_mutex_unlock (&decoder->lock);
  return refused;
}

static gboolean
too_large (gint64 width, gint64 height)
{
  return width > SAC_MEDIA_MAX_SIDE || height > SAC_MEDIA_MAX_SIDE || width * height > SAC_MEDIA_MAX_PIXELS;
}

/* Looks at the size a stream declares before a decoder allocates anything for it. */
static gboolean
autoplug_continue (GstElement *bin, GstPad *pad, GstCaps *caps, gpointer data)
{
  SacDecoder *decoder = data;
  const GstStructure *structure = gst_caps_is_any (caps) || gst_caps_is_empty (caps) ? NULL : gst_caps_get_structure (caps, 0);
  const char *name = structure ? gst_structure_get_name (structure) : "";
  int width = 0, height = 0;

  if (g_str_has_prefix (name, "audio/") || g_str_has_prefix (name, "subtitle/") || g_str_has_prefix (name, "text/")
      || g_str_has_prefix (name, "subpicture/") || g_str_has_prefix (name, "closedcaption/"))
    return FALSE;
  if (structure && gst_structure_get_int (structure, "width", &width) && gst_structure_get_int (structure, "height", &height))
    {
      if (too_large (width, height))
        {
          g_autofree char *why = g_strdup_printf (_("its frames are too large (%d × %d)"), width, height);

          refuse (decoder, SAC_MEDIA_ERROR_TOO_LARGE, why);
          return FALSE;
        }
      g_mutex_lock (&decoder->lock);
      decoder->width = width;
      decoder->height = height;
      g_mutex_unlock (&decoder->lock);
    }
  return TRUE;
}

/* GstAutoplugSelectResult is private to decodebin: 0 try, 1 expose, 2 skip. */
static int
autoplug_select (GstElement *bin, GstPad *pad, GstCaps *caps, GstElementFactory *factory, gpointer data)
{
  SacDecoder *decoder = data;
  const char *klass = gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS);
  const char *name = GST_OBJECT_NAME (factory);

  /* Decoders of graphics cards differ from machine to machine and keep their frames to themselves. */
  if (strstr (klass, "Hardware"))
    return 2;
  if (strstr (klass, "Adaptive") || strstr (klass, "Source") || strstr (klass, "Network") || strstr (name, "sdpdemux")
      || strstr (name, "rtsp"))
    {
      refuse (decoder, SAC_MEDIA_ERROR_UNSUPPORTED, _("it is a list that points to other files, not a video"));
      return 2;
    }
  return 0;
}

static void
unknown_type (GstElement *bin, GstPad *pad, GstCaps *caps, gpointer data)
{
  const GstStructure *structure = gst_caps_is_any (caps) || gst_caps_is_empty (caps) ? NULL : gst_caps_get_structure (caps, 0);

  if (structure && (gst_structure_has_name (structure, "video/x-raw") || !g_str_has_prefix (gst_structure_get_name (structure), "video/")))
    return;
  if (structure)
    {
      g_autofree char *codec = gst_pb_utils_get_codec_description (caps);
      g_autofree char *why = g_strdup_printf (_("no decoder is installed for its format, %s"), codec ? codec : "?");

      refuse (data, SAC_MEDIA_ERROR_UNSUPPORTED, why);
    }
}

static GstPadProbeReturn
note_input (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SacDecoder *decoder = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;
  guint64 time;

  if (!g_atomic_int_get (&decoder->watch))
    return GST_PAD_PROBE_REMOVE;
  if (!event || !GST_BUFFER_PTS_IS_VALID (buffer))
    return GST_PAD_PROBE_OK;
  gst_event_parse_segment (event, &segment);
  time = gst_segment_to_stream_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
  if (time != GST_CLOCK_TIME_NONE)      /* inside the segment: not cut off by an edit list */
    {
      gint64 at = (gint64) time;

      g_mutex_lock (&decoder->lock);
      decoder->n_sent++;
      if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT))
        g_array_append_val (decoder->keys, at);
      g_mutex_unlock (&decoder->lock);
    }
  return GST_PAD_PROBE_OK;
}

static void
set_number (GstElement *element, const char *property, guint value)
{
  g_autofree char *text = g_strdup_printf ("%u", value);

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), property))
    gst_util_set_object_arg (G_OBJECT (element), property, text);
}

guint
_sac_decoder_get_n_threads (int width, int height)
{
  return (gint64) width * height <= SMALL_PIXELS ? 1 : MIN (g_get_num_processors (), 4);
}

/* qtdemux writes limited range where the file says full (GStreamer 1.22).  What the stream itself says goes first: the container's
 * word is taken away before the parser and given back before the decoder where the stream said nothing. */
static GstPadProbeReturn
hide_colorimetry (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SacDecoder *decoder = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  GstCaps *caps;
  const char *said;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  gst_event_parse_caps (event, &caps);
  said = gst_structure_get_string (gst_caps_get_structure (caps, 0), "colorimetry");
  if (!said)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&decoder->lock);
  g_free (decoder->colorimetry);
  decoder->colorimetry = g_strdup (said);
  g_mutex_unlock (&decoder->lock);
  caps = gst_caps_copy (caps);
  gst_structure_remove_field (gst_caps_get_structure (caps, 0), "colorimetry");
  info->data = gst_event_new_caps (caps);
  gst_caps_unref (caps);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
give_colorimetry (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SacDecoder *decoder = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autofree char *said = NULL;
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&decoder->lock);
  said = g_strdup (decoder->colorimetry);
  g_mutex_unlock (&decoder->lock);
  gst_event_parse_caps (event, &caps);
  if (!said || gst_structure_has_field (gst_caps_get_structure (caps, 0), "colorimetry"))
    return GST_PAD_PROBE_OK;
  caps = gst_caps_copy (caps);
  gst_caps_set_simple (caps, "colorimetry", G_TYPE_STRING, said, NULL);
  info->data = gst_event_new_caps (caps);
  gst_caps_unref (caps);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

static void
watch_colorimetry (SacDecoder *decoder, GstElement *element, GstPadProbeCallback callback)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");

  if (pad)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, callback, decoder, NULL);
}

static void
deep_element_added (GstBin *bin, GstBin *sub, GstElement *element, gpointer data)
{
  SacDecoder *decoder = data;
  GstElementFactory *factory = gst_element_get_factory (element);
  const char *klass = factory ? gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS) : NULL;
  guint n_threads;

  if (klass && strstr (klass, "Demux"))
    {
      g_mutex_lock (&decoder->lock);
      gst_object_replace ((GstObject **) &decoder->demuxer, GST_OBJECT (element));
      g_mutex_unlock (&decoder->lock);
    }
  if (factory && (strcmp (GST_OBJECT_NAME (factory), "h264parse") == 0 || strcmp (GST_OBJECT_NAME (factory), "h265parse") == 0))
    watch_colorimetry (decoder, element, hide_colorimetry);
  if (!klass || !strstr (klass, "Decoder") || !(strstr (klass, "Video") || strstr (klass, "Image")))
    return;
  watch_colorimetry (decoder, element, give_colorimetry);
  g_mutex_lock (&decoder->lock);
  n_threads = _sac_decoder_get_n_threads (decoder->width, decoder->height);
  g_mutex_unlock (&decoder->lock);
  set_number (element, "max-threads", n_threads);       /* libav */
  set_number (element, "threads", n_threads);           /* vpx */
  set_number (element, "n-threads", n_threads);         /* dav1d */
  if (decoder->watch)
    {
      g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");

      if (pad)
        gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, note_input, decoder, NULL);
    }
}

static void
pad_added (GstElement *bin, GstPad *pad, gpointer data)
{
  SacDecoder *decoder = data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (decoder->convert, "sink");

  if (!caps)
    caps = gst_pad_query_caps (pad, NULL);
  if (gst_caps_is_empty (caps) || gst_caps_is_any (caps)
      || !gst_structure_has_name (gst_caps_get_structure (caps, 0), "video/x-raw") || gst_pad_is_linked (sink))
    return;
  if (gst_pad_link (pad, sink) == GST_PAD_LINK_OK)
    {
      g_mutex_lock (&decoder->lock);
      decoder->linked = TRUE;
      g_mutex_unlock (&decoder->lock);
    }
}

static void
no_more_pads (GstElement *bin, gpointer data)
{
  SacDecoder *decoder = data;
  gboolean linked;

  g_mutex_lock (&decoder->lock);
  linked = decoder->linked;
  g_mutex_unlock (&decoder->lock);
  if (!linked)
    refuse (decoder, SAC_MEDIA_ERROR_NO_VIDEO, _("it has no pictures, only sound or other data"));
}

/* videoflip copies every picture unless it is told to let it pass.  It is told so until a tag says that the video lies on its side;
 * tags come before the first picture. */
static GstPadProbeReturn
watch_turn (GstPad *pad, GstPadProbeInfo *info, gpointer flip)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autofree char *turn = NULL;
  GstTagList *tags;

  if (GST_EVENT_TYPE (event) != GST_EVENT_TAG)
    return GST_PAD_PROBE_OK;
  gst_event_parse_tag (event, &tags);
  if (gst_tag_list_get_string (tags, GST_TAG_IMAGE_ORIENTATION, &turn))
    gst_base_transform_set_passthrough (flip, g_str_equal (turn, "rotate-0"));
  return GST_PAD_PROBE_OK;
}

/* Frames whose decoded size is beyond the bounds are dropped before anything copies them. */
static GstPadProbeReturn
check_caps (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    {
      GstCaps *caps;
      GstVideoInfo video;

      gst_event_parse_caps (event, &caps);
      if (gst_video_info_from_caps (&video, caps) && too_large (video.width, video.height))
        {
          g_autofree char *why = g_strdup_printf (_("its frames are too large (%d × %d)"), video.width, video.height);

          refuse (data, SAC_MEDIA_ERROR_TOO_LARGE, why);
          return GST_PAD_PROBE_DROP;
        }
    }
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
mend_bytes (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  const SacContainer *container = &((SacDecoder *) data)->container;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  guint64 at = GST_BUFFER_OFFSET (buffer);
  gsize size = gst_buffer_get_size (buffer);

  if (at == GST_BUFFER_OFFSET_NONE || at + size <= container->patch_at || container->patch_at + container->n_patch <= at)
    return GST_PAD_PROBE_OK;
  buffer = gst_buffer_make_writable (buffer);
  for (guint i = 0; i < container->n_patch; i++)
    if (container->patch_at + i >= at && container->patch_at + i < at + size)
      gst_buffer_fill (buffer, container->patch_at + i - at, container->patch + i, 1);
  info->data = buffer;
  return GST_PAD_PROBE_OK;
}

/* Some demuxers (GIF) ask again and again for bytes behind the end; after a while they get an error instead, and stop. */
static GstPadProbeReturn
watch_end (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  SacDecoder *decoder = data;

  if (info->offset < decoder->container.size)
    decoder->reads_at_end = 0;
  else if (++decoder->reads_at_end > MAX_READS_AT_END)
    {
      GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_ERROR;
      return GST_PAD_PROBE_HANDLED;
    }
  return GST_PAD_PROBE_PASS;   /* OK would block */
}

/* With this said, a decoder writes its pictures where they stay, rows padded as it likes, and nobody copies them. */
static GstPadProbeReturn
answer_allocation (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstQuery *query = GST_PAD_PROBE_INFO_QUERY (info);
  GstAllocationParams params;
  GstVideoInfo video;
  GstCaps *caps;

  if (GST_QUERY_TYPE (query) != GST_QUERY_ALLOCATION)
    return GST_PAD_PROBE_OK;
  gst_allocation_params_init (&params);
  params.align = 63;
  gst_query_parse_allocation (query, &caps, NULL);
  if (caps && gst_video_info_from_caps (&video, caps))
    {
      g_autoptr (GstBufferPool) pool = _sac_picture_pool_new ();

      gst_query_add_allocation_pool (query, pool, (guint) video.size, 0, 0);
    }
  gst_query_add_allocation_param (query, _sac_picture_allocator (), &params);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return GST_PAD_PROBE_HANDLED;
}

/* Called by whatever thread posts; nobody pops warnings otherwise. */
static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  SacDecoder *decoder = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    {
      g_mutex_lock (&decoder->lock);
      decoder->n_complaints++;
      g_mutex_unlock (&decoder->lock);
      return GST_BUS_PASS;
    }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    {
      g_mutex_lock (&decoder->lock);
      decoder->n_complaints++;
      g_mutex_unlock (&decoder->lock);
    }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

SacDecoder *
_sac_decoder_new (const char *path, const SacContainer *container, gboolean watch)
{
  SacDecoder *decoder = g_new0 (SacDecoder, 1);
  GstElement *source = gst_element_factory_make ("filesrc", NULL);
  GstElement *bin = gst_element_factory_make ("decodebin", NULL);
  GstElement *convert = gst_element_factory_make ("videoconvert", NULL);
  GstElement *flip = gst_element_factory_make ("videoflip", NULL);
  GstElement *sink = gst_element_factory_make ("appsink", NULL);
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GstPad) sink_pad = NULL;
  g_autoptr (GstPad) flip_pad = NULL;
  g_autoptr (GstPad) last_pad = NULL;
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("video/x-raw");

  decoder->path = g_strdup (path);
  decoder->container = *container;
  decoder->watch = watch;
  decoder->keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_mutex_init (&decoder->lock);
  decoder->pipe = gst_pipeline_new (NULL);
  decoder->bus = gst_element_get_bus (decoder->pipe);
  gst_bus_set_sync_handler (decoder->bus, on_message, decoder, NULL);
  if (!source || !bin || !convert || !flip || !sink)
    {
      refuse (decoder, SAC_MEDIA_ERROR_UNSUPPORTED, _("GStreamer's base and good plug-ins are not installed"));
      g_clear_pointer (&source, gst_object_unref);
      g_clear_pointer (&bin, gst_object_unref);
      g_clear_pointer (&convert, gst_object_unref);
      g_clear_pointer (&flip, gst_object_unref);
      g_clear_pointer (&sink, gst_object_unref);
      return decoder;
    }
  g_object_set (source, "location", path, NULL);
  g_object_set (convert, "n-threads", 1, NULL);
  gst_util_set_object_arg (G_OBJECT (flip), "video-direction", "auto");
  g_object_set (sink, "sync", FALSE, "max-buffers", 3, "caps", caps, "enable-last-sample", FALSE, "qos", FALSE, NULL);
  gst_bin_add_many (GST_BIN (decoder->pipe), source, bin, convert, flip, sink, NULL);
  gst_element_link (source, bin);
  gst_element_link_many (convert, flip, sink, NULL);
  decoder->convert = convert;
  decoder->sink = gst_object_ref (GST_APP_SINK (sink));
  g_signal_connect (bin, "autoplug-continue", G_CALLBACK (autoplug_continue), decoder);
  g_signal_connect (bin, "autoplug-select", G_CALLBACK (autoplug_select), decoder);
  g_signal_connect (bin, "unknown-type", G_CALLBACK (unknown_type), decoder);
  g_signal_connect (bin, "pad-added", G_CALLBACK (pad_added), decoder);
  g_signal_connect (bin, "no-more-pads", G_CALLBACK (no_more_pads), decoder);
  g_signal_connect (decoder->pipe, "deep-element-added", G_CALLBACK (deep_element_added), decoder);
  sink_pad = gst_element_get_static_pad (convert, "sink");
  gst_pad_add_probe (sink_pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, check_caps, decoder, NULL);
  flip_pad = gst_element_get_static_pad (flip, "sink");
  gst_pad_add_probe (flip_pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, watch_turn, flip, NULL);
  gst_base_transform_set_passthrough (GST_BASE_TRANSFORM (flip), TRUE);
  last_pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (last_pad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, answer_allocation, NULL, NULL);
  pad = gst_element_get_static_pad (source, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_PULL, watch_end, decoder, NULL);
  if (container->n_patch)
    {
      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_PULL, mend_bytes, decoder, NULL);
    }
  gst_element_set_state (decoder->pipe, GST_STATE_PLAYING);
  return decoder;
}

void
_sac_decoder_free (SacDecoder *decoder)
{
  if (!decoder)
    return;
  gst_element_set_state (decoder->pipe, GST_STATE_NULL);
  gst_bus_set_sync_handler (decoder->bus, NULL, NULL, NULL);
  gst_object_unref (decoder->bus);
  g_clear_object (&decoder->sink);
  gst_object_unref (decoder->pipe);
  g_clear_pointer (&decoder->demuxer, gst_object_unref);
  g_array_unref (decoder->keys);
  g_mutex_clear (&decoder->lock);
  g_free (decoder->colorimetry);
  g_free (decoder->why);
  g_free (decoder->path);
  g_free (decoder);
}

/* decodebin swallows an error that a demuxer posts while it is being started.  What remains is a demuxer that has stopped
 * reading before any stream came out of it. */
static gboolean
has_died (SacDecoder *decoder)
{
  g_autoptr (GstElement) demuxer = NULL;
  g_autoptr (GstPad) pad = NULL;

  g_mutex_lock (&decoder->lock);
  if (!decoder->linked && decoder->demuxer)
    demuxer = gst_object_ref (decoder->demuxer);
  g_mutex_unlock (&decoder->lock);
  pad = demuxer ? gst_element_get_static_pad (demuxer, "sink") : NULL;
  return pad && gst_pad_get_task_state (pad) == GST_TASK_PAUSED;
}

/* Turns what GStreamer said into words of ours. */
static void
translate (SacDecoder *decoder, const GError *said, GError **error)
{
  const char *path = decoder->path;

  if (decoder->container.no_table)
    _sac_media_fail (error, SAC_MEDIA_ERROR_DAMAGED, path,
                     _("its table of frames (“moov”) is missing; the recording was probably not finished"));
  else if (!said && decoder->container.is_mp4 && decoder->container.declared == 0)
    _sac_media_fail (error, SAC_MEDIA_ERROR_NO_VIDEO, path, _("it holds no stream of pictures"));
  else if (!said)
    _sac_media_fail (error, SAC_MEDIA_ERROR_DAMAGED, path, _("no frame in it can be decoded"));
  else if (g_error_matches (said, GST_STREAM_ERROR, GST_STREAM_ERROR_TYPE_NOT_FOUND))
    _sac_media_fail (error, SAC_MEDIA_ERROR_UNSUPPORTED, path, _("this is not a kind of file that is known here"));
  else if (g_error_matches (said, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND)
           || g_error_matches (said, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN))
    _sac_media_fail (error, SAC_MEDIA_ERROR_UNSUPPORTED, path, _("no decoder for its format is installed"));
  else if (decoder->container.declared == 0 && strstr (said->message, "no playable streams"))
    _sac_media_fail (error, SAC_MEDIA_ERROR_NO_VIDEO, path, _("it holds no stream of pictures"));
  else
    _sac_media_fail (error, SAC_MEDIA_ERROR_DAMAGED, path, _("it cannot be decoded (%s)"), said->message);
}

int
_sac_decoder_pull (SacDecoder *decoder, GstSample **sample, gint64 *time_ns, GCancellable *cancellable, GError **error)
{
  gint64 until = g_get_monotonic_time () + SAC_MEDIA_STALL_US;
  int n_dead = 0;

  *sample = NULL;
  for (;;)
    {
      gboolean ended;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return -1;
      if (is_refused (decoder))
        {
          _sac_media_fail (error, decoder->refusal, decoder->path, "%s", decoder->why);
          return -1;
        }
      ended = gst_app_sink_is_eos (decoder->sink);      /* asked before the pull: a frame may arrive in between */
      *sample = gst_app_sink_try_pull_sample (decoder->sink, 20 * GST_MSECOND);
      if (*sample)
        {
          const GstSegment *segment = gst_sample_get_segment (*sample);
          GstBuffer *buffer = gst_sample_get_buffer (*sample);
          guint64 time = GST_CLOCK_TIME_NONE;

          if (segment && segment->format == GST_FORMAT_TIME && GST_BUFFER_PTS_IS_VALID (buffer))
            time = gst_segment_to_stream_time (segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer));
          *time_ns = time == GST_CLOCK_TIME_NONE || time > G_MAXINT64 ? -1 : (gint64) time;
          return 1;
        }
      if (!is_refused (decoder))
        {
          g_autoptr (GstMessage) message = gst_bus_pop_filtered (decoder->bus, GST_MESSAGE_ERROR);

          if (message)
            {
              g_autoptr (GError) said = NULL;

              gst_message_parse_error (message, &said, NULL);
              if (!is_refused (decoder))
                {
                  translate (decoder, said, error);
                  return -1;
                }
            }
          else if (ended)
            return 0;
        }
      n_dead = has_died (decoder) ? n_dead + 1 : 0;
      if (n_dead > DEAD_LOOKS)
        {
          translate (decoder, NULL, error);
          return -1;
        }
      if (g_get_monotonic_time () > until)
        {
          _sac_media_fail (error, SAC_MEDIA_ERROR_TIMEOUT, decoder->path, _("decoding stands still; gave up after %d seconds"),
                           (int) (SAC_MEDIA_STALL_US / G_USEC_PER_SEC));
          return -1;
        }
    }
}

gboolean
_sac_decoder_seek (SacDecoder *decoder, gint64 time_ns)
{
  return gst_element_seek_simple (decoder->pipe, GST_FORMAT_TIME,
                                  GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_BEFORE, time_ns);
}

GArray *
_sac_decoder_get_keys (SacDecoder *decoder)
{
  return decoder->keys;
}

guint
_sac_decoder_get_n_sent (SacDecoder *decoder)
{
  guint n;

  g_mutex_lock (&decoder->lock);
  n = decoder->n_sent;
  g_mutex_unlock (&decoder->lock);
  return n;
}

guint
_sac_decoder_get_n_complaints (SacDecoder *decoder)
{
  guint n;

  g_mutex_lock (&decoder->lock);
  n = decoder->n_complaints;
  g_mutex_unlock (&decoder->lock);
  return n;
}

gint64
_sac_decoder_get_duration_ns (SacDecoder *decoder)
{
  gint64 duration;

  return gst_element_query_duration (decoder->pipe, GST_FORMAT_TIME, &duration) && duration > 0 ? duration : -1;
}

void
_sac_decoder_stop_watching (SacDecoder *decoder)
{
  g_atomic_int_set (&decoder->watch, FALSE);
}
