#include "sac-stabn.h"

#include "layers-private.h"

typedef struct {
  SacBuilder b;
  const SacStabn *net;
  gint32 blocks[4];
  gint32 channels;              /* of f */
  gboolean train;
} Slow;

static gboolean
slow_init (Slow *slow, SacGraph *graph, SacWeights *weights, const SacStabn *net, gboolean batch, gboolean train)
{
  static const gint32 usual[2][4] = { { 2, 2, 2, 2 }, { 3, 4, 6, 3 } };
  gint32 depth = net->depth ? net->depth : 50;

  if (!sac_graph_check (graph, NULL))
    return FALSE;
  if ((depth != 18 && depth != 50) || net->width < 1 || net->width > 4096 || net->n_classes < 1)
    {
      sac_graph_poison (graph, "there is no slow ResNet or ST-ABN of depth %d, width %d, %d classes", depth, net->width, net->n_classes);
      return FALSE;
    }
  *slow = (Slow) { { graph, weights, batch, net->pad_time, net->frozen }, net, .train = train };
  for (int i = 0; i < 4; i++)
    slow->blocks[i] = net->blocks[i] > 0 ? net->blocks[i] : usual[depth == 50][i];
  slow->channels = (depth == 50 ? 16 : 4) * net->width;
  return TRUE;
}

/* Stage @number (0…3) under @name; from the third on kernels see the neighbouring frames. */
static SacVar
stage (Slow *slow, const char *name, SacVar h, int number, gint32 stride)
{
  gint32 width = slow->net->width << number, kt = number >= 2 ? 3 : 1;

  for (gint32 i = 0; i < slow->blocks[number]; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("%s.%d.", name, i);
      gint32 step = i == 0 ? stride : 1;

      h = slow->net->depth == 18 ? _sac_layer_basic (&slow->b, prefix, h, width, kt, 1, 1, step)
                                 : _sac_layer_bottleneck (&slow->b, prefix, h, width, kt, 1, 1, step);
      sac_graph_name (slow->b.g, h, "%s.%d", name, i);
    }
  sac_graph_name (slow->b.g, h, "%s", name);
  return h;
}

/* A kernel that spans all T frames of @x and takes them away: to @k numbers. */
static SacVar
all_frames (SacBuilder *b, const char *name, SacVar x, gint32 k, SacInit init)
{
  SacShape s = sac_graph_get_shape (b->g, x);
  SacVar w = _sac_layer_entry (b, "", name, "weight", SAC_SHAPE (k, s.c, s.t, 1, 1), init);

  return sac_conv3d (b->g, x, w, &(SacConv3d) { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS });
}

static SacVar
mean_over_places (SacGraph *g, SacVar x)
{
  SacShape s = sac_graph_get_shape (g, x);

  return sac_affine (g, sac_sum_to (g, x, SAC_SHAPE (s.n, s.c, s.t, 1, 1)), 1.0f / (float) MAX (s.h * s.w, 1), 0);
}

static SacVar
drop (Slow *slow, SacVar x, gint32 layer)
{
  const SacStabn *net = slow->net;

  return slow->train && net->dropout > 0 ? sac_dropout (slow->b.g, x, net->dropout_key, net->dropout, layer) : x;
}

/* §3: class maps a, and from them scores, M_s and M_t.  The mean over places comes before the 1×1×1 of the scores: the two commute. */
static void
attention_branch (Slow *slow, SacVar f, SacStabnOut *out)
{
  SacBuilder *b = &slow->b;
  gint32 n_classes = slow->net->n_classes;
  SacShape s = sac_graph_get_shape (b->g, f);
  SacVar a = stage (slow, "att_layer4", f, 3, 1), t;

  a = _sac_layer_conv (b, "", "att_conv", _sac_layer_bn (b, "", "att_bn", a, 0, FALSE), n_classes, 1, 1, 1, 1);
  out->class_maps = a = _sac_layer_bn (b, "", "att_bn2", a, 0, TRUE);
  if (slow->net->form & SAC_STABN_MEAN_SCORE)
    out->attention = _sac_layer_conv (b, "", "att_score", sac_global_average (b->g, a), n_classes, 1, 1, 1, 1);
  else
    {
      t = _sac_layer_conv (b, "", "att_score", mean_over_places (b->g, a), n_classes, 1, 1, 1, 1);
      out->attention = sac_add (b->g, all_frames (b, "att_fc", drop (slow, t, 0), n_classes, SAC_INIT_HEAD),
                                _sac_layer_entry (b, "", "att_fc", "bias", SAC_SHAPE (1, n_classes, 1, 1, 1), SAC_INIT_ZEROS));
    }
  out->spatial = sac_sigmoid (b->g, _sac_layer_bn (b, "", "sp_bn", _sac_layer_conv (b, "", "sp_conv", a, 1, 1, 1, 1, 1), 0, FALSE));
  t = slow->net->form & SAC_STABN_NARROW_TIME ? _sac_layer_conv (b, "", "t_conv", a, 1, 1, 1, 1, 1)
                                              : _sac_layer_conv (b, "", "t_conv", a, 1, 3, 3, 1, 1);
  t = _sac_layer_bn (b, "", "t_bn", t, 0, TRUE);
  t = mean_over_places (b->g, sac_relu (b->g, all_frames (b, "t_mix", t, s.t, SAC_INIT_FAN_IN)));
  t = sac_relu (b->g, _sac_layer_linear (b, "", "t_fc1", t, s.t, SAC_INIT_FAN_IN));
  t = sac_sigmoid (b->g, _sac_layer_linear (b, "", "t_fc2", t, s.t, SAC_INIT_FAN_IN));
  out->temporal = sac_reshape (b->g, t, SAC_SHAPE (s.n, 1, s.t, 1, 1));
}

/* §4, then the rest of the trunk. */
static void
perceive (Slow *slow, SacStabnOut *out)
{
  SacGraph *g = slow->b.g;
  SacVar f = out->features, both[2];

  if (slow->net->plain)
    out->weighed = f;
  else
    {
      both[0] = sac_mul (g, f, sac_affine (g, out->spatial, 1, 1));
      both[1] = sac_mul (g, f, out->temporal);
      out->weighed = _sac_layer_conv (&slow->b, "", "fuse", sac_concat (g, both, 2, SAC_AXIS_C), slow->channels, 1, 1, 1, 1);
      out->weighed = _sac_layer_bn (&slow->b, "", "fuse_bn", out->weighed, 0, TRUE);
    }
  out->layer4 = stage (slow, "layer4", out->weighed, 3, 2);
  out->logits = _sac_layer_linear (&slow->b, "", "fc", drop (slow, sac_global_average (g, out->layer4), 1), slow->net->n_classes,
                                   SAC_INIT_HEAD);
  sac_graph_name (g, out->logits, "logits");
}

SacStabnOut
sac_stabn (SacGraph *graph, SacWeights *weights, const SacStabn *net, SacVar clip, SacBnMode bn_mode, gboolean train)
{
  SacStabnOut out = { 0 };
  Slow slow;
  SacVar h;

  if (!slow_init (&slow, graph, weights, net, train && bn_mode == SAC_BN_BATCH, train))
    return out;
  if (sac_graph_get_shape (graph, clip).c != 3)
    {
      g_autofree char *text = sac_shape_dup_string (sac_graph_get_shape (graph, clip));

      sac_graph_poison (graph, "ST-ABN wants clips (N,3,T,H,W), not %s", text);
      return out;
    }
  h = _sac_layer_bn (&slow.b, "", "bn1", _sac_layer_conv (&slow.b, "", "conv1", clip, net->width, 1, 7, 1, 2), 0, TRUE);
  h = sac_max_pool3d (graph, h, &(SacPool3d) { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 1, 1 } });
  sac_graph_name (graph, h, "stem");
  h = stage (&slow, "layer1", h, 0, 1);
  h = stage (&slow, "layer2", h, 1, 2);
  out.features = stage (&slow, "layer3", h, 2, 2);
  if (!net->plain)
    attention_branch (&slow, out.features, &out);
  perceive (&slow, &out);
  return sac_graph_check (graph, NULL) ? out : (SacStabnOut) { 0 };
}

void
sac_stabn_perceive (SacGraph *graph, SacWeights *weights, const SacStabn *net, SacStabnOut *out)
{
  Slow slow;

  if (slow_init (&slow, graph, weights, net, FALSE, FALSE))
    perceive (&slow, out);
}

SacVar
sac_stabn_loss (SacGraph *graph, const SacStabnOut *out, SacVar labels)
{
  return sac_add (graph, sac_cross_entropy (graph, out->attention, labels, 0), sac_cross_entropy (graph, out->logits, labels, 0));
}

static gboolean
fill (SacWeights *weights, const char *name, gsize n, float value)
{
  g_autofree float *numbers = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    numbers[i] = value;
  return sac_weights_write (weights, name, numbers);
}

/* The variance and the ε of batch norm add up to 1; a sigmoid of −200 is 0. */
gboolean
sac_stabn_embed (SacWeights *weights, const SacStabn *net)
{
  gsize c = (gsize) (net->depth == 18 ? 4 : 16) * (gsize) net->width;
  g_autofree float *fuse = g_new0 (float, 2 * c * c);

  for (gsize k = 0; k < c; k++)
    fuse[k * 2 * c + k] = 1;
  return sac_weights_write (weights, "fuse.weight", fuse)
         && fill (weights, "fuse_bn.weight", c, 1) && fill (weights, "fuse_bn.bias", c, 0)
         && fill (weights, "fuse_bn.running_mean", c, 0) && fill (weights, "fuse_bn.running_var", c, 1 - SAC_BN_EPS)
         && fill (weights, "sp_bn.weight", 1, 0) && fill (weights, "sp_bn.bias", 1, -200);
}

static gboolean
diagonal (SacWeights *weights, const char *name, gsize rows, gsize columns, float value)
{
  g_autofree float *numbers = g_new0 (float, rows * columns);

  for (gsize i = 0; i < rows * columns; i += columns)
    for (gsize at = i / columns; at < columns; at += rows)
      numbers[i + at] = value;
  return sac_weights_write (weights, name, numbers);
}

/* The scores start as @gain times the mean of each label's own class map. */
static gboolean
align_scores (SacWeights *weights, const SacStabn *net, gsize k, gsize t, float gain)
{
  g_autofree float *numbers = g_new0 (float, k * k * t);
  gboolean mean = net->form & SAC_STABN_MEAN_SCORE;

  if (!diagonal (weights, "att_score.weight", k, k, mean ? gain : 1))
    return FALSE;
  if (mean)
    return TRUE;
  for (gsize i = 0; i < k; i++)
    for (gsize f = 0; f < t; f++)
      numbers[(i * k + i) * t + f] = gain / (float) t;
  return sac_weights_write (weights, "att_fc.weight", numbers);
}

/* Only the middle of each of @n windows counts. */
static gboolean
centre (SacWeights *weights, const char *name, gsize n, gsize window, float value)
{
  g_autofree float *numbers = g_new0 (float, n * window);

  for (gsize i = 0; i < n; i++)
    numbers[i * window + window / 2] = value;
  return sac_weights_write (weights, name, numbers);
}

/* The ½ between the two layers keeps their ReLU alive: at 0 the first large steps leave frames with M_t stuck at σ(bias). */
gboolean
sac_stabn_align (SacWeights *weights, const SacStabn *net, gint32 n_frames)
{
  gsize c = (gsize) (net->depth == 18 ? 4 : 16) * (gsize) net->width, k = (gsize) net->n_classes, t = (gsize) n_frames;
  gsize window = net->form & SAC_STABN_NARROW_TIME ? 1 : 27;

  return align_scores (weights, net, k, t, 4) && diagonal (weights, "fuse.weight", c, 2 * c, 1)
         && fill (weights, "sp_conv.weight", k, 1 / (float) k) && fill (weights, "sp_bn.bias", 1, -2)
         && centre (weights, "t_conv.weight", k, window, 1 / (float) k) && diagonal (weights, "t_mix.weight", t, t, 1)
         && diagonal (weights, "t_fc1.weight", t, t, 1) && fill (weights, "t_fc1.bias", t, 0.5f)
         && diagonal (weights, "t_fc2.weight", t, t, 4) && fill (weights, "t_fc2.bias", t, -4);
}
