/* SacModel: a network by its name, whatever its family: what a recipe trains and a checkpoint holds.
 *
 *   r18-2d r50-2d               ResNets on single frames                        sac-resnet.h
 *   i3d-r18 i3d-r50             inflated ResNets                                sac-resnet.h
 *   hara-r18 hara-r50           the same with a first kernel of 7×7×7           sac-resnet.h
 *   nonlocal-r50                the I3D below non-local networks                sac-resnet.h
 *   slow-r18 slow-r50           slow 3-D ResNets, the base of ST-ABN            sac-stabn.h
 *   stabn-r18 stabn-r50         ST-ABN, as its public code; -literal: as the paper    sac-stabn.h
 *   abn-r18 abn-r50 abn-r20     ABN on single frames; r20 for small pictures    sac-abn.h */
#pragma once
#include "sac-abn.h"
#include "sac-resnet.h"
#include "sac-stabn.h"

typedef enum { SAC_MODEL_RESNET, SAC_MODEL_STABN, SAC_MODEL_ABN } SacModelKind;
typedef struct {
  SacModelKind kind;
  SacResnet resnet;
  SacStabn stabn;
  SacAbn abn;
} SacModel;

/* What a network gives; 0 where it has no such thing. */
typedef struct {
  SacVar logits, attention;     /* (N,classes,1,1,1); the second are the scores of an attention branch, only for the loss */
  SacVar spatial, temporal;     /* maps of attention, (N,1,T,h,w) and (N,1,T,1,1), in 0…1 */
  SacVar class_maps;            /* (N,classes,T,h,w) */
  SacVar features;              /* what the maps weigh; of networks without attention layer3 */
  SacVar last;                  /* the last activation before the mean */
} SacModelOut;

/* With width 64 (20: 16), 1000 classes and replicated frames; FALSE if unknown. */
gboolean    sac_model_parse (const char *name, SacModel *model);
void        sac_model_set_size (SacModel *model, gint32 n_classes, gint32 width, const gint32 blocks[4], SacPadMode pad_time);
gboolean    sac_model_is_flat (const SacModel *model);         /* sees single frames: T = 1 */
gboolean    sac_model_has_attention (const SacModel *model);
/* The batch norms of layers whose names begin so use their running statistics while the rest trains, and keep them; static. */
void        sac_model_set_frozen (SacModel *model, const char *const *prefixes);
/* Prefixes of the weights below the attention, ended by NULL; none where there is no attention. */
const char *const *sac_model_get_extractor (const SacModel *model);
/* Those from the input up to @last and with it: "stem", "layer1" … "layer4", or "extractor"; none for anything else. */
const char *const *sac_model_get_up_to (const SacModel *model, const char *last);

SacModelOut sac_model (SacGraph *graph, SacWeights *weights, const SacModel *model, SacVar clip, SacBnMode bn, gboolean train);
/* The second half of a network with attention, in evaluation: from @out's features and maps to its last and logits. */
void        sac_model_perceive (SacGraph *graph, SacWeights *weights, const SacModel *model, SacModelOut *out);
/* Declares all entries in @weights without keeping a graph; @n_frames of a clip, which some networks' weights depend on. */
gboolean    sac_model_declare (SacWeights *weights, const SacModel *model, gint32 n_frames, GError **error);
/* The attention branch's own last stage (att_layer4…) begins as a copy of the trunk's; FALSE where there are no such two. */
gboolean    sac_attention_copy_layer4 (SacWeights *weights);
