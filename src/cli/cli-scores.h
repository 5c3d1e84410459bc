/* What train and eval print about scores. */
#pragma once
#include "eval/sac-eval.h"
#include "run/sac-run.h"

/* A table of labels (AUC, positives, negatives, band of chance), then "macro AUC …" and "control AUC …". */
void sac_cli_print_scores (const SacScores *scores);
/* The same as one JSON object; with @thresholds (nullable) what becomes of each label at its threshold. */
void sac_cli_print_scores_json (const char *run_folder, const SacScores *scores, const SacThresholds *thresholds);
/* What becomes of each label at its threshold: hits, missed, wrong, precision, recall, F1. */
void sac_cli_print_decisions (const SacScores *scores, const SacThresholds *thresholds);
/* @words: a number between 0 and 1, "f1", "fpr:0.05" or "cost:3"; @label NULL: all labels. */
gboolean sac_cli_choose_thresholds (SacThresholds *thresholds, const SacScores *scores, const char *words, const char *label,
                                    GError **error);
/* Folder of a run: a path, or the name of one in @project's folder (nullable).  Transfer full; NULL with @error. */
char *sac_cli_find_run (const char *name, const char *project, GError **error);
/* The trainer and the worker leave the machine to others: low priority, and the first to go when memory ends. */
void sac_cli_stay_behind (gboolean low_priority);
