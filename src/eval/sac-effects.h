/* What settings that were drawn at random did to an outcome: n trials, each with a level (0 … n_levels − 1) of every factor.  Numbers in,
 * numbers out; any thread.  NaN where there is too little to say.  methods/07 §3. */
#pragma once
#include "base/sac-base.h"

/* Two-sided 95 % intervals by Student's t. */
typedef struct {
  guint n;                      /* trials at this level */
  double mean, low, high;       /* of the outcome there */
  double effect, effect_low, effect_high;       /* that mean less the mean of all other trials (Welch) */
  double p;                     /* of no difference */
} SacLevelEffect;
/* @levels: n × n_factors; @out: n_factors × n_levels. */
void   sac_level_effects (const double *y, const guint8 *levels, guint n, guint n_factors, guint n_levels, SacLevelEffect *out);

/* The slope of a straight line through (x, y). */
typedef struct { double slope, low, high, p; } SacSlope;
SacSlope sac_slope (const double *x, const double *y, guint n);

/* Whether two factors do together what they do not do one by one: F of what the means of their cells explain beyond the sum of a part for
 * each factor's level.  Of n_factors (n_factors − 1) / 2 pairs, (0,1), (0,2) … */
typedef struct {
  guint a, b;
  double f, p;
  guint df, df_rest;            /* 0: too few trials in the cells */
  double share;                 /* of the outcome's variance */
} SacPairEffect;
void   sac_pair_effects (const double *y, const guint8 *levels, guint n, guint n_factors, guint n_levels, SacPairEffect *out);

/* Holm 1979: the same p-values for all @n questions taken together.  NaN stays, and is not counted. */
void   sac_holm (const double *p, guint n, double *adjusted);
/* Probability that |t| is greater with @df degrees of freedom; the t of which that is 5 %; that F is greater. */
double sac_student_p (double t, double df);
double sac_student_95 (double df);
double sac_fisher_p (double f, double df1, double df2);
