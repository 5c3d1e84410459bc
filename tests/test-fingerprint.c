/* Fingerprints: what survives a new encoding, scaling and light; which pairs are found; what the cache holds. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "media/sac-fingerprint.h"
#include "media/sac-media.h"

#define W 320
#define H 240

/* Scene @seed at time @t of 0…1: a slope of light and some soft discs that wander. */
static void
paint (guint64 seed, double t, int width, int height, double gain, double lift, guint8 *rgb)
{
  double at[8][4];

  for (int d = 0; d < 8; d++)
    for (int k = 0; k < 4; k++)
      at[d][k] = sac_random_unit ((SacRandomKey) { seed, (guint64) d }, (guint64) k);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        double u = (x + 0.5) / width, v = (y + 0.5) / height, light = 60 + 60 * u * at[0][0] + 60 * v * at[0][1];

        for (int d = 0; d < 8; d++)
          {
            double dx = u - fmod (at[d][0] + 0.2 * t * (at[d][2] - 0.5), 1), dy = v - at[d][1] - 0.2 * t * (at[d][3] - 0.5);

            light += (d % 2 ? 90 : -50) * exp (-(dx * dx + dy * dy) / (0.004 + 0.02 * at[d][2]));
          }
        light = CLAMP (light * gain + lift, 0, 255);
        for (int c = 0; c < 3; c++)
          rgb[(y * width + x) * 3 + c] = (guint8) CLAMP (light * (c == 0 ? 1 : c == 1 ? 0.9 : 0.8), 0, 255);
      }
}

static guint
differing (guint64 a, guint64 b)
{
  return (guint) __builtin_popcountll (a ^ b);
}

static void
test_picture (void)
{
  g_autofree guint8 *one = g_malloc (W * H * 3), *other = g_malloc (W * H * 3 * 4);
  guint nearest_stranger = 64;
  guint64 first;

  paint (1, 0, W, H, 1, 0, one);
  first = sac_fingerprint_picture (one, W, H, W * 3);
  g_assert_cmpuint (differing (first, 0), ==, 32);
  /* Half the light and a little lift, another size, another shape. */
  paint (1, 0, W, H, 0.6, 30, other);
  g_assert_cmpuint (differing (first, sac_fingerprint_picture (other, W, H, W * 3)), <=, 2);
  paint (1, 0, W * 2, H * 2, 1, 0, other);
  g_assert_cmpuint (differing (first, sac_fingerprint_picture (other, W * 2, H * 2, W * 6)), <=, 2);
  paint (1, 0, 96, 96, 1, 0, other);
  g_assert_cmpuint (differing (first, sac_fingerprint_picture (other, 96, 96, 96 * 3)), <=, 2);
  /* Noise of ± 12. */
  for (guint i = 0; i < W * H * 3; i++)
    other[i] = (guint8) CLAMP (one[i] + 24 * sac_random_unit ((SacRandomKey) { 9, 9 }, i) - 12, 0, 255);
  g_assert_cmpuint (differing (first, sac_fingerprint_picture (other, W, H, W * 3)), <=, 3);
  for (guint64 seed = 2; seed < 100; seed++)
    {
      paint (seed, 0, 64, 64, 1, 0, other);
      nearest_stranger = MIN (nearest_stranger, differing (first, sac_fingerprint_picture (other, 64, 64, 64 * 3)));
    }
  g_test_message ("nearest of 98 strangers: %u bits", nearest_stranger);
  g_assert_cmpuint (nearest_stranger, >, SAC_FINGERPRINT_NEAR);
}

static void
test_plain (void)
{
  g_autofree guint8 *rgb = g_malloc (W * H * 3);

  memset (rgb, 0, W * H * 3);
  g_assert_cmpuint (sac_fingerprint_picture (rgb, W, H, W * 3), ==, 0);
  for (guint i = 0; i < W * H * 3; i++)
    rgb[i] = (guint8) (120 + i * 2654435761u % 3);
  g_assert_cmpuint (sac_fingerprint_picture (rgb, W, H, W * 3), ==, 0);
  g_assert_cmpuint (sac_fingerprint_picture ((guint8[]) { 1, 2, 3 }, 1, 1, 3), ==, 0);
}

static void
encode (const char *path, guint64 seed, double from, double to, int n, int width, int height, double gain, double lift)
{
  g_autofree guint8 *rgb = g_malloc ((gsize) (width * height * 3));
  g_autoptr (GError) error = NULL;
  SacEncoder *encoder = sac_encoder_new (path, width, height, 25, 1, &error);

  g_assert_no_error (error);
  for (int i = 0; i < n; i++)
    {
      paint (seed, from + (to - from) * i / n, width, height, gain, lift, rgb);
      g_assert_true (sac_encoder_push (encoder, rgb, (gsize) width * 3, &error));
    }
  g_assert_true (sac_encoder_finish (encoder, &error));
  g_assert_no_error (error);
}

static void
test_videos (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("sac-print-XXXXXX", &error);
  struct { guint64 seed; double from, to; int n, width, height; double gain, lift; } make[] = {
    { 5, 0, 1, 75, 320, 240, 1, 0 },            /* the original */
    { 5, 0, 1, 75, 160, 120, 1, 0 },            /* smaller */
    { 5, 0, 1, 50, 240, 240, 0.7, 25 },         /* fewer frames, another shape, paler */
    { 5, 0.25, 0.75, 40, 320, 240, 1, 0 },      /* a part */
    { 6, 0, 1, 75, 320, 240, 1, 0 },            /* strangers */
    { 7, 0, 1, 75, 320, 240, 1, 0 },
  };
  SacFingerprint *prints[G_N_ELEMENTS (make)];
  g_autoptr (GArray) pairs = NULL;
  gboolean complete = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (make); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%u.%s", folder, i, sac_encoder_get_suffix ());
      g_autoptr (SacFingerprint) again = NULL;

      encode (path, make[i].seed, make[i].from, make[i].to, make[i].n, make[i].width, make[i].height, make[i].gain, make[i].lift);
      g_assert_false (sac_fingerprint_is_cached (path));
      prints[i] = sac_fingerprint_load (path, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (prints[i]->n, ==, 8);
      g_assert_true (sac_fingerprint_is_cached (path));
      again = sac_fingerprint_load (path, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (again->bits, 8 * again->n, prints[i]->bits, 8 * prints[i]->n);
      g_assert_cmpmem (again->time_ns, 8 * again->n, prints[i]->time_ns, 8 * prints[i]->n);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  for (guint i = 0; i < 6; i++)
    for (guint j = i + 1; j < 6; j++)
      {
        guint bits = sac_fingerprint_distance (prints[i], prints[j]);

        g_test_message ("%u %u: %u bits", i, j, bits);
        if (j < 4)
          g_assert_cmpuint (bits, <=, SAC_FINGERPRINT_NEAR);
        else
          g_assert_cmpuint (bits, >, SAC_FINGERPRINT_NEAR);
      }
  pairs = sac_fingerprint_pairs ((const SacFingerprint *const *) prints, 6, SAC_FINGERPRINT_NEAR, &complete, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (complete);
  g_assert_cmpuint (pairs->len, ==, 6);
  for (guint i = 1; i < pairs->len; i++)
    g_assert_cmpuint (g_array_index (pairs, SacLookalike, i - 1).bits, <=, g_array_index (pairs, SacLookalike, i).bits);
  for (guint i = 0; i < 6; i++)
    sac_fingerprint_free (prints[i]);
  g_rmdir (folder);
}

static void
test_cut (void)
{
  guint64 bits[] = { 1, 2, 3, 4 };
  gint64 times[] = { 0, 10, 20, 30 };
  const SacFingerprint print = { 4, bits, times };
  g_autoptr (SacFingerprint) part = sac_fingerprint_cut (&print, 10, 30), none = sac_fingerprint_cut (&print, 21, 24);

  g_assert_cmpuint (part->n, ==, 2);
  g_assert_cmpuint (part->bits[0], ==, 2);
  g_assert_cmpint (part->time_ns[1], ==, 20);
  g_assert_cmpuint (none->n, ==, 1);
  g_assert_cmpuint (none->bits[0], ==, 3);
}

static guint64
draw_word (guint64 stream, guint64 i)
{
  SacRandomKey key = { 77, stream };

  return ((guint64) (sac_random_unit (key, 2 * i) * 4294967296.0) << 32 | (guint64) (sac_random_unit (key, 2 * i + 1) * 4294967296.0))
         | 1;
}

/* Against each with each: the same pairs, where one frame at least is within the reach. */
static void
test_pairs (void)
{
  enum { N = 600, FRAMES = 8 };
  SacFingerprint prints[N];
  const SacFingerprint *list[N];
  g_autofree guint64 *bits = g_new (guint64, N * FRAMES);
  g_autofree gint64 *times = g_new0 (gint64, N * FRAMES);
  g_autoptr (GArray) pairs = NULL;
  g_autoptr (GError) error = NULL;
  guint expected = 0;
  gboolean complete;

  for (guint p = 0; p < N; p++)
    {
      prints[p] = (SacFingerprint) { FRAMES, bits + p * FRAMES, times + p * FRAMES };
      list[p] = p % 50 == 49 ? NULL : &prints[p];
      for (guint i = 0; i < FRAMES; i++)
        {
          bits[p * FRAMES + i] = p % 3 == 1 ? bits[(p - 1) * FRAMES + i] : draw_word (p, i);
          for (guint flip = 0; p % 3 == 1 && flip < p % 13; flip++)     /* some stay near, some do not */
            bits[p * FRAMES + i] ^= G_GUINT64_CONSTANT (1) << (draw_word (p, i * 64 + flip) >> 8) % 64;
        }
    }
  pairs = sac_fingerprint_pairs (list, N, 7, &complete, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (complete);
  for (guint a = 0; a < N; a++)
    for (guint b = a + 1; b < N; b++)
      expected += list[a] && list[b] && sac_fingerprint_distance (list[a], list[b]) <= 7;
  g_test_message ("%u pairs", expected);
  g_assert_cmpuint (expected, >, 60);
  g_assert_cmpuint (pairs->len, ==, expected);
}

/* A camera that never moves: all alike, and still an answer. */
static void
test_all_alike (void)
{
  enum { N = 20000 };
  guint64 bits = 0xf0f0f0f00f0f0f0f;
  gint64 time = 0;
  const SacFingerprint print = { 1, &bits, &time };
  g_autofree const SacFingerprint **list = g_new (const SacFingerprint *, N);
  g_autoptr (GArray) pairs = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean complete = TRUE;

  for (guint i = 0; i < N; i++)
    list[i] = &print;
  pairs = sac_fingerprint_pairs (list, N, 8, &complete, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (complete);
  g_assert_cmpuint (pairs->len, >=, (N - 64) * 64);
  g_cancellable_cancel (cancellable);
  g_assert_null (sac_fingerprint_pairs (list, N, 8, NULL, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sac_media_init ();
  g_test_add_func ("/fingerprint/picture", test_picture);
  g_test_add_func ("/fingerprint/plain", test_plain);
  g_test_add_func ("/fingerprint/videos", test_videos);
  g_test_add_func ("/fingerprint/cut", test_cut);
  g_test_add_func ("/fingerprint/pairs", test_pairs);
  g_test_add_func ("/fingerprint/all-alike", test_all_alike);
  return g_test_run ();
}
