/* SacRunTable: what is shown of an index: which runs, in which order, which columns, beside what a person said of them.  Never changes once
 * it is made, so any thread may read it; making one for 10 000 runs takes some tens of milliseconds.
 *   Columns: "name" "tags" "note" "study" "arm" "status" "model" "step" "started" "duration" "seed" "size" "clips" "device" "machine"
 *   "version" "weights" "labels" "split" "snapshot" "folder", "key:training.rate" of a recipe, "best:auc_macro" and "last:auc_macro".
 *   Filter: words that must all stand in a name, tag, note, study, arm, status, model or value of a recipe (-word: must not), tag:word,
 *   and comparisons of a column: rate=0.01 auc_macro>0.8 step<100 (of a metric its best; a key without its group will do). */
#pragma once
#include "sac-run-index.h"

typedef struct {
  gint64 id;                    /* SacId, 0: the project does not list it */
  char *folder, *name, *note;   /* note nullable */
  char **tags;                  /* nullable */
  gboolean archived;
} SacRunSaid;
SacRunSaid *sac_run_said_new (gint64 id, const char *folder, const char *name, const char *note, char **tags, gboolean archived);
void        sac_run_said_free (SacRunSaid *said);

typedef struct {
  const char *const *columns;   /* NULL: the usual ones */
  const char *filter;           /* nullable */
  const char *sort;             /* column; NULL: as given */
  gboolean descending;
  const char *group;            /* column; NULL: none */
  gboolean archived;            /* those too */
  gboolean differences;         /* only columns whose values differ, beside name and metrics */
} SacRunWish;

typedef struct _SacRunTable SacRunTable;
/* @said: SacRunSaid*, shared.  Runs of the index of which nothing was said have the name of their folder. */
SacRunTable *sac_run_table_new (SacRunIndex *index, GPtrArray *said, const SacRunWish *wish);
SacRunTable *sac_run_table_ref (SacRunTable *table);
void         sac_run_table_unref (SacRunTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRunTable, sac_run_table_unref)

/* A row is a run, or the heading of a group: @run −1, with the group's value and how many runs follow. */
typedef struct { gint run; guint n; const char *heading; } SacRunTableRow;
guint        sac_run_table_get_n (const SacRunTable *table);
SacRunTableRow sac_run_table_get_row (const SacRunTable *table, guint row);
guint        sac_run_table_get_n_runs (const SacRunTable *table);       /* shown */
guint        sac_run_table_get_n_all (const SacRunTable *table);
SacRunIndex *sac_run_table_get_index (const SacRunTable *table);
const SacRunSaid *sac_run_table_get_said (const SacRunTable *table, guint run);        /* @run: of the index; never NULL */
guint        sac_run_table_get_n_columns (const SacRunTable *table);
const char  *sac_run_table_get_column (const SacRunTable *table, guint column);
gboolean     sac_run_table_is_number (const char *column);              /* set to the right */
/* Text of a cell; "" where there is nothing.  Transfer full. */
char        *sac_run_table_dup_cell (const SacRunTable *table, guint run, const char *column);
double       sac_run_table_get_number (const SacRunTable *table, guint run, const char *column);        /* NaN: none */

/* All columns there are, NULL-terminated; @title: what a column is called.  Transfer full. */
char       **sac_run_index_dup_columns (const SacRunIndex *index);
char        *sac_run_column_dup_title (const char *column);
/* Why these runs (of the index) must not be drawn as one series, in words; NULL: nothing speaks against it.  Transfer full. */
char        *sac_run_index_dup_difference (const SacRunIndex *index, const guint *runs, guint n);
/* The table as it is shown, comma-separated, with a heading line.  Transfer full. */
char        *sac_run_table_dup_csv (const SacRunTable *table);
