/* Words of the query language below a search field, while one is typed: Down and Up choose, Enter takes, Escape closes. */
#pragma once
#include <gtk/gtk.h>

#include "sac-session.h"

/* Lives as long as @entry. */
void sac_query_completion_attach (GtkWidget *entry, SacSession *session);
