/* Inflation of 2-D networks: methods/01 §2.3–2.5 and its acceptance facts, on the engine. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "weights/sac-weight-files.h"

static void
test_kernels (void)
{
  const float in[4] = { 3, -6, 9, 12 };         /* two kernels of two places */
  float average[12], centre[12];
  const float average_is[12] = { 1, -2, 1, -2, 1, -2, 3, 4, 3, 4, 3, 4 }, centre_is[12] = { 0, 0, 3, -6, 0, 0, 0, 0, 9, 12, 0, 0 };

  sac_inflate_kernel (in, 2, 2, 3, SAC_INFLATE_AVERAGE, average);
  sac_inflate_kernel (in, 2, 2, 3, SAC_INFLATE_CENTRE, centre);
  for (int i = 0; i < 12; i++)
    {
      g_assert_cmpfloat_with_epsilon (average[i], average_is[i], 1e-6);
      g_assert_true (centre[i] == centre_is[i]);
    }
}

static void
test_anisotropy (void)
{
  float in[50], out[350];

  for (int i = 0; i < 50; i++)
    in[i] = (float) sac_random_normal ((SacRandomKey) { 1, 1 }, i);
  for (guint n = 3; n <= 7; n += 2)
    {
      sac_inflate_kernel (in, 5, 10, n, SAC_INFLATE_AVERAGE, out);
      g_assert_cmpfloat_with_epsilon (sac_temporal_anisotropy (out, 5, n, 10), 0, 1e-9);
      sac_inflate_kernel (in, 5, 10, n, SAC_INFLATE_CENTRE, out);
      g_assert_cmpfloat_with_epsilon (sac_temporal_anisotropy (out, 5, n, 10), 1 - 1.0 / n, 1e-9);
    }
  memset (out, 0, sizeof out);
  g_assert_true (sac_temporal_anisotropy (out, 5, 3, 10) == 0);
}

/* One convolution of numbers in the field's order. */
static void
convolve (SacShape xs, const float *x, SacShape ws, const float *w, const SacConv3d *conv, float *out)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree float *memory = g_new (float, sac_shape_count (ws)), *xm = g_new (float, sac_shape_count (xs)), *ym = NULL;
  SacVar xv = sac_graph_input (graph, "x", xs), y;
  SacShape ys;

  sac_shape_to_memory_order (ws, w, memory);
  y = sac_conv3d (graph, xv, sac_graph_constant_data (graph, ws, memory), conv);
  program = sac_program_compile (graph, &y, 1, backend, &error);
  g_assert_no_error (error);
  ys = sac_graph_get_shape (graph, y);
  sac_shape_to_memory_order (xs, x, xm);
  sac_program_set_input (program, xv, xm);
  g_assert_true (sac_program_run (program, NULL, &error));
  ym = g_new (float, sac_shape_count (ys));
  sac_program_get_output (program, y, ym, NULL);
  sac_shape_from_memory_order (ys, ym, out);
}

/* 1,1,1,1,1 through averaging taps. */
static void
test_constant_signal (void)
{
  static const struct { gint32 n; SacPadMode pad; float is[5]; } cases[] = {
    { 3, SAC_PAD_ZEROS, { 2 / 3.f, 1, 1, 1, 2 / 3.f } }, { 5, SAC_PAD_ZEROS, { 0.6f, 0.8f, 1, 0.8f, 0.6f } },
    { 3, SAC_PAD_REPLICATE, { 1, 1, 1, 1, 1 } }, { 5, SAC_PAD_REPLICATE, { 1, 1, 1, 1, 1 } },
  };
  const float x[5] = { 1, 1, 1, 1, 1 }, one = 1;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SacConv3d conv = { { 1, 1, 1 }, { cases[i].n / 2, 0, 0 }, (gint32) cases[i].pad };
      float w[5], out[5];

      sac_inflate_kernel (&one, 1, 1, (guint) cases[i].n, SAC_INFLATE_AVERAGE, w);
      convolve (SAC_SHAPE (1, 1, 5, 1, 1), x, SAC_SHAPE (1, 1, cases[i].n, 1, 1), w, &conv, out);
      for (int t = 0; t < 5; t++)
        g_assert_cmpfloat_with_epsilon (out[t], cases[i].is[t], 1e-6);
    }
}

/* Averaging = the 2-D convolution of the moving average of frames; centring = the 2-D convolution of each frame. */
static void
test_frames (void)
{
  SacShape xs = SAC_SHAPE (1, 3, 6, 9, 8), ws = SAC_SHAPE (4, 3, 1, 3, 3), deep = SAC_SHAPE (4, 3, 3, 3, 3);
  SacShape ys = SAC_SHAPE (1, 4, 6, 9, 8);
  const SacConv3d flat = { { 1, 1, 1 }, { 0, 1, 1 }, SAC_PAD_ZEROS }, zeros = { { 1, 1, 1 }, { 1, 1, 1 }, SAC_PAD_ZEROS };
  const SacConv3d replicate = { { 1, 1, 1 }, { 1, 1, 1 }, SAC_PAD_REPLICATE };
  gsize n = sac_shape_count (xs), plane = 72;
  g_autofree float *x = g_new (float, n), *moving = g_new0 (float, n), *w = g_new (float, 108), *w3 = g_new (float, 324);
  g_autofree float *a = g_new (float, sac_shape_count (ys)), *b = g_new (float, sac_shape_count (ys));

  for (gsize i = 0; i < n; i++)
    x[i] = (float) sac_random_normal ((SacRandomKey) { 2, 1 }, i);
  for (gsize i = 0; i < 108; i++)
    w[i] = (float) sac_random_normal ((SacRandomKey) { 2, 2 }, i);
  for (int c = 0; c < 3; c++)
    for (int t = 0; t < 6; t++)
      for (int tap = -1; tap <= 1; tap++)
        for (gsize i = 0; i < plane; i++)
          moving[(c * 6 + t) * plane + i] += x[(c * 6 + CLAMP (t + tap, 0, 5)) * plane + i] / 3;

  sac_inflate_kernel (w, 12, 9, 3, SAC_INFLATE_AVERAGE, w3);
  convolve (xs, x, deep, w3, &replicate, a);
  convolve (xs, moving, ws, w, &flat, b);
  for (gsize i = 0; i < sac_shape_count (ys); i++)
    g_assert_cmpfloat_with_epsilon (a[i], b[i], 1e-4);

  /* The products with zero taps add nothing, so the sums differ by rounding order at most. */
  sac_inflate_kernel (w, 12, 9, 3, SAC_INFLATE_CENTRE, w3);
  convolve (xs, x, ws, w, &flat, b);
  for (int k = 0; k < 2; k++)
    {
      convolve (xs, x, deep, w3, k ? &zeros : &replicate, a);
      for (gsize i = 0; i < sac_shape_count (ys); i++)
        g_assert_cmpfloat_with_epsilon (a[i], b[i], 1e-5);
    }
}

/* Weights with lively batch norm, so that equality says something. */
static void
enliven (SacWeights *weights)
{
  SacBlock *blocks[] = { sac_weights_get_params (weights), sac_weights_get_buffers (weights) };

  for (guint b = 0; b < 2; b++)
    for (guint i = 0; i < sac_block_get_n_entries (blocks[b]); i++)
      {
        const SacBlockEntry *e = sac_block_get_entry (blocks[b], i);
        SacInit init = sac_weights_get_init (weights, e->name);
        gsize n = sac_shape_count (e->shape);
        g_autofree float *numbers = g_new (float, n);

        if (init != SAC_INIT_ONES && init != SAC_INIT_ZEROS)
          continue;
        for (gsize k = 0; k < n; k++)
          numbers[k] = (float) (init == SAC_INIT_ONES ? 0.6 + 0.8 * sac_random_unit ((SacRandomKey) { b, i }, k)
                                                      : 0.2 * sac_random_normal ((SacRandomKey) { b + 7, i }, k));
        sac_weights_write (weights, e->name, numbers);
      }
}

static char *
temporary (void)
{
  g_autofree char *dir = g_dir_make_tmp ("saccade-XXXXXX", NULL);

  return g_build_filename (dir, "flat.safetensors", NULL);
}

/* A flat network of random weights in a file. */
static char *
flat_file (SacBackend *backend, gint32 depth, gint32 width)
{
  SacResnet net = { .depth = depth, .n_classes = 5, .width = width };
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (GError) error = NULL;
  char *path = temporary ();

  g_assert_true (sac_resnet_declare (weights, &net, NULL));
  g_assert_true (sac_weights_allocate (weights, backend, NULL));
  sac_weights_initialise (weights, 11);
  enliven (weights);
  g_assert_true (sac_weights_save (weights, NULL, NULL, 0, NULL, path, &error));
  g_assert_no_error (error);
  return path;
}

/* Logits of @clip (memory order) and, where @gradient, the gradient of their sum towards the clip. */
static void
logits_of (SacBackend *backend, const char *path, const SacResnet *net, SacInflation how, SacShape shape, const float *clip,
           float *logits, float *gradient)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = sac_tensor_file_open (path, &error);
  SacVar x = sac_graph_input (graph, "clip", shape), out[2];

  out[0] = sac_resnet_logits (graph, weights, net, x, SAC_BN_FROZEN, FALSE, NULL);
  g_assert_true (sac_weights_allocate (weights, backend, NULL));
  g_assert_true (sac_weights_load (weights, file, how, 0, NULL, &error));
  g_assert_no_error (error);
  if (gradient)
    sac_graph_gradients (graph, out[0], &x, 1, &out[1]);
  program = sac_program_compile (graph, out, gradient ? 2 : 1, backend, &error);
  g_assert_no_error (error);
  sac_program_set_input (program, x, clip);
  g_assert_true (sac_program_run (program, NULL, &error));
  sac_program_get_output (program, out[0], logits, NULL);
  if (gradient)
    sac_program_get_output (program, out[1], gradient, NULL);
}

static void
clean (char *path)
{
  g_autofree char *dir = g_path_get_dirname (path);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
  g_free (path);
}

/* A clip that repeats one image gives the image's logits: always, but for averaging with zeros in time. */
static void
test_boring_video (gconstpointer data)
{
  static const struct { SacInflation how; SacPadMode pad; gboolean equal; } cases[] = {
    { SAC_INFLATE_AVERAGE, SAC_PAD_REPLICATE, TRUE }, { SAC_INFLATE_CENTRE, SAC_PAD_ZEROS, TRUE },
    { SAC_INFLATE_CENTRE, SAC_PAD_REPLICATE, TRUE }, { SAC_INFLATE_AVERAGE, SAC_PAD_ZEROS, FALSE },
  };
  gint32 depth = GPOINTER_TO_INT (data);
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (0);
  char *path = flat_file (backend, depth, 8);
  SacResnet net = { .depth = depth, .n_classes = 5, .width = 8 };
  SacShape image = SAC_SHAPE (1, 3, 1, 64, 64), clip = SAC_SHAPE (1, 3, 8, 64, 64);
  gsize n = sac_shape_count (image);
  g_autofree float *still = g_new (float, n), *video = g_new (float, 8 * n);
  float truth[5], logits[5];

  for (gsize i = 0; i < n; i++)
    still[i] = (float) sac_random_normal ((SacRandomKey) { 4, 4 }, i);
  for (int t = 0; t < 8; t++)
    memcpy (video + t * n, still, n * sizeof (float));      /* frames follow each other in memory order */
  logits_of (backend, path, &net, SAC_INFLATE_NONE, image, still, truth, NULL);
  net.inflated = TRUE;
  for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      double most = 0, size = 0;

      net.pad_time = cases[k].pad;
      logits_of (backend, path, &net, cases[k].how, clip, video, logits, NULL);
      for (int c = 0; c < 5; c++)
        {
          most = MAX (most, fabs ((double) logits[c] - truth[c]));
          size = MAX (size, fabs ((double) truth[c]));
        }
      g_test_message ("%s, %s: relative difference %.2g", cases[k].how == SAC_INFLATE_CENTRE ? "centring" : "averaging",
                      cases[k].pad == SAC_PAD_ZEROS ? "zeros" : "replicate", most / size);
      if (cases[k].equal)
        g_assert_cmpfloat (most / size, <, 1e-5);
      else
        g_assert_cmpfloat (most / size, >, 0.05);
    }
  clean (path);
}

static void
test_receptive_set (void)
{
  gboolean seen[32], whole[32];

  sac_temporal_receptive_set (32, SAC_INFLATE_CENTRE, seen);
  sac_temporal_receptive_set (32, SAC_INFLATE_AVERAGE, whole);
  for (int t = 0; t < 32; t++)
    {
      g_assert_cmpint (seen[t], ==, t <= 1 || (t >= 15 && t <= 17));
      g_assert_true (whole[t]);
    }
  sac_temporal_receptive_set (16, SAC_INFLATE_CENTRE, seen);
  for (int t = 0; t < 16; t++)
    g_assert_cmpint (seen[t], ==, t <= 1);
  sac_temporal_receptive_set (0, SAC_INFLATE_CENTRE, seen);
}

/* The same from gradients of whole networks. */
static void
test_receptive_set_of_gradients (gconstpointer data)
{
  gint32 depth = GPOINTER_TO_INT (data);
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (0);
  char *path = flat_file (backend, depth, 4);
  SacShape shape = SAC_SHAPE (1, 3, 32, 32, 32);
  gsize n = sac_shape_count (shape), frame = n / 32;
  g_autofree float *clip = g_new (float, n), *gradient = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    clip[i] = (float) sac_random_normal ((SacRandomKey) { 6, 4 }, i);
  for (int how = SAC_INFLATE_AVERAGE; how <= SAC_INFLATE_CENTRE; how++)
    {
      SacResnet net = { .depth = depth, .inflated = TRUE, .n_classes = 5, .width = 4, .pad_time = SAC_PAD_REPLICATE };
      gboolean expected[32];
      float logits[5];

      logits_of (backend, path, &net, (SacInflation) how, shape, clip, logits, gradient);
      sac_temporal_receptive_set (32, (SacInflation) how, expected);
      for (int t = 0; t < 32; t++)
        {
          gboolean touched = FALSE;

          for (gsize i = 0; i < frame; i++)
            touched |= gradient[t * frame + i] != 0;
          if (touched != expected[t])
            g_test_message ("frame %d: gradient %d, index propagation %d", t, touched, expected[t]);
          g_assert_cmpint (touched, ==, expected[t]);
        }
    }
  clean (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/weights/inflation/kernels", test_kernels);
  g_test_add_func ("/weights/inflation/anisotropy", test_anisotropy);
  g_test_add_func ("/weights/inflation/constant-signal", test_constant_signal);
  g_test_add_func ("/weights/inflation/frames", test_frames);
  g_test_add_data_func ("/weights/inflation/boring-video/18", GINT_TO_POINTER (18), test_boring_video);
  g_test_add_data_func ("/weights/inflation/boring-video/50", GINT_TO_POINTER (50), test_boring_video);
  g_test_add_func ("/weights/inflation/receptive-set", test_receptive_set);
  g_test_add_data_func ("/weights/inflation/receptive-set/gradients-18", GINT_TO_POINTER (18), test_receptive_set_of_gradients);
  g_test_add_data_func ("/weights/inflation/receptive-set/gradients-50", GINT_TO_POINTER (50), test_receptive_set_of_gradients);
  return g_test_run ();
}
