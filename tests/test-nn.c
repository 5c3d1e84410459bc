/* Networks by name and number: parameters, shapes, initial values, batch norm's running statistics, momentum SGD. */
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "nn/sac-nn.h"

/* methods/01, acceptance facts: trainable parameters with BN's. */
static void
test_counts (void)
{
  static const struct { const char *name; gint32 classes; guint64 n; } counts[] = {
    { "r50-2d", 1000, 25557032 }, { "r50-2d", 20, 23549012 }, { "i3d-r50", 1000, 48210344 }, { "i3d-r50", 20, 46202324 },
    { "i3d-r50", 339, 46855955 }, { "i3d-r18", 6, 33169350 }, { "i3d-r18", 20, 33176532 }, { "i3d-r18", 400, 33371472 },
    { "r18-2d", 1000, 11689512 },
    { "hara-r50", 400, 47018576 }, { "hara-r50", 339, 46893587 }, { "hara-r50", 305, 46823921 }, { "hara-r50", 20, 46239956 },
    { "nonlocal-r50", 400, 28043472 }, { "nonlocal-r50", 20, 27264852 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (SacWeights) weights = sac_weights_new ();
      g_autoptr (GError) error = NULL;
      SacResnet net;

      g_assert_true (sac_resnet_parse (counts[i].name, &net));
      net.n_classes = counts[i].classes;
      g_assert_true (sac_resnet_declare (weights, &net, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (sac_weights_count_params (weights), ==, counts[i].n);
    }
}

static guint64
count_prefix (SacWeights *weights, const char *prefix)
{
  SacBlock *block = sac_weights_get_params (weights);
  guint64 n = 0;

  for (guint i = 0; i < sac_block_get_n_entries (block); i++)
    if (g_str_has_prefix (sac_block_get_entry (block, i)->name, prefix))
      n += sac_shape_count (sac_block_get_entry (block, i)->shape);
  return n;
}

static void
test_stage_counts (void)
{
  static const struct { const char *name; guint64 stage[4], trunk; } counts[] = {
    { "r50-2d", { 215808, 1219584, 7098368, 14964736 }, 23508032 },
    { "i3d-r50", { 436992, 2399232, 14176256, 29120512 }, 46161344 },
    { "i3d-r18", { 0 }, 33166272 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (SacWeights) weights = sac_weights_new ();
      SacResnet net;

      g_assert_true (sac_resnet_parse (counts[i].name, &net));
      g_assert_true (sac_resnet_declare (weights, &net, NULL));
      for (guint s = 0; s < 4 && counts[i].stage[0]; s++)
        {
          g_autofree char *prefix = g_strdup_printf ("layer%u.", s + 1);

          g_assert_cmpuint (count_prefix (weights, prefix), ==, counts[i].stage[s]);
        }
      g_assert_cmpuint (count_prefix (weights, "") - count_prefix (weights, "fc."), ==, counts[i].trunk);
    }
}

static void
assert_shape (SacGraph *graph, SacVar v, SacShape shape)
{
  g_autofree char *a = sac_shape_dup_string (sac_graph_get_shape (graph, v)), *b = sac_shape_dup_string (shape);

  g_assert_cmpstr (a, ==, b);
}

static void
test_shapes (void)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new (), other = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacResnetTaps taps;
  SacResnet net;

  g_assert_true (sac_resnet_parse ("i3d-r50", &net));
  net.n_classes = 20;
  sac_resnet_logits (graph, weights, &net, sac_graph_input (graph, "clip", SAC_SHAPE (1, 3, 32, 224, 224)), SAC_BN_FROZEN, FALSE, &taps);
  g_assert_true (sac_graph_check (graph, &error));
  g_assert_no_error (error);
  assert_shape (graph, taps.stem, SAC_SHAPE (1, 64, 16, 56, 56));
  assert_shape (graph, taps.layer[0], SAC_SHAPE (1, 256, 16, 56, 56));
  assert_shape (graph, taps.layer[1], SAC_SHAPE (1, 512, 8, 28, 28));
  assert_shape (graph, taps.layer[2], SAC_SHAPE (1, 1024, 4, 14, 14));
  assert_shape (graph, taps.layer[3], SAC_SHAPE (1, 2048, 2, 7, 7));
  assert_shape (graph, taps.features, SAC_SHAPE (1, 2048, 1, 1, 1));
  assert_shape (graph, taps.logits, SAC_SHAPE (1, 20, 1, 1, 1));
  sac_resnet_logits (other, weights, &net, sac_graph_input (other, "clip", SAC_SHAPE (2, 3, 16, 112, 112)), SAC_BN_BATCH, TRUE, &taps);
  g_assert_true (sac_graph_check (other, &error));
  assert_shape (other, taps.layer[3], SAC_SHAPE (2, 2048, 1, 4, 4));
}

static void
assert_stages (const char *name, gint32 n_frames, SacShape stem, const SacShape *layers)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacResnetTaps taps;
  SacResnet net;

  g_assert_true (sac_resnet_parse (name, &net));
  sac_resnet_logits (graph, weights, &net, sac_graph_input (graph, "clip", SAC_SHAPE (1, 3, n_frames, 224, 224)), SAC_BN_FROZEN, FALSE,
                     &taps);
  sac_graph_check (graph, &error);
  g_assert_no_error (error);
  assert_shape (graph, taps.stem, stem);
  for (int i = 0; i < 4; i++)
    assert_shape (graph, taps.layer[i], layers[i]);
}

/* methods/01 §2.2, the geometries of published networks. */
static void
test_geometries (void)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacResnet net;

  assert_stages ("hara-r50", 32, SAC_SHAPE (1, 64, 16, 56, 56),
                 (SacShape[]) { SAC_SHAPE (1, 256, 16, 56, 56), SAC_SHAPE (1, 512, 8, 28, 28), SAC_SHAPE (1, 1024, 4, 14, 14),
                                SAC_SHAPE (1, 2048, 2, 7, 7) });
  assert_stages ("hara-r18", 16, SAC_SHAPE (1, 64, 8, 56, 56),
                 (SacShape[]) { SAC_SHAPE (1, 64, 8, 56, 56), SAC_SHAPE (1, 128, 4, 28, 28), SAC_SHAPE (1, 256, 2, 14, 14),
                                SAC_SHAPE (1, 512, 1, 7, 7) });
  assert_stages ("nonlocal-r50", 32, SAC_SHAPE (1, 64, 8, 55, 55),
                 (SacShape[]) { SAC_SHAPE (1, 256, 8, 55, 55), SAC_SHAPE (1, 512, 4, 28, 28), SAC_SHAPE (1, 1024, 4, 14, 14),
                                SAC_SHAPE (1, 2048, 4, 7, 7) });
  /* Fewer frames leave nothing behind the strides in time. */
  g_assert_true (sac_resnet_parse ("nonlocal-r50", &net));
  sac_resnet_logits (graph, weights, &net, sac_graph_input (graph, "clip", SAC_SHAPE (1, 3, 7, 64, 64)), SAC_BN_FROZEN, FALSE, NULL);
  g_assert_false (sac_graph_check (graph, &error));
  g_assert_nonnull (strstr (error->message, "8 frames"));
  g_assert_false (sac_resnet_parse ("nonlocal-r18", &net));
}

static void
test_dims (void)
{
  g_autoptr (SacWeights) flat = sac_weights_new (), deep = sac_weights_new ();
  gint64 dims[5];
  SacResnet net;

  sac_resnet_parse ("r50-2d", &net);
  net.n_classes = 1;
  g_assert_true (sac_resnet_declare (flat, &net, NULL));
  g_assert_cmpuint (sac_weights_get_dims (flat, "conv1.weight", dims), ==, 4);
  g_assert_cmpint (dims[3], ==, 7);
  g_assert_cmpuint (sac_weights_get_dims (flat, "layer1.0.downsample.0.weight", dims), ==, 4);
  g_assert_cmpuint (sac_weights_get_dims (flat, "fc.weight", dims), ==, 2);
  g_assert_cmpint (dims[0], ==, 1);
  g_assert_cmpuint (sac_weights_get_dims (flat, "fc.bias", dims), ==, 1);
  g_assert_cmpuint (sac_weights_get_dims (flat, "layer4.2.bn3.running_var", dims), ==, 1);
  g_assert_cmpint (dims[0], ==, 2048);
  sac_resnet_parse ("i3d-r50", &net);
  g_assert_true (sac_resnet_declare (deep, &net, NULL));
  g_assert_cmpuint (sac_weights_get_dims (deep, "layer1.0.conv1.weight", dims), ==, 5);
  g_assert_cmpuint (sac_weights_get_dims (deep, "conv1.weight", dims), ==, 5);
  g_assert_cmpint (dims[2], ==, 3);
}

static void
test_wrong_use (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) a = sac_graph_new (), b = sac_graph_new (), c = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacResnet net = { .depth = 34, .n_classes = 2, .width = 4 };

  sac_weights_param (weights, a, "w", SAC_SHAPE (1, 4, 1, 1, 1), SAC_INIT_ONES);
  g_assert_true (sac_graph_check (a, NULL));
  sac_weights_param (weights, a, "w", SAC_SHAPE (1, 5, 1, 1, 1), SAC_INIT_ONES);
  g_assert_false (sac_graph_check (a, &error));
  g_assert_nonnull (strstr (error->message, "“w”"));
  g_clear_error (&error);
  g_assert_true (sac_weights_allocate (weights, backend, NULL));
  sac_weights_param (weights, b, "late", SAC_SHAPE_SCALAR, SAC_INIT_ONES);
  g_assert_false (sac_graph_check (b, &error));
  g_clear_error (&error);
  sac_resnet_logits (c, weights, &net, sac_graph_input (c, "clip", SAC_SHAPE (1, 3, 1, 32, 32)), SAC_BN_FROZEN, FALSE, NULL);
  g_assert_false (sac_graph_check (c, &error));
  g_assert_nonnull (strstr (error->message, "34"));
  g_assert_false (sac_resnet_parse ("r34", &net));
}

static SacWeights *
small_net (SacResnet *net, const char *name, SacBackend *backend, guint64 seed)
{
  SacWeights *weights = sac_weights_new ();

  g_assert_true (sac_resnet_parse (name, net));
  net->width = 4;
  net->n_classes = 3;
  for (int i = 0; i < 4; i++)
    net->blocks[i] = 1;
  g_assert_true (sac_resnet_declare (weights, net, NULL));
  g_assert_true (sac_weights_allocate (weights, backend, NULL));
  sac_weights_initialise (weights, seed);
  return weights;
}

static void
test_initialise (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacWeights) a = sac_weights_new (), b = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacShape kernel = SAC_SHAPE (64, 32, 3, 3, 3), head = SAC_SHAPE (50, 200, 1, 1, 1), vector = SAC_SHAPE (1, 8, 1, 1, 1);
  g_autofree float *x = g_new (float, sac_shape_count (kernel)), *y = g_new (float, sac_shape_count (kernel));
  double sum = 0, squares = 0;

  sac_weights_param (a, graph, "k", kernel, SAC_INIT_KAIMING_FAN_OUT);
  sac_weights_param (a, graph, "h", head, SAC_INIT_HEAD);
  sac_weights_buffer (a, graph, "v", vector, SAC_INIT_ONES);
  sac_weights_param (b, graph, "h", head, SAC_INIT_HEAD);
  sac_weights_param (b, graph, "k", kernel, SAC_INIT_KAIMING_FAN_OUT);
  g_assert_true (sac_weights_allocate (a, backend, NULL) && sac_weights_allocate (b, backend, NULL));
  sac_weights_initialise (a, 7);
  sac_weights_initialise (b, 7);
  g_assert_true (sac_weights_read (a, "k", x) && sac_weights_read (b, "k", y));
  g_assert_cmpmem (x, sac_shape_count (kernel) * sizeof (float), y, sac_shape_count (kernel) * sizeof (float));
  for (gsize i = 0; i < sac_shape_count (kernel); i++)
    {
      sum += x[i];
      squares += (double) x[i] * x[i];
    }
  g_assert_cmpfloat_with_epsilon (squares / (double) sac_shape_count (kernel) * (64 * 27) / 2, 1, 0.03);
  g_assert_cmpfloat_with_epsilon (sum / (double) sac_shape_count (kernel), 0, 1e-3);
  g_assert_true (sac_weights_read (a, "v", y));
  g_assert_true (y[0] == 1 && y[7] == 1);
  sac_weights_initialise_one (a, "h", 8);
  g_assert_true (sac_weights_read (a, "h", x) && sac_weights_read (b, "h", y));
  g_assert_true (x[0] != y[0]);
  squares = 0;
  for (gsize i = 0; i < sac_shape_count (head); i++)
    squares += (double) x[i] * x[i];
  g_assert_cmpfloat_with_epsilon (sqrt (squares / (double) sac_shape_count (head)), 0.01, 3e-4);
  g_assert_false (sac_weights_read (a, "absent", x));
}

/* After one training run the statistics have moved by a tenth towards the batch's mean and unbiased variance. */
static void
test_running_statistics (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacGraph) graph = sac_graph_new (), still = sac_graph_new ();
  SacResnet net;
  g_autoptr (SacWeights) weights = small_net (&net, "r18-2d", backend, 3);
  g_autoptr (SacProgram) program = NULL, frozen = NULL;
  g_autoptr (GError) error = NULL;
  SacShape shape = SAC_SHAPE (2, 3, 1, 16, 16);
  SacVar clip = sac_graph_input (graph, "clip", shape), same = sac_graph_input (still, "clip", shape), conv, logits;
  g_autofree float *input = g_new (float, sac_shape_count (shape));
  float mean[4], variance[4], before[4];
  float values[2 * 8 * 8 * 4];
  SacVar w = sac_weights_param (weights, graph, "conv1.weight", SAC_SHAPE (4, 3, 1, 7, 7), SAC_INIT_KAIMING_FAN_OUT);

  for (gsize i = 0; i < sac_shape_count (shape); i++)
    input[i] = (float) sac_random_normal ((SacRandomKey) { 1, 2 }, i);
  conv = sac_conv3d (graph, clip, w, &(SacConv3d) { { 1, 2, 2 }, { 0, 3, 3 }, SAC_PAD_ZEROS });
  logits = sac_resnet_logits (graph, weights, &net, clip, SAC_BN_BATCH, TRUE, NULL);
  program = sac_program_compile (graph, (SacVar[]) { conv, logits }, 2, backend, &error);
  g_assert_no_error (error);
  sac_program_set_input (program, clip, input);
  g_assert_true (sac_program_run (program, NULL, &error));
  sac_program_get_output (program, conv, values, NULL);
  g_assert_true (sac_weights_read (weights, "bn1.running_mean", mean) && sac_weights_read (weights, "bn1.running_var", variance));
  for (int c = 0; c < 4; c++)
    {
      double sum = 0, squares = 0;

      for (int i = 0; i < 128; i++)
        sum += values[i * 4 + c];
      for (int i = 0; i < 128; i++)
        squares += (values[i * 4 + c] - sum / 128) * (values[i * 4 + c] - sum / 128);
      g_assert_cmpfloat_with_epsilon (mean[c], 0.1 * sum / 128, 1e-6);
      g_assert_cmpfloat_with_epsilon (variance[c], 0.9 + 0.1 * squares / 127, 1e-5);
    }

  /* Evaluation and frozen training leave them alone. */
  sac_resnet_logits (still, weights, &net, same, SAC_BN_FROZEN, TRUE, NULL);
  logits = sac_resnet_logits (still, weights, &net, same, SAC_BN_BATCH, FALSE, NULL);
  frozen = sac_program_compile (still, &logits, 1, backend, &error);
  g_assert_no_error (error);
  sac_program_set_input (frozen, same, input);
  g_assert_true (sac_program_run (frozen, NULL, &error));
  g_assert_true (sac_weights_read (weights, "bn1.running_mean", before));
  g_assert_cmpmem (before, sizeof before, mean, sizeof mean);
}

/* loss = Σ c·w has the gradient c: steps by hand, with decay, a scale and a frozen entry. */
static void
test_sgd (void)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacOptimizer) optimizer = NULL;
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacShape vector = SAC_SHAPE (1, 3, 1, 1, 1);
  SacVar a = sac_weights_param (weights, graph, "body.a", vector, SAC_INIT_ONES);
  SacVar b = sac_weights_param (weights, graph, "fc.b", vector, SAC_INIT_ONES);
  SacVar f = sac_weights_param (weights, graph, "stem.f", vector, SAC_INIT_ONES);
  SacVar c = sac_graph_constant_data (graph, vector, (float[]) { 1, -2, 0.5f });
  SacVar loss = sac_sum_to (graph, sac_mul (graph, sac_add (graph, a, sac_add (graph, b, f)), c), SAC_SHAPE_SCALAR);
  double w[2][3], v[2][3] = { { 0 } }, g[3] = { 1, -2, 0.5 };
  float out[3];

  g_assert_true (sac_weights_allocate (weights, backend, NULL));
  sac_weights_initialise (weights, 0);
  optimizer = sac_optimizer_new_sgd (weights, backend, &error);
  sac_optimizer_set_scale (optimizer, "fc.", 3);
  sac_optimizer_set_scale (optimizer, "stem.", 0);
  sac_optimizer_accumulate (optimizer, graph, loss);
  program = sac_program_compile (graph, &loss, 1, backend, &error);
  g_assert_no_error (error);
  for (int i = 0; i < 3; i++)
    w[0][i] = w[1][i] = 1;
  for (int step = 0; step < 5; step++)
    {
      double rate = step < 3 ? 0.1 : 0.01, norm = -1;

      g_assert_true (sac_program_run (program, NULL, &error));
      g_assert_true (sac_program_run (program, NULL, &error));
      /* two runs of the gradient c at two entries: the frozen one has no part */
      g_assert_true (sac_optimizer_gradient_norm (optimizer, &norm, NULL));
      g_assert_cmpfloat_with_epsilon (norm, sqrt (2 * 4 * 5.25), 1e-5);
      g_assert_true (sac_optimizer_step (optimizer, rate, 0.9, 0.01, 0.5, &error));
      g_assert_no_error (error);
      g_assert_true (sac_optimizer_gradient_norm (optimizer, &norm, NULL) && norm == 0);
      for (int k = 0; k < 2; k++)
        for (int i = 0; i < 3; i++)
          {
            v[k][i] = 0.9 * v[k][i] + g[i] + 0.01 * w[k][i];
            w[k][i] -= rate * (k ? 3 : 1) * v[k][i];
          }
    }
  for (int k = 0; k < 3; k++)
    {
      g_assert_true (sac_weights_read (weights, k == 0 ? "body.a" : k == 1 ? "fc.b" : "stem.f", out));
      for (int i = 0; i < 3; i++)
        g_assert_cmpfloat_with_epsilon (out[i], k < 2 ? w[k][i] : 1, 1e-5);
    }
}

/* Runs @rounds batches of @n clips and one update; the params come back in one vector. */
static GArray *
train_once (guint n, guint rounds)
{
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (2);
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacResnet net;
  g_autoptr (SacWeights) weights = small_net (&net, "i3d-r18", backend, 5);
  g_autoptr (SacOptimizer) optimizer = sac_optimizer_new_sgd (weights, backend, NULL);
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacShape shape = SAC_SHAPE ((gint32) n, 3, 16, 24, 24), one = SAC_SHAPE (1, 3, 16, 24, 24);
  SacVar clip = sac_graph_input (graph, "clip", shape), target = sac_graph_input (graph, "target", SAC_SHAPE ((gint32) n, 3, 1, 1, 1));
  SacVar loss = sac_bce_logits (graph, sac_resnet_logits (graph, weights, &net, clip, SAC_BN_FROZEN, TRUE, NULL), target, 0);
  SacBlock *block = sac_weights_get_params (weights);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (float));
  g_autofree float *input = g_new (float, sac_shape_count (shape));

  sac_optimizer_accumulate (optimizer, graph, loss);
  program = sac_program_compile (graph, &loss, 1, backend, &error);
  g_assert_no_error (error);
  for (guint round = 0; round < rounds; round++)
    {
      float wanted[12];

      for (guint k = 0; k < n; k++)
        {
          guint clip_number = round * n + k;

          for (gsize i = 0; i < sac_shape_count (one); i++)
            input[k * sac_shape_count (one) + i] = (float) sac_random_normal ((SacRandomKey) { 9, clip_number }, i);
          for (int c = 0; c < 3; c++)
            wanted[k * 3 + c] = (float) ((clip_number >> c) & 1);
        }
      sac_program_set_input (program, clip, input);
      sac_program_set_input (program, target, wanted);
      g_assert_true (sac_program_run (program, NULL, &error));
    }
  g_assert_true (sac_optimizer_step (optimizer, 0.1, 0.9, 1e-4, 1.0 / rounds, &error));
  for (guint i = 0; i < sac_block_get_n_entries (block); i++)
    {
      guint at = all->len;

      g_array_set_size (all, at + (guint) sac_shape_count (sac_block_get_entry (block, i)->shape));
      sac_block_read (block, i, &g_array_index (all, float, at), NULL);
    }
  return all;
}

/* methods/01: four batches of one with frozen batch norm update as one batch of four. */
static void
test_accumulation (void)
{
  g_autoptr (GArray) four = train_once (1, 4), whole = train_once (4, 1);
  double difference = 0, size = 0;

  for (guint i = 0; i < whole->len; i++)
    {
      double a = g_array_index (four, float, i), b = g_array_index (whole, float, i);

      difference += (a - b) * (a - b);
      size += b * b;
    }
  g_assert_cmpfloat (sqrt (difference / size), <=, 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/nn/resnet/parameter-counts", test_counts);
  g_test_add_func ("/nn/resnet/stage-counts", test_stage_counts);
  g_test_add_func ("/nn/resnet/shapes", test_shapes);
  g_test_add_func ("/nn/resnet/geometries", test_geometries);
  g_test_add_func ("/nn/resnet/running-statistics", test_running_statistics);
  g_test_add_func ("/nn/weights/dims", test_dims);
  g_test_add_func ("/nn/weights/wrong-use", test_wrong_use);
  g_test_add_func ("/nn/weights/initialise", test_initialise);
  g_test_add_func ("/nn/optimizer/sgd", test_sgd);
  g_test_add_func ("/nn/optimizer/accumulation", test_accumulation);
  return g_test_run ();
}
