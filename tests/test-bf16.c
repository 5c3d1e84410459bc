/* bf16: its rounding, what a program stores so, and that a net trained with it goes where f32 goes. */
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "graph/sac-bf16.h"
#include "nn/sac-nn.h"
#include "ops/sac-ops.h"

static void
test_rounding (void)
{
  SacBf16Copies copies = sac_bf16_copies ();
  float wide[0x10000];
  guint16 half[0x10000];

  for (guint i = 0; i < 0x10000; i++)
    half[i] = (guint16) i;
  copies.widen (wide, half, 0x10000);
  for (guint i = 0; i < 0x10000; i++)
    {
      guint16 back = sac_bf16_from_float (wide[i]);

      if (isnan (wide[i]))
        g_assert_true (isnan (sac_bf16_to_float (back)));
      else
        g_assert_cmphex (back, ==, i);
    }
  /* To the nearest, halves to the even one; what is too large becomes infinite. */
  g_assert_cmphex (sac_bf16_from_float (1.00390625f), ==, 0x3f80);
  g_assert_cmphex (sac_bf16_from_float (1.01171875f), ==, 0x3f82);
  g_assert_cmphex (sac_bf16_from_float (1.003907f), ==, 0x3f81);
  g_assert_cmphex (sac_bf16_from_float (-3.4e38f), ==, 0xff80);
  for (guint i = 0; i < 0x10000; i++)
    wide[i] = ldexpf ((float) (2 * sac_random_unit ((SacRandomKey) { 3, 1 }, i) - 1), (int) (i % 100) - 50);
  copies.narrow (half, wide, 0x10000);
  for (guint i = 0; i < 0x10000; i++)
    {
      g_assert_cmphex (half[i], ==, sac_bf16_from_float (wide[i]));
      g_assert_cmpfloat (fabsf (sac_bf16_to_float (half[i]) - wide[i]), <=, fabsf (wide[i]) / 256);
    }
}

/* ---- a small net. */

typedef struct {
  float losses[30];
  SacProgramCost cost;
  float *weights;
  gsize n_weights;
  char *explained;
} Run;

#define CLIPS SAC_SHAPE (2, 3, 4, 32, 32)

static void
train (Run *run, SacDtype activations, guint threads, gint32 pad_time)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (threads);
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacOptimizer) optimizer = NULL;
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacResnet net;
  SacVar clip, target, loss;
  gsize n = sac_shape_count (CLIPS);
  g_autofree float *pixels = g_new (float, n);
  float labels[2 * 3] = { 1, 0, 0, 0, 1, 1 };
  SacBlock *params;

  g_assert_true (sac_resnet_parse ("i3d-r50", &net));
  net.width = 8;
  net.n_classes = 3;
  net.pad_time = pad_time;
  clip = sac_graph_input (graph, "clip", CLIPS);
  target = sac_graph_input (graph, "target", SAC_SHAPE (2, 3, 1, 1, 1));
  loss = sac_bce_logits (graph, sac_resnet_logits (graph, weights, &net, clip, SAC_BN_FROZEN, TRUE, NULL), target, 0);
  g_assert_true (sac_weights_allocate (weights, backend, &error));
  sac_weights_initialise (weights, 5);
  optimizer = sac_optimizer_new_sgd (weights, backend, &error);
  g_assert_no_error (error);
  sac_optimizer_accumulate (optimizer, graph, loss);
  program = sac_program_compile_with (graph, &loss, 1, backend, &(SacCompileOptions) { .activations = activations }, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    pixels[i] = (float) sac_random_normal ((SacRandomKey) { 1, 1 }, i);
  sac_program_set_input (program, clip, pixels);
  sac_program_set_input (program, target, labels);
  for (guint i = 0; i < G_N_ELEMENTS (run->losses); i++)
    {
      g_assert_true (sac_program_run (program, NULL, &error));
      g_assert_true (sac_optimizer_step (optimizer, pad_time == SAC_PAD_ZEROS ? 1e-3 : 1e-4, 0.9, 1e-4, 1, &error));
      sac_program_get_output (program, loss, &run->losses[i], NULL);
    }
  params = sac_weights_get_params (weights);
  run->cost = sac_program_get_cost (program);
  run->explained = sac_program_dup_explain (program);
  run->n_weights = sac_block_get_page_floats (params, 0);
  run->weights = g_new (float, run->n_weights);
  sac_block_read_page (params, 0, run->weights, NULL);
}

static void
run_clear (Run *run)
{
  g_free (run->weights);
  g_free (run->explained);
}

static void
test_trains (gconstpointer data)
{
  Run wide, narrow;
  double sum[2] = { 0, 0 };

  train (&wide, SAC_F32, 2, GPOINTER_TO_INT (data));
  train (&narrow, SAC_BF16, 2, GPOINTER_TO_INT (data));
  for (guint i = 0; i < G_N_ELEMENTS (wide.losses); i++)
    {
      g_test_message ("step %u: %g with f32, %g with bf16", i, (double) wide.losses[i], (double) narrow.losses[i]);
      sum[0] += (double) wide.losses[i];
      sum[1] += (double) narrow.losses[i];
    }
  g_assert_cmpfloat (fabsf (wide.losses[0] - narrow.losses[0]), <, 0.03f * wide.losses[0]);
  g_assert_cmpfloat (wide.losses[29], <, 0.9f * wide.losses[0]);
  g_assert_cmpfloat (fabs (sum[0] - sum[1]), <, 0.03 * sum[0]);
  g_assert_null (strstr (wide.explained, "bf16"));
  g_assert_nonnull (strstr (narrow.explained, "bf16"));
  run_clear (&wide);
  run_clear (&narrow);
}

/* Activations take half; workspaces and weight gradients do not. */
static void
test_memory (void)
{
  g_autoptr (SacBackend) backend = sac_backend_null_new ();
  gsize arena[2];

  for (SacDtype activations = SAC_F32; activations <= SAC_BF16; activations++)
    {
      g_autoptr (SacWeights) weights = sac_weights_new ();
      g_autoptr (SacGraph) graph = sac_graph_new ();
      g_autoptr (SacOptimizer) optimizer = NULL;
      g_autoptr (SacProgram) program = NULL;
      g_autoptr (GError) error = NULL;
      SacResnet net;
      SacVar clip = sac_graph_input (graph, "clip", SAC_SHAPE (2, 3, 16, 112, 112)), loss;

      g_assert_true (sac_resnet_parse ("i3d-r50", &net));
      loss = sac_mean (graph, sac_resnet_logits (graph, weights, &net, clip, SAC_BN_BATCH, TRUE, NULL));
      g_assert_true (sac_weights_allocate (weights, backend, &error));
      optimizer = sac_optimizer_new_sgd (weights, backend, &error);
      sac_optimizer_accumulate (optimizer, graph, loss);
      program = sac_program_compile_with (graph, &loss, 1, backend, &(SacCompileOptions) { .activations = activations }, &error);
      g_assert_no_error (error);
      arena[activations] = sac_program_get_cost (program).arena_bytes;
    }
  g_test_message ("arena %" G_GSIZE_FORMAT " bytes with f32, %" G_GSIZE_FORMAT " with bf16", arena[SAC_F32], arena[SAC_BF16]);
  g_assert_cmpuint (arena[SAC_BF16], <, arena[SAC_F32] * 7 / 10);
}

/* The same bits for 1 and 2 threads, on each instruction set. */
static void
test_threads (void)
{
  static const char *const masks[] = { "0", "1", "3", "7" };

  for (guint m = 0; m < G_N_ELEMENTS (masks); m++)
    {
      Run one, two;

      g_setenv ("SACCADE_CPU_MASK", masks[m], TRUE);
      train (&one, SAC_BF16, 1, SAC_PAD_REPLICATE);
      train (&two, SAC_BF16, 2, SAC_PAD_REPLICATE);
      g_assert_cmpmem (one.losses, sizeof one.losses, two.losses, sizeof two.losses);
      g_assert_cmpmem (one.weights, one.n_weights * sizeof (float), two.weights, two.n_weights * sizeof (float));
      run_clear (&one);
      run_clear (&two);
    }
  g_unsetenv ("SACCADE_CPU_MASK");
}

/* Each step of a whole training beside its reference. */
static void
test_checked (void)
{
  Run run;

  g_setenv ("SACCADE_CHECK", "1", TRUE);
  train (&run, SAC_BF16, 2, SAC_PAD_REPLICATE);
  g_unsetenv ("SACCADE_CHECK");
  run_clear (&run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bf16/rounding", test_rounding);
  g_test_add_data_func ("/bf16/trains", GINT_TO_POINTER (SAC_PAD_ZEROS), test_trains);
  g_test_add_data_func ("/bf16/trains/replicated", GINT_TO_POINTER (SAC_PAD_REPLICATE), test_trains);
  g_test_add_func ("/bf16/memory", test_memory);
  g_test_add_func ("/bf16/threads", test_threads);
  g_test_add_func ("/bf16/checked", test_checked);
  return g_test_run ();
}
