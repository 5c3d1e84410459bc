/* SacSearchView: the searches among knowledge-transfer graphs of a project (run/sac-gan-search.h): a new one is started as
 * `saccade search`, which goes on without the window; its trials in a table, what they tell of the edges, how long it still takes.
 * Signals: "graph-chosen" (string letters): a trial's graph is wanted where graphs are edited; "run-chosen" (string folder): a trial's run
 * is to be looked at.  Main thread. */
#pragma once
#include <gtk/gtk.h>

#define SAC_TYPE_SEARCH_VIEW (sac_search_view_get_type ())
G_DECLARE_FINAL_TYPE (SacSearchView, sac_search_view, SAC, SEARCH_VIEW, GtkWidget)

GtkWidget *sac_search_view_new (void);
/* The project file and its data folder (sac_project_get_folder), which holds the searches; NULL: none. */
void       sac_search_view_set_project (SacSearchView *self, const char *project, const char *data_folder);
/* What a new search would train: text of a GAN recipe, whose graph tells the number of generators, and the pictures.  Nullable: then the
 * view says that it wants them. */
void       sac_search_view_set_source (SacSearchView *self, const char *recipe, const char *data);
/* What scores: a classifier made here or Inception-v3 weights; nullable.  A person may choose another. */
void       sac_search_view_set_classifier (SacSearchView *self, const char *path);
/* Reads what is new; it does so by itself every second while it is seen. */
void       sac_search_view_refresh (SacSearchView *self);
