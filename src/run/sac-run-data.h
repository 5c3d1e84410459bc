/* RUN/data.json: what a run learnt from and was measured with, so that it can be told later what has changed since.
 *   {"version":1,"snapshot":…,"labels":[…],"clips":[{"hash":…,"name":…,"in_ns":…,"out_ns":…,"split":"train","held":true,"states":"10?"}…]}
 * The file is not trusted; runs made before it existed have none. */
#pragma once
#include "base/sac-base.h"

typedef struct {
  char *hash, *name;            /* of its media; of the clip */
  gint64 in_ns, out_ns;
  guint split;                  /* as SacSplit: 0 none, 1 train, 2 validation, 3 test */
  gboolean held;                /* taken out of training to watch the run with */
} SacRunClip;
typedef struct {
  char *snapshot;               /* nullable */
  char **labels;                /* NULL-terminated */
  guint n_labels;
  GArray *clips;                /* SacRunClip */
  GByteArray *states;           /* clips × labels as gint8: −1 unknown, 0 no, 1 yes */
} SacRunData;

SacRunData *sac_run_data_new (const char *const *labels);
/* Copies all; @states holds a value for each label. */
void        sac_run_data_add (SacRunData *data, const SacRunClip *clip, const gint8 *states);
int         sac_run_data_get_state (const SacRunData *data, guint clip, guint label);
gboolean    sac_run_data_write (const char *folder, const SacRunData *data, GError **error);
SacRunData *sac_run_data_read (const char *folder, GError **error);
void        sac_run_data_free (SacRunData *data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRunData, sac_run_data_free)

/* ---- what is different now.  Clips are the same when they have one name, or one media and one stretch. */
typedef enum { SAC_RUN_CHANGE_LABEL, SAC_RUN_CHANGE_SPLIT, SAC_RUN_CHANGE_GONE, SAC_RUN_CHANGE_NEW } SacRunChangeKind;
typedef struct {
  SacRunChangeKind kind;
  char *clip;                   /* its name now; of one that is gone, then */
  char *label;                  /* of LABEL, else NULL */
  int was, is;                  /* states of LABEL, splits of SPLIT and NEW */
} SacRunChange;
void       sac_run_change_free (SacRunChange *change);
/* @now: the same labels, all clips of the project.  NEW are clips of a split that say something of a label and that the run did not
 * know.  SacRunChange*, labels first, each kind in the order of the clips; transfer full. */
GPtrArray *sac_run_data_compare (const SacRunData *then, const SacRunData *now);

/* The processor, the system and @n_threads, in one line of words.  Transfer full. */
char      *sac_run_dup_machine (guint n_threads);
