#include "sac-compare-plots.h"

#include <glib/gi18n.h>
#include <math.h>

/* ---- what is decided. */

SacDecided *
sac_decided_new (const SacCompareRun *run, const double *thresholds)
{
  const SacScores *s = run->scores;
  SacDecided *d = g_new0 (SacDecided, 1);
  const char *const outcomes[] = { _("hit"), _("missed"), _("wrongly yes"), _("rightly no"), NULL };

  d->n_labels = s->n_labels;
  d->labels = g_strdupv (s->labels);
  d->counts = g_new (SacCounts, s->n_labels + 1);
  for (guint l = 0; l < s->n_labels; l++)
    d->counts[l] = sac_counts_at (s->scores + l, s->truth + l, s->n_clips, s->n_labels, thresholds[l]);
  if (run->one_label)
    {
      g_autoptr (GPtrArray) names = g_ptr_array_new ();

      d->matrix = sac_confusion_new (s->scores, s->truth, s->n_clips, s->n_labels, thresholds);
      d->n_columns = s->n_labels + 1;
      for (guint l = 0; l < s->n_labels; l++)
        g_ptr_array_add (names, g_strdup (s->labels[l]));
      g_ptr_array_add (names, g_strdup (_("none")));
      g_ptr_array_add (names, NULL);
      d->columns = (char **) g_ptr_array_steal (names, NULL);
      d->cells = g_memdup2 (d->matrix->counts, (gsize) s->n_labels * d->n_columns * sizeof *d->cells);
    }
  else
    {
      d->n_columns = 4;
      d->columns = g_strdupv ((char **) outcomes);
      d->cells = g_new (guint, 4 * (gsize) s->n_labels + 1);
      for (guint l = 0; l < s->n_labels; l++)
        {
          const SacCounts *c = &d->counts[l];

          d->cells[4 * l] = c->hit;
          d->cells[4 * l + 1] = c->missed;
          d->cells[4 * l + 2] = c->wrong;
          d->cells[4 * l + 3] = c->rejected;
        }
    }
  d->right = g_new0 (guint8, (gsize) d->n_labels * d->n_columns + 1);
  for (guint l = 0; l < d->n_labels; l++)
    for (guint c = 0; c < d->n_columns; c++)
      d->right[(gsize) l * d->n_columns + c] = d->matrix ? l == c : c == 0 || c == 3;
  return d;
}

void
sac_decided_free (SacDecided *d)
{
  if (!d)
    return;
  sac_confusion_free (d->matrix);
  g_free (d->counts);
  g_strfreev (d->labels);
  g_strfreev (d->columns);
  g_free (d->cells);
  g_free (d->right);
  g_free (d);
}

/* ---- curves of the runs that have the label; @at: which run each is. */

static guint
roc_curves (const SacComparePlots *p, SacRocCurve *curves, guint *at)
{
  guint n = 0;

  for (guint r = 0; r < p->view->n_runs; r++)
    if (p->view->drawn[r])
      {
        curves[n] = (SacRocCurve) { .roc = p->view->drawn[r], .name = p->view->runs[r]->name, .marked = TRUE,
                                    .threshold = p->thresholds[r], .band = p->bands ? p->view->bands[r] : NULL };
        sac_palette (p->view->colours[r], curves[n].colour);
        at[n++] = r;
      }
  return n;
}

static guint
precision_curves (const SacComparePlots *p, SacPrecisionCurve *curves, guint *at)
{
  guint n = 0;

  for (guint r = 0; r < p->view->n_runs; r++)
    if (p->view->precisions[r])
      {
        curves[n] = (SacPrecisionCurve) { .curve = p->view->precisions[r], .name = p->view->runs[r]->name, .marked = TRUE,
                                          .threshold = p->thresholds[r], .with_band = p->bands };
        sac_palette (p->view->colours[r], curves[n].colour);
        at[n++] = r;
      }
  return n;
}

static guint
calibration_curves (const SacComparePlots *p, SacCalibrationCurve *curves, guint *at)
{
  guint n = 0;

  for (guint r = 0; r < p->view->n_runs; r++)
    if (p->view->calibrations[r])
      {
        curves[n] = (SacCalibrationCurve) { .calibration = p->view->calibrations[r], .name = p->view->runs[r]->name };
        sac_palette (p->view->colours[r], curves[n].colour);
        at[n++] = r;
      }
  return n;
}

static SacMatrix
matrix_of (const SacComparePlots *p)
{
  const SacDecided *d = p->decided;
  gboolean marked = p->mark.kind == (d->matrix ? SAC_BEHIND_CELL : SAC_BEHIND_OUTCOME);

  return (SacMatrix) { .title = p->decided_name, .row_name = d->matrix ? _("Truth") : _("Label"),
                       .column_name = d->matrix ? _("Said at the thresholds") : NULL, .rows = (const char *const *) d->labels,
                       .columns = (const char *const *) d->columns, .n_rows = d->n_labels, .n_columns = d->n_columns, .counts = d->cells,
                       .right = d->right, .row = marked ? (int) p->mark.row : -1, .column = marked ? (int) p->mark.column : -1 };
}

void
sac_compare_plot_draw (cairo_t *cr, double width, double height, const SacStyle *style, const SacComparePlots *p, SacPlotKind kind)
{
  g_autofree SacRocCurve *rocs = NULL;
  g_autofree SacPrecisionCurve *precisions = NULL;
  g_autofree SacCalibrationCurve *calibrations = NULL;
  g_autofree guint *at = NULL;
  SacMatrix matrix;

  if (!p->view || p->view->n_runs == 0)
    return;
  at = g_new (guint, p->view->n_runs);
  switch (kind)
    {
    case SAC_PLOT_PRECISION:
      precisions = g_new (SacPrecisionCurve, p->view->n_runs);
      sac_precision_draw (cr, width, height, style, p->view->label, precisions, precision_curves (p, precisions, at));
      break;
    case SAC_PLOT_CALIBRATION:
      calibrations = g_new (SacCalibrationCurve, p->view->n_runs);
      sac_calibration_draw (cr, width, height, style, p->view->label, calibrations, calibration_curves (p, calibrations, at));
      break;
    case SAC_PLOT_CONFUSION:
      if (!p->decided)
        return;
      matrix = matrix_of (p);
      sac_matrix_draw (cr, width, height, style, &matrix);
      break;
    default:
      rocs = g_new (SacRocCurve, p->view->n_runs);
      sac_roc_draw (cr, width, height, style, p->view->label, rocs, roc_curves (p, rocs, at));
    }
}

gboolean
sac_compare_plot_pick (double width, double height, const SacStyle *style, const SacComparePlots *p, SacPlotKind kind, double x, double y,
                       SacBehind *mark)
{
  g_autofree guint *at = NULL;
  guint curve = 0, point = 0, n;
  gboolean found = FALSE;

  *mark = (SacBehind) { .kind = SAC_BEHIND_NONE };
  if (!p->view || p->view->n_runs == 0)
    return FALSE;
  at = g_new (guint, p->view->n_runs);
  if (kind == SAC_PLOT_ROC)
    {
      g_autofree SacRocCurve *curves = g_new (SacRocCurve, p->view->n_runs);

      n = roc_curves (p, curves, at);
      found = sac_roc_pick (width, height, style, p->view->label, curves, n, x, y, &curve, &point);
      if (found)
        *mark = (SacBehind) { .kind = SAC_BEHIND_POINT, .run = at[curve], .threshold = curves[curve].roc->threshold[point] };
    }
  else if (kind == SAC_PLOT_PRECISION)
    {
      g_autofree SacPrecisionCurve *curves = g_new (SacPrecisionCurve, p->view->n_runs);

      n = precision_curves (p, curves, at);
      found = sac_precision_pick (width, height, style, p->view->label, curves, n, x, y, &curve, &point);
      if (found)
        *mark = (SacBehind) { .kind = SAC_BEHIND_POINT, .run = at[curve], .threshold = curves[curve].curve->threshold[point] };
    }
  else if (kind == SAC_PLOT_CALIBRATION)
    {
      g_autofree SacCalibrationCurve *curves = g_new (SacCalibrationCurve, p->view->n_runs);

      n = calibration_curves (p, curves, at);
      found = sac_calibration_pick (width, height, style, p->view->label, curves, n, x, y, &curve, &point);
      if (found)
        *mark = (SacBehind) { .kind = SAC_BEHIND_BIN, .run = at[curve], .low = curves[curve].calibration->bins[point].score_low,
                            .high = curves[curve].calibration->bins[point].score_high };
    }
  else if (p->decided)
    {
      SacMatrix matrix = matrix_of (p);

      found = sac_matrix_pick (width, height, style, &matrix, x, y, &mark->row, &mark->column);
      mark->kind = !found ? SAC_BEHIND_NONE : p->decided->matrix ? SAC_BEHIND_CELL : SAC_BEHIND_OUTCOME;
    }
  return found;
}

/* ---- in words and numbers. */

char *
sac_behind_dup_words (const SacBehind *mark, const SacComparePlots *p)
{
  const char *run = p->view && mark->run < p->view->n_runs ? p->view->runs[mark->run]->name : "";

  switch (mark->kind)
    {
    case SAC_BEHIND_POINT:
      return g_strdup_printf (_("“%s” at threshold %.3f in %s"), p->view->label, isinf (mark->threshold) ? 1.0 : mark->threshold, run);
    case SAC_BEHIND_BIN:
      return g_strdup_printf (_("“%s” with a score from %.3f to %.3f in %s"), p->view->label, mark->low, mark->high, run);
    case SAC_BEHIND_CELL:
      return g_strdup_printf (_("“%s” that %s calls “%s”"), p->decided->labels[mark->row], run, p->decided->columns[mark->column]);
    case SAC_BEHIND_OUTCOME:
      return g_strdup_printf (_("“%s”, %s by %s"), p->decided->labels[mark->row], p->decided->columns[mark->column], run);
    default:
      return g_strdup ("");
    }
}

char *
sac_compare_plot_dup_text (const SacComparePlots *p, SacPlotKind kind)
{
  static const char *const heads[SAC_N_PLOTS] = {
    "run\tfalse positive rate\ttrue positive rate\tthreshold\n", "run\trecall\tprecision\tthreshold\tlow\thigh\n",
    "run\tmean score\tshare\tlow\thigh\tclips\n", "truth\tsaid\tclips\n",
  };
  GString *text = g_string_new (heads[kind]);

  for (guint r = 0; p->view && kind != SAC_PLOT_CONFUSION && r < p->view->n_runs; r++)
    {
      const char *name = p->view->runs[r]->name;
      const SacRoc *roc = kind == SAC_PLOT_ROC ? p->view->rocs[r] : NULL;
      const SacPrecision *precision = kind == SAC_PLOT_PRECISION ? p->view->precisions[r] : NULL;
      const SacCalibration *calibration = kind == SAC_PLOT_CALIBRATION ? p->view->calibrations[r] : NULL;

      for (guint i = 0; roc && i < roc->n_points; i++)
        g_string_append_printf (text, "%s\t%g\t%g\t%g\n", name, roc->fpr[i], roc->tpr[i], roc->threshold[i]);
      for (guint i = 0; precision && i < precision->n_points; i++)
        g_string_append_printf (text, "%s\t%g\t%g\t%g\t%g\t%g\n", name, precision->recall[i], precision->precision[i],
                                precision->threshold[i], precision->low[i], precision->high[i]);
      for (guint i = 0; calibration && i < calibration->n_bins; i++)
        {
          const SacCalibrationBin *bin = &calibration->bins[i];

          g_string_append_printf (text, "%s\t%g\t%g\t%g\t%g\t%u\n", name, bin->mean_score, bin->share, bin->low, bin->high, bin->n);
        }
    }
  for (guint l = 0; kind == SAC_PLOT_CONFUSION && p->decided && l < p->decided->n_labels; l++)
    for (guint c = 0; c < p->decided->n_columns; c++)
      g_string_append_printf (text, "%s\t%s\t%u\n", p->decided->labels[l], p->decided->columns[c],
                              p->decided->cells[(gsize) l * p->decided->n_columns + c]);
  return g_string_free (text, FALSE);
}
