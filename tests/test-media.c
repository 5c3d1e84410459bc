#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <string.h>

#include "media/sac-media-private.h"

static char *cache_dir;

static char *
data_path (const char *relative)
{
  const char *root = g_getenv ("SACCADE_TEST_DATA");
  g_autofree char *path = root && *root ? g_build_filename (root, "data", relative, NULL) : NULL;

  if (!path || !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("SACCADE_TEST_DATA is not set or lacks the file");
      return NULL;
    }
  return g_steal_pointer (&path);
}

static guint
picture_hash (const guint8 *pixels, gsize stride, int width, int height)
{
  guint hash = 5381;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width * 4; x++)
      if (x % 4 != 3)
        hash = hash * 33 + pixels[(gsize) y * stride + (gsize) x];
  return hash;
}

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

static guint
frame_hash (SacMedia *media, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacFrame) frame = sac_media_get_frame (media, number, NULL, &error);
  int width = sac_media_get_width (media), height = sac_media_get_height (media);
  g_autofree guint8 *pixels = g_malloc ((gsize) width * (gsize) height * 4);

  g_assert_no_error (error);
  if (!frame)
    return 0;
  g_assert_cmpuint (sac_frame_get_number (frame), ==, number);
  g_assert_true (sac_frame_convert (frame, SAC_PIXELS_BGRA, pixels, (gsize) width * 4, &error));
  g_assert_no_error (error);
  return picture_hash (pixels, (gsize) width * 4, width, height);
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

/* ---- the odd ones */

typedef struct {
  const char *name;
  int refusal;                  /* −1 = opens */
  guint n;
  int width, height;
  double fps, seconds;
  gboolean vfr, warns;
} Odd;

static const Odd odd[] = {
  { "animated.gif", -1, 20, 200, 150, 10, 2 },
  { "audio-only.mp4", SAC_MEDIA_ERROR_NO_VIDEO },
  { "corrupted-decord.mp4", -1, 49, 1280, 720, 9.8, 5, TRUE, TRUE },
  { "hevc-10bit.mp4", -1, 38, 480, 270, 12.5, 3.04 },
  { "huge-3840x2160.mp4", -1, 8, 3840, 2160, 12.5, 0.64 },
  { "interlaced-mpeg2-late-start.ts", -1, 75, 720, 576, 25, 3 },
  { "long-gop-one-keyframe.mp4", -1, 151, 480, 270, 12.5, 12.08 },
  { "mjpeg.avi", -1, 45, 320, 240, 15, 3 },
  { "no-audio.mp4", -1, 125, 426, 240, 25, 5 },
  { "non-zero-start-torchcodec.mp4", -1, 12, 200, 112, 30, 0.4 },
  { "odd-size-427x239-yuv444.mp4", -1, 39, 427, 239, 12.5, 3.12 },
  { "one-frame.mp4", -1, 1, 480, 270, 12.5, 0.08 },
  { "phone-rotated-90.mp4", -1, 120, 480, 640, 29.97, 4.004 },
  { "smallest-valid-no-streams.mp4", SAC_MEDIA_ERROR_NO_VIDEO },
  { "truncated-no-moov.mp4", SAC_MEDIA_ERROR_DAMAGED },
  { "variable-frame-rate.mp4", -1, 39, 480, 270, 6.42, 6, TRUE },
  { "video_180-decord.mov", -1, 3, 568, 320, 30, 0.1 },
  { "vp9.webm", -1, 50, 426, 240, 12.5, 4 },
  { "zero-byte.mp4", SAC_MEDIA_ERROR_EMPTY },
};

static void
test_odd (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autofree char *relative = g_build_filename ("odd-videos", odd[i].name, NULL);
      g_autofree char *path = data_path (relative);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacMedia) media = NULL;

      if (!path)
        return;
      media = sac_media_open (path, NULL, &error);
      if (odd[i].refusal >= 0)
        {
          g_assert_null (media);
          g_assert_error (error, SAC_MEDIA_ERROR, odd[i].refusal);
          g_test_message ("%s", error->message);
          continue;
        }
      g_assert_no_error (error);
      g_test_message ("%s: %s", odd[i].name, sac_media_get_warning (media) ? sac_media_get_warning (media) : "opens");
      g_assert_cmpuint (sac_media_get_n_frames (media), ==, odd[i].n);
      g_assert_cmpint (sac_media_get_width (media), ==, odd[i].width);
      g_assert_cmpint (sac_media_get_height (media), ==, odd[i].height);
      g_assert_cmpfloat_with_epsilon (sac_media_get_fps (media), odd[i].fps, 0.02);
      g_assert_cmpfloat_with_epsilon (sac_media_get_duration_ns (media) / 1e9, odd[i].seconds, 0.011);
      g_assert_cmpint (sac_media_is_vfr (media), ==, odd[i].vfr);
      g_assert_cmpint (sac_media_get_warning (media) != NULL, ==, odd[i].warns);
      g_assert_cmpint (sac_media_get_time_ns (media, 0), ==, 0);
      g_assert_true (sac_media_is_keyframe (media, 0));
      for (guint f = 0; f < odd[i].n; f++)
        {
          gint64 time = sac_media_get_time_ns (media, f);

          g_assert_cmpuint (sac_media_get_frame_at (media, time), ==, f);
          g_assert_cmpuint (sac_media_get_frame_at (media, time + 3000000), ==, f);
        }
      g_assert_cmpuint (sac_media_get_frame_at (media, G_MAXINT64 / 2), ==, odd[i].n - 1);
      frame_hash (media, odd[i].n / 2);
      g_assert_null (sac_media_get_frame (media, odd[i].n, NULL, &error));
      g_assert_error (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_RANGE);
    }
}

/* ---- the index on disk */

static char *
make_clip (const char *name, int width, int height, int n)
{
  g_autofree char *file = g_strconcat (name, ".", sac_encoder_get_suffix (), NULL);
  char *path = g_build_filename (cache_dir, file, NULL);
  g_autofree guint8 *rgb = g_malloc ((gsize) width * (gsize) height * 3);
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder = sac_encoder_new (path, width, height, 30, 1, &error);

  g_assert_no_error (error);
  for (int f = 0; f < n; f++)
    {
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
          {
            guint8 *p = rgb + ((gsize) y * (gsize) width + (gsize) x) * 3;

            p[0] = (guint8) (x * 200 / width + 20);
            p[1] = (guint8) ((x + 4 * f) % 64 < 32 ? 200 : 60);
            p[2] = (guint8) (y * 200 / height);
          }
      g_assert_true (sac_encoder_push (encoder, rgb, (gsize) width * 3, &error));
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
  g_assert_no_error (error);
  return path;
}

static char *
index_path (SacMedia *media)
{
  g_autofree char *name = g_strconcat (strchr (sac_media_get_hash (media), ':') + 1, ".2", NULL);

  return g_build_filename (sac_env_cache_dir (), "index", name, NULL);
}

static void
assert_same_index (SacMedia *one, SacMedia *other)
{
  g_assert_cmpuint (sac_media_get_n_frames (one), ==, sac_media_get_n_frames (other));
  g_assert_cmpint (sac_media_get_duration_ns (one), ==, sac_media_get_duration_ns (other));
  g_assert_cmpfloat (sac_media_get_fps (one), ==, sac_media_get_fps (other));
  g_assert_cmpstr (sac_media_get_warning (one), ==, sac_media_get_warning (other));
  for (guint i = 0; i < sac_media_get_n_frames (one); i++)
    {
      g_assert_cmpint (sac_media_get_time_ns (one, i), ==, sac_media_get_time_ns (other, i));
      g_assert_cmpint (sac_media_is_keyframe (one, i), ==, sac_media_is_keyframe (other, i));
    }
}

static guint
n_keys (SacMedia *media, guint from, guint to)
{
  guint n = 0;

  for (guint i = from; i < to; i++)
    n += sac_media_is_keyframe (media, i);
  return n;
}

static void
test_index_reload (void)
{
  g_autofree char *path = make_clip ("reload", 128, 96, 75);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMedia) first = sac_media_open (path, NULL, &error);
  g_autofree char *index = index_path (first);
  g_autofree char *contents = NULL;
  gsize n_bytes;

  g_assert_no_error (error);
  g_assert_cmpuint (sac_media_get_n_frames (first), ==, 75);
  g_assert_cmpfloat (sac_media_get_fps (first), ==, 30);
  g_assert_true (sac_media_is_keyframe (first, 0));
  g_assert_cmpuint (n_keys (first, 1, 75), >=, 2);
  g_assert_cmpuint (n_keys (first, 1, 75), <, 20);
  g_assert_true (g_file_get_contents (index, &contents, &n_bytes, NULL));

  /* Whole, cut, empty, flipped bits, another version: each time the same answers, and a whole file afterwards. */
  for (int how = 0; how < 24; how++)
    {
      g_autofree char *bad = g_memdup2 (contents, n_bytes);
      g_autofree char *after = NULL;
      g_autoptr (SacMedia) again = NULL;
      gsize n = how == 1 ? n_bytes / 2 : how == 2 ? 0 : n_bytes, n_after;

      if (how >= 3)
        bad[(gsize) (how - 3) * (n_bytes - 1) / 20] ^= (char) (1 << how % 8);
      g_assert_true (g_file_set_contents (index, bad, (gssize) n, NULL));
      again = sac_media_open (path, NULL, &error);
      g_assert_no_error (error);
      assert_same_index (first, again);
      g_assert_true (g_file_get_contents (index, &after, &n_after, NULL));
      g_assert_cmpmem (after, n_after, contents, n_bytes);
    }
  g_unlink (path);
}

static void
test_cut_short (void)
{
  g_autofree char *path = make_clip ("whole", 160, 120, 120);
  g_autofree char *contents = NULL;
  gsize n_bytes;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacMedia) whole = sac_media_open (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (sac_media_get_warning (whole));
  g_assert_true (g_file_get_contents (path, &contents, &n_bytes, NULL));
  for (int tenth = 3; tenth < 10; tenth += 3)
    {
      g_autoptr (SacMedia) media = NULL;
      guint n;

      g_assert_true (g_file_set_contents (path, contents, (gssize) n_bytes * tenth / 10, NULL));
      media = sac_media_open (path, NULL, &error);
      g_assert_no_error (error);
      n = sac_media_get_n_frames (media);
      g_assert_cmpuint (n, >, 0);
      g_assert_cmpuint (n, <, 120);
      g_assert_nonnull (sac_media_get_warning (media));
      g_test_message ("%s", sac_media_get_warning (media));
      for (guint i = 0; i + 2 < n; i += 7)
        g_assert_cmphex (frame_hash (media, i), ==, frame_hash (whole, i));
      frame_hash (media, n - 1);
    }
  g_unlink (path);
}

/* Bytes changed at random: any answer will do, but there must be one, soon. */
static void
test_damaged_bytes (void)
{
  g_autofree char *path = make_clip ("damaged", 96, 64, 40);
  g_autofree char *contents = NULL;
  gsize n_bytes;
  g_autoptr (GRand) dice = g_rand_new_with_seed (3);

  g_assert_true (g_file_get_contents (path, &contents, &n_bytes, NULL));
  for (int round = 0; round < 30; round++)
    {
      g_autofree char *bad = g_memdup2 (contents, n_bytes);
      g_autoptr (GError) error = NULL;
      g_autoptr (SacMedia) media = NULL;

      for (int i = 0; i < 1 + round; i++)
        bad[g_rand_int_range (dice, 0, round % 2 ? 2000 : (gint32) n_bytes)] = (char) g_rand_int (dice);
      g_assert_true (g_file_set_contents (path, bad, (gssize) n_bytes, NULL));
      media = sac_media_open (path, NULL, &error);
      g_assert_true ((media != NULL) == (error == NULL));
      if (media)
        {
          g_autoptr (SacFrame) frame = sac_media_get_frame (media, sac_media_get_n_frames (media) / 2, NULL, NULL);
        }
    }
  g_unlink (path);
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
  g_assert_cmpuint (n_cached, >=, 10);
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

/* ---- thumbnails, encoder, names */

static void
test_thumbs (void)
{
  g_autofree char *path = make_clip ("thumbs", 320, 180, 45);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacThumbs) first = sac_thumbs_load (path, 64, 64, 5, NULL, &error);
  g_autoptr (SacThumbs) again = sac_thumbs_load (path, 64, 64, 5, NULL, &error);
  g_autoptr (GDir) dir = NULL;
  g_autofree char *folder = g_build_filename (sac_env_cache_dir (), "thumbs", NULL);
  const char *name;
  gsize n;

  g_assert_no_error (error);
  g_assert_cmpint (first->width, ==, 64);
  g_assert_cmpint (first->height, ==, 36);
  g_assert_cmpint (first->n, ==, 5);
  n = (gsize) first->width * 3 * (gsize) first->n * (gsize) first->height;
  g_assert_cmpmem (first->rgb, n, again->rgb, n);
  /* Red rises from left to right in every picture, and the stripes move from one to the next. */
  for (int i = 0; i < 5; i++)
    g_assert_cmpint (first->rgb[(gsize) i * 64 * 3 + 3 * 4], <, first->rgb[(gsize) i * 64 * 3 + 3 * 60]);
  g_assert_true (memcmp (first->rgb, first->rgb + 64 * 3, 64 * 3) != 0);

  dir = g_dir_open (folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);
      g_autofree char *contents = NULL;
      g_autoptr (SacThumbs) mended = NULL;
      gsize n_bytes;

      g_assert_true (g_file_get_contents (file, &contents, &n_bytes, NULL));
      contents[n_bytes / 2] ^= 0x55;
      g_assert_true (g_file_set_contents (file, contents, (gssize) n_bytes, NULL));
      mended = sac_thumbs_load (path, 64, 64, 5, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (first->rgb, n, mended->rgb, n);
    }
  g_unlink (path);
}

static gint64
atlas_bytes (void)
{
  static const char *const names[] = { "new", "old" };
  gint64 n = 0;

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *file = g_build_filename (sac_env_cache_dir (), "thumbs", names[i], NULL);
      GStatBuf is;

      n += g_stat (file, &is) == 0 ? is.st_size : 0;
    }
  return n;
}

static gboolean
atlas_has (guint i, gsize n_expected)
{
  g_autofree char *key = g_strdup_printf ("atlas-%u", i);
  gsize n = 0;
  g_autofree guint8 *bytes = _sac_atlas_dup (key, &n);

  if (!bytes)
    return FALSE;
  g_assert_cmpuint (n, ==, n_expected);
  for (gsize k = 0; k < n; k++)
    g_assert_cmpuint (bytes[k], ==, (guint8) (i + k));
  return TRUE;
}

/* Two files for all, never more than they may take; what is asked for stays; what is torn or foreign harms nobody. */
static void
test_atlas (void)
{
  enum { SIZE = 5000, MOST = 100000 };
  g_autofree guint8 *bytes = g_malloc (SIZE);
  g_autofree char *file = g_build_filename (sac_env_cache_dir (), "thumbs", "new", NULL), *whole = NULL;
  gsize n_whole;

  _sac_atlas_set_limit (MOST);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *key = g_strdup_printf ("atlas-%u", i);

      for (guint k = 0; k < SIZE; k++)
        bytes[k] = (guint8) (i + k);
      _sac_atlas_put (key, bytes, SIZE);
      g_assert_true (atlas_has (i, SIZE));
      g_assert_true (atlas_has (0, SIZE));      /* asked for again and again */
      g_assert_cmpint (atlas_bytes (), <=, i < 3 ? G_MAXINT64 : MOST + 64);
    }
  g_assert_false (atlas_has (50, SIZE));
  g_assert_true (g_file_get_contents (file, &whole, &n_whole, NULL));
  for (guint cut = 1; cut < 40; cut += 6)       /* as another program left it that was killed while it wrote */
    {
      g_assert_true (g_file_set_contents (file, whole, (gssize) (n_whole - cut), NULL));
      _sac_atlas_put ("after", bytes, 100);
      for (guint i = 0; i < 100; i++)
        atlas_has (i, SIZE);
      g_free (_sac_atlas_dup ("after", &n_whole));
      g_assert_cmpuint (n_whole, ==, 100);
      g_clear_pointer (&whole, g_free);
      g_assert_true (g_file_get_contents (file, &whole, &n_whole, NULL));
    }
  for (guint i = 0; i < 20; i++)
    {
      g_autofree guint8 *noise = g_malloc (3000);
      gsize n;

      for (guint k = 0; k < 3000; k++)
        noise[k] = (guint8) g_test_rand_int ();
      if (i % 2)
        memcpy (noise, whole, 12);      /* a record that says more than there is */
      g_assert_true (g_file_set_contents (file, (const char *) noise, i % 3 ? 3000 : i, NULL));
      g_free (_sac_atlas_dup ("after", &n));
      _sac_atlas_put ("after", bytes, 100);
      g_free (_sac_atlas_dup ("after", &n));
      g_assert_cmpuint (n, ==, 100);
    }
  _sac_atlas_set_limit ((gint64) 4 << 30);
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

/* ---- counting. */

typedef struct {
  guint n;
  double last;
  gboolean falls, outside;
  GCancellable *cancellable;    /* to be cancelled at the first word */
} Told;

static void
on_counting (double fraction, gpointer data)
{
  Told *told = data;

  told->outside |= fraction < 0 || fraction > 1;
  told->falls |= fraction < told->last;
  told->last = fraction;
  told->n++;
  if (told->cancellable)
    g_cancellable_cancel (told->cancellable);
}

/* Both ways to an index give the same frames; what was counted stays, for whoever opens the file after. */
static void
test_counting (void)
{
  g_autofree char *path = make_clip ("counting", 96, 64, 60);
  Told told = { 0 }, stopped = { .cancellable = g_cancellable_new () };
  const SacMediaWatch watch = { NULL, on_counting, &told }, stop = { NULL, on_counting, &stopped };
  g_autoptr (SacMedia) fast = sac_media_open (path, NULL, NULL), slow = NULL, later = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (sac_media_is_counted (fast));
  g_assert_null (sac_media_open_counted (path, &stop, stopped.cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (stopped.n, ==, 1);
  later = sac_media_open (path, NULL, NULL);
  g_assert_false (sac_media_is_counted (later));
  g_clear_object (&later);

  slow = sac_media_open_counted (path, &watch, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sac_media_is_counted (slow));
  g_assert_cmpuint (told.n, >, 1);
  g_assert_false (told.falls || told.outside);
  g_assert_cmpuint (sac_media_get_n_frames (slow), ==, sac_media_get_n_frames (fast));
  for (guint i = 0; i < sac_media_get_n_frames (fast); i++)
    {
      g_autoptr (SacFrame) one = sac_media_get_frame (fast, i, NULL, NULL), other = sac_media_get_frame (slow, i, NULL, NULL);
      guint8 a[96 * 64 * 3], b[96 * 64 * 3];

      g_assert_cmpint (sac_media_get_time_ns (fast, i), ==, sac_media_get_time_ns (slow, i));
      g_assert_cmpint (sac_media_is_keyframe (fast, i), ==, sac_media_is_keyframe (slow, i));
      g_assert_true (one != other);     /* the cache keeps them apart */
      g_assert_true (sac_frame_convert (one, SAC_PIXELS_RGB, a, 96 * 3, NULL));
      g_assert_true (sac_frame_convert (other, SAC_PIXELS_RGB, b, 96 * 3, NULL));
      g_assert_cmpmem (a, sizeof a, b, sizeof b);
    }
  told.n = 0;
  later = sac_media_open_watched (path, &watch, NULL, NULL);
  g_assert_true (sac_media_is_counted (later));
  g_assert_cmpuint (told.n, ==, 0);
  g_object_unref (stopped.cancellable);
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

static void
test_names (void)
{
  g_autofree char *path = g_build_filename (cache_dir, "x.bin", NULL);
  g_autofree char *same = NULL;
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sac_media_is_video_name ("/a.b/c.MP4"));
  g_assert_true (sac_media_is_video_name ("c.webm"));
  g_assert_false (sac_media_is_video_name ("c.png"));
  g_assert_false (sac_media_is_video_name ("/a.mp4/c"));
  g_assert_true (g_file_set_contents (path, "abc", 3, NULL));
  one = sac_media_hash (path, &error);
  same = sac_media_hash (path, &error);
  g_assert_true (g_file_set_contents (path, "abd", 3, NULL));
  other = sac_media_hash (path, &error);
  g_assert_cmpstr (one, ==, same);
  g_assert_cmpstr (one, !=, other);
  g_assert_true (g_str_has_prefix (one, "saccade1:") && strlen (one) == 9 + 64);
  g_assert_null (sac_media_hash (cache_dir, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (sac_media_open ("/nowhere/at.all", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* A list that points to the network must be refused, not followed. */
static void
test_playlist (void)
{
  g_autofree char *path = g_build_filename (cache_dir, "list.mp4", NULL);
  g_autoptr (GError) error = NULL;
  const char *text = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n";

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_null (sac_media_open (path, NULL, &error));
  g_assert_error (error, SAC_MEDIA_ERROR, SAC_MEDIA_ERROR_UNSUPPORTED);
  g_test_message ("%s", error->message);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
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
  int result;

  cache_dir = g_dir_make_tmp ("saccade-media-XXXXXX", NULL);
  g_setenv ("SACCADE_CACHE", cache_dir, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_media_init ();
  for (guint i = 0; i < G_N_ELEMENTS (real); i++)
    {
      g_autofree char *base = g_path_get_basename (real[i]);
      g_autofree char *name = g_strconcat ("/media/frames/as-decoded/", base, NULL);

      g_test_add_data_func (name, real[i], test_as_decoded);
    }
  g_test_add_func ("/media/odd-files", test_odd);
  g_test_add_func ("/media/index/reload", test_index_reload);
  g_test_add_func ("/media/index/cut-short", test_cut_short);
  g_test_add_func ("/media/index/damaged-bytes", test_damaged_bytes);
  g_test_add_func ("/media/cache/budget", test_budget);
  g_test_add_func ("/media/frames/cancel", test_cancel);
  g_test_add_func ("/media/frames/threads", test_threads);
  g_test_add_func ("/media/thumbs", test_thumbs);
  g_test_add_func ("/media/atlas", test_atlas);
  g_test_add_func ("/media/encoder", test_encoder);
  g_test_add_func ("/media/frames/colours", test_colours);
  g_test_add_func ("/media/frames/rotation", test_rotation);
  g_test_add_func ("/media/frames/times", test_times);
  g_test_add_func ("/media/frames/passing", test_passing);
  g_test_add_func ("/media/index/counting", test_counting);
  g_test_add_func ("/media/sound", test_sound);
  g_test_add_func ("/media/names", test_names);
  g_test_add_func ("/media/playlist", test_playlist);
  result = g_test_run ();
  remove_tree (cache_dir);
  g_free (cache_dir);
  return result;
}
