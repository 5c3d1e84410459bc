#include "sac-inception.h"

static const float bn_eps = 1e-3f;

typedef struct {
  SacGraph *g;
  SacWeights *weights;
  const char *block;            /* "Mixed_5b." */
  gboolean original;
} Builder;

/* A convolution without bias, batch norm, ReLU; @h × @w pixels, padded so that stride 1 keeps the size, or not at all. */
static SacVar
conv (Builder *b, const char *name, SacVar x, gint32 k, gint32 h, gint32 w, gint32 stride, gboolean pad)
{
  SacConv3d how = { { 1, stride, stride }, { 0, pad ? h / 2 : 0, pad ? w / 2 : 0 }, SAC_PAD_ZEROS };
  SacShape vector = SAC_SHAPE (1, k, 1, 1, 1);
  g_autofree char *weight = g_strdup_printf ("%s%s.conv.weight", b->block, name);
  g_autofree char *gamma = g_strdup_printf ("%s%s.bn.weight", b->block, name), *beta = g_strdup_printf ("%s%s.bn.bias", b->block, name);
  g_autofree char *mean = g_strdup_printf ("%s%s.bn.running_mean", b->block, name);
  g_autofree char *variance = g_strdup_printf ("%s%s.bn.running_var", b->block, name);
  SacVar kernel = sac_weights_param (b->weights, b->g, weight, SAC_SHAPE (k, sac_graph_get_shape (b->g, x).c, 1, h, w),
                                     SAC_INIT_KAIMING_FAN_OUT);
  SacVar stats = sac_bn_running (b->g, sac_weights_buffer (b->weights, b->g, mean, vector, SAC_INIT_ZEROS),
                                 sac_weights_buffer (b->weights, b->g, variance, vector, SAC_INIT_ONES));

  return sac_bn_apply (b->g, sac_conv3d (b->g, x, kernel, &how), stats, sac_weights_param (b->weights, b->g, gamma, vector, SAC_INIT_ONES),
                       sac_weights_param (b->weights, b->g, beta, vector, SAC_INIT_ZEROS), 0, &(SacBnApply) { bn_eps, TRUE });
}

static SacVar
same (Builder *b, const char *name, SacVar x, gint32 k, gint32 h, gint32 w)
{
  return conv (b, name, x, k, h, w, 1, TRUE);
}

static SacVar
shrink (Builder *b, SacVar x)
{
  return sac_max_pool3d (b->g, x, &(SacPool3d) { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 0, 0 } });
}

static SacVar
average (Builder *b, SacVar x)
{
  return sac_avg_pool3d (b->g, x, &(SacPool3d) { { 1, 3, 3 }, { 1, 1, 1 }, { 0, 1, 1 } }, !b->original);
}

static SacVar
join (Builder *b, const SacVar *parts, guint n)
{
  return sac_concat (b->g, parts, n, SAC_AXIS_C);
}

/* 35 × 35 pixels. */
static SacVar
block_a (Builder *b, SacVar x, gint32 pool)
{
  SacVar parts[4];

  parts[0] = same (b, "branch1x1", x, 64, 1, 1);
  parts[1] = same (b, "branch5x5_2", same (b, "branch5x5_1", x, 48, 1, 1), 64, 5, 5);
  parts[2] = same (b, "branch3x3dbl_1", x, 64, 1, 1);
  parts[2] = same (b, "branch3x3dbl_3", same (b, "branch3x3dbl_2", parts[2], 96, 3, 3), 96, 3, 3);
  parts[3] = same (b, "branch_pool", average (b, x), pool, 1, 1);
  return join (b, parts, 4);
}

static SacVar
block_b (Builder *b, SacVar x)
{
  SacVar parts[3];

  parts[0] = conv (b, "branch3x3", x, 384, 3, 3, 2, FALSE);
  parts[1] = same (b, "branch3x3dbl_2", same (b, "branch3x3dbl_1", x, 64, 1, 1), 96, 3, 3);
  parts[1] = conv (b, "branch3x3dbl_3", parts[1], 96, 3, 3, 2, FALSE);
  parts[2] = shrink (b, x);
  return join (b, parts, 3);
}

/* 17 × 17. */
static SacVar
block_c (Builder *b, SacVar x, gint32 k)
{
  SacVar parts[4];

  parts[0] = same (b, "branch1x1", x, 192, 1, 1);
  parts[1] = same (b, "branch7x7_2", same (b, "branch7x7_1", x, k, 1, 1), k, 1, 7);
  parts[1] = same (b, "branch7x7_3", parts[1], 192, 7, 1);
  parts[2] = same (b, "branch7x7dbl_2", same (b, "branch7x7dbl_1", x, k, 1, 1), k, 7, 1);
  parts[2] = same (b, "branch7x7dbl_4", same (b, "branch7x7dbl_3", parts[2], k, 1, 7), k, 7, 1);
  parts[2] = same (b, "branch7x7dbl_5", parts[2], 192, 1, 7);
  parts[3] = same (b, "branch_pool", average (b, x), 192, 1, 1);
  return join (b, parts, 4);
}

static SacVar
block_d (Builder *b, SacVar x)
{
  SacVar parts[3];

  parts[0] = conv (b, "branch3x3_2", same (b, "branch3x3_1", x, 192, 1, 1), 320, 3, 3, 2, FALSE);
  parts[1] = same (b, "branch7x7x3_2", same (b, "branch7x7x3_1", x, 192, 1, 1), 192, 1, 7);
  parts[1] = conv (b, "branch7x7x3_4", same (b, "branch7x7x3_3", parts[1], 192, 7, 1), 192, 3, 3, 2, FALSE);
  parts[2] = shrink (b, x);
  return join (b, parts, 3);
}

/* 8 × 8. */
static SacVar
block_e (Builder *b, SacVar x, gboolean maxima)
{
  SacVar parts[6], h;

  parts[0] = same (b, "branch1x1", x, 320, 1, 1);
  h = same (b, "branch3x3_1", x, 384, 1, 1);
  parts[1] = same (b, "branch3x3_2a", h, 384, 1, 3);
  parts[2] = same (b, "branch3x3_2b", h, 384, 3, 1);
  h = same (b, "branch3x3dbl_2", same (b, "branch3x3dbl_1", x, 448, 1, 1), 384, 3, 3);
  parts[3] = same (b, "branch3x3dbl_3a", h, 384, 1, 3);
  parts[4] = same (b, "branch3x3dbl_3b", h, 384, 3, 1);
  h = maxima ? sac_max_pool3d (b->g, x, &(SacPool3d) { { 1, 3, 3 }, { 1, 1, 1 }, { 0, 1, 1 } }) : average (b, x);
  parts[5] = same (b, "branch_pool", h, 192, 1, 1);
  return join (b, parts, 6);
}

SacVar
sac_inception_logits (SacGraph *graph, SacWeights *weights, const SacInception *net, SacVar images, SacVar *features)
{
  static const struct { const char *name; gint32 width; } fives[] = { { "Mixed_5b.", 32 }, { "Mixed_5c.", 64 }, { "Mixed_5d.", 64 } };
  static const struct { const char *name; gint32 width; } sixes[]
    = { { "Mixed_6b.", 128 }, { "Mixed_6c.", 160 }, { "Mixed_6d.", 160 }, { "Mixed_6e.", 192 } };
  Builder b = { graph, weights, "", net->original };
  SacVar h = conv (&b, "Conv2d_1a_3x3", images, 32, 3, 3, 2, FALSE), w, bias;

  h = same (&b, "Conv2d_2b_3x3", conv (&b, "Conv2d_2a_3x3", h, 32, 3, 3, 1, FALSE), 64, 3, 3);
  h = conv (&b, "Conv2d_3b_1x1", shrink (&b, h), 80, 1, 1, 1, FALSE);
  h = shrink (&b, conv (&b, "Conv2d_4a_3x3", h, 192, 3, 3, 1, FALSE));
  for (guint i = 0; i < G_N_ELEMENTS (fives); i++)
    {
      b.block = fives[i].name;
      h = block_a (&b, h, fives[i].width);
    }
  b.block = "Mixed_6a.";
  h = block_b (&b, h);
  for (guint i = 0; i < G_N_ELEMENTS (sixes); i++)
    {
      b.block = sixes[i].name;
      h = block_c (&b, h, sixes[i].width);
    }
  b.block = "Mixed_7a.";
  h = block_d (&b, h);
  b.block = "Mixed_7b.";
  h = block_e (&b, h, FALSE);
  b.block = "Mixed_7c.";
  h = sac_global_average (graph, block_e (&b, h, net->original));
  if (features)
    *features = h;
  w = sac_weights_param (weights, graph, "fc.weight", SAC_SHAPE (net->n_classes, SAC_INCEPTION_FEATURES, 1, 1, 1), SAC_INIT_HEAD);
  bias = sac_weights_param (weights, graph, "fc.bias", SAC_SHAPE (1, net->n_classes, 1, 1, 1), SAC_INIT_ZEROS);
  return sac_add (graph, sac_conv3d (graph, h, w, &(SacConv3d) { { 1, 1, 1 }, { 0, 0, 0 }, SAC_PAD_ZEROS }), bias);
}

void
sac_inception_declare (SacWeights *weights, const SacInception *net)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();

  sac_inception_logits (graph, weights, net, sac_graph_input (graph, "images", SAC_SHAPE (1, 3, 1, SAC_INCEPTION_SIZE, SAC_INCEPTION_SIZE)),
                        NULL);
}
