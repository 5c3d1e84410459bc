#include "sac-san.h"

#include "layers-private.h"

static const SacConv3d point = { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS };

/* A 1×1 convolution with bias; several that read the same are one, their weights put together. */
static SacVar
points (SacBuilder *b, const char *prefix, const char *const *names, guint n, SacVar x, gint32 k)
{
  gint32 c = sac_graph_get_shape (b->g, x).c;
  SacVar w[2], bias[2];

  for (guint i = 0; i < n; i++)
    {
      w[i] = _sac_layer_entry (b, prefix, names[i], "weight", SAC_SHAPE (k, c, 1, 1, 1), SAC_INIT_KAIMING_FAN_OUT);
      bias[i] = _sac_layer_entry (b, prefix, names[i], "bias", SAC_SHAPE (1, k, 1, 1, 1), SAC_INIT_ZEROS);
    }
  if (n > 1)
    {
      w[0] = sac_concat (b->g, w, n, SAC_AXIS_N);
      bias[0] = sac_concat (b->g, bias, n, SAC_AXIS_C);
    }
  return sac_add (b->g, sac_conv3d (b->g, x, w[0], &point), bias[0]);
}

/* x + W_o·relu (bn (y)), y the pairwise attention over h = relu (bn (x)). */
static SacVar
block (SacBuilder *b, const char *prefix, SacVar x, gint32 footprint, gint32 dilation)
{
  SacShape s = sac_graph_get_shape (b->g, x);
  gint32 r = MAX (s.c / 4, 2);
  gsize rows = (gsize) s.n * s.t * footprint;
  SacPairwise p = { footprint, dilation, SAC_BN_EPS };
  SacVar h = _sac_layer_bn (b, prefix, "bn0", x, 0, TRUE);
  SacVar f = points (b, prefix, (const char *const[]) { "phi", "psi" }, 2, h, r);
  SacVar v = points (b, prefix, (const char *const[]) { "beta" }, 1, h, s.c), stats, w, bias, u, y;
  SacBnEntries bn = _sac_layer_bn_entries (b, prefix, "gbn1", r);

  stats = _sac_layer_bn_stats (b, &bn, b->batch ? sac_pairwise_stats (b->g, f, &p) : 0, rows);
  w = _sac_layer_entry (b, prefix, "gfc1", "weight", SAC_SHAPE (r, r, 1, 1, 1), SAC_INIT_KAIMING_FAN_OUT);
  u = sac_pairwise_map (b->g, f, stats, bn.gamma, bn.beta, w, &p);
  bn = _sac_layer_bn_entries (b, prefix, "gbn2", r);
  stats = _sac_layer_bn_stats (b, &bn, b->batch ? sac_bn_stats (b->g, u) : 0, rows);
  w = _sac_layer_entry (b, prefix, "gfc2", "weight", SAC_SHAPE (s.c, r, 1, 1, 1), SAC_INIT_KAIMING_FAN_OUT);
  bias = _sac_layer_entry (b, prefix, "gfc2", "bias", SAC_SHAPE (1, s.c, 1, 1, 1), SAC_INIT_ZEROS);
  y = sac_pairwise_sum (b->g, u, stats, bn.gamma, bn.beta, w, bias, v, &p);
  y = _sac_layer_bn (b, prefix, "ybn", y, 0, TRUE);
  return sac_add (b->g, x, points (b, prefix, (const char *const[]) { "out" }, 1, y, s.c));
}

SacVar
sac_san_logits (SacGraph *graph, SacWeights *weights, const SacSan *net, SacVar signal, SacBnMode bn_mode, gboolean train)
{
  static const gint32 usual[3] = { 3, 5, 5 };
  SacBuilder b = { graph, weights, train && bn_mode == SAC_BN_BATCH, SAC_PAD_ZEROS };
  SacVar h;

  if (!sac_graph_check (graph, NULL))
    return 0;
  if (net->width < 1 || net->width > 4096 || net->n_classes < 1)
    {
      sac_graph_poison (graph, "there is no 1-D self-attention network of width %d, %d classes", net->width, net->n_classes);
      return 0;
    }
  h = _sac_layer_bn (&b, "", "sbn", _sac_layer_conv (&b, "", "stem", signal, net->width, 1, 1, 1, 1), 0, TRUE);
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("b%d.", i + 1);

      h = block (&b, prefix, h, net->footprint[i] ? net->footprint[i] : usual[i], MAX (net->dilation[i], 1));
      sac_graph_name (graph, h, "block%d", i + 1);
    }
  h = sac_global_average (graph, _sac_layer_bn (&b, "", "bn", h, 0, TRUE));
  return _sac_layer_linear (&b, "", "fc", h, net->n_classes, SAC_INIT_HEAD);
}
