/* SacMeasures: what a network's attention is worth, in numbers, over one split.  `saccade attention RUN` leaves them as
 * RUN/scores/attention-<split>.json; the runs table, the report and anybody else read them:
 *   { "version": 1, "split": "test", "step": 400, "clips": 192, "seed": 1, "labels": ["appears", …],
 *     "figures": { "pointing.own": { "n": 168, "mean": 0.68, "low": 0.64, "high": 0.72,
 *                                    "labels": [ the same four for clips where the label is yes, or null; … ] }, … },
 *     "curves": { "deletion.own": [0.9, …, 0.1], … } }
 * low and high: 95 % of resampled means, null where there are none.  A figure's name is MEASURE.OF:
 *   top1 top5 drop auc            .none .spatial .temporal .both .constant .shuffled .other .zero .one   (maps replaced, methods/08 §7)
 *   more                          .spatial .temporal                  what both inverted lose beyond that one
 *   pointing energy iou           .own .gradcam .centre .random       against boxes (§8)
 *   inside                        .own .gradcam .centre .random .chance               highest weighted frames within segments
 *   motion                        .own                                correlation of M_t with motion energy
 *   deletion insertion            .own .gradcam .centre .random       area under the curve of the label's probability, pixels
 *   time-deletion time-insertion  .own .gradcam .random               the same, whole frames
 *   sanity-places sanity-time sanity-gradcam  .fc .layer4 .fuse … .conv1   rank correlation with the map before all from the
 *                                                                     network's end up to this part was drawn afresh */
#pragma once
#include "base/sac-base.h"

typedef struct {
  double mean, low, high;       /* NaN: none */
  guint n;                      /* clips behind it */
} SacMeasure;

typedef struct {
  char *name;
  SacMeasure all;
  SacMeasure *labels;           /* one a label; n 0 where nothing can be said */
} SacMeasureRow;

typedef struct {
  char *name;
  double *values;               /* even steps from nothing replaced to all */
  guint n;
} SacMeasureCurve;

typedef struct {
  char *split;
  guint64 step, seed;           /* of the weights; of what was random */
  guint n_clips, n_labels;
  char **labels;
  GPtrArray *rows;              /* SacMeasureRow, in the order of adding */
  GPtrArray *curves;            /* SacMeasureCurve */
} SacMeasures;

SacMeasures        *sac_measures_new (const char *split, guint64 step, guint64 seed, guint n_clips, const char *const *labels);
void                sac_measures_free (SacMeasures *figures);
/* A row of nothing to be filled in; both are the figures' own. */
SacMeasureRow      *sac_measures_add (SacMeasures *figures, const char *name);
SacMeasureCurve    *sac_measures_add_curve (SacMeasures *figures, const char *name, const double *values, guint n);
/* NULL: there is none of this name. */
const SacMeasureRow *sac_measures_find (const SacMeasures *figures, const char *name);
/* Rows and curves of @old that @figures has not, if they are of the same weights, split and labels. */
void                sac_measures_keep (SacMeasures *figures, const SacMeasures *old);
gboolean            sac_measures_write (const char *run_folder, const SacMeasures *figures, GError **error);
SacMeasures        *sac_measures_read (const char *run_folder, const char *split, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacMeasures, sac_measures_free)

/* "Pointing game: own attention", translated; transfer full.  Names that are not known as they are. */
char       *sac_measure_dup_words (const char *name);
/* The part before the dot, translated, or as it is. */
const char *sac_measure_get_words (const char *measure);
/* The part behind the dot, translated, or as it is. */
const char *sac_measure_kind_get_words (const char *kind);
/* To be shown as a percentage. */
gboolean    sac_measure_is_share (const char *name);
/* 1: the higher the better, −1: the lower, 0: neither. */
int         sac_measure_get_sense (const char *name);
