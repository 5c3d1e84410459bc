#include "sac-image-net.h"

#include "layers-private.h"

SacVar
sac_image_net_logits (SacGraph *graph, SacWeights *weights, const SacImageNet *net, SacVar images, gboolean train, SacVar *features)
{
  SacBuilder b = { graph, weights, train, SAC_PAD_ZEROS, NULL };
  SacVar h = _sac_layer_bn (&b, "", "bn1", _sac_layer_conv (&b, "", "conv1", images, MAX (net->width / 2, 1), 1, 3, 1, 1), 0, TRUE);

  for (gint32 stage = 0; stage < 3; stage++)
    {
      g_autofree char *first = g_strdup_printf ("layer%d.0.", (int) stage + 1);
      g_autofree char *second = g_strdup_printf ("layer%d.1.", (int) stage + 1);

      h = _sac_layer_basic (&b, first, h, net->width << stage, 1, 1, 1, 2);
      if (stage > 0)            /* on the largest maps one block has to do */
        h = _sac_layer_basic (&b, second, h, net->width << stage, 1, 1, 1, 1);
    }
  h = sac_global_average (graph, h);
  sac_graph_name (graph, h, "features");
  if (features)
    *features = h;
  return _sac_layer_linear (&b, "", "fc", h, net->n_classes, SAC_INIT_HEAD);
}

void
sac_image_net_declare (SacWeights *weights, const SacImageNet *net)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  SacVar images = sac_graph_input (graph, "images", SAC_SHAPE (1, 3, 1, SAC_IMAGE_NET_SIZE, SAC_IMAGE_NET_SIZE));

  sac_image_net_logits (graph, weights, net, images, FALSE, NULL);
}
