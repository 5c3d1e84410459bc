/* Functions of one number, softmax and its losses, shape ops: cases for the helper of op-cases.h, values against PyTorch, what NaN
 * and infinities become. */
#include <math.h>
#include <string.h>

#include "op-cases.h"
#include "ops/axis-private.h"
#include "ops/unary-private.h"

#define X(n, c, t, h, w) { .shape = { n, c, t, h, w } }
#define RANGE(low_, high_, n, c, t, h, w) { .shape = { n, c, t, h, w }, .low = low_, .high = high_ }
#define DISTINCT(n, c, t, h, w) { .shape = { n, c, t, h, w }, .fill = SAC_FILL_DISTINCT }
#define BITS(n, c, t, h, w) { .shape = { n, c, t, h, w }, .fill = SAC_FILL_BITS }

static const gint32 off = 0, on = 1, by_n = SAC_AXIS_N, by_c = SAC_AXIS_C, by_t = SAC_AXIS_T, by_w = SAC_AXIS_W;
static const float smooth0 = 0, smooth1 = 0.1f;
static const SacSlice slice_n = { SAC_AXIS_N, 1, 2 }, slice_c = { SAC_AXIS_C, 3, 5 }, slice_t = { SAC_AXIS_T, 0, 1 };
static const SacSlice slice_w = { SAC_AXIS_W, 2, 2 };
static const SacPlaceSlice place_c = { { SAC_AXIS_C, 3, 5 }, { 2, 9, 2, 3, 4 } };
static const SacPlaceSlice place_h = { { SAC_AXIS_H, 1, 2 }, { 2, 9, 2, 3, 4 } };
static const gint32 swap_cw[5] = { 0, 4, 2, 3, 1 }, turn[5] = { 2, 0, 1, 4, 3 }, swap_tw[5] = { 0, 1, 4, 3, 2 };
static const SacShape viewed = { 3, 4, 1, 5, 2 };
static const struct { gint32 n_classes; float smoothing; } two_classes = { 2, 0.1f };
static const SacShape scalar = { 1, 1, 1, 1, 1 }, vector = { 1, 4, 1, 1, 1 }, places = { 2, 1, 3, 3, 2 };
static const SacShape rows = { 1, 1, 1, 3, 1 };
static const SacShape frames = { 2, 4, 1, 3, 2 }, vector37 = { 1, 37, 1, 1, 1 }, examples = { 5, 1, 1, 1, 1 };
static const SacShape places37 = { 5, 1, 3, 29, 31 };
static const SacShape no_frames = { 5, 37, 1, 29, 31 };
static const SacUnary u_abs = { SAC_UNARY_ABS, 0, 0 }, u_clamp = { SAC_UNARY_CLAMP, -0.5f, 0.8f }, u_exp = { SAC_UNARY_EXP, 0, 0 };
static const SacUnary u_hsig = { SAC_UNARY_HARD_SIGMOID, 0, 0 }, u_hswish = { SAC_UNARY_HARD_SWISH, 0, 0 };
static const SacUnary u_leaky = { SAC_UNARY_LEAKY_RELU, 0.2f, 0 }, u_odd = { SAC_UNARY_LEAKY_RELU, -0.5f, 0 };
static const SacUnary u_log = { SAC_UNARY_LOG, 0, 0 }, u_sigmoid = { SAC_UNARY_SIGMOID, 0, 0 }, u_soft = { SAC_UNARY_SOFTPLUS, 0, 0 };
static const SacUnary u_swish = { SAC_UNARY_SWISH, 0, 0 }, u_tanh = { SAC_UNARY_TANH, 0, 0 };

#define UNARY(u, source, smooth, what) \
  { "unary", { source }, 1, &u, 1e-12, 1, smooth, what }
#define UNARY_FAR(u, source, what) \
  { "unary", { source }, 1, &u, 1e-12, 0, FALSE, what }
#define UNARY_TINY(u, source, what) \
  { "unary", { source }, 1, &u, 1e-12, 0, FALSE, what, NULL, TRUE }
#define UNARY_GRAD(u, source, what) \
  { "unary_grad", { source, X (3, 33, 2, 29, 7) }, 2, &u, 1e-11, 0, FALSE, what }

#define BINARY(op, second) \
  { op, { X (2, 17, 1, 3, 5), second (2, 17, 1, 3, 5) }, 2, NULL, 0, 3, TRUE, "equal shapes" }, \
  { op, { X (2, 17, 3, 5, 1), second (1, 17, 1, 1, 1) }, 2, NULL, 0, 3, TRUE, "a row of channels" }, \
  { op, { X (2, 17, 3, 5, 1), second (2, 17, 1, 1, 1) }, 2, NULL, 0, 3, TRUE, "a row an example" }, \
  { op, { X (2, 7, 3, 5, 2), second (2, 1, 3, 5, 2) }, 2, NULL, 0, 3, TRUE, "a number a place" }, \
  { op, { X (2, 7, 3, 5, 2), second (1, 1, 3, 1, 2) }, 2, NULL, 0, 3, TRUE, "some axes" }, \
  { op, { X (1, 17, 1, 1, 1), second (2, 17, 3, 5, 1) }, 2, NULL, 0, 3, TRUE, "a row first" }, \
  { op, { X (3, 4, 1, 2, 2), second (1, 1, 1, 1, 1) }, 2, NULL, 0, 3, TRUE, "a scalar" }, \
  { op, { X (3, 1, 2, 1, 5), second (1, 4, 1, 3, 1) }, 2, NULL, 0, 3, TRUE, "both stretch" }, \
  { op, { X (2, 33, 2, 29, 31), second (2, 33, 2, 29, 31) }, 2, NULL, 0, 0, FALSE, "many pieces" }, \
  { op, { X (2, 33, 2, 29, 31), second (2, 1, 2, 29, 1) }, 2, NULL, 0, 0, FALSE, "many rows" }
#define BINARY_OF_STEPS(op) \
  { op, { DISTINCT (2, 17, 1, 3, 5), X (2, 17, 1, 3, 5) }, 2, NULL, 0, 3, FALSE, "equal shapes" }, \
  { op, { DISTINCT (2, 17, 1, 3, 5), RANGE (0.99f, 1.01f, 1, 1, 1, 1, 1) }, 2, NULL, 0, 3, TRUE, "a scalar" }, \
  { op, { BITS (2, 33, 2, 29, 31), BITS (2, 33, 2, 29, 31) }, 2, NULL, 0, 0, FALSE, "ties" }
#define REDUCTIONS(op) \
  { op, { DISTINCT (2, 4, 3, 3, 2) }, 1, &scalar, 1e-11, 1, TRUE, "to a scalar" }, \
  { op, { DISTINCT (2, 4, 3, 3, 2) }, 1, &vector, 1e-11, 1, TRUE, "to channels" }, \
  { op, { DISTINCT (2, 4, 3, 3, 2) }, 1, &places, 1e-11, 1, TRUE, "to places" }, \
  { op, { DISTINCT (2, 4, 3, 3, 2) }, 1, &frames, 1e-11, 1, TRUE, "over time" }, \
  { op, { DISTINCT (2, 4, 3, 3, 2) }, 1, &rows, 1e-11, 1, TRUE, "apart" }, \
  { op, { X (5, 37, 3, 29, 31) }, 1, &scalar, 1e-10, 0, FALSE, "many, to a scalar" }, \
  { op, { X (5, 37, 3, 29, 31) }, 1, &vector37, 1e-10, 0, FALSE, "many, to channels" }, \
  { op, { X (5, 37, 3, 29, 31) }, 1, &examples, 1e-10, 0, FALSE, "many, to examples" }, \
  { op, { X (5, 37, 3, 29, 31) }, 1, &places37, 1e-10, 0, FALSE, "many, to places" }, \
  { op, { X (5, 37, 3, 29, 31) }, 1, &no_frames, 1e-10, 0, FALSE, "many, over time" }
#define FAR_FROM_ZERO(...) RANGE (0.5f, 2, __VA_ARGS__)

static SacVar
build_cross_entropy (SacGraph *g, const SacVar src[])
{
  return sac_cross_entropy (g, src[0], src[1], 0.1f);
}

static SacVar
build_cross_entropy_soft (SacGraph *g, const SacVar src[])
{
  return sac_cross_entropy_soft (g, src[0], sac_softmax (g, src[1]));
}

static SacVar
build_prelu (SacGraph *g, const SacVar src[])
{
  return sac_prelu (g, src[0], src[1]);
}

static SacVar
build_shuffle (SacGraph *g, const SacVar src[])
{
  return sac_channel_shuffle (g, sac_mul (g, src[0], src[0]), 3);
}

static SacVar
build_variance (SacGraph *g, const SacVar src[])
{
  return sac_variance_to (g, src[0], SAC_SHAPE (2, 1, 3, 1, 1));
}

static SacVar
build_min_to (SacGraph *g, const SacVar src[])
{
  return sac_min_to (g, src[0], SAC_SHAPE (1, 1, 1, 3, 2));
}

static SacVar
build_reshape (SacGraph *g, const SacVar src[])
{
  return sac_reshape (g, sac_mul (g, src[0], src[0]), SAC_SHAPE (4, 3, 1, 5, 2));
}

static SacVar
build_concat_many (SacGraph *g, const SacVar src[])
{
  SacVar many[11];

  for (guint i = 0; i < 11; i++)
    many[i] = i % 3 ? src[i % 2] : sac_mul (g, src[0], src[1]);
  return sac_concat (g, many, 11, SAC_AXIS_W);
}

static const SacOpCase cases[] = {
  UNARY (u_abs, DISTINCT (2, 17, 1, 3, 5), TRUE, "abs"), UNARY (u_clamp, DISTINCT (2, 17, 1, 3, 5), TRUE, "clamp"),
  UNARY (u_exp, X (2, 17, 1, 3, 5), TRUE, "exp"), UNARY (u_hsig, DISTINCT (2, 17, 1, 3, 5), TRUE, "hard sigmoid"),
  UNARY (u_hswish, X (2, 17, 1, 3, 5), TRUE, "hard swish"), UNARY (u_leaky, DISTINCT (2, 17, 1, 3, 5), TRUE, "leaky"),
  UNARY (u_odd, DISTINCT (2, 17, 1, 3, 5), TRUE, "leaky, slope below 0"), UNARY (u_log, FAR_FROM_ZERO (2, 17, 1, 3, 5), TRUE, "log"),
  UNARY (u_sigmoid, X (2, 17, 1, 3, 5), TRUE, "sigmoid"), UNARY (u_soft, X (2, 17, 1, 3, 5), TRUE, "softplus"),
  UNARY (u_swish, X (2, 17, 1, 3, 5), TRUE, "swish"), UNARY (u_tanh, X (2, 17, 1, 3, 5), TRUE, "tanh"),
  UNARY_FAR (u_abs, RANGE (-90, 90, 3, 33, 2, 29, 7), "abs"), UNARY_FAR (u_clamp, RANGE (-3, 3, 3, 33, 2, 29, 7), "clamp"),
  UNARY_FAR (u_exp, RANGE (-90, 80, 3, 33, 2, 29, 7), "exp"), UNARY_FAR (u_exp, RANGE (-2, -1, 3, 33, 2, 29, 7), "exp, small"),
  UNARY_FAR (u_hsig, RANGE (-9, 9, 3, 33, 2, 29, 7), "hard sigmoid"),
  UNARY_FAR (u_hswish, RANGE (-9, 9, 3, 33, 2, 29, 7), "hard swish"),
  UNARY_FAR (u_leaky, RANGE (-9, 9, 3, 33, 2, 29, 7), "leaky"), UNARY_FAR (u_log, RANGE (1e-6f, 10, 3, 33, 2, 29, 7), "log"),
  UNARY_TINY (u_log, RANGE (1e-42f, 1e-38f, 3, 33, 2, 29, 7), "log of next to nothing"),
  UNARY_FAR (u_log, RANGE (0.99f, 1.01f, 3, 33, 2, 29, 7), "log near 1"),
  UNARY_FAR (u_sigmoid, RANGE (-60, -50, 3, 33, 2, 29, 7), "sigmoid"),
  UNARY_FAR (u_sigmoid, RANGE (-9, 90, 3, 33, 2, 29, 7), "sigmoid"),
  UNARY_FAR (u_soft, RANGE (-90, 90, 3, 33, 2, 29, 7), "softplus"),
  UNARY_FAR (u_soft, RANGE (-30, -10, 3, 33, 2, 29, 7), "softplus, small"),
  UNARY_FAR (u_swish, RANGE (-20, 20, 3, 33, 2, 29, 7), "swish"), UNARY_FAR (u_tanh, RANGE (-20, 20, 3, 33, 2, 29, 7), "tanh"),
  UNARY_FAR (u_tanh, RANGE (-.01f, .01f, 3, 33, 2, 29, 7), "tanh, small"),
  UNARY_GRAD (u_abs, RANGE (-90, 90, 3, 33, 2, 29, 7), "abs"), UNARY_GRAD (u_clamp, RANGE (-3, 3, 3, 33, 2, 29, 7), "clamp"),
  UNARY_GRAD (u_exp, RANGE (-90, 80, 3, 33, 2, 29, 7), "exp"), UNARY_GRAD (u_exp, RANGE (-2, -1, 3, 33, 2, 29, 7), "exp, small"),
  UNARY_GRAD (u_hsig, RANGE (-9, 9, 3, 33, 2, 29, 7), "hard sigmoid"),
  UNARY_GRAD (u_hswish, RANGE (-9, 9, 3, 33, 2, 29, 7), "hard swish"),
  UNARY_GRAD (u_leaky, RANGE (-9, 9, 3, 33, 2, 29, 7), "leaky"), UNARY_GRAD (u_log, RANGE (1e-6f, 10, 3, 33, 2, 29, 7), "log"),
  UNARY_GRAD (u_log, RANGE (0.99f, 1.01f, 3, 33, 2, 29, 7), "log near 1"),
  UNARY_GRAD (u_sigmoid, RANGE (-60, -50, 3, 33, 2, 29, 7), "sigmoid"),
  UNARY_GRAD (u_sigmoid, RANGE (-9, 90, 3, 33, 2, 29, 7), "sigmoid"),
  UNARY_GRAD (u_soft, RANGE (-90, 90, 3, 33, 2, 29, 7), "softplus"),
  UNARY_GRAD (u_soft, RANGE (-30, -10, 3, 33, 2, 29, 7), "softplus, small"),
  UNARY_GRAD (u_swish, RANGE (-20, 20, 3, 33, 2, 29, 7), "swish"), UNARY_GRAD (u_tanh, RANGE (-20, 20, 3, 33, 2, 29, 7), "tanh"),
  UNARY_GRAD (u_tanh, RANGE (-.01f, .01f, 3, 33, 2, 29, 7), "tanh, small"),
  { "unary_grad", { X (2, 7, 1, 3, 5), X (2, 7, 1, 3, 5) }, 2, &u_tanh, 1e-12, 3, TRUE, "tanh" },
  { "unary_grad", { X (2, 7, 1, 3, 5), X (2, 7, 1, 3, 5) }, 2, &u_soft, 1e-12, 3, TRUE, "softplus" },
  BINARY ("div", FAR_FROM_ZERO),
  BINARY_OF_STEPS ("maximum"), BINARY_OF_STEPS ("minimum"),
  { "equal", { BITS (2, 17, 1, 3, 5), BITS (2, 17, 1, 3, 5) }, 2, NULL, 0, 0, FALSE },
  { "greater", { BITS (2, 17, 1, 3, 5), BITS (1, 17, 1, 3, 5) }, 2, NULL, 0, 0, FALSE },
  { "prelu", { DISTINCT (2, 7, 1, 3, 2), X (1, 7, 1, 1, 1) }, 2, NULL, 0, 3, TRUE, NULL, build_prelu },
  { "channel-shuffle", { X (2, 6, 2, 1, 3) }, 1, NULL, 0, 1, TRUE, NULL, build_shuffle },
  REDUCTIONS ("sum_to"), REDUCTIONS ("max_to"), REDUCTIONS ("sum_squares"),
  { "ema", { X (1, 40003, 1, 1, 1), X (1, 40003, 1, 1, 1), RANGE (.9f, .99f, 1, 1, 1, 1, 1) }, 3, NULL, 1e-12, 0, FALSE },
  { "variance", { X (2, 4, 3, 3, 2) }, 1, NULL, 0, 1, TRUE, NULL, build_variance },
  { "min_to", { DISTINCT (2, 4, 3, 3, 2) }, 1, NULL, 0, 1, TRUE, NULL, build_min_to },
  { "softmax", { X (3, 7, 2, 1, 2) }, 1, &off, 1e-12, 1, TRUE },
  { "softmax", { RANGE (-90, 90, 13, 133, 2, 5, 2) }, 1, &off, 1e-12, 0, FALSE, "many" },
  { "softmax", { X (3, 7, 2, 1, 2) }, 1, &on, 1e-12, 1, TRUE, "logarithm" },
  { "softmax", { RANGE (-90, 90, 13, 133, 2, 5, 2) }, 1, &on, 1e-12, 0, FALSE, "logarithm, many" },
  { "softmax_ce", { X (5, 2, 1, 3, 1), BITS (5, 1, 1, 3, 1) }, 2, &smooth0, 1e-12, 1, TRUE },
  { "softmax_ce", { X (5, 2, 1, 3, 1), BITS (5, 1, 1, 3, 1) }, 2, &smooth1, 1e-12, 1, TRUE, "smoothed" },
  { "softmax_ce", { X (37, 174, 1, 6, 2), RANGE (-1, 174, 37, 1, 1, 6, 2) }, 2, &smooth1, 1e-12, 0, FALSE, "many" },
  { "softmax_ce_grad", { X (5, 2, 1, 3, 1), BITS (5, 1, 1, 3, 1), X (5, 1, 1, 3, 1) }, 3, &smooth1, 1e-12, 5, TRUE, "smoothed" },
  { "softmax_ce_grad", { X (37, 174, 1, 6, 2), RANGE (-9, 174, 37, 1, 1, 6, 2), X (37, 1, 1, 6, 2) }, 3, &smooth0,
    1e-12, 5, FALSE, "many" },
  { "bce", { X (5, 4, 1, 3, 1), X (5, 4, 1, 3, 1) }, 2, NULL, 1e-12, 3, TRUE },
  { "bce", { RANGE (-30, 30, 37, 174, 1, 6, 2), BITS (37, 174, 1, 6, 2) }, 2, NULL, 1e-12, 0, FALSE, "many" },
  { "bce_grad", { X (5, 4, 1, 3, 1), X (5, 4, 1, 3, 1), X (5, 4, 1, 3, 1) }, 3, NULL, 1e-12, 7, TRUE },
  { "bce_grad", { RANGE (-30, 30, 37, 174, 1, 6, 2), BITS (37, 174, 1, 6, 2), X (37, 174, 1, 6, 2) }, 3, NULL, 1e-12, 0, FALSE, "many" },
  { "one_hot", { BITS (5, 1, 1, 3, 1) }, 1, &two_classes, 0, 0, FALSE },
  { "cross-entropy", { X (5, 2, 1, 1, 1), BITS (5, 1, 1, 1, 1) }, 2, NULL, 0, 1, TRUE, NULL, build_cross_entropy },
  { "cross-entropy-soft", { X (5, 4, 1, 2, 1), X (5, 4, 1, 2, 1) }, 2, NULL, 0, 3, TRUE, NULL, build_cross_entropy_soft },
  { "slice", { X (3, 9, 2, 3, 4) }, 1, &slice_n, 0, 1, TRUE },
  { "slice", { X (3, 9, 2, 3, 4) }, 1, &slice_c, 0, 1, TRUE },
  { "slice", { X (3, 9, 2, 3, 4) }, 1, &slice_t, 0, 1, TRUE },
  { "slice", { X (3, 39, 2, 23, 14) }, 1, &slice_w, 0, 0, FALSE, "many" },
  { "place_slice", { X (2, 5, 2, 3, 4) }, 1, &place_c, 0, 1, TRUE },
  { "place_slice", { X (2, 9, 2, 2, 4) }, 1, &place_h, 0, 1, TRUE },
  { "concat", { X (3, 2, 2, 3, 2), X (1, 2, 2, 3, 2) }, 2, &by_n, 0, 3, TRUE },
  { "concat", { X (3, 2, 2, 3, 2), X (3, 5, 2, 3, 2), X (3, 1, 2, 3, 2) }, 3, &by_c, 0, 7, TRUE },
  { "concat", { X (3, 2, 2, 3, 2), X (3, 2, 1, 3, 2) }, 2, &by_t, 0, 3, TRUE },
  { "concat", { X (3, 31, 2, 23, 12), X (3, 31, 2, 23, 5) }, 2, &by_w, 0, 3, FALSE, "many" },
  { "concat-many", { X (1, 2, 1, 1, 3), X (1, 2, 1, 1, 3) }, 2, NULL, 0, 3, TRUE, NULL, build_concat_many },
  { "view", { X (2, 3, 1, 4, 5) }, 1, &viewed, 0, 1, TRUE },
  { "view", { RANGE (-1, 1, 3, 4, 1, 5, 2) }, 1, &viewed, 0, 1, TRUE, "the same" },
  { "permute", { X (2, 3, 2, 3, 4) }, 1, &swap_cw, 0, 1, TRUE },
  { "permute", { X (2, 3, 2, 3, 4) }, 1, &turn, 0, 1, TRUE },
  { "permute", { X (2, 19, 3, 37, 21) }, 1, &swap_cw, 0, 0, FALSE, "many" },
  { "permute", { X (2, 19, 3, 37, 21) }, 1, &turn, 0, 0, FALSE, "many" },
  { "permute", { X (2, 19, 3, 5, 21) }, 1, &swap_tw, 0, 0, FALSE, "channels stay" },
  { "reshape", { X (2, 3, 2, 5, 2) }, 1, NULL, 0, 1, TRUE, NULL, build_reshape },
};

/* ---- values. */

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

/* values and derivatives of PyTorch at nine points. */
static void
test_functions (void)
{
  static const float x[9] = { -4, -2.5f, -1, -.3f, 0, .4f, 1, 2.5f, 5 };
  static const struct {
    SacUnary unary;
    float y[9], gx[9];
  } known[] = {
    { { SAC_UNARY_ABS, 0, 0 }, { 4, 2.5f, 1, .3f, 0, .4f, 1, 2.5f, 5 }, { -1, -1, -1, -1, 0, 1, 1, 1, 1 } },
    { { SAC_UNARY_CLAMP, -1, 2 }, { -1, -1, -1, -.3f, 0, .4f, 1, 2, 2 }, { 0, 0, 1, 1, 1, 1, 1, 0, 0 } },
    { { SAC_UNARY_EXP, 0, 0 }, { .0183156f, .082085f, .3678794f, .7408182f, 1, 1.4918247f, 2.7182818f, 12.182494f, 148.4131591f },
      { .0183156f, .082085f, .3678794f, .7408182f, 1, 1.4918247f, 2.7182818f, 12.182494f, 148.4131591f } },
    { { SAC_UNARY_HARD_SIGMOID, 0, 0 }, { 0, .0833333f, .3333333f, .45f, .5f, .5666667f, .6666667f, .9166667f, 1 },
      { 0, .1666667f, .1666667f, .1666667f, .1666667f, .1666667f, .1666667f, .1666667f, 0 } },
    { { SAC_UNARY_HARD_SWISH, 0, 0 }, { 0, -.2083333f, -.3333333f, -.135f, 0, .2266667f, .6666667f, 2.2916667f, 5 },
      { 0, -.3333333f, .1666667f, .4f, .5f, .6333333f, .8333333f, 1.3333333f, 1 } },
    { { SAC_UNARY_LEAKY_RELU, .2f, 0 }, { -.8f, -.5f, -.2f, -.06f, 0, .4f, 1, 2.5f, 5 }, { .2f, .2f, .2f, .2f, .2f, 1, 1, 1, 1 } },
    { { SAC_UNARY_LOG, 0, 0 }, { NAN, NAN, NAN, NAN, -INFINITY, -.9162907f, 0, .9162907f, 1.6094379f },
      { -.25f, -.4f, -1, -3.3333333f, INFINITY, 2.5f, 1, .4f, .2f } },
    { { SAC_UNARY_SIGMOID, 0, 0 }, { .0179862f, .0758582f, .2689414f, .4255575f, .5f, .5986877f, .7310586f, .9241418f, .9933071f },
      { .0176627f, .0701037f, .1966119f, .2444583f, .25f, .2402607f, .1966119f, .0701037f, .0066481f } },
    { { SAC_UNARY_SOFTPLUS, 0, 0 }, { .0181499f, .0788897f, .3132617f, .5543552f, .6931472f, .9130153f, 1.3132617f, 2.5788897f,
      5.0067153f },
      { .0179862f, .0758582f, .2689414f, .4255575f, .5f, .5986877f, .7310586f, .9241418f, .9933071f } },
    { { SAC_UNARY_SWISH, 0, 0 }, { -.0719448f, -.1896455f, -.2689414f, -.1276672f, 0, .2394751f, .7310586f, 2.3103545f, 4.9665357f },
      { -.0526646f, -.0994011f, .0723295f, .35222f, .5f, .694792f, .9276705f, 1.0994011f, 1.0265474f } },
    { { SAC_UNARY_TANH, 0, 0 }, { -.9993293f, -.9866143f, -.7615942f, -.2913126f, 0, .379949f, .7615942f, .9866143f, .9999092f },
      { .001341f, .0265922f, .4199743f, .915137f, 1, .8556388f, .4199743f, .0265922f, .0001816f } },
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (known) == SAC_N_UNARY);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      SacVar in = sac_graph_input (g, "x", SAC_SHAPE (9, 1, 1, 1, 1));
      g_autofree char *what = g_strdup_printf ("kind %d", known[i].unary.kind);
      float y[9], gx[9];

      evaluate (g, sac_graph_append (g, sac_op_find ("unary"), &in, 1, &known[i].unary), &in, (const float *[]) { x }, 1, y, gx);
      assert_close (y, known[i].y, 9, 2e-7, what);
      assert_close (gx, known[i].gx, 9, 2e-7, what);
    }
}

/* What goes in strange comes out as the C library has it, through every instruction set. */
static void
test_strange_numbers (void)
{
  static const float strange[] = { NAN, INFINITY, -INFINITY, 0, -0.0f, 1e-45f, -1e-45f, 3e38f, -3e38f, 88.9f, -103.5f, -104.5f, 1 };
  enum { N = G_N_ELEMENTS (strange), TIMES = 5 };
  float x[N * TIMES], y[N * TIMES], expected[N * TIMES], v[N * TIMES];
  g_autoptr (SacPool) pool = sac_pool_new (1);

  for (guint i = 0; i < N * TIMES; i++)
    {
      x[i] = strange[i % N];
      v[i] = 1;
    }
  for (guint kind = 0; kind < SAC_N_UNARY; kind++)
    for (guint grad = 0; grad < 2; grad++)
      {
        const SacUnary unary = { (gint32) kind, kind == SAC_UNARY_CLAMP ? -1 : 0.2f, 1 };
        const SacOp *op = sac_op_find (grad ? "unary_grad" : "unary");
        SacShape shape = { 1, N * TIMES, 1, 1, 1 };
        SacKernelArgs args = { .op = op, .n_src = 1 + grad, .params = &unary, .pool = pool,
                               .src = { { shape, x }, { shape, v } }, .dst = { shape, expected } };

        op->reference (&args);
        args.dst.data = y;
        for (const SacCpuVariant *variant = op->cpu; variant->run; variant++)
          if ((variant->needs & ~sac_cpu_flags ()) == 0)
            {
              g_autofree char *what = g_strdup_printf ("%s %u %s", op->name, kind, variant->name);

              variant->run (&args);
              for (guint i = 0; i < N * TIMES; i++)
                if (isnan (y[i]) != isnan (expected[i]) || isinf (y[i]) != isinf (expected[i])
                    || (!isnan (y[i]) && y[i] != expected[i] && fabsf (y[i] - expected[i]) > 1e-6f * MAX (fabsf (expected[i]), 1e-36f)))
                  {
                    g_test_message ("%s of %g: %g, expected %g", what, (double) x[i], (double) y[i], (double) expected[i]);
                    g_test_fail ();
                    break;
                  }
            }
      }
}

static void
test_cross_entropy (void)
{
  static const float z[12] = { 1, 2, -1, .5f, 0, 0, 3, -2, .1f, .2f, .3f, .4f }, labels[3] = { 1, 3, 0 };
  static const float plain[12] = { .07473594f, -.13017999f, .01011441f, .04532964f, .01500091f, .01500091f, .30130136f, -.33130318f,
                                   -.26205394f, .07877592f, .08706086f, .09621713f };
  static const float smoothed[12] = { .06640259f, -.10517999f, .00178108f, .03699629f, .00666758f, .00666758f, .292968f, -.3063031f,
                                      -.23705392f, .07044257f, .07872755f, .08788378f };
  static const float odd_labels[4] = { -1, 4, NAN, 2 }, odd_z[16] = { [12] = NAN };
  static const float odd_loss[4] = { 0, NAN, NAN, NAN };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      SacVar in[2] = { sac_graph_input (g, "z", SAC_SHAPE (3, 4, 1, 1, 1)), sac_graph_input (g, "labels", SAC_SHAPE (3, 1, 1, 1, 1)) };
      float loss, gz[12];

      evaluate (g, sac_cross_entropy (g, in[0], in[1], i ? .1f : 0), in, (const float *[]) { z, labels }, 2, &loss, gz);
      assert_close (&loss, &(float) { i ? 2.345416f : 2.379583f }, 1, 3e-7, "cross-entropy");
      assert_close (gz, i ? smoothed : plain, 12, 1e-7, "cross-entropy's gradient");
    }
  {
    g_autoptr (SacGraph) g = sac_graph_new ();
    SacVar in[2] = { sac_graph_input (g, "z", SAC_SHAPE (4, 4, 1, 1, 1)), sac_graph_input (g, "labels", SAC_SHAPE (4, 1, 1, 1, 1)) };
    float loss[4], gz[16];

    evaluate (g, sac_softmax_ce (g, in[0], in[1], 0), in, (const float *[]) { odd_z, odd_labels }, 2, loss, gz);
    assert_close (loss, odd_loss, 4, 0, "odd labels");
    for (guint i = 0; i < 16; i++)
      g_assert_true (i < 4 ? gz[i] == 0 : isnan (gz[i]));
  }
  {
    /* methods/05, acceptance facts */
    static const float a[3] = { -.6931472f, -1.2039728f, -1.6094379f }, p[3] = { .7f, .2f, .1f };
    g_autoptr (SacGraph) g = sac_graph_new ();
    SacVar in[2] = { sac_graph_input (g, "a", SAC_SHAPE (1, 3, 1, 1, 1)), sac_graph_input (g, "p", SAC_SHAPE (1, 3, 1, 1, 1)) };
    float loss;

    evaluate (g, sac_cross_entropy_soft (g, in[0], in[1]), in, (const float *[]) { a, p }, 2, &loss, NULL);
    assert_close (&loss, &(float) { .886941f }, 1, 1e-6, "soft cross-entropy");
  }
}

/* In the logical order a reshape moves nothing, a permute does what it says; where memory stays there is no copy. */
static void
test_shapes (void)
{
  static const SacAxis swap[5] = { SAC_AXIS_N, SAC_AXIS_W, SAC_AXIS_T, SAC_AXIS_H, SAC_AXIS_C };
  SacShape from = { 2, 3, 2, 1, 4 }, to = { 4, 2, 3, 2, 1 };
  float logical[48], memory[48], got[48], back[48];
  g_autoptr (SacGraph) g = sac_graph_new (), g2 = sac_graph_new (), g3 = sac_graph_new ();
  SacVar in = sac_graph_input (g, "x", from), in2 = sac_graph_input (g2, "x", from), flat;
  guint n_nodes;

  for (guint i = 0; i < 48; i++)
    logical[i] = (float) i;
  sac_shape_to_memory_order (from, logical, memory);
  evaluate (g, sac_reshape (g, in, to), &in, (const float *[]) { memory }, 1, got, NULL);
  sac_shape_from_memory_order (to, got, back);
  g_assert_cmpmem (back, sizeof back, logical, sizeof logical);

  evaluate (g2, sac_permute (g2, in2, swap), &in2, (const float *[]) { memory }, 1, got, NULL);
  sac_shape_from_memory_order (SAC_SHAPE (2, 4, 2, 1, 3), got, back);
  for (guint n = 0; n < 2; n++)
    for (guint c = 0; c < 4; c++)
      for (guint t = 0; t < 2; t++)
        for (guint w = 0; w < 3; w++)
          g_assert_true (back[((n * 4 + c) * 2 + t) * 3 + w] == logical[((n * 3 + w) * 2 + t) * 4 + c]);

  flat = sac_reshape (g3, sac_graph_input (g3, "x", SAC_SHAPE (2, 12, 1, 1, 1)), SAC_SHAPE (2, 1, 3, 4, 1));
  g_assert_cmpint (flat, >, 0);
  n_nodes = sac_graph_get_n_nodes (g3);
  for (guint v = 1; v < n_nodes; v++)
    g_assert_true (sac_graph_get_node (g3, (SacVar) v).op != sac_op_find ("permute"));
}

static void
test_refusals (void)
{
  static const SacAxis twice[5] = { SAC_AXIS_N, SAC_AXIS_C, SAC_AXIS_C, SAC_AXIS_H, SAC_AXIS_W };

  for (guint i = 0; i < 7; i++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      SacVar x = sac_graph_input (g, "x", SAC_SHAPE (2, 3, 1, 4, 5)), y = sac_graph_input (g, "y", SAC_SHAPE (2, 3, 1, 4, 6)), z;

      z = i == 0 ? sac_slice (g, x, SAC_AXIS_C, 2, 2) : i == 1 ? sac_slice (g, x, SAC_AXIS_C, -1, 2)
          : i == 2 ? sac_slice (g, x, SAC_AXIS_C, 1, G_MAXINT32) : i == 3 ? sac_concat (g, (SacVar[]) { x, y }, 2, SAC_AXIS_C)
          : i == 4 ? sac_reshape (g, x, SAC_SHAPE (2, 3, 1, 4, 4)) : i == 5 ? sac_permute (g, x, twice)
                   : sac_softmax_ce (g, x, y, 0);
      g_assert_cmpint (z, ==, 0);
      g_assert_false (sac_graph_check (g, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/maths/functions", test_functions);
  g_test_add_func ("/maths/strange-numbers", test_strange_numbers);
  g_test_add_func ("/maths/cross-entropy", test_cross_entropy);
  g_test_add_func ("/maths/shapes", test_shapes);
  g_test_add_func ("/maths/refusals", test_refusals);
  sac_op_cases_add (cases, G_N_ELEMENTS (cases));
  return g_test_run ();
}
