/* saccade-window [PROJECT | FOLDER | VIDEO…] */
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "config.h"
#include "media/sac-media.h"
#include "sac-application.h"
#include "sac-bench.h"
#include "sac-bench-play.h"
#include "sac-keymap-tool.h"

/* SIGTERM and SIGINT end the main loop, so that state is saved and counters of sanitizers and coverage are written. */
static gboolean
on_signal (gpointer application)
{
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autoptr (SacApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("SACCADE_LOCALEDIR") ? g_getenv ("SACCADE_LOCALEDIR") : SAC_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name ("Saccade");
  if (argc > 1 && g_str_has_prefix (argv[1], "--keys"))
    return sac_keymap_tool_main (argc, argv);
  sac_media_init ();
  if (argc > 1 && (strcmp (argv[1], "--bench") == 0 || strcmp (argv[1], "--bench-runs") == 0))
    return sac_bench_main (argc, argv);
  if (argc > 1 && strcmp (argv[1], "--bench-play") == 0)
    return sac_bench_play_main (argc, argv);
  application = sac_application_new ();
  g_unix_signal_add (SIGTERM, on_signal, application);
  g_unix_signal_add (SIGINT, on_signal, application);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
