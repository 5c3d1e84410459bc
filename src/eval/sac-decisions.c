/* Yes and no at a threshold. */
#include "sac-decisions.h"

#include <math.h>
#include <string.h>

SacCounts
sac_counts_at (const float *scores, const gint8 *truth, gsize n, gsize stride, double threshold)
{
  SacCounts c = { 0 };

  for (gsize i = 0; i < n; i++)
    {
      float score = scores[i * stride];

      if (truth[i * stride] < 0 || isnan (score))
        continue;
      if (truth[i * stride])
        *(score >= threshold ? &c.hit : &c.missed) += 1;
      else
        *(score >= threshold ? &c.wrong : &c.rejected) += 1;
    }
  return c;
}

guint
sac_roc_find (const SacRoc *roc, double threshold)
{
  guint low = 0, high = roc->n_points;  /* thresholds fall: the last point whose threshold ≥ the one asked for */

  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (roc->threshold[middle] >= threshold)
        low = middle;
      else
        high = middle;
    }
  return low;
}

SacCounts
sac_counts_of_roc (const SacRoc *roc, double threshold)
{
  guint at = sac_roc_find (roc, threshold);
  guint hit = (guint) lround (roc->tpr[at] * roc->n_positive), wrong = (guint) lround (roc->fpr[at] * roc->n_negative);

  return (SacCounts) { hit, roc->n_positive - hit, wrong, roc->n_negative - wrong };
}

double
sac_counts_precision (const SacCounts *c)
{
  return c->hit + c->wrong ? c->hit / ((double) c->hit + c->wrong) : NAN;
}

double
sac_counts_recall (const SacCounts *c)
{
  return c->hit + c->missed ? c->hit / ((double) c->hit + c->missed) : NAN;
}

double
sac_counts_false_rate (const SacCounts *c)
{
  return c->wrong + c->rejected ? c->wrong / ((double) c->wrong + c->rejected) : NAN;
}

double
sac_counts_f1 (const SacCounts *c)
{
  double below = 2.0 * c->hit + c->missed + c->wrong;

  return below > 0 ? 2 * c->hit / below : NAN;
}

static const char *const rules[SAC_N_RULES] = { "f1", "fpr", "cost" };

const char *
sac_rule_get_name (SacRule rule)
{
  return rules[rule];
}

gboolean
sac_rule_find (const char *name, SacRule *rule)
{
  for (guint i = 0; i < SAC_N_RULES; i++)
    if (strcmp (rules[i], name) == 0)
      {
        *rule = i;
        return TRUE;
      }
  return FALSE;
}

double
sac_threshold_choose (const SacRoc *roc, SacRule rule, double value)
{
  double best = -INFINITY, above, below;
  guint at = 0;

  if (isnan (roc->auc))
    return 0.5;
  for (guint i = 0; i < roc->n_points; i++)
    {
      SacCounts c = sac_counts_of_roc (roc, roc->threshold[i]);
      double worth = rule == SAC_RULE_F1 ? sac_counts_f1 (&c)
                     : rule == SAC_RULE_COST ? -(value * c.missed + c.wrong)
                     : sac_counts_false_rate (&c) <= value + 1e-12 ? sac_counts_recall (&c) : -INFINITY;

      if (worth > best)
        {
          best = worth;
          at = i;
        }
    }
  above = at > 0 ? roc->threshold[at] : 1;
  below = at + 1 < roc->n_points ? roc->threshold[at + 1] : above;
  return at == 0 && below >= above ? nextafter (below, INFINITY) : (above + below) / 2;
}

/* ---- confusion. */

int
sac_only_label (const gint8 *truth, guint n_labels)
{
  int only = -1;

  for (guint l = 0; l < n_labels; l++)
    if (truth[l] > 0)
      {
        if (only >= 0)
          return -1;
        only = (int) l;
      }
  return only;
}

gboolean
sac_is_one_label (const gint8 *truth, guint n_clips, guint n_labels)
{
  guint n = 0;

  for (guint i = 0; i < n_clips; i++)
    {
      const gint8 *row = truth + (gsize) i * n_labels;
      gboolean known = FALSE;

      for (guint l = 0; l < n_labels; l++)
        known |= row[l] >= 0;
      if (known && sac_only_label (row, n_labels) < 0)
        return FALSE;
      n += known;
    }
  return n > 0 && n_labels > 1;
}

guint
sac_said (const float *scores, guint n_labels, const double *thresholds)
{
  guint best = n_labels;

  for (guint l = 0; l < n_labels; l++)
    if (!isnan (scores[l]) && (!thresholds || scores[l] >= thresholds[l]) && (best == n_labels || scores[l] > scores[best]))
      best = l;
  return best;
}

SacConfusion *
sac_confusion_new (const float *scores, const gint8 *truth, guint n_clips, guint n_labels, const double *thresholds)
{
  SacConfusion *c = g_new0 (SacConfusion, 1);

  c->n_labels = n_labels;
  c->counts = g_new0 (guint, (gsize) n_labels * (n_labels + 1) + 1);
  for (guint i = 0; i < n_clips; i++)
    {
      int only = sac_only_label (truth + (gsize) i * n_labels, n_labels);
      guint said;

      if (only < 0)
        continue;
      said = sac_said (scores + (gsize) i * n_labels, n_labels, thresholds);
      c->counts[(gsize) only * (n_labels + 1) + said]++;
      c->n_right += said == (guint) only;
      c->n_clips++;
    }
  return c;
}

void
sac_confusion_free (SacConfusion *confusion)
{
  if (!confusion)
    return;
  g_free (confusion->counts);
  g_free (confusion);
}

void
sac_clip_losses (const float *scores, const gint8 *truth, guint n_clips, guint n_labels, int label, double *losses)
{
  guint first = label < 0 ? 0 : (guint) label, end = label < 0 ? n_labels : (guint) label + 1;

  for (guint i = 0; i < n_clips; i++)
    {
      double sum = 0;
      guint n = 0;

      for (guint l = first; l < end; l++)
        {
          gsize at = (gsize) i * n_labels + l;
          double right;

          if (truth[at] < 0 || isnan (scores[at]))
            continue;
          right = truth[at] ? (double) scores[at] : 1 - (double) scores[at];
          sum -= log (CLAMP (right, 1e-7, 1));
          n++;
        }
      losses[i] = n ? sum / n : NAN;
    }
}
