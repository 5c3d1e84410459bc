/* Layers that networks share: each declares (or finds) its entries under "PREFIXNAME." and appends its nodes. */
#pragma once
#include "ops/sac-ops.h"
#include "sac-weights.h"

typedef struct {
  SacGraph *g;
  SacWeights *weights;
  gboolean batch;               /* statistics of this batch; running ones are updated */
  SacPadMode pad_time;
  const char *const *frozen;    /* layers whose names begin so use their running statistics in any case; NULL: none */
} SacBuilder;

#define SAC_BN_EPS 1e-5f

/* A convolution without bias, same padding; @kt = 1 keeps frames apart.  Entry "weight". */
SacVar _sac_layer_conv (SacBuilder *b, const char *prefix, const char *name, SacVar x, gint32 k, gint32 kt, gint32 size, gint32 st,
                        gint32 stride);
/* Batch norm with ReLU and residual (0 = none).  Entries "weight", "bias", "running_mean", "running_var". */
SacVar _sac_layer_bn (SacBuilder *b, const char *prefix, const char *name, SacVar x, SacVar residual, gboolean relu);
/* x → (N,k,…): entries "weight" (k,C), drawn as @init says, and "bias", 0. */
SacVar _sac_layer_linear (SacBuilder *b, const char *prefix, const char *name, SacVar x, gint32 k, SacInit init);

/* What a residual block adds: x itself where shapes allow, else a strided 1×1×1 ("downsample.0") and batch norm ("downsample.1"). */
SacVar _sac_layer_shortcut (SacBuilder *b, const char *prefix, SacVar x, gint32 k, gint32 st, gint32 stride);
/* first×1×1, mid×3×3 with the stride, 1×1×1 to four times the width; each with batch norm. */
SacVar _sac_layer_bottleneck (SacBuilder *b, const char *prefix, SacVar x, gint32 width, gint32 first, gint32 mid, gint32 st,
                              gint32 stride);

/* first×3×3 with the stride, second×3×3; each with batch norm. */
SacVar _sac_layer_basic (SacBuilder *b, const char *prefix, SacVar x, gint32 width, gint32 first, gint32 second, gint32 st,
                         gint32 stride);

/* Parts of the above, for ops that have a batch norm inside. */
typedef struct {
  SacVar gamma, beta, mean, variance;
} SacBnEntries;
SacBnEntries _sac_layer_bn_entries (SacBuilder *b, const char *prefix, const char *name, gint32 c);
/* @batch: statistics of @count values a channel, kept in the running ones and returned; 0: the running ones. */
SacVar       _sac_layer_bn_stats (SacBuilder *b, const SacBnEntries *bn, SacVar batch, gsize count);
SacVar       _sac_layer_entry (SacBuilder *b, const char *prefix, const char *name, const char *what, SacShape shape, SacInit init);
