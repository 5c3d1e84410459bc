/* The pictures of a study's report. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "study-report.h"

guint
sac_study_mean_curve (const SacReportArm *arm, guint n_seeds, const char *tag, double **x, double **y)
{
  const SacPoint *points[100] = { NULL };
  guint lengths[100] = { 0 }, n = 0, have = 0;

  *x = *y = NULL;
  for (guint k = 0; k < MIN (n_seeds, 100); k++)
    {
      if (arm->events[k])
        points[have] = sac_event_reader_get (arm->events[k], tag, &lengths[have]);
      have += arm->events[k] && lengths[have] > 0;
    }
  if (!have)
    return 0;
  *x = g_new (double, lengths[0] + 1);
  *y = g_new (double, lengths[0] + 1);
  for (guint i = 0; i < lengths[0]; i++)
    {
      double sum = 0;
      guint found = 0;

      for (guint k = 0; k < have; k++)
        for (guint j = 0; j < lengths[k]; j++)
          if (points[k][j].step == points[0][i].step)
            {
              sum += points[k][j].value;
              found++;
              break;
            }
      if (found < have)
        continue;
      (*x)[n] = (double) points[0][i].step;
      (*y)[n++] = sum / found;
    }
  return n;
}

void
sac_study_draw_arms (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  const SacStudyReport *r = ((SacStudyPlot *) data)->report;
  g_autofree const char **names = g_new0 (const char *, r->arms->len + 1);
  SacIntervalPlot plot = { names, r->bootstrap->mean, r->bootstrap->low, r->bootstrap->high, r->arms->len, 0.5, 1 };

  for (guint a = 0; a < r->arms->len; a++)
    names[a] = ((SacReportArm *) r->arms->pdata[a])->name;
  sac_interval_plot_draw (cr, width, height, style, &plot);
}

void
sac_study_draw_bars (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  const SacStudyReport *r = ((SacStudyPlot *) data)->report;
  guint n_labels = r->first->n_labels;
  g_autofree double *auc = g_new (double, (gsize) r->arms->len * n_labels + 1);
  g_autofree double *low = g_new (double, n_labels + 1), *high = g_new (double, n_labels + 1);
  g_autofree const char **names = g_new0 (const char *, r->arms->len + 1);
  SacBars bars = { n_labels, r->arms->len, (const char *const *) r->first->labels, names, auc, low, high, -1 };

  for (guint l = 0; l < n_labels; l++)
    {
      g_autoptr (SacRoc) roc = sac_roc_new (r->first->scores + l, r->first->truth + l, r->first->n_clips, n_labels);

      low[l] = roc->null_low;
      high[l] = roc->null_high;
    }
  for (guint a = 0; a < r->arms->len; a++)
    {
      const SacReportArm *arm = r->arms->pdata[a];

      names[a] = arm->name;
      for (guint l = 0; l < n_labels; l++)
        {
          double sum = 0;
          guint n = 0;

          for (guint k = 0; k < r->n_seeds; k++)
            if (arm->scores[k])
              {
                sum += sac_auc (arm->scores[k]->scores + l, arm->scores[k]->truth + l, arm->scores[k]->n_clips, n_labels);
                n++;
              }
          auc[(gsize) a * n_labels + l] = n ? sum / n : NAN;
        }
    }
  sac_bars_draw (cr, width, height, style, &bars);
}

/* The first seed of each arm that has scores. */
void
sac_study_draw_roc (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  const SacStudyPlot *plot = data;
  const SacStudyReport *r = plot->report;
  g_autofree SacRocCurve *curves = g_new0 (SacRocCurve, r->arms->len + 1);
  g_autoptr (GPtrArray) rocs = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_roc_free);
  guint n = 0;

  for (guint a = 0; a < r->arms->len; a++)
    {
      const SacReportArm *arm = r->arms->pdata[a];
      const SacScores *s = NULL;

      for (guint k = 0; k < r->n_seeds && !s; k++)
        s = arm->scores[k];
      if (!s)
        continue;
      curves[n].roc = sac_roc_new (s->scores + plot->index, s->truth + plot->index, s->n_clips, s->n_labels);
      curves[n].name = arm->arm->name;
      g_ptr_array_add (rocs, (gpointer) curves[n].roc);
      sac_palette (a, curves[n++].colour);
    }
  sac_roc_draw (cr, width, height, style, r->first->labels[plot->index], curves, n);
}

static void
draw_tags (cairo_t *cr, double width, double height, const SacStyle *style, const SacReportArm *arm, guint n_seeds)
{
  static const struct { const char *tag, *name; double smoothing; gboolean dashed; } tags[] = {
    { "loss/train", N_("training"), 0.8, FALSE },
    { "loss/train_evaluated", N_("training, evaluated"), 0, TRUE },
    { "loss/validation", N_("validation"), 0, FALSE },
    { "loss/test", N_("test"), 0, FALSE },
  };
  SacAxes axes = { .title = arm->name, .x_name = _("step"), .y_name = _("loss") };
  SacCurve curves[G_N_ELEMENTS (tags)] = { { 0 } };
  double *memory[2 * G_N_ELEMENTS (tags)] = { NULL };
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      guint points = sac_study_mean_curve (arm, n_seeds, tags[i].tag, &memory[2 * i], &memory[2 * i + 1]);

      if (!points)
        continue;
      curves[n] = (SacCurve) { .x = memory[2 * i], .y = memory[2 * i + 1], .n = points, .name = _(tags[i].name),
                               .smoothing = tags[i].smoothing, .dashed = tags[i].dashed };
      sac_palette (i, curves[n++].colour);
    }
  sac_chart_draw (cr, width, height, style, &axes, curves, n);
  for (guint i = 0; i < G_N_ELEMENTS (memory); i++)
    g_free (memory[i]);
}

void
sac_study_draw_losses (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  const SacStudyPlot *plot = data;

  draw_tags (cr, width, height, style, plot->report->arms->pdata[plot->index], plot->report->n_seeds);
}

/* One curve an arm, of @tag, less @minus where it is there. */
static void
draw_over_arms (cairo_t *cr, double width, double height, const SacStyle *style, const SacStudyReport *r, const char *tag,
                const char *minus, const char *y_name)
{
  SacAxes axes = { .x_name = _("step"), .y_name = y_name };
  g_autofree SacCurve *curves = g_new0 (SacCurve, r->arms->len + 1);
  g_autoptr (GPtrArray) memory = g_ptr_array_new_with_free_func (g_free);
  guint n = 0;

  for (guint a = 0; a < r->arms->len; a++)
    {
      const SacReportArm *arm = r->arms->pdata[a];
      double *x, *y, *x2 = NULL, *y2 = NULL;
      guint points = sac_study_mean_curve (arm, r->n_seeds, tag, &x, &y), other = 0;

      if (minus)
        other = sac_study_mean_curve (arm, r->n_seeds, minus, &x2, &y2);
      for (guint i = 0; minus && i < points; i++)
        {
          double less = NAN;

          for (guint j = 0; j < other; j++)
            if (x2[j] == x[i])
              less = y2[j];
          y[i] -= less;
        }
      g_free (x2);
      g_free (y2);
      g_ptr_array_add (memory, x);
      g_ptr_array_add (memory, y);
      if (!points)
        continue;
      curves[n] = (SacCurve) { .x = x, .y = y, .n = points, .name = arm->name };
      sac_palette (a, curves[n++].colour);
    }
  sac_chart_draw (cr, width, height, style, &axes, curves, n);
}

void
sac_study_draw_gaps (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  draw_over_arms (cr, width, height, style, ((SacStudyPlot *) data)->report, "loss/validation", "loss/train_evaluated",
                  _("validation loss − training loss"));
}

void
sac_study_draw_auc (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  draw_over_arms (cr, width, height, style, ((SacStudyPlot *) data)->report, "auc_test_macro", NULL, _("macro AUC, test"));
}
