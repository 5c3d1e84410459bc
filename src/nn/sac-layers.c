#include "layers-private.h"

static const float bn_momentum = 0.1f;

static char *
full_name (const char *prefix, const char *name, const char *what)
{
  return g_strdup_printf ("%s%s.%s", prefix, name, what);
}

SacVar
_sac_layer_entry (SacBuilder *b, const char *prefix, const char *name, const char *what, SacShape shape, SacInit init)
{
  g_autofree char *full = full_name (prefix, name, what);

  return sac_weights_param (b->weights, b->g, full, shape, init);
}

SacVar
_sac_layer_conv (SacBuilder *b, const char *prefix, const char *name, SacVar x, gint32 k, gint32 kt, gint32 size, gint32 st,
                 gint32 stride)
{
  SacConv3d shape = { { st, stride, stride }, { kt / 2, size / 2, size / 2 }, (gint32) b->pad_time };
  gint32 c = sac_graph_get_shape (b->g, x).c;
  SacVar w = _sac_layer_entry (b, prefix, name, "weight", SAC_SHAPE (k, c, kt, size, size), SAC_INIT_KAIMING_FAN_OUT);

  return sac_conv3d (b->g, x, w, &shape);
}

SacBnEntries
_sac_layer_bn_entries (SacBuilder *b, const char *prefix, const char *name, gint32 c)
{
  SacShape vector = SAC_SHAPE (1, c, 1, 1, 1);
  g_autofree char *mean = full_name (prefix, name, "running_mean"), *variance = full_name (prefix, name, "running_var");
  SacBnEntries out;

  out.gamma = _sac_layer_entry (b, prefix, name, "weight", vector, SAC_INIT_ONES);
  out.beta = _sac_layer_entry (b, prefix, name, "bias", vector, SAC_INIT_ZEROS);
  out.mean = sac_weights_buffer (b->weights, b->g, mean, vector, SAC_INIT_ZEROS);
  out.variance = sac_weights_buffer (b->weights, b->g, variance, vector, SAC_INIT_ONES);
  return out;
}

SacVar
_sac_layer_bn_stats (SacBuilder *b, const SacBnEntries *bn, SacVar batch, gsize count)
{
  if (!batch)
    return sac_bn_running (b->g, bn->mean, bn->variance);
  sac_running_update (b->g, bn->mean, bn->variance, batch, bn_momentum, (guint) count);
  return batch;
}

static gboolean
is_frozen (SacBuilder *b, const char *prefix, const char *name)
{
  g_autofree char *full = full_name (prefix, name, "");

  for (guint i = 0; b->frozen && b->frozen[i]; i++)
    if (g_str_has_prefix (full, b->frozen[i]))
      return TRUE;
  return FALSE;
}

SacVar
_sac_layer_bn (SacBuilder *b, const char *prefix, const char *name, SacVar x, SacVar residual, gboolean relu)
{
  SacShape shape = sac_graph_get_shape (b->g, x);
  SacBnEntries bn = _sac_layer_bn_entries (b, prefix, name, shape.c);
  SacVar batch = b->batch && !is_frozen (b, prefix, name) ? sac_bn_stats (b->g, x) : 0;
  SacVar stats = _sac_layer_bn_stats (b, &bn, batch, sac_shape_count (shape) / (gsize) MAX (shape.c, 1));

  return sac_bn_apply (b->g, x, stats, bn.gamma, bn.beta, residual, &(SacBnApply) { SAC_BN_EPS, relu });
}

SacVar
_sac_layer_linear (SacBuilder *b, const char *prefix, const char *name, SacVar x, gint32 k, SacInit init)
{
  SacVar w = _sac_layer_entry (b, prefix, name, "weight", SAC_SHAPE (k, sac_graph_get_shape (b->g, x).c, 1, 1, 1), init);
  SacVar bias = _sac_layer_entry (b, prefix, name, "bias", SAC_SHAPE (1, k, 1, 1, 1), SAC_INIT_ZEROS);

  return sac_add (b->g, sac_conv3d (b->g, x, w, &(SacConv3d) { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS }), bias);
}

SacVar
_sac_layer_shortcut (SacBuilder *b, const char *prefix, SacVar x, gint32 k, gint32 st, gint32 stride)
{
  if (sac_graph_get_shape (b->g, x).c == k && st == 1 && stride == 1)
    return x;
  return _sac_layer_bn (b, prefix, "downsample.1", _sac_layer_conv (b, prefix, "downsample.0", x, k, 1, 1, st, stride), 0, FALSE);
}

SacVar
_sac_layer_basic (SacBuilder *b, const char *prefix, SacVar x, gint32 width, gint32 first, gint32 second, gint32 st, gint32 stride)
{
  SacVar y = _sac_layer_bn (b, prefix, "bn1", _sac_layer_conv (b, prefix, "conv1", x, width, first, 3, st, stride), 0, TRUE);

  y = _sac_layer_conv (b, prefix, "conv2", y, width, second, 3, 1, 1);
  return _sac_layer_bn (b, prefix, "bn2", y, _sac_layer_shortcut (b, prefix, x, width, st, stride), TRUE);
}

SacVar
_sac_layer_bottleneck (SacBuilder *b, const char *prefix, SacVar x, gint32 width, gint32 first, gint32 mid, gint32 st, gint32 stride)
{
  SacVar y = _sac_layer_bn (b, prefix, "bn1", _sac_layer_conv (b, prefix, "conv1", x, width, first, 1, 1, 1), 0, TRUE);

  y = _sac_layer_bn (b, prefix, "bn2", _sac_layer_conv (b, prefix, "conv2", y, width, mid, 3, st, stride), 0, TRUE);
  y = _sac_layer_conv (b, prefix, "conv3", y, 4 * width, 1, 1, 1, 1);
  return _sac_layer_bn (b, prefix, "bn3", y, _sac_layer_shortcut (b, prefix, x, 4 * width, st, stride), TRUE);
}
