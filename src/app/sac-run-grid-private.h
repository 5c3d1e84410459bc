#pragma once
#include "sac-run-grid.h"

#define SAC_RUN_ROW_HEIGHT 30
#define SAC_RUN_TICK_WIDTH 36
#define SAC_RUN_NO_ROW G_MAXUINT

/* The cells of one row, laid out when it is first seen. */
typedef struct {
  guint row;
  PangoLayout **cells;          /* as many as columns; NULL: empty */
} SacRunLine;

struct _SacRunGrid {
  GtkWidget parent_instance;
  SacRunTable *table;           /* nullable */
  GtkAdjustment *hadjustment, *vadjustment;
  GtkScrollablePolicy hpolicy, vpolicy;
  GHashTable *ticked, *selected;        /* folders */
  char *cursor_folder, *sort;
  gboolean descending;
  guint cursor, anchor;         /* rows of the table */
  int *widths;                  /* of the columns, px */
  guint n_columns;
  int total_width;
  PangoLayout **heads;
  GHashTable *lines;            /* row → SacRunLine */
  guint hovered;
};

/* ---- sac-run-grid.c */
enum { SAC_RUN_CURSOR_CHANGED, SAC_RUN_TICKS_CHANGED, SAC_RUN_SELECTION_CHANGED, SAC_RUN_ACTIVATED, SAC_RUN_SORT_ASKED, SAC_RUN_MENU_ASKED,
       SAC_RUN_N_SIGNALS };
extern guint _sac_run_grid_signals[SAC_RUN_N_SIGNALS];
guint       _sac_run_grid_get_n (SacRunGrid *self);
const char *_sac_run_grid_get_folder (SacRunGrid *self, guint row);    /* NULL: a heading */
void        _sac_run_grid_reveal (SacRunGrid *self, guint row);
void        _sac_run_grid_describe (SacRunGrid *self);

/* ---- sac-run-grid-draw.c */
void        _sac_run_grid_snapshot (SacRunGrid *self, GtkSnapshot *snapshot);
void        _sac_run_grid_measure_columns (SacRunGrid *self);
void        _sac_run_grid_forget_lines (SacRunGrid *self);

/* ---- sac-run-grid-input.c */
void        _sac_run_grid_init_input (SacRunGrid *self);
void        _sac_run_grid_class_init_input (GtkWidgetClass *klass);
/* The column under @x of the widget; −1: the box, or none. */
int         _sac_run_grid_column_at (SacRunGrid *self, double x);
