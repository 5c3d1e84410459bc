/* The labels' names as a list for a choice. */
#pragma once
#include <gtk/gtk.h>

#include "sac-session.h"

/* @first (nullable) and the session's labels in their order; NULL: @model says just that already.  Transfer full. */
GtkStringList *sac_label_names_if_changed (SacSession *session, GListModel *model, const char *first);
