#include "sac-gan-health.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sac-gan-graph.h"

#define RECENT 10               /* of the last points of a curve */
#define WON 0.99
#define SAME 0.35               /* a generator whose diversity fell to this share of the best's, or of its own best */
#define FLAT 0.03               /* mean deviation of a pixel, of −1 … 1 */

/* Mean of the last points; NaN before there are RECENT of them. */
static double
recent (SacEventReader *events, const char *tag)
{
  guint n;
  const SacPoint *points = sac_event_reader_get (events, tag, &n);
  double sum = 0;

  if (!points || n < RECENT)
    return NAN;
  for (guint i = n - RECENT; i < n; i++)
    sum += points[i].value;
  return sum / RECENT;
}

/* Of few points: samples are drawn rarely. */
static double
last (SacEventReader *events, const char *tag, double *highest)
{
  guint n;
  const SacPoint *points = sac_event_reader_get (events, tag, &n);

  *highest = NAN;
  if (!points || n < 3)
    return NAN;
  for (guint i = 0; i + 1 < n; i++)
    if (!(points[i].value <= *highest))
      *highest = points[i].value;
  return (points[n - 1].value + points[n - 2].value) / 2;
}

static double
of_generator (SacEventReader *events, const char *what, guint i)
{
  g_autofree char *tag = g_strdup_printf ("%s/G%u", what, i + 1);

  return recent (events, tag);
}

SacGanTrouble
sac_gan_find_trouble (SacEventReader *events, guint k, guint *generator)
{
  double d = recent (events, "accuracy/D"), best = 0;
  guint told = 0, alone = 0;

  k = MIN (k, SAC_GAN_MOST);
  for (guint i = 0; i < k; i++)
    {
      g_autofree char *tag = g_strdup_printf ("diversity/G%u", i + 1);
      double highest, now = last (events, tag, &highest);

      best = fmax (best, now);
      if (generator)
        *generator = i;
      if (now < FLAT || now < SAME * highest)
        return SAC_GAN_COLLAPSED;
    }
  for (guint i = 0; i < k; i++)
    {
      g_autofree char *tag = g_strdup_printf ("diversity/G%u", i + 1);
      double highest;

      if (generator)
        *generator = i;
      if (last (events, tag, &highest) < SAME * best)
        return SAC_GAN_COLLAPSED;
    }
  if (generator)
    *generator = 0;
  if (d > WON)
    return SAC_GAN_D_WINS;
  if (d < 1.1 / (k + 1) && isfinite (d))
    return SAC_GAN_D_LOST;
  for (guint i = 0; i < k; i++)
    if (of_generator (events, "accuracy", i) > 0.8)
      {
        told++;
        alone = i;
      }
    else if (!(of_generator (events, "accuracy", i) < 0.1))
      return SAC_GAN_FINE;
  if (k < 3 || told != 1)
    return SAC_GAN_FINE;
  if (generator)
    *generator = alone;
  return SAC_GAN_UNBALANCED;
}

char *
sac_gan_dup_warning (SacEventReader *events, guint k)
{
  guint i;

  switch (sac_gan_find_trouble (events, k, &i))
    {
    case SAC_GAN_COLLAPSED:
      return g_strdup_printf (_("G%u makes nearly the same picture from every noise. Early in a training that passes; if it stays so, it "
                                "has collapsed: spectral norm, a smaller rate or more generators may help."), i + 1);
    case SAC_GAN_D_WINS:
      return g_strdup_printf (_("D is right in %.1f %% of all cases: generators learn little from an opponent that cannot be fooled."
                                " Spectral norm or a smaller rate may help."), 100 * recent (events, "accuracy/D"));
    case SAC_GAN_D_LOST:
      return g_strdup (_("D only guesses: it has nothing to teach. A larger base width or a larger rate may help."));
    case SAC_GAN_UNBALANCED:
      return g_strdup_printf (_("D can tell the pictures of G%u alone: the other generators make the same as one another."), i + 1);
    default:
      return NULL;
    }
}
