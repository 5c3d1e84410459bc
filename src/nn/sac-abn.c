#include "sac-abn.h"

#include "layers-private.h"

typedef struct {
  SacBuilder b;
  const SacAbn *net;
  int n_stages;
  gint32 blocks[4];
} Abn;

static gboolean
abn_init (Abn *abn, SacGraph *graph, SacWeights *weights, const SacAbn *net, gboolean batch)
{
  static const gint32 usual[2][4] = { { 2, 2, 2, 2 }, { 3, 4, 6, 3 } };
  gboolean small = net->depth != 18 && net->depth != 50;

  if (!sac_graph_check (graph, NULL))
    return FALSE;
  if ((small && (net->depth < 8 || net->depth > 1202 || net->depth % 6 != 2)) || net->width < 1 || net->width > 4096
      || net->n_classes < 1)
    {
      sac_graph_poison (graph, "there is no ABN of depth %d, width %d, %d classes", net->depth, net->width, net->n_classes);
      return FALSE;
    }
  *abn = (Abn) { { graph, weights, batch, SAC_PAD_ZEROS, net->frozen }, net, small ? 3 : 4 };
  for (int i = 0; i < abn->n_stages; i++)
    abn->blocks[i] = net->blocks[i] > 0 ? net->blocks[i] : small ? (net->depth - 2) / 6 : usual[net->depth == 50][i];
  return TRUE;
}

/* Stage @number (0…) under @name. */
static SacVar
stage (Abn *abn, const char *name, SacVar h, int number, gint32 stride)
{
  gint32 width = abn->net->width << number;

  for (gint32 i = 0; i < abn->blocks[number]; i++)
    {
      g_autofree char *prefix = g_strdup_printf ("%s.%d.", name, i);
      gint32 step = i == 0 ? stride : 1;

      h = abn->net->depth == 50 ? _sac_layer_bottleneck (&abn->b, prefix, h, width, 1, 1, 1, step)
                                : _sac_layer_basic (&abn->b, prefix, h, width, 1, 1, 1, step);
      sac_graph_name (abn->b.g, h, "%s.%d", name, i);
    }
  sac_graph_name (abn->b.g, h, "%s", name);
  return h;
}

static SacVar
last_stage (Abn *abn, const char *before, SacVar h, gint32 stride)
{
  g_autofree char *name = g_strdup_printf ("%slayer%d", before, abn->n_stages);

  return stage (abn, name, h, abn->n_stages - 1, stride);
}

static void
attention_branch (Abn *abn, SacAbnOut *out)
{
  SacBuilder *b = &abn->b;
  gint32 k = abn->net->n_classes;
  SacVar a = last_stage (abn, "att_", out->features, 1);

  a = _sac_layer_conv (b, "", "att_conv", _sac_layer_bn (b, "", "att_bn", a, 0, FALSE), k, 1, 1, 1, 1);
  out->class_maps = a = _sac_layer_bn (b, "", "att_bn2", a, 0, TRUE);
  /* The mean over places and the 1×1 commute. */
  out->attention = _sac_layer_conv (b, "", "att_score", sac_global_average (b->g, a), k, 1, 1, 1, 1);
  out->map = sac_sigmoid (b->g, _sac_layer_bn (b, "", "sp_bn", _sac_layer_conv (b, "", "sp_conv", a, 1, 1, 3, 1, 1), 0, FALSE));
}

static void
perceive (Abn *abn, SacAbnOut *out)
{
  SacGraph *g = abn->b.g;
  SacVar h = sac_mul (g, out->features, sac_affine (g, out->map, 1, 1));

  out->last = last_stage (abn, "", h, 2);
  out->logits = _sac_layer_linear (&abn->b, "", "fc", sac_global_average (g, out->last), abn->net->n_classes, SAC_INIT_HEAD);
  sac_graph_name (g, out->logits, "logits");
}

SacAbnOut
sac_abn (SacGraph *graph, SacWeights *weights, const SacAbn *net, SacVar picture, SacBnMode bn_mode, gboolean train)
{
  SacAbnOut out = { 0 };
  SacShape in;
  SacVar h;
  Abn abn;

  if (!abn_init (&abn, graph, weights, net, train && bn_mode == SAC_BN_BATCH))
    return out;
  in = sac_graph_get_shape (graph, picture);
  if (in.c != 3 || in.t != 1)
    {
      g_autofree char *text = sac_shape_dup_string (in);

      sac_graph_poison (graph, "an ABN wants pictures (N,3,1,H,W), not %s", text);
      return out;
    }
  if (abn.n_stages == 3)
    h = _sac_layer_bn (&abn.b, "", "bn1", _sac_layer_conv (&abn.b, "", "conv1", picture, net->width, 1, 3, 1, 1), 0, TRUE);
  else
    {
      h = _sac_layer_bn (&abn.b, "", "bn1", _sac_layer_conv (&abn.b, "", "conv1", picture, net->width, 1, 7, 1, 2), 0, TRUE);
      h = sac_max_pool3d (graph, h, &(SacPool3d) { { 1, 3, 3 }, { 1, 2, 2 }, { 0, 1, 1 } });
    }
  sac_graph_name (graph, h, "stem");
  for (int i = 0; i < abn.n_stages - 1; i++)
    {
      g_autofree char *name = g_strdup_printf ("layer%d", i + 1);

      h = stage (&abn, name, h, i, i == 0 ? 1 : 2);
    }
  out.features = h;
  attention_branch (&abn, &out);
  perceive (&abn, &out);
  return sac_graph_check (graph, NULL) ? out : (SacAbnOut) { 0 };
}

void
sac_abn_perceive (SacGraph *graph, SacWeights *weights, const SacAbn *net, SacAbnOut *out)
{
  Abn abn;

  if (abn_init (&abn, graph, weights, net, FALSE))
    perceive (&abn, out);
}
