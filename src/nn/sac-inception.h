/* Inception-v3, the network behind IS and FID.  Paper: Szegedy 2016 §6; names are torchvision's, those of its auxiliary head are not
 * there.  Evaluation only: running statistics. */
#pragma once
#include "ops/sac-ops.h"
#include "sac-weights.h"

#define SAC_INCEPTION_SIZE 299
#define SAC_INCEPTION_FEATURES 2048

typedef struct {
  gint32 n_classes;             /* 1000; 1008 in the weights that FID is customarily measured with */
  gboolean original;            /* as the network of 2015 was: averages do not count padding, and the last block takes maxima */
} SacInception;

/* Images (N,3,1,299,299) in −1 … 1 → logits (N,n_classes,1,1,1); @features (nullable): (N,2048,1,1,1), the last pooling. */
SacVar sac_inception_logits (SacGraph *graph, SacWeights *weights, const SacInception *net, SacVar images, SacVar *features);
void   sac_inception_declare (SacWeights *weights, const SacInception *net);
