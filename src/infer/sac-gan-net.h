/* The networks of a group of generators with their optimisers, and their checkpoints; pictures drawn from a run's newest one. */
#pragma once
#include "backend/sac-backends.h"
#include "data/sac-images.h"
#include "nn/sac-nn.h"
#include "run/sac-gan-pictures.h"
#include "run/sac-gan-recipe.h"

typedef struct {
  SacDcgan net;
  guint k;
  SacBackend *backend;
  SacWeights *g, *d;
  SacOptimizer *g_optimizer, *d_optimizer;      /* NULL where nothing is trained */
} SacGanNet;

/* @device: nullable, "cpu".  Weights are drawn by the recipe's seed. */
SacGanNet *sac_gan_net_new (const SacGanRecipe *recipe, const char *device, guint n_threads, gboolean train, GError **error);
void       sac_gan_net_free (SacGanNet *net);
/* RUN/checkpoints/step-N.safetensors; older ones go. */
gboolean   sac_gan_net_save (SacGanNet *net, const char *run_folder, guint64 t, GError **error);
/* The newest; @t: the updates made by then. */
gboolean   sac_gan_net_restore (SacGanNet *net, const char *run_folder, guint64 *t, GError **error);
/* @n vectors of @length for update @t; those of update 0 are the samples'. */
void       sac_gan_noise (guint64 seed, guint64 t, guint n, guint length, float *out);

/* ---- drawing pictures from a run's newest checkpoint: bytes, RGB, as they lie in a file of pictures.  One thread at a time. */
typedef struct _SacGanMaker SacGanMaker;
SacGanMaker        *sac_gan_maker_open (const char *run_folder, guint n_threads, GError **error);
void                sac_gan_maker_free (SacGanMaker *maker);
const SacGanRecipe *sac_gan_maker_get_recipe (const SacGanMaker *maker);
guint64             sac_gan_maker_get_step (const SacGanMaker *maker);
/* Whether a newer checkpoint is there by now. */
gboolean            sac_gan_maker_is_stale (const SacGanMaker *maker);
/* One vector for each @noise, the recipe's z long. */
void                sac_gan_maker_noise (const SacGanMaker *maker, const SacGanNoise *noise, guint n, float *out);
/* @n noise vectors through every generator → @rgb, n × k pictures. */
gboolean            sac_gan_maker_draw (SacGanMaker *maker, const float *noise, guint n, guint8 *rgb, GCancellable *cancellable,
                                        GError **error);
/* What D takes @n pictures for: 0 … k−1 a generator's, k real. */
gboolean            sac_gan_maker_judge (SacGanMaker *maker, const guint8 *rgb, guint n, guint8 *takes, GCancellable *cancellable,
                                         GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGanMaker, sac_gan_maker_free)

/* @n pictures of generator @which (from 0) of RUN's newest checkpoint, size × size × 3 in −1 … 1, from noise of @seed; transfer full. */
float   *sac_gan_sample (const char *run_folder, guint which, guint n, guint64 seed, guint n_threads, GError **error);
/* A grid of pictures (n_rows × n_columns, row by row) as a PNG file. */
gboolean sac_gan_write_grid (const char *path, const float *pictures, guint n_rows, guint n_columns, int size, GError **error);

/* ---- answers to the window's questions (run/sac-gan-pictures.h), with generators, data and features kept at hand.  One thread. */
typedef struct _SacGanAnswers SacGanAnswers;
SacGanAnswers  *sac_gan_answers_new (guint n_threads);
void            sac_gan_answers_free (SacGanAnswers *answers);
SacGanPictures *sac_gan_answers_generate (SacGanAnswers *answers, const char *run_folder, const SacGanNoise *noise, guint n,
                                          GCancellable *cancellable, GError **error);
SacGanNearest  *sac_gan_answers_find_nearest (SacGanAnswers *answers, const SacNearestQuestion *question, GCancellable *cancellable,
                                              GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGanAnswers, sac_gan_answers_free)
