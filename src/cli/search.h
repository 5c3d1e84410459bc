/* What `saccade search` is made of: cli-search.c reads the options, search-runner.c trains, search-score.c scores, search-report.c
 * tells. */
#pragma once
#include "run/sac-gan-search.h"

typedef struct {
  guint n_jobs;                 /* trials at once; at least one */
  int n_threads;                /* of each; 0: the cores, shared among the trials */
  const char *scorer;           /* nullable: a program that scores, instead of the classifier */
  gboolean slim;                /* checkpoints of finished trials go, but for the best's */
  gboolean full_speed;
} SacSearchRun;

/* Works on trials until there are none left, here or elsewhere: 0; stopped by a signal, all claims given back: 1; −1: @error. */
int      sac_cli_run_search (SacGanSearch *search, const SacSearchRun *run, GError **error);

/* ---- search-score.c: trials are scored one at a time, in a thread of their own. */
typedef struct _SacSearchScorer SacSearchScorer;
SacSearchScorer *sac_search_scorer_new (SacGanSearch *search, guint n_threads);
void             sac_search_scorer_free (SacSearchScorer *scorer);     /* what is under way is given up */
/* Scores the run of a trial that was trained until @epochs; what became of it is in the answer. */
typedef enum { SAC_SCORED, SAC_SCORE_UNTRAINED, SAC_SCORE_FAILED, SAC_SCORE_HOPELESS } SacScoreOutcome;
typedef struct {
  guint number, epochs;
  SacScoreOutcome outcome;      /* untrained: its newest checkpoint is of fewer updates; hopeless: no trial can be scored */
  SacTrialPoint point;
  char *features, *hash;        /* of the feature network */
  gboolean own;                 /* it was trained here */
  char *why;
} SacScoreAnswer;
void             sac_search_scorer_ask (SacSearchScorer *scorer, guint number, guint epochs);
SacScoreAnswer  *sac_search_scorer_take (SacSearchScorer *scorer);     /* NULL: none yet */
void             sac_score_answer_free (SacScoreAnswer *answer);
/* What a scoring program printed: a line a generator, inception score and (may be left out) FID. */
gboolean         sac_search_parse_scores (const char *text, const SacSearchSpec *spec, SacTrialPoint *point, GError **error);

/* ---- search-slurm.c: an array script whose tasks work on @search together.  @program: how to call this program. */
char    *sac_search_dup_slurm (SacGanSearch *search, const char *program, const SacSearchRun *run);

/* ---- search-report.c */
char    *sac_search_dup_words (SacGanSearch *search, const GPtrArray *trials);         /* for a terminal */
char    *sac_search_dup_effects_csv (SacGanSearch *search, const GPtrArray *trials);
char    *sac_search_dup_page (SacGanSearch *search, const GPtrArray *trials);          /* HTML */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacScoreAnswer, sac_score_answer_free)
