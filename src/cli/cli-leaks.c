/* saccade leaks: what validation and test share with training. */
#include <glib/gi18n.h>

#include "cli-groups.h"
#include "media/sac-fingerprint.h"

int
sac_cli_leaks (int argc, char **argv)
{
  g_autofree char *path = NULL, *by = NULL;
  gboolean compute = FALSE, as_json = FALSE, count = FALSE;
  double gap = 1;
  int bits = SAC_FINGERPRINT_NEAR;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "by", 0, 0, G_OPTION_ARG_STRING, &by, SAC_CLI_BY_HELP, "GROUPS" },
    { "gap", 0, 0, G_OPTION_ARG_DOUBLE, &gap, N_("Clips of one video are close in time within so many seconds (1)"), "SECONDS" },
    { "bits", 0, 0, G_OPTION_ARG_INT, &bits, N_("Near-duplicates differ in at most so many of 64 bits (8)"), "N" },
    { "fingerprints", 0, 0, G_OPTION_ARG_NONE, &compute, N_("Take fingerprints that are missing first (decodes the videos)"), NULL },
    { "count", 0, 0, G_OPTION_ARG_NONE, &count, N_("Only how many"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (SacDuplicates) duplicates = NULL;
  g_autoptr (SacLeaks) leaks = NULL;
  SacLeakSpec spec = { 0 };
  int parsed = sac_cli_parse (&argc, &argv, entries, _("[FILE.saccade]"),
                              _("Lists validation and test clips whose group, video or near-duplicate trains;\n"
                                "exits with 1 when there are any."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (!(gap >= 0 && gap < 1e6) || bits < 0 || bits > 32 || argc > 2 || !sac_cli_parse_grouping (by, &spec.grouping, &error))
    {
      g_printerr ("saccade: %s\n", error ? error->message : _("leaks wants --gap of 0 or more and --bits from 0 to 32"));
      return 2;
    }
  project = sac_cli_open_project (argc > 1 ? argv[1] : path, SAC_PROJECT_READ_ONLY, &error);
  duplicates = project ? sac_project_find_duplicates (project, (guint) bits, compute, compute ? sac_cli_progress : NULL, NULL, NULL, &error)
                       : NULL;
  spec.gap_ns = (gint64) (gap * 1e9);
  spec.duplicates = duplicates;
  leaks = duplicates ? sac_project_find_leaks (project, &spec, &error) : NULL;
  if (!leaks || !sac_cli_tell_leaks (project, leaks, duplicates, !count, as_json, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  return leaks->n_leaking > 0;
}
