/* Fusion: the fused ops through the helper of op-cases.h, and each row of ops/rewrites.c beside the program without it: fewer steps,
 * the same bits, whatever instruction set and way of convolving serve. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "op-cases.h"
#include "ops/conv-private.h"

#define X(n, c, t, h, w) { .shape = { n, c, t, h, w } }
#define POSITIVE(n, c, t, h, w) { .shape = { n, c, t, h, w }, .low = 0.5f, .high = 2 }
#define NONE { .shape = { 0 } }
#define ROW(c) X (1, c, 1, 1, 1)
#define STATS(c) POSITIVE (2, c, 1, 1, 1)

static const SacConv3dApply plain = { { .stride = { 1, 1, 1 }, .pad = { 1, 1, 1 } }, 1e-5f, FALSE };
static const SacConv3dApply relu = { { .stride = { 1, 1, 1 }, .pad = { 0, 1, 1 } }, 1e-5f, TRUE };
static const SacConv3dApply strided = { { .stride = { 1, 2, 2 }, .pad = { 0, 0, 0 } }, 1e-5f, TRUE };
static const SacConv3dApply stem = { { .stride = { 1, 2, 2 }, .pad = { 1, 3, 3 }, .pad_time = SAC_PAD_REPLICATE }, 1e-5f, TRUE };

static const SacOpCase cases[] = {
  { "conv3d_apply", { X (2, 3, 2, 4, 5), X (5, 3, 3, 3, 3), STATS (5), ROW (5), ROW (5), X (2, 5, 2, 4, 5) }, 6, &plain, 1e-10, 0x3b, FALSE,
    "batch norm and residual" },
  { "conv3d_apply", { X (2, 3, 1, 4, 5), X (5, 3, 3, 3, 3), NONE, NONE, ROW (5) }, 5, &plain, 1e-10, 0x13, TRUE, "bias" },
  { "conv3d_apply", { X (2, 40, 1, 13, 9), X (37, 40, 1, 3, 3), STATS (37), ROW (37), ROW (37) }, 5, &relu, 1e-10, 0, FALSE, "ReLU" },
  { "conv3d_apply", { X (3, 64, 1, 23, 26), X (96, 64, 1, 3, 3), STATS (96), ROW (96), ROW (96), X (3, 96, 1, 23, 26) }, 6, &relu, 1e-10, 0,
    FALSE, "Winograd" },
  { "conv3d_apply", { X (3, 64, 1, 23, 26), X (32, 64, 1, 3, 3), NONE, NONE, ROW (32) }, 5, &relu, 1e-10, 0, FALSE, "Winograd, bias" },
  { "conv3d_apply", { X (2, 35, 2, 9, 9), X (70, 35, 1, 1, 1), STATS (70), ROW (70), ROW (70) }, 5, &strided, 1e-10, 0, FALSE, "strided" },
  { "conv3d_apply", { X (2, 3, 3, 21, 19), X (33, 3, 3, 7, 7), STATS (33), ROW (33), ROW (33) }, 5, &stem, 1e-10, 0, FALSE,
   "few channels" },
  { "conv3d_apply", { X (1, 3, 1, 4, 4), X (4, 3, 3, 3, 3), NONE, NONE, NONE, X (1, 4, 1, 4, 4) }, 6, &plain, 1e-10, 0x23, TRUE,
   "residual only" },
  { "conv3d_stats", { X (3, 35, 1, 9, 9), X (41, 35, 1, 3, 3) }, 2, &plain.conv, 1e-10, 0, FALSE },
  { "conv3d_stats", { X (3, 64, 1, 23, 26), X (96, 64, 1, 3, 3) }, 2, &relu.conv, 1e-10, 0, FALSE, "Winograd" },
};

/* ---- rows of the table. */

typedef struct {
  const char *row;              /* which must fire */
  gint32 c, k, kernel, stride, size;
  gboolean bn, residual, relu;
} Fusion;

static const Fusion fusions[] = {
  { "conv-bn", 5, 7, 3, 1, 9, TRUE, FALSE, FALSE },   { "conv-bn", 33, 40, 1, 2, 9, TRUE, FALSE, TRUE },
  { "conv-bn", 64, 64, 3, 1, 31, TRUE, TRUE, TRUE },  { "conv-bn", 3, 18, 7, 2, 33, TRUE, FALSE, TRUE },
  { "conv-bias", 17, 33, 3, 1, 9, FALSE, FALSE, FALSE }, { "conv-bias", 64, 32, 3, 1, 31, FALSE, FALSE, TRUE },
  { "conv-relu", 17, 33, 1, 1, 9, FALSE, FALSE, TRUE },  { "conv-relu", 32, 32, 3, 1, 31, FALSE, FALSE, TRUE },
};

static SacVar
filled (SacGraph *g, guint64 seed, SacShape shape, float low)
{
  gsize n = sac_shape_count (shape);
  g_autofree float *data = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    data[i] = low + (1 - low) * 0.5f * (sac_test_number (seed, i) + 1);
  return sac_graph_constant_data (g, shape, data);
}

static SacVar
build (SacGraph *g, const Fusion *f, gboolean bias)
{
  SacConv3d conv = { .stride = { 1, f->stride, f->stride }, .pad = { 0, f->kernel / 2, f->kernel / 2 } };
  SacVar x = filled (g, 1, SAC_SHAPE (3, f->c, 2, f->size, f->size), -1);
  SacVar y = sac_conv3d (g, x, filled (g, 2, SAC_SHAPE (f->k, f->c, 1, f->kernel, f->kernel), -1), &conv);
  SacShape row = SAC_SHAPE (1, f->k, 1, 1, 1);

  if (f->bn)
    return sac_bn_apply (g, y, filled (g, 3, SAC_SHAPE (2, f->k, 1, 1, 1), 0.25f), filled (g, 4, row, -1), filled (g, 5, row, -1),
                         f->residual ? filled (g, 6, sac_graph_get_shape (g, y), -1) : 0, &(SacBnApply) { 1e-3f, f->relu });
  if (bias)
    y = sac_add (g, y, filled (g, 5, row, -1));
  return f->relu ? sac_relu (g, y) : y;
}

static float *
run (SacGraph *g, SacVar y, const char *no_fuse, guint threads, guint *n_steps)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (threads);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProgram) program = NULL;
  float *out = g_new0 (float, sac_shape_count (sac_graph_get_shape (g, y)));

  if (no_fuse)
    setenv ("SACCADE_NO_FUSE", no_fuse, 1);
  program = sac_program_compile (g, &y, 1, backend, &error);
  unsetenv ("SACCADE_NO_FUSE");
  g_assert_no_error (error);
  g_assert_true (sac_program_run (program, NULL, &error));
  sac_program_get_output (program, y, out, NULL);
  *n_steps = sac_program_get_cost (program).n_steps;
  return out;
}

static void
test_same_bits (gconstpointer data)
{
  const Fusion *f = data;
  static const char *const masks[] = { NULL, "1", "0" };

  for (guint m = 0; m < G_N_ELEMENTS (masks); m++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      SacVar y = build (g, f, strcmp (f->row, "conv-bias") == 0);
      gsize n_bytes = sizeof (float) * sac_shape_count (sac_graph_get_shape (g, y));
      g_autofree float *loose = NULL, *fused = NULL, *alone = NULL, *without = NULL;
      guint steps[4];

      if (masks[m])
        setenv ("SACCADE_CPU_MASK", masks[m], 1);
      loose = run (g, y, "1", 2, &steps[0]);
      fused = run (g, y, NULL, 2, &steps[1]);
      alone = run (g, y, NULL, 1, &steps[2]);
      without = run (g, y, f->row, 2, &steps[3]);
      unsetenv ("SACCADE_CPU_MASK");
      g_assert_cmpuint (steps[1], <, steps[0]);
      g_assert_cmpuint (steps[1], <, steps[3]);
      g_assert_cmpmem (fused, n_bytes, loose, n_bytes);
      g_assert_cmpmem (fused, n_bytes, alone, n_bytes);
      g_assert_cmpmem (without, n_bytes, loose, n_bytes);
    }
}

/* What somebody else still reads, or what a variant cannot finish, stays apart. */
static void
test_stays_apart (void)
{
  for (int what = 0; what < 4; what++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
      g_autoptr (SacProgram) program = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      SacConv3d conv = { .stride = { 1, 1, 1 }, .pad = { 0, 1, 1 }, .groups = what == 0 ? 2 : 1, .dilation = { 1, what == 1 ? 2 : 1, 1 } };
      SacVar x = filled (g, 1, SAC_SHAPE (1, 4, 1, 6, 6), -1), y, out[2];

      y = sac_conv3d (g, x, filled (g, 2, SAC_SHAPE (4, what == 0 ? 2 : 4, 1, 3, 3), -1), &conv);
      out[0] = sac_relu (g, y);
      out[1] = what == 2 ? y : what == 3 ? sac_mul (g, y, y) : out[0];
      program = sac_program_compile (g, out, 2, backend, &error);
      g_assert_no_error (error);
      text = sac_program_dup_explain (program);
      g_assert_null (strstr (text, "conv3d_apply"));
    }
}

/* ---- statistics of what a convolution leaves behind its result. */

typedef struct {
  SacShape x, w;
  SacConv3d conv;
} Counted;

static const Counted counted[] = {
  { { 3, 35, 2, 9, 9 }, { 70, 35, 1, 1, 1 }, { .stride = { 1, 1, 1 } } },
  { { 3, 35, 2, 9, 9 }, { 41, 35, 1, 1, 1 }, { .stride = { 1, 2, 2 } } },
  { { 2, 5, 4, 9, 7 }, { 33, 5, 3, 3, 3 }, { .stride = { 1, 1, 1 }, .pad = { 1, 1, 1 }, .pad_time = SAC_PAD_REPLICATE } },
  { { 2, 3, 3, 21, 19 }, { 33, 3, 3, 7, 7 }, { .stride = { 1, 2, 2 }, .pad = { 1, 3, 3 } } },
  { { 3, 64, 1, 23, 26 }, { 96, 64, 1, 3, 3 }, { .stride = { 1, 1, 1 }, .pad = { 0, 1, 1 } } },
  { { 1, 32, 3, 22, 21 }, { 32, 32, 3, 3, 3 }, { .stride = { 1, 1, 1 }, .pad = { 1, 1, 1 } } },
};

/* Statistics and result of all three ops, one after the other; @apart: conv3d and bn_stats. */
static float *
run_counted_on (SacBackend *backend, const Counted *c, gboolean apart, SacDtype dtype, gsize *n_stats, gsize *n_y)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  const SacCompileOptions options = { .activations = dtype };
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacVar src[] = { filled (g, 1, c->x, 0.9f), filled (g, 2, c->w, -0.2f) }, out[2], wanted[2];
  float *all;

  out[0] = apart ? sac_conv3d (g, src[0], src[1], &c->conv) : sac_graph_append (g, sac_op_find ("conv3d_stats"), src, 2, &c->conv);
  out[1] = apart ? sac_bn_stats (g, out[0]) : sac_graph_append (g, sac_op_find ("bn_stats_join"), out, 1, NULL);
  wanted[0] = dtype == SAC_F32 ? out[0] : sac_relu (g, out[0]);         /* what a program gives back is f32 */
  wanted[1] = out[1];
  program = sac_program_compile_with (g, wanted, 2, backend, &options, &error);
  g_assert_no_error (error);
  g_assert_true (sac_program_run (program, NULL, &error));
  *n_y = sac_shape_count (sac_graph_get_shape (g, out[0]));
  *n_stats = sac_shape_count (sac_graph_get_shape (g, out[1]));
  all = g_new (float, *n_y + *n_stats);
  sac_program_get_output (program, out[1], all, NULL);
  sac_program_get_output (program, wanted[0], all + *n_stats, NULL);
  return all;
}

static float *
run_counted (const Counted *c, gboolean apart, guint threads, gsize *n_stats, gsize *n_y)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (threads);

  return run_counted_on (backend, c, apart, SAC_F32, n_stats, n_y);
}

/* The result's bits are the convolution's.  Means lie far from 0 here, so that a variance that cancels would show. */
static void
test_counted (gconstpointer data)
{
  static const char *const masks[] = { NULL, "1", "0" };

  for (guint m = 0; m < G_N_ELEMENTS (masks); m++)
    {
      g_autofree float *apart = NULL, *one = NULL;
      gsize n_stats, n_y, n_bytes;

      if (masks[m])
        setenv ("SACCADE_CPU_MASK", masks[m], 1);
      apart = run_counted (data, TRUE, 1, &n_stats, &n_y);
      one = run_counted (data, FALSE, 1, &n_stats, &n_y);
      n_bytes = (n_stats + n_y) * sizeof (float);
      g_assert_cmpmem (one + n_stats, n_y * sizeof (float), apart + n_stats, n_y * sizeof (float));
      for (gsize i = 0; i < n_stats; i++)
        g_assert_cmpfloat (fabsf (one[i] - apart[i]), <=, (i < n_stats / 2 ? 1e-6f : 2e-5f) * fabsf (apart[i]) + 1e-6f);
      for (guint threads = 2; threads <= 3; threads++)
        {
          g_autofree float *more = run_counted (data, FALSE, threads, &n_stats, &n_y);

          g_assert_cmpmem (more, n_bytes, one, n_bytes);
        }
      unsetenv ("SACCADE_CPU_MASK");
    }
}

/* What the statistics of the first n_y numbers of @y would be, in doubles. */
static void
count_again (const float *y, gsize n_y, gsize n_c, float *stats)
{
  for (gsize c = 0; c < n_c; c++)
    {
      double sum = 0, squares = 0, n = (double) (n_y / n_c);

      for (gsize i = c; i < n_y; i += n_c)
        sum += (double) y[i];
      for (gsize i = c; i < n_y; i += n_c)
        squares += ((double) y[i] - sum / n) * ((double) y[i] - sum / n);
      stats[c] = (float) (sum / n);
      stats[n_c + c] = (float) (squares / n);
    }
}

/* On a Vulkan device, with f32 and f16: statistics are those of the numbers as they are stored, and a second run has the same bits.
 * All of these sums are positive, so that the ReLU behind them changes nothing. */
static void
test_counted_on_vulkan (gconstpointer data)
{
  g_autoptr (SacBackend) vulkan = sac_backend_vulkan_new (-1, NULL), cpu = sac_backend_cpu_new (2);

  if (!vulkan)
    {
      g_test_skip ("no Vulkan device here");
      return;
    }
  for (SacDtype dtype = SAC_F32; dtype <= SAC_F16; dtype++)
    if (sac_backend_stores (vulkan, dtype))
      {
        gsize n_stats, n_y;
        g_autofree float *apart = run_counted_on (cpu, data, TRUE, SAC_F32, &n_stats, &n_y);
        g_autofree float *one = run_counted_on (vulkan, data, FALSE, dtype, &n_stats, &n_y);
        g_autofree float *again = run_counted_on (vulkan, data, FALSE, dtype, &n_stats, &n_y);
        g_autofree float *stats = g_new (float, n_stats);

        count_again (one + n_stats, n_y, n_stats / 2, stats);
        g_assert_cmpfloat (sac_test_nmse (one + n_stats, apart + n_stats, n_y), <=, 1e-6);
        g_assert_cmpmem (one, (n_stats + n_y) * sizeof (float), again, (n_stats + n_y) * sizeof (float));
        for (gsize i = 0; i < n_stats; i++)
          g_assert_cmpfloat (fabsf (one[i] - stats[i]), <=, (i < n_stats / 2 ? 1e-6f : 2e-5f) * fabsf (stats[i]) + 1e-6f);
      }
}

/* The row fires where the result is large, and only there. */
static void
test_counting_pays (void)
{
  for (gint32 size = 40; size <= 240; size += 200)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      g_autoptr (SacBackend) backend = sac_backend_null_new ();
      g_autoptr (SacProgram) fused = NULL, apart = NULL;
      g_autofree char *text = NULL, *text_apart = NULL;
      SacVar x = sac_graph_input (g, "x", SAC_SHAPE (1, 16, 1, size, size)), w = sac_graph_input (g, "w", SAC_SHAPE (48, 16, 1, 1, 1));
      SacVar y = sac_conv3d (g, x, w, &(SacConv3d) { .stride = { 1, 1, 1 } }), out[] = { y, sac_bn_stats (g, y) };

      fused = sac_program_compile (g, out, 2, backend, NULL);
      setenv ("SACCADE_NO_FUSE", "conv-stats", 1);
      apart = sac_program_compile (g, out, 2, backend, NULL);
      unsetenv ("SACCADE_NO_FUSE");
      text = sac_program_dup_explain (fused);
      text_apart = sac_program_dup_explain (apart);
      g_assert_true ((strstr (text, "conv3d_stats") && strstr (text, "bn_stats_join")) == (size > 100));
      g_assert_null (strstr (text_apart, "conv3d_stats"));
      g_assert_nonnull (strstr (text_apart, "bn_stats"));
      g_assert_cmpuint (sac_program_get_cost (fused).n_steps, ==, sac_program_get_cost (apart).n_steps);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_op_cases_add (cases, G_N_ELEMENTS (cases));
  for (guint i = 0; i < G_N_ELEMENTS (fusions); i++)
    {
      g_autofree char *path = g_strdup_printf ("/fusion/%s/%u", fusions[i].row, i);

      g_test_add_data_func (path, &fusions[i], test_same_bits);
    }
  for (guint i = 0; i < G_N_ELEMENTS (counted); i++)
    {
      g_autofree char *path = g_strdup_printf ("/fusion/conv-stats/%u", i);

      g_autofree char *on_vulkan = g_strdup_printf ("/fusion/conv-stats-vulkan/%u", i);

      g_test_add_data_func (path, &counted[i], test_counted);
      g_test_add_data_func (on_vulkan, &counted[i], test_counted_on_vulkan);
    }
  g_test_add_func ("/fusion/conv-stats/pays", test_counting_pays);
  g_test_add_func ("/fusion/stays-apart", test_stays_apart);
  return g_test_run ();
}
