/* train: the trainer's state machine.  Runs in its own process (`saccade train`), writes the run folder, obeys its control folder.
 * Resume is bit-identical: weights, moments, sampler position, augmentation stream and statistics are in the checkpoint. */
#pragma once
#include "infer/sac-infer.h"

#define SAC_TRAIN_ERROR (sac_train_error_quark ())
GQuark sac_train_error_quark (void);
typedef enum { SAC_TRAIN_ERROR_DATA, SAC_TRAIN_ERROR_DIVERGED, SAC_TRAIN_ERROR_RUN } SacTrainError;

typedef struct {
  const SacRecipe *recipe;
  SacProject *project;          /* read only */
  const char *run_folder;       /* created, or resumed */
  const char *weights_file;     /* nullable */
  const char *device;           /* "cpu" … */
  guint n_threads;
  gboolean resume;
  SacProgressFunc progress;     /* nullable */
  gpointer progress_data;
} SacTrainSpec;

/* TRUE when the run ended as asked (all steps, or stop). */
gboolean sac_train (const SacTrainSpec *spec, GCancellable *cancellable, GError **error);
