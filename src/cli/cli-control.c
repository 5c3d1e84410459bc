/* saccade control RUN pause|resume|stop|checkpoint. */
#include <glib/gi18n.h>
#include <string.h>

#include "cli-scores.h"
#include "sac-cli.h"

int
sac_cli_control (int argc, char **argv)
{
  static const struct { const char *word; SacControl what; } words[] = {
    { "pause", SAC_CONTROL_PAUSE },
    { "resume", SAC_CONTROL_RESUME },
    { "stop", SAC_CONTROL_STOP },
    { "checkpoint", SAC_CONTROL_CHECKPOINT },
  };
  g_autofree char *project = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;
  GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project, N_("Project file or its folder"), N_("FILE") },
    { NULL },
  };
  SacControl what = SAC_CONTROL_NONE;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("RUN pause|resume|stop|checkpoint"),
                              _("Tells a run in training what to do."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  for (guint i = 0; argc == 3 && i < G_N_ELEMENTS (words); i++)
    if (strcmp (argv[2], words[i].word) == 0)
      what = words[i].what;
  if (what == SAC_CONTROL_NONE)
    {
      g_printerr ("saccade: %s\n", _("control wants a RUN and one of pause, resume, stop, checkpoint"));
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
  if (!sac_control_send (folder, what, &error))
    return sac_cli_fail (g_steal_pointer (&error));
  return 0;
}
