/* One training step of a tiny I3D, ST-ABN and GAN on the CPU and on a Vulkan device; the same random numbers on both; and as much
 * memory taken from the device as was planned. */
#include <math.h>

#include "backend/sac-backends.h"
#include "nn/sac-nn.h"

static SacBackend *
open_vulkan (void)
{
  g_autoptr (GError) error = NULL;
  SacBackend *backend = sac_backend_vulkan_new (-1, &error);

  if (!backend)
    g_test_skip (error->message);
  return backend;
}

typedef struct {
  const char *network;
  gboolean frozen;
} Case;

static const Case cases[] = {
  { "i3d", TRUE }, { "i3d", FALSE }, { "stabn", TRUE }, { "stabn", FALSE }, { "gan", TRUE }, { "gan", FALSE },
};

/* A loss of two networks at most; the second is the GAN's generator. */
typedef struct {
  SacGraph *graph;
  SacWeights *weights[2];
  SacVar in[3], loss;
} Net;

static SacVar
judge (Net *net, const SacDcgan *gan, SacVar images, SacVar class, gboolean frozen)
{
  return sac_cross_entropy (net->graph, sac_dcgan_discriminator (net->graph, net->weights[0], "D.", gan, images, !frozen), class, 0);
}

static void
build (const Case *c, Net *net)
{
  SacBnMode bn = c->frozen ? SAC_BN_FROZEN : SAC_BN_BATCH;
  SacGraph *g = net->graph;

  if (g_str_equal (c->network, "gan"))
    {
      const SacDcgan gan = { 32, 4, 10, 3, TRUE };
      SacVar fake;

      net->in[0] = sac_graph_input (g, "z", SAC_SHAPE (4, 10, 1, 1, 1));
      net->in[1] = sac_graph_input (g, "real", SAC_SHAPE (4, 3, 1, 32, 32));
      fake = sac_dcgan_generator (g, net->weights[1], "G.", &gan, net->in[0], !c->frozen);
      net->loss = sac_add (g, judge (net, &gan, fake, sac_graph_constant (g, SAC_SHAPE (4, 1, 1, 1, 1), 0), c->frozen),
                           judge (net, &gan, net->in[1], sac_graph_constant (g, SAC_SHAPE (4, 1, 1, 1, 1), 2), c->frozen));
      return;
    }
  net->in[0] = sac_graph_input (g, "clip", SAC_SHAPE (2, 3, 4, 48, 48));
  if (g_str_equal (c->network, "stabn"))
    {
      const SacStabn stabn = { .n_classes = 3, .width = 4, .blocks = { 1, 1, 1, 1 }, .depth = 18 };
      const SacStabnOut out = sac_stabn (g, net->weights[0], &stabn, net->in[0], bn, TRUE);

      net->loss = sac_stabn_loss (g, &out, sac_graph_constant (g, SAC_SHAPE (2, 1, 1, 1, 1), 1));
    }
  else
    {
      SacResnet i3d;

      g_assert_true (sac_resnet_parse ("i3d-r18", &i3d));
      i3d.width = 4;
      i3d.n_classes = 3;
      net->loss = sac_bce_logits (g, sac_resnet_logits (g, net->weights[0], &i3d, net->in[0], bn, TRUE, NULL),
                                  sac_graph_constant (g, SAC_SHAPE (2, 3, 1, 1, 1), 1), 0);
    }
}

/* All gradients behind one another. */
static GArray *
step_on (SacBackend *backend, const Case *c, float *loss)
{
  Net net = { sac_graph_new (), { sac_weights_new (), sac_weights_new () } };
  guint n_nets = g_str_equal (c->network, "gan") ? 2 : 1;
  GArray *out = g_array_new (FALSE, FALSE, sizeof (float));
  SacOptimizer *optimizers[2] = { NULL };
  g_autoptr (GError) error = NULL;
  SacProgram *program;

  build (c, &net);
  g_assert_true (sac_graph_check (net.graph, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < n_nets; i++)
    {
      g_assert_true (sac_weights_allocate (net.weights[i], backend, &error));
      sac_weights_initialise (net.weights[i], 3 + i);
      optimizers[i] = sac_optimizer_new_sgd (net.weights[i], backend, &error);
      sac_optimizer_accumulate (optimizers[i], net.graph, net.loss);
    }
  program = sac_program_compile (net.graph, &net.loss, 1, backend, &error);
  g_assert_no_error (error);
  for (guint i = 0; net.in[i]; i++)
    {
      gsize n = sac_shape_count (sac_graph_get_shape (net.graph, net.in[i]));
      g_autofree float *in = g_new (float, n);

      for (gsize k = 0; k < n; k++)
        in[k] = (float) sac_random_normal ((SacRandomKey) { 7, i }, k);
      sac_program_set_input (program, net.in[i], in);
    }
  g_assert_true (sac_program_run (program, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sac_program_get_output (program, net.loss, loss, &error));
  for (guint i = 0; i < n_nets; i++)
    {
      SacBlock *gradients = sac_optimizer_get_gradients (optimizers[i]);
      guint at = out->len;

      g_array_set_size (out, at + (guint) sac_block_get_page_floats (gradients, 0));
      g_assert_true (sac_block_read_page (gradients, 0, &g_array_index (out, float, at), &error));
    }
  sac_program_free (program);
  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&optimizers[i], sac_optimizer_free);
      sac_weights_free (net.weights[i]);
    }
  sac_graph_free (net.graph);
  return out;
}

static void
test_step (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (SacBackend) vulkan = open_vulkan (), cpu = sac_backend_cpu_new (2);
  g_autoptr (GArray) a = NULL, b = NULL;
  double difference = 0, power = 0;
  float x = 0, y = 0;

  if (!vulkan)
    return;
  a = step_on (cpu, c, &x);
  b = step_on (vulkan, c, &y);
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    {
      double p = (double) g_array_index (a, float, i), q = (double) g_array_index (b, float, i);

      difference += (p - q) * (p - q);
      power += p * p;
    }
  g_test_message ("loss %.7f and %.7f, gradients NMSE %.2g", (double) x, (double) y, difference / power);
  g_assert_cmpfloat (fabs ((double) y / (double) x - 1), <=, c->frozen ? 1e-5 : 1e-4);
  g_assert_cmpfloat (power, >, 0);
  g_assert_cmpfloat (difference / power, <=, c->frozen ? 1e-5 : 3e-3);
}

/* ---- random numbers. */

static void
draw (SacBackend *backend, guint64 step, guint64 first, float *out, SacShape shape)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacVar key = sac_graph_input (graph, "key", SAC_SHAPE (1, SAC_DROPOUT_KEY, 1, 1, 1));
  SacVar y = sac_dropout (graph, sac_graph_constant (graph, shape, 1), key, 0.3f, 5);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProgram) program = sac_program_compile (graph, &y, 1, backend, &error);
  float words[SAC_DROPOUT_KEY];

  g_assert_no_error (error);
  sac_dropout_key (G_GUINT64_CONSTANT (0x9e3779b97f4a7c15), step, first, words);
  sac_program_set_input (program, key, words);
  g_assert_true (sac_program_run (program, NULL, &error));
  g_assert_true (sac_program_get_output (program, y, out, &error));
}

static void
test_random (void)
{
  const SacShape shape = SAC_SHAPE (3, 37, 5, 7, 11);
  gsize n = sac_shape_count (shape);
  g_autofree float *a = g_new (float, n), *b = g_new (float, n);
  g_autoptr (SacBackend) vulkan = open_vulkan (), cpu = sac_backend_cpu_new (2);
  const guint64 steps[] = { 0, 1, G_GUINT64_CONSTANT (5000000017) };

  if (!vulkan)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      gsize kept = 0;

      draw (cpu, steps[i], 1000 * i, a, shape);
      draw (vulkan, steps[i], 1000 * i, b, shape);
      g_assert_cmpmem (a, n * sizeof (float), b, n * sizeof (float));
      for (gsize k = 0; k < n; k++)
        kept += a[k] > 0;
      g_assert_cmpfloat (fabs ((double) kept / (double) n - 0.7), <=, 0.01);
    }
}

/* ---- memory: what a program takes is what its plan says, and it gives back all of it. */

static gsize
round_up (gsize n)
{
  return (n + 255) / 256 * 256;
}

static void
test_planned_peak (void)
{
  g_autoptr (SacBackend) vulkan = open_vulkan ();
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  Net net = { graph, { weights } };
  SacProgram *program;
  SacProgramCost cost;
  SacOptimizer *optimizer;
  gsize before, after, again;

  if (!vulkan)
    return;
  build (&cases[1], &net);
  g_assert_true (sac_weights_allocate (weights, vulkan, &error));
  optimizer = sac_optimizer_new_sgd (weights, vulkan, &error);
  sac_optimizer_accumulate (optimizer, graph, net.loss);
  sac_backend_vulkan_get_memory (vulkan, &before);
  program = sac_program_compile (graph, &net.loss, 1, vulkan, &error);
  g_assert_no_error (error);
  cost = sac_program_get_cost (program);
  g_assert_cmpuint (cost.arena_bytes, >, 1 << 16);
  sac_backend_vulkan_get_memory (vulkan, &after);
  g_test_message ("planned %" G_GSIZE_FORMAT " + %" G_GSIZE_FORMAT " bytes, taken %" G_GSIZE_FORMAT, cost.arena_bytes, cost.input_bytes,
                  after - before);
  g_assert_cmpuint (after - before, ==, round_up (cost.arena_bytes) + round_up (cost.input_bytes));
  g_assert_true (sac_program_run (program, NULL, &error));
  sac_backend_vulkan_get_memory (vulkan, &again);       /* a run takes nothing more */
  g_assert_cmpuint (again, ==, after);
  sac_program_free (program);
  sac_backend_vulkan_get_memory (vulkan, &after);
  g_assert_cmpuint (after, ==, before);
  sac_optimizer_free (optimizer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/backends/step/%s-%s", cases[i].network, cases[i].frozen ? "frozen" : "batch");

      g_test_add_data_func (path, &cases[i], test_step);
    }
  g_test_add_func ("/backends/random", test_random);
  g_test_add_func ("/backends/planned-peak", test_planned_peak);
  return g_test_run ();
}
