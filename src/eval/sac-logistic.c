/* Logistic regression on a few features: the control a network must beat. */
#include <math.h>
#include <string.h>

#include "sac-eval-private.h"

static double
sigmoid (double z)
{
  return z >= 0 ? 1 / (1 + exp (-z)) : exp (z) / (1 + exp (z));
}

/* Solves A x = b in place for the symmetric positive definite @a (n × n, overwritten by its Cholesky factor). */
static gboolean
solve (double *a, double *b, guint n)
{
  for (guint j = 0; j < n; j++)
    {
      double d = a[j * n + j];

      for (guint k = 0; k < j; k++)
        d -= a[j * n + k] * a[j * n + k];
      if (!(d > 0))
        return FALSE;
      a[j * n + j] = d = sqrt (d);
      for (guint i = j + 1; i < n; i++)
        {
          double s = a[i * n + j];

          for (guint k = 0; k < j; k++)
            s -= a[i * n + k] * a[j * n + k];
          a[i * n + j] = s / d;
        }
    }
  for (guint i = 0; i < n; i++)
    {
      for (guint k = 0; k < i; k++)
        b[i] -= a[i * n + k] * b[k];
      b[i] /= a[i * n + i];
    }
  for (guint i = n; i-- > 0;)
    {
      for (guint k = i + 1; k < n; k++)
        b[i] -= a[k * n + i] * b[k];
      b[i] /= a[i * n + i];
    }
  return TRUE;
}

/* @rows: m × n, the constant 1 last in each row. */
static double
objective (const double *rows, const guint8 *yes, gsize m, guint n, double l2, const double *w)
{
  double sum = 0;

  for (gsize i = 0; i < m; i++)
    {
      double z = 0;

      for (guint j = 0; j < n; j++)
        z += w[j] * rows[i * n + j];
      sum += MAX (z, 0) - (yes[i] ? z : 0) + log1p (exp (-fabs (z)));
    }
  for (guint j = 0; j + 1 < n; j++)
    sum += l2 / 2 * w[j] * w[j];
  return sum;
}

static void
newton (const double *rows, const guint8 *yes, gsize m, guint n, double l2, double *w)
{
  g_autofree double *hessian = g_new (double, (gsize) n * n), *step = g_new (double, n), *trial = g_new (double, n);
  double now = objective (rows, yes, m, n, l2, w);

  for (int round = 0; round < 100; round++)
    {
      double scale = 1, slope = 0;

      memset (hessian, 0, (gsize) n * n * sizeof *hessian);
      memset (step, 0, n * sizeof *step);
      for (gsize i = 0; i < m; i++)
        {
          const double *x = rows + i * n;
          double z = 0, p, curvature;

          for (guint j = 0; j < n; j++)
            z += w[j] * x[j];
          p = sigmoid (z);
          curvature = p * (1 - p);
          for (guint j = 0; j < n; j++)
            {
              step[j] -= (p - yes[i]) * x[j];
              for (guint k = 0; k <= j; k++)
                hessian[j * n + k] += curvature * x[j] * x[k];
            }
        }
      for (guint j = 0; j < n; j++)
        {
          if (j + 1 < n)
            step[j] -= l2 * w[j];
          hessian[j * n + j] += (j + 1 < n ? l2 : 0) + 1e-9;
          trial[j] = step[j];
        }
      if (!solve (hessian, step, n))
        return;
      for (guint j = 0; j < n; j++)
        slope += step[j] * trial[j];
      if (!(slope > 1e-20))
        return;
      for (;;)
        {
          double next;

          for (guint j = 0; j < n; j++)
            trial[j] = w[j] + scale * step[j];
          next = objective (rows, yes, m, n, l2, trial);
          if (next <= now - 1e-4 * scale * slope)
            {
              memcpy (w, trial, n * sizeof *w);
              now = next;
              break;
            }
          scale /= 2;
          if (scale < 1e-10)
            return;
        }
    }
}

void
sac_logistic_fit (const float *features, guint n_clips, guint n_features, const gint8 *truth, gsize truth_stride, double l2,
                  double *weights)
{
  guint n = n_features + 1;
  g_autofree double *rows = g_new (double, (gsize) (n_clips + 1) * n);
  g_autofree double *mean = g_new0 (double, n), *deviation = g_new0 (double, n);
  g_autofree guint8 *yes = g_new (guint8, n_clips + 1);
  gsize m = 0, positive = 0;

  memset (weights, 0, n * sizeof *weights);
  for (guint i = 0; i < n_clips; i++)
    {
      const float *x = features + (gsize) i * n_features;
      gboolean usable = truth[i * truth_stride] >= 0;

      for (guint j = 0; j < n_features && usable; j++)
        usable = isfinite (x[j]);
      if (!usable)
        continue;
      for (guint j = 0; j < n_features; j++)
        mean[j] += rows[m * n + j] = x[j];
      rows[m * n + n_features] = 1;
      yes[m] = truth[i * truth_stride] > 0;
      positive += yes[m++];
    }
  if (positive == 0 || positive == m)
    {
      weights[n_features] = log ((positive + 0.5) / (m - positive + 0.5));
      return;
    }
  for (guint j = 0; j < n_features; j++)
    {
      mean[j] /= m;
      for (gsize i = 0; i < m; i++)
        deviation[j] += (rows[i * n + j] - mean[j]) * (rows[i * n + j] - mean[j]) / m;
      deviation[j] = sqrt (deviation[j]);
      if (!(deviation[j] > 1e-12 * (1 + fabs (mean[j]))))
        deviation[j] = 0;       /* a feature that never varies says nothing */
      for (gsize i = 0; i < m; i++)
        rows[i * n + j] = deviation[j] > 0 ? (rows[i * n + j] - mean[j]) / deviation[j] : 0;
    }
  weights[n_features] = log ((double) positive / (m - positive));
  newton (rows, yes, m, n, MAX (l2, 0), weights);
  for (guint j = 0; j < n_features; j++)
    {
      weights[j] = deviation[j] > 0 ? weights[j] / deviation[j] : 0;
      weights[n_features] -= weights[j] * mean[j];
    }
}

double
sac_logistic_score (const double *weights, const float *features, guint n_features)
{
  double z = weights[n_features];

  for (guint j = 0; j < n_features; j++)
    z += weights[j] * features[j];
  return sigmoid (z);
}
