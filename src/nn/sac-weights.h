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
  SAC_INIT_FAN_IN,              /* even in ±1/√(C·kT·kH·kW): what PyTorch gives layers it is told nothing of */
  SAC_INIT_DCGAN,               /* a kernel, N(0, 0.02²).  Paper: Radford 2016 §3 */
  SAC_INIT_DCGAN_GAMMA,         /* N(1, 0.02²) */
  SAC_INIT_UNIT,                /* N(0, 1), then of length 1; one axis in files */
} SacInit;

SacWeights *sac_weights_new (void);
void        sac_weights_free (SacWeights *weights);

/* Declares (or finds) an entry and returns its value in @graph.  Poisons @graph if the shape differs from the declared one. */
SacVar      sac_weights_param (SacWeights *weights, SacGraph *graph, const char *name, SacShape shape, SacInit init);
SacVar      sac_weights_buffer (SacWeights *weights, SacGraph *graph, const char *name, SacShape shape, SacInit init);

/* Memory for everything declared; later, sac_weights_param() only finds.  All zero: initialise, load or restore next. */
gboolean    sac_weights_allocate (SacWeights *weights, SacBackend *backend, GError **error);
/* Draws all entries afresh from @seed, each by its own name: independent of order. */
void        sac_weights_initialise (SacWeights *weights, guint64 seed);
void        sac_weights_initialise_one (SacWeights *weights, const char *name, guint64 seed);

SacBlock   *sac_weights_get_params (SacWeights *weights);      /* borrowed */
SacBlock   *sac_weights_get_buffers (SacWeights *weights);     /* borrowed */
guint64     sac_weights_count_params (const SacWeights *weights);

/* The shape of an entry of either block as weight files write it, without the axes the field leaves out: vectors have one,
 * the head's matrix two, kernels (K,C,kH,kW), or (K,C,kT,kH,kW) as soon as any kernel of the network spans time.
 * Returns the rank.  @name must be declared. */
guint       sac_weights_get_dims (const SacWeights *weights, const char *name, gint64 dims[5]);
SacInit     sac_weights_get_init (const SacWeights *weights, const char *name);
/* Numbers of an entry of either block in the field's order.  FALSE if there is no such entry; reading, too, where
 * the device was lost. */
gboolean    sac_weights_read (SacWeights *weights, const char *name, float *out);
gboolean    sac_weights_write (SacWeights *weights, const char *name, const float *in);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacWeights, sac_weights_free)
