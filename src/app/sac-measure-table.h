/* SacMeasureTable: runs and labels in a table, a row each: AUC, and beside it what the network's attention is worth (run/sac-measures.h).
 * A click on the head of a column sorts by it.  Signal "label-chosen" (string): a row was opened. */
#pragma once
#include <gtk/gtk.h>

#include "run/sac-run.h"

#define SAC_TYPE_MEASURE_TABLE (sac_measure_table_get_type ())
G_DECLARE_FINAL_TYPE (SacMeasureTable, sac_measure_table, SAC, MEASURE_TABLE, GtkWidget)

void sac_measure_table_clear (SacMeasureTable *self);
/* A run's rows: one for all labels, one a label.  @figures NULL: its attention was not looked into.  @labels: of @auc, @n_labels. */
void sac_measure_table_add (SacMeasureTable *self, const char *run, const SacMeasures *figures, const char *const *labels,
                            const double *auc, guint n_labels, double macro_auc);
