/* The runs of a project, and what has changed since one: its data.json beside the project as it is now. */
#pragma once
#include "run/sac-run-data.h"
#include "run/sac-run-table.h"
#include "store/sac-store.h"

/* All clips of the project with the states of @labels; of a label that the project no longer has nothing is known. */
SacRunData *sac_run_data_now (SacProject *project, const char *const *labels, GError **error);
/* SacRunChange*, see sac_run_data_compare(); NULL with an error, also where the run does not say what it learnt from.  Takes some time
 * with many clips: in a thread, with a reader.  @then is nullable. */
GPtrArray  *sac_run_list_changes (SacProject *project, const char *run_folder, SacRunData **then, GError **error);
/* A change in words: "cat: no → yes", "now in test", "no longer there", "new in training".  Transfer full. */
char       *sac_run_change_dup_words (const SacRunChange *change);

/* SacRunSaid* of the runs that the project lists, the newest first, then of run folders in its own that it does not list; without the
 * deleted.  @folders: theirs, NULL-terminated, for sac_run_index_load(), and @cache where that keeps what it read; both transfer full. */
GPtrArray  *sac_runs_collect (SacProject *project, char ***folders, char **cache, GError **error);
