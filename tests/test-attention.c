/* Networks with attention inside, by the facts that methods/06 and methods/08 state: parameters, shapes, equalities.  Batch norms
 * are frozen at mean 0 and variance 1, so that a batch norm multiplies by 1/√(1 + 1e-5). */
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "nn/sac-nn.h"

typedef struct {
  SacBackend *backend;
  SacWeights *weights;
  SacGraph *graph;
  SacProgram *program;
  SacVar input;
} Net;

static void
net_init (Net *net, SacShape input)
{
  *net = (Net) { sac_backend_cpu_new (2), sac_weights_new (), sac_graph_new () };
  net->input = sac_graph_input (net->graph, "input", input);
}

static void
net_clear (Net *net)
{
  g_clear_pointer (&net->program, sac_program_free);
  sac_graph_free (net->graph);
  sac_weights_free (net->weights);
  sac_backend_free (net->backend);
}

/* Memory for the entries; all are drawn. */
static void
net_start (Net *net, const SacVar *outputs, guint n)
{
  g_autoptr (GError) error = NULL;

  sac_graph_check (net->graph, &error);
  g_assert_no_error (error);
  g_assert_true (sac_weights_allocate (net->weights, net->backend, &error));
  sac_weights_initialise (net->weights, 3);
  net->program = sac_program_compile (net->graph, outputs, n, net->backend, &error);
  g_assert_no_error (error);
}

/* Gives all entries whose name begins so one value. */
static void
net_set (Net *net, const char *prefix, float value)
{
  SacBlock *block = sac_weights_get_params (net->weights);
  guint n_set = 0;

  for (guint i = 0; i < sac_block_get_n_entries (block); i++)
    if (g_str_has_prefix (sac_block_get_entry (block, i)->name, prefix))
      {
        gsize n = sac_shape_count (sac_block_get_entry (block, i)->shape);
        g_autofree float *numbers = g_new (float, n);

        for (gsize k = 0; k < n; k++)
          numbers[k] = value;
        sac_block_write (block, i, numbers);
        n_set++;
      }
  g_assert_cmpuint (n_set, >, 0);
}

static float *
net_run (Net *net, const float *input, SacVar out)
{
  float *numbers = g_new (float, sac_shape_count (sac_graph_get_shape (net->graph, out)));
  g_autoptr (GError) error = NULL;

  sac_program_set_input (net->program, net->input, input);
  g_assert_true (sac_program_run (net->program, NULL, &error));
  g_assert_no_error (error);
  sac_program_get_output (net->program, out, numbers, NULL);
  return numbers;
}

static float *
noise (gsize n, guint64 seed)
{
  float *out = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    out[i] = (float) sac_random_normal ((SacRandomKey) { seed, 11 }, i);
  return out;
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

/* ---- 1D-SAN.  methods/06 */

static void
test_san_counts (void)
{
  for (gint32 c_in = 1; c_in <= 3; c_in += 2)
    {
      g_autoptr (SacWeights) weights = sac_weights_new ();
      g_autoptr (SacGraph) g = sac_graph_new ();
      SacSan san = { .n_classes = 6, .width = 64 };
      SacVar logits = sac_san_logits (g, weights, &san, sac_graph_input (g, "x", SAC_SHAPE (2, c_in, 64, 1, 1)), SAC_BN_BATCH, TRUE);

      g_assert_true (sac_shape_equal (sac_graph_get_shape (g, logits), SAC_SHAPE (2, 6, 1, 1, 1)));
      g_assert_cmpuint (sac_weights_count_params (weights), ==, c_in == 1 ? 36902 : 37030);
      for (int i = 1; i <= 3; i++)
        g_assert_cmpuint (count_prefix (weights, (const char[]) { 'b', (char) ('0' + i), '.', 0 }), ==, 12064);
    }
}

/* The footprint is the same both ways, so a signal and its mirror image have one answer; and a number added to all of φ and ψ
 * takes itself away. */
static void
test_san_symmetry (void)
{
  enum { T = 24, C = 3 };
  SacSan san = { .n_classes = 5, .width = 8, .dilation = { 1, 3, 2 } };
  g_autofree float *x = noise (T * C, 1), *mirrored = g_new (float, T * C), *a = NULL, *b = NULL, *c = NULL;
  SacVar logits;
  Net net;

  for (int t = 0; t < T; t++)
    memcpy (mirrored + t * C, x + (T - 1 - t) * C, sizeof (float) * C);
  net_init (&net, SAC_SHAPE (1, C, T, 1, 1));
  logits = sac_san_logits (net.graph, net.weights, &san, net.input, SAC_BN_FROZEN, FALSE);
  net_start (&net, &logits, 1);
  net_set (&net, "fc.weight", 0.1f);
  sac_weights_initialise_one (net.weights, "fc.weight", 5);
  a = net_run (&net, x, logits);
  b = net_run (&net, mirrored, logits);
  for (int i = 1; i <= 3; i++)
    {
      g_autofree char *phi = g_strdup_printf ("b%d.phi.bias", i), *psi = g_strdup_printf ("b%d.psi.bias", i);

      net_set (&net, phi, 0.75f);
      net_set (&net, psi, 0.75f);
    }
  c = net_run (&net, x, logits);
  for (int k = 0; k < 5; k++)
    {
      g_assert_cmpfloat (fabsf (a[k]), >, 1e-6f);
      g_assert_cmpfloat_with_epsilon (a[k], b[k], 1e-4f * fabsf (a[k]) + 1e-6f);
      g_assert_cmpfloat_with_epsilon (a[k], c[k], 1e-4f * fabsf (a[k]) + 1e-6f);
    }
  net_clear (&net);
}

/* ---- ST-ABN.  methods/08 */

static void
test_stabn_counts (void)
{
  static const struct { const char *prefix; guint64 n; } parts[] = {
    { "att_layer4.", 20207616 }, { "att_bn.", 4096 }, { "att_conv.", 356352 }, { "att_bn2.", 348 }, { "att_score.", 30276 },
    { "att_fc.", 969006 }, { "sp_conv.", 174 }, { "sp_bn.", 2 }, { "t_conv.", 4698 }, { "t_bn.", 2 }, { "t_mix.", 1024 },
    { "t_fc1.", 1056 }, { "t_fc2.", 1056 }, { "fuse.", 2097152 }, { "fuse_bn.", 2048 },
  };
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) g = sac_graph_new ();
  SacStabn stabn = { .n_classes = 174, .width = 64 };
  SacStabnOut out = sac_stabn (g, weights, &stabn, sac_graph_input (g, "x", SAC_SHAPE (1, 3, 32, 224, 224)), SAC_BN_BATCH, TRUE);

  g_assert_true (sac_shape_equal (sac_graph_get_shape (g, out.features), SAC_SHAPE (1, 1024, 32, 14, 14)));
  g_assert_true (sac_shape_equal (sac_graph_get_shape (g, out.weighed), SAC_SHAPE (1, 1024, 32, 14, 14)));
  g_assert_true (sac_shape_equal (sac_graph_get_shape (g, out.spatial), SAC_SHAPE (1, 1, 32, 14, 14)));
  g_assert_true (sac_shape_equal (sac_graph_get_shape (g, out.temporal), SAC_SHAPE (1, 1, 32, 1, 1)));
  g_assert_true (sac_shape_equal (sac_graph_get_shape (g, out.attention), SAC_SHAPE (1, 174, 1, 1, 1)));
  g_assert_true (sac_shape_equal (sac_graph_get_shape (g, out.logits), SAC_SHAPE (1, 174, 1, 1, 1)));
  g_assert_cmpuint (sac_weights_count_params (weights), ==, 55665928);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_assert_cmpuint (count_prefix (weights, parts[i].prefix), ==, parts[i].n);
}

typedef struct {
  Net net;
  SacStabnOut out;
  SacVar loss;
  float *clip;
} Small;

static void
small_init (Small *s)
{
  SacStabn stabn = { .n_classes = 7, .width = 2, .blocks = { 1, 1, 1, 1 } };
  SacShape shape = SAC_SHAPE (2, 3, 4, 32, 32);
  SacVar labels;

  net_init (&s->net, shape);
  labels = sac_graph_constant (s->net.graph, SAC_SHAPE (2, 1, 1, 1, 1), 3);
  s->out = sac_stabn (s->net.graph, s->net.weights, &stabn, s->net.input, SAC_BN_FROZEN, FALSE);
  s->loss = sac_stabn_loss (s->net.graph, &s->out, labels);
  net_start (&s->net, (SacVar[]) { s->loss, s->out.spatial, s->out.temporal, s->out.features, s->out.weighed }, 5);
  s->clip = noise (sac_shape_count (shape), 2);
}

static void
small_clear (Small *s)
{
  g_free (s->clip);
  net_clear (&s->net);
}

/* Scores of 0 for all classes, from both branches: 2·ln K. */
static void
test_stabn_loss (void)
{
  g_autofree float *loss = NULL;
  Small s;

  small_init (&s);
  net_set (&s.net, "fc.", 0);
  net_set (&s.net, "att_fc.", 0);
  loss = net_run (&s.net, s.clip, s.loss);
  g_assert_cmpfloat_with_epsilon (*loss, 2 * log (7), 1e-5);
  small_clear (&s);
}

/* Maps lie between 0 and 1; where nothing is learnt yet they are ½ everywhere. */
static void
test_stabn_maps (void)
{
  Small s;

  small_init (&s);
  for (int still = 0; still < 2; still++)
    for (int map = 0; map < 2; map++)
      {
        SacVar v = map ? s.out.temporal : s.out.spatial;
        gsize n = sac_shape_count (sac_graph_get_shape (s.net.graph, v));
        g_autofree float *m = NULL;
        gboolean differs = FALSE;

        if (still)
          {
            net_set (&s.net, "sp_conv.", 0);
            net_set (&s.net, "t_conv.", 0);
          }
        m = net_run (&s.net, s.clip, v);
        for (gsize i = 0; i < n; i++)
          {
            g_assert_cmpfloat (m[i], >=, 0);
            g_assert_cmpfloat (m[i], <=, 1);
            if (still)
              g_assert_cmpfloat (m[i], ==, 0.5f);
            differs |= m[i] != m[0];
          }
        g_assert_true (differs != still);
      }
  small_clear (&s);
}

/* With fusion weights [I | 0] what goes on is relu ((1 + M_s)·f), with [0 | I] relu (M_t·f): the spatial part comes first. */
static void
test_stabn_fusion (void)
{
  Small s;
  gint32 c;

  small_init (&s);
  c = sac_graph_get_shape (s.net.graph, s.out.features).c;
  for (int part = 0; part < 2; part++)
    {
      SacShape shape = sac_graph_get_shape (s.net.graph, s.out.features);
      g_autofree float *w = g_new0 (float, 2 * (gsize) c * c), *f = NULL, *map = NULL, *got = NULL;
      gsize per_frame = (gsize) shape.h * shape.w, places = (gsize) shape.n * shape.t * per_frame;

      for (gint32 k = 0; k < c; k++)
        w[k * 2 * c + part * c + k] = 1;
      g_assert_true (sac_weights_write (s.net.weights, "fuse.weight", w));
      f = net_run (&s.net, s.clip, s.out.features);
      map = net_run (&s.net, s.clip, part ? s.out.temporal : s.out.spatial);
      got = net_run (&s.net, s.clip, s.out.weighed);
      for (gsize p = 0; p < places; p++)
        for (gint32 k = 0; k < c; k++)
          {
            double expected = f[p * c + k] * (part ? (double) map[p / per_frame] : 1 + (double) map[p]) / sqrt (1 + 1e-5);

            g_assert_cmpfloat_with_epsilon (got[p * c + k], MAX (expected, 0), 1e-4 * fabs (expected) + 1e-6);
          }
    }
  small_clear (&s);
}

static guint64
count_model (const char *name, gint32 n_classes, gint32 n_frames)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (GError) error = NULL;
  SacModel model;

  g_assert_true (sac_model_parse (name, &model));
  sac_model_set_size (&model, n_classes, strstr (name, "r20") ? 16 : 64, (gint32[4]) { 0 }, SAC_PAD_REPLICATE);
  sac_model_declare (weights, &model, n_frames, &error);
  g_assert_no_error (error);
  return sac_weights_count_params (weights);
}

/* Published parameter counts. */
static void
test_counts (void)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  g_autoptr (SacGraph) g = sac_graph_new ();
  SacStabn mean = { .n_classes = 174, .width = 64, .form = SAC_STABN_MEAN_SCORE };

  g_assert_cmpuint (count_model ("slow-r50", 174, 32), ==, 31991022);
  g_assert_cmpuint (count_model ("stabn-r50", 174, 32), ==, 55665928);
  g_assert_cmpuint (count_model ("stabn-r50-literal", 174, 32), ==, 54692398);
  sac_stabn (g, weights, &mean, sac_graph_input (g, "x", SAC_SHAPE (1, 3, 32, 64, 64)), SAC_BN_FROZEN, FALSE);
  g_assert_cmpuint (sac_weights_count_params (weights), ==, 54696922);
  g_assert_cmpuint (count_model ("abn-r50", 1000, 1), ==, 43584866);
  g_assert_cmpuint (count_model ("abn-r18", 1000, 1), ==, 21607266);
  g_assert_cmpuint (count_model ("abn-r20", 10, 1), ==, 479150);
  g_assert_cmpuint (count_model ("abn-r20", 100, 1), ==, 501650);
  g_assert_cmpuint (count_model ("slow-r18", 174, 8), ==, count_model ("slow-r18", 174, 32));
  g_assert_cmpuint (count_model ("stabn-r18", 174, 8), <, count_model ("stabn-r18", 174, 32));
}

/* The second half by itself gives what the whole network gives; with inverted maps something else; and maps of ½ are their own
 * inverse. */
static void
test_perceive (void)
{
  static const char *const names[] = { "stabn-r18", "stabn-r50", "abn-r18", "abn-r20" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gboolean flat = g_str_has_prefix (names[i], "abn");
      SacShape shape = SAC_SHAPE (2, 3, flat ? 1 : 4, 32, 32);
      g_autofree float *clip = noise (sac_shape_count (shape), 6), *whole = NULL, *half = NULL, *inverted = NULL, *again = NULL;
      SacModelOut out, second, third;
      SacModel model;
      Net net;

      sac_model_parse (names[i], &model);
      sac_model_set_size (&model, 5, 4, (gint32[4]) { 1, 1, 1, 1 }, SAC_PAD_REPLICATE);
      net_init (&net, shape);
      out = sac_model (net.graph, net.weights, &model, net.input, SAC_BN_FROZEN, FALSE);
      second = third = out;
      third.spatial = sac_affine (net.graph, out.spatial, -1, 1);
      if (out.temporal)
        third.temporal = sac_affine (net.graph, out.temporal, -1, 1);
      sac_model_perceive (net.graph, net.weights, &model, &second);
      sac_model_perceive (net.graph, net.weights, &model, &third);
      net_start (&net, (SacVar[]) { out.logits, second.logits, third.logits, out.attention }, 4);
      whole = net_run (&net, clip, out.logits);
      half = net_run (&net, clip, second.logits);
      inverted = net_run (&net, clip, third.logits);
      g_assert_cmpmem (whole, 10 * sizeof (float), half, 10 * sizeof (float));
      g_assert_true (memcmp (whole, inverted, 10 * sizeof (float)) != 0);
      g_free (inverted);
      net_set (&net, "sp_conv.", 0);
      net_set (&net, "sp_bn.", 0);
      if (out.temporal)
        net_set (&net, "t_fc2.", 0);
      again = net_run (&net, clip, out.logits);
      inverted = net_run (&net, clip, third.logits);
      g_assert_cmpmem (again, 10 * sizeof (float), inverted, 10 * sizeof (float));
      net_clear (&net);
    }
}

/* A base network's weights, embedded, give its scores. */
static void
test_embed (void)
{
  for (gint32 depth = 18; depth <= 50; depth += 32)
    {
      SacShape shape = SAC_SHAPE (1, 3, 4, 32, 32);
      SacStabn base = { .n_classes = 5, .width = 4, .blocks = { 1, 1, 1, 1 }, .depth = depth, .plain = TRUE }, whole = base;
      g_autofree float *clip = noise (sac_shape_count (shape), 8), *a = NULL, *b = NULL, *map = NULL;
      SacVar plain, other;
      SacStabnOut out;
      Net net;

      whole.plain = FALSE;
      net_init (&net, shape);
      plain = sac_stabn (net.graph, net.weights, &base, net.input, SAC_BN_FROZEN, FALSE).logits;
      out = sac_stabn (net.graph, net.weights, &whole, net.input, SAC_BN_FROZEN, FALSE);
      other = out.logits;
      net_start (&net, (SacVar[]) { plain, other, out.spatial }, 3);
      a = net_run (&net, clip, plain);
      b = net_run (&net, clip, other);
      g_assert_true (memcmp (a, b, 5 * sizeof (float)) != 0);
      g_free (b);
      g_assert_true (sac_stabn_embed (net.weights, &whole));
      b = net_run (&net, clip, other);
      map = net_run (&net, clip, out.spatial);
      g_assert_cmpfloat (map[0], ==, 0);
      for (int k = 0; k < 5; k++)
        g_assert_cmpfloat_with_epsilon (a[k], b[k], 1e-6 * fabs (a[k]));
      net_clear (&net);
    }
}

/* What cannot be is told in words and leaves no half a network. */
static void
test_refused (void)
{
  g_autoptr (SacWeights) weights = sac_weights_new ();
  SacStabn stabn = { .n_classes = 0, .width = 4 };
  SacSan san = { .n_classes = 6, .width = 0 };

  for (int which = 0; which < 3; which++)
    {
      g_autoptr (SacGraph) g = sac_graph_new ();
      g_autoptr (GError) error = NULL;
      SacVar x = sac_graph_input (g, "x", which == 2 ? SAC_SHAPE (1, 3, 1, 1, 1) : SAC_SHAPE (1, 3, 8, 32, 32));

      if (which == 0)
        g_assert_cmpint (sac_stabn (g, weights, &stabn, x, SAC_BN_FROZEN, FALSE).logits, ==, 0);
      else
        g_assert_cmpint (sac_san_logits (g, weights, &san, x, SAC_BN_FROZEN, FALSE), ==, 0);
      g_assert_false (sac_graph_check (g, &error));
      g_assert_nonnull (error);
      san.width = 4;            /* the third: a signal too short for its footprint */
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  g_test_add_func ("/nn/san/counts", test_san_counts);
  g_test_add_func ("/nn/san/symmetry", test_san_symmetry);
  g_test_add_func ("/nn/stabn/counts", test_stabn_counts);
  g_test_add_func ("/nn/stabn/loss", test_stabn_loss);
  g_test_add_func ("/nn/stabn/maps", test_stabn_maps);
  g_test_add_func ("/nn/stabn/fusion", test_stabn_fusion);
  g_test_add_func ("/nn/attention/counts", test_counts);
  g_test_add_func ("/nn/attention/perceive", test_perceive);
  g_test_add_func ("/nn/stabn/embed", test_embed);
  g_test_add_func ("/nn/attention/refused", test_refused);
  return g_test_run ();
}
