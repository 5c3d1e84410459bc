/* Spectral norm, DCGAN and MAD-GAN's step: known numbers of methods/07, and three updates beside PyTorch's, from
 * data/golden/gan-k3.safetensors (pack.py there says how it is made). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "weights/sac-weight-files.h"

#define N_GENERATORS 3



/* ---- spectral norm. */

typedef struct {
  SacBackend *backend;
  SacWeights *weights;
  SacProgram *program;
  SacVar sigma, gradient, normalised;
} Spectral;

/* A graph of σ of one matrix, of W/σ, and of the gradient of a weighted sum of W/σ. */
static void
spectral_init (Spectral *s, gint32 rows, gint32 columns, const float *w, const float *u, const float *v, gboolean train)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  g_autofree float *weigh = g_new (float, rows * columns);
  SacShape shape = SAC_SHAPE (rows, columns, 1, 1, 1);
  SacVar param, sum;

  s->backend = sac_backend_cpu_new (1);
  s->weights = sac_weights_new ();
  param = sac_weights_param (s->weights, g, "w", shape, SAC_INIT_DCGAN);
  s->sigma = sac_spectral_sigma (g, s->weights, "w", param, train);
  s->normalised = sac_mul (g, param, sac_power (g, s->sigma, -1));
  for (gint32 i = 0; i < rows * columns; i++)
    weigh[i] = (float) (i * i % 7) - 2.5f;
  sum = sac_sum_to (g, sac_mul (g, s->normalised, sac_graph_constant_data (g, shape, weigh)), SAC_SHAPE_SCALAR);
  sac_graph_gradients (g, sum, &param, 1, &s->gradient);
  g_assert_true (sac_weights_allocate (s->weights, s->backend, &error));
  sac_weights_initialise (s->weights, 5);
  sac_weights_write (s->weights, "w", w);
  if (u)
    sac_weights_write (s->weights, "w_u", u);
  if (v)
    sac_weights_write (s->weights, "w_v", v);
  s->program = sac_program_compile (g, (SacVar[]) { s->sigma, s->normalised, s->gradient }, 3, s->backend, &error);
  g_assert_no_error (error);
}

static void
spectral_clear (Spectral *s)
{
  sac_program_free (s->program);
  sac_weights_free (s->weights);
  sac_backend_free (s->backend);
}

static float
spectral_run (Spectral *s)
{
  float sigma = NAN;

  g_assert_true (sac_program_run (s->program, NULL, NULL));
  sac_program_get_output (s->program, s->sigma, &sigma, NULL);
  return sigma;
}

static void
test_estimates (void)
{
  static const struct { float w[4], u[2]; double sigma[4]; guint n; } known[] = {
    { { 3, 0, 0, 1 }, { 0.70710678f, 0.70710678f }, { 2.863564, 2.998173, 2.999977, 3 }, 4 },
    { { 1, 2, 3, 4 }, { 1, 0 }, { 5.403702, 5.464984, 5.464986 }, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      Spectral s;

      spectral_init (&s, 2, 2, known[i].w, known[i].u, NULL, TRUE);
      for (guint k = 0; k < known[i].n; k++)
        g_assert_cmpfloat_with_epsilon (spectral_run (&s), known[i].sigma[k], 2e-6);
      spectral_clear (&s);
    }
}

/* ∂L/∂W = (G − ⟨G,W/σ⟩·u vᵀ)/σ with the vectors of this pass; ⟨∂L/∂W, W⟩ = 0. */
static void
test_gradient (void)
{
  enum { ROWS = 3, COLUMNS = 5, N = ROWS * COLUMNS };
  float w[N], normalised[N], gradient[N], u[ROWS], v[COLUMNS];
  double product = 0, along = 0;
  Spectral s;
  float sigma;

  for (guint i = 0; i < N; i++)
    w[i] = sinf ((float) i * 1.7f);
  spectral_init (&s, ROWS, COLUMNS, w, NULL, NULL, TRUE);
  sigma = spectral_run (&s);
  sac_program_get_output (s.program, s.normalised, normalised, NULL);
  sac_program_get_output (s.program, s.gradient, gradient, NULL);
  g_assert_true (sac_weights_read (s.weights, "w_u", u) && sac_weights_read (s.weights, "w_v", v));
  for (gint32 i = 0; i < N; i++)
    {
      g_assert_cmpfloat_with_epsilon (normalised[i], w[i] / sigma, 1e-6);
      product += (i * i % 7 - 2.5) * (double) normalised[i];
      along += (double) gradient[i] * (double) w[i];
    }
  for (gint32 i = 0; i < N; i++)
    {
      double wanted = i * i % 7 - 2.5 - product * (double) u[i / COLUMNS] * (double) v[i % COLUMNS];

      g_assert_cmpfloat_with_epsilon (gradient[i], wanted / (double) sigma, 2e-5);
    }
  g_assert_cmpfloat (fabs (along), <, 2e-5);
  spectral_clear (&s);
}

/* Evaluation: the kept vectors, which stay; and they are the vectors of the last pass in training. */
static void
test_evaluation (void)
{
  static const float w[] = { 3, 0, 0, 1 }, u[] = { 1, 0 }, v[] = { 0.6f, 0.8f };
  Spectral s;
  float after[2];

  spectral_init (&s, 2, 2, w, u, v, FALSE);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpfloat_with_epsilon (spectral_run (&s), 1.8, 1e-6);
  g_assert_true (sac_weights_read (s.weights, "w_v", after));
  g_assert_cmpmem (after, sizeof after, v, sizeof v);
  spectral_clear (&s);
}

/* Singular values of a 2 × 2 matrix, the larger first. */
static void
singular_values (const float m[4], double out[2])
{
  double squares = 0, determinant = fabs ((double) m[0] * (double) m[3] - (double) m[1] * (double) m[2]), root;

  for (guint i = 0; i < 4; i++)
    squares += (double) m[i] * (double) m[i];
  root = sqrt (fmax (squares * squares - 4 * determinant * determinant, 0));
  out[0] = sqrt ((squares + root) / 2);
  out[1] = out[0] > 0 ? determinant / out[0] : 0;
}

/* Once settled: the normalised matrix has norm 1; a scaled one gives the same; an orthogonal one stays. */
static void
test_normalised (void)
{
  static const float w[] = { 1, 2, 3, 4 }, turn[] = { 0.6f, -0.8f, 0.8f, 0.6f };
  float first[4], second[4], scaled[4], turned[4];
  double values[2];
  Spectral s;

  for (guint i = 0; i < 4; i++)
    scaled[i] = -2.5f * w[i];
  for (guint m = 0; m < 3; m++)
    {
      const float *const matrix[] = { w, scaled, turn };
      float *const out[] = { first, second, turned };

      spectral_init (&s, 2, 2, matrix[m], NULL, NULL, TRUE);
      for (guint i = 0; i < 20; i++)
        spectral_run (&s);
      sac_program_get_output (s.program, s.normalised, out[m], NULL);
      spectral_clear (&s);
    }
  singular_values (first, values);
  g_assert_cmpfloat_with_epsilon (values[0], 1, 1e-5);
  g_assert_cmpfloat_with_epsilon (values[1], 0.365966 / 5.464986, 1e-5);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpfloat_with_epsilon (second[i], -first[i], 1e-5);
      g_assert_cmpfloat_with_epsilon (turned[i], turn[i], 1e-5);
    }
}

/* ---- networks. */

static void
test_parameters (void)
{
  static const struct { gint32 n_logits; gboolean spectral; guint64 parameters; } known[] = {
    { 1, FALSE, 2765568 }, { 1, TRUE, 2763776 }, { 4, TRUE, 2788352 }, { 4, FALSE, 2790144 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      const SacDcgan net = { 64, 64, 100, known[i].n_logits, known[i].spectral };
      g_autoptr (SacWeights) g = sac_weights_new (), d = sac_weights_new ();

      sac_mad_gan_declare (g, d, &net, 1);
      g_assert_cmpuint (sac_weights_count_params (g), ==, 3576704);
      g_assert_cmpuint (sac_weights_count_params (d), ==, known[i].parameters);
    }
}

/* Both sizes run forward, in training and in evaluation, to finite numbers; a size that does not exist poisons. */
static void
test_sizes (void)
{
  for (guint i = 0; i < 8; i++)
    {
      const SacDcgan net = { i & 1 ? 64 : 32, 4, 10, 2, (i & 2) != 0 };
      g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
      g_autoptr (SacWeights) weights = sac_weights_new ();
      g_autoptr (SacGraph) graph = sac_graph_new ();
      g_autoptr (SacProgram) program = NULL;
      g_autoptr (GError) error = NULL;
      SacVar z = sac_graph_input (graph, "z", SAC_SHAPE (2, 10, 1, 1, 1)), images, logits;
      const float noise[20] = { 1, -1, 0.5f };
      float answer[4];

      images = sac_dcgan_generator (graph, weights, "G.", &net, z, (i & 4) != 0);
      logits = sac_dcgan_discriminator (graph, weights, "D.", &net, images, (i & 4) != 0);
      g_assert_true (sac_shape_equal (sac_graph_get_shape (graph, images), SAC_SHAPE (2, 3, 1, net.size, net.size)));
      g_assert_true (sac_weights_allocate (weights, backend, &error));
      sac_weights_initialise (weights, 3);
      program = sac_program_compile (graph, &logits, 1, backend, &error);
      g_assert_no_error (error);
      sac_program_set_input (program, z, noise);
      g_assert_true (sac_program_run (program, NULL, &error));
      sac_program_get_output (program, logits, answer, NULL);
      for (guint k = 0; k < 4; k++)
        g_assert_true (isfinite (answer[k]));
      g_assert_cmpint (sac_dcgan_generator (graph, weights, "G.", &(SacDcgan) { 48, 4, 10, 2, TRUE }, z, TRUE), ==, 0);
      g_assert_false (sac_graph_check (graph, NULL));
    }
}

/* ---- three updates beside PyTorch's. */

static float *
load (SacTensorFile *file, const char *name, gsize n_wanted)
{
  gint at = sac_tensor_file_find (file, name);
  g_autoptr (GError) error = NULL;
  float *out = g_new (float, n_wanted);
  gsize n = 1;

  if (at < 0)
    g_test_message ("the golden file has no %s", name);
  g_assert_cmpint (at, >=, 0);
  for (guint i = 0; i < sac_tensor_file_get_info (file, (guint) at)->rank; i++)
    n *= (gsize) sac_tensor_file_get_info (file, (guint) at)->dims[i];
  g_assert_cmpuint (n, ==, n_wanted);
  g_assert_true (sac_tensor_file_read_f32 (file, (guint) at, out, &error));
  g_assert_no_error (error);
  return out;
}

static void
fill (SacTensorFile *file, SacWeights *weights)
{
  SacBlock *blocks[] = { sac_weights_get_params (weights), sac_weights_get_buffers (weights) };

  for (guint b = 0; b < 2; b++)
    for (guint i = 0; i < sac_block_get_n_entries (blocks[b]); i++)
      {
        const SacBlockEntry *e = sac_block_get_entry (blocks[b], i);
        g_autofree char *name = g_strconcat ("weights.", e->name, NULL);
        g_autofree float *numbers = load (file, name, sac_shape_count (e->shape));

        sac_weights_write (weights, e->name, numbers);
      }
}

typedef struct {
  const char *name, *setting;
  guint threads;
} Way;

static const Way ways[] = {
  { "fused", NULL, 1 }, { "two-threads", NULL, 2 }, { "unfused", "SACCADE_NO_FUSE", 1 }, { "unplanned", "SACCADE_NO_PLAN", 2 },
};

/* Runs three updates; @losses gets D's and G's of each, @params D's weights afterwards (transfer full). */
static void
three_updates (SacTensorFile *file, const Way *way, SacBackend *backend, float losses[3][2], float **params, gsize *n_params)
{
  const SacDcgan net = { 64, 4, 100, N_GENERATORS + 1, TRUE };
  const SacAdam adam = { 2e-4, 0.5, 0.999, 1e-8, 0 };
  const SacShape pictures = SAC_SHAPE (8, 3, 1, 64, 64);
  gsize n = sac_shape_count (pictures);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacWeights) g = sac_weights_new (), d = sac_weights_new ();
  g_autoptr (SacOptimizer) g_optimizer = NULL, d_optimizer = NULL;
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (SacProgram) program = NULL;
  g_autofree float *noise = load (file, "z", 800), *real = load (file, "real", n), *memory = g_new (float, n);
  SacVar z = sac_graph_input (graph, "z", SAC_SHAPE (8, 100, 1, 1, 1)), x = sac_graph_input (graph, "real", pictures);
  SacMadGanStep step;

  sac_mad_gan_declare (g, d, &net, N_GENERATORS);
  g_assert_true (sac_weights_allocate (g, backend, &error) && sac_weights_allocate (d, backend, &error));
  fill (file, g);
  fill (file, d);
  g_optimizer = sac_optimizer_new_adam (g, backend, &error);
  d_optimizer = sac_optimizer_new_adam (d, backend, &error);
  step = sac_mad_gan_step (graph, g, d, g_optimizer, d_optimizer, &net, N_GENERATORS, z, x);
  if (way->setting)
    setenv (way->setting, "1", 1);
  program = sac_program_compile (graph, (SacVar[]) { step.loss_d, step.loss_g }, 2, backend, &error);
  if (way->setting)
    unsetenv (way->setting);
  g_assert_no_error (error);
  sac_program_set_input (program, z, noise);
  sac_shape_to_memory_order (pictures, real, memory);
  sac_program_set_input (program, x, memory);
  for (guint i = 0; i < 3; i++)
    {
      sac_optimizer_set_adam (d_optimizer, program, step.hyper_d, &adam, 1);
      sac_optimizer_set_adam (g_optimizer, program, step.hyper_g, &adam, 1);
      g_assert_true (sac_program_run (program, NULL, &error));
      sac_program_get_output (program, step.loss_d, &losses[i][0], NULL);
      sac_program_get_output (program, step.loss_g, &losses[i][1], NULL);
    }
  g_assert_cmpuint (sac_optimizer_get_steps (g_optimizer), ==, 3);
  *n_params = sac_block_get_page_floats (sac_weights_get_params (d), 0);
  *params = g_new (float, *n_params);
  sac_block_read_page (sac_weights_get_params (d), 0, *params, NULL);
}

static void
compare_losses (SacTensorFile *file, const char *name, float losses[3][2])
{
  g_autofree float *loss_d = load (file, "loss_d", 3), *loss_g = load (file, "loss_g", 3);

  for (guint i = 0; i < 3; i++)
    {
      g_test_message ("%s, update %u: D %.6f G %.6f, PyTorch %.6f %.6f", name, i + 1, (double) losses[i][0], (double) losses[i][1],
                      (double) loss_d[i], (double) loss_g[i]);
      g_assert_cmpfloat (fabs ((double) losses[i][0] / (double) loss_d[i] - 1), <=, 1e-4);
      g_assert_cmpfloat (fabs ((double) losses[i][1] / (double) loss_g[i] - 1), <=, 1e-4);
    }
}

/* The same on a Vulkan device. */
static void
test_golden_vulkan (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "golden", "gan-k3.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = sac_tensor_file_open (path, &error);
  g_autoptr (SacBackend) vulkan = NULL;
  g_autofree float *params = NULL;
  float losses[3][2];
  gsize n;

  g_assert_no_error (error);
  vulkan = sac_backend_vulkan_new (-1, &error);
  if (!vulkan)
    {
      g_test_skip (error->message);
      return;
    }
  three_updates (file, &ways[0], vulkan, losses, &params, &n);
  compare_losses (file, "vulkan", losses);
}

static void
test_golden (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "golden", "gan-k3.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacTensorFile) file = sac_tensor_file_open (path, &error);
  g_autofree float *first = NULL;

  g_assert_no_error (error);
  for (guint w = 0; w < G_N_ELEMENTS (ways); w++)
    {
      g_autoptr (SacBackend) backend = sac_backend_cpu_new (ways[w].threads);
      g_autofree float *params = NULL;
      float losses[3][2];
      gsize n;

      three_updates (file, &ways[w], backend, losses, &params, &n);
      compare_losses (file, ways[w].name, losses);
      if (!first)
        first = g_steal_pointer (&params);
      else
        g_assert_cmpmem (params, n * sizeof (float), first, n * sizeof (float));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/nn/spectral/estimates", test_estimates);
  g_test_add_func ("/nn/spectral/gradient", test_gradient);
  g_test_add_func ("/nn/spectral/evaluation", test_evaluation);
  g_test_add_func ("/nn/spectral/normalised", test_normalised);
  g_test_add_func ("/nn/dcgan/parameters", test_parameters);
  g_test_add_func ("/nn/dcgan/sizes", test_sizes);
  g_test_add_func ("/nn/golden/gan-k3", test_golden);
  g_test_add_func ("/vulkan/golden/gan-k3", test_golden_vulkan);
  return g_test_run ();
}
