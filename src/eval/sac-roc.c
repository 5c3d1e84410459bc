/* ROC curves, areas under them, average precision, tables over labels.  methods/01 §4. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sac-eval-private.h"

static int
compare_descending (const void *a, const void *b)
{
  const SacScored *x = a, *y = b;

  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

SacScored *
_sac_scored_new (const float *scores, const gint8 *truth, gsize n, gsize stride, gsize *n_kept)
{
  SacScored *kept = g_new (SacScored, n ? n : 1);
  gsize k = 0;

  for (gsize i = 0; i < n; i++)
    if (truth[i * stride] >= 0 && !isnan (scores[i * stride]))
      kept[k++] = (SacScored) { scores[i * stride], truth[i * stride] > 0, i };
  if (k)
    qsort (kept, k, sizeof *kept, compare_descending);
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

SacRoc *
sac_roc_new (const float *scores, const gint8 *truth, gsize n, gsize stride)
{
  SacRoc *roc;
  g_autofree SacScored *sorted = NULL;
  gsize kept, positive = 0, negative = 0;
  double twice_area = 0;        /* in units of one positive × one negative: whole numbers, so exact */

  g_return_val_if_fail (stride > 0, NULL);
  g_return_val_if_fail (n == 0 || (scores && truth), NULL);
  roc = g_new0 (SacRoc, 1);
  sorted = _sac_scored_new (scores, truth, n, stride, &kept);
  roc->fpr = g_new (double, kept + 2);
  roc->tpr = g_new (double, kept + 2);
  roc->threshold = g_new (double, kept + 2);
  roc->fpr[0] = roc->tpr[0] = 0;
  roc->threshold[0] = INFINITY;
  roc->n_points = 1;
  for (gsize i = 0; i < kept;)
    {
      gsize j = i, p = 0;

      for (; j < kept && sorted[j].score == sorted[i].score; j++)
        p += sorted[j].positive;
      twice_area += (double) (j - i - p) * (2.0 * positive + p);
      positive += p;
      negative += j - i - p;
      roc->tpr[roc->n_points] = positive;
      roc->fpr[roc->n_points] = negative;
      roc->threshold[roc->n_points++] = sorted[i].score;
      i = j;
    }
  roc->n_positive = positive;
  roc->n_negative = negative;
  if (positive && negative)
    {
      double band = 1.96 * sac_auc_null_deviation (positive, negative);

      for (guint i = 1; i < roc->n_points; i++)
        {
          roc->tpr[i] /= positive;
          roc->fpr[i] /= negative;
        }
      roc->auc = twice_area / (2.0 * positive * negative);
      roc->null_low = 0.5 - band;
      roc->null_high = 0.5 + band;
    }
  else
    {
      roc->auc = roc->null_low = roc->null_high = NAN;
      roc->n_points = 2;
      roc->fpr[1] = roc->tpr[1] = 1;
      roc->threshold[1] = kept ? sorted[kept - 1].score : -INFINITY;
    }
  return roc;
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
