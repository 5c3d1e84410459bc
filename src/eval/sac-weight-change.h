/* What training did to a layer's weights: numbers in, numbers out.  methods/01 §5, 1–5.  Any thread.
 * A kernel in the field's order is [outer][taps][area]: outer = K·C, taps = kT, area = kH·kW; a matrix or a 2-D kernel has one tap. */
#pragma once
#include "base/sac-base.h"

#define SAC_ZERO_WEIGHT 1e-8    /* smaller ones count as zero */

typedef struct {
  double norm0, norm1;          /* ‖W0‖, ‖W1‖, Frobenius */
  double change;                /* ‖W1−W0‖ */
  double relative;              /* ρ = ‖W1−W0‖/‖W0‖; NaN where W0 is 0, as all shares here where their whole is 0 */
  double relative2;             /* ρ₂ = ‖W1−W0‖/‖W_2D‖ */
  double cosine;                /* between W0 and W1 */
  double flips;                 /* share of weights whose sign turned, of those that were not zero before and after */
  double zeros0, zeros1;        /* share of |w| < SAC_ZERO_WEIGHT */
  double anisotropy0, anisotropy1;      /* ‖R‖²/‖W‖² with W = S/N + R, S = Σ_t W_t: 0 still … 1 all motion */
  double static_norm1, motion_norm1;    /* ‖S1‖, ‖R1‖ */
  double motion_change;         /* ‖R1−R0‖/‖W1−W0‖: how much of the change is one of motion */
  double static_drift;          /* ‖S1−W_2D‖/‖W_2D‖ */
} SacKernelChange;

/* @before, @after: W0 and W1.  @flat: W_2D, outer × area; NULL: S0, which is W_2D itself after both ways of inflating and in a 2-D
 * network.  @energy0, @energy1, @slice: taps each, nullable: shares e_t = ‖W_t‖²/Σ‖W_s‖² before and after, and ‖ΔW_t‖. */
void   sac_kernel_change (const float *before, const float *after, const float *flat, gsize outer, guint taps, gsize area,
                          SacKernelChange *change, double *energy0, double *energy1, double *slice);

/* Means over the n channels of a batch norm; σ is that of before. */
typedef struct {
  double gamma, beta;           /* |Δγ|, |Δβ| */
  double mean;                  /* |Δμ|/σ0 */
  double variance;              /* |ln σ1²/σ0²| */
} SacNormChange;
/* Each row: γ, β, μ, σ² of n channels; channels whose variances are not both positive are left out of the last two. */
void   sac_norm_change (const float *const before[4], const float *const after[4], guint n, SacNormChange *change);

/* ---- likeness of what a layer gives before and after.  @x n×dx, @y n×dy: a row an example.
 * K = X̃X̃ᵀ of the column-centred X̃, n×n. */
void   sac_centred_gram (const float *x, guint n, gsize d, double *gram);
/* ‖X̃ᵀỸ‖²/(‖X̃ᵀX̃‖‖ỸᵀỸ‖) of two such; NaN where one is 0.  1 for a rotation and scaling.  Paper: Kornblith 2019 §3. */
double sac_linear_cka (const double *gram_x, const double *gram_y, guint n);
/* The same by the unbiased estimate of HSIC: with few examples and many columns the plain one is near 1 whatever they are, this one
 * is near 0 for unrelated ones.  NaN for n < 4.  Paper: Song 2012 eq. 5. */
double sac_linear_cka_unbiased (const double *gram_x, const double *gram_y, guint n);
/* exp (H (σ_i/Σσ)): how many directions are in use, 1 … n.  NaN where all are 0.  Paper: Roy & Vetterli 2007. */
double sac_effective_rank (const double *singular_values, guint n);

/* ---- is a above b, pair by pair?  Two-sided sign test; equal and undefined pairs are left out. */
typedef struct {
  guint n_above, n_below, n_equal;
  double p;                     /* two-sided, exact; 1 where nothing is left */
  double median, low, high;     /* of the ratio a/b over all defined pairs with b > 0, with an interval of at least 95 % by order
                                 * statistics; NaN where there are too few pairs for one (fewer than 6) */
} SacSignTest;
void   sac_sign_test (const double *a, const double *b, guint n, SacSignTest *test);
