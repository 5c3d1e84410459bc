/* The weights of a network by name (torchvision's names): two blocks, one that learns and one of running statistics.
 * First build declares entries; sac_weights_allocate() gives memory; later builds find the same entries. */
#pragma once
#include "graph/sac-graph.h"

typedef struct _SacWeights SacWeights;

typedef enum {
  SAC_INIT_ZEROS,
  SAC_INIT_ONES,
  SAC_INIT_KAIMING_FAN_OUT,     /* N(0, 2/(K·kT·kH·kW)).  Paper: He 2015 */
  SAC_INIT_HEAD,                /* N(0, 0.01²) */
} SacInit;

SacWeights *sac_weights_new (void);
void        sac_weights_free (SacWeights *weights);

/* Declares (or finds) an entry and returns its value in @graph.  Poisons @graph if the shape differs from the declared one. */
SacVar      sac_weights_param (SacWeights *weights, SacGraph *graph, const char *name, SacShape shape, SacInit init);
SacVar      sac_weights_buffer (SacWeights *weights, SacGraph *graph, const char *name, SacShape shape, SacInit init);

gboolean    sac_weights_allocate (SacWeights *weights, SacBackend *backend, GError **error);
/* Draws all entries afresh from @seed, each by its own name: independent of order. */
void        sac_weights_initialise (SacWeights *weights, guint64 seed);
void        sac_weights_initialise_one (SacWeights *weights, const char *name, guint64 seed);

SacBlock   *sac_weights_get_params (SacWeights *weights);      /* borrowed */
SacBlock   *sac_weights_get_buffers (SacWeights *weights);     /* borrowed */
guint64     sac_weights_count_params (const SacWeights *weights);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacWeights, sac_weights_free)
