/* How sure the macro AUC of an arm of a study is, and the difference of two: bootstrap over clips and over seeds at once.  Each
 * resample draws clips (the same for all arms) and seeds (a seed's runs stay together), so that differences are paired in both.
 * methods/01 §4.  Numbers in, numbers out; any thread; the same @seed gives the same numbers. */
#pragma once
#include "sac-eval.h"

typedef struct {
  guint n_arms, n_resamples;
  double *mean, *low, *high;    /* an arm: over its seeds, with all clips; 2.5 and 97.5 percentiles.  NaN where there is nothing */
  double *drawn;                /* n_arms × n_resamples, NaN where nothing was defined */
} SacArmBootstrap;

/* @scores: n_arms × n_seeds tables of @n_clips × @n_labels, NULL where a run is missing; @truth as for sac_auc_table_new(). */
SacArmBootstrap *sac_arm_bootstrap_new (const float *const *scores, const gint8 *truth, guint n_clips, guint n_labels, guint n_arms,
                                        guint n_seeds, guint n_resamples, guint64 seed);
void             sac_arm_bootstrap_free (SacArmBootstrap *bootstrap);
/* Arm @a minus arm @b. */
SacBootstrap     sac_arm_bootstrap_compare (const SacArmBootstrap *bootstrap, guint a, guint b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacArmBootstrap, sac_arm_bootstrap_free)
