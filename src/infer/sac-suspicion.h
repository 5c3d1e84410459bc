/* Which labels of a project its runs do not believe: eval/sac-suspects.h over what run folders hold (drawn.bin of the clips they learned
 * from, scores of those they did not), and where their attention lies. */
#pragma once
#include "eval/sac-suspects.h"
#include "sac-infer.h"

typedef struct {
  SacDataset *dataset;          /* all clips that say anything of a label */
  GArray *suspects;             /* SacSuspect, the most suspicious first */
  guint n_runs;
} SacSuspicion;

/* @runs: folders of them.  Labels that a run does not know are none of its business.  @n_looked: so many of the first that say yes and
 * have a box of that label are looked at with the first run's network (Grad-CAM); 0: none.  No run that says anything: an error. */
SacSuspicion *sac_suspicion_new (SacProject *project, const char *const *runs, guint n_looked, guint n_threads, SacProgressFunc progress,
                                 gpointer data, GCancellable *cancellable, GError **error);
void          sac_suspicion_free (SacSuspicion *suspicion);
/* Why suspect @i, in one or two sentences, translated.  Transfer full. */
char         *sac_suspicion_dup_why (const SacSuspicion *suspicion, guint i);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacSuspicion, sac_suspicion_free)
