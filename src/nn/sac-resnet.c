/* ResNet-18/50, flat and inflated, with torchvision's names.  Paper: He 2016 §4.1; inflation methods/01 §2.2. */
#include "layers-private.h"
#include "sac-resnet.h"

SacVar
sac_resnet_logits (SacGraph *graph, SacWeights *weights, const SacResnet *net, SacVar clip, SacBnMode bn_mode, gboolean train,
                   SacResnetTaps *taps)
{
  static const gint32 blocks[2][4] = { { 2, 2, 2, 2 }, { 3, 4, 6, 3 } };
  SacBuilder b = { graph, weights, train && bn_mode == SAC_BN_BATCH, net->pad_time, net->frozen };
  SacPool3d flat = { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 1, 1 } }, deep = { { 3, 3, 3 }, { 2, 2, 2 }, { 1, 1, 1 } };
  SacResnetTaps seen = { 0 };
  gint32 kt = net->inflated ? 3 : 1;
  SacShape in;
  SacVar h;

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

  h = _sac_layer_conv (&b, "", "conv1", clip, net->width, kt, 7, 1, 2);
  h = _sac_layer_bn (&b, "", "bn1", h, 0, TRUE);
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

          h = net->depth == 50 ? _sac_layer_bottleneck (&b, prefix, h, width, 1, kt, st, stride)
                               : _sac_layer_basic (&b, prefix, h, width, kt, kt, st, stride);
          sac_graph_name (graph, h, "layer%d.%d", stage + 1, i);
        }
      seen.layer[stage] = h;
      sac_graph_name (graph, h, "layer%d", stage + 1);
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
