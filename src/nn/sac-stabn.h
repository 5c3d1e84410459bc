/* Spatio-temporal attention branch network (ST-ABN) on the slow 3-D ResNet-50.  methods/08 §2–4, the public variant.
 * Clip (N,3,T,H,W), normalised → class scores of the perception branch, and of the attention branch, whose maps weigh the features:
 * M_s for each place, M_t for each frame.  Frames are never thinned out; T is part of the weights' shapes. */
#pragma once
#include "ops/sac-ops.h"
#include "sac-resnet.h"

typedef struct {
  gint32 n_classes;
  gint32 width;                 /* base width, 64 in the paper */
  gint32 blocks[4];             /* all 0: 3, 4, 6, 3 */
  SacPadMode pad_time;
} SacStabn;

typedef struct {
  SacVar logits, attention;     /* (N,classes,1,1,1): perception branch, attention branch */
  SacVar spatial, temporal;     /* M_s (N,1,T,h,w), M_t (N,1,T,1,1), both in 0…1 */
  SacVar features, weighed;     /* f and f' (N,16·width,T,h,w) */
} SacStabnOut;

/* Batch statistics are used (mode BATCH) and running statistics updated by effects where @train.  All 0 where it does not fit. */
SacStabnOut sac_stabn (SacGraph *graph, SacWeights *weights, const SacStabn *net, SacVar clip, SacBnMode bn, gboolean train);
/* Cross-entropy of both branches' scores, with equal weight (§5).  @labels: classes by number, (N,1,1,1,1). */
SacVar      sac_stabn_loss (SacGraph *graph, const SacStabnOut *out, SacVar labels);
