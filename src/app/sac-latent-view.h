/* SacLatentView: the way from one noise vector to another through a run's generators, as pictures; the one where a pointer is dragged to,
 * large, and the training pictures that are nearest to it.  The worker makes them from the newest checkpoint.  Main thread. */
#pragma once
#include <adwaita.h>

#include "run/sac-gan-pictures.h"

#define SAC_TYPE_LATENT_VIEW (sac_latent_view_get_type ())
G_DECLARE_FINAL_TYPE (SacLatentView, sac_latent_view, SAC, LATENT_VIEW, AdwBin)

SacLatentView *sac_latent_view_new (SacWorker *worker);
void           sac_latent_view_set_run (SacLatentView *self, const char *run_folder);   /* NULL: none */
/* Asks nothing while it is not shown. */
void           sac_latent_view_set_active (SacLatentView *self, gboolean active);
/* From row @from of the run's sample grid to row @to, looking at generator @generator (all from 0). */
void           sac_latent_view_set_way (SacLatentView *self, guint from, guint to, guint generator);
gboolean       sac_latent_view_act (SacLatentView *self, const char *act);      /* "generate.noise" and the like */
