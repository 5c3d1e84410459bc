#include "sac-stabn.h"

#include "layers-private.h"

static SacVar
stage (SacBuilder *b, const char *name, SacVar h, gint32 width, gint32 n, gint32 first, gint32 stride)
{
  for (gint32 i = 0; i < n; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("%s.%d.", name, i);

      h = _sac_layer_bottleneck (b, prefix, h, width, first, 1, 1, i == 0 ? stride : 1);
    }
  sac_graph_name (b->g, h, "%s", name);
  return h;
}

/* A kernel that spans all T frames of @x and takes them away: to @k numbers. */
static SacVar
all_frames (SacBuilder *b, const char *name, SacVar x, gint32 k)
{
  SacShape s = sac_graph_get_shape (b->g, x);
  SacVar w = _sac_layer_entry (b, "", name, "weight", SAC_SHAPE (k, s.c, s.t, 1, 1), SAC_INIT_HEAD);

  return sac_conv3d (b->g, x, w, &(SacConv3d) { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS });
}

static SacVar
mean_over_places (SacGraph *g, SacVar x)
{
  SacShape s = sac_graph_get_shape (g, x);

  return sac_affine (g, sac_sum_to (g, x, SAC_SHAPE (s.n, s.c, s.t, 1, 1)), 1.0f / (float) MAX (s.h * s.w, 1), 0);
}

/* §3: class maps a, and from them scores, M_s and M_t.  The mean over places comes before the 1×1×1 of the scores: the two commute. */
static void
attention_branch (SacBuilder *b, SacVar f, gint32 width, gint32 n_blocks, gint32 n_classes, SacStabnOut *out)
{
  SacShape s = sac_graph_get_shape (b->g, f);
  SacVar a = stage (b, "att_layer4", f, width, n_blocks, 3, 1), t;

  a = _sac_layer_conv (b, "", "att_conv", _sac_layer_bn (b, "", "att_bn", a, 0, FALSE), n_classes, 1, 1, 1, 1);
  a = _sac_layer_bn (b, "", "att_bn2", a, 0, TRUE);
  t = _sac_layer_conv (b, "", "att_score", mean_over_places (b->g, a), n_classes, 1, 1, 1, 1);
  out->attention = sac_add (b->g, all_frames (b, "att_fc", t, n_classes),
                            _sac_layer_entry (b, "", "att_fc", "bias", SAC_SHAPE (1, n_classes, 1, 1, 1), SAC_INIT_ZEROS));
  out->spatial = sac_sigmoid (b->g, _sac_layer_bn (b, "", "sp_bn", _sac_layer_conv (b, "", "sp_conv", a, 1, 1, 1, 1, 1), 0, FALSE));
  t = _sac_layer_bn (b, "", "t_bn", _sac_layer_conv (b, "", "t_conv", a, 1, 3, 3, 1, 1), 0, TRUE);
  t = mean_over_places (b->g, sac_relu (b->g, all_frames (b, "t_mix", t, s.t)));
  t = sac_relu (b->g, _sac_layer_linear (b, "", "t_fc1", t, s.t));
  t = sac_sigmoid (b->g, _sac_layer_linear (b, "", "t_fc2", t, s.t));
  out->temporal = sac_reshape (b->g, t, SAC_SHAPE (s.n, 1, s.t, 1, 1));
}

SacStabnOut
sac_stabn (SacGraph *graph, SacWeights *weights, const SacStabn *net, SacVar clip, SacBnMode bn_mode, gboolean train)
{
  static const gint32 usual[4] = { 3, 4, 6, 3 };
  SacBuilder b = { graph, weights, train && bn_mode == SAC_BN_BATCH, net->pad_time };
  gint32 blocks[4], w = net->width;
  SacStabnOut out = { 0 };
  SacVar h;

  if (!sac_graph_check (graph, NULL))
    return out;
  if (w < 1 || w > 4096 || net->n_classes < 1 || sac_graph_get_shape (graph, clip).c != 3)
    {
      g_autofree char *text = sac_shape_dup_string (sac_graph_get_shape (graph, clip));

      sac_graph_poison (graph, "there is no ST-ABN of width %d, %d classes, for clips %s", w, net->n_classes, text);
      return out;
    }
  for (int i = 0; i < 4; i++)
    blocks[i] = net->blocks[i] > 0 ? net->blocks[i] : usual[i];
  h = _sac_layer_bn (&b, "", "bn1", _sac_layer_conv (&b, "", "conv1", clip, w, 1, 7, 1, 2), 0, TRUE);
  h = sac_max_pool3d (graph, h, &(SacPool3d) { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 1, 1 } });
  h = stage (&b, "layer1", h, w, blocks[0], 1, 1);
  h = stage (&b, "layer2", h, 2 * w, blocks[1], 1, 2);
  out.features = h = stage (&b, "layer3", h, 4 * w, blocks[2], 3, 2);
  attention_branch (&b, h, 8 * w, blocks[3], net->n_classes, &out);
  h = sac_concat (graph, (SacVar[]) { sac_mul (graph, h, sac_affine (graph, out.spatial, 1, 1)), sac_mul (graph, h, out.temporal) }, 2,
                  SAC_AXIS_C);
  out.weighed = h = _sac_layer_bn (&b, "", "fuse_bn", _sac_layer_conv (&b, "", "fuse", h, 16 * w, 1, 1, 1, 1), 0, TRUE);
  h = sac_global_average (graph, stage (&b, "layer4", h, 8 * w, blocks[3], 3, 2));
  out.logits = _sac_layer_linear (&b, "", "fc", h, net->n_classes);
  sac_graph_name (graph, out.logits, "logits");
  return sac_graph_check (graph, NULL) ? out : (SacStabnOut) { 0 };
}

SacVar
sac_stabn_loss (SacGraph *graph, const SacStabnOut *out, SacVar labels)
{
  return sac_add (graph, sac_cross_entropy (graph, out->attention, labels, 0), sac_cross_entropy (graph, out->logits, labels, 0));
}
