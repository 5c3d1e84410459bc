#include "sac-compare-data.h"

#include <math.h>
#include <string.h>

#define N_BINS 10
#define N_DRAWS 200
#define DRAWN 1500               /* points along an axis */

/* ---- a run. */

SacCompareRun *
sac_compare_run_new (const char *name, const char *folder, const char *split)
{
  SacCompareRun *run = g_new0 (SacCompareRun, 1);
  const SacScores *s;

  g_atomic_ref_count_init (&run->refs);
  run->name = g_strdup (name);
  run->folder = g_strdup (folder);
  run->scores = sac_scores_read (folder, split, NULL);
  s = run->scores;
  if (!s)
    return run;
  run->measures = sac_measures_read (folder, split, NULL);
  run->table = sac_auc_table_new (s->scores, s->truth, s->n_clips, s->n_labels);
  run->intervals = g_new (SacAucInterval, s->n_labels + 1);
  run->null_low = g_new (double, s->n_labels + 1);
  run->null_high = g_new (double, s->n_labels + 1);
  run->one_label = sac_is_one_label (s->truth, s->n_clips, s->n_labels);
  for (guint l = 0; l < s->n_labels; l++)
    {
      SacCounts c = sac_counts_at (s->scores + l, s->truth + l, s->n_clips, s->n_labels, 0.5);
      double band = 1.96 * sac_auc_null_deviation (c.hit + c.missed, c.wrong + c.rejected);

      run->intervals[l] = sac_auc_interval (s->scores + l, s->truth + l, s->n_clips, s->n_labels);
      run->null_low[l] = 0.5 - band;
      run->null_high[l] = 0.5 + band;
    }
  return run;
}

SacCompareRun *
sac_compare_run_ref (SacCompareRun *run)
{
  g_atomic_ref_count_inc (&run->refs);
  return run;
}

void
sac_compare_run_unref (SacCompareRun *run)
{
  if (!run || !g_atomic_ref_count_dec (&run->refs))
    return;
  g_free (run->name);
  g_free (run->folder);
  sac_scores_free (run->scores);
  sac_auc_table_free (run->table);
  g_free (run->intervals);
  g_free (run->null_low);
  g_free (run->null_high);
  sac_measures_free (run->measures);
  g_free (run);
}

/* ---- a label of several runs. */

static void
line_up (SacCompareView *view)
{
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint r = 0; r < view->n_runs; r++)
    for (guint i = 0; i < view->runs[r]->scores->n_clips; i++)
      {
        char *name = view->runs[r]->scores->clips[i];

        if (g_hash_table_contains (index, name))
          continue;
        g_hash_table_insert (index, name, GUINT_TO_POINTER (names->len));
        g_ptr_array_add (names, name);
      }
  view->n_clips = names->len;
  view->rows = g_new (int, (gsize) view->n_runs * view->n_clips + 1);
  memset (view->rows, 0xff, ((gsize) view->n_runs * view->n_clips + 1) * sizeof *view->rows);
  for (guint r = 0; r < view->n_runs; r++)
    for (guint i = 0; i < view->runs[r]->scores->n_clips; i++)
      {
        guint at = GPOINTER_TO_UINT (g_hash_table_lookup (index, view->runs[r]->scores->clips[i]));

        view->rows[(gsize) r * view->n_clips + at] = (int) i;
      }
  view->clips = (const char **) g_ptr_array_steal (names, NULL);
}

SacCompareView *
sac_compare_view_new (const char *label, GPtrArray *runs, const guint *colours)
{
  SacCompareView *view = g_new0 (SacCompareView, 1);

  g_atomic_ref_count_init (&view->refs);
  view->label = g_strdup (label);
  view->n_runs = runs->len;
  view->runs = g_new0 (SacCompareRun *, runs->len + 1);
  view->colours = g_memdup2 (colours, runs->len * sizeof *colours);
  view->columns = g_new (int, runs->len + 1);
  view->rocs = g_new0 (SacRoc *, runs->len + 1);
  view->drawn = g_new0 (SacRoc *, runs->len + 1);
  view->bands = g_new0 (SacRocBand *, runs->len + 1);
  view->precisions = g_new0 (SacPrecision *, runs->len + 1);
  view->calibrations = g_new0 (SacCalibration *, runs->len + 1);
  for (guint r = 0; r < runs->len; r++)
    {
      const SacScores *s = ((SacCompareRun *) runs->pdata[r])->scores;
      int at = view->columns[r] = sac_scores_find_label (s, label);
      g_autoptr (SacPrecision) all = NULL;

      view->runs[r] = sac_compare_run_ref (runs->pdata[r]);
      if (at < 0)
        continue;
      view->rocs[r] = sac_roc_new (s->scores + at, s->truth + at, s->n_clips, s->n_labels);
      view->drawn[r] = sac_roc_thin (view->rocs[r], DRAWN);
      view->bands[r] = sac_roc_band_new (view->drawn[r]);
      all = sac_precision_new (s->scores + at, s->truth + at, s->n_clips, s->n_labels);
      view->precisions[r] = sac_precision_thin (all, DRAWN);
      view->calibrations[r] = sac_calibration_new (s->scores + at, s->truth + at, s->n_clips, s->n_labels, N_BINS,
                                                   CLAMP (2000000 / MAX (s->n_clips, 1), 20, N_DRAWS), 1);
    }
  line_up (view);
  return view;
}

SacCompareView *
sac_compare_view_ref (SacCompareView *view)
{
  g_atomic_ref_count_inc (&view->refs);
  return view;
}

void
sac_compare_view_unref (SacCompareView *view)
{
  if (!view || !g_atomic_ref_count_dec (&view->refs))
    return;
  for (guint r = 0; r < view->n_runs; r++)
    {
      sac_compare_run_unref (view->runs[r]);
      sac_roc_free (view->rocs[r]);
      sac_roc_free (view->drawn[r]);
      sac_roc_band_free (view->bands[r]);
      sac_precision_free (view->precisions[r]);
      sac_calibration_free (view->calibrations[r]);
    }
  g_free (view->label);
  g_free (view->runs);
  g_free (view->colours);
  g_free (view->columns);
  g_free (view->rocs);
  g_free (view->drawn);
  g_free (view->bands);
  g_free (view->precisions);
  g_free (view->calibrations);
  g_free (view->clips);
  g_free (view->rows);
  g_free (view);
}

/* The place of the label in a run's matrices; −1: none. */
static gssize
cell (const SacCompareView *view, guint run, guint clip)
{
  int row = view->rows[(gsize) run * view->n_clips + clip];

  return row < 0 || view->columns[run] < 0 ? -1 : (gssize) row * view->runs[run]->scores->n_labels + view->columns[run];
}

float
sac_compare_view_score (const SacCompareView *view, guint run, guint clip)
{
  gssize at = cell (view, run, clip);

  return at < 0 ? NAN : view->runs[run]->scores->scores[at];
}

int
sac_compare_view_truth (const SacCompareView *view, guint clip)
{
  for (guint r = 0; r < view->n_runs; r++)
    {
      gssize at = cell (view, r, clip);

      if (at >= 0 && view->runs[r]->scores->truth[at] >= 0)
        return view->runs[r]->scores->truth[at];
    }
  return -1;
}

int
sac_compare_is_right (const SacCompareView *view, guint run, guint clip, double threshold)
{
  gssize at = cell (view, run, clip);
  int truth = at < 0 ? -1 : view->runs[run]->scores->truth[at];
  float score = at < 0 ? NAN : view->runs[run]->scores->scores[at];

  return truth < 0 || isnan (score) ? -1 : (score >= threshold) == truth;
}
