/* Memory: what is made again instead of kept changes no bit, stays within a budget, and never crosses an effect. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "nn/sac-nn.h"
#include "op-cases.h"

/* ---- a small network in training. */

typedef struct {
  SacCompileOptions options;
  const char *switch_name;      /* set to 1, or NULL */
  guint threads;                /* 0: planned only */
  const char *model;
  gboolean at_once, scaled;
} Setting;

typedef struct {
  float *numbers;               /* losses, weights, running statistics */
  gsize n;
  SacProgramCost cost;
  double norm;                  /* of the last gradient */
  GError *error;
} Outcome;

static void
outcome_clear (Outcome *o)
{
  g_clear_pointer (&o->numbers, g_free);
  g_clear_error (&o->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
run_three_steps (SacProgram *program, SacOptimizer *sgd, SacVar hyper, SacVar clip, SacShape shape, SacVar loss, SacVar target, GArray *out,
                 double *norm)
{
  g_autofree float *pixels = g_new (float, sac_shape_count (shape));
  float labels[15];

  for (gsize i = 0; i < sac_shape_count (shape); i++)
    pixels[i] = sac_test_number (8, i);
  for (guint i = 0; i < 15; i++)
    labels[i] = i % 3 == 0;
  for (guint step = 0; step < 3; step++)
    {
      float value;

      sac_program_set_input (program, clip, pixels);
      sac_program_set_input (program, target, labels);
      if (hyper)
        sac_optimizer_set_sgd (sgd, program, hyper, 0.05, 0.9, 1e-4, 1);
      g_assert_true (sac_program_run (program, NULL, NULL));
      sac_program_get_output (program, loss, &value, NULL);
      g_array_append_val (out, value);
      if (step == 2)
        g_assert_true (sac_optimizer_gradient_norm (sgd, norm, NULL));
      g_assert_true (hyper || sac_optimizer_step (sgd, 0.05, 0.9, 1e-4, 1, NULL));
    }
}

static void
train (const Setting *setting, Outcome *outcome)
{
  SacResnet net;
  g_autoptr (SacBackend) backend = setting->threads ? sac_backend_cpu_new (setting->threads) : sac_backend_null_new ();
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (SacOptimizer) sgd = NULL;
  g_autoptr (SacProgram) program = NULL;
  GArray *out = g_array_new (FALSE, FALSE, sizeof (float));
  SacShape shape = { 3, 3, 1, 75, 90 };
  SacVar clip, target, loss, hyper = 0;

  g_assert_true (sac_resnet_parse (setting->model ? setting->model : "r50-2d", &net));
  net.n_classes = 5;
  net.width = 8;
  shape.t = net.inflated ? 4 : 1;
  clip = sac_graph_input (g, "clip", shape);
  target = sac_graph_input (g, "target", SAC_SHAPE (3, 5, 1, 1, 1));
  loss = sac_bce_logits (g, sac_resnet_logits (g, weights, &net, clip, SAC_BN_BATCH, TRUE, NULL), target, 0);
  g_assert_true (sac_weights_allocate (weights, backend, NULL));
  if (setting->threads)
    sac_weights_initialise (weights, 3);
  sgd = sac_optimizer_new_sgd (weights, backend, NULL);
  if (setting->scaled)
    {
      sac_optimizer_set_scale (sgd, "fc.", 3);
      sac_optimizer_set_scale (sgd, "layer1.", 0);
    }
  if (setting->at_once)
    hyper = sac_optimizer_update_at_once (sgd, g, loss, TRUE);
  else
    sac_optimizer_accumulate (sgd, g, loss);
  if (setting->switch_name)
    setenv (setting->switch_name, "1", 1);
  program = sac_program_compile_with (g, &loss, 1, backend, &setting->options, &outcome->error);
  if (outcome->error)
    g_test_message ("%s", outcome->error->message);
  if (program)
    outcome->cost = sac_program_get_cost (program);
  if (program && setting->threads)
    run_three_steps (program, sgd, hyper, clip, shape, loss, target, out, &outcome->norm);
  if (setting->switch_name)
    unsetenv (setting->switch_name);
  for (guint b = 0; program && setting->threads && b < 2; b++)
    {
      SacBlock *block = b ? sac_weights_get_buffers (weights) : sac_weights_get_params (weights);
      guint at = out->len;

      g_array_set_size (out, at + (guint) sac_block_get_page_floats (block, 0));
      sac_block_read_page (block, 0, &g_array_index (out, float, at), NULL);
    }
  outcome->n = out->len;
  outcome->numbers = (float *) g_array_free (out, FALSE);
}

static void
assert_same_bits (const Outcome *a, const Outcome *b)
{
  g_assert_cmpuint (a->n, >, 1000);
  g_assert_cmpuint (a->n, ==, b->n);
  g_assert_true (isfinite (a->numbers[2]));
  g_assert_true (a->n == b->n && memcmp (a->numbers, b->numbers, a->n * sizeof (float)) == 0);
}

static const char *const models[] = { "r18-2d", "r50-2d", "i3d-r18" };

static void
test_cheap_copies (void)
{
  for (guint m = 0; m < G_N_ELEMENTS (models); m++)
    {
      const Setting all = { .switch_name = "SACCADE_NO_RECOMPUTE", .threads = 2, .model = models[m] };
      const Setting cheap = { .threads = 2, .model = models[m] }, reverse = { .switch_name = "SACCADE_REVERSE", .threads = 1,
                                                                                .model = models[m] };
      g_auto (Outcome) kept = { 0 }, again = { 0 }, reversed = { 0 };

      train (&all, &kept);
      train (&cheap, &again);
      train (&reverse, &reversed);
      assert_same_bits (&kept, &again);
      assert_same_bits (&kept, &reversed);
      g_test_message ("%s: %zu kB kept, %zu kB with %u values made again", models[m], kept.cost.arena_bytes >> 10,
                      again.cost.arena_bytes >> 10, again.cost.n_again);
      g_assert_cmpuint (kept.cost.n_again, ==, 0);
      g_assert_cmpuint (again.cost.n_again, >, 3);
      g_assert_cmpuint (again.cost.arena_bytes, <, kept.cost.arena_bytes * 9 / 10);
      g_assert_cmpfloat (again.cost.flops - again.cost.again_flops, ==, kept.cost.flops);
      g_assert_cmpfloat (again.cost.again_flops, <, 0.06 * kept.cost.flops);
    }
}

/* Each weight updated when its gradient is there, or all of them afterwards: the same numbers, and less memory. */
static void
test_at_once (void)
{
  for (guint scaled = 0; scaled < 2; scaled++)
    {
      const Setting apart = { .threads = 2, .scaled = scaled }, at_once = { .threads = 2, .scaled = scaled, .at_once = TRUE };
      const Setting reverse = { .threads = 1, .scaled = scaled, .at_once = TRUE, .switch_name = "SACCADE_REVERSE" };
      g_auto (Outcome) a = { 0 }, b = { 0 }, c = { 0 };

      train (&apart, &a);
      train (&at_once, &b);
      train (&reverse, &c);
      assert_same_bits (&a, &b);
      assert_same_bits (&a, &c);
      g_assert_cmpfloat_with_epsilon (b.norm / a.norm, 1, 1e-6);
      g_assert_cmpuint (b.cost.arena_bytes, <=, a.cost.arena_bytes);
    }
}

/* Values that two weights share as their gradient are not cleared under the second one's feet. */
static void
test_shared_gradients (void)
{
  const SacShape vector = { 1, 3, 1, 1, 1 };
  float got[2][3];

  for (guint adam = 0; adam < 2; adam++)
    {
      g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
      g_autoptr (SacWeights) weights = sac_weights_new ();
      g_autoptr (SacGraph) g = sac_graph_new ();
      g_autoptr (SacOptimizer) optimizer = NULL;
      g_autoptr (SacProgram) program = NULL;
      SacVar a = sac_weights_param (weights, g, "a", vector, SAC_INIT_ONES);
      SacVar b = sac_weights_param (weights, g, "b", vector, SAC_INIT_ONES);
      SacVar c = sac_graph_constant_data (g, vector, (float[]) { 1, -2, 0.5f });
      SacVar loss = sac_sum_to (g, sac_mul (g, sac_add (g, a, b), c), SAC_SHAPE_SCALAR), hyper;

      g_assert_true (sac_weights_allocate (weights, backend, NULL));
      sac_weights_initialise (weights, 0);
      optimizer = adam ? sac_optimizer_new_adam (weights, backend, NULL) : sac_optimizer_new_sgd (weights, backend, NULL);
      hyper = sac_optimizer_update_at_once (optimizer, g, loss, FALSE);
      program = sac_program_compile (g, &loss, 1, backend, NULL);
      g_assert_nonnull (program);
      for (guint step = 0; step < 2; step++)
        {
          if (adam)
            sac_optimizer_set_adam (optimizer, program, hyper, &(SacAdam) { 0.1, 0.9, 0.999, 1e-8, 0 }, 1);
          else
            sac_optimizer_set_sgd (optimizer, program, hyper, 0.1, 0, 0, 1);
          g_assert_true (sac_program_run (program, NULL, NULL));
        }
      g_assert_true (sac_weights_read (weights, "a", got[0]));
      g_assert_true (sac_weights_read (weights, "b", got[1]));
      g_assert_cmpmem (got[0], sizeof got[0], got[1], sizeof got[1]);
      g_assert_cmpfloat_with_epsilon (got[0][0], 0.8f, 1e-5f);
      g_assert_cmpfloat_with_epsilon (got[0][1], adam ? 1.2f : 1.4f, 1e-5f);
    }
}

/* "…needs at least N MiB…" */
static gsize
smallest_of (const GError *error)
{
  const char *at;

  g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_MEMORY);
  at = strstr (error->message, "at least ");
  g_assert_nonnull (at);
  return (gsize) (g_ascii_strtod (at + strlen ("at least "), NULL) * 1048576);
}

static void
test_budget (void)
{
  for (guint m = 0; m < G_N_ELEMENTS (models); m++)
    {
      Setting s = { .model = models[m], .threads = 2 };
      g_auto (Outcome) cheap = { 0 }, impossible = { 0 };
      gsize smallest, steps = 0;

      train (&s, &cheap);
      s.options.memory_budget = 1;
      train (&s, &impossible);
      smallest = smallest_of (impossible.error);
      g_assert_cmpuint (smallest, <, cheap.cost.arena_bytes);
      for (s.options.memory_budget = cheap.cost.arena_bytes * 9 / 10; s.options.memory_budget >= smallest && steps < 4; steps++)
        {
          g_auto (Outcome) fits = { 0 };

          train (&s, &fits);
          g_assert_no_error (fits.error);
          assert_same_bits (&cheap, &fits);
          g_assert_cmpuint (fits.cost.arena_bytes, <=, s.options.memory_budget);
          g_assert_cmpfloat (fits.cost.again_flops, >=, cheap.cost.again_flops);
          g_test_message ("%s: budget %zu kB, arena %zu kB, %.0f %% more FLOPs", models[m], s.options.memory_budget >> 10,
                          fits.cost.arena_bytes >> 10, 100 * fits.cost.again_flops / cheap.cost.flops);
          s.options.memory_budget = s.options.memory_budget * 8 / 10;
        }
      s.options.memory_budget = smallest;
      {
        g_auto (Outcome) least = { 0 };

        train (&s, &least);
        g_assert_no_error (least.error);
        assert_same_bits (&cheap, &least);
      }
    }
}

/* y is cheap to make again and waits for long, but what it was made from is overwritten meanwhile. */
static void
test_not_across_effects (void)
{
  const SacShape big = { 1, 64, 1, 64, 64 };
  gsize n = sac_shape_count (big);
  float expected = 0;

  for (guint budgeted = 0; budgeted < 2; budgeted++)
    {
      g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
      g_autoptr (SacBlock) block = sac_block_new ("values");
      g_autoptr (SacGraph) g = sac_graph_new ();
      g_autoptr (SacProgram) program = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree float *numbers = g_new (float, n);
      guint entry = sac_block_add (block, "x", big);
      /* A budget that only a copy of y could keep: y, the accumulated value and one sum fit, nothing more. */
      SacCompileOptions options = { .memory_budget = budgeted ? 2 * n * sizeof (float) + 65536 : 0 };
      SacVar x, y, z, total;
      float got;

      g_assert_true (sac_block_allocate (block, backend, NULL));
      for (gsize i = 0; i < n; i++)
        numbers[i] = sac_test_number (2, i);
      sac_block_write (block, entry, numbers);
      x = sac_graph_entry (g, block, entry);
      y = sac_affine (g, x, 3, 1);
      z = sac_relu (g, sac_sigmoid (g, sac_softplus (g, sac_affine (g, sac_graph_constant (g, big, 0.5f), 2, 1))));
      z = sac_mul (g, z, y);
      sac_accumulate (g, x, z);
      z = sac_mul (g, sac_relu (g, x), sac_sigmoid (g, x));
      total = sac_sum_to (g, sac_mul (g, z, y), SAC_SHAPE_SCALAR);
      program = sac_program_compile_with (g, &total, 1, backend, &options, &error);
      if (!program)
        {
          smallest_of (error);
          continue;
        }
      g_assert_true (sac_program_run (program, NULL, NULL));
      sac_program_get_output (program, total, &got, NULL);
      if (!budgeted)
        expected = got;
      g_assert_cmpfloat (got, ==, expected);
    }
}

/* The plan of the null backend is that of the processor, and compiling is quick. */
static void
test_null_plan (void)
{
  for (guint m = 0; m < G_N_ELEMENTS (models); m++)
    {
      Setting cpu = { .model = models[m], .threads = 2 }, null = { .model = models[m] };
      g_auto (Outcome) run = { 0 }, planned = { 0 };

      train (&cpu, &run);
      train (&null, &planned);
      g_assert_cmpuint (run.cost.arena_bytes, ==, planned.cost.arena_bytes);
      g_assert_cmpuint (run.cost.block_bytes, ==, planned.cost.block_bytes);
      g_assert_cmpuint (run.cost.n_again, ==, planned.cost.n_again);
      g_assert_cmpfloat (run.cost.flops, ==, planned.cost.flops);
    }
}

/* ---- signals and adversaries, which have no recipe: what the null backend tells is what is then asked of the processor's memory. */

static SacBuffer *(*plain_alloc) (SacBackend *backend, gsize n_bytes, GError **error);
static gsize n_asked;

static SacBuffer *
counting_alloc (SacBackend *backend, gsize n_bytes, GError **error)
{
  n_asked += n_bytes;
  return plain_alloc (backend, n_bytes, error);
}

static SacVar
build_san (SacGraph *g, SacWeights *weights, SacBackend *backend, SacOptimizer **sgd)
{
  const SacSan net = { .n_classes = 6, .width = 16 };
  SacVar signal = sac_graph_input (g, "signal", SAC_SHAPE (32, 3, 64, 1, 1));
  SacVar target = sac_graph_input (g, "target", SAC_SHAPE (32, 1, 1, 1, 1));
  SacVar loss = sac_cross_entropy (g, sac_san_logits (g, weights, &net, signal, SAC_BN_BATCH, TRUE), target, 0);

  g_assert_true (sac_weights_allocate (weights, backend, NULL));
  *sgd = sac_optimizer_new_sgd (weights, backend, NULL);
  sac_optimizer_update_at_once (*sgd, g, loss, FALSE);
  return loss;
}

static SacVar
build_gan (SacGraph *g, SacWeights *weights, SacWeights *opponent, SacBackend *backend, SacOptimizer **mine, SacOptimizer **other)
{
  const SacDcgan net = { .size = 64, .width = 16, .z = 100, .n_logits = 4, .spectral = TRUE };
  SacVar noise = sac_graph_input (g, "noise", SAC_SHAPE (8, 100, 1, 1, 1));
  SacVar real = sac_graph_input (g, "real", SAC_SHAPE (8, 3, 1, 64, 64));
  SacMadGanStep step;

  sac_mad_gan_declare (weights, opponent, &net, 3);
  g_assert_true (sac_weights_allocate (weights, backend, NULL) && sac_weights_allocate (opponent, backend, NULL));
  *mine = sac_optimizer_new_adam (weights, backend, NULL);
  *other = sac_optimizer_new_adam (opponent, backend, NULL);
  step = sac_mad_gan_step (g, weights, opponent, *mine, *other, &net, 3, noise, real);
  return sac_add (g, step.loss_d, step.loss_g);
}

static SacProgramCost
count (SacBackend *backend, gboolean gan)
{
  g_autoptr (SacWeights) weights = sac_weights_new (), opponent = sac_weights_new ();
  g_autoptr (SacOptimizer) mine = NULL, other = NULL;
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacVar loss;

  plain_alloc = backend->alloc;
  backend->alloc = counting_alloc;
  n_asked = 0;
  loss = gan ? build_gan (g, weights, opponent, backend, &mine, &other) : build_san (g, weights, backend, &mine);
  program = sac_program_compile (g, &loss, 1, backend, &error);
  g_assert_no_error (error);
  return sac_program_get_cost (program);
}

static void
test_null_plan_without_recipe (void)
{
  for (int gan = 0; gan < 2; gan++)
    {
      g_autoptr (SacBackend) cpu = sac_backend_cpu_new (2), null = sac_backend_null_new ();
      SacProgramCost planned = count (null, gan), run = count (cpu, gan);
      double told = (double) (planned.arena_bytes + planned.block_bytes);

      g_test_message ("%s: told %.0f kB, asked for %.0f kB", gan ? "gan-k3" : "san1d", told / 1024, (double) n_asked / 1024);
      g_assert_cmpfloat_with_epsilon (told / (double) n_asked, 1, 0.05);
      g_assert_cmpfloat (planned.flops, ==, run.flops);
    }
}

static void
test_sizes (void)
{
  static const struct { const char *text; guint64 bytes; } sizes[] = {
    { "2G", 2ull << 30 }, { "800M", 800ull << 20 }, { "1.5 GiB", 3ull << 29 }, { "512 mb", 512ull << 20 }, { "4096", 4096 },
    { "64kB", 65536 }, { "", 0 }, { "G", 0 }, { "-2G", 0 }, { "2X", 0 }, { "2GG", 0 }, { "0", 0 }, { "nan", 0 }, { "1e40", 0 },
        { "inf", 0 },
    { "3 Gibi", 0 },
  };
  gsize most = (gsize) 5 << 20;
  char *memory = sac_try_alloc (most);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      guint64 got = 0;

      g_assert_cmpint (sac_size_parse (sizes[i].text, &got), ==, sizes[i].bytes > 0);
      g_assert_cmpuint (got, ==, sizes[i].bytes);
    }
  g_assert_false (sac_size_parse (NULL, &(guint64) { 0 }));
  g_assert_nonnull (memory);
  for (gsize i = 0; i < most; i += 1000)
    g_assert_cmpint (memory[i], ==, 0);
  memset (memory, 1, most);
  sac_free_aligned (memory);
  g_assert_null (sac_try_alloc (G_MAXSIZE - 10));
  g_assert_null (sac_try_alloc ((gsize) 1 << 60));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/cheap-copies", test_cheap_copies);
  g_test_add_func ("/memory/at-once", test_at_once);
  g_test_add_func ("/memory/shared-gradients", test_shared_gradients);
  g_test_add_func ("/memory/budget", test_budget);
  g_test_add_func ("/memory/not-across-effects", test_not_across_effects);
  g_test_add_func ("/memory/sizes", test_sizes);
  g_test_add_func ("/memory/null-plan", test_null_plan);
  g_test_add_func ("/memory/null-plan/without-recipe", test_null_plan_without_recipe);
  return g_test_run ();
}
