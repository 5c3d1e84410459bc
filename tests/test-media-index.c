/* What is known of a file and kept beside it: its index, thumbnails, name and hash; and files that are odd, damaged or lie. */
#include "media-fixture.h"

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

/* ---- thumbnails */

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

/* ---- names, and what a name hides */

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

int
main (int argc, char **argv)
{
  media_test_init (&argc, &argv);
  g_test_add_func ("/media/odd-files", test_odd);
  g_test_add_func ("/media/index/reload", test_index_reload);
  g_test_add_func ("/media/index/cut-short", test_cut_short);
  g_test_add_func ("/media/index/damaged-bytes", test_damaged_bytes);
  g_test_add_func ("/media/thumbs", test_thumbs);
  g_test_add_func ("/media/atlas", test_atlas);
  g_test_add_func ("/media/index/counting", test_counting);
  g_test_add_func ("/media/names", test_names);
  g_test_add_func ("/media/playlist", test_playlist);
  return media_test_run ();
}
