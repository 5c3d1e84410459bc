/* Differences and their doubts, in words. */
#include <glib/gi18n.h>
#include <math.h>

#include "sac-draw.h"

char *
sac_difference_dup_words (const SacBootstrap *d, const char *a, const char *b, const char *what)
{
  switch (sac_bootstrap_verdict (d))
    {
    case SAC_VERDICT_FIRST:
      return g_strdup_printf (_("%s is better than %s: %+.3f %s (95 %%: %.3f to %.3f)"), a, b, d->difference, what, d->low, d->high);
    case SAC_VERDICT_SECOND:
      return g_strdup_printf (_("%s is better than %s: %+.3f %s (95 %%: %.3f to %.3f)"), b, a, -d->difference, what, -d->high, -d->low);
    case SAC_VERDICT_NOISE:
      return g_strdup_printf (_("%s against %s: this difference is noise, %+.3f %s (95 %%: %+.3f to %+.3f)"), a, b, d->difference, what,
                              d->low, d->high);
    default:
      return g_strdup_printf (_("%s against %s: nothing can be said, no label has clips of both kinds"), a, b);
    }
}

char *
sac_differences_dup_words (const SacBootstrap *labels, guint n, const char *a, const char *b)
{
  guint defined = 0, first = 0, second = 0;

  for (guint i = 0; i < n; i++)
    {
      SacVerdict verdict = sac_bootstrap_verdict (&labels[i]);

      defined += verdict != SAC_VERDICT_UNDEFINED;
      first += verdict == SAC_VERDICT_FIRST;
      second += verdict == SAC_VERDICT_SECOND;
    }
  return g_strdup_printf (_("Label by label: %s is better in %u of %u, %s in %u; by chance alone about %.1f would seem to differ"), a,
                          first, defined, b, second, 0.05 * defined);
}

char *
sac_calibration_dup_words (const SacCalibration *c)
{
  if (c->n == 0)
    return g_strdup (_("no clip with a known answer"));
  if (isnan (c->ece_chance_high))
    return g_strdup_printf (_("ECE %.3f"), c->ece);
  if (c->ece <= c->ece_chance_high)
    return g_strdup_printf (_("ECE %.3f: as small as that of scores that are right (up to %.3f with %u answers)"), c->ece,
                            c->ece_chance_high, c->n);
  return g_strdup_printf (_("ECE %.3f: the scores are off; right ones show up to %.3f with %u answers"), c->ece, c->ece_chance_high, c->n);
}
