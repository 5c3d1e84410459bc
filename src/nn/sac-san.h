/* 1-D self-attention network of signals (1D-SAN).  methods/06 §2 and 3; Paper: Zhao 2020 §3.1, in one dimension.
 * Signal (N,C,T,1,1) → logits (N,classes,1,1,1): 1×1 stem, three pairwise blocks with footprints 3, 5, 5, mean over time. */
#pragma once
#include "ops/sac-ops.h"
#include "sac-resnet.h"

typedef struct {
  gint32 n_classes;
  gint32 width;                 /* channels throughout, 64 in the paper; the relation has a quarter of them, at least 2 */
  gint32 footprint[3];          /* all 0: 3, 5, 5 */
  gint32 dilation[3];           /* steps between the places of a footprint; 0 is 1 */
} SacSan;

/* Batch statistics are used (mode BATCH) and running statistics updated by effects where @train. */
SacVar sac_san_logits (SacGraph *graph, SacWeights *weights, const SacSan *net, SacVar signal, SacBnMode bn, gboolean train);
