/* SacThresholds: where a person, or a rule, put the line between yes and no for each label of a run: RUN/thresholds.json,
 *   { "version": 1, "labels": [ { "label": "throw", "threshold": 0.31, "rule": "f1", "split": "validation" }, … ] }
 * Labels that are not in it are decided at ½.  Kept with the weights, so whoever shows or exports a decision reads it.  Any thread. */
#pragma once
#include "base/sac-base.h"

#define SAC_THRESHOLD_DEFAULT 0.5

typedef struct {
  GHashTable *by_label;         /* label → SacThreshold */
} SacThresholds;
typedef struct {
  double at;
  char *rule;                   /* how it was found: "hand", "f1", "fpr 0.05", "cost 3" */
  char *split;                  /* on whose clips it was chosen: "test", "validation", "train"; "": not known */
} SacThreshold;

SacThresholds *sac_thresholds_new (void);
/* A run without any gives an empty one; NULL with @error only where there is a file and it is damaged. */
SacThresholds *sac_thresholds_read (const char *run_folder, GError **error);
/* Without any, the file goes. */
gboolean       sac_thresholds_write (const char *run_folder, const SacThresholds *thresholds, GError **error);
void           sac_thresholds_free (SacThresholds *thresholds);
double         sac_thresholds_get (const SacThresholds *thresholds, const char *label);
const char    *sac_thresholds_get_rule (const SacThresholds *thresholds, const char *label);    /* NULL: none was chosen */
const char    *sac_thresholds_get_split (const SacThresholds *thresholds, const char *label);   /* NULL: none was chosen */
/* @rule NULL: back to ½.  @split nullable. */
void           sac_thresholds_set (SacThresholds *thresholds, const char *label, double at, const char *rule, const char *split);
guint          sac_thresholds_get_n (const SacThresholds *thresholds);
/* One for each of @labels (NULL-terminated).  Transfer full. */
double        *sac_thresholds_dup (const SacThresholds *thresholds, const char *const *labels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacThresholds, sac_thresholds_free)
