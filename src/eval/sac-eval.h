/* eval: numbers in, numbers out.  methods/01 §4.  Any thread. */
#pragma once
#include "base/sac-base.h"
#include "sac-faithfulness.h"

/* ---- ROC.  Equal scores form one step (a diagonal segment).  Points run from (0,0) to (1,1). */
typedef struct {
  guint n_points;
  double *fpr, *tpr, *threshold;       /* threshold[0] = +∞ */
  guint n_positive, n_negative;
  double auc;                   /* NaN when a side is empty */
  double null_low, null_high;   /* 0.5 ± 1.96·sqrt((n⁺+n⁻+1)/(12 n⁺n⁻)), NaN when undefined */
} SacRoc;
/* @truth: −1 unknown (skipped), 0, 1; element i of scores is scores[i·stride], of truth truth[i·stride].  A clip whose
 * score is NaN (it could not be scored) is skipped too.  With a side empty the curve has the points that are left
 * (0,0) and (1,1), and auc is NaN. */
SacRoc *sac_roc_new (const float *scores, const gint8 *truth, gsize n, gsize stride);
void    sac_roc_free (SacRoc *roc);
/* All labels at once, on the threads of @pool (nullable): @rocs has room for n_labels.  @most_points > 0: steps too small to be seen are
 * left out, so that a curve of a million clips has about so many; the areas are exact all the same. */
void    sac_rocs_new (const float *scores, const gint8 *truth, guint n_clips, guint n_labels, guint most_points, SacPool *pool,
                      SacRoc **rocs);
double  sac_auc (const float *scores, const gint8 *truth, gsize n, gsize stride);
double  sac_auc_null_deviation (guint n_positive, guint n_negative);
/* Σ over distinct thresholds of (recall gained) · precision; NaN without a positive. */
double  sac_average_precision (const float *scores, const gint8 *truth, gsize n, gsize stride);

typedef struct {
  guint n_labels, n_defined;
  double *auc;                  /* per label, NaN undefined */
  double macro, median, map;    /* over the defined labels; NaN when there is none */
} SacAucTable;
SacAucTable *sac_auc_table_new (const float *scores, const gint8 *truth, guint n_clips, guint n_labels);
void         sac_auc_table_free (SacAucTable *table);

/* Paired bootstrap over clips of macro-AUC(a) − macro-AUC(b): the difference on all clips, its 2.5 and 97.5 percentiles and the
 * share of resamples in which a is above b (equal counts half).  A label that a resample leaves without a positive or a negative
 * is left out of that resample; n_resamples counts those in which any label was defined.  The same @seed gives the same numbers. */
typedef struct { double difference, low, high, p_above; guint n_resamples; } SacBootstrap;
SacBootstrap sac_bootstrap_macro_auc (const float *a, const float *b, const gint8 *truth, guint n_clips, guint n_labels,
                                      guint n_resamples, guint64 seed);

/* ---- the control: one logistic regression per label on a few features (mean colour), L2-regularised, Newton.
 * Minimises Σ loss + l2/2·Σ w² over the standardised features (the constant is not held back).  @weights is in units of the features
 * as given, the constant last.  Rows with truth −1 are skipped; with a side empty only the constant is set. */
void sac_logistic_fit (const float *features, guint n_clips, guint n_features, const gint8 *truth, gsize truth_stride,
                         double l2, double *weights /* n_features+1 */);
/* The probability. */
double sac_logistic_score (const double *weights, const float *features, guint n_features);

/* ---- heat maps: (T,H,W) coarse → (T',H',W') by trilinear interpolation at pixel centres; beyond the outermost
 * centres the border value holds.  All sizes ≥ 1; @in and @out do not overlap. */
void sac_upsample3 (const float *in, int t, int h, int w, float *out, int t2, int h2, int w2);
/* The map (@area values) at instant @at of @maps (n of them, at the rising instants @times): between the two around it, mixed by distance;
 * before the first and after the last theirs. */
void sac_map_at (const float *maps, const guint *times, guint n, gsize area, guint at, float *out);
/* Share of the map's energy inside the box; pixel units of the map, a pixel the box cuts counts by its covered area.
 * Negative values count as 0; NaN where the map is empty. */
double sac_energy_in_box (const float *map, int h, int w, double x, double y, double width, double height);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRoc, sac_roc_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacAucTable, sac_auc_table_free)

#include "sac-curves.h"
#include "sac-decisions.h"
