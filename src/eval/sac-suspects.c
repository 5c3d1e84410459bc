#include "sac-suspects.h"

#include <math.h>
#include <stdlib.h>

/* How sure runs are, on the mean, of clips labelled no and yes: of one label. */
typedef struct { double sum[2]; guint n[2]; } Sure;

static void
add_sure (Sure *sure, gint8 given, double yes)
{
  sure->sum[given > 0] += given > 0 ? yes : 1 - yes;
  sure->n[given > 0]++;
}

static double
threshold (const Sure *sure, int side)
{
  return sure->n[side] ? sure->sum[side] / sure->n[side] : 0.5;
}

/* Mean over runs of what they say; NaN where none says anything. */
static double
mean_of (const SacSuspectRun *runs, guint n_runs, gsize at, gboolean outside)
{
  double sum = 0;
  guint n = 0;

  for (guint r = 0; r < n_runs; r++)
    {
      const float *row = outside ? runs[r].outside : runs[r].trajectory;

      if (row && isfinite (row[at]))
        {
          sum += (double) row[at];
          n++;
        }
    }
  return n ? sum / n : NAN;
}

/* How little the label is believed. */
static double
doubt (gint8 given, double yes)
{
  return given > 0 ? 1 - yes : yes;
}

/* Confident learning: p(other) against how sure they are of those labelled so, and p(given) likewise. */
static double
margin_of (const Sure *sure, gint8 given, double yes)
{
  double other = given > 0 ? 1 - yes : yes;

  return isnan (yes) ? NAN : CLAMP (0.5 + (other - threshold (sure, given <= 0)) / 2, 0, 1);
}

static void
count_runs (const SacSuspectRun *runs, guint n_runs, gsize at, const Sure *sure, gboolean outside, SacSuspect *suspect)
{
  for (guint r = 0; r < n_runs; r++)
    {
      const float *row = outside ? runs[r].outside : runs[r].trajectory;

      if (!row || !isfinite (row[at]))
        continue;
      suspect->n_runs++;
      suspect->n_against += margin_of (sure, suspect->given, (double) row[at]) >= 0.5;
    }
}

static double
combine (const SacSuspect *suspect)
{
  const struct { double value, weight; } parts[] = {
    { suspect->trajectory, 1 }, { suspect->outside, 1 }, { suspect->off_box, 0.25 },
  };
  double sum = 0, weight = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (isfinite (parts[i].value))
      {
        sum += parts[i].weight * parts[i].value;
        weight += parts[i].weight;
      }
  return weight > 0 ? sum / weight : 0;
}

static int
by_score (gconstpointer a, gconstpointer b)
{
  const SacSuspect *x = a, *y = b;

  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  if (x->clip != y->clip)
    return x->clip < y->clip ? -1 : 1;
  return (x->label > y->label) - (x->label < y->label);
}

void
sac_suspects_rank_again (GArray *suspects)
{
  for (guint i = 0; i < suspects->len; i++)
    {
      SacSuspect *suspect = &g_array_index (suspects, SacSuspect, i);

      suspect->score = combine (suspect);
    }
  g_array_sort (suspects, by_score);
}

GArray *
sac_suspects_rank (const SacSuspectRun *runs, guint n_runs, const gint8 *states, guint n_clips, guint n_labels)
{
  GArray *suspects = g_array_new (FALSE, TRUE, sizeof (SacSuspect));

  for (guint j = 0; j < n_labels; j++)
    {
      Sure sure[2] = { { { 0 } } };     /* while it learned; from outside */

      for (guint i = 0; i < n_clips; i++)
        for (int outside = 0; outside < 2; outside++)
          {
            gsize at = (gsize) i * n_labels + j;
            double yes = states[at] < 0 ? NAN : mean_of (runs, n_runs, at, outside);

            if (isfinite (yes))
              add_sure (&sure[outside], states[at], yes);
          }
      for (guint i = 0; i < n_clips; i++)
        {
          gsize at = (gsize) i * n_labels + j;
          double during, outside;
          gint8 given = states[at];
          SacSuspect suspect = { i, j, given, .off_box = NAN, .in_box = NAN };

          if (given < 0)
            continue;
          during = mean_of (runs, n_runs, at, FALSE);
          outside = mean_of (runs, n_runs, at, TRUE);
          if (isnan (during) && isnan (outside))
            continue;
          suspect.trajectory = doubt (given, during);
          suspect.outside = doubt (given, outside);
          suspect.margin = isnan (outside) ? margin_of (&sure[0], given, during) : margin_of (&sure[1], given, outside);
          suspect.believed_while = given ? during : 1 - during;
          suspect.believed_outside = given ? outside : 1 - outside;
          count_runs (runs, n_runs, at, &sure[isfinite (outside)], isfinite (outside), &suspect);
          g_array_append_val (suspects, suspect);
        }
    }
  sac_suspects_rank_again (suspects);
  return suspects;
}
