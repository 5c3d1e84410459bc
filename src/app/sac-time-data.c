#include "sac-time-data.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

void
sac_time_moment_free (SacTimeMoment *moment)
{
  if (!moment)
    return;
  for (guint i = 0; i < moment->n_labels && moment->rocs; i++)
    g_clear_pointer (&moment->rocs[i], sac_roc_free);
  g_free (moment->rocs);
  g_free (moment->bins);
  g_strfreev (moment->labels);
  g_clear_pointer (&moment->confusion, sac_confusion_free);
  g_clear_pointer (&moment->pins, sac_pin_sight_free);
  g_free (moment);
}

static void
count_bins (const SacScores *scores, guint label, guint (*bins)[2])
{
  for (guint i = 0; i < scores->n_clips; i++)
    {
      float score = scores->scores[(gsize) i * scores->n_labels + label];
      gint8 truth = scores->truth[(gsize) i * scores->n_labels + label];

      if (truth >= 0 && isfinite (score))
        bins[CLAMP ((int) (score * SAC_TIME_BINS), 0, SAC_TIME_BINS - 1)][truth > 0]++;
    }
}

SacTimeMoment *
sac_time_moment_read (const char *run_folder, guint64 step, const guint64 *pin_steps, guint n_pin_steps)
{
  g_autoptr (SacScores) scores = sac_scores_read_at (run_folder, "validation", step, NULL);
  SacTimeMoment *moment = g_new0 (SacTimeMoment, 1);
  guint n_defined = 0, at = n_pin_steps;

  moment->step = step;
  while (at > 0 && pin_steps[at - 1] > step)
    at--;
  if (at > 0)
    moment->pins = sac_pin_sight_read (run_folder, pin_steps[at - 1], NULL);
  if (!scores)
    return moment;
  moment->n_labels = scores->n_labels;
  moment->labels = g_strdupv (scores->labels);
  moment->rocs = g_new0 (SacRoc *, scores->n_labels + 1);
  moment->bins = g_malloc0_n ((gsize) scores->n_labels * SAC_TIME_BINS + 1, sizeof *moment->bins);
  for (guint i = 0; i < scores->n_labels; i++)
    {
      moment->rocs[i] = sac_roc_new (scores->scores + i, scores->truth + i, scores->n_clips, scores->n_labels);
      count_bins (scores, i, moment->bins + (gsize) i * SAC_TIME_BINS);
      if (isfinite (moment->rocs[i]->auc))
        {
          moment->macro += moment->rocs[i]->auc;
          n_defined++;
        }
    }
  moment->macro = n_defined ? moment->macro / n_defined : NAN;
  if (sac_is_one_label (scores->truth, scores->n_clips, scores->n_labels))
    moment->confusion = sac_confusion_new (scores->scores, scores->truth, scores->n_clips, scores->n_labels, NULL);
  return moment;
}

static int
by_step (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

guint64 *
sac_time_list_steps (const char *run_folder, guint *n, guint64 **pin_steps, guint *n_pin_steps)
{
  guint n_scored = 0, kept = 0;
  g_autofree guint64 *scored = sac_scores_list_steps (run_folder, "validation", &n_scored);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 *steps;

  *pin_steps = sac_pin_sight_list (run_folder, n_pin_steps);
  g_array_append_vals (all, scored, scored ? n_scored : 0);
  g_array_append_vals (all, *pin_steps, *n_pin_steps);
  g_array_sort (all, by_step);
  for (guint i = 0; i < all->len; i++)
    if (kept == 0 || g_array_index (all, guint64, kept - 1) != g_array_index (all, guint64, i))
      g_array_index (all, guint64, kept++) = g_array_index (all, guint64, i);
  *n = kept;
  steps = (guint64 *) (gpointer) g_array_free (all, FALSE);
  return steps;
}

/* ---- pictures. */

void
sac_time_draw_rocs (cairo_t *cr, double width, double height, const SacStyle *style, const SacTimeMoment *moment, int label)
{
  g_autofree SacRocCurve *curves = g_new0 (SacRocCurve, moment->n_labels + 1);
  g_autofree char *title = isnan (moment->macro) ? g_strdup (_("ROC"))
                                                 : g_strdup_printf (_("ROC, macro AUC %.3f"), moment->macro);
  guint n = 0;

  for (guint i = 0; i < moment->n_labels; i++)
    if (label < 0 || (int) i == label)
      {
        curves[n].roc = moment->rocs[i];
        curves[n].name = moment->labels[i];
        sac_palette (i, curves[n].colour);
        n++;
      }
  sac_roc_draw (cr, width, height, style, title, curves, n);
}

/* Shares of the clips that have the label and of those that have not, in steps. */
void
sac_time_draw_histogram (cairo_t *cr, double width, double height, const SacStyle *style, const SacTimeMoment *moment, int label)
{
  const char *const names[] = { _("clips without the label"), _("clips with it") };
  double x[2 * SAC_TIME_BINS], y[2][2 * SAC_TIME_BINS] = { { 0 } };
  SacCurve curves[2] = { 0 };
  SacAxes axes = { .title = _("Scores"), .x_name = _("score"), .x0 = 0, .x1 = 1, .y0 = 0, .y1 = 1 };

  for (guint part = 0; part < 2; part++)
    {
      guint counts[SAC_TIME_BINS] = { 0 }, sum = 0;

      for (guint l = 0; l < moment->n_labels; l++)
        for (guint b = 0; b < SAC_TIME_BINS && (label < 0 || (int) l == label); b++)
          {
            counts[b] += moment->bins[(gsize) l * SAC_TIME_BINS + b][part];
            sum += moment->bins[(gsize) l * SAC_TIME_BINS + b][part];
          }
      for (guint b = 0; b < SAC_TIME_BINS; b++)
        {
          x[2 * b] = (double) b / SAC_TIME_BINS;
          x[2 * b + 1] = (b + 1.0) / SAC_TIME_BINS;
          y[part][2 * b] = y[part][2 * b + 1] = sum ? (double) counts[b] / sum : 0;
        }
      curves[part] = (SacCurve) { .x = x, .y = y[part], .n = 2 * SAC_TIME_BINS, .name = names[part] };
      sac_palette (part == 0 ? 1 : 0, curves[part].colour);
    }
  sac_chart_draw (cr, width, height, style, &axes, curves, 2);
}

void
sac_time_draw_confusion (cairo_t *cr, double width, double height, const SacStyle *style, const SacTimeMoment *moment)
{
  const SacConfusion *confusion = moment->confusion;
  guint n = confusion->n_labels;
  g_autofree guint *counts = g_new (guint, (gsize) n * n + 1);
  g_autofree guint8 *right = g_new0 (guint8, (gsize) n * n + 1);
  g_autofree char *title = g_strdup_printf (_("Confusion: %u of %u right"), confusion->n_right, confusion->n_clips);
  SacMatrix matrix = {
    .title = title, .row_name = _("truth"), .column_name = _("said"), .rows = (const char *const *) moment->labels,
    .columns = (const char *const *) moment->labels, .n_rows = n, .n_columns = n, .counts = counts, .right = right, .row = -1, .column = -1,
  };

  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)       /* without thresholds something is always said */
      {
        counts[(gsize) i * n + j] = confusion->counts[(gsize) i * (n + 1) + j];
        right[(gsize) i * n + j] = i == j;
      }
  sac_matrix_draw (cr, width, height, style, &matrix);
}
