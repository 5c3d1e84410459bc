/* Looks at a run before it is made: shared by the verbs train and plan.  Exit codes. */
#pragma once
#include "train/sac-train.h"

/* 20 steps are timed, and what they foretell is printed. */
int sac_cli_probe (const SacTrainSpec *spec, gboolean as_json, GCancellable *cancellable);
/* Sweeps the rates; spec->run_folder gets rate-finder.json and nothing else. */
int sac_cli_find_rate (const SacTrainSpec *spec, gboolean as_json, GCancellable *cancellable);
