/* Singular values by way of the smaller Gram matrix. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "sac-weight-analysis.h"

#define LARGEST 2048            /* rows of a Gram matrix: some seconds */
#define STRIP 256

/* LAPACK as OpenBLAS has it. */
void dsyev_ (const char *job, const char *part, const int *n, double *a, const int *stride, double *values, double *work,
             const int *n_work, int *info);

gboolean
sac_symmetric_eigenvalues (double *matrix, guint n, double *values)
{
  int size = (int) n, n_work = -1, info = 0;
  double best = 0;
  g_autofree double *work = NULL;

  if (n == 0)
    return TRUE;
  for (gsize i = 0; i < (gsize) n * n; i++)
    if (!isfinite (matrix[i]))
      return FALSE;
  dsyev_ ("N", "L", &size, matrix, &size, values, &best, &n_work, &info);
  n_work = MAX ((int) best, 3 * size);
  work = g_new (double, n_work);
  dsyev_ ("N", "L", &size, matrix, &size, values, work, &n_work, &info);
  return info == 0;
}

/* A strip of @rows × @columns of @matrix, whose rows are @stride apart, as doubles. */
static void
widen (const float *matrix, gsize rows, gsize columns, gsize stride, double *out)
{
  for (gsize i = 0; i < rows; i++)
    for (gsize j = 0; j < columns; j++)
      out[i * columns + j] = (double) matrix[i * stride + j];
}

double
sac_matrix_effective_rank (const float *matrix, gsize rows, gsize columns)
{
  gboolean wide = rows <= columns;
  guint n = (guint) MIN (MIN (rows, columns), G_MAXUINT32);
  gsize length = MAX (rows, columns);
  g_autofree double *gram = NULL, *strip = NULL, *values = NULL;

  if (n == 0 || n > LARGEST)
    return NAN;
  gram = g_new0 (double, (gsize) n * n);
  strip = g_new (double, (gsize) n * STRIP);
  values = g_new (double, n);
  for (gsize at = 0; at < length; at += STRIP)
    {
      gsize m = MIN (length - at, STRIP);

      widen (wide ? matrix + at : matrix + at * columns, wide ? n : m, wide ? m : n, columns, strip);
      cblas_dsyrk (CblasRowMajor, CblasUpper, wide ? CblasNoTrans : CblasTrans, (int) n, (int) m, 1, strip, wide ? (int) m : (int) n, 1,
                   gram, (int) n);
    }
  /* The upper half by rows is the lower one by columns. */
  if (!sac_symmetric_eigenvalues (gram, n, values))
    return NAN;
  for (guint i = 0; i < n; i++)
    values[i] = sqrt (MAX (values[i], 0));
  return sac_effective_rank (values, n);
}
