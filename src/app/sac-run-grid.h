/* SacRunGrid: a table of thousands of runs.  Only the cells that are seen are laid out, heads stay in sight, a click on one sorts.
 * Rows are ticked (by their box, or Space) and selected (click, Shift, Ctrl, arrows, Ctrl+A); both are kept by folder, so they outlive
 * another order.  Signals: "cursor-changed", "ticks-changed", "selection-changed", "activated" (Return, double click), "sort-asked"
 * (string column), "menu-asked" (double x, double y).  Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "run/sac-run-table.h"

#define SAC_TYPE_RUN_GRID (sac_run_grid_get_type ())
G_DECLARE_FINAL_TYPE (SacRunGrid, sac_run_grid, SAC, RUN_GRID, GtkWidget)

void         sac_run_grid_set_table (SacRunGrid *self, SacRunTable *table);           /* nullable; shared */
void         sac_run_grid_set_sorted (SacRunGrid *self, const char *column, gboolean descending);      /* what the heads show */
SacRunTable *sac_run_grid_get_table (SacRunGrid *self);                                /* borrowed, nullable */
/* The run of the index that the cursor is on; −1: none. */
int          sac_run_grid_get_cursor (SacRunGrid *self);
void         sac_run_grid_set_cursor (SacRunGrid *self, const char *folder);
/* Runs of the index, in the order of the table; those that are not shown are left out.  Transfer full, of guint. */
GArray      *sac_run_grid_list_ticked (SacRunGrid *self);
GArray      *sac_run_grid_list_selected (SacRunGrid *self);     /* where none is: the cursor's */
void         sac_run_grid_set_ticked (SacRunGrid *self, const char *folder, gboolean ticked);
void         sac_run_grid_untick_all (SacRunGrid *self);
/* The colour of ticked runs' curves, as the n-th ticked: 0 for the first. */
int          sac_run_grid_find_tick (SacRunGrid *self, guint run);      /* −1: not ticked */
void         sac_run_grid_tick_selected (SacRunGrid *self);             /* all of them, or none if all are */
