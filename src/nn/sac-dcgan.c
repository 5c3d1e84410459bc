#include "sac-dcgan.h"

static const float bn_eps = 1e-5f, bn_momentum = 0.1f, slope = 0.2f;
static const SacConv3d whole = { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS }, half = { { 1, 2, 2 }, { 0, 1, 1 }, SAC_PAD_ZEROS };

typedef struct {
  SacGraph *g;
  SacWeights *weights;
  const char *prefix;
  gboolean train;
} Builder;

static SacVar
param (Builder *b, guint layer, const char *what, SacShape shape, SacInit init)
{
  g_autofree char *name = g_strdup_printf ("%s%u.%s", b->prefix, layer, what);

  return sac_weights_param (b->weights, b->g, name, shape, init);
}

static SacVar
batch_norm (Builder *b, guint layer, SacVar x, gboolean relu)
{
  SacShape shape = sac_graph_get_shape (b->g, x), vector = SAC_SHAPE (1, shape.c, 1, 1, 1);
  g_autofree char *mean = g_strdup_printf ("%s%u.running_mean", b->prefix, layer);
  g_autofree char *variance = g_strdup_printf ("%s%u.running_var", b->prefix, layer);
  SacVar gamma = param (b, layer, "weight", vector, SAC_INIT_DCGAN_GAMMA), beta = param (b, layer, "bias", vector, SAC_INIT_ZEROS);
  SacVar rm = sac_weights_buffer (b->weights, b->g, mean, vector, SAC_INIT_ZEROS);
  SacVar rv = sac_weights_buffer (b->weights, b->g, variance, vector, SAC_INIT_ONES);
  SacVar stats = b->train ? sac_bn_stats (b->g, x) : sac_bn_running (b->g, rm, rv);

  if (b->train)
    sac_running_update (b->g, rm, rv, stats, bn_momentum, (guint) (sac_shape_count (shape) / (gsize) MAX (shape.c, 1)));
  return sac_bn_apply (b->g, x, stats, gamma, beta, 0, &(SacBnApply) { bn_eps, relu });
}

/* 4×4 transposed convolution to @to channels and @size pixels a side.  Its weight is (from, to, 4, 4). */
static SacVar
grow (Builder *b, guint layer, SacVar x, gint32 to, gint32 size)
{
  SacShape from = sac_graph_get_shape (b->g, x);
  SacVar w = param (b, layer, "weight", SAC_SHAPE (from.c, to, 1, 4, 4), SAC_INIT_DCGAN);

  return sac_conv3d_input (b->g, x, w, from.h == 1 ? &whole : &half, SAC_SHAPE (from.n, to, 1, size, size));
}

static gboolean
fits (SacGraph *graph, const SacDcgan *net)
{
  if (!sac_graph_check (graph, NULL))
    return FALSE;
  if ((net->size == 32 || net->size == 64) && net->width >= 1 && net->width <= 4096 && net->z >= 1 && net->n_logits >= 1)
    return TRUE;
  sac_graph_poison (graph, "there is no DCGAN of %d pixels, width %d", (int) net->size, (int) net->width);
  return FALSE;
}

guint
sac_dcgan_generator_levels (SacGraph *graph, SacWeights *weights, const char *prefix, const SacDcgan *net, SacVar z, gboolean train,
                            SacVar *images, SacVar *levels)
{
  Builder b = { graph, weights, prefix, train };
  guint layer = 0, n = 0;
  SacVar h = z;

  *images = 0;
  if (!fits (graph, net))
    return 0;
  for (gint32 size = 4, width = net->width * net->size / 8; size < net->size; size *= 2, width /= 2, layer += 3)
    {
      h = grow (&b, layer, h, width, size);
      h = batch_norm (&b, layer + 1, h, TRUE);
      levels[n++] = h;
    }
  h = sac_tanh (graph, grow (&b, layer, h, 3, net->size));
  sac_graph_name (graph, h, "%simages", prefix);
  *images = h;
  return n;
}

SacVar
sac_dcgan_generator (SacGraph *graph, SacWeights *weights, const char *prefix, const SacDcgan *net, SacVar z, gboolean train)
{
  SacVar images, levels[SAC_DCGAN_MOST_LEVELS];

  sac_dcgan_generator_levels (graph, weights, prefix, net, z, train, &images, levels);
  return images;
}

/* A 4×4 convolution; @step: its index in the Sequential grows by what follows it. */
static SacVar
shrink (Builder *b, const SacDcgan *net, guint layer, SacVar x, gint32 to, const SacConv3d *conv)
{
  SacShape shape = SAC_SHAPE (to, sac_graph_get_shape (b->g, x).c, 1, 4, 4);
  g_autofree char *name = g_strdup_printf ("%s%u.weight", b->prefix, layer);
  SacVar w = param (b, layer, net->spectral ? "weight_orig" : "weight", shape, SAC_INIT_DCGAN);

  return sac_conv3d (b->g, x, net->spectral ? sac_spectral_norm (b->g, b->weights, name, w, b->train) : w, conv);
}

SacVar
sac_dcgan_discriminator (SacGraph *graph, SacWeights *weights, const char *prefix, const SacDcgan *net, SacVar images, gboolean train)
{
  Builder b = { graph, weights, prefix, train };
  guint layer = 0;
  SacVar h = images;

  if (!fits (graph, net))
    return 0;
  for (gint32 size = net->size / 2, width = net->width; size >= 4; size /= 2, width *= 2)
    {
      h = shrink (&b, net, layer++, h, width, &half);
      if (!net->spectral && width > net->width)
        h = batch_norm (&b, layer++, h, FALSE);
      h = sac_leaky_relu (graph, h, slope);
      layer++;
    }
  h = shrink (&b, net, layer, h, net->n_logits, &whole);
  sac_graph_name (graph, h, "%slogits", prefix);
  return h;
}

/* ---- MAD-GAN. */

void
sac_mad_gan_declare (SacWeights *g, SacWeights *d, const SacDcgan *net, guint n_generators)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacVar z = sac_graph_input (graph, "z", SAC_SHAPE (1, net->z, 1, 1, 1)), images = 0;

  for (guint i = 0; i < n_generators; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("G%u.", i);

      images = sac_dcgan_generator (graph, g, prefix, net, z, FALSE);
    }
  sac_dcgan_discriminator (graph, d, "D.", net, images, FALSE);
}

/* Mean cross-entropy of the discriminator's answer (@said, nullable) against one class for all. */
static SacVar
judged (SacGraph *graph, SacWeights *d, const SacGanPlayers *players, SacVar images, guint class, SacVar *said)
{
  SacVar logits = players->discriminator (graph, d, "D.", players->net, images, TRUE);
  SacVar labels = sac_graph_constant (graph, SAC_SHAPE (sac_graph_get_shape (graph, images).n, 1, 1, 1, 1), (float) class);

  if (said)
    *said = logits;
  return sac_cross_entropy (graph, logits, labels, 0);
}

/* ---- transfer between generators. */

/* The mean square over the channels at each place, of length 1 over the places of an example. */
static SacVar
energy (SacGraph *graph, SacVar features)
{
  SacShape shape = sac_graph_get_shape (graph, features);
  SacShape places = SAC_SHAPE (shape.n, 1, shape.t, shape.h, shape.w), one = SAC_SHAPE (shape.n, 1, 1, 1, 1);
  SacVar q = sac_affine (graph, sac_sum_squares_to (graph, features, places), 1.0f / (float) MAX (shape.c, 1), 0);
  SacVar length = sac_power (graph, sac_affine (graph, sac_sum_squares_to (graph, q, one), 1, 1e-24f), 0.5f);

  return sac_div (graph, q, length);
}

SacVar
sac_transfer_loss (SacGraph *graph, const SacVar *teacher, const SacVar *student, guint n_levels, float alpha)
{
  SacVar loss = 0;

  for (guint m = 0; m < n_levels && sac_graph_check (graph, NULL); m++)
    {
      SacVar gap = sac_sub (graph, sac_detach (graph, energy (graph, teacher[m])), energy (graph, student[m]));
      SacVar level = sac_mean (graph, sac_power (graph, gap, 2));

      loss = m == 0 ? level : sac_add (graph, loss, level);
    }
  return sac_affine (graph, loss, alpha / (float) MAX (n_levels, 1), 0);
}

/* ---- a group. */

/* The gradient of an edge's loss is added, times its gate. */
static void
learn (SacGraph *graph, SacOptimizer *optimizer, const SacGanEdges *edges, guint student, guint teacher, SacVar loss, SacGanStep *step)
{
  step->losses[student][teacher] = loss;
  if (edges->edges[student][teacher] == SAC_EDGE_SCALED)
    {
      g_autofree char *name = g_strdup_printf ("factor %u %u", student, teacher);

      step->factors[student][teacher] = sac_graph_input (graph, name, SAC_SHAPE_SCALAR);
      loss = sac_mul (graph, loss, step->factors[student][teacher]);
    }
  sac_optimizer_accumulate (optimizer, graph, loss);
}

SacGanStep
sac_gan_step_of (SacGraph *graph, SacWeights *g, SacWeights *d, SacOptimizer *g_optimizer, SacOptimizer *d_optimizer,
                 const SacGanPlayers *players, guint n_generators, const SacGanEdges *edges, SacVar z, SacVar real)
{
  SacGanStep step = { 0 };
  SacVar levels[SAC_GAN_GROUP][SAC_DCGAN_MOST_LEVELS];
  guint n_levels = 0;

  g_return_val_if_fail (n_generators >= 1 && n_generators <= SAC_GAN_GROUP && players->n_logits > (gint32) n_generators, step);
  for (guint i = 0; i < n_generators; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("G%u.", i);

      n_levels = players->generator (graph, g, prefix, players->net, z, TRUE, &step.images[i], levels[i]);
    }
  /* Each group's gradient is added before the next group is looked at: its activations make room. */
  for (guint i = 0; i <= n_generators && sac_graph_check (graph, NULL); i++)
    {
      guint group = i == 0 ? n_generators : i - 1;      /* the real ones first */
      SacVar loss = judged (graph, d, players, group == n_generators ? real : step.images[group], group,
                            &step.logits[group]);

      sac_optimizer_accumulate (d_optimizer, graph, loss);
      step.loss_d = i == 0 ? loss : sac_add (graph, step.loss_d, loss);
    }
  step.hyper_d = sac_optimizer_append_adam (d_optimizer, graph);
  for (guint i = 0; i < n_generators && sac_graph_check (graph, NULL); i++)
    if (edges->edges[i][i] != SAC_EDGE_CUT)
      learn (graph, g_optimizer, edges, i, i, judged (graph, d, players, step.images[i], n_generators, NULL), &step);
  for (guint s = 0; s < n_generators; s++)
    for (guint t = 0; t < n_generators && sac_graph_check (graph, NULL); t++)
      if (s != t && edges->edges[s][t] != SAC_EDGE_CUT)
        learn (graph, g_optimizer, edges, s, t, sac_transfer_loss (graph, levels[t], levels[s], n_levels, edges->alpha), &step);
  step.hyper_g = sac_optimizer_append_adam (g_optimizer, graph);
  return step;
}

static guint
make_images (SacGraph *graph, SacWeights *weights, const char *prefix, gconstpointer net, SacVar z, gboolean train, SacVar *made,
             SacVar *levels)
{
  return sac_dcgan_generator_levels (graph, weights, prefix, net, z, train, made, levels);
}

static SacVar
judge_images (SacGraph *graph, SacWeights *weights, const char *prefix, gconstpointer net, SacVar made, gboolean train)
{
  return sac_dcgan_discriminator (graph, weights, prefix, net, made, train);
}

SacGanStep
sac_gan_step (SacGraph *graph, SacWeights *g, SacWeights *d, SacOptimizer *g_optimizer, SacOptimizer *d_optimizer, const SacDcgan *net,
              guint n_generators, const SacGanEdges *edges, SacVar z, SacVar real)
{
  const SacGanPlayers players = { make_images, judge_images, net, net->n_logits };

  return sac_gan_step_of (graph, g, d, g_optimizer, d_optimizer, &players, n_generators, edges, z, real);
}

SacMadGanStep
sac_mad_gan_step (SacGraph *graph, SacWeights *g, SacWeights *d, SacOptimizer *g_optimizer, SacOptimizer *d_optimizer,
                  const SacDcgan *net, guint n_generators, SacVar z, SacVar real)
{
  SacGanEdges edges = { 0 };
  SacMadGanStep mad = { 0 };
  SacGanStep step;

  g_return_val_if_fail (n_generators >= 1 && n_generators <= SAC_GAN_GROUP, mad);
  for (guint i = 0; i < n_generators; i++)
    edges.edges[i][i] = SAC_EDGE_OPEN;
  step = sac_gan_step (graph, g, d, g_optimizer, d_optimizer, net, n_generators, &edges, z, real);
  mad.loss_d = step.loss_d;
  mad.hyper_d = step.hyper_d;
  mad.hyper_g = step.hyper_g;
  for (guint i = 0; i < n_generators && step.losses[i][i]; i++)
    mad.loss_g = i == 0 ? step.losses[0][0] : sac_add (graph, mad.loss_g, step.losses[i][i]);
  return mad;
}
