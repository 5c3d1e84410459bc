/* What a run takes, told before it starts: the step is built and planned as the trainer would, and nothing is computed. */
#pragma once
#include "infer/sac-infer.h"

typedef struct {
  guint64 weights;              /* bytes: weights and running statistics */
  guint64 gradients;            /* 0 where weights are updated at once (accumulate=1) */
  guint64 moments;
  guint64 activations;          /* the arena: what lives between and within ops, with their workspaces */
  guint64 workspace;            /* the largest workspace of one op, part of @activations */
  guint64 inputs;               /* the step's own, and the batch that is put together meanwhile */
  guint64 clips;                /* decoded clips kept at hand */
  guint64 total;                /* without the program itself and its libraries, some 50 MiB */
  guint64 kept;                 /* @activations about, had everything been kept */
  guint64 n_params;
  double flops;                 /* of a step, that is of all its batches, with what is made again */
  double again_flops;           /* the part of them for values made again rather than kept */
  guint n_again;
} SacTrainPlan;

/* Bytes for decoded clips, kept so that only the first epoch decodes: at most half of what is free now, and a tenth of @memory
 * where that is given. */
guint64  sac_train_clip_cache (guint64 memory);

/* @n_clips: of the project; 0 = unknown, few.  @memory: bytes for everything, 0 = as many as it takes.  FALSE with @error when the
 * recipe makes no network, or cannot be trained in so little. */
gboolean sac_train_plan (const SacRecipe *recipe, guint n_labels, guint n_clips, guint64 memory, SacTrainPlan *plan, GError **error);

/* The bytes that @recipe asks for, or @asked (text, nullable) in its stead; 0 = none. */
guint64  sac_train_memory (const SacRecipe *recipe, const char *asked);

/* Where the recipe says effective_batch: batch becomes its largest divisor that fits in @memory (0: in most of what is free now), and
 * accumulate the rest of it.  A run keeps what was chosen, so that it is resumed with it. */
gboolean sac_train_choose_batch (SacRecipe *recipe, guint64 memory, GError **error);

/* Changes of @recipe that fit in @memory, where it is a budget (@as_budget) by making values again, a line each ("batch=4
 * accumulate=8"), "" when there is none.  Transfer full. */
char    *sac_train_propose (const SacRecipe *recipe, guint n_labels, guint n_clips, guint64 memory, gboolean as_budget);

/* Plans for @memory, or for what this machine has free where it is 0; the error proposes what would fit. */
gboolean sac_train_fits (const SacRecipe *recipe, guint n_labels, guint n_clips, guint64 memory, SacTrainPlan *plan, GError **error);
