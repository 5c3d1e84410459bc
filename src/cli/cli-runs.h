/* What the files of `saccade runs` share. */
#pragma once
#include "run/sac-run-table.h"
#include "sac-cli.h"

typedef struct {
  SacProject *project;
  GPtrArray *said;              /* SacRunSaid */
  SacRunIndex *index;
} SacRuns;
gboolean _sac_runs_open (SacRuns *runs, const char *project_path, gboolean write, GError **error);
void     _sac_runs_close (SacRuns *runs);
/* By folder, by the folder's name, or by a name that one run alone has. */
const SacRunSaid *_sac_runs_find (const SacRuns *runs, const char *name, GError **error);

typedef struct {
  const char *columns, *sort, *group;
  gboolean descending, differences, all, off, json;
} SacListOptions;
/* Where a run comes from, its recipe, its metrics, and what has changed since. */
gboolean _sac_runs_show (const SacRuns *runs, const char *name, gboolean json, GError **error);
