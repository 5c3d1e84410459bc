/* How sure an AUC is. */
#include <math.h>
#include <string.h>

#include "sac-eval-private.h"
#include "sac-decisions.h"

#define Z95 1.959963984540054

/* Variance of an AUC of @theta from @m positives and @n negatives: Newcombe 2006, method 5. */
static double
score_variance (double theta, double m, double n)
{
  double half = (m + n) / 2 - 1;

  return theta * (1 - theta) / (m * n) * (1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta)));
}

/* The θ on the side of @end for which @auc is Z95 deviations off. */
static double
score_limit (double auc, double end, double m, double n)
{
  double near = auc, far = end;

  for (guint i = 0; i < 60; i++)
    {
      double middle = (near + far) / 2;

      if (fabs (middle - auc) < Z95 * sqrt (score_variance (middle, m, n)))
        near = middle;
      else
        far = middle;
    }
  return (near + far) / 2;
}

SacAucInterval
sac_auc_interval (const float *scores, const gint8 *truth, gsize n, gsize stride)
{
  SacAucInterval result = { NAN, NAN, NAN, NAN };
  g_autofree SacScored *sorted = NULL;
  double m = 0, negatives, above = 0, below = 0, sum10 = 0, square10 = 0, square01 = 0;
  gsize kept;

  g_return_val_if_fail (stride > 0, result);
  sorted = _sac_scored_new (scores, truth, n, stride, &kept);
  for (gsize i = 0; i < kept; i++)
    m += sorted[i].positive;
  negatives = kept - m;
  if (m == 0 || negatives == 0)
    return result;
  /* DeLong's placements, with ties as halves: of a positive the share of negatives below it, of a negative that of positives above. */
  for (gsize i = 0; i < kept;)
    {
      gsize j = i;
      double p = 0, q = 0, v10, v01;

      for (; j < kept && sorted[j].score == sorted[i].score; j++)
        if (sorted[j].positive)
          p++;
        else
          q++;
      v10 = (negatives - below - q / 2) / negatives;
      v01 = (above + p / 2) / m;
      sum10 += p * v10;
      square10 += p * v10 * v10;
      square01 += q * v01 * v01;
      above += p;
      below += q;
      i = j;
    }
  result.auc = sum10 / m;
  if (m > 1 && negatives > 1)
    {
      double s10 = (square10 - m * result.auc * result.auc) / (m - 1);
      double s01 = (square01 - negatives * result.auc * result.auc) / (negatives - 1);

      result.deviation = sqrt (MAX (s10 / m + s01 / negatives, 0));
    }
  if (result.deviation > 1e-9 && result.auc > 0 && result.auc < 1)
    {
      double logit = log (result.auc / (1 - result.auc));
      double half = Z95 * result.deviation / (result.auc * (1 - result.auc));

      result.low = 1 / (1 + exp (half - logit));
      result.high = 1 / (1 + exp (-half - logit));
    }
  else
    {
      result.low = score_limit (result.auc, 0, m, negatives);
      result.high = score_limit (result.auc, 1, m, negatives);
    }
  return result;
}

SacVerdict
sac_bootstrap_verdict (const SacBootstrap *difference)
{
  if (difference->n_resamples == 0 || isnan (difference->low))
    return SAC_VERDICT_UNDEFINED;
  return difference->low > 0 ? SAC_VERDICT_FIRST : difference->high < 0 ? SAC_VERDICT_SECOND : SAC_VERDICT_NOISE;
}
