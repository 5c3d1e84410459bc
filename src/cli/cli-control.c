/* saccade control RUN pause|resume|stop|checkpoint|snapshot|rate VALUE. */
#include <glib/gi18n.h>
#include <string.h>

#include "cli-scores.h"
#include "sac-cli.h"

int
sac_cli_control (int argc, char **argv)
{
  static const char *const words[] = { "pause", "resume", "stop", "checkpoint", "snapshot", "release", "rate", NULL };
  g_autofree char *project = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;
  gboolean release = FALSE, has_value;
  const char *word;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project, N_("Project file or its folder"), N_("FILE") },
    { "release", 0, 0, G_OPTION_ARG_NONE, &release, N_("With pause: give the memory back until it goes on"), NULL },
    { NULL },
  };
  int parsed = sac_cli_parse (&argc, &argv, entries, _("RUN pause|resume|stop|checkpoint|snapshot|rate [VALUE]"),
                              _("Tells a run in training what to do."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  word = argc > 2 ? argv[2] : "";
  has_value = strcmp (word, "rate") == 0;
  if (!g_strv_contains (words, word) || argc != 3 + has_value || (release && strcmp (word, "pause") != 0))
    {
      g_printerr ("saccade: %s\n", _("control wants a RUN and one of pause, resume, stop, checkpoint, snapshot, rate VALUE"));
      return 2;
    }
  folder = sac_cli_find_run (argv[1], project, &error);
  if (!folder)
    return sac_cli_fail (g_steal_pointer (&error));
  if (!sac_run_is_live (folder))
    {
      g_printerr (_("saccade: nothing trains in %s now\n"), folder);
      return 1;
    }
  if (!sac_control_send_value (folder, release ? "release" : word, has_value ? argv[3] : NULL, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  return 0;
}
