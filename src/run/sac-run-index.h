/* SacRunIndex: many run folders as one table: what each is called, its recipe's keys, the last and the best of every metric, when and how
 * large.  What was read once is kept in one file that can be thrown away; a folder is read again when the times or sizes of its files
 * say so.  An index never changes once it is made, so any thread may read it; loading takes long where much is new: in a thread. */
#pragma once
#include "base/sac-base.h"

typedef struct {
  guint32 tag;                  /* number among the index's tags */
  guint32 n;                    /* points */
  double last, best;            /* best: the lowest of losses, errors, seconds, else the highest; NaN: no number */
  guint64 last_step, best_step;
} SacRunMetric;
typedef struct { guint32 key, value; } SacRunKey;       /* key: number among the index's keys; value: sac_run_index_get_text() */

typedef struct {
  const char *folder, *name, *study, *arm, *model, *status, *version, *machine, *device, *weights, *project, *snapshot;
  const char *labels_id, *split_id;     /* equal for runs that learn the same labels, and with clips divided the same way; "" unknown */
  gint64 started_us, ended_us;  /* ended: the last thing it said */
  guint64 bytes, step, seed;    /* bytes: its folder on the disk */
  guint n_clips;                /* it learnt from; 0: unknown */
  gboolean live;                /* a process works on it now */
  const SacRunMetric *metrics;  /* by tag */
  guint n_metrics;
  const SacRunKey *keys;        /* by key */
  guint n_keys;
} SacRunEntry;

typedef struct _SacRunIndex SacRunIndex;
/* @cache: path, nullable.  Folders that hold no run are left out; @progress is called from this thread. */
SacRunIndex *sac_run_index_load (const char *cache, const char *const *folders, SacProgressFunc progress, gpointer data,
                                 GCancellable *cancellable, GError **error);
SacRunIndex *sac_run_index_ref (SacRunIndex *index);
void         sac_run_index_unref (SacRunIndex *index);
guint        sac_run_index_get_n (const SacRunIndex *index);
void         sac_run_index_get (const SacRunIndex *index, guint i, SacRunEntry *entry);        /* in the order of the folders */
int          sac_run_index_find (const SacRunIndex *index, const char *folder);                /* −1: not there */
guint        sac_run_index_get_n_read (const SacRunIndex *index);                              /* how many were read anew */
/* Names of metrics (tags of events; "test/auc_macro" of the scores) and of recipe keys ("training.rate"), as they were met. */
const char  *sac_run_index_get_tag (const SacRunIndex *index, guint tag);
guint        sac_run_index_get_n_tags (const SacRunIndex *index);
const char  *sac_run_index_get_key (const SacRunIndex *index, guint key);
guint        sac_run_index_get_n_keys (const SacRunIndex *index);
const char  *sac_run_index_get_text (const SacRunIndex *index, guint text);
/* NULL: this run has none. */
const SacRunMetric *sac_run_entry_find_metric (const SacRunEntry *entry, guint tag);
const char  *sac_run_entry_find_value (const SacRunIndex *index, const SacRunEntry *entry, guint key);
/* Whether less is better: losses, errors, seconds. */
gboolean     sac_metric_wants_low (const char *tag);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRunIndex, sac_run_index_unref)

/* The folders below @parent that hold a run (recipe.ini or run.json or events/), by name.  NULL-terminated, transfer full. */
char       **sac_run_list_folders (const char *parent);
