/* ROC curves, areas under them, average precision, tables over labels.  methods/01 §4. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sac-eval-private.h"

/* A score as a number that rises as the score falls, above the clip's index and its truth: sorting these sorts the clips by falling score,
 * equal ones by index. */
static inline guint64
pack (float score, gboolean positive, guint32 index)
{
  union { float value; guint32 bits; } u = { score + 0.0f };     /* −0 is 0 */
  guint32 rising = u.bits & 0x80000000u ? ~u.bits : u.bits | 0x80000000u;

  return (guint64) ~rising << 32 | (guint64) index << 1 | positive;
}

static inline SacScored
unpack (guint64 packed)
{
  guint32 rising = ~(guint32) (packed >> 32);
  union { guint32 bits; float value; } u = { rising & 0x80000000u ? rising & 0x7fffffffu : ~rising };

  return (SacScored) { u.value, packed & 1, (guint32) packed >> 1 };
}

static int
compare_packed (const void *a, const void *b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

/* By the upper half, stable: three passes of eleven bits.  @spare: room for as many.  Returns where the result is. */
static guint64 *
sort_packed (guint64 *packed, guint64 *spare, gsize n)
{
  guint32 (*starts)[2048];

  if (n < 600)                  /* counting buckets would cost more */
    {
      if (n)
        qsort (packed, n, sizeof *packed, compare_packed);
      return packed;
    }
  starts = g_malloc0 (3 * sizeof *starts);
  for (gsize i = 0; i < n; i++)
    for (guint pass = 0; pass < 3; pass++)
      starts[pass][packed[i] >> (32 + 11 * pass) & 2047]++;
  for (guint pass = 0; pass < 3; pass++)
    {
      guint64 *swap = packed;
      guint32 sum = 0;

      for (guint k = 0; k < 2048; k++)
        {
          guint32 count = starts[pass][k];

          starts[pass][k] = sum;
          sum += count;
        }
      for (gsize i = 0; i < n; i++)
        spare[starts[pass][packed[i] >> (32 + 11 * pass) & 2047]++] = packed[i];
      packed = spare;
      spare = swap;
    }
  g_free (starts);
  return packed;
}

static SacScored *
unpack_all (const guint64 *sorted, gsize n)
{
  SacScored *scored = g_new (SacScored, n + 1);

  for (gsize i = 0; i < n; i++)
    scored[i] = unpack (sorted[i]);
  return scored;
}

SacScored *
_sac_scored_new (const float *scores, const gint8 *truth, gsize n, gsize stride, gsize *n_kept)
{
  guint64 *packed = g_new (guint64, n + 1), *spare = g_new (guint64, n + 1), *sorted;
  SacScored *kept;
  gsize k = 0;

  for (gsize i = 0; i < n; i++)
    if (truth[i * stride] >= 0 && !isnan (scores[i * stride]))
      packed[k++] = pack (scores[i * stride], truth[i * stride] > 0, (guint32) i);
  sorted = sort_packed (packed, spare, k);
  kept = unpack_all (sorted, k);
  g_free (packed);
  g_free (spare);
  *n_kept = k;
  return kept;
}

double
sac_auc_null_deviation (guint n_positive, guint n_negative)
{
  if (n_positive == 0 || n_negative == 0)
    return NAN;
  return sqrt ((n_positive + (double) n_negative + 1) / (12.0 * n_positive * n_negative));
}

/* ---- curves.  Which clip a score is of does not matter to them, so the scores of positive and of negative clips are sorted apart, half as
 * many bytes, and walked together. */

static inline guint32
key_of (float score)
{
  return pack (score, FALSE, 0) >> 32;
}

static int
compare_keys (const void *a, const void *b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

  return x < y ? -1 : x > y;
}

/* As sort_packed. */
static guint32 *
sort_keys (guint32 *keys, guint32 *spare, gsize n)
{
  guint32 starts[3][2048];

  if (n < 600)
    {
      if (n)
        qsort (keys, n, sizeof *keys, compare_keys);
      return keys;
    }
  memset (starts, 0, sizeof starts);
  for (gsize i = 0; i < n; i++)
    for (guint pass = 0; pass < 3; pass++)
      starts[pass][keys[i] >> 11 * pass & 2047]++;
  for (guint pass = 0; pass < 3; pass++)
    {
      guint32 *swap = keys, sum = 0;

      for (guint k = 0; k < 2048; k++)
        {
          guint32 count = starts[pass][k];

          starts[pass][k] = sum;
          sum += count;
        }
      for (gsize i = 0; i < n; i++)
        spare[starts[pass][keys[i] >> 11 * pass & 2047]++] = keys[i];
      keys = spare;
      spare = swap;
    }
  return keys;
}

/* Sorted keys of the positive and the negative clips.  @most 0: every step is a point; else steps are left out so that about so many are
 * left, evenly along both axes. */
static SacRoc *
roc_of (const guint32 *up, gsize n_up, const guint32 *down, gsize n_down, guint most)
{
  SacRoc *roc = g_new0 (SacRoc, 1);
  gsize p = 0, n = 0, last_p = 0, last_n = 0, step_p = most ? 2 * n_up / most : 0, step_n = most ? 2 * n_down / most : 0;
  gsize room = (most ? MIN (n_up + n_down, 2 * (gsize) most + 2) : n_up + n_down) + 2;
  double twice_area = 0;        /* in units of one positive × one negative: whole numbers, so exact */
  guint32 key = 0;

  roc->fpr = g_new (double, room);
  roc->tpr = g_new (double, room);
  roc->threshold = g_new (double, room);
  roc->fpr[0] = roc->tpr[0] = 0;
  roc->threshold[0] = INFINITY;
  roc->n_points = 1;
  while (p < n_up || n < n_down)
    {
      gsize p0 = p, n0 = n;

      key = p == n_up ? down[n] : n == n_down ? up[p] : MIN (up[p], down[n]);
      while (p < n_up && up[p] == key)
        p++;
      while (n < n_down && down[n] == key)
        n++;
      twice_area += (double) (n - n0) * ((double) p0 + (double) p);
      if (most == 0 || (p == n_up && n == n_down) || p - last_p > step_p || n - last_n > step_n)
        {
          roc->tpr[roc->n_points] = p;
          roc->fpr[roc->n_points] = n;
          roc->threshold[roc->n_points++] = unpack ((guint64) key << 32).score;
          last_p = p;
          last_n = n;
        }
    }
  roc->n_positive = n_up;
  roc->n_negative = n_down;
  if (n_up && n_down)
    {
      double band = 1.96 * sac_auc_null_deviation (roc->n_positive, roc->n_negative);

      for (guint i = 1; i < roc->n_points; i++)
        {
          roc->tpr[i] /= n_up;
          roc->fpr[i] /= n_down;
        }
      roc->auc = twice_area / (2.0 * n_up * n_down);
      roc->null_low = 0.5 - band;
      roc->null_high = 0.5 + band;
    }
  else
    {
      roc->auc = roc->null_low = roc->null_high = NAN;
      roc->n_points = 2;
      roc->fpr[1] = roc->tpr[1] = 1;
      roc->threshold[1] = n_up || n_down ? unpack ((guint64) key << 32).score : -INFINITY;
    }
  return roc;
}

typedef struct {
  const float *scores;
  const gint8 *truth;
  gsize n_clips, stride;
  guint n_labels, most;
  SacRoc **rocs;
} Rocs;

#define BLOCK 8                 /* labels whose scores are read together: rows are long, and a cache line holds several */

static void
make_block (guint block, guint thread, gpointer data)
{
  Rocs *all = data;
  guint first = block * BLOCK, n_labels = MIN (BLOCK, all->n_labels - first);
  gsize n_up[BLOCK] = { 0 }, n_down[BLOCK] = { 0 };
  guint32 *keys = g_new (guint32, (gsize) (n_labels + 1) * all->n_clips + 1), *spare = keys + n_labels * all->n_clips;

  /* Positive clips from the front of a label's room, negative ones from its end. */
  for (gsize i = 0; i < all->n_clips; i++)
    for (guint l = 0; l < n_labels; l++)
      {
        gsize at = i * all->stride + first + l;
        guint32 *own = keys + l * all->n_clips;

        if (all->truth[at] < 0 || isnan (all->scores[at]))
          continue;
        if (all->truth[at] > 0)
          own[n_up[l]++] = key_of (all->scores[at]);
        else
          own[all->n_clips - ++n_down[l]] = key_of (all->scores[at]);
      }
  for (guint l = 0; l < n_labels; l++)
    {
      guint32 *up = keys + l * all->n_clips, *down = up + all->n_clips - n_down[l];
      const guint32 *sorted_up = sort_keys (up, spare, n_up[l]), *sorted_down = sort_keys (down, spare + n_up[l], n_down[l]);

      all->rocs[first + l] = roc_of (sorted_up, n_up[l], sorted_down, n_down[l], all->most);
    }
  g_free (keys);
}

SacRoc *
sac_roc_new (const float *scores, const gint8 *truth, gsize n, gsize stride)
{
  SacRoc *roc;
  Rocs all = { scores, truth, n, stride, 1, 0, &roc };

  g_return_val_if_fail (stride > 0, NULL);
  g_return_val_if_fail (n == 0 || (scores && truth), NULL);
  make_block (0, 0, &all);
  return roc;
}

void
sac_rocs_new (const float *scores, const gint8 *truth, guint n_clips, guint n_labels, guint most_points, SacPool *pool, SacRoc **rocs)
{
  Rocs all = { scores, truth, n_clips, n_labels, n_labels, most_points, rocs };

  if (pool)
    sac_pool_run (pool, (n_labels + BLOCK - 1) / BLOCK, make_block, &all);
  else
    for (guint b = 0; b < (n_labels + BLOCK - 1) / BLOCK; b++)
      make_block (b, 0, &all);
}

void
sac_roc_free (SacRoc *roc)
{
  if (!roc)
    return;
  g_free (roc->fpr);
  g_free (roc->tpr);
  g_free (roc->threshold);
  g_free (roc);
}

double
sac_auc (const float *scores, const gint8 *truth, gsize n, gsize stride)
{
  g_autoptr (SacRoc) roc = sac_roc_new (scores, truth, n, stride);

  return roc ? roc->auc : NAN;
}

double
sac_average_precision (const float *scores, const gint8 *truth, gsize n, gsize stride)
{
  g_autofree SacScored *sorted = NULL;
  gsize kept, positive = 0;
  double sum = 0;

  g_return_val_if_fail (stride > 0, NAN);
  sorted = _sac_scored_new (scores, truth, n, stride, &kept);
  for (gsize i = 0; i < kept;)
    {
      gsize j = i, p = 0;

      for (; j < kept && sorted[j].score == sorted[i].score; j++)
        p += sorted[j].positive;
      positive += p;
      sum += p * (double) positive / j;
      i = j;
    }
  return positive ? sum / positive : NAN;
}

int
_sac_compare_double (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

SacAucTable *
sac_auc_table_new (const float *scores, const gint8 *truth, guint n_clips, guint n_labels)
{
  SacAucTable *table = g_new0 (SacAucTable, 1);
  g_autofree double *defined = g_new (double, n_labels + 1);
  double precision = 0, sum = 0;

  table->n_labels = n_labels;
  table->auc = g_new (double, n_labels + 1);
  for (guint l = 0; l < n_labels; l++)
    {
      table->auc[l] = sac_auc (scores + l, truth + l, n_clips, n_labels);
      if (isnan (table->auc[l]))
        continue;
      defined[table->n_defined++] = table->auc[l];
      sum += table->auc[l];
      precision += sac_average_precision (scores + l, truth + l, n_clips, n_labels);
    }
  if (table->n_defined)
    {
      guint d = table->n_defined;

      qsort (defined, d, sizeof *defined, _sac_compare_double);
      table->macro = sum / d;
      table->median = (defined[(d - 1) / 2] + defined[d / 2]) / 2;
      table->map = precision / d;
    }
  else
    table->macro = table->median = table->map = NAN;
  return table;
}

void
sac_auc_table_free (SacAucTable *table)
{
  if (!table)
    return;
  g_free (table->auc);
  g_free (table);
}
