/* saccade compare RUN RUN…: AUC per label with intervals side by side, and what of the differences is more than noise. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "cli-scores.h"
#include "compare.h"
#include "sac-cli.h"

#define MAX_RUNS 40
#define ALL_PAIRS 6             /* so many runs: each with each; beyond, the first with each */
#define SEED 1

static void
run_free (gpointer data)
{
  SacCompared *run = data;

  g_free (run->folder);
  g_free (run->name);
  sac_run_info_free (run->info);
  sac_scores_free (run->scores);
  sac_auc_table_free (run->table);
  g_free (run->intervals);
  sac_thresholds_free (run->thresholds);
  g_free (run);
}

static void
pair_free (gpointer data)
{
  SacComparedPair *pair = data;

  sac_scores_pair_free (pair->pair);
  g_free (pair->obstacle);
  g_free (pair->labels);
  g_free (pair->words);
  g_free (pair->label_words);
  g_free (pair);
}

static SacCompared *
run_new (const char *name, const char *project, const char *split, GError **error)
{
  g_autofree char *folder = sac_cli_find_run (name, project, error);
  SacCompared *run;
  SacScores *scores = folder ? sac_scores_read (folder, split, error) : NULL;

  if (!scores)
    {
      if (folder)
        g_prefix_error (error, _("%s has no scores to compare (saccade eval makes them): "), name);
      return NULL;
    }
  run = g_new0 (SacCompared, 1);
  run->scores = scores;
  run->info = sac_run_info_read (folder, NULL);
  run->name = run->info && run->info->name ? g_strdup (run->info->name) : g_path_get_basename (folder);
  run->thresholds = sac_thresholds_read (folder, NULL);
  run->table = sac_auc_table_new (scores->scores, scores->truth, scores->n_clips, scores->n_labels);
  run->intervals = g_new (SacAucInterval, scores->n_labels + 1);
  for (guint l = 0; l < scores->n_labels; l++)
    run->intervals[l] = sac_auc_interval (scores->scores + l, scores->truth + l, scores->n_clips, scores->n_labels);
  run->macro = sac_bootstrap_macro (scores->scores, scores->truth, scores->n_clips, scores->n_labels,
                                    sac_bootstrap_affordable (scores->n_clips, scores->n_labels), SEED, NULL);
  run->folder = g_steal_pointer (&folder);
  return run;
}

static void
add_pair (SacComparison *c, guint a, guint b, gboolean anyway)
{
  const SacCompared *first = c->runs->pdata[a], *second = c->runs->pdata[b];
  SacComparedPair *p = g_new0 (SacComparedPair, 1);
  SacScoresPair *pair = p->pair = sac_scores_pair_new (first->scores, second->scores);

  p->a = a;
  p->b = b;
  p->obstacle = sac_scores_pair_dup_obstacle (pair, first->name, second->name);
  if (!p->obstacle || anyway)
    {
      p->done = TRUE;
      p->labels = g_new (SacBootstrap, pair->n_labels + 1);
      p->macro = sac_bootstrap_auc (pair->a, pair->b, pair->truth, pair->n_clips, pair->n_labels,
                                    sac_bootstrap_affordable (pair->n_clips, pair->n_labels), SEED, p->labels, NULL);
      p->words = sac_difference_dup_words (&p->macro, first->name, second->name, _("macro AUC"));
      p->label_words = sac_differences_dup_words (p->labels, pair->n_labels, first->name, second->name);
    }
  g_ptr_array_add (c->pairs, p);
}

/* ---- as text. */

static void
put_cell (const char *text, glong width)
{
  g_print ("%s%*s", text, (int) MAX (width - g_utf8_strlen (text, -1), 0), "");
}

static void
put_interval (double value, double low, double high)
{
  g_autofree char *text = isnan (value) ? g_strdup (_("undefined")) : g_strdup_printf ("%.3f (%.3f–%.3f)", value, low, high);

  put_cell (text, 22);
}

static void
tell (const SacComparison *c)
{
  glong width = 10, name_width = 6;

  for (guint l = 0; l < c->n_labels; l++)
    width = MAX (width, g_utf8_strlen (c->labels[l], -1) + 2);
  for (guint r = 0; r < c->runs->len; r++)
    name_width = MAX (name_width, g_utf8_strlen (((const SacCompared *) c->runs->pdata[r])->name, -1));
  g_print (_("split %s; AUC with its interval of 95 %%\n"), c->split);
  put_cell (_("label"), width);
  for (guint r = 0; r < c->runs->len; r++)
    put_cell (((const SacCompared *) c->runs->pdata[r])->name, MAX (name_width + 2, 22));
  g_print ("\n");
  for (guint l = 0; l < c->n_labels; l++)
    {
      put_cell (c->labels[l], width);
      for (guint r = 0; r < c->runs->len; r++)
        {
          const SacCompared *run = c->runs->pdata[r];
          int at = sac_scores_find_label (run->scores, c->labels[l]);

          if (at >= 0)
            put_interval (run->intervals[at].auc, run->intervals[at].low, run->intervals[at].high);
          else
            put_cell ("–", 22);
          g_print ("%*s", (int) MAX (name_width + 2 - 22, 0), "");
        }
      g_print ("\n");
    }
  put_cell (_("macro"), width);
  for (guint r = 0; r < c->runs->len; r++)
    {
      const SacCompared *run = c->runs->pdata[r];

      put_interval (run->macro.difference, run->macro.low, run->macro.high);
      g_print ("%*s", (int) MAX (name_width + 2 - 22, 0), "");
    }
  g_print ("\n\n");
  for (guint i = 0; i < c->pairs->len; i++)
    {
      const SacComparedPair *p = c->pairs->pdata[i];

      if (p->obstacle)
        g_print ("%s: %s%s\n", p->done ? _("beware") : _("not compared"), p->obstacle,
                 p->done ? "" : _(" (--anyway compares what both have)"));
      if (p->done)
        g_print ("%s\n  %s\n", p->words, p->label_words);
    }
}

/* ---- as JSON. */

static void
put_number (GString *out, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, "\"%s\":%s", name, isfinite (value) ? g_ascii_formatd (text, sizeof text, "%.9g", value) : "null");
}

static void
put_string (GString *out, const char *name, const char *value)
{
  g_autofree char *text = value ? sac_cli_json (value) : g_strdup ("null");

  g_string_append_printf (out, "\"%s\":%s", name, text);
}

static void
put_difference (GString *out, const SacBootstrap *d)
{
  static const char *const verdicts[] = { "undefined", "noise", "a", "b" };

  put_number (out, "difference", d->difference);
  g_string_append_c (out, ',');
  put_number (out, "low", d->low);
  g_string_append_c (out, ',');
  put_number (out, "high", d->high);
  g_string_append_printf (out, ",\"resamples\":%u,\"better\":\"%s\"", d->n_resamples, verdicts[sac_bootstrap_verdict (d)]);
}

static void
put_run (GString *out, const SacCompared *run)
{
  g_string_append_c (out, '{');
  put_string (out, "name", run->name);
  g_string_append_c (out, ',');
  put_string (out, "folder", run->folder);
  g_string_append_printf (out, ",\"step\":%" G_GUINT64_FORMAT ",\"clips\":%u,", run->scores->step, run->scores->n_clips);
  put_number (out, "macro_auc", run->table->macro);
  g_string_append_c (out, ',');
  put_number (out, "low", run->macro.low);
  g_string_append_c (out, ',');
  put_number (out, "high", run->macro.high);
  g_string_append_printf (out, ",\"defined_labels\":%u,\"labels\":[", run->table->n_defined);
  for (guint l = 0; l < run->scores->n_labels; l++)
    {
      g_string_append (out, l ? ",{" : "{");
      put_string (out, "label", run->scores->labels[l]);
      g_string_append_c (out, ',');
      put_number (out, "auc", run->intervals[l].auc);
      g_string_append_c (out, ',');
      put_number (out, "low", run->intervals[l].low);
      g_string_append_c (out, ',');
      put_number (out, "high", run->intervals[l].high);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "]}");
}

static void
tell_json (const SacComparison *c)
{
  GString *out = g_string_new ("{");

  put_string (out, "split", c->split);
  g_string_append (out, ",\"runs\":[");
  for (guint r = 0; r < c->runs->len; r++)
    {
      g_string_append (out, r ? "," : "");
      put_run (out, c->runs->pdata[r]);
    }
  g_string_append (out, "],\"pairs\":[");
  for (guint i = 0; i < c->pairs->len; i++)
    {
      const SacComparedPair *p = c->pairs->pdata[i];

      g_string_append (out, i ? ",{" : "{");
      put_string (out, "a", ((const SacCompared *) c->runs->pdata[p->a])->name);
      g_string_append_c (out, ',');
      put_string (out, "b", ((const SacCompared *) c->runs->pdata[p->b])->name);
      g_string_append_printf (out, ",\"clips\":%u,", p->pair->n_clips);
      put_string (out, "obstacle", p->obstacle);
      if (p->done)
        {
          g_string_append (out, ",\"macro\":{");
          put_difference (out, &p->macro);
          g_string_append (out, "},\"labels\":[");
          for (guint l = 0; l < p->pair->n_labels; l++)
            {
              g_string_append (out, l ? ",{" : "{");
              put_string (out, "label", p->pair->labels[l]);
              g_string_append_c (out, ',');
              put_difference (out, &p->labels[l]);
              g_string_append_c (out, '}');
            }
          g_string_append (out, "],");
          put_string (out, "words", p->words);
        }
      g_string_append_c (out, '}');
    }
  g_string_append (out, "]}");
  g_print ("%s\n", out->str);
  g_string_free (out, TRUE);
}

int
sac_cli_compare (int argc, char **argv)
{
  g_autofree char *project = NULL, *split = NULL, *html = NULL;
  gboolean json = FALSE, anyway = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (run_free), pairs = g_ptr_array_new_with_free_func (pair_free);
  SacComparison c = { .runs = runs, .pairs = pairs };
  int parsed;
  GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project, N_("Project whose runs are meant by name"), N_("FILE") },
    { "split", 's', 0, G_OPTION_ARG_STRING, &split, N_("test (default), validation or train"), N_("NAME") },
    { "anyway", 0, 0, G_OPTION_ARG_NONE, &anyway, N_("Compare what both have where clips, labels or truths differ"), NULL },
    { "html", 0, 0, G_OPTION_ARG_FILENAME, &html, N_("Write a page with figures, too"), N_("FILE") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { NULL },
  };

  parsed = sac_cli_parse (&argc, &argv, entries, _("RUN RUN…"),
                          _("Puts the AUC of several runs side by side and says which differences are more than noise."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc < 2 || argc > MAX_RUNS + 1)
    {
      g_printerr ("saccade: %s\n", _("compare wants at least one RUN, better two"));
      return 2;
    }
  c.split = split ? split : "test";
  for (int i = 1; i < argc; i++)
    {
      SacCompared *run = run_new (argv[i], project, c.split, &error);

      if (!run)
        return sac_cli_fail (g_steal_pointer (&error));
      g_ptr_array_add (runs, run);
    }
  c.labels = ((SacCompared *) runs->pdata[0])->scores->labels;
  c.n_labels = ((SacCompared *) runs->pdata[0])->scores->n_labels;
  for (guint a = 0; a < runs->len; a++)
    for (guint b = a + 1; b < runs->len && (a == 0 || runs->len <= ALL_PAIRS); b++)
      add_pair (&c, a, b, anyway);
  if (json)
    tell_json (&c);
  else
    tell (&c);
  if (html)
    {
      g_autofree char *page = sac_comparison_dup_page (&c);

      if (!sac_file_replace (html, page, strlen (page), &error))
        return sac_cli_fail (g_steal_pointer (&error));
    }
  return 0;
}
