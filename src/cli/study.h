/* What `saccade study` is made of: cli-study.c reads the options, study-files.c finds weights and sources, study-runner.c trains. */
#pragma once
#include "run/sac-study.h"

/* ---- study-files.c */
/* Weights by what a recipe or a person calls them: "run:NAME_OR_FOLDER" is the best checkpoint of a run, else a file that is looked for
 * here, beside the project and among the user's weights.  A path, transfer full. */
char *sac_cli_find_weights (const char *name, const char *project_path, GError **error);
/* The plan with all that it names found: absolute paths.  @weights: "FILE" for arms that name a file, or "ARM=FILE"; @sources:
 * "NAME=PROJECT"; both nullable, ended by NULL.  @recipe_path: projects are looked for beside it, too. */
SacStudyPlan *sac_cli_settle_plan (const SacStudyPlan *plan, const char *recipe_path, const char *project_path,
                                   const char *const *arms, const char *seeds, const char *const *weights, const char *const *sources,
                                   GError **error);

/* ---- study-runner.c */
typedef struct {
  const char *const *devices;   /* ended by NULL; empty: cpu */
  guint n_jobs;                 /* at once; 0: one for each device */
  int n_threads;                /* of each; 0: all cores */
  gboolean full_speed;
} SacStudyOptionsOfRun;
/* Holds the lock and goes through the queue until nothing is left to do, or it is told to stop.  TRUE when no run failed; @error only where
 * it could not go on at all. */
gboolean sac_cli_run_study (const char *folder, const SacStudyOptionsOfRun *options, gboolean *all_done, GError **error);
/* The queue as a table, or as JSON. */
void     sac_cli_print_study (const SacStudyQueue *queue, gboolean json);
