/* Columns and filters of a SacRunTable. */
#pragma once
#include "sac-run-table.h"

struct _SacRunTable {
  gatomicrefcount refs;
  SacRunIndex *index;
  GPtrArray *said, *own_said;   /* SacRunSaid: given, and made for runs of which nothing is said */
  SacRunEntry *entries;         /* of each run of the index */
  const SacRunSaid **of;        /* the same */
  GArray *rows;                 /* SacRunTableRow */
  guint n_runs;
  GPtrArray *columns, *headings;
};

typedef enum {
  COLUMN_NAME, COLUMN_TAGS, COLUMN_NOTE, COLUMN_STUDY, COLUMN_ARM, COLUMN_STATUS, COLUMN_MODEL, COLUMN_STEP, COLUMN_STARTED,
  COLUMN_DURATION, COLUMN_SEED, COLUMN_SIZE, COLUMN_CLIPS, COLUMN_DEVICE, COLUMN_MACHINE, COLUMN_VERSION, COLUMN_WEIGHTS, COLUMN_LABELS,
  COLUMN_SPLIT, COLUMN_SNAPSHOT, COLUMN_FOLDER, N_COLUMN_FACTS, COLUMN_KEY, COLUMN_BEST, COLUMN_LAST, COLUMN_NONE,
} SacColumnKind;
typedef struct { SacColumnKind kind; guint number; } SacColumn;         /* number: of the key or tag in the index */

SacColumn  _sac_column_parse (const SacRunIndex *index, const char *column);
double     _sac_table_number (const SacRunTable *table, guint run, const SacColumn *column);    /* NaN: none, or words */
/* @shown: as a person reads it, else as a program does.  Transfer full. */
char      *_sac_table_dup_text (const SacRunTable *table, guint run, const SacColumn *column, gboolean shown);

GPtrArray *_sac_filter_parse (const SacRunIndex *index, const char *filter);
gboolean   _sac_filter_takes (const SacRunTable *table, const GPtrArray *words, guint run);
