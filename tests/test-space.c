/* Spatial ops: pooling, resizing, borders, spectra and the general convolutions, against their references, central differences and
 * the numbers of PyTorch. */
#include "op-cases.h"

#include <math.h>
#include <string.h>

#include "golden-space.h"
#include "ops/resample-private.h"

#define X(n, c, t, h, w) { .shape = { n, c, t, h, w } }
#define POSITIVE(n, c, t, h, w) { .shape = { n, c, t, h, w }, .low = 0.5f, .high = 2 }
#define DISTINCT(n, c, t, h, w) { .shape = { n, c, t, h, w }, .fill = SAC_FILL_DISTINCT }
#define BITS(n, c, t, h, w) { .shape = { n, c, t, h, w }, .fill = SAC_FILL_BITS }

/* ---- every kind of resampling, both directions. */
#define AVERAGE SAC_RESAMPLE_AVERAGE
static const SacResample3d average = { AVERAGE, 0, { 5, 7, 6 }, { 3, 4, 3 }, { 3, 3, 3 }, { 2, 2, 2 }, { 1, 1, 1 }, 1 };
static const SacResample3d average_inside = { AVERAGE, 0, { 5, 7, 6 }, { 3, 4, 4 }, { 3, 3, 3 }, { 2, 2, 2 }, { 1, 1, 1 }, 0 };
static const SacResample3d average_back = { AVERAGE, 1, { 5, 7, 6 }, { 3, 4, 3 }, { 3, 3, 3 }, { 2, 2, 2 }, { 1, 1, 1 }, 1 };
static const SacResample3d average_gaps = { AVERAGE, 1, { 1, 9, 11 }, { 1, 3, 3 }, { 1, 2, 2 }, { 1, 3, 4 }, { 0 }, 0 };
static const SacResample3d half = { AVERAGE, 0, { 1, 34, 36 }, { 1, 17, 18 }, { 1, 2, 2 }, { 1, 2, 2 }, { 0 }, 0 };
static const SacResample3d adaptive = { SAC_RESAMPLE_ADAPTIVE, 0, { 5, 7, 6 }, { 2, 3, 4 } };
static const SacResample3d adaptive_back = { SAC_RESAMPLE_ADAPTIVE, 1, { 5, 7, 3 }, { 2, 3, 5 } };
static const SacResample3d one = { SAC_RESAMPLE_ADAPTIVE, 0, { 5, 7, 6 }, { 1, 1, 1 } };
static const SacResample3d nearest = { SAC_RESAMPLE_NEAREST, 0, { 2, 4, 5 }, { 3, 8, 3 } };
static const SacResample3d nearest_back = { SAC_RESAMPLE_NEAREST, 1, { 2, 4, 5 }, { 3, 8, 3 } };
static const SacResample3d twice = { SAC_RESAMPLE_NEAREST, 0, { 1, 16, 16 }, { 1, 32, 32 } };
static const SacResample3d linear = { SAC_RESAMPLE_LINEAR, 0, { 2, 4, 5 }, { 3, 7, 3 } };
static const SacResample3d linear_back = { SAC_RESAMPLE_LINEAR, 1, { 2, 4, 5 }, { 3, 7, 3 } };
static const SacResample3d corners = { SAC_RESAMPLE_LINEAR, 0, { 1, 4, 5 }, { 1, 7, 9 }, .option = 1 };
static const SacResample3d corners_back = { SAC_RESAMPLE_LINEAR, 1, { 1, 4, 5 }, { 1, 1, 9 }, .option = 1 };
static const SacResample3d zeros = { SAC_RESAMPLE_PAD, 0, { 2, 4, 5 }, { 5, 6, 4 }, .pad = { 1, 2, -1 } };
static const SacResample3d zeros_back = { SAC_RESAMPLE_PAD, 1, { 2, 4, 5 }, { 5, 6, 4 }, .pad = { 1, 2, -1 } };
static const SacResample3d repeat = { SAC_RESAMPLE_PAD, 0, { 2, 4, 5 }, { 5, 6, 9 }, .pad = { 1, 2, 1 }, .option = SAC_PAD_REPLICATE };
static const SacResample3d repeat_back = { SAC_RESAMPLE_PAD, 1, { 2, 4, 5 }, { 5, 6, 9 }, .pad = { 1, 2, 1 }, .option = SAC_PAD_REPLICATE };
static const SacResample3d reflect = { SAC_RESAMPLE_PAD, 0, { 3, 4, 5 }, { 6, 7, 9 }, .pad = { 2, 1, 3 }, .option = SAC_PAD_REFLECT };
static const SacResample3d reflect_back = { SAC_RESAMPLE_PAD, 1, { 3, 4, 5 }, { 6, 7, 9 }, .pad = { 2, 1, 3 }, .option = SAC_PAD_REFLECT };

static const SacPool3d up = { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 0, 0 }, TRUE }, up_deep = { { 2, 2, 2 }, { 3, 3, 3 }, { 1, 1, 1 }, TRUE };
static const struct { gint32 samples, bins, sine, transposed; } cosine = { 12, 12, 0, 0 }, sine = { 12, 7, 1, 0 };
static const struct { gint32 samples, bins, sine, transposed; } sine_back = { 12, 7, 1, 1 }, cosine64 = { 64, 33, 0, 0 };

/* ---- convolutions in general, through the graph: all three gradients and theirs. */
typedef struct {
  SacConv3d conv;
  SacShape like;
} Like;
static const SacConv3d deep = { { 1, 2, 2 }, { 1, 1, 1 }, SAC_PAD_REPLICATE, .groups = 5 };
static const SacConv3d mixed = { { 1, 2, 1 }, { 0, 2, 2 }, .pad_space = SAC_PAD_REPLICATE, .dilation = { 1, 2, 2 }, .groups = 2 };
static const Like input_deep = { { { 1, 2, 2 }, { 1, 1, 1 }, SAC_PAD_REPLICATE, .groups = 5 }, { 2, 5, 3, 5, 6 } };
static const Like weight_deep = { { { 1, 2, 2 }, { 1, 1, 1 }, SAC_PAD_REPLICATE, .groups = 5 }, { 5, 1, 3, 3, 3 } };
static const Like input_mixed = { { { 1, 2, 1 }, { 0, 2, 2 }, .pad_space = SAC_PAD_REPLICATE, .dilation = { 1, 2, 2 }, .groups = 2 },
                                  { 2, 6, 1, 5, 4 } };
static const Like weight_mixed = { { { 1, 2, 1 }, { 0, 2, 2 }, .pad_space = SAC_PAD_REPLICATE, .dilation = { 1, 2, 2 }, .groups = 2 },
                                   { 4, 3, 1, 3, 3 } };

static SacVar
build_norm (SacGraph *g, const SacVar src[])
{
  return sac_local_response_norm (g, src[0], 5, 0.5f, 0.75f, 2);
}

static SacVar
build_magnitude (SacGraph *g, const SacVar src[])
{
  return sac_dft_magnitude (g, src[0], 6);
}

static SacVar
build_transpose (SacGraph *g, const SacVar src[])
{
  return sac_conv_transpose3d (g, src[0], src[1], &(SacConv3d) { { 1, 2, 2 }, { 0, 1, 1 }, .groups = 2 }, (gint32[]) { 0, 1, 1 });
}

static SacVar
build_unpool (SacGraph *g, const SacVar src[])
{
  return sac_max_unpool3d (g, src[0], src[1], &(SacPool3d) { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 1, 1 }, TRUE });
}

static const SacOpCase cases[] = {
  { "resample3d", { X (2, 3, 5, 7, 6) }, 1, &average, 1e-12, 1, TRUE, "average" },
  { "resample3d", { X (2, 17, 5, 7, 6) }, 1, &average_inside, 1e-12, 1, TRUE, "average of what is there" },
  { "resample3d", { X (2, 17, 3, 4, 3) }, 1, &average_back, 1e-12, 1, TRUE, "average, back" },
  { "resample3d", { X (2, 3, 1, 3, 3) }, 1, &average_gaps, 1e-12, 1, TRUE, "average with gaps, back" },
  { "resample3d", { X (3, 33, 1, 34, 36) }, 1, &half, 1e-12, 0, FALSE, "many rows" },
  { "resample3d", { X (2, 3, 5, 7, 6) }, 1, &adaptive, 1e-12, 1, TRUE, "adaptive" },
  { "resample3d", { X (2, 3, 2, 3, 5) }, 1, &adaptive_back, 1e-12, 1, TRUE, "adaptive, back" },
  { "resample3d", { X (2, 3, 5, 7, 6) }, 1, &one, 1e-12, 1, TRUE, "to one pixel" },
  { "resample3d", { X (2, 5, 2, 4, 5) }, 1, &nearest, 0, 1, TRUE, "nearest" },
  { "resample3d", { X (2, 5, 3, 8, 3) }, 1, &nearest_back, 1e-12, 1, TRUE, "nearest, back" },
  { "resample3d", { X (2, 64, 1, 16, 16) }, 1, &twice, 0, 0, FALSE, "twice" },
  { "resample3d", { X (2, 5, 2, 4, 5) }, 1, &linear, 1e-12, 1, TRUE, "linear" },
  { "resample3d", { X (2, 5, 3, 7, 3) }, 1, &linear_back, 1e-12, 1, TRUE, "linear, back" },
  { "resample3d", { X (2, 16, 1, 4, 5) }, 1, &corners, 1e-12, 1, TRUE, "corners" },
  { "resample3d", { X (2, 16, 1, 1, 9) }, 1, &corners_back, 1e-12, 1, TRUE, "corners, back" },
  { "resample3d", { X (2, 3, 2, 4, 5) }, 1, &zeros, 0, 1, TRUE, "zeros" },
  { "resample3d", { X (2, 3, 5, 6, 4) }, 1, &zeros_back, 0, 1, TRUE, "zeros, back" },
  { "resample3d", { X (2, 3, 2, 4, 5) }, 1, &repeat, 0, 1, TRUE, "replicate" },
  { "resample3d", { X (2, 3, 5, 6, 9) }, 1, &repeat_back, 1e-12, 1, TRUE, "replicate, back" },
  { "resample3d", { X (2, 3, 3, 4, 5) }, 1, &reflect, 0, 1, TRUE, "reflect" },
  { "resample3d", { X (2, 3, 6, 7, 9) }, 1, &reflect_back, 1e-12, 1, TRUE, "reflect, back" },
  { "max_pool3d", { DISTINCT (2, 3, 1, 7, 8) }, 1, &up, 0, 1, TRUE, "up" },
  { "max_pool3d", { DISTINCT (2, 17, 4, 5, 6) }, 1, &up_deep, 0, 1, TRUE, "up, padded" },
  { "max_pool3d_scatter", { DISTINCT (2, 3, 1, 7, 8), X (2, 3, 1, 3, 4) }, 2, &up, 0, 2, TRUE, "up" },
  { "max_pool3d_gather", { DISTINCT (2, 3, 1, 7, 8), X (2, 3, 1, 7, 8) }, 2, &up, 0, 2, TRUE, "up" },
  { "unpool", { DISTINCT (2, 3, 1, 6, 8), X (2, 3, 1, 4, 5) }, 2, NULL, 0, 2, TRUE, "up, shared maxima", build_unpool },
  { "response-norm", { X (2, 7, 1, 3, 2) }, 1, NULL, 0, 1, TRUE, NULL, build_norm },
  { "dft", { X (2, 3, 12, 2, 1) }, 1, &cosine, 1e-12, 1, TRUE },
  { "dft", { X (2, 3, 12, 2, 1) }, 1, &sine, 1e-12, 1, TRUE, "half a turn of bins" },
  { "dft", { X (2, 3, 7, 2, 1) }, 1, &sine_back, 1e-12, 1, TRUE, "back" },
  { "dft", { X (5, 1, 64, 1, 1) }, 1, &cosine64, 1e-11, 0, FALSE, "64 samples" },
  { "magnitude", { X (2, 1, 12, 1, 1) }, 1, NULL, 0, 1, TRUE, NULL, build_magnitude },
  { "conv3d", { X (2, 5, 3, 5, 6), X (5, 1, 3, 3, 3) }, 2, &deep, 1e-11, 3, TRUE, "depthwise" },
  { "conv3d", { X (2, 6, 1, 5, 4), X (4, 3, 1, 3, 3) }, 2, &mixed, 1e-11, 3, TRUE, "groups, dilation, replicated" },
  { "conv3d_input", { X (2, 5, 3, 3, 3), X (5, 1, 3, 3, 3) }, 2, &input_deep, 1e-11, 3, TRUE, "depthwise" },
  { "conv3d_input", { X (2, 4, 1, 3, 4), X (4, 3, 1, 3, 3) }, 2, &input_mixed, 1e-11, 3, TRUE, "groups, dilation, replicated" },
  { "conv3d_weight", { X (2, 5, 3, 5, 6), X (2, 5, 3, 3, 3) }, 2, &weight_deep, 1e-11, 3, TRUE, "depthwise" },
  { "conv3d_weight", { X (2, 6, 1, 5, 4), X (2, 4, 1, 3, 4) }, 2, &weight_mixed, 1e-11, 3, TRUE, "groups, dilation, replicated" },
  { "transpose", { X (2, 4, 1, 3, 2), X (4, 3, 1, 3, 3) }, 2, NULL, 0, 3, TRUE, NULL, build_transpose },
};

/* ---- what PyTorch says. */

/* Small halves that repeat every @period numbers, in memory order. */
static float *
ramp (SacShape s, gsize period, gsize step)
{
  gsize n = sac_shape_count (s);
  g_autofree float *logical = g_new (float, n);
  float *memory = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    logical[i] = ((float) ((i * step + 3) % period) - 6) / 2;
  sac_shape_to_memory_order (s, logical, memory);
  return memory;
}

static SacVar
ramp_constant (SacGraph *g, gint32 n, gint32 c, gint32 t, gint32 h, gint32 w, gsize period, gsize step)
{
  SacShape s = SAC_SHAPE (n, c, t, h, w);
  g_autofree float *data = ramp (s, period, step);

  return sac_graph_constant_data (g, s, data);
}

static void
check (SacGraph *g, SacVar y, const float *want, gsize n, const char *what)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacProgram) program = NULL;
  g_autofree float *memory = g_new (float, n), *got = g_new (float, n);
  SacShape s = sac_graph_get_shape (g, y);

  if (sac_graph_check (g, &error))
    program = sac_program_compile (g, &y, 1, backend, &error);
  g_assert_no_error (error);
  if (sac_shape_count (s) != n || !program || !sac_program_run (program, NULL, &error))
    {
      g_autofree char *text = sac_shape_dup_string (s);

      g_test_message ("%s: %s instead of %d numbers", what, text, (int) n);
      g_test_fail ();
      return;
    }
  sac_program_get_output (program, y, memory, NULL);
  sac_shape_from_memory_order (s, memory, got);
  for (gsize i = 0; i < n; i++)
    if (!(fabsf (got[i] - want[i]) <= 2e-5f * (1 + fabsf (want[i]))))
      {
        g_test_message ("%s: number %d is %g, PyTorch has %g", what, (int) i, got[i], want[i]);
        g_test_fail ();
        return;
      }
}

#define CHECK(g, y, want) check (g, y, want, G_N_ELEMENTS (want), #want)

static void
test_golden_convolutions (void)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  SacVar x = ramp_constant (g, 1, 4, 1, 5, 6, 13, 7);
  SacVar y = sac_conv3d (g, x, ramp_constant (g, 4, 1, 1, 3, 3, 11, 5),
                         &(SacConv3d) { { 1, 1, 1 }, { 0, 1, 1 }, .pad_space = SAC_PAD_REPLICATE, .groups = 4 });

  CHECK (g, sac_slice (g, y, SAC_AXIS_C, 0, 2), replicated);
  y = sac_conv3d (g, x, ramp_constant (g, 6, 2, 1, 3, 2, 11, 5),
                  &(SacConv3d) { { 1, 1, 2 }, { 0, 2, 1 }, .dilation = { 1, 2, 1 }, .groups = 2 });
  CHECK (g, y, grouped);
  y = sac_conv_transpose3d (g, ramp_constant (g, 1, 4, 1, 2, 3, 13, 7), ramp_constant (g, 4, 3, 1, 3, 2, 11, 5),
                            &(SacConv3d) { { 1, 2, 3 }, { 0, 1, 0 }, .dilation = { 1, 1, 1 }, .groups = 2 }, (gint32[]) { 0, 1, 2 });
  CHECK (g, y, transposed);
}

static void
test_golden_pooling (void)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  SacVar x = ramp_constant (g, 1, 2, 1, 5, 6, 13, 7), clip = ramp_constant (g, 1, 1, 4, 5, 3, 13, 7);
  const SacPool3d three = { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 0, 0 }, TRUE }, two = { { 1, 2, 2 }, { 1, 3, 3 }, { 0, 1, 1 }, TRUE };
  const SacPool3d padded = { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 1, 1 }, TRUE }, flat = { { 1, 2, 3 }, { 1, 2, 1 }, { 0, 1, 0 }, FALSE };
  const SacPool3d solid = { { 3, 2, 2 }, { 2, 2, 1 }, { 1, 1, 0 }, TRUE }, halves = { { 1, 2, 2 }, { 1, 2, 2 }, { 0, 0, 0 } };

  CHECK (g, sac_max_pool3d (g, x, &three), max_up);
  CHECK (g, sac_max_pool3d (g, x, &two), max_up_pad);
  CHECK (g, sac_avg_pool3d (g, x, &padded, TRUE), avg_pad);
  CHECK (g, sac_avg_pool3d (g, x, &padded, FALSE), avg_nopad);
  CHECK (g, sac_avg_pool3d (g, x, &flat, TRUE), avg_floor);
  CHECK (g, sac_avg_pool3d (g, clip, &solid, FALSE), avg3d);
  CHECK (g, sac_adaptive_avg_pool3d (g, x, 1, 3, 4), adaptive_avg);
  CHECK (g, sac_adaptive_avg_pool3d (g, sac_slice (g, x, SAC_AXIS_C, 0, 1), 1, 7, 2), adaptive_more);
  CHECK (g, sac_adaptive_avg_pool3d (g, clip, 3, 2, 2), adaptive3d);
  CHECK (g, sac_max_unpool3d (g, x, ramp_constant (g, 1, 2, 1, 2, 3, 7, 3), &halves), unpool);
}

static void
test_golden_resizing (void)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  SacVar x = ramp_constant (g, 1, 1, 1, 5, 6, 13, 7), clip = ramp_constant (g, 1, 1, 4, 5, 3, 13, 7);

  CHECK (g, sac_resize_nearest (g, x, 1, 8, 4), nearest_neighbour);
  CHECK (g, sac_resize_linear (g, x, 1, 3, 9, FALSE), bilinear);
  CHECK (g, sac_resize_linear (g, x, 1, 7, 4, TRUE), bilinear_corners);
  CHECK (g, sac_resize_linear (g, clip, 3, 4, 5, FALSE), trilinear);
  CHECK (g, sac_pad3d (g, x, (gint32[]) { 0, 2, 3 }, (gint32[]) { 0, 4, 1 }, SAC_PAD_REFLECT), reflected);
  CHECK (g, sac_pad3d (g, x, (gint32[]) { 0, 2, 1 }, (gint32[]) { 0, 0, 3 }, SAC_PAD_REPLICATE), repeated);
  CHECK (g, sac_pad3d (g, x, (gint32[]) { 0, 1, -1 }, (gint32[]) { 0, -2, 2 }, SAC_PAD_ZEROS), cropped);
}

static void
test_golden_channels (void)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  SacVar x = ramp_constant (g, 1, 7, 1, 1, 2, 13, 7);

  CHECK (g, sac_local_response_norm (g, x, 5, 0.5f, 0.75f, 2), norm5);
}

/* Facts of methods/06: a constant has one bin, a wave two, and nothing is lost. */
static void
test_spectrum (void)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  float windows[3][64], got[3][64], parts[2][3 * 64];
  double sum = 0, power = 0;
  SacVar x, y[3];

  for (gsize t = 0; t < 64; t++)
    {
      windows[0][t] = 2;
      windows[1][t] = (float) cos (2 * G_PI * 8 * (double) t / 64);
      windows[2][t] = sac_test_number (4, t);
      sum += (double) windows[2][t] * windows[2][t];
    }
  x = sac_graph_constant_data (g, SAC_SHAPE (3, 1, 64, 1, 1), windows[0]);
  y[0] = sac_dft_magnitude (g, x, 64);
  sac_dft (g, x, 64, &y[1], &y[2]);
  program = sac_program_compile (g, y, 3, backend, &error);
  g_assert_no_error (error);
  g_assert_true (sac_program_run (program, NULL, &error));
  sac_program_get_output (program, y[0], got[0], NULL);
  sac_program_get_output (program, y[1], parts[0], NULL);
  sac_program_get_output (program, y[2], parts[1], NULL);
  for (gsize t = 0; t < 64; t++)        /* one bin of the noise by hand, for the signs */
    {
      parts[0][2 * 64 + 5] -= windows[2][t] * (float) cos (2 * G_PI * 5 * (double) t / 64);
      parts[1][2 * 64 + 5] += windows[2][t] * (float) sin (2 * G_PI * 5 * (double) t / 64);
    }
  g_assert_cmpfloat (fabsf (parts[0][2 * 64 + 5]), <=, 1e-5);
  g_assert_cmpfloat (fabsf (parts[1][2 * 64 + 5]), <=, 1e-5);
  for (gsize f = 0; f < 64; f++)
    {
      g_assert_cmpfloat (fabs (got[0][f] - (f == 0 ? 128 : 0)), <=, 1e-4);
      g_assert_cmpfloat (fabs (got[1][f] - (f == 8 || f == 56 ? 32 : 0)), <=, 1e-4);
      g_assert_cmpfloat (fabs (got[2][f] - got[2][(64 - f) % 64]), <=, 1e-4);
      power += (double) got[2][f] * got[2][f];
    }
  g_assert_cmpfloat (fabs (power - 64 * sum), <=, 1e-4 * power);
}

/* What is not there counts for nothing: no number spreads beyond the windows that see it, and max pooling shows it. */
static void
test_not_a_number (void)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  const float x[8] = { 1, 2, 3, NAN, 5, 6, INFINITY, 8 };
  const SacPool3d pairs = { { 1, 1, 2 }, { 1, 1, 2 }, { 0, 0, 0 } };
  SacVar v = sac_graph_constant_data (g, SAC_SHAPE (1, 1, 1, 1, 8), x), outputs[3];
  float got[3][8];

  outputs[0] = sac_max_pool3d (g, v, &pairs);
  outputs[1] = sac_avg_pool3d (g, v, &pairs, TRUE);
  outputs[2] = sac_resize_linear (g, v, 1, 1, 8, FALSE);
  program = sac_program_compile (g, outputs, 3, backend, &error);
  g_assert_no_error (error);
  g_assert_true (sac_program_run (program, NULL, &error));
  for (int i = 0; i < 3; i++)
    sac_program_get_output (program, outputs[i], got[i], NULL);
  for (int i = 0; i < 4; i++)
    {
      g_assert_cmpint (isnan (got[0][i]), ==, i == 1);
      g_assert_cmpint (isnan (got[1][i]), ==, i == 1);
      g_assert_cmpint (isinf (got[0][i]), ==, i == 3);
    }
  for (int i = 0; i < 8; i++)
    g_assert_cmpint (isfinite (got[2][i]), ==, i != 3 && i != 6);
}

static SacVar
refused (SacGraph *g, SacVar x, int which)
{
  const SacPool3d big = { { 1, 9, 9 }, { 1, 1, 1 }, { 0, 0, 0 } }, thick = { { 1, 2, 2 }, { 1, 1, 1 }, { 0, 2, 2 } };

  switch (which)
    {
    case 0: return sac_avg_pool3d (g, x, &big, TRUE);
    case 1: return sac_avg_pool3d (g, x, &thick, TRUE);
    case 2: return sac_adaptive_avg_pool3d (g, x, 1, 0, 3);
    case 3: return sac_resize_linear (g, x, 1, -2, 3, TRUE);
    case 4: return sac_pad3d (g, x, (gint32[]) { 0, 5, 0 }, (gint32[]) { 0, 0, 0 }, SAC_PAD_REFLECT);
    case 5: return sac_pad3d (g, x, (gint32[]) { 0, -3, 0 }, (gint32[]) { 0, -2, 0 }, SAC_PAD_ZEROS);
    case 6: return sac_local_response_norm (g, x, 0, 1, 1, 1);
    case 7: return sac_local_response_norm (g, x, 4, 1, 1, 1);
    case 8: return sac_dft_magnitude (g, x, 2);
    case 9: return sac_conv_transpose3d (g, x, x, &(SacConv3d) { { 1, 1, 1 }, { 0, 9, 9 } }, NULL);
    default: return sac_conv3d (g, x, x, &(SacConv3d) { { 1, 1, 1 }, { 0, 0, 0 }, .pad_space = SAC_PAD_REFLECT });
    }
}

static void
test_refusals (void)
{
  for (int i = 0; i <= 10; i++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (refused (g, sac_graph_input (g, "x", SAC_SHAPE (2, 3, 1, 5, 6)), i), ==, 0);
      g_assert_false (sac_graph_check (g, &error));
      g_assert_nonnull (error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/space/golden/convolutions", test_golden_convolutions);
  g_test_add_func ("/space/golden/pooling", test_golden_pooling);
  g_test_add_func ("/space/golden/resizing", test_golden_resizing);
  g_test_add_func ("/space/golden/channels", test_golden_channels);
  g_test_add_func ("/space/spectrum", test_spectrum);
  g_test_add_func ("/space/not-a-number", test_not_a_number);
  g_test_add_func ("/space/refusals", test_refusals);
  sac_op_cases_add (cases, G_N_ELEMENTS (cases));
  return g_test_run ();
}
