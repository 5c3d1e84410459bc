/* What `saccade weights motion --json` says of runs, as a table with its answer in words: does a network use time?  Main thread. */
#pragma once
#include <gtk/gtk.h>

/* A widget with all of it, floating; NULL where @json is not such an answer.  @names: folder of a run → its name. */
GtkWidget *sac_motion_table_new (const char *json, GHashTable *names);
