/* What train and eval print about scores. */
#pragma once
#include "eval/sac-eval.h"
#include "run/sac-run.h"

/* A table of labels (AUC, positives, negatives, band of chance), then "macro AUC …" and "control AUC …". */
void sac_cli_print_scores (const SacScores *scores);
/* The same as one JSON object. */
void sac_cli_print_scores_json (const char *run_folder, const SacScores *scores);
/* Folder of a run: a path, or the name of one in @project's folder (nullable).  Transfer full; NULL with @error. */
char *sac_cli_find_run (const char *name, const char *project, GError **error);
/* The trainer and the worker leave the machine to others: low priority, and the first to go when memory ends. */
void sac_cli_stay_behind (gboolean low_priority);
