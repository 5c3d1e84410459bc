/* The optimisers against PyTorch on a bowl Σ k·(w − t)²: Nesterov's step, the gradients' norm, frozen weights, averages. */
#include <math.h>

#include "backend/sac-backends.h"
#include "nn/sac-nn.h"

static const float k[7] = { .5f, 1, 2, .1f, 1, 3, .2f }, t[7] = { 0, -1, 2, .5f, .2f, .4f, -2 };

typedef struct {
  SacBackend *backend;
  SacWeights *weights;
  SacOptimizer *optimizer;
  SacProgram *program;
} Bowl;

static SacVar
side (Bowl *bowl, SacGraph *g, const char *name, guint from, gint32 n)
{
  SacShape s = { 1, n, 1, 1, 1 };
  SacVar w = sac_weights_param (bowl->weights, g, name, s, SAC_INIT_ONES);
  SacVar d = sac_sub (g, w, sac_graph_constant_data (g, s, t + from));

  return sac_sum_to (g, sac_mul (g, sac_power (g, d, 2), sac_graph_constant_data (g, s, k + from)), SAC_SHAPE_SCALAR);
}

static void
bowl_init (Bowl *bowl, gboolean adam)
{
  g_autoptr (SacGraph) g = sac_graph_new ();

  bowl->backend = sac_backend_cpu_new (2);
  bowl->weights = sac_weights_new ();
  side (bowl, g, "a", 0, 4);
  side (bowl, g, "b", 4, 3);
  g_assert_true (sac_weights_allocate (bowl->weights, bowl->backend, NULL));
  sac_weights_initialise (bowl->weights, 1);
  bowl->optimizer = adam ? sac_optimizer_new_adam (bowl->weights, bowl->backend, NULL)
                         : sac_optimizer_new_sgd (bowl->weights, bowl->backend, NULL);
}

/* Two micro-batches a step, so that the gradient scale counts in the norm. */
static void
bowl_run (Bowl *bowl, guint n_steps, gboolean adam, double decay)
{
  static const SacAdam hyper = { .05, .5, .9, 1e-8, 0 };
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;

  sac_optimizer_accumulate (bowl->optimizer, g, sac_add (g, side (bowl, g, "a", 0, 4), side (bowl, g, "b", 4, 3)));
  bowl->program = sac_program_compile (g, NULL, 0, bowl->backend, &error);
  g_assert_no_error (error);
  for (guint step = 0; step < n_steps; step++)
    {
      for (guint i = 0; i < 2; i++)
        g_assert_true (sac_program_run (bowl->program, NULL, NULL));
      g_assert_true (adam ? sac_optimizer_step_adam (bowl->optimizer, &hyper, 0.5, NULL)
                          : sac_optimizer_step (bowl->optimizer, .05, .9, decay, 0.5, NULL));
    }
}

static void
bowl_clear (Bowl *bowl)
{
  g_clear_pointer (&bowl->program, sac_program_free);
  g_clear_pointer (&bowl->optimizer, sac_optimizer_free);
  g_clear_pointer (&bowl->weights, sac_weights_free);
  g_clear_pointer (&bowl->backend, sac_backend_free);
}

static void
check_weights (Bowl *bowl, const float expected[7], const char *what)
{
  float got[7];

  g_assert_true (sac_weights_read (bowl->weights, "a", got) && sac_weights_read (bowl->weights, "b", got + 4));
  for (guint i = 0; i < 7; i++)
    if (!(fabsf (got[i] - expected[i]) < 2e-6f))
      {
        g_test_message ("%s, weight %u: %.7g, expected %.7g", what, i, (double) got[i], (double) expected[i]);
        g_test_fail ();
      }
}

/* torch.optim after five steps. */
static void
test_steps (void)
{
  static const struct {
    const char *what;
    gboolean adam, nesterov;
    double clip;
    float expected[7];
  } cases[] = {
    { "Nesterov", FALSE, TRUE, 0, { .3105557f, -1.2098807f, 2.4089808f, .9113244f, .1127411f, .1908677f, .0639004f } },
    { "clipped", FALSE, FALSE, .7, { .9263465f, .7282872f, 1.2524197f, .9866672f, .8874775f, .7670414f, .9122485f } },
    { "both", FALSE, TRUE, .7, { .9036947f, .6474465f, 1.3216058f, .9826714f, .8541726f, .7096595f, .8845192f } },
    { "Adam, clipped", TRUE, FALSE, .7, { .7501164f, .7472041f, 1.2498837f, .7573719f, .7517379f, .7547159f, .7463223f } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Bowl bowl = { 0 };

      bowl_init (&bowl, cases[i].adam);
      if (cases[i].nesterov)
        sac_optimizer_set_nesterov (bowl.optimizer, TRUE);
      sac_optimizer_set_clip (bowl.optimizer, cases[i].clip);
      bowl_run (&bowl, 5, cases[i].adam, .01);
      check_weights (&bowl, cases[i].expected, cases[i].what);
      bowl_clear (&bowl);
    }
}

/* A norm that is not reached changes no bit; a frozen weight has no part in it. */
static void
test_clip (void)
{
  float free_a[4], wide_a[4], alone_a[4], frozen_a[4], b[3];
  double norm[2];

  for (guint i = 0; i < 4; i++)
    {
      Bowl bowl = { 0 };

      bowl_init (&bowl, FALSE);
      sac_optimizer_set_clip (bowl.optimizer, i == 0 ? 0 : i == 1 ? 1e6 : .7);
      if (i >= 2)
        sac_optimizer_set_scale (bowl.optimizer, "b", 0);
      bowl_run (&bowl, i == 3 ? 1 : 3, FALSE, 0);
      g_assert_true (sac_weights_read (bowl.weights, "a", i == 0 ? free_a : i == 1 ? wide_a : i == 2 ? alone_a : frozen_a));
      g_assert_true (sac_weights_read (bowl.weights, "b", b));
      g_assert_true (i < 2 || (b[0] == 1 && b[1] == 1 && b[2] == 1));
      if (i >= 2)
        {
          g_assert_true (sac_program_run (bowl.program, NULL, NULL));
          g_assert_true (sac_optimizer_gradient_norm (bowl.optimizer, &norm[i - 2], NULL));
        }
      bowl_clear (&bowl);
    }
  g_assert_cmpmem (free_a, sizeof free_a, wide_a, sizeof wide_a);
  /* the first step has the length rate × clip, of the free weights alone */
  g_assert_cmpfloat_with_epsilon (sqrt (pow (frozen_a[0] - 1, 2) + pow (frozen_a[1] - 1, 2) + pow (frozen_a[2] - 1, 2)
                                        + pow (frozen_a[3] - 1, 2)), .05 * .7, 1e-6);
  g_assert_true (norm[0] < norm[1] && isfinite (alone_a[0]));
}

/* methods/05: from 0 towards a constant 1, after 1000 updates of β = .999. */
static void
test_average (void)
{
  g_autoptr (SacAverage) average = NULL;
  float zeros[4] = { 0 }, got[4];
  Bowl bowl = { 0 };

  bowl_init (&bowl, FALSE);
  g_assert_true (sac_weights_write (bowl.weights, "a", zeros));
  average = sac_average_new (bowl.weights, bowl.backend, NULL);
  g_assert_nonnull (average);
  g_assert_true (sac_weights_write (bowl.weights, "a", (float[]) { 1, 1, 1, 1 }));
  for (guint i = 0; i < 1000; i++)
    g_assert_true (sac_average_update (average, .999, NULL));
  sac_average_swap (average, NULL);
  g_assert_true (sac_weights_read (bowl.weights, "a", got));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (got[i], .632305, 2e-5);
  sac_average_swap (average, NULL);
  g_assert_true (sac_weights_read (bowl.weights, "a", got));
  g_assert_true (got[0] == 1 && got[3] == 1);
  sac_block_read (sac_average_get_block (average), 0, got, NULL);
  g_assert_cmpfloat_with_epsilon (got[0], .632305, 2e-5);
  g_clear_pointer (&average, sac_average_free);
  bowl_clear (&bowl);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/optimizer/steps", test_steps);
  g_test_add_func ("/optimizer/clip", test_clip);
  g_test_add_func ("/optimizer/average", test_average);
  return g_test_run ();
}
