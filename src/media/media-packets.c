/* The packets of a file's video track, with nothing decoded: times and key frames straight from the demuxer.
 * It answers only where packets tell the truth: MP4 and Matroska with a format of which each packet is one picture to be
 * shown.  Everything else (streams without times, fields, packed pictures, several edits, damage) is decoded once instead. */
#include <string.h>

#include "sac-media-private.h"

#define SCAN_POLL_NS (20 * GST_MSECOND)
#define MAX_DEAD_LOOKS 25       /* without a packet */

typedef enum { KIND_NONE, KIND_UNITS, KIND_VP8, KIND_VP9, KIND_PLAIN } Kind;

typedef struct {
  GMutex lock;
  GCond wake;
  GstElement *demuxer;
  gboolean ended, unsure;
  GstSegment segment;
  gboolean have_segment;
  GstCaps *caps;
  Kind kind;
  guint length_bytes;           /* of H.264 and H.265 in MP4: before each unit */
  GArray *packets;              /* SacPacket */
} Scan;

/* A packet of length-prefixed units is whole when the lengths add up. */
static gboolean
units_add_up (const guint8 *data, gsize n, guint length_bytes)
{
  gsize at = 0;

  while (at + length_bytes <= n)
    {
      gsize length = 0;

      for (guint i = 0; i < length_bytes; i++)
        length = length << 8 | data[at + i];
      at += length_bytes;
      if (length > n - at)
        return FALSE;
      at += length;
    }
  return at == n && n > 0;
}

/* Whether a packet holds a picture to be shown; VP8 and VP9 also have such as are only referred to. */
static gboolean
is_shown (Kind kind, const guint8 *data, gsize n)
{
  if (kind == KIND_VP8)
    return n > 0 && (data[0] & 0x10) != 0;
  if (kind == KIND_VP9 && n > 0 && (data[n - 1] & 0xe0) != 0xc0)        /* no superframe: those end with one that is shown */
    {
      guint bit = (data[0] & 0x30) == 0x30 ? 5 : 4;     /* profile 3 has a bit more */

      return (data[0] >> (7 - bit) & 1) != 0 || (data[0] >> (5 - bit) & 1) != 0;
    }
  return n > 0;
}

static GstPadProbeReturn
take_packet (Scan *scan, GstBuffer *buffer)
{
  SacPacket packet = { 0 };
  guint64 start, stop;
  GstMapInfo map;

  if (!scan->have_segment || !GST_BUFFER_PTS_IS_VALID (buffer) || GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_CORRUPTED)
      || scan->packets->len >= SAC_MEDIA_MAX_FRAMES)
    {
      scan->unsure = TRUE;
      return GST_PAD_PROBE_DROP;
    }
  if (gst_buffer_map (buffer, &map, GST_MAP_READ))
    {
      gboolean shown = is_shown (scan->kind, map.data, map.size);

      if (scan->length_bytes && !units_add_up (map.data, map.size, scan->length_bytes))
        scan->unsure = TRUE;
      gst_buffer_unmap (buffer, &map);
      if (!shown)
        return GST_PAD_PROBE_DROP;
    }
  start = GST_BUFFER_PTS (buffer);
  stop = GST_BUFFER_DURATION_IS_VALID (buffer) ? start + GST_BUFFER_DURATION (buffer) : GST_CLOCK_TIME_NONE;
  packet.key = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  /* What a decoder does with pictures that an edit list cuts: outside they are left out, at the edge they are shortened. */
  if (gst_segment_clip (&scan->segment, GST_FORMAT_TIME, start, stop, &start, &stop))
    {
      packet.time = (gint64) gst_segment_to_stream_time (&scan->segment, GST_FORMAT_TIME, start);
      packet.duration = stop == GST_CLOCK_TIME_NONE ? 0 : (gint64) (stop - start);
      g_array_append_val (scan->packets, packet);
    }
  return GST_PAD_PROBE_DROP;
}

static void
take_caps (Scan *scan, GstCaps *caps)
{
  static const struct { const char *name; Kind kind; } known[] = {
    { "video/x-h264", KIND_UNITS }, { "video/x-h265", KIND_UNITS }, { "video/x-vp8", KIND_VP8 },
    { "video/x-vp9", KIND_VP9 }, { "video/x-av1", KIND_PLAIN }, { "image/jpeg", KIND_PLAIN },
    { "video/x-prores", KIND_PLAIN }, { "image/png", KIND_PLAIN },
  };
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const GValue *value = gst_structure_get_value (structure, "codec_data");
  GstBuffer *setup = value && GST_VALUE_HOLDS_BUFFER (value) ? gst_value_get_buffer (value) : NULL;
  const char *name = gst_structure_get_name (structure);
  guint8 byte;

  if (scan->caps)
    {
      scan->unsure |= !gst_caps_is_equal (scan->caps, caps);     /* the format changes on the way */
      return;
    }
  scan->caps = gst_caps_ref (caps);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (known[i].name, name) == 0)
      scan->kind = known[i].kind;
  if (scan->kind == KIND_NONE)
    scan->unsure = TRUE;
  if (scan->kind == KIND_UNITS)
    {
      gsize at = g_str_has_suffix (name, "264") ? 4 : 21;

      if (setup && gst_buffer_extract (setup, at, &byte, 1) == 1)
        scan->length_bytes = (byte & 3) + 1u;
      else
        scan->unsure = TRUE;
    }
}

static void
take_segment (Scan *scan, GstEvent *event)
{
  gst_event_copy_segment (event, &scan->segment);
  if (scan->have_segment || scan->segment.format != GST_FORMAT_TIME || scan->segment.rate != 1.0)
    scan->unsure = TRUE;        /* several edits */
  scan->have_segment = TRUE;
}

static GstPadProbeReturn
on_data (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  Scan *scan = data;
  GstPadProbeReturn result = GST_PAD_PROBE_OK;

  g_mutex_lock (&scan->lock);
  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    result = take_packet (scan, GST_PAD_PROBE_INFO_BUFFER (info));
  else if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM)
    {
      GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

      if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
        take_segment (scan, event);
      else if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
        {
          GstCaps *caps;

          gst_event_parse_caps (event, &caps);
          take_caps (scan, caps);
        }
      else if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
        {
          scan->ended = TRUE;
          g_cond_signal (&scan->wake);
        }
    }
  g_mutex_unlock (&scan->lock);
  return result;
}

/* Sound and the rest go nowhere, without becoming an error. */
static GstPadProbeReturn
swallow (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  return GST_PAD_PROBE_DROP;
}

static void
on_pad (GstElement *demuxer, GstPad *pad, gpointer data)
{
  Scan *scan = data;
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const char *name = caps && gst_caps_get_size (caps) ? gst_structure_get_name (gst_caps_get_structure (caps, 0)) : "";
  gboolean wanted = g_str_has_prefix (name, "video/") || g_str_has_prefix (name, "image/");

  g_mutex_lock (&scan->lock);
  if (wanted && scan->demuxer)
    wanted = FALSE;             /* as with decoding, the first stream of pictures is the one */
  else if (wanted)
    scan->demuxer = demuxer;
  if (wanted)
    {
      g_autoptr (GstEvent) event = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);

      take_caps (scan, caps);
      if (event)
        take_segment (scan, event);
    }
  g_mutex_unlock (&scan->lock);
  if (!wanted)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, swallow, NULL, NULL);
  else
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, scan, NULL);
}

/* Waits for the end of the stream, an error, or a wish to stop.  TRUE: all packets were seen. */
static gboolean
wait_for_end (Scan *scan, GstElement *pipe, GCancellable *cancellable)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipe);
  guint n_before = 0, n_silent = 0;

  for (;;)
    {
      g_autoptr (GstMessage) message = NULL;
      gboolean ended, unsure;
      guint n;

      g_mutex_lock (&scan->lock);
      if (!scan->ended && !scan->unsure)
        g_cond_wait_until (&scan->wake, &scan->lock, g_get_monotonic_time () + SCAN_POLL_NS / 1000);
      ended = scan->ended;
      unsure = scan->unsure;
      n = scan->packets->len;
      g_mutex_unlock (&scan->lock);
      message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
      if (message || unsure || g_cancellable_is_cancelled (cancellable))
        return FALSE;
      if (ended)
        return TRUE;
      n_silent = n > n_before ? 0 : n_silent + 1;
      n_before = n;
      if (n_silent > MAX_DEAD_LOOKS)
        return FALSE;
    }
}

GArray *
_sac_packets_read (const char *path, const SacContainer *container, GCancellable *cancellable)
{
  Scan scan = { 0 };
  GstElement *pipe, *source, *demuxer;
  GArray *packets = NULL;

  if (container->cut_short || container->no_table || container->n_patch || !(container->is_mp4 || container->is_matroska))
    return NULL;
  source = gst_element_factory_make ("filesrc", NULL);
  demuxer = gst_element_factory_make (container->is_mp4 ? "qtdemux" : "matroskademux", NULL);
  if (!source || !demuxer)
    {
      g_clear_pointer (&source, gst_object_unref);
      g_clear_pointer (&demuxer, gst_object_unref);
      return NULL;
    }
  pipe = gst_pipeline_new (NULL);
  g_object_set (source, "location", path, NULL);
  gst_bin_add_many (GST_BIN (pipe), source, demuxer, NULL);
  gst_element_link (source, demuxer);
  g_mutex_init (&scan.lock);
  g_cond_init (&scan.wake);
  scan.packets = g_array_new (FALSE, FALSE, sizeof (SacPacket));
  g_signal_connect (demuxer, "pad-added", G_CALLBACK (on_pad), &scan);
  gst_element_set_state (pipe, GST_STATE_PLAYING);
  if (wait_for_end (&scan, pipe, cancellable) && scan.packets->len > 0)
    packets = g_steal_pointer (&scan.packets);
  gst_element_set_state (pipe, GST_STATE_NULL);
  gst_object_unref (pipe);
  g_clear_pointer (&scan.packets, g_array_unref);
  gst_clear_caps (&scan.caps);
  g_mutex_clear (&scan.lock);
  g_cond_clear (&scan.wake);
  return packets;
}
