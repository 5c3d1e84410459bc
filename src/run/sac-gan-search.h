/* A search among knowledge-transfer graphs: one SQLite file that many processes, and machines with a common disk, work on at once.
 *   DATA/searches/NAME/search.db         what is searched, and the trials (this header)
 *   DATA/searches/NAME/runs/0001/        the run folder of trial 1 (sac_gan_search_dup_run)
 *   DATA/searches/NAME/logs/0001.log     what its programs said last
 * `saccade search` alone writes; who only looks opens it for reading and asks sac_gan_search_poll() now and then whether there is news.
 *
 * All trials are drawn when the search is made, so that their graphs and seeds do not depend on who trains them or when.  A trial is
 * claimed, trained until so many epochs, scored and recorded; a claim whose process died, or has not been heard of for
 * SAC_SEARCH_SILENT_S, is free again.  With halving all trials go 1 epoch, the better half 2, the better half of those 4 …: nobody goes on
 * before all have come so far, so that who is pruned depends on numbers alone.
 * The journal is SQLite's old one, not WAL, which does not work across machines.  One thread a SacGanSearch.  methods/07 §3. */
#pragma once
#include "sac-gan-graph.h"

#define SAC_SEARCH_MOST_TRIALS 100000
#define SAC_SEARCH_SILENT_S 300         /* another machine's claim holds so long after its last sign of life */

/* Greater is better for all of them. */
typedef enum {
  SAC_OBJECTIVE_MAX_IS,         /* of the generators' inception scores the greatest */
  SAC_OBJECTIVE_G1_IS,          /* that of generator 1: the target, which keeps its name when graphs are compared */
  SAC_OBJECTIVE_MEAN_IS,
  SAC_OBJECTIVE_MIN_FID,        /* minus the least FID */
  SAC_N_OBJECTIVES
} SacObjective;
const char  *sac_objective_get_name (SacObjective objective);           /* "max-is" … */
const char  *sac_objective_get_words (SacObjective objective);          /* translated */
SacObjective sac_objective_parse (const char *name);                    /* SAC_N_OBJECTIVES: there is none of this name */
/* From the scores of @k generators; NaN where one that it needs is NaN. */
double       sac_objective_compute (SacObjective objective, guint k, const double *is, const double *fid);

typedef struct {
  char *recipe;                 /* text of the GAN recipe; its graph tells the number of generators only */
  char *data;                   /* pictures to learn from; absolute */
  char *classifier;             /* that the scores are made with; absolute */
  guint limit;                  /* pictures at most, 0: all */
  guint samples;                /* pictures a generator that are scored */
  guint k, n_trials, epochs;
  guint64 seed;                 /* of the graphs and of the trials' seeds; below 2⁶³ */
  SacObjective objective;
  gboolean halving;
  char *features;               /* the feature network in words, once something was scored; "" before, and not to be set */
  gboolean own;                 /* it was trained here: scores are called IS_c and FID_c */
} SacSearchSpec;

typedef enum { SAC_TRIAL_WAITING, SAC_TRIAL_RUNNING, SAC_TRIAL_DONE, SAC_TRIAL_PRUNED, SAC_TRIAL_FAILED, SAC_N_TRIAL_STATES } SacTrialState;
const char *sac_trial_state_get_name (SacTrialState state);             /* "waiting" … */
const char *sac_trial_state_get_words (SacTrialState state);            /* translated */

/* What a trial was worth after @epochs; NaN: not computed. */
typedef struct {
  guint epochs;
  double objective;
  double is[SAC_GAN_MOST], fid[SAC_GAN_MOST];
} SacTrialPoint;

typedef struct {
  guint number;                 /* from 1 */
  SacGanGraph graph;            /* as it was drawn, and is trained */
  char *text, *canonical;       /* its letters; those under the names that count as the same */
  guint64 seed;
  SacTrialState state;
  guint epochs;                 /* scored after so many; 0: not yet */
  double objective;             /* then; NaN before */
  guint n_points;
  SacTrialPoint *points;        /* the curve, epochs growing */
  double seconds;               /* of training and scoring */
  char *why;                    /* "" or why it failed */
  char *who;                    /* "" or the host and process that trains it */
} SacTrial;

typedef struct _SacGanSearch SacGanSearch;

/* Makes @folder with its file and draws the trials.  An error where there is a search, or fewer graphs than @n_trials that differ and
 * teach anything. */
SacGanSearch *sac_gan_search_create (const char *folder, const SacSearchSpec *spec, GError **error);
/* @write FALSE: for looking.  What is no search, is damaged or of a newer program is an error. */
SacGanSearch *sac_gan_search_open (const char *folder, gboolean write, GError **error);
void          sac_gan_search_free (SacGanSearch *search);
const SacSearchSpec *sac_gan_search_get_spec (SacGanSearch *search);    /* borrowed */
const char   *sac_gan_search_get_folder (SacGanSearch *search);         /* absolute */
/* TRUE when another connection has written since the last call. */
gboolean      sac_gan_search_poll (SacGanSearch *search);
/* SacTrial, by number; transfer full. */
GPtrArray    *sac_gan_search_list (SacGanSearch *search, GError **error);
void          sac_trial_free (SacTrial *trial);
/* The trial of the greatest objective among those that are done (the lowest number of equals), or NULL; borrowed from @trials. */
const SacTrial *sac_gan_search_best (const GPtrArray *trials);
char         *sac_gan_search_dup_run (SacGanSearch *search, guint number);
/* Folders of the searches in DATA/searches, by name, NULL-terminated; and what a search may be called. */
char        **sac_gan_search_list_folders (const char *data);
gboolean      sac_gan_search_check_name (const char *name, GError **error);
/* A line a trial with all that training and scoring gave, to 17 digits, without times and hosts: two searches that did the same have the
 * same text.  CSV. */
char         *sac_gan_search_dup_table (const SacSearchSpec *spec, const GPtrArray *trials);
/* Epochs after which trials are scored: @epochs alone, or 1, 2, 4 … @epochs; 0 past the last. */
guint         sac_gan_search_next_rung (const SacSearchSpec *spec, guint epochs);

/* ---- for those who work on it. */
/* The wish that all who work on the search in @folder stop, by a file in it; and whether it is wished.  Whoever goes on takes it back. */
gboolean      sac_gan_search_wish_stop (const char *folder, gboolean stop, GError **error);
gboolean      sac_gan_search_is_stop_wished (const char *folder);
/* Claims a trial for this process: 1 and the trial (transfer full) with the epochs to train it until; 0: there is none to claim now, but
 * others are still at work; −1: @error; 2: the search is over. */
int           sac_gan_search_claim (SacGanSearch *search, SacTrial **trial, guint *until, GError **error);
/* A sign of life for all that this process has claimed through @search. */
gboolean      sac_gan_search_beat (SacGanSearch *search, GError **error);
/* What came out, and the end of the claim.  All three are an error where the claim is another's by now. */
gboolean      sac_gan_search_record (SacGanSearch *search, guint number, const SacTrialPoint *point, double seconds, GError **error);
gboolean      sac_gan_search_fail (SacGanSearch *search, guint number, const char *why, double seconds, GError **error);
gboolean      sac_gan_search_release (SacGanSearch *search, guint number, double seconds, GError **error);
/* What scores are made with: the first words are kept, another @hash later is an error, as its numbers would mean something else. */
gboolean      sac_gan_search_note_features (SacGanSearch *search, const char *words, gboolean own, const char *hash, GError **error);
/* Failed trials wait again; how many, −1: @error. */
int           sac_gan_search_retry (SacGanSearch *search, GError **error);
/* Draws more trials; not with halving. */
gboolean      sac_gan_search_extend (SacGanSearch *search, guint n_trials, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGanSearch, sac_gan_search_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacTrial, sac_trial_free)
