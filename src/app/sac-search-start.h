/* SacSearchStart: what a new search is to be: name, trials, epochs, trials at once, objective, halving, what scores.  Signal "start": the
 * button was pressed, and nothing is missing.  Main thread. */
#pragma once
#include <gtk/gtk.h>

#define SAC_TYPE_SEARCH_START (sac_search_start_get_type ())
G_DECLARE_FINAL_TYPE (SacSearchStart, sac_search_start, SAC, SEARCH_START, GtkWidget)

GtkWidget  *sac_search_start_new (void);
/* Whether there is a recipe, and the pictures; nullable. */
void        sac_search_start_set_source (SacSearchStart *self, gboolean recipe, const char *data);
void        sac_search_start_set_classifier (SacSearchStart *self, const char *path);
/* Names that are taken, NULL-terminated; a free one is proposed. */
void        sac_search_start_set_taken (SacSearchStart *self, char **names);
/* Why it cannot start, in words; NULL: it can. */
char       *sac_search_start_dup_missing (SacSearchStart *self);
const char *sac_search_start_get_name (SacSearchStart *self);
guint       sac_search_start_get_jobs (SacSearchStart *self);
/* The verb search with all of it, for @project and the file @recipe, without NULL at the end.  Transfer full. */
GPtrArray  *sac_search_start_dup_words (SacSearchStart *self, const char *project, const char *recipe);
