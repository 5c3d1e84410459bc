/* The graph: errors that stick, gradients, effects in order, plans that keep the bits, failures that are told. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "graph/sac-graph-private.h"
#include "nn/sac-nn.h"
#include "op-cases.h"

/* ---- running small graphs. */

static float
run_scalar (SacGraph *g, SacVar y)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (2);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProgram) program = sac_program_compile (g, &y, 1, backend, &error);
  float value = NAN;

  g_assert_no_error (error);
  if (program && sac_program_run (program, NULL, &error))
    sac_program_get_output (program, y, &value, NULL);
  return value;
}

/* ---- building. */

static void
test_errors_stick (void)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacVar a = sac_graph_input (g, "a", SAC_SHAPE (2, 3, 1, 4, 4)), b = sac_graph_input (g, "b", SAC_SHAPE (2, 5, 1, 4, 4)), gx;

  g_assert_cmpint (sac_add (g, a, b), ==, 0);
  g_assert_false (sac_graph_check (g, &error));
  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "add"));
  g_assert_nonnull (strstr (error->message, "(2,3,1,4,4)"));
  g_assert_nonnull (strstr (error->message, "(2,5,1,4,4)"));
  g_assert_cmpint (sac_relu (g, a), ==, 0);
  g_assert_cmpint (sac_graph_input (g, "late", SAC_SHAPE_SCALAR), ==, 0);
  sac_graph_gradients (g, 0, &a, 1, &gx);
  g_assert_cmpint (gx, ==, 0);
  {
    g_autoptr (SacBackend) backend = sac_backend_null_new ();
    g_autoptr (GError) again = NULL;

    g_assert_null (sac_program_compile (g, &a, 1, backend, &again));
    g_assert_cmpstr (again->message, ==, error->message);
  }
}

static void
test_sources_must_stand (void)
{
  for (int what = 0; what < 2; what++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      g_autoptr (GError) error = NULL;
      SacVar a = sac_graph_input (g, "a", SAC_SHAPE_SCALAR);

      if (what == 0)
        sac_add (g, a, 0);
      else
        sac_accumulate (g, a, a);       /* an input is not ours to write */
      g_assert_false (sac_graph_check (g, &error));
      g_assert_nonnull (strstr (error->message, what == 0 ? "add" : "block"));
    }
}

/* The statistics are asked for themselves: the fused adjoint would hide their part. */
static void
test_gradient_of_statistics (void)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacVar x = sac_graph_constant_data (g, SAC_SHAPE (1, 1, 1, 1, 4), (float[4]) { 1, 2, 3, 6 });
  SacVar one = sac_graph_constant (g, SAC_SHAPE_SCALAR, 1);
  SacVar stats = sac_bn_stats (g, x), y = sac_bn_apply (g, x, stats, one, one, 0, &(SacBnApply) { 0, FALSE }), gx[2];

  sac_graph_gradients (g, y, (SacVar[]) { x, stats }, 2, gx);
  g_assert_true (sac_graph_check (g, &error));
  g_assert_cmpint (gx[1], >, 0);
  /* ∂Σy/∂mean = −4/σ, σ² = 3.5; ∂Σy/∂var = 0 */
  g_assert_cmpfloat_with_epsilon (run_scalar (g, sac_sum_to (g, gx[1], SAC_SHAPE_SCALAR)), -4 / sqrtf (3.5f), 1e-5);
  g_assert_cmpfloat_with_epsilon (run_scalar (g, sac_sum_to (g, gx[0], SAC_SHAPE_SCALAR)), 0, 1e-5);
}

static void
test_shapes_are_bounded (void)
{
  const SacShape bad[] = { { 0, 1, 1, 1, 1 }, { 1, -3, 1, 1, 1 }, { 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20 } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();

      g_assert_cmpint (sac_graph_input (g, "x", bad[i]), ==, 0);
      g_assert_false (sac_graph_check (g, NULL));
    }
}

static void
test_entry_is_one_value (void)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (SacBlock) block = sac_block_new ("block");
  guint w = sac_block_add (block, "w", SAC_SHAPE (3, 2, 1, 1, 1)), v = sac_block_add (block, "v", SAC_SHAPE (3, 2, 1, 1, 1));

  g_assert_cmpint (sac_graph_entry (g, block, w), ==, sac_graph_entry (g, block, w));
  g_assert_cmpint (sac_graph_entry (g, block, w), !=, sac_graph_entry (g, block, v));
  g_assert_cmpint (sac_graph_page (g, block, 0), !=, sac_graph_entry (g, block, w));
}

static void
test_gradients_of_gradients (void)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  SacVar x = sac_graph_constant (g, SAC_SHAPE_SCALAR, 2), other = sac_graph_constant (g, SAC_SHAPE_SCALAR, 3), y, gx[2];

  /* y = x⁵ through shared values: x²·x²·x */
  y = sac_mul (g, x, x);
  y = sac_mul (g, sac_mul (g, y, y), x);
  for (int order = 1; order <= 3; order++)
    {
      static const float expected[] = { 0, 80, 160, 240 };

      sac_graph_gradients (g, y, (SacVar[]) { x, other }, 2, gx);
      g_assert_cmpint (gx[1], ==, 0);
      y = gx[0];
      g_assert_cmpfloat (run_scalar (g, y), ==, expected[order]);
    }
  sac_graph_gradients (g, x, &x, 1, gx);
  g_assert_cmpfloat (run_scalar (g, gx[0]), ==, 1);
}

static gboolean
scalar_infer (const SacShape *src, guint n_src, const void *params, SacShape *out, GError **error)
{
  *out = src[0];
  return TRUE;
}

static void
copy_kernel (const SacKernelArgs *args)
{
  memcpy (args->dst.data, args->src[0].data, sac_shape_count (args->dst.shape) * sizeof (float));
}

static void
wrong_kernel (const SacKernelArgs *args)
{
  copy_kernel (args);
  args->dst.data[0] += 1;
}

static void
test_no_gradient (void)
{
  static const SacOp op = { .name = "opaque", .n_src = 1, .infer = scalar_infer, .reference = copy_kernel, .inplace = -1 };
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacVar x = sac_graph_input (g, "x", SAC_SHAPE_SCALAR), y = sac_graph_append (g, &op, &x, 1, NULL), gx;

  sac_graph_gradients (g, y, &x, 1, &gx);
  g_assert_false (sac_graph_check (g, &error));
  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_GRADIENT);
  g_assert_nonnull (strstr (error->message, "opaque"));
}

/* An effect is seen by what is appended after it and not by what stands before. */
static void
test_effects_are_ordered (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (2);
  g_autoptr (SacBlock) block = sac_block_new ("block");
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProgram) program = NULL;
  guint at = sac_block_add (block, "w", SAC_SHAPE (1, 20, 1, 1, 1));
  float w[20], got[20];
  SacVar entry, page, in, out[3];

  g_assert_true (sac_block_allocate (block, backend, &error));
  for (int i = 0; i < 20; i++)
    w[i] = (float) i;
  sac_block_write (block, at, w);
  entry = sac_graph_entry (g, block, at);
  in = sac_graph_input (g, "in", SAC_SHAPE (1, 20, 1, 1, 1));
  out[0] = sac_affine (g, entry, 1, 0);
  sac_accumulate (g, entry, in);
  out[1] = sac_affine (g, entry, 1, 0);
  page = sac_graph_page (g, block, 0);
  sac_accumulate (g, page, sac_graph_constant (g, sac_graph_get_shape (g, page), 100));
  out[2] = sac_affine (g, entry, 1, 0);
  program = sac_program_compile (g, out, 3, backend, &error);
  g_assert_no_error (error);
  for (int run = 0; program && run < 2; run++)
    {
      sac_program_set_input (program, in, (float[20]) { 5, 5, 5, 5 });
      g_assert_true (sac_program_run (program, NULL, &error));
      for (int k = 0; k < 3; k++)
        {
          sac_program_get_output (program, out[k], got, NULL);
          g_assert_cmpfloat (got[2], ==, (float) (2 + run * 105 + (k > 0 ? 5 : 0) + (k > 1 ? 100 : 0)));
        }
    }
  sac_block_read (block, at, got, NULL);
  g_assert_cmpfloat (got[19], ==, 19 + 200);
}

static void
test_dead_nodes_are_dropped (void)
{
  g_autoptr (SacBackend) backend = sac_backend_null_new ();
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (SacProgram) program = NULL;
  g_autofree char *text = NULL;
  SacVar x = sac_graph_input (g, "x", SAC_SHAPE (1, 8, 1, 1, 1)), y = sac_relu (g, x);

  sac_sigmoid (g, y);
  program = sac_program_compile (g, &y, 1, backend, NULL);
  g_assert_cmpuint (sac_program_get_cost (program).n_steps, ==, 1);
  text = sac_program_dup_explain (program);
  g_assert_nonnull (strstr (text, "relu"));
  g_assert_null (strstr (text, "sigmoid"));
}

/* ---- the planner alone: no two values that live together overlap, and it is never worse than side by side. */

static void
test_plan_random (void)
{
  for (guint seed = 0; seed < 200; seed++)
    {
      SacRandomKey key = { seed, 1 };
      guint n = 1 + sac_random_below (key, 0, 60), n_steps = 1 + sac_random_below (key, 1, 40);
      g_autofree SacLifetime *lives = g_new0 (SacLifetime, n);
      gsize arena, all = 0, peak = 0;

      for (guint i = 0; i < n; i++)
        {
          lives[i].first = i == 0 ? 0 : MIN (lives[i - 1].first + (gint) sac_random_below (key, 10 + i, 2), (gint) n_steps - 1);
          lives[i].last = sac_random_below (key, 300 + i, 8) == 0 ? G_MAXINT
                          : lives[i].first + (gint) sac_random_below (key, 100 + i, 6);
          lives[i].n_bytes = 1 + sac_random_below (key, 200 + i, 5000);
          lives[i].takes_over = -1;
          all += (lives[i].n_bytes + SAC_PLACE_ALIGN - 1) / SAC_PLACE_ALIGN * SAC_PLACE_ALIGN;
        }
      arena = _sac_plan_memory (lives, n, TRUE);
      g_assert_cmpuint (arena, <=, all);
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpuint (lives[i].offset % SAC_PLACE_ALIGN, ==, 0);
          g_assert_cmpuint (lives[i].offset + lives[i].n_bytes, <=, arena);
          for (guint k = 0; k < i; k++)
            if (lives[i].first <= lives[k].last && lives[k].first <= lives[i].last)
              g_assert_true (lives[i].offset + lives[i].n_bytes <= lives[k].offset
                             || lives[k].offset + lives[k].n_bytes <= lives[i].offset);
        }
      for (guint s = 0; s < n_steps; s++)
        {
          gsize live = 0;

          for (guint i = 0; i < n; i++)
            live += lives[i].first <= (gint) s && lives[i].last >= (gint) s ? lives[i].n_bytes : 0;
          peak = MAX (peak, live);
        }
      g_assert_cmpuint (arena, >=, peak);
    }
}

/* ---- a small network in training: the same bits whatever the plan, the order within a group and the threads. */

typedef struct {
  const char *name, *value;     /* an environment switch, or NULL */
  guint threads;
} Setting;

static float *
train (const Setting *setting, gsize *n_out, SacProgramCost *cost, char **explain)
{
  const SacResnet net = { .depth = 18, .inflated = TRUE, .n_classes = 5, .width = 8, .blocks = { 1, 1, 1, 1 },
                          .pad_time = SAC_PAD_REPLICATE };
  gboolean null = setting->threads == 0;
  g_autoptr (SacBackend) backend = null ? sac_backend_null_new () : sac_backend_cpu_new (setting->threads);
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (SacOptimizer) sgd = NULL;
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  GArray *out = g_array_new (FALSE, FALSE, sizeof (float));
  const SacShape clip_shape = { 3, 3, 4, 21, 18 };
  SacVar clip = sac_graph_input (g, "clip", clip_shape), target = sac_graph_input (g, "target", SAC_SHAPE (3, 5, 1, 1, 1)), loss;
  g_autofree float *pixels = g_new (float, sac_shape_count (clip_shape));
  float labels[15];

  for (gsize i = 0; i < sac_shape_count (clip_shape); i++)
    pixels[i] = sac_test_number (8, i);
  for (guint i = 0; i < 15; i++)
    labels[i] = i % 3 == 0;
  if (setting->name)
    setenv (setting->name, setting->value, 1);
  loss = sac_bce_logits (g, sac_resnet_logits (g, weights, &net, clip, SAC_BN_BATCH, TRUE, NULL), target, 0);
  g_assert_true (sac_weights_allocate (weights, backend, &error));
  if (!null)
    sac_weights_initialise (weights, 3);
  sgd = sac_optimizer_new_sgd (weights, backend, &error);
  sac_optimizer_accumulate (sgd, g, loss);
  program = sac_program_compile (g, &loss, 1, backend, &error);
  g_assert_no_error (error);
  for (guint step = 0; program && !null && step < 3; step++)
    {
      float value;

      sac_program_set_input (program, clip, pixels);
      sac_program_set_input (program, target, labels);
      g_assert_true (sac_program_run (program, NULL, &error));
      g_assert_no_error (error);
      sac_program_get_output (program, loss, &value, NULL);
      g_array_append_val (out, value);
      g_assert_true (sac_optimizer_step (sgd, 0.05, 0.9, 1e-4, 1, &error));
    }
  for (guint b = 0; b < 2 && !null; b++)
    {
      SacBlock *block = b ? sac_weights_get_buffers (weights) : sac_weights_get_params (weights);
      guint at = out->len;

      g_array_set_size (out, at + (guint) sac_block_get_page_floats (block, 0));
      sac_block_read_page (block, 0, &g_array_index (out, float, at), NULL);
    }
  if (setting->name)
    unsetenv (setting->name);
  if (program && cost)
    *cost = sac_program_get_cost (program);
  if (program && explain)
    *explain = sac_program_dup_explain (program);
  *n_out = out->len;
  return (float *) g_array_free (out, FALSE);
}

static const Setting plain = { NULL, NULL, 2 };

static void
test_same_bits (gconstpointer data)
{
  gsize n, n_other;
  g_autofree float *expected = train (&plain, &n, NULL, NULL), *got = train (data, &n_other, NULL, NULL);

  g_assert_cmpuint (n, >, 1000);
  g_assert_cmpuint (n, ==, n_other);
  g_assert_true (isfinite (expected[2]));
  g_assert_cmpfloat (expected[2], <, expected[0]);
  g_assert_true (n == n_other && memcmp (expected, got, n * sizeof (float)) == 0);
}

/* Other instruction sets sum in other orders. */
static void
test_masks (void)
{
  static const Setting settings[] = { { "SACCADE_CPU_MASK", "0", 2 }, { "SACCADE_CPU_MASK", "1", 2 }, { "SACCADE_CPU_MASK", "3", 2 } };
  gsize n, n_other;
  g_autofree float *expected = train (&plain, &n, NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autofree float *got = train (&settings[i], &n_other, NULL, NULL);

      g_assert_cmpuint (n, ==, n_other);
      g_assert_cmpfloat (sac_test_nmse (got, expected, n), <, 1e-6);
    }
}

static void
test_check_passes (void)
{
  static const Setting setting = { "SACCADE_CHECK", "1", 2 };
  gsize n;
  g_autofree float *got = train (&setting, &n, NULL, NULL);

  g_assert_cmpuint (n, >, 1000);
}

static void
test_check_catches (void)
{
  static const SacCpuVariant variants[] = { { "wrong", SAC_CPU_PLAIN, NULL, NULL, wrong_kernel }, { NULL } };
  static SacOp op = { .name = "liar", .n_src = 1, .infer = scalar_infer, .reference = copy_kernel, .cpu = variants, .inplace = -1 };

  for (op.inplace = -1; op.inplace <= 0; op.inplace++)
    {
      g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
      g_autoptr (SacGraph) g = sac_graph_new ();
      g_autoptr (SacProgram) program = NULL;
      g_autoptr (GError) error = NULL;
      SacVar x = sac_graph_constant (g, SAC_SHAPE (1, 8, 1, 1, 1), 0.5f), y;

      y = sac_affine (g, x, 2, 0);
      y = sac_graph_append (g, &op, &y, 1, NULL);
      program = sac_program_compile (g, &y, 1, backend, NULL);
      g_assert_true (sac_program_run (program, NULL, NULL));
      setenv ("SACCADE_CHECK", "1", 1);
      g_assert_false (sac_program_run (program, NULL, &error));
      unsetenv ("SACCADE_CHECK");
      g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CHECK);
      g_assert_nonnull (strstr (error->message, "liar"));
    }
}

static void
test_null_plans_alike (void)
{
  static const Setting null = { NULL, NULL, 0 }, unplanned = { "SACCADE_NO_PLAN", "1", 2 };
  SacProgramCost cpu = { 0 }, planned = { 0 }, loose = { 0 };
  g_autofree char *a = NULL, *b = NULL;
  gsize n;

  g_free (train (&plain, &n, &cpu, &a));
  g_free (train (&null, &n, &planned, &b));
  g_free (train (&unplanned, &n, &loose, NULL));
  g_assert_cmpuint (cpu.arena_bytes, ==, planned.arena_bytes);
  g_assert_cmpuint (cpu.n_steps, ==, planned.n_steps);
  g_assert_cmpuint (cpu.n_barriers, ==, planned.n_barriers);
  g_assert_cmpuint (cpu.block_bytes, ==, planned.block_bytes);
  g_assert_cmpuint (cpu.input_bytes, ==, planned.input_bytes);
  g_assert_cmpfloat (cpu.flops, ==, planned.flops);
  g_assert_cmpuint (strlen (strchr (a, '\n')), ==, strlen (strchr (b, '\n')));
  g_assert_cmpstr (strchr (a, '\n'), ==, strchr (b, '\n'));
  g_assert_cmpuint (cpu.arena_bytes, <, loose.arena_bytes * 6 / 10);
  g_assert_cmpuint (loose.arena_bytes, >=, cpu.unplanned_bytes);
}

/* A training step of the real size, planned only: what a person's machine must hold. */
static void
test_plan_of_a_real_step (void)
{
  g_autoptr (SacBackend) backend = sac_backend_null_new ();
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (SacOptimizer) sgd = NULL;
  g_autoptr (SacProgram) program = NULL;
  SacVar clip = sac_graph_input (g, "clip", SAC_SHAPE (16, 3, 1, 224, 224));
  SacVar target = sac_graph_input (g, "target", SAC_SHAPE (16, 10, 1, 1, 1));
  SacProgramCost cost;
  SacResnet net;
  SacVar loss;

  g_assert_true (sac_resnet_parse ("r18-2d", &net));
  net.n_classes = 10;
  loss = sac_bce_logits (g, sac_resnet_logits (g, weights, &net, clip, SAC_BN_BATCH, TRUE, NULL), target, 0);
  g_assert_true (sac_weights_allocate (weights, backend, NULL));
  sgd = sac_optimizer_new_sgd (weights, backend, NULL);
  sac_optimizer_accumulate (sgd, g, loss);
  program = sac_program_compile (g, &loss, 1, backend, NULL);
  g_assert_nonnull (program);
  cost = sac_program_get_cost (program);
  g_test_message ("arena %.0f MiB, unplanned %.0f, %u steps, %.1f GFLOP", (double) cost.arena_bytes / 1048576,
                  (double) cost.unplanned_bytes / 1048576, cost.n_steps, cost.flops * 1e-9);
  g_assert_cmpuint (cost.arena_bytes >> 20, <, 420);
  g_assert_cmpuint (cost.input_bytes >> 20, <, 16);
  g_assert_cmpfloat (cost.flops, >, 165e9);
  g_assert_cmpfloat (cost.flops, <, 180e9);
}

static void
test_fusion_happens (void)
{
  static const Setting apart = { "SACCADE_NO_FUSE", "1", 2 };
  SacProgramCost fused, loose;
  gsize n;

  g_free (train (&plain, &n, &fused, NULL));
  g_free (train (&apart, &n, &loose, NULL));
  g_assert_cmpuint (fused.n_steps, <, loose.n_steps);
}

/* ---- what can go wrong while running. */

static void
test_no_memory (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  guint failures = 0;

  for (guint nth = 1; nth < 30; nth++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      g_autoptr (SacBlock) block = sac_block_new ("block");
      g_autoptr (SacProgram) program = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strdup_printf ("%u", nth);
      guint w = sac_block_add (block, "w", SAC_SHAPE (4, 3, 1, 3, 3));
      SacVar x, y;

      sac_block_add (block, "large", SAC_SHAPE (1, (gint32) (SAC_BLOCK_PAGE_BYTES / sizeof (float)) - 64, 1, 1, 1));
      setenv ("SACCADE_FAIL_ALLOC", text, 1);
      if (sac_block_allocate (block, backend, &error))
        {
          x = sac_graph_input (g, "x", SAC_SHAPE (2, 3, 1, 8, 8));
          y = sac_conv3d (g, x, sac_graph_entry (g, block, w), &(SacConv3d) { { 1, 1, 1 }, { 0, 1, 1 }, 0 });
          y = sac_relu (g, sac_add (g, y, sac_graph_constant (g, SAC_SHAPE_SCALAR, 1)));
          program = sac_program_compile (g, &y, 1, backend, &error);
        }
      unsetenv ("SACCADE_FAIL_ALLOC");
      if (program)
        break;
      g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY);
      g_assert_false (failures == 0 && sac_block_is_allocated (block));
      failures++;
    }
  g_assert_cmpuint (failures, >=, 3);
  g_assert_cmpuint (failures, <, 29);
}

static void
test_block_without_memory (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1), other = sac_backend_cpu_new (1);
  g_autoptr (SacBlock) block = sac_block_new ("block");
  g_autoptr (SacGraph) g = sac_graph_new ();
  SacVar y = sac_relu (g, sac_graph_entry (g, block, sac_block_add (block, "w", SAC_SHAPE_SCALAR)));

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sac_program_compile (g, &y, 1, backend, &error));
      g_assert_nonnull (error);
      if (i == 0)
        g_assert_true (sac_block_allocate (block, other, NULL));
    }
}

static void
test_cancel (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacVar y = sac_relu (g, sac_graph_constant (g, SAC_SHAPE_SCALAR, 1));
  g_autoptr (SacProgram) program = sac_program_compile (g, &y, 1, backend, NULL);

  g_assert_true (sac_program_run (program, cancellable, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_false (sac_program_run (program, cancellable, &error));
  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_CANCELLED);
}

static void
test_profile_and_explain (void)
{
  if (g_test_subprocess ())
    {
      gsize n;

      setenv ("SACCADE_EXPLAIN", "1", 1);
      setenv ("SACCADE_PROFILE", "1", 1);
      g_free (train (&plain, &n, NULL, NULL));
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*program on cpu*conv3d_weight*profile*conv3d*GFLOP/s*GB/s*");
}

int
main (int argc, char **argv)
{
  static const Setting settings[] = {
    { NULL, NULL, 1 }, { NULL, NULL, 3 }, { "SACCADE_REVERSE", "1", 2 }, { "SACCADE_NO_PLAN", "1", 2 }, { "SACCADE_NO_FUSE", "1", 2 },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/graph/errors-stick", test_errors_stick);
  g_test_add_func ("/graph/sources-must-stand", test_sources_must_stand);
  g_test_add_func ("/graph/gradient/of-statistics", test_gradient_of_statistics);
  g_test_add_func ("/graph/shapes-are-bounded", test_shapes_are_bounded);
  g_test_add_func ("/graph/entry-is-one-value", test_entry_is_one_value);
  g_test_add_func ("/graph/gradient/of-gradients", test_gradients_of_gradients);
  g_test_add_func ("/graph/gradient/none", test_no_gradient);
  g_test_add_func ("/graph/effects-are-ordered", test_effects_are_ordered);
  g_test_add_func ("/graph/dead-nodes", test_dead_nodes_are_dropped);
  g_test_add_func ("/graph/plan/random", test_plan_random);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      const char *what = settings[i].name ? settings[i].name + strlen ("SACCADE_") : settings[i].threads == 1 ? "1-thread" : "3-threads";
      g_autofree char *path = g_strdup_printf ("/graph/same-bits/%s", what);

      g_test_add_data_func (path, &settings[i], test_same_bits);
    }
  g_test_add_func ("/graph/masks", test_masks);
  g_test_add_func ("/graph/check/passes", test_check_passes);
  g_test_add_func ("/graph/check/catches", test_check_catches);
  g_test_add_func ("/graph/plan/null", test_null_plans_alike);
  g_test_add_func ("/graph/plan/real-step", test_plan_of_a_real_step);
  g_test_add_func ("/graph/fusion-happens", test_fusion_happens);
  g_test_add_func ("/graph/no-memory", test_no_memory);
  g_test_add_func ("/graph/block-without-memory", test_block_without_memory);
  g_test_add_func ("/graph/cancel", test_cancel);
  g_test_add_func ("/graph/profile", test_profile_and_explain);
  return g_test_run ();
}
