/* One run folder as the index wants to know it, read from its files. */
#pragma once
#include "sac-run-index.h"

/* What is equal as long as nothing of a run was written: times and sizes of its files.  @newest: the last file of events, as it was
 * known (NULL: look for it); set to what it is now, transfer full. */
guint64 _sac_run_stamp (const char *folder, char **newest);

enum { FACT_NAME, FACT_STUDY, FACT_ARM, FACT_MODEL, FACT_STATUS, FACT_VERSION, FACT_MACHINE, FACT_DEVICE, FACT_WEIGHTS, FACT_PROJECT,
       FACT_SNAPSHOT, FACT_LABELS_ID, FACT_SPLIT_ID, N_FACTS };

typedef struct { char *tag; SacRunMetric metric; } SacFreshMetric;
typedef struct {
  char *facts[N_FACTS];         /* never NULL once read */
  gint64 started_us, ended_us;
  guint64 bytes, step, seed;
  guint n_clips;
  GArray *metrics;              /* SacFreshMetric */
  GPtrArray *keys, *values;     /* char* */
} SacFreshRun;
void _sac_fresh_run_read (SacFreshRun *fresh, const char *folder);
void _sac_fresh_run_clear (SacFreshRun *fresh);
