#include "sac-model.h"

#include <string.h>

static const struct {
  const char *name;
  SacModelKind kind;
  gint32 depth;
  gboolean plain;
  SacStabnForm form;
} known[] = {
  { "slow-r18", SAC_MODEL_STABN, 18, TRUE },
  { "slow-r50", SAC_MODEL_STABN, 50, TRUE },
  { "stabn-r18", SAC_MODEL_STABN, 18, FALSE },
  { "stabn-r50", SAC_MODEL_STABN, 50, FALSE },
  { "stabn-r18-literal", SAC_MODEL_STABN, 18, FALSE, SAC_STABN_LITERAL },
  { "stabn-r50-literal", SAC_MODEL_STABN, 50, FALSE, SAC_STABN_LITERAL },
  { "abn-r18", SAC_MODEL_ABN, 18 },
  { "abn-r20", SAC_MODEL_ABN, 20 },
  { "abn-r50", SAC_MODEL_ABN, 50 },
};

gboolean
sac_model_parse (const char *name, SacModel *model)
{
  *model = (SacModel) { SAC_MODEL_RESNET };
  if (sac_resnet_parse (name, &model->resnet))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (name, known[i].name) == 0)
      {
        model->kind = known[i].kind;
        model->stabn = (SacStabn) { .depth = known[i].depth, .plain = known[i].plain, .form = known[i].form };
        model->abn = (SacAbn) { .depth = known[i].depth };
        sac_model_set_size (model, 1000, known[i].depth == 20 ? 16 : 64, (gint32[4]) { 0 }, SAC_PAD_REPLICATE);
        return TRUE;
      }
  return FALSE;
}

void
sac_model_set_size (SacModel *model, gint32 n_classes, gint32 width, const gint32 blocks[4], SacPadMode pad_time)
{
  model->resnet.n_classes = model->stabn.n_classes = model->abn.n_classes = n_classes;
  model->resnet.width = model->stabn.width = model->abn.width = width;
  model->resnet.pad_time = model->stabn.pad_time = pad_time;
  memcpy (model->resnet.blocks, blocks, sizeof model->resnet.blocks);
  memcpy (model->stabn.blocks, blocks, sizeof model->stabn.blocks);
  memcpy (model->abn.blocks, blocks, sizeof model->abn.blocks);
}

gboolean
sac_model_is_flat (const SacModel *model)
{
  return model->kind == SAC_MODEL_ABN || (model->kind == SAC_MODEL_RESNET && !model->resnet.inflated);
}

gboolean
sac_model_has_attention (const SacModel *model)
{
  return model->kind == SAC_MODEL_ABN || (model->kind == SAC_MODEL_STABN && !model->stabn.plain);
}

void
sac_model_set_frozen (SacModel *model, const char *const *prefixes)
{
  model->resnet.frozen = model->stabn.frozen = model->abn.frozen = prefixes;
}

const char *const *
sac_model_get_extractor (const SacModel *model)
{
  static const char *const four[] = { "conv1.", "bn1.", "layer1.", "layer2.", "layer3.", NULL };
  static const char *const three[] = { "conv1.", "bn1.", "layer1.", "layer2.", NULL };   /* ABN for small pictures */

  if (!sac_model_has_attention (model))
    return four + G_N_ELEMENTS (four) - 1;
  return model->kind == SAC_MODEL_ABN && model->abn.depth != 18 && model->abn.depth != 50 ? three : four;
}

const char *const *
sac_model_get_up_to (const SacModel *model, const char *last)
{
  static const char *const none[] = { NULL };
  static const char *const ends[] = { "stem", "layer1", "layer2", "layer3", "layer4" };
  static const char *const parts[][7] = {
    { "conv1.", "bn1.", NULL },
    { "conv1.", "bn1.", "layer1.", NULL },
    { "conv1.", "bn1.", "layer1.", "layer2.", NULL },
    { "conv1.", "bn1.", "layer1.", "layer2.", "layer3.", NULL },
    { "conv1.", "bn1.", "layer1.", "layer2.", "layer3.", "layer4.", NULL },
  };

  if (g_strcmp0 (last, "extractor") == 0)
    return sac_model_get_extractor (model);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (g_strcmp0 (last, ends[i]) == 0)
      return parts[i];
  return none;
}

static SacModelOut
from_stabn (const SacStabnOut *o)
{
  return (SacModelOut) { o->logits, o->attention, o->spatial, o->temporal, o->class_maps, o->features, o->layer4 };
}

static SacModelOut
from_abn (const SacAbnOut *o)
{
  return (SacModelOut) { o->logits, o->attention, o->map, 0, o->class_maps, o->features, o->last };
}

SacModelOut
sac_model (SacGraph *graph, SacWeights *weights, const SacModel *model, SacVar clip, SacBnMode bn, gboolean train)
{
  if (model->kind == SAC_MODEL_STABN)
    {
      SacStabnOut out = sac_stabn (graph, weights, &model->stabn, clip, bn, train);

      return from_stabn (&out);
    }
  if (model->kind == SAC_MODEL_ABN)
    {
      SacAbnOut out = sac_abn (graph, weights, &model->abn, clip, bn, train);

      return from_abn (&out);
    }
  {
    SacResnetTaps taps;
    SacVar logits = sac_resnet_logits (graph, weights, &model->resnet, clip, bn, train, &taps);

    return (SacModelOut) { .logits = logits, .features = taps.layer[2], .last = taps.layer[3] };
  }
}

void
sac_model_perceive (SacGraph *graph, SacWeights *weights, const SacModel *model, SacModelOut *out)
{
  g_return_if_fail (sac_model_has_attention (model));
  if (model->kind == SAC_MODEL_STABN)
    {
      SacStabnOut o = { .features = out->features, .spatial = out->spatial, .temporal = out->temporal };

      sac_stabn_perceive (graph, weights, &model->stabn, &o);
      out->last = o.layer4;
      out->logits = o.logits;
    }
  else
    {
      SacAbnOut o = { .features = out->features, .map = out->spatial };

      sac_abn_perceive (graph, weights, &model->abn, &o);
      out->last = o.last;
      out->logits = o.logits;
    }
}

gboolean
sac_model_declare (SacWeights *weights, const SacModel *model, gint32 n_frames, GError **error)
{
  g_autoptr (SacGraph) graph = sac_graph_new ();
  gint32 t = sac_model_is_flat (model) ? 1 : n_frames;

  sac_model (graph, weights, model, sac_graph_input (graph, "clip", SAC_SHAPE (1, 3, t, 64, 64)), SAC_BN_FROZEN, FALSE);
  return sac_graph_check (graph, error);
}

gboolean
sac_attention_copy_layer4 (SacWeights *weights)
{
  SacBlock *blocks[2] = { sac_weights_get_params (weights), sac_weights_get_buffers (weights) };
  guint n = 0;

  for (int b = 0; b < 2; b++)
    for (guint i = 0; i < sac_block_get_n_entries (blocks[b]); i++)
      {
        const SacBlockEntry *entry = sac_block_get_entry (blocks[b], i);
        g_autofree float *numbers = NULL;

        if (!g_str_has_prefix (entry->name, "att_layer"))
          continue;
        numbers = g_new (float, sac_shape_count (entry->shape));
        if (!sac_weights_read (weights, entry->name + strlen ("att_"), numbers) || !sac_weights_write (weights, entry->name, numbers))
          return FALSE;
        n++;
      }
  return n > 0;
}
