/* faithfulness: does a map of attention show where the object is, and what the scores rest on?  methods/08 §5, §7, §8.
 * Numbers in, numbers out; maps are row-major, values any finite number unless said otherwise.  Any thread. */
#pragma once
#include "base/sac-base.h"

/* ---- against boxes: a *cover* has one value a pixel, the share of it that lies in any of the boxes (0…1). */
typedef struct { double x, y, width, height; } SacRegion;      /* px */
/* @margin: px by which each box grows on all sides.  @cover: h·w. */
void     sac_cover_boxes (const SacRegion *boxes, guint n_boxes, double margin, int h, int w, float *cover);
/* Σ map·cover / Σ map; negative values count as 0; NaN where the map is empty. */
double   sac_energy_in_cover (const float *map, const float *cover, gsize n);
/* Pointing game: whether the first of the highest values lies where @cover > 0 (cover the boxes with a margin of 15 px). */
gboolean sac_pointing_hit (const float *map, const float *cover, gsize n);
/* Intersection over union of {map > mean + @n_sigma · deviation} and {cover ≥ ½}; 0 when both are empty. */
double   sac_iou_above (const float *map, const float *cover, gsize n, double n_sigma);
/* Of the k instants with the highest weight, k = number of those inside, the share that is inside.  Where equal weights straddle
 * the border, what a random choice among them would give.  NaN when nothing or everything is inside. */
double   sac_temporal_precision (const float *weights, const guint8 *inside, guint n);

/* ---- maps to compare with. */
void     sac_centre_map (int h, int w, float *map);     /* a Gaussian in the middle, deviation a quarter of each side, peak 1 */
void     sac_random_map (guint64 seed, guint64 stream, gsize n, float *map);    /* even in [0,1) */

/* ---- deletion and insertion. */
/* 0…n−1 by falling value, equal ones by index, NaN last.  Transfer full. */
guint32 *sac_order_falling (const float *map, gsize n);
/* How many of @n pixels are replaced at @step of @n_steps (0: none, n_steps: all), as even as whole numbers allow. */
gsize    sac_deletion_count (guint step, guint n_steps, gsize n);
/* @out = @first with its first @k pixels in @order taken from @second; @channels values a pixel.  Deletion: from the clip to the
 * blurred clip.  Insertion: from the blurred clip to the clip. */
void     sac_mix_pixels (const float *first, const float *second, const guint32 *order, gsize k, gsize n, guint channels, float *out);
/* For each of @n instants the nearest one that is kept (equal distances: the earlier); FALSE when none is. */
gboolean sac_nearest_kept (const guint8 *kept, guint n, guint *nearest);
/* Area under values at even steps from 0 to 1 by the trapezoid rule; n ≥ 2. */
double   sac_area_under (const double *values, guint n);
/* Gaussian of deviation @sigma px over (h, w, channels), borders repeated, cut at 3 sigma.  In place is allowed. */
void     sac_blur (const float *in, int h, int w, guint channels, double sigma, float *out);

/* ---- likeness. */
double   sac_pearson (const float *a, const float *b, gsize n);        /* NaN when one does not vary */
double   sac_spearman (const float *a, const float *b, gsize n);       /* equal values share their mean rank */
/* Mean |difference| of each frame to the one before, frame 0 as frame 1; @frames: n × size; 0 for a single frame. */
void     sac_motion_energy (const float *frames, guint n, gsize size, float *energy);

/* ---- accuracy. */
/* Whether @label is among the @k highest of @scores; equal scores rank by index. */
gboolean sac_is_in_top (const float *scores, guint n, guint label, guint k);

/* ---- means with an interval: bootstrap over examples, 2.5 and 97.5 percentiles; NaN values are left out.  The same @seed gives
 * the same numbers.  For a paired comparison give the differences. */
typedef struct { double mean, low, high; guint n; } SacMeanInterval;
SacMeanInterval sac_bootstrap_mean (const double *values, guint n, guint n_resamples, guint64 seed);
