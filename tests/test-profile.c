/* Profiles: the roofline, sums of rows, what a program tells of its steps, the peaks of this machine. */
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "nn/sac-nn.h"
#include "ops/sac-ops.h"

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
        n_forward += strcmp (row->op, "conv3d") == 0 && !row->backward;
        n_backward += strcmp (row->op, "conv3d_weight") == 0 && row->backward;
        if (strcmp (row->op, "conv3d") == 0)
          {
            close (row->flops, 2.0 * 2 * 81 * 8 * 8 * 9, 1e-6);
            close (row->bytes, 4.0 * (2 * 2 * 81 * 8 + 8 * 8 * 9), 1e-6);
          }
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
  g_test_add_func ("/profile/program", test_program);
  g_test_add_func ("/profile/null", test_null_keeps_no_times);
  g_test_add_func ("/profile/peaks", test_peaks);
  return g_test_run ();
}
