/* The recipe that teaches a trained network the maps that a person edited.  methods/08 §10: the extractor stays, both branches go on with
 * a tenth of the last rate for ten epochs. */
#pragma once
#include "infer/sac-infer.h"

typedef struct {
  gboolean only;                /* see only the clips with an edited map */
  double gamma, gamma_t;        /* weights of L_map in space and in time: 1, 1 */
  double epochs;                /* 10 */
  double slow;                  /* of the last rate: 0.1 */
  double hide;                  /* in every second epoch, what a map holds below this is painted over in its clip: 0 */
} SacTune;
void       sac_tune_init (SacTune *tune);
/* @weights: the file to start from, the run's best checkpoint.  Transfer full. */
SacRecipe *sac_tune_recipe (const char *run_folder, SacProject *project, const SacTune *tune, char **weights, GError **error);
