#include "cli-scores.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sac-cli.h"
#include "store/sac-store.h"

/* Columns are counted in characters, not in bytes: label names may be in any script. */
static void
print_cell (const char *text, glong width)
{
  glong n = g_utf8_strlen (text, -1);

  g_print ("%s%*s", text, (int) MAX (width - n, 0), "");
}

static void
print_number (double value, const char *after)
{
  if (isfinite (value))
    g_print ("%.3f%s", value, after);
  else
    g_print ("    –%s", after);
}

/* Share of the clips whose one label is among the first @k; n = 0 where some clip has another number of labels. */
static SacMeanInterval
find_top (const SacScores *scores, guint k)
{
  g_autofree double *hits = g_new0 (double, scores->n_clips + 1);

  for (guint i = 0; i < scores->n_clips; i++)
    {
      const float *row = scores->scores + (gsize) i * scores->n_labels;
      guint n = 0;

      for (guint j = 0; j < scores->n_labels; j++)
        if (scores->truth[(gsize) i * scores->n_labels + j] > 0)
          {
            n++;
            hits[i] = sac_is_in_top (row, scores->n_labels, j, k);
          }
      if (n != 1)
        return (SacMeanInterval) { NAN, NAN, NAN, 0 };
    }
  return sac_bootstrap_mean (hits, scores->n_clips, 2000, 1);
}

void
sac_cli_print_scores (const SacScores *scores)
{
  SacMeanInterval top1 = find_top (scores, 1), top5 = find_top (scores, 5);
  g_autoptr (SacAucTable) table = sac_auc_table_new (scores->scores, scores->truth, scores->n_clips, scores->n_labels);
  glong width = 8;

  g_print (_("split %s, %u clips, weights of step %u\n"), scores->split, scores->n_clips, (guint) scores->step);
  for (guint j = 0; j < scores->n_labels; j++)
    width = MAX (width, g_utf8_strlen (scores->labels[j], -1));
  print_cell (_("label"), width + 2);
  g_print ("  AUC     n+    n−  %s\n", _("band of chance"));
  for (guint j = 0; j < scores->n_labels; j++)
    {
      g_autoptr (SacRoc) roc = sac_roc_new (scores->scores + j, scores->truth + j, scores->n_clips, scores->n_labels);

      print_cell (scores->labels[j], width + 2);
      print_number (roc->auc, "");
      g_print ("  %5u %5u  ", roc->n_positive, roc->n_negative);
      print_number (roc->null_low, "");
      g_print ("–");
      print_number (roc->null_high, "\n");
    }
  g_print (_("median AUC %.3f, mean average precision %.3f, %u of %u labels defined\n"), table->median, table->map,
           table->n_defined, table->n_labels);
  if (top1.n)
    g_print ("Top-1 %.1f %% (%.1f … %.1f), Top-5 %.1f %% (%.1f … %.1f)\n", 100 * top1.mean, 100 * top1.low, 100 * top1.high,
             100 * top5.mean, 100 * top5.low, 100 * top5.high);
  g_print ("macro AUC %.2f\n", table->macro);
  if (scores->control)
    {
      g_autoptr (SacAucTable) control = sac_auc_table_new (scores->control, scores->truth, scores->n_clips, scores->n_labels);

      g_print ("control AUC %.2f\n", control->macro);
    }
}

static char *
json_number (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (isfinite (value) ? g_ascii_formatd (text, sizeof text, "%.9g", value) : "null");
}

void
sac_cli_print_scores_json (const char *run_folder, const SacScores *scores, const SacThresholds *thresholds)
{
  g_autoptr (SacAucTable) table = sac_auc_table_new (scores->scores, scores->truth, scores->n_clips, scores->n_labels);
  g_autoptr (SacAucTable) control = NULL;
  g_autofree char *run = sac_cli_json (run_folder);
  g_autofree char *split = sac_cli_json (scores->split);
  struct { const char *name; double value; } rows[] = {
    { "macro_auc", table->macro }, { "median_auc", table->median }, { "map", table->map }, { "control_auc", NAN },
    { "top1", find_top (scores, 1).mean }, { "top5", find_top (scores, 5).mean },
  };

  if (scores->control)
    {
      control = sac_auc_table_new (scores->control, scores->truth, scores->n_clips, scores->n_labels);
      rows[3].value = control->macro;
    }
  g_print ("{\"run\":%s,\"split\":%s,\"step\":%" G_GUINT64_FORMAT ",\"clips\":%u,\"defined_labels\":%u", run, split,
           scores->step, scores->n_clips, table->n_defined);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *number = json_number (rows[i].value);

      g_print (",\"%s\":%s", rows[i].name, number);
    }
  g_print (",\"labels\":[");
  for (guint j = 0; j < scores->n_labels; j++)
    {
      g_autoptr (SacRoc) roc = sac_roc_new (scores->scores + j, scores->truth + j, scores->n_clips, scores->n_labels);
      g_autofree char *name = sac_cli_json (scores->labels[j]);
      g_autofree char *auc = json_number (roc->auc);
      g_autofree char *low = json_number (roc->null_low);
      g_autofree char *high = json_number (roc->null_high);
      g_autofree char *colour = json_number (control ? control->auc[j] : NAN);

      g_print ("%s{\"label\":%s,\"auc\":%s,\"control_auc\":%s,\"positives\":%u,\"negatives\":%u,\"null_low\":%s,\"null_high\":%s",
               j ? "," : "", name, auc, colour, roc->n_positive, roc->n_negative, low, high);
      if (thresholds)
        {
          double at = sac_thresholds_get (thresholds, scores->labels[j]);
          SacCounts counts = sac_counts_at (scores->scores + j, scores->truth + j, scores->n_clips, scores->n_labels, at);
          g_autofree char *threshold = json_number (at), *f1 = json_number (sac_counts_f1 (&counts));

          g_print (",\"threshold\":%s,\"hit\":%u,\"missed\":%u,\"wrong\":%u,\"rejected\":%u,\"f1\":%s", threshold, counts.hit,
                   counts.missed, counts.wrong, counts.rejected, f1);
        }
      g_print ("}");
    }
  g_print ("]}\n");
}

void
sac_cli_print_decisions (const SacScores *scores, const SacThresholds *thresholds)
{
  glong width = 8;

  for (guint j = 0; j < scores->n_labels; j++)
    width = MAX (width, g_utf8_strlen (scores->labels[j], -1));
  print_cell (_("label"), width + 2);
  print_cell (_("threshold"), 28);
  g_print ("%6s %7s %6s  %9s %7s %6s\n", _("hits"), _("missed"), _("wrong"), _("precision"), _("recall"), "F1");
  for (guint j = 0; j < scores->n_labels; j++)
    {
      const char *rule = sac_thresholds_get_rule (thresholds, scores->labels[j]);
      double at = sac_thresholds_get (thresholds, scores->labels[j]);
      SacCounts c = sac_counts_at (scores->scores + j, scores->truth + j, scores->n_clips, scores->n_labels, at);
      const char *split = sac_thresholds_get_split (thresholds, scores->labels[j]);
      g_autofree char *words = split && *split ? g_strdup_printf ("%.4f (%s, %s)", at, rule, split)
                                               : g_strdup_printf ("%.4f (%s)", at, rule ? rule : _("default"));

      print_cell (scores->labels[j], width + 2);
      print_cell (words, 28);
      g_print ("%6u %7u %6u      ", c.hit, c.missed, c.wrong);
      print_number (sac_counts_precision (&c), "   ");
      print_number (sac_counts_recall (&c), "  ");
      print_number (sac_counts_f1 (&c), "\n");
    }
  if (sac_is_one_label (scores->truth, scores->n_clips, scores->n_labels))
    {
      g_autofree double *at = sac_thresholds_dup (thresholds, (const char *const *) scores->labels);
      g_autoptr (SacConfusion) strict = sac_confusion_new (scores->scores, scores->truth, scores->n_clips, scores->n_labels, at);

      g_print (_("one label a clip: the highest score that reaches its threshold is right for %u of %u clips\n"), strict->n_right,
               strict->n_clips);
    }
}

gboolean
sac_cli_choose_thresholds (SacThresholds *thresholds, const SacScores *scores, const char *words, const char *label, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (words, ":", 2);
  g_autofree char *rule_words = g_strdelimit (g_strdup (words), ":", ' ');
  SacRule rule = SAC_RULE_F1;
  char *end;
  double at = g_ascii_strtod (words, &end), value = parts[0] && parts[1] ? g_ascii_strtod (parts[1], NULL) : NAN;
  gboolean by_hand = end != words && *end == 0 && at >= 0 && at <= 1;

  if (!by_hand && (!parts[0] || !sac_rule_find (parts[0], &rule) || (rule != SAC_RULE_F1 && !(value >= 0 && value <= 1e9))))
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT,
                   _("a threshold is a number from 0 to 1, f1, fpr:RATE or cost:RATIO, not “%s”"), words);
      return FALSE;
    }
  if (label && sac_scores_find_label (scores, label) < 0)
    {
      g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("the run knows no label “%s”"), label);
      return FALSE;
    }
  for (guint j = 0; j < scores->n_labels; j++)
    {
      g_autoptr (SacRoc) roc = NULL;

      if (label && strcmp (label, scores->labels[j]) != 0)
        continue;
      roc = sac_roc_new (scores->scores + j, scores->truth + j, scores->n_clips, scores->n_labels);
      if (by_hand)
        sac_thresholds_set (thresholds, scores->labels[j], at, "hand", scores->split);
      else if (!isnan (roc->auc))
        sac_thresholds_set (thresholds, scores->labels[j], sac_threshold_choose (roc, rule, value), rule_words,
                            scores->split);
    }
  return TRUE;
}

char *
sac_cli_find_run (const char *name, const char *project, GError **error)
{
  g_autofree char *info = g_build_filename (name, "run.json", NULL);
  g_autofree char *inside = NULL;

  if (g_file_test (info, G_FILE_TEST_EXISTS))
    return g_canonicalize_filename (name, NULL);
  if (project && !strchr (name, '/'))
    {
      g_autoptr (SacProject) opened = sac_project_open (project, SAC_PROJECT_READ_ONLY, error);

      if (!opened)
        return NULL;
      inside = g_build_filename (sac_project_get_folder (opened), "runs", name, NULL);
      if (g_file_test (inside, G_FILE_TEST_IS_DIR))
        return g_canonicalize_filename (inside, NULL);
    }
  g_set_error (error, SAC_RUN_ERROR, SAC_RUN_ERROR_FORMAT, _("there is no run “%s”"), name);
  return NULL;
}

void
sac_cli_stay_behind (gboolean low_priority)
{
  int fd = g_open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC, 0);

  if (fd >= 0)
    {
      if (write (fd, "500", 3) != 3)
        sac_debug (TRAIN, "oom_score_adj cannot be set\n");
      close (fd);
    }
  if (low_priority && setpriority (PRIO_PROCESS, 0, 10) != 0)
    sac_debug (TRAIN, "priority cannot be set\n");
}
