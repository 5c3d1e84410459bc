/* SacRunsPage: all runs of the project as a table, the curves of those that are ticked, and where the chosen one comes from.
 * Ticked runs are handed to the Compare page. */
#pragma once
#include "sac-page.h"
#include "sac-run-grid.h"

#define SAC_TYPE_RUNS_PAGE (sac_runs_page_get_type ())
G_DECLARE_FINAL_TYPE (SacRunsPage, sac_runs_page, SAC, RUNS_PAGE, SacPage)

SacRunGrid *sac_runs_page_get_grid (SacRunsPage *self);
gboolean    sac_runs_page_is_busy (SacRunsPage *self);          /* something is read or put in order by a thread */
void        sac_runs_page_search_for (SacRunsPage *self, const char *words);
gboolean    sac_runs_page_act (SacRunsPage *self, const char *act);
