/* train: the trainer's state machine.  Runs in its own process (`saccade train`), writes the run folder, obeys its control folder.
 * Resume is bit-identical: weights, moments, sampler position, augmentation stream and statistics are in the checkpoint. */
#pragma once
#include "sac-train-plan.h"

#define SAC_TRAIN_ERROR (sac_train_error_quark ())
GQuark sac_train_error_quark (void);
typedef enum { SAC_TRAIN_ERROR_DATA, SAC_TRAIN_ERROR_DIVERGED, SAC_TRAIN_ERROR_RUN } SacTrainError;

typedef struct {
  const SacRecipe *recipe;      /* with @resume it may be NULL: the run's own is taken in any case */
  SacProject *project;          /* read only */
  const char *run_folder;       /* created, or resumed */
  const char *name;             /* nullable: the folder's name */
  const char *study, *arm;      /* nullable: what it is part of */
  const char *weights_file;     /* nullable */
  const char *device;           /* "cpu" … */
  guint n_threads;
  gboolean profile;             /* leave RUN/profile.json: where the time of the steps went */
  const char *memory;           /* most the run may take, as "2G"; NULL: what the recipe says */
  const char *clip_cache;       /* most that decoded clips take on the disk, as "8G", "none"; NULL: the usual */
  gboolean resume;              /* from the newest whole checkpoint; from the start when there is none */
  SacProgressFunc progress;     /* nullable */
  gpointer progress_data;
} SacTrainSpec;

/* TRUE when the run ended as asked: all steps, or stop (by the control folder, or @cancellable: after the step under way a checkpoint is
 * written).  When the steps or a stop by the control folder ended it, validation and test split are scored with the best checkpoint. */
gboolean sac_train (const SacTrainSpec *spec, GCancellable *cancellable, GError **error);
