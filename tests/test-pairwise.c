/* 1-D self-attention: its ops through the helper of op-cases.h, numbers worked by hand, and whole gradients. */
#include "op-cases.h"

#include <math.h>
#include <string.h>

#define X(n, c, t, h, w) { .shape = { n, c, t, h, w } }
#define POSITIVE(n, c, t, h, w) { .shape = { n, c, t, h, w }, .low = 0.5f, .high = 2 }

static const SacPairwise three = { 3, 1, 1e-5f }, five = { 5, 1, 1e-5f }, wide = { 7, 2, 1e-5f };

/* What the two halves read, for N examples, T positions, footprint k, r and m channels. */
#define MAP(n, t, r) X (n, 2 * r, t, 1, 1), POSITIVE (2, r, 1, 1, 1), X (1, r, 1, 1, 1), X (1, r, 1, 1, 1)
#define SUM(n, t, k, r) X (n, r, t, k, 1), POSITIVE (2, r, 1, 1, 1), X (1, r, 1, 1, 1), X (1, r, 1, 1, 1)

#define CASES_OF_MAP(op, n, t, k, r, p, note) \
  { op, { MAP (n, t, r), X (r, r, 1, 1, 1), X (n, r, t, k, 1) }, 6, p, 1e-10, 0, FALSE, note }
#define CASES_OF_WEIGHT(op, n, t, k, r, p, note) \
  { op, { MAP (n, t, r), { .shape = { 0 } }, X (n, r, t, k, 1) }, 6, p, 1e-10, 0, FALSE, note }

static const SacOpCase cases[] = {
  { "pairwise_stats", { X (3, 10, 9, 1, 1) }, 1, &three, 1e-11 },
  { "pairwise_stats", { X (2, 140, 7, 1, 1) }, 1, &wide, 1e-11, 0, FALSE, "many channels, reflected twice" },
  { "pairwise_map", { MAP (3, 9, 5), X (5, 5, 1, 1, 1) }, 5, &three, 1e-11 },
  { "pairwise_map", { MAP (19, 64, 16), X (16, 16, 1, 1, 1) }, 5, &five, 1e-11, 0, FALSE, "several examples a task" },
  { "pairwise_map", { MAP (1, 13, 33), X (33, 33, 1, 1, 1) }, 5, &wide, 1e-11, 0, FALSE, "dilated" },
  CASES_OF_MAP ("pairwise_map_sums", 3, 9, 3, 5, &three, NULL),
  CASES_OF_MAP ("pairwise_map_sums", 19, 64, 5, 16, &five, "several examples a task"),
  CASES_OF_MAP ("pairwise_map_sums", 1, 13, 7, 33, &wide, "dilated"),
  CASES_OF_WEIGHT ("pairwise_map_weight", 3, 9, 3, 5, &three, NULL),
  CASES_OF_WEIGHT ("pairwise_map_weight", 19, 64, 5, 16, &five, "several examples a task"),
  CASES_OF_WEIGHT ("pairwise_map_weight", 1, 13, 7, 75, &wide, "more than a tile"),
  CASES_OF_MAP ("pairwise_map_input", 3, 9, 3, 5, &three, NULL),
  { "pairwise_map_input", { MAP (3, 2, 5), X (5, 5, 1, 1, 1), X (3, 5, 2, 3, 1), X (2, 5, 1, 1, 1) }, 7, &three, 1e-10, 0, FALSE, "short" },
  { "pairwise_map_input", { MAP (19, 64, 16), X (16, 16, 1, 1, 1), X (19, 16, 64, 5, 1), X (2, 16, 1, 1, 1) }, 7, &five, 1e-10, 0, FALSE,
    "through the statistics" },
  { "pairwise_map_input", { MAP (1, 13, 33), X (33, 33, 1, 1, 1), X (1, 33, 13, 7, 1), X (2, 33, 1, 1, 1) }, 7, &wide, 1e-10, 0, FALSE,
    "dilated" },
  { "pairwise_sum", { SUM (3, 9, 3, 5), X (7, 5, 1, 1, 1), X (1, 7, 1, 1, 1), X (3, 7, 9, 1, 1) }, 7, &three, 1e-11 },
  { "pairwise_sum", { SUM (19, 64, 5, 16), X (64, 16, 1, 1, 1), X (1, 64, 1, 1, 1), X (19, 64, 64, 1, 1) }, 7, &five, 1e-11, 0, FALSE,
    "several examples a task" },
  { "pairwise_sum", { SUM (1, 13, 7, 3), X (150, 3, 1, 1, 1), X (1, 150, 1, 1, 1), X (1, 150, 13, 1, 1) }, 7, &wide, 1e-11, 0, FALSE,
    "more than a tile" },
  { "pairwise_sum_value", { SUM (3, 9, 3, 5), X (7, 5, 1, 1, 1), X (1, 7, 1, 1, 1), X (3, 7, 9, 1, 1) }, 7, &three, 1e-11 },
  { "pairwise_sum_value", { SUM (19, 64, 5, 16), X (64, 16, 1, 1, 1), X (1, 64, 1, 1, 1), X (19, 64, 64, 1, 1) }, 7, &five, 1e-11, 0,
    FALSE, "several examples a task" },
  { "pairwise_sum_value", { SUM (1, 13, 7, 3), X (150, 3, 1, 1, 1), X (1, 150, 1, 1, 1), X (1, 150, 13, 1, 1) }, 7, &wide, 1e-11, 0, FALSE,
    "more than a tile" },
  { "pairwise_sum_rows", { X (3, 7, 9, 1, 1), X (3, 7, 9, 1, 1), X (7, 5, 1, 1, 1) }, 3, &three, 1e-11 },
  { "pairwise_sum_rows", { X (19, 64, 64, 1, 1), X (19, 64, 64, 1, 1), X (64, 16, 1, 1, 1) }, 3, &five, 1e-11, 0, FALSE,
    "several examples a task" },
  { "pairwise_sum_rows", { X (1, 150, 13, 1, 1), X (1, 150, 13, 1, 1), X (150, 67, 1, 1, 1) }, 3, &wide, 1e-11, 0, FALSE,
    "more than a tile" },
  { "pairwise_sum_weight", { SUM (3, 9, 3, 5), X (3, 7, 9, 1, 1), X (3, 7, 9, 1, 1) }, 6, &three, 1e-10 },
  { "pairwise_sum_weight", { SUM (19, 64, 5, 16), X (19, 64, 64, 1, 1), X (19, 64, 64, 1, 1) }, 6, &five, 1e-10, 0, FALSE,
    "several examples a task" },
  { "pairwise_sum_weight", { SUM (1, 13, 7, 3), X (1, 150, 13, 1, 1), X (1, 150, 13, 1, 1) }, 6, &wide, 1e-10, 0, FALSE,
   "more than a tile" },
};

/* ---- gradients of the whole.  Batch norms are shifted so that half of the channels' ReLUs are open and the others closed, far
 * from the kink: differences mean nothing across it. */
static SacVar
apart (SacGraph *g, SacVar beta)
{
  SacShape s = sac_graph_get_shape (g, beta);
  float shift[16];

  for (gint32 c = 0; c < s.c; c++)
    shift[c] = c % 3 == 1 ? -4 : 4;
  return sac_add (g, beta, sac_graph_constant_data (g, s, shift));
}

/* f, γ₁, β₁, W₁, γ₂, β₂, W₂, v; b is a row of v's shape made of W₂'s first column. */
static SacVar
whole (SacGraph *g, const SacVar src[], const SacPairwise *p, gboolean batch)
{
  SacShape ws = sac_graph_get_shape (g, src[6]), row = SAC_SHAPE (1, ws.c, 1, 1, 1);
  SacVar bias = sac_permute (g, sac_slice (g, src[6], SAC_AXIS_C, 0, 1),
                             (SacAxis[]) { SAC_AXIS_C, SAC_AXIS_N, SAC_AXIS_T, SAC_AXIS_H, SAC_AXIS_W });
  SacVar zeros = sac_graph_constant (g, row, 0), ones = sac_graph_constant (g, row, 1);
  SacVar stats = batch ? sac_pairwise_stats (g, src[0], p) : sac_bn_running (g, zeros, ones), u;

  u = sac_pairwise_map (g, src[0], stats, src[1], apart (g, src[2]), src[3], p);
  stats = batch ? sac_bn_stats (g, u) : sac_bn_running (g, sac_affine (g, src[2], 0.1f, 0), sac_affine (g, src[1], 1, 3));
  return sac_pairwise_sum (g, u, stats, src[4], apart (g, src[5]), src[6], bias, src[7], p);
}

static SacVar build_batch (SacGraph *g, const SacVar src[]) { return whole (g, src, &three, TRUE); }
static SacVar build_wide (SacGraph *g, const SacVar src[]) { return whole (g, src, &wide, TRUE); }
static SacVar build_frozen (SacGraph *g, const SacVar src[]) { return whole (g, src, &five, FALSE); }

#define GAMMA(r) { .shape = { 1, r, 1, 1, 1 }, .low = 0.5f, .high = 1 }
#define WHOLE(n, t, r, m) \
  { X (n, 2 * r, t, 1, 1), GAMMA (r), X (1, r, 1, 1, 1), X (r, r, 1, 1, 1), GAMMA (r), X (1, r, 1, 1, 1), X (m, r, 1, 1, 1), \
    X (n, m, t, 1, 1) }, 8
#define ALL 255
#define BUT_BETA 251            /* β₁ moves all of u alike, and the batch norm of u takes that away: the gradient is 0 */

static const SacOpCase gradients[] = {
  { "pairwise-batch", WHOLE (3, 6, 5, 7), NULL, 0, BUT_BETA, FALSE, "batch statistics", build_batch },
  { "pairwise-wide", WHOLE (2, 7, 4, 3), NULL, 0, BUT_BETA, FALSE, "dilated", build_wide },
  { "pairwise-frozen", WHOLE (3, 6, 5, 7), NULL, 0, ALL, FALSE, "running statistics", build_frozen },
};

/* One channel, every map the identity: y[t] = Σ_o (x[t] − x[seen])·x[seen].  The ReLUs are kept open by a shift of 100 that the
 * bias takes back. */
static void
check_by_hand (const SacPairwise *p, const float *expected)
{
  const float x[4] = { 1, 2, 4, 7 }, eps = 1e-5f;
  const SacShape one = SAC_SHAPE_SCALAR;
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (SacBackend) backend = sac_backend_cpu_new (1);
  g_autoptr (SacProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  SacVar v = sac_graph_constant_data (g, SAC_SHAPE (1, 1, 4, 1, 1), x), unit = sac_graph_constant (g, one, 1);
  SacVar zero = sac_graph_constant (g, one, 0), shift = sac_graph_constant (g, one, 100);
  SacVar stats = sac_bn_running (g, zero, sac_graph_constant (g, one, 1 - eps));
  SacVar f = sac_concat (g, (SacVar[]) { v, v }, 2, SAC_AXIS_C);
  SacVar u = sac_pairwise_map (g, f, stats, unit, shift, unit, p);
  SacVar y = sac_pairwise_sum (g, u, stats, unit, zero, unit, sac_affine (g, shift, -1, 0), v, p);
  float got[4];

  program = sac_program_compile (g, &y, 1, backend, &error);
  g_assert_no_error (error);
  g_assert_true (sac_program_run (program, NULL, &error));
  sac_program_get_output (program, y, got, NULL);
  for (int t = 0; t < 4; t++)
    g_assert_cmpfloat_with_epsilon (got[t] + x[t], expected[t], 2e-3);
}

static void
test_by_hand (void)
{
  check_by_hand (&three, (const float[]) { -3, -5, -13, 31 });
  check_by_hand (&five, (const float[]) { -27, -40, -10, 51 });
}

/* A footprint that the sequence cannot hold, an even one, and statistics' gradient by themselves are told. */
static void
test_refused (void)
{
  const SacPairwise bad[] = { { 4, 1, 0 }, { 9, 1, 0 }, { 3, 0, 0 }, { 3, G_MAXINT32, 0 }, { -1, 1, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (sac_pairwise_stats (g, sac_graph_input (g, "f", SAC_SHAPE (1, 4, 4, 1, 1)), &bad[i]), ==, 0);
      g_assert_false (sac_graph_check (g, &error));
      g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_SHAPE);
    }
  {
    g_autoptr (SacGraph) g = sac_graph_new ();
    g_autoptr (GError) error = NULL;
    SacVar f = sac_graph_input (g, "f", SAC_SHAPE (1, 4, 4, 1, 1)), gf;

    sac_graph_gradients (g, sac_pairwise_stats (g, f, &three), &f, 1, &gf);
    g_assert_false (sac_graph_check (g, &error));
    g_assert_error (error, SAC_GRAPH_ERROR, SAC_GRAPH_ERROR_NO_GRADIENT);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  sac_op_cases_add (cases, G_N_ELEMENTS (cases));
  sac_op_cases_add (gradients, G_N_ELEMENTS (gradients));
  g_test_add_func ("/ops/pairwise/by-hand", test_by_hand);
  g_test_add_func ("/ops/pairwise/refused", test_refused);
  return g_test_run ();
}
