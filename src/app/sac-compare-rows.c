/* Which clips the table of the Compare page shows, and in which order. */
#include <math.h>
#include <string.h>

#include "sac-compare-data.h"

void
sac_rows_asked_free (SacRowsAsked *asked)
{
  if (!asked)
    return;
  g_free (asked->thresholds);
  for (guint r = 0; asked->all_thresholds && asked->all_thresholds[r]; r++)
    g_free (asked->all_thresholds[r]);
  g_free (asked->all_thresholds);
  g_clear_pointer (&asked->only, g_hash_table_unref);
  g_free (asked);
}

/* How wrong the runs are about a clip, summed: how far a score is on the wrong side of its threshold. */
static double
wrongness (const SacCompareView *view, const SacRowsAsked *asked, guint clip)
{
  double sum = 0;

  for (guint r = 0; r < view->n_runs; r++)
    if (sac_compare_is_right (view, r, clip, asked->thresholds[r]) == 0)
      sum += 1 + fabs ((double) sac_compare_view_score (view, r, clip) - asked->thresholds[r]);
  return sum;
}

static double
loss (const SacCompareView *view, guint clip)
{
  int truth = sac_compare_view_truth (view, clip);
  double sum = 0;
  guint n = 0;

  for (guint r = 0; r < view->n_runs && truth >= 0; r++)
    {
      double score = (double) sac_compare_view_score (view, r, clip);

      if (isnan (score))
        continue;
      sum -= log (CLAMP (truth ? score : 1 - score, 1e-7, 1));
      n++;
    }
  return n ? sum / n : -1;
}

static double
apart (const SacCompareView *view, guint clip)
{
  double low = INFINITY, high = -INFINITY;

  for (guint r = 0; r < view->n_runs; r++)
    {
      double score = (double) sac_compare_view_score (view, r, clip);

      if (isnan (score))
        continue;
      low = MIN (low, score);
      high = MAX (high, score);
    }
  return high >= low ? high - low : -1;
}

static gboolean
is_behind (const SacCompareView *view, const SacRowsAsked *asked, guint clip)
{
  const SacBehind *mark = &asked->mark;
  const SacCompareRun *run = mark->run < view->n_runs ? view->runs[mark->run] : NULL;
  int row = run ? view->rows[(gsize) mark->run * view->n_clips + clip] : -1, truth;
  double score;

  if (row < 0)
    return FALSE;
  if (mark->kind == SAC_BEHIND_CELL)
    {
      const SacScores *s = run->scores;
      gsize at = (gsize) row * s->n_labels;

      return sac_only_label (s->truth + at, s->n_labels) == (int) mark->row
             && sac_said (s->scores + at, s->n_labels, asked->all_thresholds[mark->run]) == mark->column;
    }
  if (view->columns[mark->run] < 0)
    return FALSE;
  truth = run->scores->truth[(gsize) row * run->scores->n_labels + (guint) view->columns[mark->run]];
  score = (double) sac_compare_view_score (view, mark->run, clip);
  if (truth < 0 || isnan (score))
    return FALSE;
  switch (mark->kind)
    {
    case SAC_BEHIND_POINT:
      return truth || score >= mark->threshold;
    case SAC_BEHIND_BIN:
      return score >= mark->low && score <= mark->high;
    case SAC_BEHIND_OUTCOME:
      return (truth ? (score >= asked->thresholds[mark->run] ? 0u : 1u) : score >= asked->thresholds[mark->run] ? 2u : 3u) == mark->column;
    default:
      return FALSE;
    }
}

static gboolean
is_wanted (const SacCompareView *view, const SacRowsAsked *asked, guint clip)
{
  gboolean yes = FALSE, no = FALSE;

  if (asked->only && !g_hash_table_contains (asked->only, view->clips[clip]))
    return FALSE;
  switch (asked->kind)
    {
    case SAC_CLIPS_MARK:
      return is_behind (view, asked, clip);
    case SAC_CLIPS_WRONG:
      for (guint r = 0; r < view->n_runs; r++)
        yes |= sac_compare_is_right (view, r, clip, asked->thresholds[r]) == 0;
      return yes;
    case SAC_CLIPS_FLIPS:       /* the runs do not decide alike */
      for (guint r = 0; r < view->n_runs; r++)
        {
          double score = (double) sac_compare_view_score (view, r, clip);

          yes |= score >= asked->thresholds[r];
          no |= score < asked->thresholds[r];
        }
      return yes && no;
    case SAC_CLIPS_HARDEST:
      return loss (view, clip) >= 0;
    default:
      return TRUE;
    }
}

typedef struct {
  guint clip;
  double key;
  const char *name;
} Row;

static int
by_key (gconstpointer a, gconstpointer b)
{
  const Row *x = a, *y = b;

  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return strcmp (x->name, y->name);
}

/* What the order is by; what has none of it comes last in either direction. */
static double
key_of (const SacCompareView *view, const SacRowsAsked *asked, guint clip)
{
  double sign = asked->descending ? -1 : 1, key;

  switch (asked->order)
    {
    case SAC_ORDER_NAME:
      return 0;
    case SAC_ORDER_TRUTH:
      key = sac_compare_view_truth (view, clip);
      return key < 0 ? INFINITY : sign * key;
    case SAC_ORDER_WRONG:
      return sign * wrongness (view, asked, clip);
    case SAC_ORDER_LOSS:
      key = loss (view, clip);
      return key < 0 ? INFINITY : sign * key;
    case SAC_ORDER_APART:
      key = apart (view, clip);
      return key < 0 ? INFINITY : sign * key;
    default:
      key = asked->order - SAC_ORDER_RUN < view->n_runs ? (double) sac_compare_view_score (view, asked->order - SAC_ORDER_RUN, clip) : NAN;
      return isnan (key) ? INFINITY : sign * key;
    }
}

GArray *
sac_compare_rows (const SacCompareView *view, const SacRowsAsked *asked)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (Row));
  GArray *clips = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < view->n_clips; i++)
    if (is_wanted (view, asked, i))
      {
        Row row = { i, key_of (view, asked, i), view->clips[i] };

        g_array_append_val (rows, row);
      }
  g_array_sort (rows, by_key);
  for (guint i = 0; i < rows->len; i++)
    {
      gboolean back = asked->order == SAC_ORDER_NAME && asked->descending;

      g_array_append_val (clips, g_array_index (rows, Row, back ? rows->len - 1 - i : i).clip);
    }
  return clips;
}
