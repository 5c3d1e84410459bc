/* saccade weights motion RUN…: does a network use time?  methods/01 §6 */
#include "weights-compare.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "cli-scores.h"
#include "infer/sac-motion-probe.h"
#include "sac-cli.h"

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_json (JsonBuilder *builder, const char *run, const SacMotionProbe *probe, const char *answer)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "run");
  json_builder_add_string_value (builder, run);
  add_number (builder, "clips", probe->n_clips);
  for (guint m = 0; m < SAC_N_MOTIONS; m++)
    {
      json_builder_set_member_name (builder, sac_motion_get_name ((SacMotion) m));
      json_builder_begin_object (builder);
      add_number (builder, "macro_auc", probe->rows[m].macro_auc);
      add_number (builder, "change", probe->rows[m].change);
      add_number (builder, "loss", probe->rows[m].loss.difference);
      add_number (builder, "low", probe->rows[m].loss.low);
      add_number (builder, "high", probe->rows[m].loss.high);
      json_builder_end_object (builder);
    }
  json_builder_set_member_name (builder, "answer");
  json_builder_add_string_value (builder, answer);
  json_builder_end_object (builder);
}

static void
print_probe (const char *run, const SacMotionProbe *probe, const char *answer)
{
  g_print (_("%s, %u clips\n"), run, probe->n_clips);
  for (guint m = 0; m < SAC_N_MOTIONS; m++)
    {
      const SacBootstrap *loss = &probe->rows[m].loss;
      const char *words = sac_motion_get_words ((SacMotion) m);

      g_print ("  %s%*s %s %.3f  %s %.3f", words, MAX (24 - (int) g_utf8_strlen (words, -1), 1), "", _("macro AUC"),
               probe->rows[m].macro_auc, _("mean |Δp|"), probe->rows[m].change);
      if (m > 0)
        g_print ("  %s %.3f (%.3f … %.3f)", _("loss"), loss->difference, loss->low, loss->high);
      g_print ("\n");
    }
  g_print ("%s\n\n", answer);
}

int
sac_cli_weights_motion (int argc, char **argv)
{
  static const SacSplit splits[] = { SAC_SPLIT_TEST, SAC_SPLIT_VALIDATION, SAC_SPLIT_TRAIN };
  g_autofree char *path = NULL, *split_name = NULL;
  gboolean json = FALSE, progress = FALSE;
  int threads = 0, parsed;
  SacSplit split = SAC_SPLIT_NONE;
  JsonBuilder *builder = NULL;  /* eaten when it is printed */
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("Project file or its folder (default: the run's own)"), N_("FILE") },
    { "split", 's', 0, G_OPTION_ARG_STRING, &split_name, N_("test (default), validation or train"), N_("NAME") },
    { "threads", 't', 0, G_OPTION_ARG_INT, &threads, N_("Threads for computing (default: all cores)"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print JSON"), NULL },
    { "progress", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &progress, NULL, NULL },
    { NULL },
  };

  parsed = sac_cli_parse (&argc, &argv, entries, _("RUN…"),
                          _("Says whether networks use time: their scores on clips backwards, shuffled and held still."));
  if (parsed)
    return parsed - 1 ? 2 : 0;
  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    if (strcmp (split_name ? split_name : "test", sac_split_get_name (splits[i])) == 0)
      split = splits[i];
  if (argc < 2 || threads < 0 || split == SAC_SPLIT_NONE)
    {
      g_printerr ("saccade: %s\n", _("name runs; a split is test, validation or train"));
      return 2;
    }
  sac_media_init ();
  if (json)
    {
      builder = json_builder_new ();
      json_builder_begin_array (builder);
    }
  for (int i = 1; i < argc && !error; i++)
    {
      g_autofree char *folder = sac_cli_find_run (argv[i], path, &error), *answer = NULL;
      SacNet *net = folder ? sac_net_open_run (folder, NULL, (guint) threads, &error) : NULL;
      g_autoptr (SacProject) project = net ? sac_project_open (path ? path : sac_net_get_info (net)->project, SAC_PROJECT_READ_ONLY, &error)
                                           : NULL;
      g_autoptr (SacMotionProbe) probe = NULL;

      if (project)
        probe = sac_motion_probe_run (net, project, split, 1, progress ? sac_cli_progress_lines : sac_cli_progress, NULL, NULL, &error);
      if (probe)
        {
          answer = sac_motion_probe_dup_answer (probe);
          if (json)
            add_json (builder, folder, probe, answer);
          else
            print_probe (folder, probe, answer);
        }
      sac_net_free (net);
    }
  if (error)
    {
      g_clear_object (&builder);
      return sac_cli_fail (g_steal_pointer (&error));
    }
  if (json)
    {
      json_builder_end_array (builder);
      sac_cli_print_json (builder);
    }
  return 0;
}
