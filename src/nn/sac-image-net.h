/* A small residual network for pictures of 32 × 32: what tells the classes of a data set apart, and whose pooled features compare
 * generated pictures with real ones.  Papers: He 2016 §4.2; methods/07 §6 (b).  Names are those of torchvision's ResNets. */
#pragma once
#include "ops/sac-ops.h"
#include "sac-weights.h"

#define SAC_IMAGE_NET_SIZE 32

typedef struct {
  gint32 n_classes;
  gint32 width;                 /* of the first stage; the others have 2 and 4 times as many; 64 */
} SacImageNet;

/* Images (N,3,1,32,32) in −1 … 1 → logits (N,n_classes,1,1,1); @features (nullable): (N,4·width,1,1,1), the mean over the picture. */
SacVar sac_image_net_logits (SacGraph *graph, SacWeights *weights, const SacImageNet *net, SacVar images, gboolean train,
                             SacVar *features);
/* Declares all entries. */
void   sac_image_net_declare (SacWeights *weights, const SacImageNet *net);
