/* run: the run folder (the only joint between training and looking), recipes, control files, worker messages.
 *   RUN/recipe.ini  RUN/run.json (environment, data snapshot, labels, version)  RUN/events/events.out.tfevents.*
 *   RUN/data.json (the clips and labels it learnt from, sac-run-data.h)
 *   RUN/checkpoints/step-N.safetensors, best.safetensors  RUN/scores/<split>.json  RUN/control/<word>  RUN/report/
 *   RUN/scores/history/<split>-N.json (at each validation)  RUN/rates.txt (changes of the rate by hand, sac-rates.h)
 *   RUN/scores/attention-<split>.json (what its attention is worth, sac-measures.h)
 *   RUN/drawn.bin (what it thought of each training example, sac-drawn.h)
 *   RUN/pins.json, pins/step-N.json (what it thinks of pinned clips, sac-pins.h)
 *   RUN/profile.json (where the time of a step went, if asked for)
 *   RUN/thresholds.json (where yes begins, a label, sac-thresholds.h) */
#pragma once
#include "base/sac-base.h"
#include "sac-recipe.h"
#include "sac-events.h"
#include "sac-waterfall.h"
#include "sac-gan-graph.h"
#include "sac-gan-health.h"
#include "sac-gan-pictures.h"
#include "sac-gan-recipe.h"
#include "sac-gan-score-file.h"
#include "sac-measures.h"
#include "sac-pins.h"
#include "sac-control.h"
#include "sac-rates.h"
#include "sac-rate-finder.h"
#include "sac-drawn.h"
#include "sac-messages.h"
#include "sac-look.h"
#include "sac-run-data.h"
#include "sac-scores-pair.h"
#include "sac-run-import.h"
#include "sac-run-index.h"
#include "sac-run-table.h"
#include "sac-serve.h"
#include "sac-thresholds.h"

#define SAC_RUN_ERROR (sac_run_error_quark ())
GQuark sac_run_error_quark (void);
typedef enum { SAC_RUN_ERROR_FORMAT, SAC_RUN_ERROR_VERSION, SAC_RUN_ERROR_RECIPE, SAC_RUN_ERROR_BUSY, SAC_RUN_ERROR_WORKER } SacRunError;

#define SAC_RUN_VERSION 1

/* Facts written once at the start. */
typedef struct {
  char *name, *model, *project, *snapshot, *weights_file, *weights_hash, *device, *host, *version;
  char *study, *arm;            /* "": none */
  char *machine;                /* processor, system, threads in words; "" in older runs */
  gint64 journal;               /* the project's last act when it began (SacAct.id), 0: none, or an older run */
  char **labels;                /* NULL-terminated, in the order of the logits */
  gint64 started_us;
  guint64 seed;
  gboolean synthetic;
} SacRunInfo;
gboolean    sac_run_info_write (const char *folder, const SacRunInfo *info, GError **error);
SacRunInfo *sac_run_info_read (const char *folder, GError **error);
void        sac_run_info_free (SacRunInfo *info);

/* Scores of one split, as written by evaluation: clips × labels. */
struct _SacScores {
  char *split;                  /* "test", "validation", "train" */
  guint64 step;
  char **labels;                /* NULL-terminated */
  guint n_labels, n_clips;
  char **clips;                 /* item names, NULL-terminated */
  float *scores;                /* n_clips × n_labels, probabilities */
  gint8 *truth;                 /* −1 unknown, 0, 1 */
  float *control;               /* nullable: scores of the colour control, same shape */
};
gboolean   sac_scores_write (const char *run_folder, const SacScores *scores, GError **error);
SacScores *sac_scores_read (const char *run_folder, const char *split, GError **error);
/* The same of each validation while the run went: RUN/scores/history/<split>-<step>.json.  Writing keeps their number within a bound
 * (SAC_SCORES_HISTORY, fewer of large sets) by dropping those that stand nearest to their neighbours; the first and the last stay.
 * Steps above @last_step are left of a life that did not reach a checkpoint and dropped by a resumed run. */
#define SAC_SCORES_HISTORY 200
gboolean   sac_scores_write_at (const char *run_folder, const SacScores *scores, GError **error);        /* at scores->step */
SacScores *sac_scores_read_at (const char *run_folder, const char *split, guint64 step, GError **error);
/* The steps there are, growing.  Transfer full; NULL where there are none. */
guint64   *sac_scores_list_steps (const char *run_folder, const char *split, guint *n);
void       sac_scores_forget_after (const char *run_folder, guint64 last_step);
void       sac_scores_free (SacScores *scores);

/* RUN/profile.json. */
gboolean    sac_profile_write (const char *run_folder, const SacProfile *profile, GError **error);
SacProfile *sac_profile_read (const char *run_folder, GError **error);

/* Newest complete checkpoint ("checkpoints/step-000120.safetensors"), or NULL; "best.safetensors" if @best and present.  Transfer full. */
char      *sac_run_find_checkpoint (const char *folder, gboolean best);
/* All step checkpoints, the newest first, NULL-terminated.  Transfer full. */
char     **sac_run_list_checkpoints (const char *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRunInfo, sac_run_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacScores, sac_scores_free)
