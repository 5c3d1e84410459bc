/* What is seen and heard: frames bit for bit as GStreamer decodes them, their colours, turns and times, the cache, writing, sound. */
#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include "media-fixture.h"

/* The oracle: every frame in order from the plainest pipeline, knowing nothing of the room's code. */
static GArray *
plain_decode (const char *path)
{
  g_autofree char *chain = g_strdup_printf ("filesrc location=\"%s\" ! decodebin ! videoconvert ! videoflip video-direction=auto ! "
                                            "videoconvert ! video/x-raw,format=BGRA ! appsink name=s sync=false", path);
  g_autoptr (GstElement) pipe = gst_parse_launch (chain, NULL);
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipe), "s");
  GArray *hashes = g_array_new (FALSE, FALSE, sizeof (guint));

  gst_element_set_state (pipe, GST_STATE_PLAYING);
  for (;;)
    {
      g_autoptr (GstSample) sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), 10 * GST_SECOND);
      GstVideoFrame frame;
      GstVideoInfo info;
      guint hash;

      if (!sample)
        break;
      gst_video_info_from_caps (&info, gst_sample_get_caps (sample));
      gst_video_frame_map (&frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ);
      hash = picture_hash (GST_VIDEO_FRAME_PLANE_DATA (&frame, 0), (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
                           info.width, info.height);
      gst_video_frame_unmap (&frame);
      g_array_append_val (hashes, hash);
    }
  gst_element_set_state (pipe, GST_STATE_NULL);
  return hashes;
}

static void
test_as_decoded (gconstpointer relative)
{
  g_autofree char *path = data_path (relative);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMedia) media = NULL;
  g_autoptr (GArray) plain = NULL;
  g_autoptr (GRand) dice = g_rand_new_with_seed (7);
  guint n;

  if (!path)
    return;
  media = sac_media_open (path, NULL, &error);
  g_assert_no_error (error);
  plain = plain_decode (path);
  n = sac_media_get_n_frames (media);
  g_assert_cmpuint (n, ==, plain->len);
  for (guint i = 0; i < n; i++)
    g_assert_cmphex (frame_hash (media, i), ==, g_array_index (plain, guint, i));
  for (int budget = 0; budget < 2; budget++)
    {
      sac_media_set_cache_budget (0);
      if (budget)
        sac_media_set_cache_budget ((gsize) 12 << 20);
      for (int i = 0; i < 12; i++)
        {
          guint at = (guint) g_rand_int_range (dice, 0, (gint32) n);

          g_assert_cmphex (frame_hash (media, at), ==, g_array_index (plain, guint, at));
        }
    }
  for (guint i = 0; i < MIN (n, 40); i++)
    g_assert_cmphex (frame_hash (media, n - 1 - i), ==, g_array_index (plain, guint, n - 1 - i));
  sac_media_set_cache_budget ((gsize) 256 << 20);
}

/* ---- cache, cancel, threads */

static void
test_budget (void)
{
  g_autofree char *path = make_clip ("budget", 320, 240, 60);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMedia) media = sac_media_open (path, NULL, &error);
  const gsize frame = 320 * 240 * 3 / 2, budget = 12 * frame;
  guint n_cached = 0;

  sac_media_set_cache_budget (0);
  g_assert_cmpuint (sac_media_get_cache_bytes (), ==, 0);
  sac_media_set_cache_budget (budget);
  for (guint i = 0; i < 60; i++)
    {
      frame_hash (media, i);
      g_assert_cmpuint (sac_media_get_cache_bytes (), <=, budget);
    }
  for (guint i = 0; i < 60; i++)
    n_cached += sac_media_is_cached (media, i);
  g_assert_cmpuint (n_cached, >=, 8);   /* decoders pad rows */
  g_assert_cmpuint (n_cached, <=, 12);
  g_assert_true (sac_media_is_cached (media, 59));
  /* A step back beyond what is kept brings the frames before it along. */
  g_assert_false (sac_media_is_cached (media, 40));
  frame_hash (media, 40);
  g_assert_true (sac_media_is_cached (media, 39));
  g_assert_true (sac_media_is_cached (media, 37));
  sac_media_set_cache_budget ((gsize) 256 << 20);
  g_unlink (path);
}

static void
test_cancel (void)
{
  g_autofree char *path = make_clip ("cancel", 96, 96, 30);
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SacMedia) media = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (sac_media_open (path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  media = sac_media_open (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (sac_media_get_frame (media, 3, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  frame_hash (media, 3);
  g_unlink (path);
}

typedef struct {
  SacMedia *media;
  const guint *wanted;
  guint seed, n_wrong;
} Reader;

static gpointer
read_at_random (gpointer data)
{
  Reader *reader = data;
  g_autoptr (GRand) dice = g_rand_new_with_seed (reader->seed);

  for (int i = 0; i < 40; i++)
    {
      guint at = (guint) g_rand_int_range (dice, 0, 60);

      reader->n_wrong += frame_hash (reader->media, at) != reader->wanted[at];
    }
  return NULL;
}

static void
test_threads (void)
{
  g_autofree char *path = make_clip ("threads", 128, 128, 60);
  g_autoptr (SacMedia) media = sac_media_open (path, NULL, NULL);
  g_autoptr (SacMedia) other = sac_media_open (path, NULL, NULL);
  GThread *threads[4];
  Reader readers[4];
  guint wanted[60];

  for (guint i = 0; i < 60; i++)
    wanted[i] = frame_hash (media, i);
  sac_media_set_cache_budget ((gsize) 128 * 128 * 3 / 2 * 20);
  for (guint i = 0; i < 4; i++)
    {
      readers[i] = (Reader) { i % 2 ? media : other, wanted, i, 0 };
      threads[i] = g_thread_new ("reader", read_at_random, readers + i);
    }
  for (guint i = 0; i < 4; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpuint (readers[i].n_wrong, ==, 0);
    }
  sac_media_set_cache_budget ((gsize) 256 << 20);
  g_unlink (path);
}

/* ---- the encoder */

/* The ending of the name says what kind of file is written. */
static void
test_endings (void)
{
  static const struct { const char *name, *magic; gsize at; } kinds[] = {
    { "a.mp4", "ftyp", 4 }, { "a.mov", "ftypqt", 4 }, { "a.MKV", "matroska", 0 }, { "a.webm", "webm", 0 },
  };
  g_autofree guint8 *rgb = g_malloc0 (64 * 48 * 3);
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder;

  for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autofree char *path = g_build_filename (cache_dir, kinds[k].name, NULL), *bytes = NULL;
      gsize n;

      encoder = sac_encoder_new (path, 64, 48, 30, 1, &error);
      if (!encoder && g_error_matches (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_UNSUPPORTED))
        {
          g_clear_error (&error);       /* an encoder that is not installed */
          continue;
        }
      for (guint i = 0; i < 3; i++)
        g_assert_true (sac_encoder_push (encoder, rgb, 64 * 3, &error));
      g_assert_true (sac_encoder_finish (encoder, &error));
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
      g_assert_true (kinds[k].at ? memcmp (bytes + kinds[k].at, kinds[k].magic, strlen (kinds[k].magic)) == 0
                                 : memmem (bytes, MIN (n, 64), kinds[k].magic, strlen (kinds[k].magic)) != NULL);
      g_unlink (path);
    }
  encoder = sac_encoder_new ("a.avi", 64, 48, 30, 1, &error);
  g_assert_null (encoder);
  g_assert_error (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_UNSUPPORTED);
}

static void
test_encoder (void)
{
  const int sizes[][2] = { { 64, 48 }, { 97, 61 } };

  for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
    {
      int width = sizes[k][0], height = sizes[k][1];
      g_autofree char *path = make_clip (k ? "odd" : "even", width, height, 12);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacMedia) media = sac_media_open (path, NULL, &error);
      g_autoptr (SacFrame) frame = NULL;
      g_autofree guint8 *rgb = g_malloc ((gsize) width * (gsize) height * 3);
      g_autofree guint8 *bgra = g_malloc ((gsize) width * (gsize) height * 4);
      double off = 0;

      g_assert_no_error (error);
      g_assert_cmpint (sac_media_get_width (media), ==, width);
      g_assert_cmpint (sac_media_get_height (media), ==, height);
      g_assert_cmpuint (sac_media_get_n_frames (media), ==, 12);
      frame = sac_media_get_frame (media, 0, NULL, &error);
      g_assert_true (sac_frame_convert (frame, SAC_PIXELS_RGB, rgb, (gsize) width * 3, &error));
      g_assert_true (sac_frame_convert (frame, SAC_PIXELS_BGRA, bgra, (gsize) width * 4, &error));
      for (int i = 0; i < width * height; i++)
        {
          int x = i % width, y = i / width;

          off += ABS (rgb[3 * i] - (x * 200 / width + 20)) + ABS (rgb[3 * i + 2] - y * 200 / height);
          g_assert_true (rgb[3 * i] == bgra[4 * i + 2] && rgb[3 * i + 1] == bgra[4 * i + 1] && rgb[3 * i + 2] == bgra[4 * i]
                         && bgra[4 * i + 3] == 255);
        }
      g_assert_cmpfloat (off / (2 * width * height), <, 12);
      g_unlink (path);
    }
}

/* ---- colours, orientation, times: files of ffmpeg's, where it is there, against what they were told to hold. */

static char *
make_with_ffmpeg (const char *name, const char *const *arguments)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  g_autofree char *path = g_build_filename (cache_dir, name, NULL);
  int status = 0;

  g_ptr_array_add (all, (gpointer) "ffmpeg");
  g_ptr_array_add (all, (gpointer) "-v");
  g_ptr_array_add (all, (gpointer) "error");
  g_ptr_array_add (all, (gpointer) "-nostdin");
  g_ptr_array_add (all, (gpointer) "-y");
  for (guint i = 0; arguments[i]; i++)
    g_ptr_array_add (all, (gpointer) arguments[i]);
  g_ptr_array_add (all, path);
  g_ptr_array_add (all, NULL);
  if (!g_spawn_sync (NULL, (char **) all->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                     NULL) || !g_spawn_check_wait_status (status, NULL))
    {
      g_test_skip ("no ffmpeg with libx264");
      return NULL;
    }
  return g_steal_pointer (&path);
}

/* Red, green and blue in the middle of the quarter of frame @number that is so far right and down. */
static void
assert_colour (SacMedia *media, guint number, double right, double down, int red, int green, int blue)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacFrame) frame = sac_media_get_frame (media, number, NULL, &error);
  int width = sac_media_get_width (media), height = sac_media_get_height (media);
  g_autofree guint8 *rgb = g_malloc ((gsize) width * (gsize) height * 3);
  const guint8 *p = rgb + ((gsize) (down * height) * (gsize) width + (gsize) (right * width)) * 3;

  g_assert_no_error (error);
  g_assert_true (sac_frame_convert (frame, SAC_PIXELS_RGB, rgb, (gsize) width * 3, &error));
  g_test_message ("%d %d %d for %d %d %d", p[0], p[1], p[2], red, green, blue);
  g_assert_cmpint (ABS (p[0] - red), <=, 6);
  g_assert_cmpint (ABS (p[1] - green), <=, 6);
  g_assert_cmpint (ABS (p[2] - blue), <=, 6);
}

/* The same orange in four ways to write it: both matrices, both ranges.  A wrong one is off by 12 at the least. */
static void
test_colours (void)
{
  static const struct { const char *matrix, *range, *filter; } row[] = {
    { "bt709", "tv", "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p" },
    { "bt709", "pc", "scale=out_color_matrix=bt709:out_range=pc,format=yuv444p" },
    { "smpte170m", "pc", "scale=out_color_matrix=bt601:out_range=pc,format=yuv444p" },
    { "smpte170m", "tv", "scale=out_color_matrix=bt601:out_range=tv,format=yuv444p" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (row); i++)
    {
      const char *const arguments[] = { "-f", "lavfi", "-i", "color=0xe07020:s=128x96:r=10:d=0.4,format=gbrp", "-vf", row[i].filter,
                                        "-c:v", "libx264", "-qp", "0", "-colorspace", row[i].matrix, "-color_range", row[i].range,
                                        "-color_primaries", row[i].matrix, "-color_trc", row[i].matrix, NULL };
      g_autofree char *name = g_strdup_printf ("colour-%u.mp4", i);
      g_autofree char *path = make_with_ffmpeg (name, arguments);
      g_autoptr (SacMedia) media = path ? sac_media_open (path, NULL, NULL) : NULL;

      if (!path)
        return;
      g_assert_nonnull (media);
      assert_colour (media, 0, 0.5, 0.5, 0xe0, 0x70, 0x20);
      g_unlink (path);
    }
}

/* Red left, blue right as filmed; the file says how it is to be turned. */
static void
test_rotation (void)
{
  static const struct { const char *degrees; double red[2], blue[2]; gboolean upright; } row[] = {
    { "0", { 0.25, 0.5 }, { 0.75, 0.5 }, FALSE },
    { "90", { 0.5, 0.75 }, { 0.5, 0.25 }, TRUE },
    { "180", { 0.75, 0.5 }, { 0.25, 0.5 }, FALSE },
    { "270", { 0.5, 0.25 }, { 0.5, 0.75 }, TRUE },
  };
  const char *const arguments[] = { "-f", "lavfi", "-i", "color=0xd01010:s=64x64:r=10:d=0.5", "-f", "lavfi", "-i",
                                    "color=0x1010d0:s=64x64:r=10:d=0.5", "-filter_complex", "hstack,format=yuv420p", "-c:v", "libx264",
                                    "-qp", "2", NULL };
  g_autofree char *plain = make_with_ffmpeg ("plain.mp4", arguments);

  for (guint i = 0; plain && i < G_N_ELEMENTS (row); i++)
    {
      g_autofree char *tag = g_strconcat ("rotate=", row[i].degrees, NULL);
      const char *const turned[] = { "-i", plain, "-c", "copy", "-metadata:s:v:0", tag, NULL };
      g_autofree char *path = make_with_ffmpeg ("turned.mp4", turned);
      g_autoptr (SacMedia) media = path ? sac_media_open (path, NULL, NULL) : NULL;

      if (!path)
        return;
      g_assert_nonnull (media);
      g_assert_cmpint (sac_media_get_width (media), ==, row[i].upright ? 64 : 128);
      g_assert_cmpint (sac_media_get_height (media), ==, row[i].upright ? 128 : 64);
      assert_colour (media, 0, row[i].red[0], row[i].red[1], 0xd0, 0x10, 0x10);
      assert_colour (media, 4, row[i].blue[0], row[i].blue[1], 0x10, 0x10, 0xd0);
      g_unlink (path);
    }
  if (plain)
    g_unlink (plain);
}

/* Frames at 0, 100, 150, 400 and 1000 ms keep their times. */
static void
test_times (void)
{
  static const int ms[] = { 0, 100, 150, 400, 1000 };
  static const char *const names[] = { "times.mp4", "times.mkv" };

  for (guint k = 0; k < G_N_ELEMENTS (names); k++)
    {
      const char *const arguments[] = { "-f", "lavfi", "-i", "testsrc2=s=64x64:r=20:d=1.1", "-vf",
                                        "select='eq(n,0)+eq(n,2)+eq(n,3)+eq(n,8)+eq(n,20)'", "-vsync", "vfr", "-c:v", "libx264", "-bf", "2",
                                        "-pix_fmt", "yuv420p", NULL };
      g_autofree char *path = make_with_ffmpeg (names[k], arguments);
      g_autoptr (SacMedia) media = path ? sac_media_open (path, NULL, NULL) : NULL;

      if (!path)
        return;
      g_assert_nonnull (media);
      g_assert_cmpuint (sac_media_get_n_frames (media), ==, G_N_ELEMENTS (ms));
      g_assert_true (sac_media_is_vfr (media));
      for (guint i = 0; i < G_N_ELEMENTS (ms); i++)
        {
          g_assert_cmpfloat_with_epsilon (1e-6 * (double) sac_media_get_time_ns (media, i), ms[i], 1.01);
          g_assert_cmpuint (sac_media_get_frame_at (media, ms[i] * G_GINT64_CONSTANT (1000000)), ==, i);
        }
      g_unlink (path);
    }
}

/* ---- what is found on the way, and what is heard. */

static void
on_passing (SacFrame *frame, gpointer data)
{
  guint number = sac_frame_get_number (frame);

  g_array_append_val ((GArray *) data, number);
}

static void
test_passing (void)
{
  g_autofree char *path = make_clip ("passing", 96, 64, 60);
  g_autoptr (GArray) first = g_array_new (FALSE, FALSE, sizeof (guint)), way = g_array_new (FALSE, FALSE, sizeof (guint));
  const SacMediaWatch watch = { on_passing, NULL, first };
  g_autoptr (SacMedia) media = sac_media_open_watched (path, &watch, NULL, NULL);
  g_autoptr (SacMedia) known = sac_media_open_watched (path, &watch, NULL, NULL);
  guint wanted = 59, key;

  g_assert_cmpuint (first->len, ==, 1);         /* the index was made once */
  g_assert_cmpuint (g_array_index (first, guint, 0), ==, 0);
  while (wanted > 30 && sac_media_is_keyframe (media, wanted))
    wanted--;
  for (key = wanted; !sac_media_is_keyframe (media, key);)
    key--;
  sac_media_set_cache_budget (0);
  sac_media_set_cache_budget ((gsize) 256 << 20);
  {
    g_autoptr (SacFrame) frame = sac_media_get_frame_passing (known, wanted, on_passing, way, NULL, NULL);
    guint8 marks[60];

    g_assert_cmpuint (sac_frame_get_number (frame), ==, wanted);
    g_assert_cmpuint (way->len, ==, wanted - key);
    for (guint i = 0; i < way->len; i++)
      g_assert_cmpuint (g_array_index (way, guint, i), ==, key + i);
    sac_media_mark_cached (known, 0, 60, 60, marks);
    for (guint i = 0; i < 60; i++)
      g_assert_cmpint (marks[i], ==, i >= key && i <= wanted);
  }
  g_unlink (path);
}

static void
on_sound (gboolean has_sound, gpointer data)
{
  *(int *) data = has_sound;
}

static void
spin (double seconds, const int *told)
{
  gint64 until = g_get_monotonic_time () + (gint64) (1e6 * seconds);

  while (g_get_monotonic_time () < until && (!told || *told < 0))
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static void
test_sound (void)
{
  const char *const arguments[] = { "-f", "lavfi", "-i", "testsrc2=s=64x64:r=20:d=3", "-f", "lavfi", "-i", "sine=440:d=3", "-c:v",
                                    "libx264", "-pix_fmt", "yuv420p", "-c:a", "mp2", NULL };
  g_autofree char *silent = make_clip ("silent", 64, 64, 20);
  g_autofree char *path = make_with_ffmpeg ("sound.mkv", arguments);
  g_autoptr (SacMedia) media = sac_media_open (silent, NULL, NULL);
  SacAudio *audio;
  int told = -1;

  audio = sac_audio_new (media, "fakesink", on_sound, &told);
  sac_audio_follow (audio, TRUE, 0, 1);
  spin (5, &told);
  g_assert_cmpint (told, ==, FALSE);
  g_assert_cmpuint (sac_audio_get_n_starts (audio), ==, 0);
  sac_audio_free (audio);
  g_unlink (silent);
  if (!path)
    return;
  g_clear_object (&media);
  media = sac_media_open (path, NULL, NULL);
  told = -1;
  audio = sac_audio_new (media, "fakesink", on_sound, &told);
  spin (5, &told);
  g_assert_cmpint (told, ==, TRUE);
  sac_audio_follow (audio, TRUE, 0, 4);         /* too fast to be heard */
  spin (0.2, NULL);
  g_assert_cmpuint (sac_audio_get_n_starts (audio), ==, 0);
  sac_audio_follow (audio, TRUE, 0, 1);
  spin (0.4, NULL);
  g_assert_cmpuint (sac_audio_get_n_starts (audio), ==, 1);
  sac_audio_follow (audio, TRUE, G_GINT64_CONSTANT (2000000000), 1);    /* the person jumps */
  spin (0.4, NULL);
  g_assert_cmpuint (sac_audio_get_n_starts (audio), ==, 2);
  sac_audio_follow (audio, FALSE, 0, 1);
  spin (0.1, NULL);
  sac_audio_free (audio);
  spin (0.1, NULL);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  static const char *const real[] = {
    "videos/yoga-poses/trikonasana/VID20250127135303_a.mp4", "videos/asl-words/no.mkv",
    "videos/single-clips/v_Basketball_g01_c01.avi",  "odd-videos/long-gop-one-keyframe.mp4",
    "odd-videos/phone-rotated-90.mp4",               "odd-videos/variable-frame-rate.mp4",
    "odd-videos/vp9.webm",                           "odd-videos/interlaced-mpeg2-late-start.ts",
    "odd-videos/hevc-10bit.mp4",                     "odd-videos/mjpeg.avi",
    "odd-videos/video_180-decord.mov",               "odd-videos/odd-size-427x239-yuv444.mp4",
  };

  media_test_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (real); i++)
    {
      g_autofree char *base = g_path_get_basename (real[i]);
      g_autofree char *name = g_strconcat ("/media/frames/as-decoded/", base, NULL);

      g_test_add_data_func (name, real[i], test_as_decoded);
    }
  g_test_add_func ("/media/cache/budget", test_budget);
  g_test_add_func ("/media/frames/cancel", test_cancel);
  g_test_add_func ("/media/frames/threads", test_threads);
  g_test_add_func ("/media/encoder", test_encoder);
  g_test_add_func ("/media/encoder/endings", test_endings);
  g_test_add_func ("/media/frames/colours", test_colours);
  g_test_add_func ("/media/frames/rotation", test_rotation);
  g_test_add_func ("/media/frames/times", test_times);
  g_test_add_func ("/media/frames/passing", test_passing);
  g_test_add_func ("/media/sound", test_sound);
  return media_test_run ();
}
