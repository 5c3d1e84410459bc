/* saccade eval RUN: scores, ROC and AUC per label, and the control beside them. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cli-scores.h"
#include "infer/sac-infer.h"
#include "sac-cli.h"

static SacScores *
score_now (const char *folder, const char *project_path, const char *split, const char *checkpoint, const char *device,
           guint threads, GError **error)
{
  static const SacSplit splits[] = { SAC_SPLIT_TEST, SAC_SPLIT_VALIDATION, SAC_SPLIT_TRAIN };
  g_autoptr (SacNet) net = sac_net_open_run_on (device ? device : "cpu", folder, checkpoint, threads, error);
  g_autoptr (SacProject) project = NULL;
  SacSplit which = SAC_SPLIT_NONE;

  if (!net)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    if (strcmp (split, sac_split_get_name (splits[i])) == 0)
      which = splits[i];
  if (which == SAC_SPLIT_NONE)
    {
      g_set_error (error, SAC_INFER_ERROR, SAC_INFER_ERROR_DATA, _("there is no split “%s”: test, validation or train"), split);
      return NULL;
    }
  project = sac_project_open (project_path ? project_path : sac_net_get_info (net)->project, SAC_PROJECT_READ_ONLY, error);
  if (!project)
    return NULL;
  return sac_score_run (net, folder, project, which, sac_cli_progress, NULL, NULL, error);
}

/* Scores in the folder are good while the weights and the truth are what they were. */
static gboolean
still_true (const char *folder, const char *project_path, const SacScores *scores)
{
  g_autofree char *name = g_strconcat (scores->split, ".json", NULL);
  g_autofree char *path = g_build_filename (folder, "scores", name, NULL);
  g_autofree char *checkpoint = sac_run_find_checkpoint (folder, TRUE);
  g_autoptr (SacRunInfo) info = sac_run_info_read (folder, NULL);
  g_autoptr (SacProject) project = info ? sac_project_open (project_path ? project_path : info->project,
                                                            SAC_PROJECT_READ_ONLY, NULL) : NULL;
  g_autoptr (SacDataset) set = NULL;
  g_autoptr (GHashTable) rows = g_hash_table_new (g_str_hash, g_str_equal);
  SacSplit which = strcmp (scores->split, "test") == 0 ? SAC_SPLIT_TEST
                   : strcmp (scores->split, "train") == 0 ? SAC_SPLIT_TRAIN : SAC_SPLIT_VALIDATION;
  GStatBuf a, b;

  if (checkpoint && g_stat (path, &a) == 0 && g_stat (checkpoint, &b) == 0 && b.st_mtime > a.st_mtime)
    return FALSE;
  set = project ? sac_dataset_new (project, which, (const char *const *) info->labels, NULL) : NULL;
  /* Without the project, and for clips that the trainer itself held out, there is nothing to compare with. */
  if (!set || set->items->len == 0)
    return TRUE;
  if (set->labels->len != scores->n_labels)
    return FALSE;
  for (guint i = 0; i < set->items->len; i++)
    g_hash_table_insert (rows, ((SacItem *) set->items->pdata[i])->name, GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < scores->n_clips; i++)
    {
      guint row = GPOINTER_TO_UINT (g_hash_table_lookup (rows, scores->clips[i]));

      if (row == 0 || memcmp (scores->truth + (gsize) i * scores->n_labels, set->states + (gsize) (row - 1) * scores->n_labels,
                              scores->n_labels) != 0)
        return FALSE;
    }
  return TRUE;
}

int
sac_cli_eval (int argc, char **argv)
{
  g_autofree char *project = NULL;
  g_autofree char *split = NULL;
  g_autofree char *checkpoint = NULL;
  g_autofree char *device = NULL;
  g_autofree char *folder = NULL, *threshold = NULL, *label = NULL;
  gboolean json = FALSE, again = FALSE, save = FALSE;
  int threads = 0, parsed;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacScores) scores = NULL;
  g_autoptr (SacThresholds) thresholds = NULL;
  GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project, N_("Project file or its folder (default: the run's own)"),
      N_("FILE") },
    { "split", 's', 0, G_OPTION_ARG_STRING, &split, N_("test (default), validation or train"), N_("NAME") },
    { "checkpoint", 'c', 0, G_OPTION_ARG_FILENAME, &checkpoint, N_("Weights to score (default: the best)"), N_("FILE") },
    { "again", 'a', 0, G_OPTION_ARG_NONE, &again, N_("Compute scores that are already in the run folder again"), NULL },
    { "device", 'd', 0, G_OPTION_ARG_STRING, &device, N_("Where to compute (default: cpu)"), N_("NAME") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), N_("N") },
    { "threshold", 0, 0, G_OPTION_ARG_STRING, &threshold,
      N_("Where yes begins: a number, f1, fpr:RATE, cost:RATIO (default: the run's own)"), N_("RULE") },
    { "label", 0, 0, G_OPTION_ARG_STRING, &label, N_("The label whose threshold is chosen (default: all)"), N_("NAME") },
    { "save-thresholds", 0, 0, G_OPTION_ARG_NONE, &save, N_("Keep the thresholds with the run"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { NULL },
  };

  parsed = sac_cli_parse (&argc, &argv, entries, _("RUN"), _("Scores the clips of a split and prints AUC per label."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2 || threads < 0)
    {
      g_printerr ("saccade: %s\n", _("eval wants one RUN"));
      return 2;
    }
  folder = sac_cli_find_run (argv[1], project, &error);
  if (!folder)
    return sac_cli_fail (g_steal_pointer (&error));
  if (!split)
    split = g_strdup ("test");
  if (!again && !checkpoint && !device && !strchr (split, '/'))
    scores = sac_scores_read (folder, split, NULL);
  if (scores && !still_true (folder, project, scores))
    g_clear_pointer (&scores, sac_scores_free);
  if (!scores)
    {
      sac_media_init ();
      scores = score_now (folder, project, split, checkpoint, device, (guint) threads, &error);
    }
  if (!scores)
    return sac_cli_fail (g_steal_pointer (&error));
  thresholds = sac_thresholds_read (folder, &error);
  if (!thresholds || (threshold && !sac_cli_choose_thresholds (thresholds, scores, threshold, label, &error)) ||
      (save && !sac_thresholds_write (folder, thresholds, &error)))
    return sac_cli_fail (g_steal_pointer (&error));
  if (sac_thresholds_get_n (thresholds) == 0)
    g_clear_pointer (&thresholds, sac_thresholds_free);
  if (json)
    sac_cli_print_scores_json (folder, scores, thresholds);
  else
    {
      if (thresholds)
        sac_cli_print_decisions (scores, thresholds);
      sac_cli_print_scores (scores);
    }
  return 0;
}
