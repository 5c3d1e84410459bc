/* saccade open [PROJECT]: starts saccade-window, which lies beside this program. */
#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "sac-cli.h"

int
sac_cli_open (int argc, char **argv)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname (self) : NULL;
  g_autofree char *program = folder ? g_build_filename (folder, "saccade-window", NULL) : NULL;
  g_auto (GStrv) args = g_new0 (char *, argc + 2);
  GOptionEntry none[] = { { NULL } };
  int parsed = sac_cli_parse (&argc, &argv, none, _("[PROJECT]"), _("Opens a project in the window."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  args[0] = g_strdup (program && g_file_test (program, G_FILE_TEST_IS_EXECUTABLE) ? program : "saccade-window");
  for (int i = 1; i < argc; i++)
    args[i] = g_strdup (argv[i]);
  execvp (args[0], args);
  g_printerr (_("saccade: the window cannot be started (%s): %s\n"), args[0], g_strerror (errno));
  return 1;
}
