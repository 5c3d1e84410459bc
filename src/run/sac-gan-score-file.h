/* SacGanScores: how good and how varied the pictures of a run's generators are, RUN/gan-scores.json, written by `saccade gan score` and the
 * search, read by the window and the report:
 *   { "version": 1, "step": 2355, "features": "…in words…", "hash": HEX, "inception": false, "accuracy": 0.68, "resize": "none",
 *     "n": 10000, "n_real": 10000, "splits": 10, "k": 3, "classes": 10,
 *     "rows": [ { "who": "real", "n": 10000, "is": …, "is_deviation": …, "fid": …, … }, { "who": "G1", … }, …, { "who": "union", … } ],
 *     "overlap": [ (k+1)·(k+1) shares ] }
 * What was not computed is null there and NaN here.  Numbers of feature networks with different hashes, or of another resize, are never
 * to stand in one table or on one axis: sac_gan_scores_comparable().  Any thread. */
#pragma once
#include "base/sac-base.h"

typedef struct {
  char *who;                    /* "real", "G1" …, "union" */
  guint n;                      /* pictures it is of */
  double is, is_deviation, fid, kid, kid_deviation, precision, recall, kl, ms_ssim;
  double modes;                 /* classes with ≥ 1 % of the pictures */
} SacGanScoreRow;

typedef struct {
  guint64 step;                 /* updates the weights had seen */
  char *features;               /* the feature network in words, with its held-out accuracy where it was trained here */
  char *hash;                   /* SHA-256 of its weights */
  char *resize;                 /* how pictures came to its size, in words: "none", "bilinear 32→299, half-pixel centres" */
  gboolean inception;           /* ImageNet Inception-v3: scores are called IS and FID; else IS_c and FID_c */
  double accuracy;              /* of the classifier on held-out pictures, NaN: not known */
  guint n_classes, n_splits, n_real;
  guint k;
  GPtrArray *rows;              /* SacGanScoreRow: real, G1 … Gk, union where k > 1 */
  double *overlap;              /* (k+1)·(k+1), row: made by G1 … Gk, real; column: what D took it for; NULL where not computed */
} SacGanScores;

SacGanScores         *sac_gan_scores_new (guint k);            /* no rows, everything NaN */
void                  sac_gan_scores_free (SacGanScores *scores);
SacGanScoreRow       *sac_gan_scores_add (SacGanScores *scores, const char *who);       /* borrowed; everything NaN */
const SacGanScoreRow *sac_gan_scores_find (const SacGanScores *scores, const char *who);        /* NULL: none */
/* NULL without @error: the run was not scored.  SAC_RUN_ERROR_FORMAT. */
SacGanScores         *sac_gan_scores_read (const char *run_folder, GError **error);
gboolean              sac_gan_scores_write (const char *run_folder, const SacGanScores *scores, GError **error);
/* Same feature network, resize and number of pictures and splits. */
gboolean              sac_gan_scores_comparable (const SacGanScores *a, const SacGanScores *b);
/* The measures a row has, for tables: name as it is to be shown ("IS_c", "FID_c", "KID_c", …, by scores->inception), value, digits behind
 * the point, and +1 where more is better, −1 where less is, 0 neither.  FALSE from the last on. */
typedef struct { const char *name; gsize at, deviation_at; int digits, sense; } SacGanMeasure;
gboolean              sac_gan_measure_get (guint i, gboolean inception, SacGanMeasure *measure);
double                sac_gan_measure_value (const SacGanMeasure *measure, const SacGanScoreRow *row);
double                sac_gan_measure_deviation (const SacGanMeasure *measure, const SacGanScoreRow *row);     /* NaN: has none */
/* The best of the generators by a measure's sense and their mean; NaN without any. */
void                  sac_gan_scores_summarise (const SacGanScores *scores, const SacGanMeasure *measure, double *best, double *mean);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacGanScores, sac_gan_scores_free)
