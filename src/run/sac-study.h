/* A study: several arms of one recipe, each with several seeds, trained one after the other (or several at once) and compared.
 *
 * The recipe of a study is a recipe with more sections:
 *   [study]      seeds=1;2;3   order=seeds (every arm once, then the next seed) or arms (all seeds of an arm, then the next)
 *   [arm NAME]   title= and any key of a recipe, whatever its section: what this arm does otherwise
 *   [source NAME]  project=FILE and keys as of an arm: a run on other clips that comes first.  An arm with weights=source:NAME
 *                begins with its best checkpoint; with weights=run:NAME_OR_FOLDER with that of a run made before.
 *
 * DATA/studies/NAME/ is a study that was started: study.ini (the recipe, with what was chosen), queue.json (the runs in their order,
 * with states), control/ (what a person wants otherwise), logs/, report/, lock (held by `saccade study` while it lives).  The runs lie
 * in DATA/runs/ as all others do.  Only who holds the lock writes queue.json; it is whole at any time. */
#pragma once
#include "sac-run.h"

/* ---- the recipe. */
typedef struct {
  char *name;                   /* letters, digits, - _ . */
  char *title;                  /* translated; the name where there is none */
  char *weights;                /* "", a file, "run:…" or "source:…" */
  char *project;                /* of a source: as it stands in the file; NULL for an arm */
  char *text;                   /* a plain recipe, with the first seed; sac_recipe_parse() takes it */
} SacStudyArm;

typedef struct {
  char *title, *description;    /* translated */
  char *text;                   /* the recipe as it was read */
  GPtrArray *arms, *sources;    /* SacStudyArm */
  guint64 *seeds;
  guint n_seeds;
  gboolean arms_first;          /* order=arms */
} SacStudyPlan;

SacStudyPlan *sac_study_plan_parse (const char *text, GError **error);
SacStudyPlan *sac_study_plan_load (const char *path, GError **error);
void          sac_study_plan_free (SacStudyPlan *plan);
/* NULL where there is none of this name.  Borrowed. */
SacStudyArm  *sac_study_plan_find (const SacStudyPlan *plan, const char *arm, gboolean source);
/* The same with only some arms, other seeds ("1;2"), and key=value in place of what an arm has; all nullable, @arms and @changes ended by
 * NULL, a change reads "ARM key=value" or "source NAME key=value".  Sources that no arm needs are left out.  Comments stay. */
SacStudyPlan *sac_study_plan_with (const SacStudyPlan *plan, const char *const *arms, const char *seeds, const char *const *changes,
                                   GError **error);
/* The plain recipe of an arm (or source) with a seed. */
SacRecipe    *sac_study_plan_dup_recipe (const SacStudyPlan *plan, const char *arm, gboolean source, guint64 seed, GError **error);
/* Whether a file holds a study rather than a plain recipe; those that ship with the program: paths, transfer full. */
gboolean      sac_study_is_recipe (const char *path);
char        **sac_study_list_recipes (void);

/* ---- the queue. */
typedef enum {
  SAC_JOB_WAITING,
  SAC_JOB_RUNNING,              /* or it was, when the study died: sac_run_is_live (study) tells */
  SAC_JOB_PAUSED,               /* a person put it off; its checkpoint is kept */
  SAC_JOB_DONE,
  SAC_JOB_FAILED,
  SAC_JOB_SKIPPED,
  SAC_N_JOB_STATES
} SacJobState;
const char *sac_job_state_get_name (SacJobState state);        /* "waiting" …: in the file */
const char *sac_job_state_get_words (SacJobState state);       /* translated */

typedef struct {
  char *arm;
  guint64 seed;
  gboolean source;              /* of the plan's sources, not of its arms */
  SacJobState state;
  char *why;                    /* "" or why it failed */
  char *device;                 /* where it computes, "" before */
  char *run;                    /* folder */
  guint step, steps;
  double seconds;               /* spent in training so far */
  double left;                  /* s, −1 unknown */
} SacStudyJob;

typedef struct {
  char *folder, *name, *project;        /* of the study; the project file */
  gboolean paused;              /* nothing is started until a person says so */
  double left;                  /* s until all is done, −1 unknown */
  GPtrArray *jobs;              /* SacStudyJob, in the order in which they are to run */
} SacStudyQueue;

/* Makes DATA/studies/NAME with all jobs waiting; @data: the project's folder.  An error when there is such a study. */
SacStudyQueue *sac_study_create (const char *data, const char *name, const char *project, const SacStudyPlan *plan, GError **error);
SacStudyQueue *sac_study_queue_load (const char *folder, GError **error);
gboolean       sac_study_queue_save (const SacStudyQueue *queue, GError **error);       /* by the holder of the lock */
void           sac_study_queue_free (SacStudyQueue *queue);
SacStudyJob   *sac_study_queue_find (const SacStudyQueue *queue, const char *arm, guint64 seed, gboolean source);
guint          sac_study_queue_count (const SacStudyQueue *queue, SacJobState state);
SacStudyPlan  *sac_study_load_plan (const char *folder, GError **error);       /* its study.ini */
/* Folders of a project's studies, the newest first, ended by NULL. */
char         **sac_study_list (const char *data);
/* @name as a folder may be called; NULL with @error where it may not. */
gboolean       sac_study_check_name (const char *name, GError **error);

/* ---- what a person wants otherwise.  Of one job, or (arm NULL) of the whole study. */
typedef enum {
  SAC_STUDY_PAUSE,              /* a running one is checkpointed and ended: its memory is free */
  SAC_STUDY_RESUME,             /* what is paused, skipped or failed waits again */
  SAC_STUDY_SKIP,               /* of one job only */
  SAC_STUDY_MOVE,               /* of one job, to @place of the queue, 0 the first */
  SAC_STUDY_STOP,               /* of the study: running ones are checkpointed, `saccade study` ends */
} SacStudyWish;
typedef struct {
  SacStudyWish what;
  char *arm;
  guint64 seed;
  gboolean source;
  guint place;
} SacStudyAct;
/* FALSE: there is no such job, or it is not in a state for this. */
gboolean sac_study_queue_apply (SacStudyQueue *queue, const SacStudyAct *act, GError **error);
/* Whether `saccade study` lives there or not. */
gboolean sac_study_tell (const char *folder, const SacStudyAct *act, GError **error);
/* For who holds the lock: all that was wanted since, applied to @queue in order and saved with it; TRUE if there was any.  @stop
 * (nullable) becomes TRUE where the study is to stop. */
gboolean sac_study_take (SacStudyQueue *queue, gboolean *stop);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacStudyPlan, sac_study_plan_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacStudyQueue, sac_study_queue_free)
