/* ResNet-18/50, flat and inflated, with torchvision's names.  Paper: He 2016 §4.1; inflation methods/01 §2.2. */
#include "sac-resnet.h"

typedef struct {
  SacGraph *g;
  SacWeights *weights;
  const SacResnet *net;
  gboolean batch;               /* statistics of this batch; running ones are updated */
} Builder;

static const float bn_eps = 1e-5f, bn_momentum = 0.1f;

/* A convolution without bias, same padding; @kt = 1 keeps frames apart. */
static SacVar
conv (Builder *b, const char *prefix, const char *name, SacVar x, gint32 k, gint32 kt, gint32 size, gint32 st, gint32 stride)
{
  g_autofree char *full = g_strdup_printf ("%s%s.weight", prefix, name);
  SacConv3d shape = { { st, stride, stride }, { kt / 2, size / 2, size / 2 }, (gint32) b->net->pad_time };
  gint32 c = sac_graph_get_shape (b->g, x).c;
  SacVar w = sac_weights_param (b->weights, b->g, full, SAC_SHAPE (k, c, kt, size, size), SAC_INIT_KAIMING_FAN_OUT);

  return sac_conv3d (b->g, x, w, &shape);
}

static SacVar
bn (Builder *b, const char *prefix, const char *name, SacVar x, SacVar residual, gboolean relu)
{
  SacShape shape = sac_graph_get_shape (b->g, x), vector = SAC_SHAPE (1, shape.c, 1, 1, 1);
  g_autofree char *gamma = g_strdup_printf ("%s%s.weight", prefix, name), *beta = g_strdup_printf ("%s%s.bias", prefix, name);
  g_autofree char *mean = g_strdup_printf ("%s%s.running_mean", prefix, name);
  g_autofree char *variance = g_strdup_printf ("%s%s.running_var", prefix, name);
  SacVar wg = sac_weights_param (b->weights, b->g, gamma, vector, SAC_INIT_ONES);
  SacVar wb = sac_weights_param (b->weights, b->g, beta, vector, SAC_INIT_ZEROS);
  SacVar rm = sac_weights_buffer (b->weights, b->g, mean, vector, SAC_INIT_ZEROS);
  SacVar rv = sac_weights_buffer (b->weights, b->g, variance, vector, SAC_INIT_ONES);
  SacVar stats;

  if (b->batch)
    {
      stats = sac_bn_stats (b->g, x);
      sac_running_update (b->g, rm, rv, stats, bn_momentum, (guint) (sac_shape_count (shape) / MAX (shape.c, 1)));
    }
  else
    stats = sac_bn_running (b->g, rm, rv);
  return sac_bn_apply (b->g, x, stats, wg, wb, residual, &(SacBnApply) { bn_eps, relu });
}

static SacVar
shortcut (Builder *b, const char *prefix, SacVar x, gint32 k, gint32 st, gint32 stride)
{
  if (sac_graph_get_shape (b->g, x).c == k && st == 1 && stride == 1)
    return x;
  return bn (b, prefix, "downsample.1", conv (b, prefix, "downsample.0", x, k, 1, 1, st, stride), 0, FALSE);
}

/* Two 3×3 (3×3×3). */
static SacVar
basic (Builder *b, const char *prefix, SacVar x, gint32 width, gint32 st, gint32 stride)
{
  gint32 kt = b->net->inflated ? 3 : 1;
  SacVar y = bn (b, prefix, "bn1", conv (b, prefix, "conv1", x, width, kt, 3, st, stride), 0, TRUE);

  y = conv (b, prefix, "conv2", y, width, kt, 3, 1, 1);
  return bn (b, prefix, "bn2", y, shortcut (b, prefix, x, width, st, stride), TRUE);
}

/* 1×1, 3×3 with the stride, 1×1 to four times the width. */
static SacVar
bottleneck (Builder *b, const char *prefix, SacVar x, gint32 width, gint32 st, gint32 stride)
{
  gint32 kt = b->net->inflated ? 3 : 1;
  SacVar y = bn (b, prefix, "bn1", conv (b, prefix, "conv1", x, width, 1, 1, 1, 1), 0, TRUE);

  y = bn (b, prefix, "bn2", conv (b, prefix, "conv2", y, width, kt, 3, st, stride), 0, TRUE);
  y = conv (b, prefix, "conv3", y, 4 * width, 1, 1, 1, 1);
  return bn (b, prefix, "bn3", y, shortcut (b, prefix, x, 4 * width, st, stride), TRUE);
}

SacVar
sac_resnet_logits (SacGraph *graph, SacWeights *weights, const SacResnet *net, SacVar clip, SacBnMode bn_mode, gboolean train,
                   SacResnetTaps *taps)
{
  static const gint32 blocks[2][4] = { { 2, 2, 2, 2 }, { 3, 4, 6, 3 } };
  Builder b = { graph, weights, net, train && bn_mode == SAC_BN_BATCH };
  SacPool3d flat = { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 1, 1 } }, deep = { { 3, 3, 3 }, { 2, 2, 2 }, { 1, 1, 1 } };
  SacResnetTaps seen = { 0 };
  SacShape in;
  SacVar h, w, bias;

  if (taps)
    *taps = seen;
  if (!sac_graph_check (graph, NULL))
    return 0;
  in = sac_graph_get_shape (graph, clip);
  if ((net->depth != 18 && net->depth != 50) || net->width < 1 || net->width > 4096 || net->n_classes < 1)
    {
      sac_graph_poison (graph, "there is no ResNet of depth %d, width %d, %d classes", net->depth, net->width, net->n_classes);
      return 0;
    }
  if (in.c != 3)
    {
      g_autofree char *text = sac_shape_dup_string (in);

      sac_graph_poison (graph, "a ResNet wants clips (N,3,T,H,W), not %s", text);
      return 0;
    }

  h = conv (&b, "", "conv1", clip, net->width, net->inflated ? 3 : 1, 7, 1, 2);
  h = bn (&b, "", "bn1", h, 0, TRUE);
  h = seen.stem = sac_max_pool3d (graph, h, net->inflated ? &deep : &flat);
  sac_graph_name (graph, h, "stem");
  for (int stage = 0; stage < 4; stage++)
    {
      gint32 n = net->blocks[stage] > 0 ? net->blocks[stage] : blocks[net->depth == 50][stage];
      gint32 width = net->width << stage;

      for (gint32 i = 0; i < n; i++)
        {
          g_autofree char *prefix = g_strdup_printf ("layer%d.%d.", stage + 1, i);
          gint32 stride = stage > 0 && i == 0 ? 2 : 1, st = net->inflated ? stride : 1;

          h = net->depth == 50 ? bottleneck (&b, prefix, h, width, st, stride) : basic (&b, prefix, h, width, st, stride);
        }
      seen.layer[stage] = h;
      sac_graph_name (graph, h, "layer%d", stage + 1);
    }
  h = seen.features = sac_global_average (graph, h);
  sac_graph_name (graph, h, "features");
  w = sac_weights_param (weights, graph, "fc.weight",
                         SAC_SHAPE (net->n_classes, sac_graph_get_shape (graph, h).c, 1, 1, 1), SAC_INIT_HEAD);
  bias = sac_weights_param (weights, graph, "fc.bias", SAC_SHAPE (1, net->n_classes, 1, 1, 1), SAC_INIT_ZEROS);
  h = sac_conv3d (graph, h, w, &(SacConv3d) { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS });
  h = seen.logits = sac_add (graph, h, bias);
  sac_graph_name (graph, h, "logits");
  if (taps && sac_graph_check (graph, NULL))
    *taps = seen;
  return h;
}

gboolean
sac_resnet_declare (SacWeights *weights, const SacResnet *net, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacVar clip = sac_graph_input (graph, "clip", SAC_SHAPE (1, 3, net->inflated ? 16 : 1, 64, 64));

  sac_resnet_logits (graph, weights, net, clip, SAC_BN_FROZEN, FALSE, NULL);
  return sac_graph_check (graph, error);
}

gboolean
sac_resnet_parse (const char *name, SacResnet *net)
{
  static const struct { const char *name; gint32 depth; gboolean inflated; } known[] = {
    { "r18-2d", 18, FALSE }, { "r50-2d", 50, FALSE }, { "i3d-r18", 18, TRUE }, { "i3d-r50", 50, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (name, known[i].name) == 0)
      {
        *net = (SacResnet) { .depth = known[i].depth, .inflated = known[i].inflated, .n_classes = 1000, .width = 64,
                             .pad_time = SAC_PAD_REPLICATE };
        return TRUE;
      }
  return FALSE;
}
