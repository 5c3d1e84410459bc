/* How sure a figure is, and what becomes of scores once a threshold makes yes and no of them.  Numbers in, numbers out; any thread.
 * @truth −1 (unknown) and scores that are NaN are skipped; element i is at [i·stride].  A clip is yes where its score ≥ threshold. */
#pragma once
#include "sac-eval.h"

/* ---- 95 % interval of one AUC.  DeLong et al. 1988 on the logit scale; where its variance vanishes or cannot be had (all right, all
 * wrong, a single positive) the score interval of Newcombe 2006, method 5.  All NaN where the AUC is undefined. */
typedef struct { double auc, deviation, low, high; } SacAucInterval;
SacAucInterval sac_auc_interval (const float *scores, const gint8 *truth, gsize n, gsize stride);

/* What a paired difference says: the interval holds 0 or it does not. */
typedef enum { SAC_VERDICT_UNDEFINED, SAC_VERDICT_NOISE, SAC_VERDICT_FIRST, SAC_VERDICT_SECOND } SacVerdict;
SacVerdict sac_bootstrap_verdict (const SacBootstrap *difference);
/* sac_bootstrap_macro_auc() and, from the same resamples, each label by itself: @labels has room for n_labels, nullable; where a label is
 * undefined its n_resamples is 0.  Stops early with what it has when @stop (nullable, read atomically) is not 0. */
SacBootstrap sac_bootstrap_auc (const float *a, const float *b, const gint8 *truth, guint n_clips, guint n_labels, guint n_resamples,
                                guint64 seed, SacBootstrap *labels, const gint *stop);
/* The macro AUC itself with its bootstrap interval: @difference is the macro AUC. */
SacBootstrap sac_bootstrap_macro (const float *scores, const gint8 *truth, guint n_clips, guint n_labels, guint n_resamples, guint64 seed,
                                  const gint *stop);
/* Resamples that keep n_clips·n_labels·resamples within what a person waits for: 1000, fewer for large data, never under 100. */
guint        sac_bootstrap_affordable (guint n_clips, guint n_labels);

/* ---- at a threshold. */
typedef struct { guint hit, missed, wrong, rejected; } SacCounts;    /* TP, FN, FP, TN */
SacCounts sac_counts_at (const float *scores, const gint8 *truth, gsize n, gsize stride, double threshold);
/* The same from a curve, in log time. */
SacCounts sac_counts_of_roc (const SacRoc *roc, double threshold);
/* The point of the curve that @threshold is at. */
guint     sac_roc_find (const SacRoc *roc, double threshold);
double    sac_counts_precision (const SacCounts *counts);     /* NaN without a yes */
double    sac_counts_recall (const SacCounts *counts);        /* NaN without a positive */
double    sac_counts_false_rate (const SacCounts *counts);    /* NaN without a negative */
double    sac_counts_f1 (const SacCounts *counts);            /* NaN without positive and yes */

/* Choosing one: the highest F1; the highest recall with a false positive rate of at most @value; the lowest cost, where a missed clip
 * costs @value times a wrong yes.  Equal ones: the highest threshold.  Halfway to the next score below, so that it is as good for clips
 * not seen; ½ where there is nothing to choose by. */
typedef enum { SAC_RULE_F1, SAC_RULE_FALSE_RATE, SAC_RULE_COST, SAC_N_RULES } SacRule;
const char *sac_rule_get_name (SacRule rule);          /* "f1", "fpr", "cost" */
gboolean    sac_rule_find (const char *name, SacRule *rule);
double      sac_threshold_choose (const SacRoc *roc, SacRule rule, double value);

/* ---- confusion, for data where each clip has one label.  Rows are the truth, columns what was said: of the labels whose score reaches
 * their threshold (@thresholds NULL: all) the one with the highest score; the last column where none does. */
typedef struct {
  guint n_labels, n_clips;
  guint *counts;                /* n_labels × (n_labels + 1) */
  guint n_right;
} SacConfusion;
SacConfusion *sac_confusion_new (const float *scores, const gint8 *truth, guint n_clips, guint n_labels, const double *thresholds);
void          sac_confusion_free (SacConfusion *confusion);
/* The label that is said of one clip; n_labels: none. */
guint         sac_said (const float *scores, guint n_labels, const double *thresholds);
/* The one label of a clip; −1 where it has none or several. */
int           sac_only_label (const gint8 *truth, guint n_labels);
/* Whether each clip whose truth is known at all has exactly one. */
gboolean      sac_is_one_label (const gint8 *truth, guint n_clips, guint n_labels);

/* Cross-entropy of each clip, its mean over the known labels (@label ≥ 0: of that one); NaN where nothing is known. */
void          sac_clip_losses (const float *scores, const gint8 *truth, guint n_clips, guint n_labels, int label, double *losses);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacConfusion, sac_confusion_free)
