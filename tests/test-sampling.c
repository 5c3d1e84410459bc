/* What chance and protocols do to a clip: frames by segments and by steps, views, random parts, colours, sides, means. methods/08 §5 */
#include <math.h>
#include <string.h>

#include "infer/net-private.h"

static void
make_spec (SacClipSpec *spec, SacSampling sampling, guint n)
{
  sac_clip_spec_init (spec);
  spec->sampling = sampling;
  spec->n_frames = n;
  spec->resize = spec->crop = 8;
  spec->flip_horizontal = spec->flip_vertical = FALSE;
}

static void
test_middle_of_segments (void)
{
  static const guint forty[] = { 0, 1, 3, 4, 5, 6, 8, 9 };
  SacClipSpec spec;
  guint list[32];

  for (guint choices = 0; choices < 8; choices++)
    {
      make_spec (&spec, SAC_SAMPLE_SEGMENTS, 32);
      spec.choices = choices;
      sac_clip_list_frames (&spec, 64, list);
      for (guint i = 0; i < 32; i++)
        g_assert_cmpuint (list[i], ==, 2 * i + 1);
      sac_clip_list_frames (&spec, 32, list);
      for (guint i = 0; i < 32; i++)
        g_assert_cmpuint (list[i], ==, i);
      sac_clip_list_frames (&spec, 40, list);
      g_assert_cmpmem (list, sizeof forty, forty, sizeof forty);
    }
}

/* Clips whose pixels tell which candidate they are: frame i·choices + j is of colour i·choices + j. */
static guint8 *
numbered (const SacClipSpec *spec, guint n)
{
  gsize picture = sac_clip_bytes (spec) / n;
  guint8 *pixels = g_malloc (picture * n);

  for (guint i = 0; i < n; i++)
    memset (pixels + i * picture, (int) i, picture);
  return pixels;
}

static int
number_at (const SacClipSpec *spec, const float *out, guint frame)
{
  return (int) lroundf ((out[frame * 8 * 8 * 3] * spec->deviation[0] + spec->mean[0]) * 255);
}

static void
test_random_of_segments (void)
{
  SacClipSpec spec;
  guint seen[4 * 5] = { 0 };
  g_autofree guint8 *pixels = NULL;
  float out[4 * 8 * 8 * 3], again[4 * 8 * 8 * 3];
  gboolean apart = FALSE;

  make_spec (&spec, SAC_SAMPLE_SEGMENTS, 4);
  spec.choices = 5;
  pixels = numbered (&spec, 20);
  for (guint k = 0; k < 600; k++)
    {
      SacRandomKey key = sac_clip_key (3, k, 1, -1);
      int first;

      sac_clip_transform (pixels, &spec, &key, out);
      sac_clip_transform (pixels, &spec, &key, again);
      g_assert_cmpmem (out, sizeof out, again, sizeof again);
      first = number_at (&spec, out, 0);
      for (guint i = 0; i < 4; i++)
        {
          int number = number_at (&spec, out, i);

          g_assert_cmpint (number / 5, ==, i);          /* within its own segment */
          seen[number]++;
          apart = apart || number % 5 != first % 5;     /* each segment throws its own dice */
        }
    }
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (seen[i], >, 80);
  g_assert_true (apart);
  sac_clip_transform (pixels, &spec, NULL, out);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (number_at (&spec, out, i), ==, 5 * i + 2);
}

static void
test_steps (void)
{
  SacClipSpec spec;
  guint list[8], seen[5] = { 0 };
  g_autofree guint8 *pixels = NULL;
  float out[8 * 8 * 8 * 3];

  make_spec (&spec, SAC_SAMPLE_STEP, 8);
  spec.step = 2;
  spec.choices = 5;
  sac_clip_list_frames (&spec, 35, list);       /* 15 of 35: 10 before, 10 behind */
  for (guint i = 0; i < 8; i++)
    g_assert_cmpuint (list[i], ==, 10 + 2 * i);
  sac_clip_list_frames (&spec, 5, list);        /* too short: the last frame stands */
  g_assert_cmpmem (list, sizeof list, ((guint[]) { 0, 2, 4, 4, 4, 4, 4, 4 }), sizeof list);
  pixels = numbered (&spec, 40);
  for (guint k = 0; k < 200; k++)
    {
      SacRandomKey key = sac_clip_key (3, k, 1, -1);
      int choice;

      sac_clip_transform (pixels, &spec, &key, out);
      choice = number_at (&spec, out, 0);
      seen[choice]++;
      for (guint i = 0; i < 8; i++)     /* the stretch is one: the same choice in all frames */
        g_assert_cmpint (number_at (&spec, out, i), ==, 5 * (int) i + choice);
    }
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (seen[i], >, 15);
}

static void
test_views (void)
{
  SacClipSpec spec;
  guint list[32];

  make_spec (&spec, SAC_SAMPLE_SEGMENTS, 32);
  spec.views = 2;
  for (spec.view = 0; spec.view < 2; spec.view++)
    for (guint n = 64; n <= 128; n += 64)       /* even frames of 64 → A, odd → B */
      {
        sac_clip_list_frames (&spec, n, list);
        for (guint i = 0; i < 32; i++)
          g_assert_cmpuint (list[i], ==, n == 64 ? 2 * i + spec.view : 4 * i + 2 * spec.view + 1);
      }
  make_spec (&spec, SAC_SAMPLE_STEP, 4);
  spec.views = 2;
  spec.step = 1;
  sac_clip_list_frames (&spec, 12, list);
  g_assert_cmpuint (list[0], ==, 2);
  spec.view = 1;
  sac_clip_list_frames (&spec, 12, list);
  g_assert_cmpuint (list[0], ==, 6);
  g_assert_cmpuint (list[3], ==, 9);
}

static void
test_parts (void)
{
  SacClipSpec spec;
  double least = 1, most = 0, narrow = 9, wide = 0;

  make_spec (&spec, SAC_SAMPLE_MIDDLE, 1);
  spec.least_area = 0.08;
  for (guint k = 0; k < 4000; k++)
    {
      SacRandomKey key = sac_clip_key (5, k, 2, -1);
      double part[4], area, ratio;

      sac_clip_random_part (&spec, 256, &key, part);
      area = part[2] * part[3] / (256 * 256);
      ratio = part[2] / part[3];
      g_assert_true (part[0] >= 0 && part[1] >= 0 && part[0] + part[2] <= 256 + 1e-9 && part[1] + part[3] <= 256 + 1e-9);
      least = MIN (least, area);
      most = MAX (most, area);
      narrow = MIN (narrow, ratio);
      wide = MAX (wide, ratio);
    }
  g_assert_true (least >= 0.08 && least < 0.09 && most > 0.97 && most <= 1);
  g_assert_true (narrow >= 0.75 - 1e-9 && narrow < 0.76 && wide <= 4.0 / 3 + 1e-9 && wide > 1.31);
}

static void
test_colours (void)
{
  static const double mean[3] = { 0.4, 0.5, 0.6 };
  SacClipSpec spec;
  SacRandomKey key = sac_clip_key (5, 1, 2, -1);
  double m[3][4], sum = 0, square = 0;
  const guint n = 3000;

  make_spec (&spec, SAC_SAMPLE_MIDDLE, 1);
  sac_clip_random_colours (&spec, mean, &key, m);
  for (int c = 0; c < 3; c++)
    for (int d = 0; d < 4; d++)
      g_assert_cmpfloat_with_epsilon (m[c][d], c == d, 1e-12);
  spec.jitter = 0.4;
  for (guint k = 0; k < n; k++)
    {
      key = sac_clip_key (5, k, 2, -1);
      sac_clip_random_colours (&spec, mean, &key, m);
      for (int c = 1; c < 3; c++)       /* grey stays grey */
        g_assert_cmpfloat_with_epsilon (m[c][0] + m[c][1] + m[c][2], m[0][0] + m[0][1] + m[0][2], 1e-12);
      g_assert_true (m[0][0] + m[0][1] + m[0][2] >= 0.36 && m[0][0] + m[0][1] + m[0][2] <= 1.96);
    }
  spec.jitter = 0;
  spec.pca = 0.1;
  for (guint k = 0; k < n; k++)
    {
      double length = 0;

      key = sac_clip_key (5, k, 2, -1);
      sac_clip_random_colours (&spec, mean, &key, m);
      for (int c = 0; c < 3; c++)
        length += m[c][3] * (const double[]) { -0.5675, -0.5808, -0.5836 }[c];
      sum += length;
      square += length * length;
    }
  g_assert_cmpfloat_with_epsilon (sum / n, 0, 0.002);
  g_assert_cmpfloat_with_epsilon (sqrt (square / n), 0.02175, 0.001);   /* the first value times 0.1 */
}

/* All frames of a clip change in the same way; chance off, nothing does. */
static void
test_shared (void)
{
  SacClipSpec spec;
  guint8 pixels[3 * 8 * 8 * 3];
  float out[3 * 8 * 8 * 3], plain[3 * 8 * 8 * 3];
  const gsize frame = 8 * 8 * 3;

  make_spec (&spec, SAC_SAMPLE_MIDDLE, 3);
  for (guint i = 0; i < sizeof pixels; i++)
    pixels[i] = (guint8) (i % frame * 5);
  sac_clip_transform (pixels, &spec, NULL, plain);
  spec.least_area = 0.08;
  spec.jitter = 0.4;
  spec.pca = 0.1;
  spec.flip_horizontal = spec.flip_vertical = TRUE;
  for (guint k = 0; k < 50; k++)
    {
      SacRandomKey key = sac_clip_key (5, k, 2, -1);

      sac_clip_transform (pixels, &spec, &key, out);
      g_assert_cmpmem (out, frame * sizeof *out, out + frame, frame * sizeof *out);
      g_assert_cmpmem (out, frame * sizeof *out, out + 2 * frame, frame * sizeof *out);
    }
  g_assert_true (memcmp (out, plain, sizeof out) != 0);
  sac_clip_transform (pixels, &spec, NULL, out);
  g_assert_cmpmem (out, sizeof out, plain, sizeof plain);
  /* The whole square through the bilinear way is the square itself. */
  spec.least_area = 1;
  spec.jitter = 0;
  spec.pca = 1e-9;
  spec.flip_horizontal = spec.flip_vertical = FALSE;
  for (guint k = 0; k < 20; k++)
    {
      SacRandomKey key = sac_clip_key (5, k, 2, -1);
      double part[4];

      sac_clip_random_part (&spec, 8, &key, part);
      if (part[2] < 8 || part[3] < 8)
        continue;
      sac_clip_transform (pixels, &spec, &key, out);
      for (guint i = 0; i < 3 * frame; i++)
        g_assert_cmpfloat_with_epsilon (out[i], plain[i], 1e-5);
    }
}

static void
test_sides (void)
{
  static const char *const sided[] = { "moves left", "Right hand", "pulling_right-to-left", "turns clockwise", "左へ" };
  static const char *const others[] = { "bright", "leftover", "moves up", "copyright", "turns" };

  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (sac_label_has_side (sided[i]));
      g_assert_false (sac_label_has_side (others[i]));
    }
}

/* Two clips that are the same count as one; what is averaged is told. */
static void
test_means (void)
{
  SacNet net = { .softmax = TRUE, .n_labels = 3 };
  float twice[6] = { 1, 2, 0.5f, 1, 2, 0.5f }, apart[6] = { 4, 0, 0, 0, 0, 1 }, one[3], two[3], logits[3];
  double a = exp (4) / (exp (4) + 2), b = 1 / (2 + exp (1));

  _sac_net_mean (&net, twice, 1, one);
  _sac_net_mean (&net, twice, 2, two);
  g_assert_cmpmem (one, sizeof one, two, sizeof two);
  _sac_net_mean (&net, apart, 2, two);
  g_assert_cmpfloat_with_epsilon (two[0], (a + b) / 2, 1e-6);
  net.mean_logits = TRUE;
  _sac_net_mean (&net, apart, 2, logits);
  g_assert_cmpfloat_with_epsilon (logits[0], exp (2) / (exp (2) + 1 + exp (0.5)), 1e-6);
  _sac_net_mean (&net, twice, 2, two);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (one[i], two[i], 1e-7);
}

static void
test_recipe (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacRecipe) recipe = sac_recipe_parse ("[network]\nmodel=stabn-r18\ndropout=0.5\n[data]\nsampling=step\nstep=2\n"
                                                   "crop_area=0.08\ncolour_jitter=0.4\ncolour_noise=0.1\ntest_clips=2\n"
                                                   "[training]\nrate=0.01\nrate_clips=64\nbatch=4\naccumulate=4\ndrops=75;125\n"
                                                   "drop_factor=0.1\nclip_norm=20\n", &error);
  SacClipSpec spec;

  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (sac_recipe_rate (recipe, 75), 0.0025, 1e-12);        /* 16 of 64 clips */
  g_assert_cmpfloat_with_epsilon (sac_recipe_rate (recipe, 76), 0.00025, 1e-12);
  g_assert_cmpfloat_with_epsilon (sac_recipe_rate (recipe, 126), 0.000025, 1e-12);
  sac_recipe_get_training_spec (recipe, &spec);
  g_assert_true (spec.sampling == SAC_SAMPLE_STEP && spec.step == 2 && spec.choices == 5 && !spec.flip_sided);
  g_assert_true (spec.least_area == 0.08 && spec.jitter == 0.4 && spec.pca == 0.1);
  sac_recipe_get_clip_spec (recipe, &spec);
  g_assert_true (spec.choices == 0 && spec.least_area == 0 && spec.jitter == 0 && spec.pca == 0);
  recipe->warmup = 10;
  g_assert_cmpfloat_with_epsilon (sac_recipe_rate (recipe, 5), 0.00125, 1e-12);
  g_assert_null (sac_recipe_parse ("[network]\nmodel=i3d-r18\ndropout=0.5\n", &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/sampling/segments/middle", test_middle_of_segments);
  g_test_add_func ("/sampling/segments/random", test_random_of_segments);
  g_test_add_func ("/sampling/steps", test_steps);
  g_test_add_func ("/sampling/views", test_views);
  g_test_add_func ("/sampling/parts", test_parts);
  g_test_add_func ("/sampling/colours", test_colours);
  g_test_add_func ("/sampling/shared", test_shared);
  g_test_add_func ("/sampling/sides", test_sides);
  g_test_add_func ("/sampling/means", test_means);
  g_test_add_func ("/sampling/recipe", test_recipe);
  return g_test_run ();
}
