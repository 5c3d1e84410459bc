/* ROC curves of many labels at once.  Scores become whole numbers of the same order and are sorted by their digits, positives and
 * negatives by themselves; one walk down both gives the curve and twice its area in whole numbers, as sac_roc_new() has it. */
#include <math.h>
#include <string.h>

#include "sac-eval.h"

#define GROUP 8                 /* labels that are gathered in one pass over the rows */
#define DIGIT 11

typedef struct {
  const float *scores;
  const gint8 *truth;
  guint n_clips, n_labels, most;
  SacRoc **rocs;
  gint next;                    /* group */
} Job;

/* Descending order of floats is ascending order of these; −0 and 0 are one. */
static guint32
key_of (float score)
{
  guint32 bits;

  score += 0.0f;
  memcpy (&bits, &score, sizeof bits);
  return ~(bits & 0x80000000u ? ~bits : bits | 0x80000000u);
}

static double
score_of (guint32 key)
{
  guint32 bits = ~key;
  float score;

  bits = bits & 0x80000000u ? bits & 0x7FFFFFFFu : ~bits;
  memcpy (&score, &bits, sizeof score);
  return (double) score;
}

/* Sorted keys lie in @keys at the end; @spare is as large. */
static void
sort_keys (guint32 *keys, guint32 *spare, guint n)
{
  guint32 count[3][1 << DIGIT] = { 0 };
  guint32 *from = keys, *to = spare;
  const guint32 mask = (1 << DIGIT) - 1;

  for (guint i = 0; i < n; i++)
    {
      count[0][keys[i] & mask]++;
      count[1][keys[i] >> DIGIT & mask]++;
      count[2][keys[i] >> 2 * DIGIT]++;
    }
  for (guint pass = 0; pass < 3; pass++)
    {
      guint shift = pass * DIGIT;
      guint32 sum = 0, *swap = from;

      if (n == 0 || count[pass][from[0] >> shift & mask] == n)
        continue;               /* one digit for all */
      for (guint d = 0; d < 1 << DIGIT; d++)
        {
          guint32 here = count[pass][d];

          count[pass][d] = sum;
          sum += here;
        }
      for (guint i = 0; i < n; i++)
        to[count[pass][from[i] >> shift & mask]++] = from[i];
      from = to;
      to = swap;
    }
  if (from != keys)
    memcpy (keys, from, n * sizeof *keys);
}

static void
add_point (SacRoc *roc, double fpr, double tpr, double threshold)
{
  roc->fpr[roc->n_points] = fpr;
  roc->tpr[roc->n_points] = tpr;
  roc->threshold[roc->n_points++] = threshold;
}

static SacRoc *
walk (const guint32 *yes, guint n_yes, const guint32 *no, guint n_no, guint most)
{
  SacRoc *roc = g_new0 (SacRoc, 1);
  guint room = MIN (most, n_yes + n_no) + 3, i = 0, j = 0;
  guint64 twice_area = 0;
  double far = 2.0 / MAX (most, 1), last_fpr = 0, last_tpr = 0;

  roc->fpr = g_new (double, room);
  roc->tpr = g_new (double, room);
  roc->threshold = g_new (double, room);
  roc->n_positive = n_yes;
  roc->n_negative = n_no;
  roc->auc = roc->null_low = roc->null_high = NAN;
  add_point (roc, 0, 0, INFINITY);
  if (!n_yes || !n_no)
    {
      guint n = n_yes + n_no;

      add_point (roc, 1, 1, n ? score_of (n_yes ? yes[n - 1] : no[n - 1]) : -INFINITY);
      return roc;
    }
  while (i < n_yes || j < n_no)
    {
      guint32 key = i < n_yes && (j >= n_no || yes[i] <= no[j]) ? yes[i] : no[j];
      guint i0 = i, j0 = j;
      double fpr, tpr;

      while (i < n_yes && yes[i] == key)
        i++;
      while (j < n_no && no[j] == key)
        j++;
      twice_area += (guint64) (j - j0) * (2u * (guint64) i0 + (i - i0));
      fpr = (double) j / n_no;
      tpr = (double) i / n_yes;
      /* All points where they fit; else those that are as far from the last as their number allows. */
      if (n_yes + n_no <= most || (fpr - last_fpr) + (tpr - last_tpr) >= far || (i == n_yes && j == n_no))
        {
          add_point (roc, fpr, tpr, score_of (key));
          last_fpr = fpr;
          last_tpr = tpr;
        }
    }
  roc->auc = (double) twice_area / (2.0 * n_yes * n_no);
  roc->null_low = 0.5 - 1.96 * sac_auc_null_deviation (n_yes, n_no);
  roc->null_high = 0.5 + 1.96 * sac_auc_null_deviation (n_yes, n_no);
  return roc;
}

/* Positives from the front, negatives from the back of each label's keys. */
static void
do_group (const Job *job, guint first, guint32 *keys, guint32 *spare)
{
  guint n = job->n_clips, n_here = MIN (GROUP, job->n_labels - first), yes[GROUP] = { 0 }, no[GROUP] = { 0 };

  for (guint c = 0; c < n; c++)
    {
      const float *scores = job->scores + (gsize) c * job->n_labels + first;
      const gint8 *truth = job->truth + (gsize) c * job->n_labels + first;

      for (guint l = 0; l < n_here; l++)
        {
          guint32 *own = keys + (gsize) l * n;

          if (truth[l] < 0 || isnan (scores[l]))
            continue;
          if (truth[l] > 0)
            own[yes[l]++] = key_of (scores[l]);
          else
            own[n - ++no[l]] = key_of (scores[l]);
        }
    }
  for (guint l = 0; l < n_here; l++)
    {
      guint32 *own = keys + (gsize) l * n;

      sort_keys (own, spare, yes[l]);
      sort_keys (own + n - no[l], spare, no[l]);
      job->rocs[first + l] = walk (own, yes[l], own + n - no[l], no[l], job->most);
    }
}

static gpointer
work (gpointer data)
{
  Job *job = data;
  guint32 *keys = g_new (guint32, (gsize) job->n_clips * GROUP + 1), *spare = g_new (guint32, job->n_clips + 1);
  guint first;

  while ((first = (guint) g_atomic_int_add (&job->next, 1) * GROUP) < job->n_labels)
    do_group (job, first, keys, spare);
  g_free (keys);
  g_free (spare);
  return NULL;
}

SacRoc **
sac_roc_table_new (const float *scores, const gint8 *truth, guint n_clips, guint n_labels, guint most_points)
{
  Job job = { scores, truth, n_clips, n_labels, MAX (most_points, 2), g_new0 (SacRoc *, n_labels + 1), 0 };
  guint n_threads = (gsize) n_clips * n_labels < 100000 ? 1 : MIN (sac_env_threads () ? sac_env_threads () : g_get_num_processors (), 16);
  g_autofree GThread **threads = g_new0 (GThread *, n_threads);

  for (guint t = 1; t < n_threads; t++)
    threads[t] = g_thread_new ("roc", work, &job);
  work (&job);
  for (guint t = 1; t < n_threads; t++)
    g_thread_join (threads[t]);
  return job.rocs;
}

void
sac_roc_table_free (SacRoc **rocs, guint n_labels)
{
  for (guint l = 0; rocs && l < n_labels; l++)
    sac_roc_free (rocs[l]);
  g_free (rocs);
}
