/* One thread owns the pipeline; the caller only says where the pictures stand.  The sound is started there and left alone as
 * long as it keeps up; when it has drifted it is started again.  Pictures never wait for sound. */
#include <string.h>

#include "sac-media-private.h"

#define LEAST_RATE 0.5
#define MOST_RATE 2.0
#define DRIFT_NS (120 * GST_MSECOND)
#define LOOK_US 200000          /* how often drift is looked at */
#define RESTART_US 600000       /* least time between two starts for drift */
#define PROBE_NS (3 * GST_SECOND)

struct _SacAudio {
  GThread *thread;
  char *path, *sink;
  gint64 origin_ns;

  GMutex lock;
  GCond wake;
  gboolean quit;
  int has_sound;                /* −1 = not known yet */
  SacAudioTold told;
  gpointer data;
  guint told_source;
  gboolean playing;
  double rate;
  gint64 at_ns, at_us;          /* the pictures stood at at_ns at the clock's at_us */
  guint jumps;                  /* counts changes that a running sound must follow at once */
  guint n_starts;               /* for tests */
};

/* The thread's own. */
typedef struct {
  GstElement *pipe, *convert;
  gboolean sounding;
  double rate;
  guint jumps;
  gint64 started_us;
} Sound;

static gboolean
only_sound (GstElement *bin, GstPad *pad, GstCaps *caps, gpointer data)
{
  const GstStructure *structure = gst_caps_is_any (caps) || gst_caps_is_empty (caps) ? NULL : gst_caps_get_structure (caps, 0);
  const char *name = structure ? gst_structure_get_name (structure) : "";

  return !(g_str_has_prefix (name, "video/") || g_str_has_prefix (name, "image/") || g_str_has_prefix (name, "subtitle/")
           || g_str_has_prefix (name, "text/") || g_str_has_prefix (name, "subpicture/"))
         || strcmp (name, "video/quicktime") == 0 || strcmp (name, "video/mpegts") == 0 || strcmp (name, "video/x-matroska") == 0
         || strcmp (name, "video/webm") == 0 || strcmp (name, "video/x-msvideo") == 0 || strcmp (name, "video/x-flv") == 0
         || strcmp (name, "video/x-ms-asf") == 0 || strcmp (name, "video/ogg") == 0
         || (strcmp (name, "video/mpeg") == 0 && structure && gst_structure_has_field_typed (structure, "systemstream", G_TYPE_BOOLEAN)
             && g_value_get_boolean (gst_structure_get_value (structure, "systemstream")));
}

/* As in media-decoder.c: 2 = skip.  Nothing that opens another place than the file. */
static int
only_local (GstElement *bin, GstPad *pad, GstCaps *caps, GstElementFactory *factory, gpointer data)
{
  const char *klass = gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS);
  const char *name = GST_OBJECT_NAME (factory);

  return strstr (klass, "Adaptive") || strstr (klass, "Source") || strstr (klass, "Network") || strstr (name, "sdpdemux")
         || strstr (name, "rtsp") ? 2 : 0;
}

static void
pad_added (GstElement *bin, GstPad *pad, gpointer data)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstPad) sink = gst_element_get_static_pad (data, "sink");

  if (caps && gst_structure_has_name (gst_caps_get_structure (caps, 0), "audio/x-raw") && !gst_pad_is_linked (sink))
    gst_pad_link (pad, sink);
}

static GstElement *
build (SacAudio *self, const char *sink_name, GstElement **convert)
{
  GstElement *parts[] = { gst_element_factory_make ("filesrc", NULL), gst_element_factory_make ("decodebin", NULL),
                          gst_element_factory_make ("audioconvert", NULL), gst_element_factory_make ("scaletempo", NULL),
                          gst_element_factory_make ("audioconvert", NULL), gst_element_factory_make ("audioresample", NULL),
                          gst_element_factory_make (sink_name, NULL) };
  GstElement *pipe;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!parts[i])
      {
        for (guint k = 0; k < G_N_ELEMENTS (parts); k++)
          g_clear_pointer (&parts[k], gst_object_unref);
        return NULL;
      }
  pipe = gst_pipeline_new (NULL);
  g_object_set (parts[0], "location", self->path, NULL);
  if (strcmp (sink_name, "fakesink") == 0)
    g_object_set (parts[6], "sync", TRUE, NULL);
  gst_bin_add_many (GST_BIN (pipe), parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], NULL);
  gst_element_link (parts[0], parts[1]);
  gst_element_link_many (parts[2], parts[3], parts[4], parts[5], parts[6], NULL);
  g_signal_connect (parts[1], "autoplug-continue", G_CALLBACK (only_sound), NULL);
  g_signal_connect (parts[1], "autoplug-select", G_CALLBACK (only_local), NULL);
  g_signal_connect (parts[1], "pad-added", G_CALLBACK (pad_added), parts[2]);
  *convert = parts[2];
  return pipe;
}

static void
drop (Sound *sound)
{
  if (sound->pipe)
    {
      gst_element_set_state (sound->pipe, GST_STATE_NULL);
      gst_object_unref (sound->pipe);
    }
  *sound = (Sound) { 0 };
}

/* Brings a pipeline to where it could play.  FALSE: there is nothing to hear, or no way to hear it. */
static gboolean
prepare (SacAudio *self, Sound *sound, const char *sink_name)
{
  g_autoptr (GstPad) pad = NULL;

  sound->pipe = build (self, sink_name, &sound->convert);
  if (!sound->pipe)
    return FALSE;
  if (gst_element_set_state (sound->pipe, GST_STATE_PAUSED) == GST_STATE_CHANGE_FAILURE
      || gst_element_get_state (sound->pipe, NULL, NULL, PROBE_NS) != GST_STATE_CHANGE_SUCCESS)
    {
      drop (sound);
      return FALSE;
    }
  pad = gst_element_get_static_pad (sound->convert, "sink");
  if (!gst_pad_is_linked (pad))
    {
      drop (sound);
      return FALSE;
    }
  return TRUE;
}

/* A file without sound never prerolls; so the pads are what is asked, and time is not waited for. */
static gboolean
probe (SacAudio *self)
{
  Sound sound = { 0 };
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstPad) pad = NULL;
  gboolean linked = FALSE;
  gint64 until = g_get_monotonic_time () + PROBE_NS / 1000;

  sound.pipe = build (self, "fakesink", &sound.convert);
  if (!sound.pipe)
    return FALSE;
  bus = gst_element_get_bus (sound.pipe);
  pad = gst_element_get_static_pad (sound.convert, "sink");
  gst_element_set_state (sound.pipe, GST_STATE_PAUSED);
  while (!linked && g_get_monotonic_time () < until && !g_atomic_int_get (&self->quit))
    {
      g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus, 10 * GST_MSECOND, GST_MESSAGE_ERROR | GST_MESSAGE_ASYNC_DONE);

      linked = gst_pad_is_linked (pad);
      if (message)
        break;
    }
  drop (&sound);
  return linked;
}

static gboolean
tell (gpointer data)
{
  SacAudio *self = data;
  gboolean has_sound;

  g_mutex_lock (&self->lock);
  self->told_source = 0;
  has_sound = self->has_sound > 0;
  g_mutex_unlock (&self->lock);
  self->told (has_sound, self->data);
  return G_SOURCE_REMOVE;
}

static void
start (Sound *sound, gint64 at_ns, double rate)
{
  gst_element_seek (sound->pipe, rate, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE, GST_SEEK_TYPE_SET,
                    MAX (at_ns, 0), GST_SEEK_TYPE_NONE, -1);
  gst_element_set_state (sound->pipe, GST_STATE_PLAYING);
  sound->sounding = TRUE;
  sound->rate = rate;
  sound->started_us = g_get_monotonic_time ();
}

/* One look at what is wanted and what is so.  Called and returns with the lock. */
static void
look (SacAudio *self, Sound *sound)
{
  gboolean wanted = self->playing && self->rate >= LEAST_RATE && self->rate <= MOST_RATE;
  gint64 now = g_get_monotonic_time ();
  gint64 at_ns = self->origin_ns + self->at_ns + (gint64) ((double) (now - self->at_us) * 1000 * self->rate);
  gboolean jumped = sound->jumps != self->jumps;
  double rate = self->rate;

  sound->jumps = self->jumps;
  if (!wanted && !sound->sounding)
    return;
  g_mutex_unlock (&self->lock);
  if (!wanted)
    {
      gst_element_set_state (sound->pipe, GST_STATE_PAUSED);
      sound->sounding = FALSE;
    }
  else if (sound->pipe || prepare (self, sound, self->sink))
    {
      gint64 stands = 0;
      gboolean known = sound->sounding && gst_element_query_position (sound->pipe, GST_FORMAT_TIME, &stands);
      gboolean drifted = known && ABS (stands - at_ns) > (gint64) DRIFT_NS && now - sound->started_us > RESTART_US;

      if (!sound->sounding || jumped || sound->rate != rate || drifted)
        {
          start (sound, at_ns, rate);
          g_atomic_int_inc (&self->n_starts);
        }
    }
  g_mutex_lock (&self->lock);
  if (wanted && !sound->pipe)
    self->has_sound = 0;        /* no device: silence from now on */
}

static gpointer
run (gpointer data)
{
  SacAudio *self = data;
  Sound sound = { 0 };
  gboolean found = probe (self);

  g_mutex_lock (&self->lock);
  self->has_sound = found;
  if (!self->quit && self->told)
    self->told_source = g_idle_add (tell, self);
  while (!self->quit)
    {
      if (self->has_sound > 0)
        look (self, &sound);
      if (self->quit)
        break;
      if (sound.sounding && sound.jumps == self->jumps)
        g_cond_wait_until (&self->wake, &self->lock, g_get_monotonic_time () + LOOK_US);
      else if (sound.jumps == self->jumps || self->has_sound <= 0)
        g_cond_wait (&self->wake, &self->lock);
    }
  g_mutex_unlock (&self->lock);
  drop (&sound);
  return NULL;
}

SacAudio *
sac_audio_new (SacMedia *media, const char *sink, SacAudioTold told, gpointer data)
{
  SacAudio *self = g_new0 (SacAudio, 1);

  self->path = g_strdup (sac_media_get_path (media));
  self->sink = g_strdup (sink ? sink : "autoaudiosink");
  self->origin_ns = _sac_media_get_origin_ns (media);
  self->has_sound = -1;
  self->told = told;
  self->data = data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->thread = g_thread_new ("sound", run, self);
  return self;
}

void
sac_audio_follow (SacAudio *self, gboolean playing, gint64 at_ns, double rate)
{
  gint64 now = g_get_monotonic_time ();
  gint64 foreseen;

  g_mutex_lock (&self->lock);
  foreseen = self->at_ns + (gint64) ((double) (now - self->at_us) * 1000 * self->rate);
  if (playing != self->playing || rate != self->rate || (playing && ABS (foreseen - at_ns) > (gint64) DRIFT_NS))
    {
      self->jumps++;
      g_cond_signal (&self->wake);
    }
  self->playing = playing;
  self->rate = rate;
  self->at_ns = at_ns;
  self->at_us = now;
  g_mutex_unlock (&self->lock);
}

guint
sac_audio_get_n_starts (SacAudio *self)
{
  return (guint) g_atomic_int_get (&self->n_starts);
}

static gpointer
bury (gpointer data)
{
  SacAudio *self = data;

  g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self->path);
  g_free (self->sink);
  g_free (self);
  return NULL;
}

void
sac_audio_free (SacAudio *self)
{
  if (!self)
    return;
  g_mutex_lock (&self->lock);
  g_atomic_int_set (&self->quit, TRUE);
  g_clear_handle_id (&self->told_source, g_source_remove);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  /* A sound server may take its time to let go: nobody waits for it. */
  g_thread_unref (g_thread_new ("sound-end", bury, self));
}
