/* Spatio-temporal attention branch network (ST-ABN) on the slow 3-D ResNet, and that network alone.  methods/08 §2–4.
 * Clip (N,3,T,H,W), normalised → class scores of the perception branch, and of the attention branch, whose maps weigh the features:
 * M_s for each place, M_t for each frame.  Frames are never thinned out; T is part of the branch's weights' shapes. */
#pragma once
#include "ops/sac-ops.h"
#include "sac-resnet.h"

/* Where the paper's text and its authors' code differ, the code is followed unless asked otherwise. */
typedef enum {
  SAC_STABN_PUBLIC = 0,
  SAC_STABN_MEAN_SCORE = 1,     /* the branch's scores are means over all frames and places, without a layer on top */
  SAC_STABN_NARROW_TIME = 2,    /* the time branch begins with a 1×1×1, not a 3×3×3 */
  SAC_STABN_LITERAL = 3,        /* both, as the paper says */
} SacStabnForm;

typedef struct {
  gint32 n_classes;
  gint32 width;                 /* base width, 64 in the paper */
  gint32 blocks[4];             /* all 0: the depth's own (2,2,2,2) or (3,4,6,3) */
  SacPadMode pad_time;
  gint32 depth;                 /* 50, or 18; 0 = 50 */
  gboolean plain;               /* without attention: the base network that ST-ABN is compared with */
  SacStabnForm form;
  float dropout;                /* before the last layer of each branch, in training; drawn by @dropout_key, an input (sac_dropout()) */
  SacVar dropout_key;
  const char *const *frozen;    /* layers whose names begin so keep their running statistics, and use them; NULL: none */
} SacStabn;

typedef struct {
  SacVar logits, attention;     /* (N,classes,1,1,1): perception branch, attention branch (0 where plain) */
  SacVar spatial, temporal;     /* M_s (N,1,T,h,w), M_t (N,1,T,1,1), both in 0…1; 0 where plain */
  SacVar class_maps;            /* (N,classes,T,h,w), what the branch sees of each class; 0 where plain */
  SacVar features, weighed;     /* f and f' (N,C,T,h,w) with C = 16·width at depth 50, 4·width at 18; f' = f where plain */
  SacVar layer4;                /* the last activation before the mean */
} SacStabnOut;

/* Batch statistics are used (mode BATCH) and running statistics updated by effects where @train.  All 0 where it does not fit. */
SacStabnOut sac_stabn (SacGraph *graph, SacWeights *weights, const SacStabn *net, SacVar clip, SacBnMode bn, gboolean train);
/* The second half alone, in evaluation: from @out's features and maps, whoever made them (inverted, edited, of another clip), to
 * its weighed, layer4 and logits. */
void        sac_stabn_perceive (SacGraph *graph, SacWeights *weights, const SacStabn *net, SacStabnOut *out);
/* Cross-entropy of both branches' scores, with equal weight (§5).  @labels: classes by number, (N,1,1,1,1). */
SacVar      sac_stabn_loss (SacGraph *graph, const SacStabnOut *out, SacVar labels);

/* Makes the branch do nothing: M_s = 0 everywhere and fusion weights [I | 0], so that the scores are those of the base network whose
 * weights stand in the trunk, layer4 and fc.  @weights are allocated.  FALSE when they are not of an ST-ABN. */
gboolean    sac_stabn_embed (SacWeights *weights, const SacStabn *net);
/* A start at which all parts mean what they are for: a label's score is the mean of its class map, M_s is the mean of the class maps,
 * M_t the same for each frame (both low where there is little), and fusion weights are [I | I], so that what is looked at is strong.  The
 * equations allow the opposite just as well: scores may count a class map against a label and fusion may turn a sign, and then a map
 * that is low where it matters serves as well as one that is high. */
gboolean    sac_stabn_align (SacWeights *weights, const SacStabn *net, gint32 n_frames);
