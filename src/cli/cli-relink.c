/* saccade relink FOLDER: finds moved files by their content. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "sac-cli.h"

int
sac_cli_relink (int argc, char **argv)
{
  g_autofree char *path = NULL;
  gboolean as_json = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GPtrArray) moves = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  guint n_missing = 0;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("FOLDER"),
                              _("Finds files that were moved or renamed, by what is in them, below FOLDER."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2)
    {
      g_printerr ("%s\n", _("saccade: relink wants one folder"));
      return 2;
    }
  project = sac_cli_open_project (path, SAC_PROJECT_READ_WRITE, &error);
  moves = project ? sac_project_find_moved (project, argv[1], &n_missing, as_json ? NULL : sac_cli_progress, NULL, NULL, &error) : NULL;
  if (!moves || (moves->len && !sac_project_relink (project, moves, &error)))
    return sac_cli_fail (g_steal_pointer (&error));
  if (!as_json)
    {
      g_print (ngettext ("%u of %u missing file was found\n", "%u of %u missing files were found\n", n_missing), moves->len, n_missing);
      return moves->len < n_missing;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "missing");
  json_builder_add_int_value (builder, n_missing);
  json_builder_set_member_name (builder, "found");
  json_builder_begin_array (builder);
  for (guint i = 0; i < moves->len; i++)
    json_builder_add_string_value (builder, ((SacMove *) moves->pdata[i])->path);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  sac_cli_print_json (g_steal_pointer (&builder));
  return moves->len < n_missing;
}
