/* The networks of a group of generators with their optimisers, and their checkpoints. */
#pragma once
#include "sac-gan-train.h"

typedef struct {
  SacDcgan net;
  guint k;
  SacBackend *backend;
  SacWeights *g, *d;
  SacOptimizer *g_optimizer, *d_optimizer;      /* NULL where nothing is trained */
} SacGanNet;

SacGanNet *_sac_gan_net_new (const SacGanRecipe *recipe, const char *device, guint n_threads, gboolean train, GError **error);
void       _sac_gan_net_free (SacGanNet *net);
/* RUN/checkpoints/step-N.safetensors; older ones go. */
gboolean   _sac_gan_net_save (SacGanNet *net, const char *run_folder, guint64 t, GError **error);
/* The newest; @t: the updates made by then. */
gboolean   _sac_gan_net_restore (SacGanNet *net, const char *run_folder, guint64 *t, GError **error);
/* @n vectors of @length for update @t; those of update 0 are the samples'. */
void       _sac_gan_noise (guint64 seed, guint64 t, guint n, guint length, float *out);
