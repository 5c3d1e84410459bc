/* Attention branch network (ABN) on 2-D ResNets: pictures (N,3,1,H,W), normalised → scores and a map.  methods/08 §9; paper: Fukui 2019.
 * The branch leaves before the last stage; its map weighs what enters that stage: f' = f·(1 + M). */
#pragma once
#include "ops/sac-ops.h"
#include "sac-resnet.h"

typedef struct {
  gint32 depth;                 /* 18 or 50, branch after layer3; 20, 32, 44, 56, 110: the three-stage form for 32×32, after layer2 */
  gint32 n_classes;
  gint32 width;                 /* base width: 64 in the papers, 16 in the three-stage form */
  gint32 blocks[4];             /* all 0: the depth's own */
  const char *const *frozen;    /* as of ST-ABN */
} SacAbn;

typedef struct {
  SacVar logits, attention;     /* (N,classes,1,1,1): perception branch, attention branch */
  SacVar map;                   /* M (N,1,1,h,w) in 0…1 */
  SacVar class_maps;            /* (N,classes,1,h,w) */
  SacVar features, last;        /* f, and the last activation before the mean */
} SacAbnOut;

/* As sac_stabn(). */
SacAbnOut sac_abn (SacGraph *graph, SacWeights *weights, const SacAbn *net, SacVar picture, SacBnMode bn, gboolean train);
/* The second half alone, in evaluation: from @out's features and map to its last and logits. */
void      sac_abn_perceive (SacGraph *graph, SacWeights *weights, const SacAbn *net, SacAbnOut *out);
