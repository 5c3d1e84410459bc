#include "sac-gan-scores.h"

#include <cblas.h>
#include <math.h>
#include <string.h>

#include "sac-weight-analysis.h"

/* LAPACK as OpenBLAS has it. */
void dsyev_ (const char *job, const char *part, const int *n, double *a, const int *stride, double *values, double *work,
             const int *n_work, int *info);

/* ---- probabilities. */

static double
score_part (const float *probabilities, guint n, guint k)
{
  g_autofree double *mean = g_new0 (double, k);
  double sum = 0;

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < k; j++)
      mean[j] += (double) probabilities[(gsize) i * k + j] / n;
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < k; j++)
      {
        double p = (double) probabilities[(gsize) i * k + j];

        if (p > 0)
          sum += p * (log (p) - log (mean[j]));
      }
  return exp (sum / n);
}

double
sac_inception_score (const float *probabilities, guint n, guint k, guint n_splits, double *deviation)
{
  guint each = n_splits ? n / n_splits : 0;
  double sum = 0, squares = 0, mean;

  if (deviation)
    *deviation = NAN;
  if (each == 0 || k == 0)
    return NAN;
  for (guint s = 0; s < n_splits; s++)
    {
      double score = score_part (probabilities + (gsize) s * each * k, each, k);

      sum += score;
      squares += score * score;
    }
  mean = sum / n_splits;
  if (deviation)
    *deviation = sqrt (MAX (squares / n_splits - mean * mean, 0));
  return mean;
}

guint
sac_count_modes (const float *probabilities, guint n, guint k, double least, double *divergence)
{
  g_autofree guint *counts = g_new0 (guint, k + 1);
  guint modes = 0;
  double kl = 0;

  for (guint i = 0; i < n; i++)
    {
      const float *row = probabilities + (gsize) i * k;
      guint best = 0;

      for (guint j = 1; j < k; j++)
        if (row[j] > row[best])
          best = j;
      counts[best]++;
    }
  for (guint j = 0; j < k; j++)
    {
      double share = n ? (double) counts[j] / n : 0;

      modes += counts[j] > 0 && share >= least;
      if (share > 0)
        kl += share * log (share * k);
    }
  if (divergence)
    *divergence = n ? kl : NAN;
  return modes;
}

/* ---- features. */

SacFeatureStats *
sac_feature_stats_new (const float *features, guint n, guint d)
{
  SacFeatureStats *stats;
  const guint block = 256;      /* rows made double at a time */
  g_autofree double *rows = NULL;

  if (n < 2 || d == 0)
    return NULL;
  stats = g_new0 (SacFeatureStats, 1);
  stats->n = n;
  stats->d = d;
  stats->mean = g_new0 (double, d);
  stats->covariance = g_new0 (double, (gsize) d * d);
  rows = g_new (double, (gsize) block * d);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < d; j++)
      stats->mean[j] += (double) features[(gsize) i * d + j] / n;
  for (guint from = 0; from < n; from += block)
    {
      guint count = MIN (block, n - from);

      for (guint i = 0; i < count; i++)
        for (guint j = 0; j < d; j++)
          rows[(gsize) i * d + j] = (double) features[((gsize) from + i) * d + j] - stats->mean[j];
      cblas_dsyrk (CblasRowMajor, CblasUpper, CblasTrans, (int) d, (int) count, 1.0 / (n - 1), rows, (int) d, 1, stats->covariance,
                   (int) d);
    }
  for (guint i = 0; i < d; i++)
    for (guint j = 0; j < i; j++)
      stats->covariance[(gsize) i * d + j] = stats->covariance[(gsize) j * d + i];
  return stats;
}

void
sac_feature_stats_free (SacFeatureStats *stats)
{
  if (!stats)
    return;
  g_free (stats->mean);
  g_free (stats->covariance);
  g_free (stats);
}

/* Symmetric @matrix becomes its eigenvectors, a row each. */
static gboolean
solve (double *matrix, guint d, double *values)
{
  int size = (int) d, ask = -1, info = 0, n_work;
  double best = 0;
  g_autofree double *work = NULL;

  dsyev_ ("V", "L", &size, matrix, &size, values, &best, &ask, &info);
  n_work = MAX ((int) best, 3 * size);
  work = g_new (double, n_work);
  dsyev_ ("V", "L", &size, matrix, &size, values, work, &n_work, &info);
  return info == 0;
}

double
sac_frechet_distance (const SacFeatureStats *a, const SacFeatureStats *b)
{
  guint d = a->d;
  gsize area = (gsize) d * d;
  g_autofree double *vectors = NULL;
  g_autofree double *values = NULL;
  g_autofree double *scaled = NULL;
  g_autofree double *root = NULL;
  g_autofree double *between = NULL;
  double distance = 0;

  if (d == 0 || b->d != d)
    return NAN;
  for (guint i = 0; i < d; i++)
    distance += (a->mean[i] - b->mean[i]) * (a->mean[i] - b->mean[i]) + a->covariance[i * ((gsize) d + 1)]
                + b->covariance[i * ((gsize) d + 1)];
  vectors = g_memdup2 (a->covariance, area * sizeof *vectors);
  values = g_new (double, d);
  if (!solve (vectors, d, values))
    return NAN;
  scaled = g_new (double, area);
  for (guint i = 0; i < d; i++)
    for (guint j = 0; j < d; j++)
      scaled[(gsize) i * d + j] = sqrt (MAX (values[i], 0)) * vectors[(gsize) i * d + j];
  root = g_new (double, area);
  between = g_new (double, area);
  cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (int) d, (int) d, (int) d, 1, vectors, (int) d, scaled, (int) d, 0, root, (int) d);
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) d, (int) d, (int) d, 1, root, (int) d, b->covariance, (int) d, 0, between,
               (int) d);
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) d, (int) d, (int) d, 1, between, (int) d, root, (int) d, 0, scaled,
               (int) d);
  if (!sac_symmetric_eigenvalues (scaled, d, values))
    return NAN;
  for (guint i = 0; i < d; i++)
    distance -= 2 * sqrt (MAX (values[i], 0));
  return MAX (distance, 0);
}

static double *
gather (const float *features, const guint32 *rows, guint n, guint d)
{
  double *out = g_new (double, (gsize) n * d + 1);

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < d; j++)
      out[(gsize) i * d + j] = (double) features[(gsize) rows[i] * d + j];
  return out;
}

/* Σ of the kernel over all pairs; @same: without those of a row with itself. */
static double
sum_kernel (const double *a, guint n_a, const double *b, guint n_b, guint d, gboolean same)
{
  g_autofree double *products = g_new (double, (gsize) n_a * n_b);
  double sum = 0;

  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int) n_a, (int) n_b, (int) d, 1.0 / d, a, (int) d, b, (int) d, 0, products,
               (int) n_b);
  for (guint i = 0; i < n_a; i++)
    for (guint j = 0; j < n_b; j++)
      if (!same || i != j)
        {
          double base = products[(gsize) i * n_b + j] + 1;

          sum += base * base * base;
        }
  return sum;
}

double
sac_kernel_distance (const float *a, guint n_a, const float *b, guint n_b, guint d, guint n_subsets, guint size, guint64 seed,
                     double *deviation)
{
  guint m = MIN (MIN (size, n_a), n_b);
  g_autofree guint32 *order_a = g_new (guint32, n_a + 1);
  g_autofree guint32 *order_b = g_new (guint32, n_b + 1);
  double sum = 0, squares = 0, mean;

  if (deviation)
    *deviation = NAN;
  if (m < 2 || d == 0 || n_subsets == 0)
    return NAN;
  for (guint s = 0; s < n_subsets; s++)
    {
      g_autofree double *x = NULL;
      g_autofree double *y = NULL;
      double value;

      sac_random_shuffle ((SacRandomKey) { seed, sac_random_stream (s, 0, 0) }, order_a, n_a);
      sac_random_shuffle ((SacRandomKey) { seed, sac_random_stream (s, 1, 0) }, order_b, n_b);
      x = gather (a, order_a, m, d);
      y = gather (b, order_b, m, d);
      value = (sum_kernel (x, m, x, m, d, TRUE) + sum_kernel (y, m, y, m, d, TRUE)) / ((double) m * (m - 1))
              - 2 * sum_kernel (x, m, y, m, d, FALSE) / ((double) m * m);
      sum += value;
      squares += value * value;
    }
  mean = sum / n_subsets;
  if (deviation)
    *deviation = sqrt (MAX (squares / n_subsets - mean * mean, 0));
  return mean;
}

/* ---- distances between all rows of two sets, a block of rows at a time: |a|² + |b|² − 2a·b. */

#define BLOCK 256

typedef struct {
  double *rows, *lengths;       /* n × d, and the squares of their lengths */
  guint n;
} Points;

static Points
take_points (const float *features, guint n, guint d)
{
  Points out = { g_new (double, (gsize) n * d + 1), g_new0 (double, n + 1), n };

  for (gsize i = 0; i < (gsize) n * d; i++)
    {
      out.rows[i] = (double) features[i];
      out.lengths[i / d] += out.rows[i] * out.rows[i];
    }
  return out;
}

static void
points_clear (Points *points)
{
  g_free (points->rows);
  g_free (points->lengths);
}

/* Squared distances of rows @from … of @a, @count of them, to all of @b. */
static void
find_distances (const Points *a, guint from, guint count, const Points *b, guint d, double *out)
{
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int) count, (int) b->n, (int) d, -2, a->rows + (gsize) from * d, (int) d, b->rows,
               (int) d, 0, out, (int) b->n);
  for (guint i = 0; i < count; i++)
    for (guint j = 0; j < b->n; j++)
      out[(gsize) i * b->n + j] = MAX (out[(gsize) i * b->n + j] + a->lengths[from + i] + b->lengths[j], 0);
}

/* The square of each row's distance to its @k-th neighbour; −1 where there is none.  @k ≤ MOST_NEIGHBOURS. */
#define MOST_NEIGHBOURS 64

static double *
find_reaches (const Points *points, guint d, guint k)
{
  double *reaches = g_new (double, points->n + 1), nearest[MOST_NEIGHBOURS + 1];
  g_autofree double *distances = g_new (double, (gsize) BLOCK * points->n + 1);

  for (guint from = 0; from < points->n; from += BLOCK)
    {
      guint count = MIN (BLOCK, points->n - from);

      find_distances (points, from, count, points, d, distances);
      for (guint i = 0; i < count; i++)
        {
          const double *row = distances + (gsize) i * points->n;
          guint kept = 0;

          for (guint j = 0; j < points->n; j++)
            {
              guint at;

              if (j == from + i || (kept == k && row[j] >= nearest[k - 1]))
                continue;
              kept = MIN (kept + 1, k);
              for (at = kept - 1; at > 0 && nearest[at - 1] > row[j]; at--)
                nearest[at] = nearest[at - 1];
              nearest[at] = row[j];
            }
          reaches[from + i] = kept ? nearest[kept - 1] : -1;
        }
    }
  return reaches;
}

static double
share_within (const Points *centres, const double *reaches, const Points *points, guint d)
{
  g_autofree double *distances = g_new (double, (gsize) BLOCK * centres->n + 1);
  guint within = 0;

  for (guint from = 0; from < points->n; from += BLOCK)
    {
      guint count = MIN (BLOCK, points->n - from);

      find_distances (points, from, count, centres, d, distances);
      for (guint i = 0; i < count; i++)
        for (guint j = 0; j < centres->n; j++)
          if (distances[(gsize) i * centres->n + j] <= reaches[j])
            {
              within++;
              break;
            }
    }
  return points->n ? (double) within / points->n : NAN;
}

void
sac_precision_recall (const float *real, guint n_real, const float *generated, guint n_generated, guint d, guint k, double *precision,
                      double *recall)
{
  Points one = take_points (real, n_real, d), two = take_points (generated, n_generated, d);
  guint neighbour = CLAMP (k, 1, MOST_NEIGHBOURS);
  g_autofree double *real_reaches = find_reaches (&one, d, neighbour);
  g_autofree double *generated_reaches = find_reaches (&two, d, neighbour);

  *precision = share_within (&one, real_reaches, &two, d);
  *recall = share_within (&two, generated_reaches, &one, d);
  points_clear (&one);
  points_clear (&two);
}

/* ---- pixels. */

#define WINDOW 11
#define N_SCALES 5

typedef struct {
  guint height, width;
  double *at;
} Plane;

/* Windows of a Gaussian, σ 1.5, where they fit whole; rows first, then columns. */
static Plane
blur (const Plane *in)
{
  Plane out = { in->height - WINDOW + 1, in->width - WINDOW + 1, NULL };
  g_autofree double *rows = g_new (double, (gsize) in->height * out.width);
  double taps[WINDOW], sum = 0;

  for (int i = 0; i < WINDOW; i++)
    sum += taps[i] = exp (-(i - WINDOW / 2) * (i - WINDOW / 2) / (2 * 1.5 * 1.5));
  out.at = g_new (double, (gsize) out.height * out.width);
  for (guint y = 0; y < in->height; y++)
    for (guint x = 0; x < out.width; x++)
      {
        double value = 0;

        for (guint i = 0; i < WINDOW; i++)
          value += taps[i] / sum * in->at[(gsize) y * in->width + x + i];
        rows[(gsize) y * out.width + x] = value;
      }
  for (guint y = 0; y < out.height; y++)
    for (guint x = 0; x < out.width; x++)
      {
        double value = 0;

        for (guint i = 0; i < WINDOW; i++)
          value += taps[i] / sum * rows[((gsize) y + i) * out.width + x];
        out.at[(gsize) y * out.width + x] = value;
      }
  return out;
}

static Plane
blur_product (const Plane *a, const Plane *b)
{
  Plane product = { a->height, a->width, g_new (double, (gsize) a->height * a->width) }, out;

  for (gsize i = 0; i < (gsize) a->height * a->width; i++)
    product.at[i] = a->at[i] * b->at[i];
  out = blur (&product);
  g_free (product.at);
  return out;
}

/* Means over the picture of contrast·structure and of all three. */
static void
compare_planes (const Plane *a, const Plane *b, double range, double *structure, double *whole)
{
  double c1 = 0.01 * range * 0.01 * range, c2 = 0.03 * range * 0.03 * range;
  Plane m1 = blur (a), m2 = blur (b), s11 = blur_product (a, a), s22 = blur_product (b, b), s12 = blur_product (a, b);
  gsize n = (gsize) m1.height * m1.width;

  *structure = *whole = 0;
  for (gsize i = 0; i < n; i++)
    {
      double one = m1.at[i], two = m2.at[i];
      double cs = (2 * (s12.at[i] - one * two) + c2) / (s11.at[i] - one * one + s22.at[i] - two * two + c2);

      *structure += cs / (double) n;
      *whole += cs * (2 * one * two + c1) / (one * one + two * two + c1) / (double) n;
    }
  g_free (m1.at);
  g_free (m2.at);
  g_free (s11.at);
  g_free (s22.at);
  g_free (s12.at);
}

static void
halve (Plane *plane)
{
  guint height = plane->height / 2, width = plane->width / 2;

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        const double *from = plane->at + (gsize) 2 * y * plane->width + 2 * x;

        plane->at[(gsize) y * width + x] = (from[0] + from[1] + from[plane->width] + from[plane->width + 1]) / 4;
      }
  plane->height = height;
  plane->width = width;
}

static Plane
take_channel (const float *picture, guint height, guint width, guint channels, guint c)
{
  Plane plane = { height, width, g_new (double, (gsize) height * width + 1) };

  for (gsize i = 0; i < (gsize) height * width; i++)
    plane.at[i] = (double) picture[i * channels + c];
  return plane;
}

double
sac_ms_ssim (const float *a, const float *b, guint height, guint width, guint channels, double range)
{
  static const double weights[N_SCALES] = { 0.0448, 0.2856, 0.3001, 0.2363, 0.1333 };
  guint scales = 0;
  double total = 0, mean = 0;

  while (scales < N_SCALES && (MIN (height, width) >> scales) >= WINDOW)
    total += weights[scales++];
  if (scales == 0 || channels == 0)
    return NAN;
  for (guint c = 0; c < channels; c++)
    {
      Plane x = take_channel (a, height, width, channels, c), y = take_channel (b, height, width, channels, c);
      double product = 1;

      for (guint s = 0; s < scales; s++)
        {
          double structure, whole, part;

          compare_planes (&x, &y, range, &structure, &whole);
          part = s + 1 == scales ? whole : structure;
          product *= pow (MAX (part, 0), weights[s] / total);
          if (s + 1 < scales)
            {
              halve (&x);
              halve (&y);
            }
        }
      mean += product / channels;
      g_free (x.at);
      g_free (y.at);
    }
  return mean;
}
