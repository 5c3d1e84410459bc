/* Training of a group of generators against one discriminator, in a run folder as other trainings: events, checkpoints, control folder.
 *   RUN/samples/step-000120.png   a grid of pictures from the same noise: a row a noise vector, a column a generator
 * Events: "loss/D", "loss/G1" (what D teaches it), "loss/G2>G1" (what G2 teaches G1), "factor/…" of gated edges, "accuracy/D"
 * "accuracy/real" "accuracy/G1" (shares of pictures that D, before its update, took for what they are), "diversity/G1" (mean
 * deviation of a pixel over the samples; near 0 the generator says one thing only), "images_per_second", "progress", "seconds_left";
 * text "status".  methods/07 §2, §4.  Resume is exact: weights, statistics, singular vectors, moments and the place in the data. */
#pragma once
#include "data/sac-images.h"
#include "infer/sac-gan-net.h"
#include "infer/sac-infer.h"
#include "run/sac-gan-recipe.h"

typedef struct {
  const SacGanRecipe *recipe;
  const SacImages *images;      /* of the recipe's size */
  const char *run_folder;       /* created, or resumed */
  const char *name;             /* nullable: the folder's name */
  const char *source;           /* what @images were read from, for run.json */
  const char *device;           /* nullable: "cpu" */
  guint n_threads;
  gboolean resume;
  guint until_epoch;            /* stops there with a checkpoint, to go on later; 0: goes through all */
  SacProgressFunc progress;     /* nullable */
  gpointer progress_data;
} SacGanSpec;

/* Updates in all: epochs × ⌈pictures / batch⌉; the last batch of an epoch takes pictures of the next to be full. */
guint64  sac_gan_count_updates (const SacGanRecipe *recipe, guint n_images);
/* TRUE when the run ended as asked: all updates, or a stop by the control folder or @cancellable, with a checkpoint. */
gboolean sac_gan_train (const SacGanSpec *spec, GCancellable *cancellable, GError **error);
