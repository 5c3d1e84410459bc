/* saccade history: the same as saccade labels history. */
#include "sac-cli.h"

int
sac_cli_history (int argc, char **argv)
{
  g_autoptr (GPtrArray) args = g_ptr_array_new ();

  g_ptr_array_add (args, argv[0]);
  for (int i = 1; i < argc; i++)
    g_ptr_array_add (args, argv[i]);
  g_ptr_array_add (args, (char *) "history");
  g_ptr_array_add (args, NULL);
  return sac_cli_labels ((int) args->len - 1, (char **) args->pdata);
}
