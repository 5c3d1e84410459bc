/* ResNet-18/50, flat, inflated and as published in 3-D, with torchvision's names.  Paper: He 2016 §4.1; inflation methods/01 §2.2. */
#include "layers-private.h"
#include "sac-resnet.h"

/* What a geometry does in time. */
typedef struct {
  gint32 stem, stem_stride;
  SacPool3d pool;
  gint32 first[4][6], middle;   /* of a bottleneck's first convolution by block, 0: 1; of the others */
  gboolean strides;             /* stages 2 to 4 halve the time */
} Times;

static const Times flat = { 1, 1, { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 1, 1 } }, { { 0 } }, 1, FALSE };
static const Times inflated[] = {
  [SAC_RESNET_I3RES] = { 3, 1, { { 3, 3, 3 }, { 2, 2, 2 }, { 1, 1, 1 } }, { { 0 } }, 3, TRUE },
  [SAC_RESNET_HARA] = { 7, 1, { { 3, 3, 3 }, { 2, 2, 2 }, { 1, 1, 1 } }, { { 0 } }, 3, TRUE },
  [SAC_RESNET_NONLOCAL] = { 5, 2, { { 2, 3, 3 }, { 2, 2, 2 }, { 0, 0, 0 } },
                            { { 3, 3, 3 }, { 3, 1, 3, 1 }, { 3, 1, 3, 1, 3, 1 }, { 1, 3, 1 } }, 1, FALSE },
};

/* Between its first two stages the non-local network takes every two frames together. */
static const SacPool3d halve_time = { { 2, 1, 1 }, { 2, 1, 1 }, { 0, 0, 0 } };

SacVar
sac_resnet_logits (SacGraph *graph, SacWeights *weights, const SacResnet *net, SacVar clip, SacBnMode bn_mode, gboolean train,
                   SacResnetTaps *taps)
{
  static const gint32 blocks[2][4] = { { 2, 2, 2, 2 }, { 3, 4, 6, 3 } };
  SacBuilder b = { graph, weights, train && bn_mode == SAC_BN_BATCH, net->pad_time, net->frozen };
  const Times *times = net->inflated ? &inflated[net->form] : &flat;
  SacResnetTaps seen = { 0 };
  SacShape in;
  SacVar h;

  if (taps)
    *taps = seen;
  if (!sac_graph_check (graph, NULL))
    return 0;
  in = sac_graph_get_shape (graph, clip);
  if ((net->depth != 50 && (net->depth != 18 || (net->inflated && net->form == SAC_RESNET_NONLOCAL))) || net->width < 1
      || net->width > 4096 || net->n_classes < 1)
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
  if (net->inflated && net->form == SAC_RESNET_NONLOCAL && in.t < 8)
    {
      sac_graph_poison (graph, "the non-local network wants clips of 8 frames or more, not %d", in.t);
      return 0;
    }

  h = _sac_layer_conv (&b, "", "conv1", clip, net->width, times->stem, 7, times->stem_stride, 2);
  h = _sac_layer_bn (&b, "", "bn1", h, 0, TRUE);
  h = seen.stem = sac_max_pool3d (graph, h, &times->pool);
  sac_graph_name (graph, h, "stem");
  for (int stage = 0; stage < 4; stage++)
    {
      gint32 n = net->blocks[stage] > 0 ? net->blocks[stage] : blocks[net->depth == 50][stage];
      gint32 width = net->width << stage;

      for (gint32 i = 0; i < n; i++)
        {
          g_autofree char *prefix = g_strdup_printf ("layer%d.%d.", stage + 1, i);
          gint32 stride = stage > 0 && i == 0 ? 2 : 1, st = times->strides ? stride : 1;
          gint32 first = MAX (times->first[stage][i % 6], 1);

          h = net->depth == 50 ? _sac_layer_bottleneck (&b, prefix, h, width, first, times->middle, st, stride)
                               : _sac_layer_basic (&b, prefix, h, width, times->middle, times->middle, st, stride);
          sac_graph_name (graph, h, "layer%d.%d", stage + 1, i);
        }
      seen.layer[stage] = h;
      sac_graph_name (graph, h, "layer%d", stage + 1);
      if (stage == 0 && net->inflated && net->form == SAC_RESNET_NONLOCAL)
        h = sac_max_pool3d (graph, h, &halve_time);
    }
  h = seen.features = sac_global_average (graph, h);
  sac_graph_name (graph, h, "features");
  h = seen.logits = _sac_layer_linear (&b, "", "fc", h, net->n_classes, SAC_INIT_HEAD);
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
  static const struct { const char *name; gint32 depth; gboolean inflated; SacResnetForm form; } known[] = {
    { "r18-2d", 18, FALSE, SAC_RESNET_I3RES }, { "r50-2d", 50, FALSE, SAC_RESNET_I3RES },
    { "i3d-r18", 18, TRUE, SAC_RESNET_I3RES }, { "i3d-r50", 50, TRUE, SAC_RESNET_I3RES },
    { "hara-r18", 18, TRUE, SAC_RESNET_HARA }, { "hara-r50", 50, TRUE, SAC_RESNET_HARA },
    { "nonlocal-r50", 50, TRUE, SAC_RESNET_NONLOCAL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (name, known[i].name) == 0)
      {
        *net = (SacResnet) { .depth = known[i].depth, .inflated = known[i].inflated, .form = known[i].form, .n_classes = 1000, .width = 64,
                             .pad_time = SAC_PAD_REPLICATE };
        return TRUE;
      }
  return FALSE;
}
