/* How good and how varied generated pictures are: numbers from a classifier's answers, from features, from pixels.  Which network gave
 * them is the caller's to say beside each number; numbers of different networks are not to be compared.  methods/07 §5–6.  Double
 * precision throughout; any thread. */
#pragma once
#include "base/sac-base.h"

/* ---- from probabilities (n × k, rows of sum 1).
 * Salimans 2016: exp of the mean KL of each row to the mean row, of @n_splits equal consecutive parts (a rest is left out); the mean over
 * them, @deviation (nullable) the population's.  NaN where a part would be empty. */
double sac_inception_score (const float *probabilities, guint n, guint k, guint n_splits, double *deviation);
/* Classes that at least @least (0.01) of the pictures belong to, by their highest probability; @divergence (nullable): KL of the shares to
 * evenly spread ones, in nats. */
guint  sac_count_modes (const float *probabilities, guint n, guint k, double least, double *divergence);

/* ---- from features (n × d). */
typedef struct {
  guint n, d;
  double *mean;                 /* d */
  double *covariance;           /* d × d, divisor n − 1 */
} SacFeatureStats;
SacFeatureStats *sac_feature_stats_new (const float *features, guint n, guint d);        /* NULL where n < 2 */
void             sac_feature_stats_free (SacFeatureStats *stats);
/* Heusel 2017: ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 Σ √λ, λ the eigenvalues of Σ₁^½ Σ₂ Σ₁^½; what rounding makes negative counts 0.  NaN where
 * the sizes differ or LAPACK finds no eigenvalues. */
double sac_frechet_distance (const SacFeatureStats *a, const SacFeatureStats *b);
/* Bińkowski 2018: the unbiased squared MMD with (x·y/d + 1)³, mean over @n_subsets random subsets of @size each without repetition
 * (fewer where there are fewer), @deviation (nullable) over them. */
double sac_kernel_distance (const float *a, guint n_a, const float *b, guint n_b, guint d, guint n_subsets, guint size, guint64 seed,
                            double *deviation);
/* Kynkäänniemi 2019: the share of generated features within the reach of any real one (its @k-th neighbour), and the other way round. */
void   sac_precision_recall (const float *real, guint n_real, const float *generated, guint n_generated, guint d, guint k,
                             double *precision, double *recall);

/* ---- from pixels.
 * Wang 2003: multi-scale structural similarity of two pictures (height × width × channels, values in 0 … @range), mean over channels;
 * as many of the five scales as an 11×11 window fits, their weights made to sum 1.  NaN where none fits. */
double sac_ms_ssim (const float *a, const float *b, guint height, guint width, guint channels, double range);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacFeatureStats, sac_feature_stats_free)
