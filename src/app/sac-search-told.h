/* SacSearchTold: what a search tells of the edges: hints in words, the objective by gate with intervals, gates of the best, the best graphs
 * laid over one another, and which edges count together.  Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sac-search-news.h"

#define SAC_TYPE_SEARCH_TOLD (sac_search_told_get_type ())
G_DECLARE_FINAL_TYPE (SacSearchTold, sac_search_told, SAC, SEARCH_TOLD, GtkWidget)

GtkWidget *sac_search_told_new (void);
void       sac_search_told_show (SacSearchTold *self, const SacSearchNews *news);       /* copied; NULL: nothing */
