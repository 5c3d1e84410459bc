/* Scores of a run's generators, by one feature network and against the pictures the run learnt from.  methods/07 §5–6.
 * Real pictures are looked at once a judge, so scoring many runs (a search) pays for them once. */
#pragma once
#include "data/sac-images.h"
#include "run/sac-gan-score-file.h"
#include "sac-infer.h"

typedef enum {
  SAC_GAN_SCORE_IS = 1,         /* with modes and KL */
  SAC_GAN_SCORE_FID = 2,
  SAC_GAN_SCORE_KID = 4,
  SAC_GAN_SCORE_MANIFOLD = 8,   /* precision and recall */
  SAC_GAN_SCORE_SSIM = 16,
  SAC_GAN_SCORE_OVERLAP = 32,
  SAC_GAN_SCORE_ALL = 63,
} SacGanScoreParts;

typedef struct _SacGanJudge SacGanJudge;        /* one thread at a time */
/* @features: a folder that `saccade gan classifier` made, or a file of Inception-v3 weights.  @images: what the runs learnt from, kept by
 * the caller while the judge lives; @n_images made of each generator (0: 10000, as many as real ones at most 50000). */
SacGanJudge  *sac_gan_judge_new (const char *features, const SacImages *images, guint n_images, guint n_threads, GError **error);
void          sac_gan_judge_free (SacGanJudge *judge);
/* The run's newest checkpoint; noise of @seed.  Does not write: sac_gan_scores_write() does.  @parts: SacGanScoreParts. */
SacGanScores *sac_gan_judge_score (SacGanJudge *judge, const char *run_folder, guint parts, guint64 seed, SacProgressFunc progress,
                                   gpointer data, GCancellable *cancellable, GError **error);
/* All of it for one run, and RUN/gan-scores.json written. */
SacGanScores *sac_gan_score_run (const char *run_folder, const char *features, const SacImages *images, guint n_images,
                                 guint n_threads, SacProgressFunc progress, gpointer data, GCancellable *cancellable, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGanJudge, sac_gan_judge_free)
