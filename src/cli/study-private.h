/* Shared by study-runner.c and study-progress.c. */
#pragma once
#include "study.h"

typedef struct {
  SacStudyJob *job;             /* borrowed from the queue; NULL: free */
  GPid pid;                     /* 0 where adopted */
  gboolean adopted;             /* not our child: the study that started it is dead */
  gboolean ended;               /* it was asked to go */
  SacEventReader *events;
  char *log;
  gint64 began_us;
  double seconds;               /* spent before this start */
} SacStudySlot;

typedef struct {
  const SacStudyOptionsOfRun *options;
  SacStudyQueue *queue;
  SacStudyPlan *plan;
  SacStudySlot *slots;
  guint n_slots;
  GHashTable *deaths;           /* SacStudyJob → how often it was killed */
  gboolean stop, changed;
  gint64 told_us;
} SacStudyRunner;

/* ---- study-progress.c */
char    *sac_cli_dup_job_name (const SacStudyJob *job);         /* "i3d-avg:2" */
/* How far a run is by its events. */
void     sac_cli_study_look (SacStudyJob *job, SacEventReader *events);
/* Steps, time left of each run and of the whole queue; said on the terminal. */
void     sac_cli_study_progress (SacStudyRunner *runner);

/* ---- study-files.c */
/* The job that an arm begins with, NULL for those with weights of their own.  Borrowed. */
SacStudyJob *sac_cli_study_source (const SacStudyRunner *runner, const SacStudyArm *arm);
/* Path of an arm's weights, NULL for none. */
gboolean     sac_cli_study_weights (const SacStudyRunner *runner, const SacStudyArm *arm, char **path, GError **error);
/* Asks the trainer that holds RUN's lock, whoever started it, for a checkpoint and its end.  FALSE: it was not found. */
gboolean     sac_cli_end_trainer (const char *run);
