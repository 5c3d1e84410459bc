/* Which runs of a project are groups of generators: those the project lists and those that lie in its folder.  Found by a thread. */
#pragma once
#include "store/sac-store.h"

#define SAC_GAN_RUN_PREFIX "gan/"       /* of the recipe under which such runs are listed: pages about labels leave them out */

/* The runs of a project that are none of these, as sac_project_list_runs() gives them: what pages about labels offer. */
GPtrArray  *sac_gan_runs_list_others (SacProject *project);

typedef struct {
  guint n;
  char **folders, **names;      /* NULL-terminated, the newest first */
  char *data;                   /* where the pictures of the newest came from, nullable */
  double speed;                 /* of the newest that told it, in sac_gan_recipe_work() a second; 0: not known */
} SacGanRuns;
void        sac_gan_runs_free (SacGanRuns *runs);
/* @project is asked at once for what it lists, so call it where it may be asked. */
void        sac_gan_runs_find_async (SacProject *project, gpointer source, GAsyncReadyCallback callback, gpointer data);
SacGanRuns *sac_gan_runs_find_finish (GAsyncResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGanRuns, sac_gan_runs_free)
