/* ResNet-18/50, 2-D, inflated (I3Res), and the geometries of published 3-D networks.  methods/01 §2.1–2.2.
 * Clip (N,3,T,H,W), normalised → logits (N,classes,1,1,1). */
#pragma once
#include "ops/sac-ops.h"
#include "sac-weights.h"

typedef enum { SAC_BN_BATCH, SAC_BN_FROZEN } SacBnMode;     /* frozen: running statistics; gamma and beta still learn */

typedef enum {
  SAC_RESNET_I3RES,             /* first kernel 3×7×7; time is halved by the first pool and by stages 2 to 4 */
  SAC_RESNET_HARA,              /* first kernel 7×7×7, the rest the same: Hara's networks, Moments in Time's */
  SAC_RESNET_NONLOCAL,          /* the I3D below non-local networks, depth 50: first kernel 5×7×7 and all strides in time before stage 2;
                                 * the first 1×1 of some blocks spans 3 frames.  Clips of 8 frames or more */
} SacResnetForm;

typedef struct {
  gint32 depth;                 /* 18 or 50 */
  gboolean inflated;            /* kernels of 3 in time, time strides; else 2-D, T = 1 */
  SacResnetForm form;           /* of an inflated one */
  gint32 n_classes;
  gint32 width;                 /* base width, 64 in the papers */
  gint32 blocks[4];             /* all 0: the depth's own (2,2,2,2) or (3,4,6,3) */
  SacPadMode pad_time;          /* replicate: boring-video equality under averaging, methods/01 §2.4 */
  const char *const *frozen;    /* layers whose names begin so keep their running statistics, and use them; NULL: none */
} SacResnet;

/* Places a caller may want: last activation of each stage, pooled features. */
typedef struct {
  SacVar stem, layer[4], features, logits;
} SacResnetTaps;

/* @train: batch statistics are used (mode BATCH) and running statistics updated by effects. @taps may be NULL. */
SacVar sac_resnet_logits (SacGraph *graph, SacWeights *weights, const SacResnet *net, SacVar clip, SacBnMode bn, gboolean train,
                          SacResnetTaps *taps);

/* Declares all entries of @net in @weights without keeping a graph: what loading, counting and listing need. */
gboolean sac_resnet_declare (SacWeights *weights, const SacResnet *net, GError **error);

/* "r18-2d", "r50-2d", "i3d-r18", "i3d-r50", "hara-r18", "hara-r50", "nonlocal-r50" → config with width 64, 1000 classes and replicate
 * padding; FALSE if unknown. */
gboolean sac_resnet_parse (const char *name, SacResnet *net);
