/* The page of a report: one file, nothing from outside, everything that came from a person or a file escaped.  It is written as
 * well-formed XML too.  Each plot stands in it twice, for light and for dark pages. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "config.h"
#include "report.h"

static const char css[] =
  ":root{color-scheme:light dark;--ink:#26292e;--soft:#5c626b;--line:#d9dce1;--card:#fff;--page:#f4f5f7;--mark:#1c71d8;--warn:#9a4f00;"
  "--tint:#fff3e0}"
  "*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}"
  "main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}h1{font-size:26px;margin:0 0 4px;overflow-wrap:anywhere}"
  "h2{font-size:18px;margin:36px 0 10px}p{margin:8px 0;max-width:76ch}.soft{color:var(--soft)}small{color:var(--soft)}"
  ".flag{display:inline-block;background:var(--tint);color:var(--warn);border-radius:6px;padding:2px 10px;font-weight:600;"
  "margin:6px 6px 0 0}"
  ".cards{display:flex;flex-wrap:wrap;gap:12px;margin-top:18px}.card,figure,.wide{background:var(--card);border:1px solid var(--line);"
  "border-radius:12px;padding:14px 18px}.card{flex:1 1 190px}.card b{display:block;font-size:30px;line-height:1.2;"
  "font-variant-numeric:tabular-nums}figure{margin:12px 0;padding:10px;overflow:hidden}figure svg,figure img{display:block;max-width:100%;"
  "height:auto;margin:0 auto}figcaption{color:var(--soft);font-size:14px;padding:6px 4px 0;overflow-wrap:anywhere}"
  ".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:12px}.grid figure{margin:0}"
  ".pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:12px}.pair figure{margin:0}"
  ".wide{overflow-x:auto;padding:6px 14px}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
  "th,td{text-align:right;padding:5px 10px;border-bottom:1px solid var(--line);white-space:nowrap}"
  "th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere}tr:last-child td{border-bottom:0}"
  ".facts td{text-align:left;white-space:normal;overflow-wrap:anywhere;vertical-align:top}"
  ".facts td:first-child{color:var(--soft);width:13em}"
  "th{color:var(--soft);font-weight:500}.within{color:var(--soft)}pre{overflow-x:auto;font-size:13px}ul{padding-left:1.2em}"
  "summary{cursor:pointer;padding:6px 0}.dark{display:none}"
  "@media screen and (prefers-color-scheme:dark){:root{--ink:#ededf0;--soft:#a3a7b0;--line:#3a3b40;--card:#1e1e20;--page:#151517;"
  "--mark:#78aeed;--warn:#ffb866;--tint:#3b2a12}.dark{display:block}.light{display:none}}";

/* A number of an AUC; "undefined" in words. */
static const char *
figure_text (double value, guint digits, char buffer[G_ASCII_DTOSTR_BUF_SIZE])
{
  char format[16];

  if (isnan (value))
    return _("undefined");
  if (isinf (value))
    return value > 0 ? "∞" : "−∞";
  /* The sign of a minus; nothing is below zero that rounds to it. */
  g_snprintf (format, sizeof format, "%%.%uf", digits);
  g_ascii_formatd (buffer, G_ASCII_DTOSTR_BUF_SIZE, format, fabs (value));
  if (value < 0 && g_ascii_strtod (buffer, NULL) != 0)
    {
      memmove (buffer + strlen ("−"), buffer, strlen (buffer) + 1);
      memcpy (buffer, "−", strlen ("−"));
    }
  return buffer;
}

typedef struct {
  GString *out;
  const SacReport *report;
  const char *pictures;         /* nullable */
  GError *error;                /* the first */
} Page;

static void
save (Page *page, const char *name, double width, double height, SacDrawFunc draw, SacReportPlot *plot)
{
  static const char *const suffixes[] = { "png", "svg" };

  for (guint i = 0; page->pictures && !page->error && i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strdup_printf ("%s.%s", name, suffixes[i]);
      g_autofree char *path = g_build_filename (page->pictures, file, NULL);

      sac_draw_to_file (path, width, height, draw, plot, &page->error);
    }
}

/* A plot as a figure, and as files called @name. */
static void
put_plot (Page *page, const char *name, const char *words, guint index, double width, double height, SacDrawFunc draw)
{
  SacReportPlot plot = { page->report, { { 0 } }, index };

  sac_style_init (&plot.style, FALSE);
  save (page, name, width, height, draw, &plot);
  for (int dark = 0; dark < 2; dark++)
    {
      g_autofree char *svg = NULL;

      sac_style_init (&plot.style, dark);
      plot.style.paper[3] = 0;
      svg = sac_draw_dup_svg (width, height, draw, &plot);
      sac_html (page->out, "<div class=\"%s\" role=\"img\" aria-label=\"%s\">", dark ? "dark" : "light", words);
      g_string_append (page->out, svg ? svg : "");
      g_string_append (page->out, "</div>\n");
    }
}

static void
put_headline (Page *page)
{
  const SacReport *r = page->report;
  GString *out = page->out;
  char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE], c[G_ASCII_DTOSTR_BUF_SIZE];
  guint n = r->table ? r->table->n_labels : 0;

  if (!r->table)
    {
      sac_html (out, "<p>%s</p>\n", _("This run has not been evaluated yet, so there are no scores to show."));
      return;
    }
  g_string_append (out, "<div class=\"cards\">\n");
  sac_html (out, "<div class=\"card\"><small>%s</small><b>%s</b>", _("Macro AUC"), figure_text (r->table->macro, 2, a));
  {
    g_autofree char *defined = g_strdup_printf (_("mean over %u of %u labels that are defined"), r->table->n_defined, n);

    sac_html (out, "<small>%s</small></div>\n", defined);
  }
  if (r->control)
    {
      sac_html (out, "<div class=\"card\"><small>%s</small><b>%s</b><small>%s</small></div>\n", _("Control AUC"),
                figure_text (r->control->macro, 2, a), _("logistic regression on the mean colour of the same clips"));
      if (r->above_control.n_resamples)
        {
          g_autofree char *range = g_strdup_printf (_("95 %% of %u resamples lie from %s to %s"), r->above_control.n_resamples,
                                                    figure_text (r->above_control.low, 2, b), figure_text (r->above_control.high, 2, c));

          sac_html (out, "<div class=\"card\"><small>%s</small><b>%s%s</b><small>%s</small></div>\n", _("Network above control"),
                    r->above_control.difference > 0 ? "+" : "", figure_text (r->above_control.difference, 2, a), range);
        }
    }
  sac_html (out, "<div class=\"card\"><small>%s</small><b>%s</b><small>%s %s · %s %s</small></div>\n", _("Clips scored"),
            g_ascii_formatd (a, sizeof a, "%.0f", r->scores->n_clips), _("median AUC"), figure_text (r->table->median, 2, b), _("mAP"),
            figure_text (r->table->map, 2, c));
  g_string_append (out, "</div>\n");
}

static void
put_curves (Page *page)
{
  const SacReport *r = page->report;
  GString *out = page->out;
  guint n_train, n_held;
  const SacPoint *train = sac_event_reader_get (r->events, "loss/train", &n_train);
  const SacPoint *held = sac_event_reader_get (r->events, "loss/validation", &n_held);

  sac_html (out, "<h2>%s</h2>\n", _("Learning"));
  if (!n_train && !n_held)
    {
      sac_html (out, "<p>%s</p>\n", _("No step has been recorded."));
      return;
    }
  g_string_append (out, "<figure>\n");
  put_plot (page, "loss", _("Loss of training and validation over the steps"), 0, 1000, 340, sac_report_draw_loss);
  g_string_append (out, "<figcaption>");
  if (n_train && n_held)
    {
      double last = 0;
      guint k = MIN (n_train, 10);
      char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE], c[G_ASCII_DTOSTR_BUF_SIZE];
      g_autofree char *gap = NULL;

      for (guint i = n_train - k; i < n_train; i++)
        last += train[i].value / k;
      gap = g_strdup_printf (_("At the end: training %s, validation %s, gap %s."), figure_text (last, 4, a),
                             figure_text (held[n_held - 1].value, 4, b), figure_text (held[n_held - 1].value - last, 4, c));
      sac_html (out, "%s ", gap);
    }
  sac_html (out, "%s</figcaption></figure>\n",
            _("Mean of sigmoid cross-entropies over labels; the strong line is smoothed, the faint one is not."));
  g_string_append (out, "<div class=\"pair\">\n");
  if (sac_report_has_points (r, "rate"))
    {
      g_string_append (out, "<figure>\n");
      put_plot (page, "rate", _("Rate over the steps"), 0, 480, 240, sac_report_draw_rate);
      g_string_append (out, "</figure>\n");
    }
  if (sac_report_has_points (r, "auc_macro"))
    {
      g_string_append (out, "<figure>\n");
      put_plot (page, "validation-auc", _("Macro AUC on validation clips over the steps"), 0, 480, 240, sac_report_draw_validation_auc);
      g_string_append (out, "</figure>\n");
    }
  g_string_append (out, "</div>\n");
}

static void
put_table (Page *page)
{
  const SacReport *r = page->report;
  GString *out = page->out;
  guint n = r->table->n_labels, within = 0;

  sac_html (out, "<h2>%s</h2>\n<figure>\n", _("AUC per label"));
  put_plot (page, "auc", _("AUC per label with the range that chance gives"), 0, 1000, n > 12 ? 420 : 360, sac_report_draw_bars);
  sac_html (out, "<figcaption>%s</figcaption></figure>\n",
            /* xgettext:no-c-format */
            _("Grey: where 95 % of random rankings of as many clips would lie. Hatched: undefined, no positive or no negative clip."));
  sac_html (out, "<div class=\"wide\"><table><tr><th>%s</th><th>n⁺</th><th>n⁻</th><th>AUC</th><th>%s</th><th>%s</th>", _("Label"),
            _("Chance"), _("Average precision"));
  if (r->control)
    sac_html (out, "<th>%s</th>", _("Control AUC"));
  g_string_append (out, "</tr>\n");
  for (guint i = 0; i < n; i++)
    {
      const SacRoc *roc = r->rocs[i];
      gboolean inside = roc->auc >= roc->null_low && roc->auc <= roc->null_high;
      char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE], c[G_ASCII_DTOSTR_BUF_SIZE];
      double precision = sac_average_precision (r->scores->scores + i, r->scores->truth + i, r->scores->n_clips, n);

      within += inside;
      sac_html (out, "<tr><td>%s</td>", r->scores->labels[i]);
      g_string_append_printf (out, "<td>%u</td><td>%u</td>", roc->n_positive, roc->n_negative);
      sac_html (out, "<td class=\"%s\">%s</td>", inside ? "within" : "beyond", figure_text (roc->auc, 3, a));
      if (isnan (roc->auc))
        g_string_append (out, "<td>–</td>");
      else
        sac_html (out, "<td>%s–%s</td>", figure_text (MAX (roc->null_low, 0), 2, b), figure_text (MIN (roc->null_high, 1), 2, c));
      sac_html (out, "<td>%s</td>", isnan (roc->auc) ? "–" : figure_text (precision, 3, a));
      if (r->control)
        sac_html (out, "<td>%s</td>", figure_text (r->control->auc[i], 3, a));
      g_string_append (out, "</tr>\n");
    }
  g_string_append (out, "</table></div>\n");
  if (within)
    {
      g_autofree char *words = g_strdup_printf (ngettext ("%u label cannot be told from chance on so few clips.",
                                                          "%u labels cannot be told from chance on so few clips.", within), within);

      sac_html (out, "<p>%s</p>\n", words);
    }
}

/* Labels with most positive clips first. */
static int
by_positives (gconstpointer a, gconstpointer b, gpointer data)
{
  const SacReport *r = data;
  guint x = *(const guint *) a, y = *(const guint *) b;

  if (r->rocs[x]->n_positive != r->rocs[y]->n_positive)
    return r->rocs[x]->n_positive > r->rocs[y]->n_positive ? -1 : 1;
  return x < y ? -1 : x > y;
}

static void
put_rocs (Page *page)
{
  const SacReport *r = page->report;
  GString *out = page->out;
  guint n = r->table->n_labels, shown = MIN (n, 40);
  g_autofree guint *order = g_new (guint, n + 1);

  for (guint i = 0; i < n; i++)
    order[i] = i;
  if (shown < n)
    g_qsort_with_data (order, n, sizeof *order, by_positives, (gpointer) r);
  sac_html (out, "<h2>%s</h2>\n<p>%s</p>\n<div class=\"grid\">\n", _("ROC per label"),
            _("Equal scores make one slanted step. The dashed line is chance."));
  for (guint k = 0; k < shown; k++)
    {
      const SacRoc *roc = r->rocs[order[k]];
      g_autofree char *name = g_strdup_printf ("roc-%03u", order[k] + 1);
      g_autofree char *words = g_strdup_printf (_("ROC curve of %s"), r->scores->labels[order[k]]);
      char a[G_ASCII_DTOSTR_BUF_SIZE];

      g_string_append (out, "<figure>\n");
      put_plot (page, name, words, order[k], 240, 250, sac_report_draw_roc);
      sac_html (out, "<figcaption>AUC %s · n⁺ %u · n⁻ %u</figcaption></figure>\n", figure_text (roc->auc, 3, a), roc->n_positive,
                roc->n_negative);
    }
  g_string_append (out, "</div>\n");
  if (shown < n)
    {
      g_autofree char *words = g_strdup_printf (_("The %u labels with most positive clips of %u."), shown, n);

      sac_html (out, "<p class=\"soft\">%s</p>\n", words);
    }
}

/* What the strip at @index shows, in words. */
static char *
strip_words (const SacReportStrip *s)
{
  char score[G_ASCII_DTOSTR_BUF_SIZE];
  float most = 0;
  const char *format = s->kind == SAC_STRIP_FOUND ? _("%s: labelled, scored %s") : s->kind == SAC_STRIP_MISSED
                         ? _("%s: labelled, but scored only %s") : _("%s: not labelled, but scored %s");

  for (guint i = 0; i < s->n; i++)
    most = MAX (most, s->weights[i]);
  if (most <= 0)
    {
      g_autofree char *words = g_strdup_printf (format, s->label, figure_text (s->score, 2, score));

      return g_strdup_printf (_("%s; nothing in the clip speaks for it"), words);
    }
  return g_strdup_printf (format, s->label, figure_text (s->score, 2, score));
}

static void
put_strips (Page *page)
{
  static const char *const headings[] = { N_("Found"), N_("Missed"), N_("False alarms") };
  const SacReport *r = page->report;
  GString *out = page->out;
  gboolean varied = FALSE;
  guint wrong = 0;

  sac_html (out, "<h2>%s</h2>\n", _("Where the network looked"));
  if (r->strips->len == 0)
    {
      sac_html (out, "<p>%s</p>\n", r->no_strips ? r->no_strips : _("No clip was looked into."));
      return;
    }
  sac_html (out, "<p>%s</p>\n", _("Grad-CAM of the last stage for the label named, over the frames as the network saw them. "
                                  "Bars: how much of the map each frame holds, the largest being 1. Each map is scaled to its own "
                                  "maximum, so a strong colour does not mean a sure answer."));
  for (guint i = 0; i < r->strips->len; i++)
    {
      const SacReportStrip *s = r->strips->pdata[i];

      wrong += s->kind != SAC_STRIP_FOUND;
      for (guint k = 0; k < s->n; k++)
        varied |= fabs (s->weights[k] - s->weights[0]) > 0.01;
    }
  if (!varied)
    sac_html (out, "<p>%s</p>\n", _("All frames weigh the same: the last stage of this network sees the whole clip as one moment."));
  if (!wrong)
    sac_html (out, "<p>%s</p>\n", _("No answer on these clips was wrong when 0.5 parts yes from no."));
  for (guint kind = 0; kind < G_N_ELEMENTS (headings); kind++)
    {
      gboolean first = TRUE;

      for (guint i = 0; i < r->strips->len; i++)
        {
          const SacReportStrip *s = r->strips->pdata[i];
          SacReportPlot plot = { r, { { 0 } }, i };
          g_autofree char *words = NULL, *name = g_strdup_printf ("strip-%02u", i + 1), *base64 = NULL;
          g_autoptr (GBytes) png = NULL;
          const double width = 1000;
          double height = 0;
          gsize length;

          if (s->kind != kind)
            continue;
          if (first)
            sac_html (out, "<h3>%s</h3>\n", _(headings[kind]));
          first = FALSE;
          words = strip_words (s);
          sac_style_init (&plot.style, FALSE);
          for (guint rows = s->n > 10 ? 2 : 1; height == 0; rows++)
            height = rows * sac_strip_height (width, &plot.style, s->frames, TRUE, TRUE, (s->n + rows - 1) / rows) + 8 * (rows - 1);
          save (page, name, width, height, sac_report_draw_strip, &plot);
          plot.style.paper[3] = 0;      /* and an ink that reads on light and on dark */
          for (int k = 0; k < 3; k++)
            plot.style.ink[k] = plot.style.faint[k] = 0.52;
          plot.style.faint[3] = 0.3;
          png = sac_draw_png (width, height, 1, sac_report_draw_strip, &plot, page->error ? NULL : &page->error);
          if (!png)
            return;
          base64 = g_base64_encode (g_bytes_get_data (png, &length), g_bytes_get_size (png));
          sac_html (out, "<figure><img alt=\"%s\" src=\"data:image/png;base64,", words);
          g_string_append (out, base64);
          sac_html (out, "\"/><figcaption>%s — %s</figcaption></figure>\n", words, s->clip);
        }
    }
}

static void
put_profile (Page *page)
{
  const SacReport *r = page->report;
  g_autofree char *words = NULL;
  const SacPeaks *peaks;
  double ms;

  if (!r->profile && !r->no_profile)
    return;
  sac_html (page->out, "<h2>%s</h2>\n", _("Where the time went"));
  if (!r->profile)
    {
      sac_html (page->out, "<p>%s</p>\n", r->no_profile);
      return;
    }
  peaks = &r->profile->peaks;
  ms = sac_profile_get_seconds (r->profile) * 1e3;
  if (peaks->flops_all > 0)
    words = g_strdup_printf (_("A batch and its update took %.1f ms (mean of %u). "
                               "This machine was measured to do %.0f GFLOP/s and %.0f GB/s with %u threads."),
                             ms, r->profile->n_runs, peaks->flops_all * 1e-9, peaks->bytes_all * 1e-9, peaks->n_threads);
  else
    words = g_strdup_printf (_("A batch and its update took %.1f ms (mean of %u)."), ms, r->profile->n_runs);
  sac_html (page->out, "<p>%s</p>\n<figure>\n", words);
  put_plot (page, "profile-ops", _("Time of each kind of operation"), 0, 1000, sac_report_profile_height (r, SAC_PROFILE_BY_OP),
            sac_report_draw_ops);
  sac_html (page->out, "<figcaption>%s</figcaption></figure>\n<figure>\n",
            /* xgettext:no-c-format */
          _("Time and share of the peak. The strong part of a bar is what the machine would have needed at its peak, the pale rest is "
            "lost. Caches and convolutions with fewer multiplications lift shares over 100 %."));
  put_plot (page, "profile-layers", _("Time of each layer, forward and backward"), 0, 1000,
            sac_report_profile_height (r, SAC_PROFILE_BY_LAYER), sac_report_draw_layers);
  sac_html (page->out, "<figcaption>%s</figcaption></figure>\n", _("The layers in their order: above forward, below backward."));
}

static void
fact (GString *out, const char *name, const char *value)
{
  if (value && value[0])
    sac_html (out, "<tr><td>%s</td><td>%s</td></tr>\n", name, value);
}

static void
put_facts (Page *page)
{
  const SacReport *r = page->report;
  const SacRunInfo *info = r->info;
  const SacRecipe *recipe = r->recipe;
  GString *out = page->out;
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, info->seed), *started = NULL, *clip = NULL, *device = NULL;
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (info->started_us / G_USEC_PER_SEC);

  if (time && info->started_us > 0)
    started = g_date_time_format (time, "%F %R");
  sac_html (out, "<h2>%s</h2>\n<div class=\"wide\"><table class=\"facts\">\n", _("How it was made"));
  fact (out, _("Run"), info->name);
  fact (out, _("Started"), started);
  fact (out, _("Recipe"), recipe ? recipe->title : NULL);
  fact (out, _("Network"), info->model);
  if (recipe)
    {
      fact (out, _("Inflation"), recipe->inflation);
      fact (out, _("Padding in time"), recipe->pad_time);
      fact (out, _("Batch norm"), recipe->batch_norm);
      fact (out, _("Precision"), recipe->precision);
      clip = g_strdup_printf (_("%d frames, %d × %d of %d × %d pixels"), recipe->frames, recipe->crop, recipe->crop, recipe->resize,
                              recipe->resize);
      fact (out, _("Clip"), clip);
    }
  fact (out, _("Weights at the start"), info->weights_file && info->weights_file[0] ? info->weights_file : _("random"));
  fact (out, _("Hash of the weights"), info->weights_hash);
  fact (out, _("Data snapshot"), info->snapshot);
  fact (out, _("Project"), info->project);
  fact (out, _("Seed"), seed);
  device = g_strjoin (info->device && info->device[0] && info->host && info->host[0] ? ", " : "", info->device ? info->device : "",
                      info->host ? info->host : "", NULL);
  fact (out, _("Device"), device);
  fact (out, _("Version"), info->version);
  if (r->scores)
    {
      g_autofree char *scored = g_strdup_printf (_("%s split, after step %u"), r->scores->split, (guint) r->scores->step);

      fact (out, _("Scores"), scored);
    }
  g_string_append (out, "</table></div>\n");
  if (r->recipe_text)
    sac_html (out, "<details><summary>%s</summary><pre>%s</pre></details>\n", _("The whole recipe"), r->recipe_text);
}

static void
put_notes (Page *page)
{
  const SacReport *r = page->report;
  const char *status = sac_event_reader_get_text (r->events, "status"), *note = sac_event_reader_get_text (r->events, "note");
  GString *out = page->out;
  guint n = 0, unknown = 0;
  const SacPoint *quarantined = sac_event_reader_get (r->events, "quarantined", &n);

  sac_html (out, "<h2>%s</h2>\n<ul>\n", _("To be read with care"));
  if (r->info->synthetic)
    sac_html (out, "<li>%s</li>\n",
              _("The clips are synthetic: rendered by a program, not filmed. The figures say nothing about real video."));
  if (r->recipe && g_strcmp0 (r->recipe->batch_norm, "batch") == 0)
    sac_html (out, "<li>%s</li>\n",
              _("Batch norm used the statistics of each small batch. With one clip a batch this alone can keep a network "
                "from learning: a poor result may be a fact about the protocol, not about the weights it started from. "
                "Compare with a run that keeps the statistics frozen."));
  else if (r->recipe)
    sac_html (out, "<li>%s</li>\n", _("Batch norm kept the statistics of the starting weights; its scale and shift were trained."));
  if (r->table && r->table->n_defined < r->table->n_labels)
    {
      GString *names = g_string_new (NULL);

      for (guint i = 0; i < r->table->n_labels; i++)
        if (isnan (r->table->auc[i]))
          g_string_append_printf (names, "%s%s", names->len ? ", " : "", r->scores->labels[i]);
      sac_html (out, "<li>%s %s</li>\n", _("Left out of every mean, for want of positive or of negative clips:"), names->str);
      g_string_free (names, TRUE);
    }
  if (r->scores)
    {
      for (gsize i = 0; i < (gsize) r->scores->n_clips * r->scores->n_labels; i++)
        unknown += r->scores->truth[i] < 0;
      if (unknown)
        {
          g_autofree char *words = g_strdup_printf (_("%u of %u answers are unknown (nobody looked) and are left out."), unknown,
                                                    r->scores->n_clips * r->scores->n_labels);

          sac_html (out, "<li>%s</li>\n", words);
        }
      if (strcmp (r->scores->split, "test") != 0)
        {
          g_autofree char *words = g_strdup_printf (_("The scores are those of the %s split, not of clips kept for the test."),
                                                    r->scores->split);

          sac_html (out, "<li>%s</li>\n", words);
        }
      if (!r->control)
        sac_html (out, "<li>%s</li>\n", _("No control was scored beside the network: whether colour alone would do as well is not known."));
    }
  if (n && quarantined[n - 1].value > 0)
    {
      g_autofree char *words = g_strdup_printf (_("%.0f clips could not be read and were set aside."), quarantined[n - 1].value);

      sac_html (out, "<li>%s</li>\n", words);
    }
  if (status && !g_str_has_prefix (status, "done"))
    sac_html (out, "<li>%s %s</li>\n", _("The run had not come to its end when this was written:"), status);
  if (note && note[0])
    sac_html (out, "<li>%s</li>\n", note);
  g_string_append (out, "</ul>\n");
}

/* Not every byte that g_markup lets through may stand in a page: no control characters, only UTF-8. */
static char *
clean (GString *page)
{
  char *valid = g_utf8_make_valid (page->str, page->len), *from = valid, *to = valid;

  g_string_free (page, TRUE);
  while (*from)
    {
      if (g_str_has_prefix (from, "&#x"))       /* only the escaper writes these, for control characters */
        {
          from += strcspn (from, ";");
          from += *from == ';';
          *to++ = ' ';
        }
      else
        *to++ = *from++;
    }
  *to = '\0';
  return valid;
}

char *
sac_report_dup_page (const SacReport *report, const char *picture_folder, GError **error)
{
  Page page = { g_string_new (NULL), report, picture_folder };
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%F %R");
  const char *name = report->info->name && report->info->name[0] ? report->info->name : _("Run");
  const char *recipe = report->recipe && report->recipe->title ? report->recipe->title : "";

  /* Translators: the code of the language you translate into, for the page's lang attribute. */
  sac_html (page.out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"%s\">\n<head>\n<meta charset=\"utf-8\"/>\n",
            C_("language code", "en"));
  g_string_append (page.out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
                             "style-src 'unsafe-inline'\"/>\n"
                             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
  sac_html (page.out, "<title>%s — Saccade</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", name, css);
  sac_html (page.out, "<h1>%s</h1>\n<p class=\"soft\">%s%s%s</p>\n", name, recipe, recipe[0] ? " · " : "",
            report->info->model ? report->info->model : "");
  if (report->info->synthetic)
    sac_html (page.out, "<span class=\"flag\">%s</span>\n", _("Synthetic clips"));
  if (report->scores && strcmp (report->scores->split, "test") != 0)
    {
      g_autofree char *words = g_strdup_printf (_("Scores of the %s split"), report->scores->split);

      sac_html (page.out, "<span class=\"flag\">%s</span>\n", words);
    }
  put_headline (&page);
  put_curves (&page);
  if (report->table)
    {
      put_table (&page);
      put_rocs (&page);
      if (report->attention)
        sac_report_put_attention (page.out, report->attention);
      put_strips (&page);
    }
  put_profile (&page);
  put_facts (&page);
  put_notes (&page);
  sac_html (page.out, "<p class=\"soft\">Saccade %s · %s</p>\n</main>\n</body>\n</html>\n", SAC_VERSION, date);
  if (page.error)
    {
      g_propagate_error (error, page.error);
      g_string_free (page.out, TRUE);
      return NULL;
    }
  return clean (page.out);
}
