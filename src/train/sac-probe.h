/* How long a run will take, from a few of its steps. */
#pragma once
#include "sac-train.h"

typedef struct {
  int steps, warm_up;           /* that were timed; made before */
  double start;                 /* seconds until the first step */
  double step;                  /* of one step, once its clips are decoded */
  double wait;                  /* what the first use of a training clip costs beyond that */
  double validation, checkpoint, score;         /* of one validation; of one checkpoint; of the scores at the end */
  double steps_per_epoch;
  int n_validations, n_checkpoints;
  double epoch;                 /* of one epoch, with the validations and checkpoints in it, once all is decoded */
  double total;                 /* of the whole run, start and scores as well */
  gint64 end_us;                /* when it would end, started now */
} SacProbe;

/* Makes the first steps of the run that @spec describes, in a folder that goes with them: nothing is left, the run folder untouched. */
gboolean sac_probe (const SacTrainSpec *spec, int n_steps, SacProbe *probe, GCancellable *cancellable, GError **error);
