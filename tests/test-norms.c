/* Norms of one example, matrix products, tables, dropout, losses: cases for the helper of op-cases.h, values against PyTorch. */
#include <math.h>
#include <string.h>

#include "op-cases.h"
#include "ops/norm-private.h"

#define X(n, c, t, h, w) { .shape = { n, c, t, h, w } }
#define RANGE(low_, high_, n, c, t, h, w) { .shape = { n, c, t, h, w }, .low = low_, .high = high_ }
#define POSITIVE(n, c, t, h, w) RANGE (0.5f, 2, n, c, t, h, w)
#define DISTINCT(n, c, t, h, w) { .shape = { n, c, t, h, w }, .fill = SAC_FILL_DISTINCT }
#define NOTHING { .shape = { 0 } }

static const SacNorm whole = { 1e-5f, 1 }, threes = { 1e-5f, 3 }, each6 = { 1e-5f, 6 }, each37 = { 1e-5f, 37 };
static const SacNorm sixes = { 1e-5f, 6 }, each300 = { 1e-5f, 300 };
static const struct { gint32 a, b; } nn = { 0, 0 }, nt = { 0, 1 }, tn = { 1, 0 }, tt = { 1, 1 };
static const gint32 rows7 = 7, rows1000 = 1000, radius0 = 0, radius2 = 2;
static const struct { float rate; gint32 layer; } half = { 0.5f, 3 }, none = { 0, 1 }, most = { 0.9f, 2 };

static SacVar
build_group_norm (SacGraph *g, const SacVar src[])
{
  return sac_group_norm (g, src[0], src[1], src[2], 3, 1e-3f);
}

static SacVar
build_instance_norm (SacGraph *g, const SacVar src[])
{
  return sac_instance_norm (g, src[0], src[1], src[2], 1e-3f);
}

static SacVar
build_layer_norm (SacGraph *g, const SacVar src[])
{
  return sac_layer_norm (g, src[0], src[1], src[2], 1e-3f);
}

static SacVar
build_adain (SacGraph *g, const SacVar src[])
{
  return sac_adain (g, src[0], src[1], 1e-3f);
}

static SacVar
build_lrn (SacGraph *g, const SacVar src[])
{
  return sac_local_response_norm (g, src[0], 3, 0.3f, 0.75f, 1);
}

static SacVar
build_attention (SacGraph *g, const SacVar src[])
{
  SacVar weights = sac_softmax (g, sac_matmul (g, src[0], src[1], FALSE, TRUE));

  return sac_matmul (g, weights, src[2], FALSE, FALSE);
}

static SacVar
build_distances (SacGraph *g, const SacVar src[])
{
  return sac_add (g, sac_add (g, sac_l1 (g, src[0], src[1]), sac_mse (g, src[0], src[1])), sac_smooth_l1 (g, src[0], src[1], 0.47f));
}

static SacVar
build_kl (SacGraph *g, const SacVar src[])
{
  return sac_kl_logits (g, src[0], src[1]);
}

static SacVar
build_sinkhorn (SacGraph *g, const SacVar src[])
{
  return sac_sinkhorn (g, sac_softmax (g, src[0]), sac_softmax (g, src[1]), src[2], 0.2f, 10);
}

static SacVar
build_gan (SacGraph *g, const SacVar src[])
{
  SacVar sum = 0;

  for (SacGanLoss kind = SAC_GAN_SOFTPLUS; kind <= SAC_GAN_SQUARES; kind++)
    {
      SacVar both = sac_add (g, sac_gan_discriminator_loss (g, kind, src[0], src[1]), sac_gan_generator_loss (g, kind, src[1]));

      sum = sum ? sac_add (g, sum, both) : both;
    }
  return sum;
}

static SacVar
build_transfer (SacGraph *g, const SacVar src[])
{
  return sac_feature_transfer (g, &src[1], &src[0], 1, 10);
}

/* R1 of a small discriminator, by its weights: a second derivative, and the case a third. */
static SacVar
build_r1 (SacGraph *g, const SacVar src[])
{
  static const SacConv3d conv = { { 1, 1, 1 }, { 0, 1, 1 }, SAC_PAD_ZEROS };
  SacVar h = sac_tanh (g, sac_conv3d (g, src[0], src[1], &conv));

  return sac_r1_penalty (g, sac_sum_to (g, sac_mul (g, h, src[2]), SAC_SHAPE (2, 1, 1, 1, 1)), src[0]);
}

static const SacOpCase cases[] = {
  { "norm_stats", { X (2, 6, 2, 3, 2) }, 1, &whole, 1e-11, 1, TRUE, "whole" },
  { "norm_stats", { X (2, 6, 2, 3, 2) }, 1, &threes, 1e-11, 1, TRUE, "groups" },
  { "norm_stats", { X (2, 6, 2, 3, 2) }, 1, &each6, 1e-11, 1, TRUE, "channels" },
  { "norm_stats", { RANGE (100, 101, 3, 300, 2, 23, 9) }, 1, &sixes, 1e-9, 0, FALSE, "far from zero, many chunks" },
  { "norm_stats", { X (3, 300, 2, 23, 9) }, 1, &each300, 1e-11, 0, FALSE, "many chunks" },
  { "norm_stats", { X (700, 300, 1, 1, 1) }, 1, &whole, 1e-11, 0, FALSE, "many examples" },
  { "norm_apply", { X (2, 6, 2, 3, 2), POSITIVE (2, 3, 2, 1, 1), X (1, 6, 1, 1, 1), X (1, 6, 1, 1, 1) }, 4, &threes, 1e-11, 15, TRUE },
  { "norm_apply", { X (2, 6, 2, 3, 2), POSITIVE (2, 6, 2, 1, 1), X (2, 6, 1, 1, 1), X (2, 6, 1, 1, 1) }, 4, &each6, 1e-11, 15, TRUE,
    "own rows" },
  { "norm_apply", { X (2, 6, 2, 3, 2), POSITIVE (2, 6, 2, 1, 1), NOTHING, NOTHING }, 4, &each6, 1e-11, 3, TRUE, "plain" },
  { "norm_apply", { X (3, 300, 2, 23, 9), POSITIVE (3, 6, 2, 1, 1), X (3, 300, 1, 1, 1), X (1, 300, 1, 1, 1) }, 4, &sixes, 1e-11, 0,
    FALSE, "many" },
  { "norm_sums", { X (2, 6, 2, 3, 2), X (2, 6, 2, 3, 2), POSITIVE (2, 3, 2, 1, 1) }, 3, &threes, 1e-11, 7, TRUE },
  { "norm_sums", { X (5, 37, 3, 23, 19), X (5, 37, 3, 23, 19), POSITIVE (5, 37, 2, 1, 1) }, 3, &each37, 1e-10, 0, FALSE, "many chunks" },
  { "norm_sums", { X (90, 300, 1, 1, 3), X (90, 300, 1, 1, 3), POSITIVE (90, 1, 2, 1, 1) }, 3, &whole, 1e-10, 0, FALSE, "many examples" },
  { "norm_input", { X (2, 6, 2, 3, 2), X (2, 6, 2, 3, 2), POSITIVE (2, 3, 2, 1, 1), X (1, 6, 1, 1, 1), X (2, 6, 2, 1, 1) }, 5, &threes,
    1e-11, 31, TRUE },
  { "norm_input", { X (2, 6, 2, 3, 2), X (2, 6, 2, 3, 2), POSITIVE (2, 1, 2, 1, 1), NOTHING, X (2, 6, 2, 1, 1) }, 5, &whole, 1e-11, 23,
    TRUE, "plain" },
  { "norm_input", { X (5, 300, 2, 23, 9), X (5, 300, 2, 23, 9), POSITIVE (5, 6, 2, 1, 1), X (5, 300, 1, 1, 1), X (5, 300, 2, 1, 1) },
    5, &sixes, 1e-11, 0, FALSE, "many" },
  { "group-norm", { X (2, 6, 2, 3, 2), X (1, 6, 1, 1, 1), X (1, 6, 1, 1, 1) }, 3, NULL, 0, 7, TRUE, NULL, build_group_norm },
  { "instance-norm", { X (2, 3, 2, 3, 2), X (1, 3, 1, 1, 1), X (1, 3, 1, 1, 1) }, 3, NULL, 0, 7, TRUE, NULL, build_instance_norm },
  { "layer-norm", { X (2, 5, 1, 3, 2), X (1, 5, 1, 1, 1), X (1, 5, 1, 1, 1) }, 3, NULL, 0, 7, TRUE, NULL, build_layer_norm },
  { "adain", { X (2, 3, 1, 3, 2), X (2, 6, 1, 1, 1) }, 2, NULL, 0, 3, TRUE, NULL, build_adain },
  { "window_sum", { X (2, 7, 1, 3, 2) }, 1, &radius2, 1e-11, 1, TRUE },
  { "window_sum", { X (2, 2, 1, 3, 2) }, 1, &radius2, 1e-11, 1, TRUE, "wider than the channels" },
  { "window_sum", { X (3, 39, 2, 23, 29) }, 1, &radius0, 0, 0, FALSE, "many" },
  { "local-response-norm", { X (2, 7, 1, 3, 2) }, 1, NULL, 0, 1, TRUE, NULL, build_lrn },
  { "matmul", { X (2, 3, 1, 2, 5), X (2, 4, 1, 2, 3) }, 2, &nn, 1e-11, 3, TRUE },
  { "matmul", { X (2, 3, 1, 2, 5), X (1, 3, 1, 2, 4) }, 2, &nt, 1e-11, 3, TRUE, "second transposed, stretched" },
  { "matmul", { X (2, 5, 3, 1, 3), X (2, 4, 3, 1, 3) }, 2, &tn, 1e-11, 3, TRUE, "first transposed" },
  { "matmul", { X (1, 5, 1, 1, 3), X (2, 3, 1, 2, 4) }, 2, &tt, 1e-11, 3, TRUE, "both transposed, stretched" },
  { "matmul", { X (1, 131, 1, 1, 517), X (1, 259, 1, 1, 131) }, 2, &nn, 1e-10, 0, FALSE, "large" },
  { "matmul", { X (1, 517, 1, 1, 131), X (1, 131, 1, 1, 259) }, 2, &tt, 1e-10, 0, FALSE, "large, both transposed" },
  { "attention", { X (2, 3, 1, 1, 4), X (2, 3, 1, 1, 5), X (2, 2, 1, 1, 5) }, 3, NULL, 0, 7, TRUE, NULL, build_attention },
  { "gather", { X (7, 5, 1, 1, 1), RANGE (0, 7, 3, 1, 1, 2, 4) }, 2, NULL, 0, 1, TRUE },
  { "gather", { X (2, 5, 1, 1, 1), { .shape = { 3, 1, 1, 2, 4 }, .fill = SAC_FILL_BITS } }, 2, NULL, 0, 1, TRUE, "whole numbers" },
  { "gather", { X (1000, 65, 1, 1, 1), RANGE (0, 1000, 300, 1, 2, 1, 1) }, 2, NULL, 0, 0, FALSE, "many" },
  { "gather_add", { X (3, 5, 1, 2, 4), RANGE (-2, 9, 3, 1, 1, 2, 4) }, 2, &rows7, 1e-12, 0, FALSE, "some no rows" },
  { "gather_add", { X (3, 5, 1, 2, 4), RANGE (0, 7, 3, 1, 1, 2, 4) }, 2, &rows7, 1e-12, 1, TRUE },
  { "gather_add", { X (3, 5, 1, 2, 4), { .shape = { 3, 1, 1, 2, 4 }, .fill = SAC_FILL_BITS } }, 2, &rows7, 1e-12, 1, TRUE,
    "whole numbers" },
  { "gather_add", { X (300, 65, 2, 1, 9), RANGE (0, 1000, 300, 1, 2, 1, 9) }, 2, &rows1000, 1e-11, 0, FALSE, "many" },
  { "dropout", { X (3, 7, 1, 3, 2), RANGE (0, 65535, 1, 6, 1, 1, 1) }, 2, &half, 0, 1, TRUE },
  { "dropout", { X (3, 7, 1, 3, 2), RANGE (0, 65535, 1, 6, 1, 1, 1) }, 2, &none, 0, 1, TRUE, "none" },
  { "dropout", { X (5, 33, 2, 29, 31), RANGE (0, 65535, 1, 6, 1, 1, 1) }, 2, &most, 0, 0, FALSE, "many" },
  { "distances", { DISTINCT (2, 3, 1, 2, 2), X (2, 3, 1, 2, 2) }, 2, NULL, 0, 3, FALSE, NULL, build_distances },
  { "kl", { X (3, 4, 1, 2, 1), X (3, 4, 1, 2, 1) }, 2, NULL, 0, 3, TRUE, NULL, build_kl },
  { "sinkhorn", { X (2, 3, 1, 1, 1), X (2, 4, 1, 1, 1), POSITIVE (1, 4, 1, 1, 3) }, 3, NULL, 0, 7, FALSE, NULL, build_sinkhorn },
  { "gan-losses", { X (4, 1, 1, 1, 1), X (5, 1, 1, 1, 1) }, 2, NULL, 0, 3, TRUE, NULL, build_gan },
  { "feature-transfer", { X (2, 3, 1, 2, 3), X (2, 5, 1, 2, 3) }, 2, NULL, 0, 1, TRUE, NULL, build_transfer },
  { "r1", { X (2, 2, 1, 3, 3), RANGE (-.4f, .4f, 3, 2, 1, 3, 3), X (1, 3, 1, 1, 1) }, 3, NULL, 0, 7, TRUE, NULL, build_r1 },
};

/* Runs @y with the inputs @in; @gx (or NULL) gets the gradient of its sum towards the first. */
static void
evaluate (SacGraph *g, SacVar y, const SacVar *in, const float *const *data, guint n_in, float *out, float *gx)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (2);
  g_autoptr (SacProgram) program = NULL;
  SacVar outputs[2] = { y, 0 };

  if (gx)
    sac_graph_gradients (g, y, in, 1, &outputs[1]);
  sac_graph_check (g, &error);
  g_assert_no_error (error);
  program = sac_program_compile (g, outputs, gx ? 2 : 1, backend, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_in; i++)
    sac_program_set_input (program, in[i], data[i]);
  sac_program_run (program, NULL, &error);
  g_assert_no_error (error);
  sac_program_get_output (program, y, out, NULL);
  if (gx)
    sac_program_get_output (program, outputs[1], gx, NULL);
}

/* Equal within @tolerance, infinities by sign, NaN to NaN. */
static void
assert_close (const float *got, const float *expected, guint n, double tolerance, const char *what)
{
  for (guint i = 0; i < n; i++)
    {
      gboolean same = isnan (expected[i]) ? isnan (got[i]) : got[i] == expected[i];

      if (!same && !(fabs ((double) got[i] - (double) expected[i]) <= tolerance * MAX (1, fabs ((double) expected[i]))))
        {
          g_test_message ("%s, number %u: %.9g, expected %.9g", what, i, (double) got[i], (double) expected[i]);
          g_test_fail ();
        }
    }
}


static SacVar
input (SacGraph *g, gint32 n, gint32 c, gint32 t, gint32 h, gint32 w)
{
  return sac_graph_input (g, "x", SAC_SHAPE (n, c, t, h, w));
}

/* PyTorch's norms of one tensor (2,6,1,1,2), in the logical order. */
static void
test_norms (void)
{
  static const float gamma[6] = { 1, .5f, -1, 2, .3f, .7f }, beta[6] = { 0, .1f, .2f, .3f, .4f, .5f };
  static const float expected[4][24] = {
    { -.99998f, .99998f, .599978f, -.399978f, 1.199784f, -.799784f, -1.694042f, 2.294038f, .699972f, .100028f, -.199979f, 1.199979f,
      .999984f, -.999984f, -.399994f, .599994f, -.799991f, 1.199991f, -1.699982f, 2.299982f, .699997f, .100003f, -.199991f, 1.199991f },
    { .068865f, 1.508907f, -.051109f, -.537777f, -.555873f, -1.015579f, -1.794905f, -1.547999f, .764257f, .559537f, -.530694f, .308509f,
      1.294502f, -.24805f, -.624637f, .30141f, -.86759f, 1.100545f, -1.88459f, 2.150501f, .585112f, -.00477f, .143878f, 1.368659f },
    { .148232f, 1.286173f, -.027535f, -.612956f, -.728058f, -.812942f, -1.612666f, -1.681463f, .851257f, .533413f, -.458353f, .270973f,
      1.204146f, -.282598f, -.573073f, .2988f, -.848251f, 1.176331f, -1.762511f, 2.300193f, .578582f, -.034276f, .170812f, 1.416173f },
    { 0, .540188f, -.147545f, -.497982f, .277927f, .42729f, -.381451f, -.341534f, .46929f, .225822f, -.529468f, -.086773f, .540313f,
      -.063449f, -.51617f, .205227f, .462851f, -.325207f, -.394959f, .415844f, .296226f, -.491237f, -.169539f, .538344f },
  };
  SacShape s = { 2, 6, 1, 1, 2 };
  float logical[24], x[24], y[24];

  for (guint i = 0; i < 24; i++)
    logical[i] = (float) sin (1.7 * i);
  sac_shape_to_memory_order (s, logical, x);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      SacVar in = sac_graph_input (g, "x", s), a = sac_graph_constant_data (g, SAC_SHAPE (1, 6, 1, 1, 1), gamma), out;
      SacVar b = sac_graph_constant_data (g, SAC_SHAPE (1, 6, 1, 1, 1), beta);

      out = i == 0 ? sac_instance_norm (g, in, a, b, 1e-5f) : i == 1 ? sac_group_norm (g, in, a, b, 3, 1e-5f)
            : i == 2 ? sac_layer_norm (g, in, a, b, 1e-5f) : sac_local_response_norm (g, in, 5, .5f, .75f, 2);
      evaluate (g, out, &in, (const float *[]) { x }, 1, y, NULL);
      sac_shape_from_memory_order (s, y, logical);
      assert_close (logical, expected[i], 24, 5e-6, "norm");
      sac_shape_from_memory_order (s, x, logical);
    }
  {
    /* methods/05, acceptance facts */
    static const float four[4] = { 1, 2, 3, 4 }, style[2] = { .5f, -1 }, known[4] = { -3.012453f, -1.670818f, -.329182f, 1.012453f };
    g_autoptr (SacGraph) g = sac_graph_new ();
    SacVar in[2] = { input (g, 1, 1, 1, 1, 4), input (g, 1, 2, 1, 1, 1) };

    evaluate (g, sac_adain (g, in[0], in[1], 1e-5f), in, (const float *[]) { four, style }, 2, y, NULL);
    assert_close (y, known, 4, 1e-6, "AdaIN");
  }
}

static float
loss_of (SacVar (*build) (SacGraph *g, const SacVar *in), SacShape sa, const float *a, SacShape sb, const float *b, float *ga)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  SacVar in[2] = { sac_graph_input (g, "a", sa), sac_graph_input (g, "b", sb) };
  float loss;

  evaluate (g, build (g, in), in, (const float *[]) { a, b }, 2, &loss, ga);
  return loss;
}

static SacVar
smooth_l1 (SacGraph *g, const SacVar *in)
{
  return sac_smooth_l1 (g, in[0], in[1], .5f);
}

static SacVar
l1 (SacGraph *g, const SacVar *in)
{
  return sac_l1 (g, in[0], in[1]);
}

static SacVar
mse (SacGraph *g, const SacVar *in)
{
  return sac_mse (g, in[0], in[1]);
}

static SacVar
transfer (SacGraph *g, const SacVar *in)
{
  return sac_feature_transfer (g, &in[1], &in[0], 1, 1000);
}

static SacVar
earth_mover (SacGraph *g, const SacVar *in)
{
  static const float distance[9] = { 0, 1, 2, 1, 0, 1, 2, 1, 0 };

  return sac_sinkhorn (g, in[0], in[1], sac_graph_constant_data (g, SAC_SHAPE (1, 3, 1, 1, 3), distance), .03f, 300);
}

static void
check_loss (const char *what, double got, double expected, double tolerance)
{
  if (fabs (got - expected) <= tolerance)
    return;
  g_test_message ("%s: %.8g, expected %.8g", what, got, expected);
  g_test_fail ();
}

static void
test_losses (void)
{
  static const float a[4] = { .1f, -1.5f, 2, .7f }, b[4] = { .4f, .5f, -.3f, .6f };
  /* channels ((1,2),(3,4)) and ((0,1),(1,0)) against ones: in memory the channels of a place are neighbours */
  static const float student[8] = { 1, 0, 2, 1, 3, 1, 4, 0 }, ones[8] = { 1, 1, 1, 1, 1, 1, 1, 1 };
  static const float p[3] = { .2f, .3f, .5f }, q[3] = { .4999f, .5f, .0001f };
  SacShape row = { 1, 4, 1, 1, 1 }, map = { 1, 2, 1, 2, 2 }, three = { 1, 3, 1, 1, 1 };
  float towards[8], sum = 0;

  check_loss ("smooth L1", loss_of (smooth_l1, row, a, row, b, NULL), .975, 1e-6);
  check_loss ("L1", loss_of (l1, row, a, row, b, NULL), 1.175, 1e-6);
  check_loss ("MSE", loss_of (mse, row, a, row, b, NULL), 2.3475, 1e-6);
  check_loss ("KL", loss_of (build_kl, row, a, row, b, NULL), .8979110, 1e-6);
  check_loss ("L_t,s", loss_of (transfer, map, student, map, ones, towards), 90.684392, 1e-4);
  for (guint i = 0; i < 8; i++)
    sum += towards[i] * student[i];
  check_loss ("L_t,s does not see the scale", sum, 0, 1e-3);
  check_loss ("EMD", loss_of (earth_mover, three, p, three, q, NULL), .8, 2e-3);
}

/* methods/05: R1 of D(x) = w·x with w = (3,4) is 12.5 for any batch; of a constant it is 0. */
static void
test_r1 (void)
{
  static const float w[2] = { 3, 4 }, x[6] = { 1, 2, -3, 5, .5f, 0 };
  g_autoptr (SacGraph) g = sac_graph_new ();
  SacVar in = input (g, 3, 2, 1, 1, 1), constant = sac_graph_constant (g, SAC_SHAPE_SCALAR, 1);
  SacVar score = sac_sum_to (g, sac_mul (g, in, sac_graph_constant_data (g, SAC_SHAPE (1, 2, 1, 1, 1), w)), SAC_SHAPE (3, 1, 1, 1, 1));
  float r1;

  evaluate (g, sac_add (g, sac_r1_penalty (g, score, in), sac_r1_penalty (g, constant, in)), &in, (const float *[]) { x }, 1, &r1, NULL);
  check_loss ("R1", r1, 12.5, 1e-5);
}

/* The share that is dropped, the scale, and that a micro-batch draws what the whole batch would. */
static void
test_dropout (void)
{
  enum { N = 6, SIZE = 1001 };
  float x[N * SIZE], y[2][N * SIZE], key[SAC_DROPOUT_KEY];
  guint dropped = 0, other = 0;

  for (guint i = 0; i < N * SIZE; i++)
    x[i] = 1;
  for (guint cut = 0; cut < 2; cut++)
    for (guint from = 0; from < N; from += cut ? 2 : N)
      {
        g_autoptr (SacGraph) g = sac_graph_new ();
        SacVar in[2] = { input (g, cut ? 2 : N, SIZE, 1, 1, 1), input (g, 1, SAC_DROPOUT_KEY, 1, 1, 1) };

        sac_dropout_key (5, 7, 70000 + from, key);
        evaluate (g, sac_dropout (g, in[0], in[1], .25f, 3), in, (const float *[]) { x, key }, 2, y[cut] + from * SIZE, NULL);
      }
  g_assert_cmpmem (y[0], sizeof y[0], y[1], sizeof y[1]);
  for (guint i = 0; i < N * SIZE; i++)
    {
      g_assert_true (y[0][i] == 0 || fabsf (y[0][i] - 4.f / 3) < 1e-6f);
      dropped += y[0][i] == 0;
      other += i >= SIZE && (y[0][i] == 0) != (y[0][i - SIZE] == 0);
    }
  check_loss ("share dropped", dropped / (double) (N * SIZE), .25, .02);
  check_loss ("examples differ", other / (double) ((N - 1) * SIZE), 2 * .25 * .75, .03);
}

static void
test_refusals (void)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      SacVar x = input (g, 2, 4, 1, 1, 3), y = input (g, 2, 5, 1, 1, 2), z;

      z = i == 0 ? sac_group_norm (g, x, 0, 0, 3, 1e-5f) : i == 1 ? sac_group_norm (g, x, 0, 0, 0, 1e-5f)
          : i == 2 ? sac_instance_norm (g, x, y, 0, 1e-5f) : i == 3 ? sac_matmul (g, x, y, FALSE, FALSE)
          : i == 4 ? sac_gather (g, x, y) : sac_dropout (g, x, y, .5f, 1);
      g_assert_cmpint (z, ==, 0);
      g_assert_false (sac_graph_check (g, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/norms/values", test_norms);
  g_test_add_func ("/norms/losses", test_losses);
  g_test_add_func ("/norms/r1", test_r1);
  g_test_add_func ("/norms/dropout", test_dropout);
  g_test_add_func ("/norms/refusals", test_refusals);
  sac_op_cases_add (cases, G_N_ELEMENTS (cases));
  return g_test_run ();
}
