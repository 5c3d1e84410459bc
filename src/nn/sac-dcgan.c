#include "sac-dcgan.h"

#define MOST_GENERATORS 64

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

SacVar
sac_dcgan_generator (SacGraph *graph, SacWeights *weights, const char *prefix, const SacDcgan *net, SacVar z, gboolean train)
{
  Builder b = { graph, weights, prefix, train };
  guint layer = 0;
  SacVar h = z;

  if (!fits (graph, net))
    return 0;
  for (gint32 size = 4, width = net->width * net->size / 8; size < net->size; size *= 2, width /= 2, layer += 3)
    {
      h = grow (&b, layer, h, width, size);
      h = batch_norm (&b, layer + 1, h, TRUE);
    }
  h = sac_tanh (graph, grow (&b, layer, h, 3, net->size));
  sac_graph_name (graph, h, "%simages", prefix);
  return h;
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

/* Mean cross-entropy of the discriminator's answer against one class for all. */
static SacVar
judged (SacGraph *graph, SacWeights *d, const SacDcgan *net, SacVar images, guint class)
{
  SacVar logits = sac_dcgan_discriminator (graph, d, "D.", net, images, TRUE);
  SacVar labels = sac_graph_constant (graph, SAC_SHAPE (sac_graph_get_shape (graph, images).n, 1, 1, 1, 1), (float) class);

  return sac_cross_entropy (graph, logits, labels, 0);
}

SacMadGanStep
sac_mad_gan_step (SacGraph *graph, SacWeights *g, SacWeights *d, SacOptimizer *g_optimizer, SacOptimizer *d_optimizer,
                  const SacDcgan *net, guint n_generators, SacVar z, SacVar real)
{
  SacMadGanStep step = { 0 };
  SacVar images[MOST_GENERATORS + 1];

  g_return_val_if_fail (n_generators >= 1 && n_generators <= MOST_GENERATORS && net->n_logits > (gint32) n_generators, step);
  for (guint i = 0; i < n_generators; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("G%u.", i);

      images[i] = sac_dcgan_generator (graph, g, prefix, net, z, TRUE);
    }
  images[n_generators] = real;
  /* Each group's gradient is added before the next group is looked at: its activations make room. */
  for (guint i = 0; i <= n_generators && sac_graph_check (graph, NULL); i++)
    {
      guint group = i == 0 ? n_generators : i - 1;      /* the real ones first */
      SacVar loss = judged (graph, d, net, images[group], group);

      sac_optimizer_accumulate (d_optimizer, graph, loss);
      step.loss_d = i == 0 ? loss : sac_add (graph, step.loss_d, loss);
    }
  step.hyper_d = sac_optimizer_append_adam (d_optimizer, graph);
  for (guint i = 0; i < n_generators && sac_graph_check (graph, NULL); i++)
    {
      SacVar loss = judged (graph, d, net, images[i], n_generators);

      sac_optimizer_accumulate (g_optimizer, graph, loss);
      step.loss_g = i == 0 ? loss : sac_add (graph, step.loss_g, loss);
    }
  step.hyper_g = sac_optimizer_append_adam (g_optimizer, graph);
  return step;
}
