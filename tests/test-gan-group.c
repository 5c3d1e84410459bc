/* Generators that teach each other: methods/07 §2, acceptance facts of transfer, gates and the group's step. */
#include <math.h>
#include <string.h>

#include "backend/sac-backends.h"
#include "nn/sac-nn.h"

/* ---- the transfer's loss. */

typedef struct {
  double loss;
  float gradient[8];            /* of the student */
} Transfer;

static Transfer
transfer (const float *teacher, const float *student, gint32 channels, gint32 places)
{
  g_autoptr (SacGraph) g = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  SacBackend *backend = sac_backend_cpu_new (1);
  SacShape shape = SAC_SHAPE (1, channels, 1, 1, places);
  SacVar in[] = { sac_graph_input (g, "t", shape), sac_graph_input (g, "s", shape) }, gradients[2];
  SacVar loss = sac_transfer_loss (g, &in[0], &in[1], 1, 1000);
  SacProgram *program;
  Transfer out = { 0 };
  float value = NAN;

  sac_graph_gradients (g, loss, in, 2, gradients);
  g_assert_cmpuint (gradients[0], ==, 0);       /* the teacher learns nothing */
  program = sac_program_compile (g, (SacVar[]) { loss, gradients[1] }, 2, backend, &error);
  g_assert_no_error (error);
  sac_program_set_input (program, in[0], teacher);
  sac_program_set_input (program, in[1], student);
  g_assert_true (sac_program_run (program, NULL, NULL));
  sac_program_get_output (program, loss, &value, NULL);
  out.loss = (double) value;
  sac_program_get_output (program, gradients[1], out.gradient, NULL);
  sac_program_free (program);
  sac_backend_free (backend);
  return out;
}

/* Memory is N,T,H,W,C: the channels of a place stand together. */
static void
test_transfer (void)
{
  const float f[] = { 1, 0, 2, 1, 3, 1, 4, 0 };         /* channels ((1,2),(3,4)) and ((0,1),(1,0)): Q = (.5, 2.5, 5, 8) */
  const float ones[] = { 1, 1, 1, 1, 1, 1, 1, 1 };
  float scaled[8], one_place[16] = { 0 }, another[16] = { 0 };
  Transfer t = transfer (f, ones, 2, 4);

  g_assert_cmpfloat_with_epsilon (t.loss, 90.684392, 2e-4);
  for (int i = 0; i < 8; i++)
    scaled[i] = 3 * f[i];
  g_assert_cmpfloat (fabsf (t.gradient[0]), >, 0);
  g_assert_cmpfloat_with_epsilon (transfer (f, f, 2, 4).loss, 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (transfer (f, scaled, 2, 4).loss, 0, 1e-6);
  one_place[3] = 2;
  another[9] = 5;
  {
    g_autoptr (SacGraph) g = sac_graph_new ();
    SacShape shape = SAC_SHAPE (1, 1, 1, 4, 4);
    SacBackend *backend = sac_backend_cpu_new (1);
    SacVar a = sac_graph_constant_data (g, shape, one_place), b = sac_graph_constant_data (g, shape, another);
    SacVar loss = sac_transfer_loss (g, &a, &b, 1, 1000);
    SacProgram *program = sac_program_compile (g, &loss, 1, backend, NULL);
    float value = NAN;

    g_assert_true (sac_program_run (program, NULL, NULL));
    sac_program_get_output (program, loss, &value, NULL);
    g_assert_cmpfloat_with_epsilon ((double) value, 125, 1e-3);        /* disjoint: α·2/N */
    sac_program_free (program);
    sac_backend_free (backend);
  }
}

/* ---- a group's step. */

static double rate = 2e-4;

#define K 3
#define BATCH 2
static SacDcgan net = { .size = 32, .width = 4, .z = 5, .n_logits = K + 1, .spectral = TRUE };

typedef struct {
  SacBackend *backend;
  SacWeights *g, *d;
  SacOptimizer *g_optimizer, *d_optimizer;
  SacProgram *program;
  SacVar z, real;
  SacGanStep step;
  guint n_nodes;
} Group;

static void
group_init (Group *q, const SacGanEdges *edges, gboolean mad)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  g_autoptr (GError) error = NULL;
  GArray *outputs = g_array_new (FALSE, FALSE, sizeof (SacVar));

  q->backend = sac_backend_cpu_new (1);
  q->g = sac_weights_new ();
  q->d = sac_weights_new ();
  sac_mad_gan_declare (q->g, q->d, &net, K);
  g_assert_true (sac_weights_allocate (q->g, q->backend, &error) && sac_weights_allocate (q->d, q->backend, &error));
  sac_weights_initialise (q->g, 11);
  sac_weights_initialise (q->d, 12);
  q->g_optimizer = sac_optimizer_new_adam (q->g, q->backend, &error);
  q->d_optimizer = sac_optimizer_new_adam (q->d, q->backend, &error);
  q->z = sac_graph_input (graph, "z", SAC_SHAPE (BATCH, net.z, 1, 1, 1));
  q->real = sac_graph_input (graph, "real", SAC_SHAPE (BATCH, 3, 1, net.size, net.size));
  if (mad)
    {
      SacMadGanStep step = sac_mad_gan_step (graph, q->g, q->d, q->g_optimizer, q->d_optimizer, &net, K, q->z, q->real);

      q->step = (SacGanStep) { .loss_d = step.loss_d, .hyper_d = step.hyper_d, .hyper_g = step.hyper_g };
    }
  else
    q->step = sac_gan_step (graph, q->g, q->d, q->g_optimizer, q->d_optimizer, &net, K, edges, q->z, q->real);
  g_array_append_val (outputs, q->step.loss_d);
  for (guint s = 0; s < K; s++)
    for (guint t = 0; t < K; t++)
      if (q->step.losses[s][t])
        g_array_append_val (outputs, q->step.losses[s][t]);
  for (guint group = 0; group <= K && q->step.logits[group]; group++)
    g_array_append_val (outputs, q->step.logits[group]);
  q->program = sac_program_compile (graph, (const SacVar *) (gpointer) outputs->data, outputs->len, q->backend, &error);
  g_assert_no_error (error);
  g_array_unref (outputs);
}

static void
group_clear (Group *q)
{
  sac_program_free (q->program);
  sac_optimizer_free (q->g_optimizer);
  sac_optimizer_free (q->d_optimizer);
  sac_weights_free (q->g);
  sac_weights_free (q->d);
  sac_backend_free (q->backend);
}

static void
group_run (Group *q, guint n, float factor)
{
  const SacAdam adam = { rate, 0.5, 0.999, 1e-8, 0 };
  float z[BATCH * 5], *real = g_new (float, BATCH * 3 * 32 * 32);

  for (guint k = 0; k < n; k++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (z); i++)
        z[i] = (float) sac_random_normal ((SacRandomKey) { 3, k }, i);
      for (guint i = 0; i < BATCH * 3 * 32 * 32; i++)
        real[i] = sinf ((float) (i + k) * 0.01f);
      sac_program_set_input (q->program, q->z, z);
      sac_program_set_input (q->program, q->real, real);
      for (guint s = 0; s < K; s++)
        for (guint t = 0; t < K; t++)
          if (q->step.factors[s][t])
            sac_program_set_input (q->program, q->step.factors[s][t], &factor);
      sac_optimizer_set_adam (q->d_optimizer, q->program, q->step.hyper_d, &adam, 1);
      sac_optimizer_set_adam (q->g_optimizer, q->program, q->step.hyper_g, &adam, 1);
      g_assert_true (sac_program_run (q->program, NULL, NULL));
    }
  g_free (real);
}

static double
read_loss (Group *q, SacVar loss)
{
  float value = NAN;

  sac_program_get_output (q->program, loss, &value, NULL);
  return (double) value;
}

/* Numbers of an entry; 0: there is none. */
static gsize
count_of (SacWeights *weights, const char *name)
{
  gint i = sac_block_find (sac_weights_get_params (weights), name);

  return i < 0 ? 0 : sac_shape_count (sac_block_get_entry (sac_weights_get_params (weights), (guint) i)->shape);
}

static gboolean
same_bits (Group *a, Group *b)
{
  static const char *const names[] = { "G0.0.weight", "G1.3.weight", "G2.9.weight" };
  gboolean same = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize n = count_of (a->g, names[i]);
      g_autofree float *x = g_new (float, n);
      g_autofree float *y = g_new (float, n);

      g_assert_true (sac_weights_read (a->g, names[i], x) && sac_weights_read (b->g, names[i], y));
      same = same && memcmp (x, y, n * sizeof *x) == 0;
    }
  return same;
}

/* TCC|CTC|CCT is MAD-GAN, bit for bit; gates at 0 are as good as edges that are not there; gates at 1 are open edges. */
static void
test_graphs (void)
{
  SacGanEdges mad = { .alpha = 1000 }, scaled = { .alpha = 1000 }, open = { .alpha = 1000 };
  Group a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 }, e = { 0 };

  for (guint i = 0; i < K; i++)
    mad.edges[i][i] = scaled.edges[i][i] = open.edges[i][i] = SAC_EDGE_OPEN;
  scaled.edges[1][0] = scaled.edges[2][1] = SAC_EDGE_SCALED;
  open.edges[1][0] = open.edges[2][1] = SAC_EDGE_OPEN;
  group_init (&a, NULL, TRUE);
  group_init (&b, &mad, FALSE);
  group_init (&c, &scaled, FALSE);
  group_init (&d, &open, FALSE);
  group_init (&e, &scaled, FALSE);
  group_run (&a, 2, 0);
  group_run (&b, 2, 0);
  group_run (&c, 2, 0);
  group_run (&d, 2, 0);
  group_run (&e, 2, 1);
  g_assert_true (same_bits (&a, &b));
  g_assert_true (same_bits (&a, &c));
  g_assert_false (same_bits (&a, &d));
  g_assert_true (same_bits (&d, &e));
  g_assert_true (b.step.losses[1][0] == 0 && c.step.losses[1][0] != 0);
  g_assert_cmpfloat (read_loss (&c, c.step.losses[1][0]), >, 0);
  group_clear (&a);
  group_clear (&b);
  group_clear (&c);
  group_clear (&d);
  group_clear (&e);
}

/* The same weights and z in all generators: the same pictures, and nothing to teach. */
static void
test_equal (void)
{
  SacGanEdges edges = { .alpha = 1000 };
  Group q = { 0 };

  for (guint s = 0; s < K; s++)
    for (guint t = 0; t < K; t++)
      edges.edges[s][t] = SAC_EDGE_OPEN;
  group_init (&q, &edges, FALSE);
  for (guint layer = 0; layer <= 9; layer++)
    {
      static const char *const parts[] = { "weight", "bias" };

      for (guint p = 0; p < 2; p++)
        {
          g_autofree char *first = g_strdup_printf ("G0.%u.%s", layer, parts[p]);
          g_autofree float *values = g_new (float, count_of (q.g, first) + 1);

          if (count_of (q.g, first) == 0 || !sac_weights_read (q.g, first, values))
            continue;
          for (guint i = 1; i < K; i++)
            {
              g_autofree char *name = g_strdup_printf ("G%u.%u.%s", i, layer, parts[p]);

              g_assert_true (sac_weights_write (q.g, name, values));
            }
        }
    }
  group_run (&q, 1, 0);
  for (guint s = 0; s < K; s++)
    for (guint t = 0; t < K; t++)
      if (s != t)
        g_assert_cmpfloat (read_loss (&q, q.step.losses[s][t]), ==, 0);
  /* A fresh discriminator knows nothing: near (k+1) ln (k+1), and ln 4 of each generator. */
  g_assert_cmpfloat_with_epsilon (read_loss (&q, q.step.loss_d), 5.545177, 0.6);
  g_assert_cmpfloat_with_epsilon (read_loss (&q, q.step.losses[0][0]), 1.386294, 0.4);
  group_clear (&q);
}

/* A discriminator that gives every class the same: (k+1) ln (k+1) for D, ln (k+1) for each generator. */
static void
test_uniform (void)
{
  SacGanEdges edges = { .alpha = 1000 };
  g_autofree float *zeros = NULL;
  Group q = { 0 };

  for (guint i = 0; i < K; i++)
    edges.edges[i][i] = SAC_EDGE_OPEN;
  net.spectral = FALSE;
  rate = 0;                     /* generators learn from D after its update */
  group_init (&q, &edges, FALSE);
  zeros = g_new0 (float, count_of (q.d, "D.8.weight"));
  g_assert_true (sac_weights_write (q.d, "D.8.weight", zeros));
  group_run (&q, 1, 0);
  g_assert_cmpfloat_with_epsilon (read_loss (&q, q.step.loss_d), 5.545177, 2e-6);
  for (guint i = 0; i < K; i++)
    g_assert_cmpfloat_with_epsilon (read_loss (&q, q.step.losses[i][i]), 1.386294, 1e-6);
  group_clear (&q);
  net.spectral = TRUE;
  rate = 2e-4;
}

/* The answers of D that the step gives out are those its loss is of, group by group. */
static void
test_logits (void)
{
  SacGanEdges edges = { .alpha = 1000 };
  double sum = 0;
  Group q = { 0 };

  for (guint i = 0; i < K; i++)
    edges.edges[i][i] = SAC_EDGE_OPEN;
  group_init (&q, &edges, FALSE);
  group_run (&q, 4, 0);
  for (guint group = 0; group <= K; group++)
    {
      float logits[BATCH * (K + 1)];

      g_assert_true (sac_program_get_output (q.program, q.step.logits[group], logits, NULL));
      for (guint i = 0; i < BATCH; i++)
        {
          double all = 0;

          for (guint c = 0; c <= K; c++)
            all += exp ((double) logits[i * (K + 1) + c]);
          sum += (log (all) - (double) logits[i * (K + 1) + group]) / BATCH;
        }
    }
  g_assert_cmpfloat_with_epsilon (read_loss (&q, q.step.loss_d), sum, 1e-5);
  group_clear (&q);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gan-group/transfer", test_transfer);
  g_test_add_func ("/gan-group/graphs", test_graphs);
  g_test_add_func ("/gan-group/equal", test_equal);
  g_test_add_func ("/gan-group/uniform", test_uniform);
  g_test_add_func ("/gan-group/logits", test_logits);
  return g_test_run ();
}
