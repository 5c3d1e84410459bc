/* saccade import DIR: adds videos to a project. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "sac-cli.h"

static int
report (const SacImportResult *result, gboolean as_json)
{
  if (as_json)
    {
      JsonBuilder *builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "added");
      json_builder_add_int_value (builder, result->n_added);
      json_builder_set_member_name (builder, "known");
      json_builder_add_int_value (builder, result->n_known);
      json_builder_set_member_name (builder, "refused");
      json_builder_add_int_value (builder, result->n_refused);
      json_builder_set_member_name (builder, "problems");
      json_builder_begin_array (builder);
      for (guint i = 0; i < result->problems->len; i++)
        json_builder_add_string_value (builder, result->problems->pdata[i]);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      sac_cli_print_json (builder);
      return 0;
    }
  g_print (ngettext ("%u clip added", "%u clips added", result->n_added), result->n_added);
  if (result->n_known)
    g_print (_(", %u known already"), result->n_known);
  if (result->n_refused)
    g_print (_(", %u refused"), result->n_refused);
  g_print ("\n");
  for (guint i = 0; i < result->problems->len; i++)
    g_printerr ("  %s\n", (char *) result->problems->pdata[i]);
  return 0;
}

int
sac_cli_import (int argc, char **argv)
{
  g_autofree char *project_path = NULL, *groups = NULL, *truth = NULL, *beside = NULL;
  gboolean folders = FALSE, stills = FALSE, as_json = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &project_path, N_("The project; made when it is not there"), "FILE.saccade" },
    { "labels-from-folders", 'l', 0, G_OPTION_ARG_NONE, &folders,
      N_("A clip's folder is its label; the other folders' labels are no"), NULL },
    { "groups", 'g', 0, G_OPTION_ARG_FILENAME, &groups,
      N_("Which clips belong together (columns clip and group, person, …)"), "FILE.csv" },
    { "truth", 0, 0, G_OPTION_ARG_FILENAME, &truth, N_("The truth of rendered clips; DIR/truth.json is found by itself"), "FILE.json" },
    { "stills", 0, 0, G_OPTION_ARG_NONE, &stills, N_("Pictures, too: each is a clip of one frame"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (SacProject) project = NULL;
  g_autoptr (SacImportResult) result = NULL;
  SacImportSpec spec = { 0 };
  GError *error = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("DIR"), _("Adds a folder of videos (or one video) to a project."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  if (argc != 2)
    {
      g_printerr (_("saccade: name one folder of videos\n"));
      return 2;
    }
  project = sac_cli_open_project (project_path, SAC_PROJECT_CREATE, &error);
  if (!project)
    return sac_cli_fail (error);
  beside = g_build_filename (argv[1], "truth.json", NULL);
  spec.labels_from_folders = folders;
  spec.stills = stills;
  spec.groups_csv = groups;
  spec.truth_json = truth ? truth : g_file_test (beside, G_FILE_TEST_IS_REGULAR) ? beside : NULL;
  result = sac_project_import (project, argv[1], &spec, sac_cli_progress, NULL, NULL, &error);
  return result ? report (result, as_json) : sac_cli_fail (error);
}
