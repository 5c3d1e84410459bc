/* Profiles: the roofline, sums of rows, what a program tells of its steps, the peaks of this machine. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "draw/sac-draw.h"
#include "nn/sac-nn.h"
#include "ops/sac-ops.h"
#include "run/sac-run.h"

#define close(a, b, e) g_assert_cmpfloat_with_epsilon (a, b, e)

static const SacPeaks peaks = { 2, 50e9, 100e9, 10e9, 20e9 };

static void
test_share (void)
{
  SacBound bound;
  const SacPeaks unknown = { 0 };

  close (sac_peaks_share (&peaks, 1, 80e9, 2e9, &bound), 0.8, 1e-12);
  g_assert_cmpint (bound, ==, SAC_BOUND_ARITHMETIC);
  close (sac_peaks_share (&peaks, 1, 8e9, 18e9, &bound), 0.9, 1e-12);
  g_assert_cmpint (bound, ==, SAC_BOUND_MEMORY);
  close (sac_peaks_share (&peaks, 1, 8e9, 1e9, &bound), 0.08, 1e-12);
  g_assert_cmpint (bound, ==, SAC_BOUND_NOTHING);
  close (sac_peaks_share (&peaks, 1, 250e9, 1e9, &bound), 2.5, 1e-12);         /* Winograd */
  close (sac_peaks_share (&peaks, 0, 1e9, 1e9, &bound), 0, 1e-12);
  close (sac_peaks_share (&unknown, 1, 80e9, 2e9, &bound), 0, 1e-12);
  g_assert_cmpint (bound, ==, SAC_BOUND_NOTHING);
}

static SacProfile *
example (void)
{
  SacProfile *p = sac_profile_new ();
  const SacProfileRow rows[] = {
    { "conv", "fast", "layer1.0.conv1", " (1) → (2)", FALSE, 1, .seconds = 2, .flops = 160e9, .bytes = 2e9 },
    { "relu", "fast", "layer1.0.bn1", " (2) → (2)", FALSE, 1, .seconds = 1, .flops = 1e9, .bytes = 20e9 },
    { "conv", "fast", "layer1.1.conv1", " (1) → (2)", FALSE, 1, .seconds = 3, .flops = 160e9, .bytes = 2e9 },
    { "conv", "fast", "layer2.0.conv1", " (1) → (3)", FALSE, 1, .seconds = 10, .flops = 1e9, .bytes = 2e9 },
    { "conv", "fast", "layer1.1.conv1", " (2) → (1)", TRUE, 1, .seconds = 4, .flops = 160e9, .bytes = 2e9 },
    { "sgd", NULL, NULL, NULL, FALSE, 1, .seconds = 0.001, .flops = 0, .bytes = 0 },
  };

  p->peaks = peaks;
  p->n_runs = 7;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    sac_profile_add (p, &rows[i]);
  return p;
}

static void
test_sums (void)
{
  g_autoptr (SacProfile) p = example ();
  g_autoptr (SacProfile) by_op = sac_profile_sum (p, SAC_PROFILE_BY_OP, 0);
  g_autoptr (SacProfile) by_shape = sac_profile_sum (p, SAC_PROFILE_BY_SHAPE, 0);
  const SacProfileRow *row = sac_profile_get (by_op, 0);

  close (sac_profile_get_seconds (p), 20.001, 1e-9);
  g_assert_cmpuint (by_op->rows->len, ==, 3);
  g_assert_cmpstr (row->op, ==, "conv");
  g_assert_cmpuint (row->count, ==, 4);
  close (row->seconds, 19, 1e-9);
  close (row->flops, 481e9, 1);
  close (row->by_bound[SAC_BOUND_ARITHMETIC], 9, 1e-9);
  close (row->by_bound[SAC_BOUND_NOTHING], 10, 1e-9);
  g_assert_cmpint (sac_profile_row_get_bound (row), ==, SAC_BOUND_NOTHING);
  close (row->least, 1.6 + 1.6 + 0.1 + 1.6, 1e-9);
  g_assert_cmpstr (sac_profile_get (by_op, 1)->op, ==, "relu");
  g_assert_cmpint (sac_profile_row_get_bound (sac_profile_get (by_op, 1)), ==, SAC_BOUND_MEMORY);
  g_assert_cmpuint (by_op->n_runs, ==, 7);

  g_assert_cmpuint (by_shape->rows->len, ==, 5);
  g_assert_cmpstr (sac_profile_get (by_shape, 0)->shapes, ==, " (1) → (3)");
  g_assert_cmpuint (sac_profile_get (by_shape, 1)->count, ==, 2);
  g_assert_cmpstr (sac_profile_get (by_shape, 1)->shapes, ==, " (1) → (2)");
}

/* Layers stay in the order of the network; names are cut until few enough are left. */
static void
test_layers (void)
{
  static const struct { guint most; const char *names; } cases[] = {
    { 9, "layer1.0.conv1 layer1.0.bn1 layer1.1.conv1 layer2.0.conv1 layer1.1.conv1<  " },
    { 4, "layer1.0 layer1.1 layer2.0 layer1.1<  " },
    { 3, "layer1 layer2 layer1<  " },
    { 1, "layer1 layer2 layer1<  " },
  };
  g_autoptr (SacProfile) p = example ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SacProfile) sum = sac_profile_sum (p, SAC_PROFILE_BY_LAYER, cases[i].most);
      g_autoptr (GString) names = g_string_new (NULL);

      for (guint k = 0; k < sum->rows->len; k++)
        g_string_append_printf (names, "%s%s ", sac_profile_get (sum, k)->layer, sac_profile_get (sum, k)->backward ? "<" : "");
      g_assert_cmpstr (names->str, ==, cases[i].names);
      close (sac_profile_get_seconds (sum), sac_profile_get_seconds (p), 1e-9);
    }
}

static void
test_table (void)
{
  g_autoptr (SacProfile) p = example ();
  g_autoptr (SacProfile) sum = sac_profile_sum (p, SAC_PROFILE_BY_SHAPE, 0);
  g_autofree char *all = sac_profile_dup_table (sum, 0), *most = sac_profile_dup_table (sum, 0.04);

  g_assert_nonnull (strstr (all, "conv/fast (1) → (3)"));
  g_assert_nonnull (strstr (all, "64% F"));
  g_assert_nonnull (strstr (all, "100% B"));
  g_assert_nonnull (strstr (all, "sgd"));
  g_assert_null (strstr (most, "sgd"));
  g_assert_nonnull (strstr (most, "… 1"));
}

/* ---- in a run folder. */

static void
test_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("profile-XXXXXX", NULL), *path = g_build_filename (folder, "profile.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (SacProfile) p = example (), back = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  gsize length;
  static const char *const bad[] = {
    "", "[]", "{}", "{\"version\":1}", "{\"version\":2,\"steps\":[]}", "{\"version\":1,\"steps\":[3]}",
    "{\"version\":1,\"steps\":[{\"op\":\"a\",\"count\":1,\"seconds\":-1,\"flops\":0,\"bytes\":0}]}",
    "{\"version\":1,\"steps\":[{\"op\":\"a\",\"count\":1,\"seconds\":1e300,\"flops\":0,\"bytes\":0}]}",
    "{\"version\":1,\"steps\":[{\"op\":7,\"count\":1,\"seconds\":1,\"flops\":0,\"bytes\":0}]}",
  };

  g_assert_null (sac_profile_read (folder, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sac_profile_write (folder, p, &error));
  back = sac_profile_read (folder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (back->n_runs, ==, 7);
  g_assert_cmpuint (back->rows->len, ==, p->rows->len);
  g_assert_cmpuint (back->peaks.n_threads, ==, 2);
  g_assert_cmpfloat (back->peaks.flops_one, ==, 50e9);
  g_assert_cmpfloat (back->peaks.bytes_all, ==, 20e9);
  for (guint i = 0; i < p->rows->len; i++)
    {
      const SacProfileRow *a = sac_profile_get (p, i), *b = sac_profile_get (back, i);

      g_assert_cmpstr (a->op, ==, b->op);
      g_assert_cmpstr (a->layer, ==, b->layer);
      g_assert_cmpstr (a->shapes, ==, b->shapes);
      g_assert_cmpint (a->backward, ==, b->backward);
      close (a->least, b->least, 1e-9);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_true (g_file_set_contents (path, bad[i], -1, NULL));
      g_assert_null (sac_profile_read (folder, &error));
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
  /* Bytes changed at random: an error or a profile that can be drawn and printed, never a crash. */
  g_assert_true (sac_profile_write (folder, p, &error));
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (int k = 0; k < 500; k++)
    {
      g_autofree char *changed = g_memdup2 (text, length);
      g_autoptr (SacProfile) read = NULL;

      for (int n = g_rand_int_range (rand, 1, 4); n > 0; n--)
        changed[g_rand_int_range (rand, 0, (gint32) length)] = "0123456789-e.,\"{}[]tf\0\xff"[g_rand_int_range (rand, 0, 23)];
      g_assert_true (g_file_set_contents (path, changed, (gssize) length, NULL));
      read = sac_profile_read (folder, NULL);
      if (read)
        {
          SacProfilePlot plot = { read, k % 2 ? SAC_PROFILE_BY_OP : SAC_PROFILE_BY_LAYER, 3 };
          g_autofree char *words = sac_profile_plot_dup_text (&plot);

          g_assert_nonnull (words);
        }
    }
  g_remove (path);
  g_rmdir (folder);
}

/* ---- as a picture, looked at pixel by pixel. */

static guint32
pixel (cairo_surface_t *surface, int x, int y)
{
  return *(guint32 *) (gpointer) (cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface) + 4 * x);
}

static double
distance (guint32 p, const double rgb[4], double alpha)
{
  double sum = 0;

  for (int k = 0; k < 3; k++)
    sum += fabs (((p >> (16 - 8 * k)) & 0xff) / 255.0 - (alpha * rgb[k] + 1 - alpha));
  return sum;
}

/* Pixels of row @y in the strong and in the pale form of the colour. */
static void
count (cairo_surface_t *surface, int width, int y, const double rgb[4], int *strong, int *pale)
{
  *strong = *pale = 0;
  for (int x = 0; x < width; x++)
    {
      *strong += distance (pixel (surface, x, y), rgb, 0.95) < 0.12;
      *pale += distance (pixel (surface, x, y), rgb, 0.34) < 0.12;
    }
}

static void
test_picture (void)
{
  const int width = 700, height = 260;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (SacProfile) p = example ();
  SacProfilePlot plot = { p, SAC_PROFILE_BY_LAYER, 9 };
  g_autofree char *text = sac_profile_plot_dup_text (&plot);
  SacStyle style;
  double blue[4], orange[4], grey[4];
  int strong[5][2][3] = { { { 0 } } }, pale[5][2][3] = { { { 0 } } };
  gboolean seen[5][2] = { { FALSE } };

  sac_style_init (&style, FALSE);
  sac_palette (0, blue);
  sac_palette (1, orange);
  sac_palette (6, grey);
  sac_profile_plot_draw (cr, width, height, &style, &plot);
  cairo_surface_flush (surface);
  for (int y = 0; y < height - 3; y++)
    {
      guint bar, above;
      gboolean backward, other;

      /* The middle of a half: three rows that are the same bar's, above and below. */
      if (!sac_profile_plot_pick (width, height, &style, &plot, 400, y, &bar, &backward) || seen[bar][backward]
          || !sac_profile_plot_pick (width, height, &style, &plot, 400, y - 8, &above, &other) || above != bar || other != backward)
        continue;
      seen[bar][backward] = TRUE;
      count (surface, width, y, blue, &strong[bar][backward][0], &pale[bar][backward][0]);
      count (surface, width, y, orange, &strong[bar][backward][1], &pale[bar][backward][1]);
      count (surface, width, y, grey, &strong[bar][backward][2], &pale[bar][backward][2]);
    }
  /* layer1.0.conv1: 2 s at 80 % of the arithmetic; its bar is a fifth of layer2.0.conv1's, which takes 10 s at 1 %. */
  for (int bar = 0; bar < 5; bar++)
    g_assert_true (seen[bar][0] && seen[bar][1]);
  g_assert_cmpint (strong[0][0][0], >, 20);
  close (strong[0][0][0] / (double) (strong[0][0][0] + pale[0][0][0]), 0.8, 0.05);
  g_assert_cmpint (strong[1][0][1], >, 10);
  g_assert_cmpint (pale[1][0][1], <=, 2);
  close (strong[3][0][2] / (double) (strong[3][0][2] + pale[3][0][2]), 0.01, 0.01);
  close ((strong[0][0][0] + pale[0][0][0]) / (double) (strong[3][0][2] + pale[3][0][2]), 0.2, 0.03);
  /* layer1.1.conv1: 3 s forward, 4 s backward below it. */
  close ((strong[2][1][0] + pale[2][1][0]) / (double) (strong[2][0][0] + pale[2][0][0]), 4 / 3.0, 0.08);
  g_assert_cmpint (strong[0][1][0], ==, 0);
  g_assert_nonnull (strstr (text, "layer1.1.conv1\t7000\t3000\t4000"));
  g_assert_false (sac_profile_plot_pick (width, height, &style, &plot, 400, height - 2, NULL, NULL));

  /* Any size and an empty profile. */
  {
    g_autoptr (SacProfile) none = sac_profile_new ();
    const double sizes[][2] = { { 0, 0 }, { 1, 900 }, { 30, 20 }, { 90, 4 }, { 700, 260 } };

    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (int view = 0; view < 3; view++)
        for (int k = 0; k < 2; k++)
          {
            SacProfilePlot any = { k ? none : p, (SacProfileView) view, 2 };

            sac_profile_plot_draw (cr, sizes[i][0], sizes[i][1], &style, &any);
            g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
            g_assert_cmpfloat (sac_profile_plot_height (&style, &any), >, 0);
          }
  }
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* ---- of programs. */

static void
test_program (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (2);
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacVar x = sac_graph_input (g, "x", SAC_SHAPE (2, 8, 1, 9, 9)), w, y, loss, gw;
  const SacConv3d same = { .stride = { 1, 1, 1 }, .pad = { 0, 1, 1 } };
  guint n_forward = 0, n_backward = 0;

  w = sac_weights_param (weights, g, "block.conv.weight", SAC_SHAPE (8, 8, 1, 3, 3), SAC_INIT_KAIMING_FAN_OUT);
  y = sac_relu (g, sac_conv3d (g, x, w, &same));
  loss = sac_sum_to (g, sac_mul (g, y, y), SAC_SHAPE_SCALAR);
  sac_graph_gradients (g, loss, &w, 1, &gw);
  g_assert_true (sac_weights_allocate (weights, backend, &error));
  sac_weights_initialise (weights, 1);
  {
    g_autoptr (SacProgram) program = sac_program_compile (g, (SacVar[]) { loss, gw }, 2, backend, &error);
    g_autoptr (SacProfile) profile = NULL;

    g_assert_no_error (error);
    g_assert_true (sac_program_run (program, NULL, &error));
    if (!sac_switch_on (SAC_SWITCH_PROFILE))
      g_assert_null (sac_program_dup_profile (program));
    sac_program_time_steps (program);
    for (int i = 0; i < 3; i++)
      g_assert_true (sac_program_run (program, NULL, &error));
    profile = sac_program_dup_profile (program);
    g_assert_nonnull (profile);
    g_assert_cmpuint (profile->n_runs, ==, 3);
    g_assert_cmpuint (profile->rows->len, ==, sac_program_get_cost (program).n_steps);
    for (guint i = 0; i < profile->rows->len; i++)
      {
        const SacProfileRow *row = sac_profile_get (profile, i);

        g_assert_cmpstr (row->layer, ==, "block.conv");         /* nothing else has a name */
        g_assert_cmpfloat (row->seconds, >=, 0);
        /* Fused with what follows or not, a convolution keeps its FLOPs and its operands. */
        n_forward += g_str_has_prefix (row->op, "conv3d") && !row->backward && row->flops >= 2.0 * 2 * 81 * 8 * 8 * 9
                     && row->bytes >= 4.0 * (2 * 2 * 81 * 8 + 8 * 8 * 9);
        n_backward += strcmp (row->op, "conv3d_weight") == 0 && row->backward && row->flops >= 2.0 * 2 * 81 * 8 * 8 * 9;
      }
    g_assert_cmpuint (n_forward, ==, 1);
    g_assert_cmpuint (n_backward, ==, 1);
    sac_program_time_steps (program);          /* starts anew */
    g_assert_null (sac_program_dup_profile (program));
  }
}

static void
test_null_keeps_no_times (void)
{
  g_autoptr (SacBackend) backend = sac_backend_null_new ();
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacVar y = sac_relu (g, sac_graph_input (g, "x", SAC_SHAPE (1, 8, 1, 1, 1)));
  g_autoptr (SacProgram) program = sac_program_compile (g, &y, 1, backend, &error);

  g_assert_no_error (error);
  sac_program_time_steps (program);
  g_assert_true (sac_program_run (program, NULL, &error));
  g_assert_null (sac_program_dup_profile (program));
  g_assert_cmpfloat (sac_backend_get_peaks (backend).flops_all, ==, 0);
}

/* Only what no machine contradicts: more than an abacus, less than a rack; two threads at least nearly as much as one. */
static void
test_peaks (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (2);
  SacPeaks found = sac_backend_get_peaks (backend), again = sac_backend_get_peaks (backend);

  g_test_message ("%.1f and %.1f GFLOP/s, %.1f and %.1f GB/s", found.flops_one * 1e-9, found.flops_all * 1e-9, found.bytes_one * 1e-9,
                  found.bytes_all * 1e-9);
  g_assert_cmpuint (found.n_threads, ==, 2);
  g_assert_cmpfloat (found.flops_one, >, 1e8);
  g_assert_cmpfloat (found.flops_one, <, 1e12);
  g_assert_cmpfloat (found.flops_all, <, 2e12);
  g_assert_cmpfloat (found.bytes_one, >, 1e8);
  g_assert_cmpfloat (found.bytes_one, <, 2e12);
  g_assert_cmpfloat (found.flops_all, ==, again.flops_all);     /* measured once */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/profile/share", test_share);
  g_test_add_func ("/profile/sums", test_sums);
  g_test_add_func ("/profile/layers", test_layers);
  g_test_add_func ("/profile/table", test_table);
  g_test_add_func ("/profile/file", test_file);
  g_test_add_func ("/profile/picture", test_picture);
  g_test_add_func ("/profile/program", test_program);
  g_test_add_func ("/profile/null", test_null_keeps_no_times);
  g_test_add_func ("/profile/peaks", test_peaks);
  return g_test_run ();
}
