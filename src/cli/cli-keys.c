/* saccade keys list | preset [NAME] | check | set ACT KEYS… | reset [ACT…]: the window's keys.  They are the window's to know, so
 * saccade-window, which lies beside this program, is asked; it needs no display for that. */
#include <errno.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "sac-cli.h"

int
sac_cli_keys (int argc, char **argv)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname (self) : NULL;
  g_autofree char *program = folder ? g_build_filename (folder, "saccade-window", NULL) : NULL;
  g_autoptr (GPtrArray) args = g_ptr_array_new ();
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  int parsed = sac_cli_parse (&argc, &argv, entries, _("list | preset [NAME] | check | set ACT KEY… | reset [ACT…]"),
                              _("Lists and changes the window’s keys, and says which collide."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  g_ptr_array_add (args, (gpointer) (program && g_file_test (program, G_FILE_TEST_IS_EXECUTABLE) ? program : "saccade-window"));
  g_ptr_array_add (args, (gpointer) (json ? "--keys-json" : "--keys"));
  for (int i = 1; i < argc; i++)
    g_ptr_array_add (args, argv[i]);
  g_ptr_array_add (args, NULL);
  execvp (args->pdata[0], (char **) args->pdata);
  g_printerr (_("saccade: the window cannot be started (%s): %s\n"), (char *) args->pdata[0], g_strerror (errno));
  return 1;
}
