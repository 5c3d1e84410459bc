#include "sac-weight-change.h"

#include <math.h>
#include <stdlib.h>

static double
share (double part, double whole)
{
  return whole > 0 ? part / whole : NAN;
}

typedef struct {
  double whole0, whole1, change, product;       /* squares and W0·W1 */
  double rest0, rest1, rest_change;     /* squares of R */
  double sum1, flat, drift;     /* squares of S1, W_2D, S1−W_2D */
  gsize zeros0, zeros1, signs, flips;
} Sums;

/* One column of taps: the same place of the same pair of channels, through time. */
static void
add_column (Sums *sums, const float *w0, const float *w1, const float *flat, guint taps, gsize area, double *energy0, double *energy1,
            double *slice)
{
  double s0 = 0, s1 = 0, q0 = 0, q1 = 0, qd = 0, reference;

  for (guint t = 0; t < taps; t++)
    {
      double a = (double) w0[t * area], b = (double) w1[t * area], d = b - a;
      gboolean zero0 = fabs (a) < SAC_ZERO_WEIGHT, zero1 = fabs (b) < SAC_ZERO_WEIGHT;

      s0 += a;
      s1 += b;
      q0 += a * a;
      q1 += b * b;
      qd += d * d;
      sums->product += a * b;
      sums->zeros0 += zero0;
      sums->zeros1 += zero1;
      sums->signs += !zero0 && !zero1;
      sums->flips += !zero0 && !zero1 && (a < 0) != (b < 0);
      if (energy0)
        energy0[t] += a * a;
      if (energy1)
        energy1[t] += b * b;
      if (slice)
        slice[t] += d * d;
    }
  reference = flat ? (double) *flat : s0;
  sums->whole0 += q0;
  sums->whole1 += q1;
  sums->change += qd;
  /* Σ(w − mean)² = Σw² − S²/N */
  sums->rest0 += MAX (q0 - s0 * s0 / taps, 0);
  sums->rest1 += MAX (q1 - s1 * s1 / taps, 0);
  sums->rest_change += MAX (qd - (s1 - s0) * (s1 - s0) / taps, 0);
  sums->sum1 += s1 * s1;
  sums->flat += reference * reference;
  sums->drift += (s1 - reference) * (s1 - reference);
}

void
sac_kernel_change (const float *before, const float *after, const float *flat, gsize outer, guint taps, gsize area,
                   SacKernelChange *change, double *energy0, double *energy1, double *slice)
{
  Sums sums = { 0 };
  gsize n = outer * taps * area;
  double *const rows[] = { energy0, energy1, slice };

  g_return_if_fail (taps > 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint t = 0; rows[i] && t < taps; t++)
      rows[i][t] = 0;
  for (gsize k = 0; k < outer; k++)
    for (gsize i = 0; i < area; i++)
      {
        gsize at = k * taps * area + i;

        add_column (&sums, before + at, after + at, flat ? flat + k * area + i : NULL, taps, area, energy0, energy1, slice);
      }
  for (guint t = 0; t < taps; t++)
    {
      if (energy0)
        energy0[t] = share (energy0[t], sums.whole0);
      if (energy1)
        energy1[t] = share (energy1[t], sums.whole1);
      if (slice)
        slice[t] = sqrt (slice[t]);
    }
  *change = (SacKernelChange) {
    .norm0 = sqrt (sums.whole0), .norm1 = sqrt (sums.whole1), .change = sqrt (sums.change),
    .relative = sqrt (share (sums.change, sums.whole0)), .relative2 = sqrt (share (sums.change, sums.flat)),
    .cosine = share (sums.product, sqrt (sums.whole0) * sqrt (sums.whole1)),
    .flips = share ((double) sums.flips, (double) sums.signs),
    .zeros0 = share ((double) sums.zeros0, (double) n), .zeros1 = share ((double) sums.zeros1, (double) n),
    .anisotropy0 = share (sums.rest0, sums.whole0), .anisotropy1 = share (sums.rest1, sums.whole1),
    .static_norm1 = sqrt (sums.sum1), .motion_norm1 = sqrt (sums.rest1),
    .motion_change = sqrt (share (sums.rest_change, sums.change)), .static_drift = sqrt (share (sums.drift, sums.flat)),
  };
}

void
sac_norm_change (const float *const before[4], const float *const after[4], guint n, SacNormChange *change)
{
  double sums[4] = { 0 };
  guint good = 0;

  for (guint i = 0; i < n; i++)
    {
      double v0 = (double) before[3][i], v1 = (double) after[3][i];

      sums[0] += fabs ((double) after[0][i] - (double) before[0][i]);
      sums[1] += fabs ((double) after[1][i] - (double) before[1][i]);
      if (!(v0 > 0 && v1 > 0))
        continue;
      sums[2] += fabs ((double) after[2][i] - (double) before[2][i]) / sqrt (v0);
      sums[3] += fabs (log (v1 / v0));
      good++;
    }
  *change = (SacNormChange) { share (sums[0], n), share (sums[1], n), share (sums[2], good), share (sums[3], good) };
}

/* ---- likeness of outputs. */

void
sac_centred_gram (const float *x, guint n, gsize d, double *gram)
{
  g_autofree double *mean = g_new0 (double, n + 1);
  double all = 0;

  for (guint i = 0; i < n; i++)
    for (guint j = i; j < n; j++)
      {
        const float *a = x + i * d, *b = x + j * d;
        double sum = 0;

        for (gsize k = 0; k < d; k++)
          sum += (double) a[k] * (double) b[k];
        gram[(gsize) i * n + j] = gram[(gsize) j * n + i] = sum;
      }
  /* Centring the columns of X is centring rows and columns of XXᵀ. */
  for (guint i = 0; i < n; i++)
    {
      for (guint j = 0; j < n; j++)
        mean[i] += gram[(gsize) i * n + j] / n;
      all += mean[i] / n;
    }
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      gram[(gsize) i * n + j] += all - mean[i] - mean[j];
}

static double
dot (const double *a, const double *b, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += a[i] * b[i];
  return sum;
}

double
sac_linear_cka (const double *gram_x, const double *gram_y, guint n)
{
  gsize cells = (gsize) n * n;
  double xx = dot (gram_x, gram_x, cells), yy = dot (gram_y, gram_y, cells);

  return share (dot (gram_x, gram_y, cells), sqrt (xx) * sqrt (yy));
}

/* n(n−3) times the unbiased HSIC of two matrices whose diagonals do not count. */
static double
hsic (const double *a, const double *b, guint n)
{
  double product = 0, all_a = 0, all_b = 0, rows = 0;

  for (guint i = 0; i < n; i++)
    {
      double row_a = 0, row_b = 0;

      for (guint j = 0; j < n; j++)
        if (j != i)
          {
            product += a[(gsize) i * n + j] * b[(gsize) i * n + j];
            row_a += a[(gsize) i * n + j];
            row_b += b[(gsize) i * n + j];
          }
      all_a += row_a;
      all_b += row_b;
      rows += row_a * row_b;
    }
  return product + all_a * all_b / ((n - 1.0) * (n - 2.0)) - 2 * rows / (n - 2.0);
}

double
sac_linear_cka_unbiased (const double *gram_x, const double *gram_y, guint n)
{
  double xx, yy;

  if (n < 4)
    return NAN;
  xx = hsic (gram_x, gram_x, n);
  yy = hsic (gram_y, gram_y, n);
  return xx > 0 && yy > 0 ? hsic (gram_x, gram_y, n) / (sqrt (xx) * sqrt (yy)) : NAN;
}

double
sac_effective_rank (const double *singular_values, guint n)
{
  double sum = 0, entropy = 0;

  for (guint i = 0; i < n; i++)
    sum += MAX (singular_values[i], 0);
  if (!(sum > 0))
    return NAN;
  for (guint i = 0; i < n; i++)
    if (singular_values[i] > 0)
      entropy -= singular_values[i] / sum * log (singular_values[i] / sum);
  return exp (entropy);
}

/* ---- the sign test. */

/* P(at most @k of @n) for a fair coin. */
static double
binomial_tail (guint k, guint n)
{
  double sum = 0;

  for (guint i = 0; i <= k && i <= n; i++)
    sum += exp (lgamma (n + 1.0) - lgamma (i + 1.0) - lgamma (n - i + 1.0) - n * G_LN2);
  return MIN (sum, 1);
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

void
sac_sign_test (const double *a, const double *b, guint n, SacSignTest *test)
{
  g_autofree double *ratios = g_new (double, n + 1);
  guint m = 0, told;

  *test = (SacSignTest) { .p = 1, .median = NAN, .low = NAN, .high = NAN };
  for (guint i = 0; i < n; i++)
    {
      if (!isfinite (a[i]) || !isfinite (b[i]))
        continue;
      test->n_above += a[i] > b[i];
      test->n_below += a[i] < b[i];
      test->n_equal += a[i] == b[i];
      if (b[i] > 0)
        ratios[m++] = a[i] / b[i];
    }
  told = test->n_above + test->n_below;
  if (told > 0)
    test->p = MIN (2 * binomial_tail (MIN (test->n_above, test->n_below), told), 1);
  if (m == 0)
    return;
  qsort (ratios, m, sizeof *ratios, by_size);
  test->median = m % 2 ? ratios[m / 2] : (ratios[m / 2 - 1] + ratios[m / 2]) / 2;
  for (guint k = m / 2; k-- > 0;)       /* from the middle outwards: the first pair that covers 95 % */
    if (2 * binomial_tail (k, m) <= 0.05)
      {
        test->low = ratios[k];
        test->high = ratios[m - 1 - k];
        break;
      }
}
