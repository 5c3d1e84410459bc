/* saccade split: divides the clips into training, validation and test. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "sac-cli.h"

int
sac_cli_split (int argc, char **argv)
{
  g_autofree char *project_path = NULL;
  gboolean by_clip = FALSE, keep_test = FALSE, as_json = FALSE;
  double validation = 0.1, test = 0.25;
  gint64 seed = 1;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project_path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "validation", 0, 0, G_OPTION_ARG_DOUBLE, &validation, N_("Share of the clips for validation (0.1)"), "SHARE" },
    { "test", 0, 0, G_OPTION_ARG_DOUBLE, &test, N_("Share of the clips for the test (0.25)"), "SHARE" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Another number draws another division"), "N" },
    { "by-clip", 0, 0, G_OPTION_ARG_NONE, &by_clip, N_("Let clips of one group stand on several sides"), NULL },
    { "keep-test", 0, 0, G_OPTION_ARG_NONE, &keep_test, N_("Leave the clips that are test already; divide the rest"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GPtrArray) items = NULL;
  guint n[4] = { 0 }, leaks;
  GError *error = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, "",
                              _("Divides the clips into training, validation and test: whole groups, labels as even as they allow."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  project = sac_cli_open_project (project_path, SAC_PROJECT_READ_WRITE, &error);
  if (!project || !sac_project_split (project, &(SacSplitSpec) { validation, test, seed, !by_clip, keep_test }, &error)
      || !(items = sac_project_list_items (project, &error)))
    return sac_cli_fail (error);
  for (guint i = 0; i < items->len; i++)
    n[((SacItem *) items->pdata[i])->split]++;
  leaks = sac_project_count_leaks (project);
  if (as_json)
    g_print ("{\"train\":%u,\"validation\":%u,\"test\":%u,\"none\":%u,\"leaks\":%u}\n", n[SAC_SPLIT_TRAIN], n[SAC_SPLIT_VALIDATION],
             n[SAC_SPLIT_TEST], n[SAC_SPLIT_NONE], leaks);
  else
    g_print (_("training %u, validation %u, test %u; groups on both sides: %u\n"), n[SAC_SPLIT_TRAIN], n[SAC_SPLIT_VALIDATION],
             n[SAC_SPLIT_TEST], leaks);
  return 0;
}
