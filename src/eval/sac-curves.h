/* Curves beyond the ROC: confidence bands, precision over recall, calibration.  Numbers in, numbers out; any thread.
 * As for sac_roc_new(): @truth −1 (unknown) and scores that are NaN are skipped; element i is at [i·stride]. */
#pragma once
#include "sac-eval.h"

/* Wilson's score interval of a share, @yes of @n, at @z deviations (1.96: 95 %); 0…1 where n = 0.  Wilson 1927. */
void sac_wilson (double yes, double n, double z, double *low, double *high);

/* ---- 95 % band of a ROC.  At each threshold both rates are shares of different clips, so the product of two Wilson intervals at level
 * √0.95 is a region of 95 % for the point (Pepe 2003, §2.2); the band is what these rectangles cover.  It is pointwise: of a whole curve
 * about one point in twenty may lie outside.  It needs no resampling, and does not vanish where few positives are all found. */
typedef struct {
  guint n;                      /* as many as the ROC has points */
  double *upper_x, *upper_y;    /* upper left corners, rising */
  double *lower_x, *lower_y;    /* lower right corners, rising */
} SacRocBand;
SacRocBand *sac_roc_band_new (const SacRoc *roc);       /* NULL where the AUC is undefined */
void        sac_roc_band_free (SacRocBand *band);

/* ---- precision over recall.  Point i is all clips with a score of threshold[i] or more; between two points the precision is that of the
 * right one, so that the area is @average (Davis & Goadrich 2006: straight lines would be too high). */
typedef struct {
  guint n_points;               /* 0 without a positive */
  double *recall, *precision, *threshold;
  double *low, *high;           /* of the precision, Wilson 95 % */
  guint n_positive, n_negative;
  double average;               /* average precision; NaN without a positive */
  double base;                  /* precision of chance: the share of positives */
} SacPrecision;
SacPrecision *sac_precision_new (const float *scores, const gint8 *truth, gsize n, gsize stride);
void          sac_precision_free (SacPrecision *curve);

/* For pictures: without points nearer than 1/@most in both directions to the one before, so that hundred thousands of clips draw as fast as
 * thousands.  What is left is as it was, first and last point among it.  Transfer full. */
SacRoc       *sac_roc_thin (const SacRoc *roc, guint most);
SacPrecision *sac_precision_thin (const SacPrecision *curve, guint most);

/* ---- calibration: of clips with scores about s, a share s should be yes.  Bins hold equally many clips (equal scores stay together).
 * @ece = Σ n_bin/n · |share − mean score|.  Even a perfectly calibrated network has an ECE above 0 with few clips: @ece_chance is the mean
 * of it over draws of truths from the scores themselves, @ece_chance_high its 97.5 percentile (Bröcker & Smith 2007). */
typedef struct {
  double score_low, score_high, mean_score;
  double share, low, high;      /* of positives, and its Wilson interval (95 %) */
  guint n, n_positive;
} SacCalibrationBin;
typedef struct {
  guint n_bins, n;
  SacCalibrationBin *bins;
  double ece, ece_chance, ece_chance_high, brier;       /* NaN where n = 0 */
} SacCalibration;
SacCalibration *sac_calibration_new (const float *scores, const gint8 *truth, gsize n, gsize stride, guint n_bins, guint n_draws,
                                     guint64 seed);
void            sac_calibration_free (SacCalibration *calibration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacRocBand, sac_roc_band_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacPrecision, sac_precision_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacCalibration, sac_calibration_free)
