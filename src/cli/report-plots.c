/* The plots of a report. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "report.h"

typedef struct {
  double *x, *y;
  guint n;
} Series;

static Series
series_of (const SacReport *report, const char *tag)
{
  Series s = { NULL };
  const SacPoint *points = sac_event_reader_get (report->events, tag, &s.n);

  s.x = g_new (double, s.n + 1);
  s.y = g_new (double, s.n + 1);
  for (guint i = 0; i < s.n; i++)
    {
      s.x[i] = points[i].step;
      s.y[i] = points[i].value;
    }
  return s;
}

static void
series_clear (Series *s)
{
  g_free (s->x);
  g_free (s->y);
}

gboolean
sac_report_has_points (const SacReport *report, const char *tag)
{
  guint n = 0;

  sac_event_reader_get (report->events, tag, &n);
  return n > 0;
}

void
sac_report_draw_loss (cairo_t *cr, double width, double height, gpointer data)
{
  SacReportPlot *plot = data;
  Series train = series_of (plot->report, "loss/train"), held = series_of (plot->report, "loss/validation");
  SacCurve curves[2] = {
    { train.x, train.y, train.n, _("Training"), { 0 }, 2, FALSE, train.n > 300 ? 0.9 : train.n > 100 ? 0.8 : train.n > 15 ? 0.6 : 0 },
    { held.x, held.y, held.n, _("Validation"), { 0 }, 2.4 },
  };
  SacAxes axes = { _("Loss"), _("Step"), NULL };

  sac_chart_draw (cr, width, height, &plot->style, &axes, curves, held.n ? 2 : 1);
  series_clear (&train);
  series_clear (&held);
}

void
sac_report_draw_rate (cairo_t *cr, double width, double height, gpointer data)
{
  SacReportPlot *plot = data;
  Series rate = series_of (plot->report, "rate");
  SacCurve curve = { rate.x, rate.y, rate.n };
  SacAxes axes = { _("Rate"), _("Step"), NULL, .log_y = TRUE };

  sac_palette (2, curve.colour);
  sac_chart_draw (cr, width, height, &plot->style, &axes, &curve, 1);
  series_clear (&rate);
}

void
sac_report_draw_validation_auc (cairo_t *cr, double width, double height, gpointer data)
{
  SacReportPlot *plot = data;
  Series auc = series_of (plot->report, "auc_macro");
  SacCurve curve = { auc.x, auc.y, auc.n };
  SacAxes axes = { _("Macro AUC on validation clips"), _("Step"), NULL, .y0 = 0, .y1 = 1.02 };

  sac_palette (1, curve.colour);
  sac_chart_draw (cr, width, height, &plot->style, &axes, &curve, 1);
  series_clear (&auc);
}

void
sac_report_draw_bars (cairo_t *cr, double width, double height, gpointer data)
{
  SacReportPlot *plot = data;
  const SacReport *report = plot->report;
  const char *runs[] = { report->info->name ? report->info->name : _("This run"), _("Mean colour (control)") };
  guint n = report->table->n_labels;
  g_autofree double *auc = g_new (double, 2 * n + 1);
  SacBars bars = { n, report->control ? 2 : 1, (const char *const *) report->scores->labels, runs, auc, report->null_low,
                   report->null_high, -1 };

  memcpy (auc, report->table->auc, n * sizeof *auc);
  if (report->control)
    memcpy (auc + n, report->control->auc, n * sizeof *auc);
  sac_bars_draw (cr, width, height, &plot->style, &bars);
}

void
sac_report_draw_roc (cairo_t *cr, double width, double height, gpointer data)
{
  SacReportPlot *plot = data;
  SacRocCurve curve = { plot->report->rocs[plot->index] };

  sac_roc_draw (cr, width, height, &plot->style, plot->report->scores->labels[plot->index], &curve, 1);
}

static SacProfilePlot
profile_plot (const SacReport *report, SacProfileView view)
{
  return (SacProfilePlot) { report->profile, view, view == SAC_PROFILE_BY_LAYER ? 32 : 16 };
}

double
sac_report_profile_height (const SacReport *report, SacProfileView view)
{
  SacProfilePlot plot = profile_plot (report, view);
  SacStyle style;

  sac_style_init (&style, FALSE);
  return sac_profile_plot_height (&style, &plot);
}

void
sac_report_draw_ops (cairo_t *cr, double width, double height, gpointer data)
{
  SacReportPlot *plot = data;
  SacProfilePlot ops = profile_plot (plot->report, SAC_PROFILE_BY_OP);

  sac_profile_plot_draw (cr, width, height, &plot->style, &ops);
}

void
sac_report_draw_layers (cairo_t *cr, double width, double height, gpointer data)
{
  SacReportPlot *plot = data;
  SacProfilePlot layers = profile_plot (plot->report, SAC_PROFILE_BY_LAYER);

  sac_profile_plot_draw (cr, width, height, &plot->style, &layers);
}

void
sac_report_draw_strip (cairo_t *cr, double width, double height, gpointer data)
{
  SacReportPlot *plot = data;
  SacReportStrip *s = plot->report->strips->pdata[plot->index];

  sac_strip_draw (cr, width, height, &plot->style, s->frames, s->maps, s->height, s->width, s->weights, s->numbers, s->n,
                  SAC_MAP_JET, 0.55);
}
