/* SacCompareTable: the clips of a comparison, one a row, with the score of each run for the label in question and whether the run is
 * right about it.  What is shown (all, those behind a mark of a plot, the wrong, the flips, the hardest), a query and the order are chosen
 * here and worked out by a thread; rows are made as they are looked at.
 * Signals: "clip-chosen" (string name, uint run of the view) a row was opened; "side-by-side" (string name) beside each other was asked
 * for; "set-wanted" all its clips are wanted elsewhere. */
#pragma once
#include <gtk/gtk.h>

#include "sac-compare-data.h"
#include "sac-session.h"

#define SAC_TYPE_COMPARE_TABLE (sac_compare_table_get_type ())
G_DECLARE_FINAL_TYPE (SacCompareTable, sac_compare_table, SAC, COMPARE_TABLE, GtkWidget)

void    sac_compare_table_set_session (SacCompareTable *self, SacSession *session);
/* @thresholds of the label, a run; @all_thresholds of all labels of a run's scores, a run, NULL-terminated.  Both taken. */
void    sac_compare_table_set_view (SacCompareTable *self, SacCompareView *view, double *thresholds, double **all_thresholds);
/* The clips behind it; @words: what it is. */
void    sac_compare_table_show_mark (SacCompareTable *self, const SacBehind *mark, const char *words);
/* What is shown, in words; the ids of its clips.  Transfer full. */
char   *sac_compare_table_dup_words (SacCompareTable *self);
GArray *sac_compare_table_dup_ids (SacCompareTable *self);     /* SacId */
/* A drop-down of names that takes room for @most letters. */
void    sac_compare_shorten (GtkDropDown *drop, int most);
