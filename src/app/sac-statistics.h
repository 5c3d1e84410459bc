/* SacStatistics: what the project holds, as figures one below the other.  Each bar or cell is a filter: a click emits "query" (char*) in
 * the language of store/.  Numbers are read in a thread over an own connection, when the widget is seen and when the project changed. */
#pragma once
#include <gtk/gtk.h>

#include "sac-session.h"

#define SAC_TYPE_STATISTICS (sac_statistics_get_type ())
G_DECLARE_FINAL_TYPE (SacStatistics, sac_statistics, SAC, STATISTICS, GtkWidget)

GtkWidget *sac_statistics_new (void);
/* @session may be NULL: nothing is shown then. */
void       sac_statistics_set_session (SacStatistics *self, SacSession *session);
/* Only clips that fit; NULL all.  Read anew. */
void       sac_statistics_set_query (SacStatistics *self, const char *query);
