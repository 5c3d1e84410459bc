/* The page of a comparison: one file, nothing from outside, everything that came from a person or a file escaped. */
#include <glib/gi18n.h>
#include <math.h>

#include "compare.h"
#include "config.h"

#define MAX_CURVES 24           /* labels with curves of their own: those of the first; more would not be looked at */

static const char css[] =
  ":root{color-scheme:light dark;--ink:#26292e;--soft:#5c626b;--line:#d9dce1;--card:#fff;--page:#f4f5f7}"
  "*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}"
  "main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:36px 0 10px}"
  "p{margin:8px 0;max-width:84ch}.soft{color:var(--soft)}figure,.wide{background:var(--card);border:1px solid var(--line);"
  "border-radius:12px;padding:10px;margin:12px 0;overflow-x:auto}figure svg{display:block;max-width:100%;height:auto;margin:0 auto}"
  ".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:12px}.grid figure{margin:0}"
  "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:right;padding:5px 10px;"
  "border-bottom:1px solid var(--line);white-space:nowrap}th:first-child,td:first-child{text-align:left}"
  "th{color:var(--soft);font-weight:500}tr:last-child td{border-bottom:0}small{color:var(--soft)}.dark{display:none}"
  "@media screen and (prefers-color-scheme:dark){:root{--ink:#ededf0;--soft:#a3a7b0;--line:#3a3b40;--card:#1e1e20;--page:#151517}"
  ".dark{display:block}.light{display:none}}";

typedef struct {
  const SacComparison *c;
  SacStyle style;
  guint label;
} Plot;

static void
put_plot (GString *out, const SacComparison *c, guint label, const char *words, double width, double height, SacDrawFunc draw)
{
  Plot plot = { c, { { 0 } }, label };

  g_string_append (out, "<figure>");
  for (int dark = 0; dark < 2; dark++)
    {
      g_autofree char *svg = NULL;

      sac_style_init (&plot.style, dark);
      plot.style.paper[3] = 0;
      svg = sac_draw_dup_svg (width, height, draw, &plot);
      sac_html (out, "<div class=\"%s\" role=\"img\" aria-label=\"%s\">", dark ? "dark" : "light", words);
      g_string_append (out, svg ? svg : "");
      g_string_append (out, "</div>");
    }
  g_string_append (out, "</figure>\n");
}

static void
draw_bars (cairo_t *cr, double width, double height, gpointer data)
{
  const Plot *plot = data;
  const SacComparison *c = plot->c;
  g_autofree double *auc = g_new (double, (gsize) c->runs->len * c->n_labels + 1);
  g_autofree double *low = g_new (double, c->n_labels + 1), *high = g_new (double, c->n_labels + 1);
  g_autofree const char **names = g_new (const char *, c->runs->len + 1);
  SacBars bars = { c->n_labels, c->runs->len, (const char *const *) c->labels, names, auc, low, high, -1 };

  for (guint r = 0; r < c->runs->len; r++)
    {
      const SacCompared *run = c->runs->pdata[r];

      names[r] = run->name;
      for (guint l = 0; l < c->n_labels; l++)
        {
          int at = sac_scores_find_label (run->scores, c->labels[l]);

          auc[(gsize) r * c->n_labels + l] = at >= 0 ? run->table->auc[at] : NAN;
          if (r == 0)
            {
              g_autoptr (SacRoc) roc = sac_roc_new (run->scores->scores + at, run->scores->truth + at, run->scores->n_clips,
                                                    run->scores->n_labels);

              low[l] = roc->null_low;
              high[l] = roc->null_high;
            }
        }
    }
  sac_bars_draw (cr, width, height, &plot->style, &bars);
}

static void
draw_roc (cairo_t *cr, double width, double height, gpointer data)
{
  const Plot *plot = data;
  const SacComparison *c = plot->c;
  g_autofree SacRocCurve *curves = g_new0 (SacRocCurve, c->runs->len + 1);
  g_autoptr (GPtrArray) rocs = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_roc_free);
  g_autoptr (GPtrArray) bands = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_roc_band_free);
  guint n = 0;

  for (guint r = 0; r < c->runs->len; r++)
    {
      const SacCompared *run = c->runs->pdata[r];
      const SacScores *s = run->scores;
      int at = sac_scores_find_label (s, c->labels[plot->label]);
      SacRoc *roc;

      if (at < 0)
        continue;
      roc = sac_roc_new (s->scores + at, s->truth + at, s->n_clips, s->n_labels);
      g_ptr_array_add (rocs, roc);
      curves[n] = (SacRocCurve) { .roc = roc, .name = run->name };
      if (c->runs->len <= 2)
        {
          curves[n].band = sac_roc_band_new (roc);
          g_ptr_array_add (bands, (gpointer) curves[n].band);
        }
      sac_palette (r, curves[n++].colour);
    }
  sac_roc_draw (cr, width, height, &plot->style, c->labels[plot->label], curves, n);
}

static void
draw_calibration (cairo_t *cr, double width, double height, gpointer data)
{
  const Plot *plot = data;
  const SacComparison *c = plot->c;
  g_autofree SacCalibrationCurve *curves = g_new0 (SacCalibrationCurve, c->runs->len + 1);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_calibration_free);

  /* All labels of a run together: one label by itself has too few clips for ten bins. */
  for (guint r = 0; r < c->runs->len; r++)
    {
      const SacCompared *run = c->runs->pdata[r];
      const SacScores *s = run->scores;
      SacCalibration *calibration = sac_calibration_new (s->scores, s->truth, (gsize) s->n_clips * s->n_labels, 1, 10, 0, 1);

      g_ptr_array_add (all, calibration);
      curves[r] = (SacCalibrationCurve) { .calibration = calibration, .name = run->name };
      sac_palette (r, curves[r].colour);
    }
  sac_calibration_draw (cr, width, height, &plot->style, NULL, curves, c->runs->len);
}

static void
put_interval (GString *out, double value, double low, double high)
{
  char a[32], b[32], c[32];

  if (isnan (value))
    {
      sac_html (out, "<td>%s</td>", _("undefined"));
      return;
    }
  sac_html (out, "<td>%s <small>%s–%s</small></td>", g_ascii_formatd (a, sizeof a, "%.3f", value),
            g_ascii_formatd (b, sizeof b, "%.3f", low), g_ascii_formatd (c, sizeof c, "%.3f", high));
}

static void
put_table (GString *out, const SacComparison *c)
{
  sac_html (out, "<div class=\"wide\"><table><tr><th>%s</th>", _("Label"));
  for (guint r = 0; r < c->runs->len; r++)
    sac_html (out, "<th>%s</th>", ((const SacCompared *) c->runs->pdata[r])->name);
  g_string_append (out, "</tr>\n");
  for (guint l = 0; l < c->n_labels; l++)
    {
      sac_html (out, "<tr><td>%s</td>", c->labels[l]);
      for (guint r = 0; r < c->runs->len; r++)
        {
          const SacCompared *run = c->runs->pdata[r];
          int at = sac_scores_find_label (run->scores, c->labels[l]);

          if (at >= 0)
            put_interval (out, run->intervals[at].auc, run->intervals[at].low, run->intervals[at].high);
          else
            g_string_append (out, "<td>–</td>");
        }
      g_string_append (out, "</tr>\n");
    }
  sac_html (out, "<tr><td><b>%s</b></td>", _("Macro"));
  for (guint r = 0; r < c->runs->len; r++)
    {
      const SacCompared *run = c->runs->pdata[r];

      put_interval (out, run->macro.difference, run->macro.low, run->macro.high);
    }
  g_string_append (out, "</tr>\n</table></div>\n");
}

static void
put_pairs (GString *out, const SacComparison *c)
{
  if (c->pairs->len)
    sac_html (out, "<h2>%s</h2>\n", _("Differences"));
  for (guint i = 0; i < c->pairs->len; i++)
    {
      const SacComparedPair *p = c->pairs->pdata[i];

      if (p->obstacle)
        sac_html (out, "<p><b>%s</b>: %s.</p>\n", p->done ? _("beware") : _("not compared"), p->obstacle);
      if (p->done)
        sac_html (out, "<p><b>%s.</b><br/><span class=\"soft\">%s.</span></p>\n", p->words, p->label_words);
    }
}

static void
put_origin (GString *out, const SacComparison *c)
{
  sac_html (out, "<h2>%s</h2>\n<div class=\"wide\"><table>\n", _("Where this comes from"));
  sac_html (out, "<tr><th>%s</th><th>%s</th><th>%s</th><th>%s</th><th>%s</th></tr>\n", _("Run"), _("Network"), _("Step"), _("Clips"),
            _("Data"));
  for (guint r = 0; r < c->runs->len; r++)
    {
      const SacCompared *run = c->runs->pdata[r];
      g_autofree char *step = g_strdup_printf ("%" G_GUINT64_FORMAT, run->scores->step);
      g_autofree char *data = g_strndup (run->info && run->info->snapshot ? run->info->snapshot : "", 12);

      sac_html (out, "<tr><td>%s</td><td>%s</td><td>%s</td><td>%u</td><td>%s</td></tr>\n", run->name,
                run->info && run->info->model ? run->info->model : "", step, run->scores->n_clips, data);
    }
  g_string_append (out, "</table></div>\n");
}

char *
sac_comparison_dup_page (const SacComparison *c)
{
  GString *out = g_string_new ("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"/>"
                               "<meta name=\"viewport\" content=\"width=device-width\"/>");
  double wide = CLAMP (120.0 + 26.0 * c->n_labels * c->runs->len, 700, 2400);

  sac_html (out, "<title>%s</title>\n<style>", _("Comparison"));
  g_string_append (out, css);
  sac_html (out, "</style></head><body><main>\n<h1>%s</h1>\n", _("Comparison"));
  {
    g_autofree char *words = g_strdup_printf (_("AUC on the split “%s”; intervals of 95 %%: labels by DeLong, macro by resampling clips"),
                                              c->split);

    sac_html (out, "<p class=\"soft\">%s</p>\n", words);
  }
  put_table (out, c);
  put_pairs (out, c);
  put_plot (out, c, 0, _("AUC per label and run"), wide, 320, draw_bars);
  sac_html (out, "<h2>%s</h2>\n", _("ROC curves"));
  if (c->runs->len <= 2)
    sac_html (out, "<p class=\"soft\">%s</p>\n", _("The bands hold each point of a curve with 95 % by itself."));
  g_string_append (out, "<div class=\"grid\">\n");
  for (guint l = 0; l < MIN (c->n_labels, MAX_CURVES); l++)
    put_plot (out, c, l, c->labels[l], 320, 380, draw_roc);
  sac_html (out, "</div>\n<h2>%s</h2>\n", _("Calibration"));
  for (guint r = 0; r < c->runs->len; r++)
    {
      const SacCompared *run = c->runs->pdata[r];
      const SacScores *s = run->scores;
      g_autoptr (SacCalibration) calibration = sac_calibration_new (s->scores, s->truth, (gsize) s->n_clips * s->n_labels, 1, 10, 200, 1);
      g_autofree char *words = sac_calibration_dup_words (calibration);

      sac_html (out, "<p><b>%s</b>: %s</p>\n", run->name, words);
    }
  put_plot (out, c, 0, _("Calibration"), 520, 480, draw_calibration);
  put_origin (out, c);
  sac_html (out, "<p><small>Saccade %s</small></p>\n</main></body></html>\n", SAC_VERSION);
  return g_string_free (out, FALSE);
}
