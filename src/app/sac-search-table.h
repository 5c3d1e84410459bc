/* SacSearchTable: the trials of a search, a row each with a small picture of its graph.  A click on the head of a column sorts by it; at
 * first the best stand above.  Signals: "chosen" (guint number, 0 for none); "opened" (guint number): a double click or Return.
 * Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "sac-search-news.h"

#define SAC_TYPE_SEARCH_TABLE (sac_search_table_get_type ())
G_DECLARE_FINAL_TYPE (SacSearchTable, sac_search_table, SAC, SEARCH_TABLE, GtkWidget)

GtkWidget *sac_search_table_new (void);
/* Borrowed until the next call; what is chosen stays so where the folder is the same.  NULL: empty. */
void       sac_search_table_show (SacSearchTable *self, const SacSearchNews *news);
guint      sac_search_table_get_chosen (SacSearchTable *self);
void       sac_search_table_choose (SacSearchTable *self, guint number);
/* "3.21 · 3.05 · 2.98".  Transfer full. */
char      *sac_search_dup_scores (const SacTrial *trial);
