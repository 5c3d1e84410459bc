#include "sac-effects.h"

#include <math.h>
#include <string.h>

/* ---- distributions. */

/* Lentz's continued fraction of the incomplete beta function (Numerical methods: DLMF 8.17.22), for x below (a + 1) / (a + b + 2). */
static double
beta_fraction (double a, double b, double x)
{
  const double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1), h;

  d = 1 / (fabs (d) < tiny ? tiny : d);
  h = d;
  for (int m = 1; m <= 500; m++)
    {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      double before = h;

      d = 1 + even * d;
      c = 1 + even / c;
      d = 1 / (fabs (d) < tiny ? tiny : d);
      c = fabs (c) < tiny ? tiny : c;
      h *= c * d;
      d = 1 + odd * d;
      c = 1 + odd / c;
      d = 1 / (fabs (d) < tiny ? tiny : d);
      c = fabs (c) < tiny ? tiny : c;
      h *= c * d;
      if (fabs (h - before) < 1e-15 * fabs (h))
        break;
    }
  return h;
}

/* I_x (a, b). */
static double
incomplete_beta (double a, double b, double x)
{
  double front;

  if (!(x > 0))
    return isnan (x) ? NAN : 0;
  if (x >= 1)
    return 1;
  front = exp (lgamma (a + b) - lgamma (a) - lgamma (b) + a * log (x) + b * log1p (-x));
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction (a, b, x) / a : 1 - front * beta_fraction (b, a, 1 - x) / b;
}

double
sac_student_p (double t, double df)
{
  return df > 0 && !isnan (t) ? isinf (t) ? 0 : incomplete_beta (df / 2, 0.5, df / (df + t * t)) : NAN;
}

double
sac_student_95 (double df)
{
  double low = 0, high = 1e8;

  if (!(df > 0))
    return NAN;
  for (int i = 0; i < 200 && high - low > 1e-12 * high; i++)
    {
      double middle = (low + high) / 2;

      if (sac_student_p (middle, df) > 0.05)
        low = middle;
      else
        high = middle;
    }
  return (low + high) / 2;
}

double
sac_fisher_p (double f, double df1, double df2)
{
  return df1 > 0 && df2 > 0 && f >= 0 ? incomplete_beta (df2 / 2, df1 / 2, df2 / (df2 + df1 * f)) : NAN;
}

typedef struct { double p; guint at; } Ranked;

static int
compare_ranked (gconstpointer a, gconstpointer b)
{
  const Ranked *one = a, *other = b;

  return one->p < other->p ? -1 : one->p > other->p ? 1 : one->at < other->at ? -1 : one->at > other->at;
}

void
sac_holm (const double *p, guint n, double *adjusted)
{
  g_autofree Ranked *ranked = g_new (Ranked, n + 1);
  guint m = 0;
  double most = 0;

  for (guint i = 0; i < n; i++)
    {
      adjusted[i] = NAN;
      if (!isnan (p[i]))
        ranked[m++] = (Ranked) { p[i], i };
    }
  qsort (ranked, m, sizeof *ranked, compare_ranked);
  for (guint i = 0; i < m; i++)
    {
      most = MAX (most, MIN (1, ranked[i].p * (m - i)));
      adjusted[ranked[i].at] = most;
    }
}

/* ---- one factor. */
typedef struct { guint n; double mean, squares; } Moments;      /* squares: of the distances from the mean */

static Moments
find_moments (const double *y, const guint8 *levels, guint n, guint n_factors, guint factor, guint level, gboolean others)
{
  Moments m = { 0 };

  for (guint i = 0; i < n; i++)
    if ((levels[(gsize) i * n_factors + factor] == level) != others && isfinite (y[i]))
      {
        double distance = y[i] - m.mean;

        m.n++;
        m.mean += distance / m.n;
        m.squares += distance * (y[i] - m.mean);
      }
  return m;
}

static void
compare_moments (const Moments *here, const Moments *there, SacLevelEffect *out)
{
  double a = here->n > 1 ? here->squares / (here->n - 1) / here->n : NAN;
  double b = there->n > 1 ? there->squares / (there->n - 1) / there->n : NAN;
  double error = sqrt (a + b), df, t;

  out->effect = here->n && there->n ? here->mean - there->mean : NAN;
  if (!(error > 0))
    return;
  df = (a + b) * (a + b) / (a * a / (here->n - 1) + b * b / (there->n - 1));
  t = sac_student_95 (df);
  out->effect_low = out->effect - t * error;
  out->effect_high = out->effect + t * error;
  out->p = sac_student_p (out->effect / error, df);
}

void
sac_level_effects (const double *y, const guint8 *levels, guint n, guint n_factors, guint n_levels, SacLevelEffect *out)
{
  for (guint f = 0; f < n_factors; f++)
    for (guint l = 0; l < n_levels; l++)
      {
        SacLevelEffect *effect = &out[(gsize) f * n_levels + l];
        Moments here = find_moments (y, levels, n, n_factors, f, l, FALSE), there = find_moments (y, levels, n, n_factors, f, l, TRUE);
        double half = here.n > 1 ? sac_student_95 (here.n - 1) * sqrt (here.squares / (here.n - 1) / here.n) : NAN;

        *effect = (SacLevelEffect) { here.n, here.n ? here.mean : NAN, here.mean - half, here.mean + half, NAN, NAN, NAN, NAN };
        compare_moments (&here, &there, effect);
      }
}

SacSlope
sac_slope (const double *x, const double *y, guint n)
{
  SacSlope s = { NAN, NAN, NAN, NAN };
  double mx = 0, my = 0, xx = 0, xy = 0, yy = 0, error;
  guint m = 0;

  for (guint i = 0; i < n; i++)
    if (isfinite (x[i]) && isfinite (y[i]))
      {
        double dx = x[i] - mx, dy = y[i] - my;

        m++;
        mx += dx / m;
        my += dy / m;
        xx += dx * (x[i] - mx);
        xy += dx * (y[i] - my);
        yy += dy * (y[i] - my);
      }
  if (m < 3 || !(xx > 0))
    return s;
  s.slope = xy / xx;
  error = sqrt (MAX (yy - s.slope * xy, 0) / (m - 2) / xx);
  s.low = s.slope - sac_student_95 (m - 2) * error;
  s.high = s.slope + sac_student_95 (m - 2) * error;
  s.p = error > 0 ? sac_student_p (s.slope / error, m - 2) : s.slope != 0 ? 0 : 1;
  return s;
}

/* ---- two factors. */

/* Sum of squares that remain of y (its mean taken off) after the best of all sums of the @m columns of @x, n × m; @rank: of the columns. */
static double
regress (double *x, double *y, guint n, guint m, guint *rank)
{
  double rest = 0;

  *rank = 0;
  for (guint j = 0; j < m; j++)         /* Gram and Schmidt, twice over for the sake of rounding */
    {
      double before = 0, norm = 0, along = 0;

      for (guint i = 0; i < n; i++)
        before += x[(gsize) i * m + j] * x[(gsize) i * m + j];
      for (guint turn = 0; turn < 2; turn++)
        for (guint k = 0; k < j; k++)
          {
            double dot = 0;

            for (guint i = 0; i < n; i++)
              dot += x[(gsize) i * m + j] * x[(gsize) i * m + k];
            for (guint i = 0; i < n; i++)
              x[(gsize) i * m + j] -= dot * x[(gsize) i * m + k];
          }
      for (guint i = 0; i < n; i++)
        norm += x[(gsize) i * m + j] * x[(gsize) i * m + j];
      for (guint i = 0; i < n; i++)
        x[(gsize) i * m + j] = norm > 1e-9 * before && norm > 0 ? x[(gsize) i * m + j] / sqrt (norm) : 0;
      if (!(norm > 1e-9 * before))
        continue;
      (*rank)++;
      for (guint i = 0; i < n; i++)
        along += x[(gsize) i * m + j] * y[i];
      for (guint i = 0; i < n; i++)
        y[i] -= along * x[(gsize) i * m + j];
    }
  for (guint i = 0; i < n; i++)
    rest += y[i] * y[i];
  return rest;
}

static double
fit (const double *y, const guint8 *levels, guint n, guint n_factors, guint n_levels, guint a, guint b, gboolean cells, guint *rank)
{
  guint m = cells ? n_levels * n_levels : 1 + 2 * n_levels;
  g_autofree double *x = g_new0 (double, (gsize) n * m + 1), *left = g_memdup2 (y, n * sizeof *y);

  for (guint i = 0; i < n; i++)
    {
      guint one = levels[(gsize) i * n_factors + a], other = levels[(gsize) i * n_factors + b];
      double *row = x + (gsize) i * m;

      if (cells)
        row[one * n_levels + other] = 1;
      else
        row[0] = row[1 + one] = row[1 + n_levels + other] = 1;
    }
  return regress (x, left, n, m, rank);
}

void
sac_pair_effects (const double *y, const guint8 *levels, guint n, guint n_factors, guint n_levels, SacPairEffect *out)
{
  g_autofree double *kept = g_new (double, n + 1);
  g_autofree guint8 *rows = g_new (guint8, (gsize) n * n_factors + 1);
  double mean = 0, all = 0;
  guint m = 0;

  for (guint i = 0; i < n; i++)
    if (isfinite (y[i]))
      {
        memcpy (rows + (gsize) m * n_factors, levels + (gsize) i * n_factors, n_factors);
        kept[m++] = y[i];
      }
  for (guint i = 0; i < m; i++)
    mean += kept[i] / m;
  for (guint i = 0; i < m; i++)
    {
      kept[i] -= mean;
      all += kept[i] * kept[i];
    }
  for (guint a = 0; a < n_factors; a++)
    for (guint b = a + 1; b < n_factors; b++, out++)
      {
        guint sum_rank, cell_rank;
        double sum = fit (kept, rows, m, n_factors, n_levels, a, b, FALSE, &sum_rank);
        double cell = fit (kept, rows, m, n_factors, n_levels, a, b, TRUE, &cell_rank);

        *out = (SacPairEffect) { a, b, NAN, NAN, 0, 0, all > 0 ? MAX (sum - cell, 0) / all : NAN };
        if (cell_rank <= sum_rank || m <= cell_rank || !(cell > 1e-12 * all))
          continue;
        out->df = cell_rank - sum_rank;
        out->df_rest = m - cell_rank;
        out->f = MAX (sum - cell, 0) / out->df / (cell / out->df_rest);
        out->p = sac_fisher_p (out->f, out->df, out->df_rest);
      }
}
