/* saccade query WORDS…: the clips that fit, a line each. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "sac-cli.h"

int
sac_cli_query (int argc, char **argv)
{
  g_autofree char *path = NULL, *query = NULL;
  gboolean count = FALSE, as_json = FALSE;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "count", 0, 0, G_OPTION_ARG_NONE, &count, N_("Only how many"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("WORDS…"),
                              _("Lists the clips that fit: words of the name, label:cat, no:cat, unknown:cat, segment:run, track:cat,\n"
                                "split:train, group:anna, reviewed:no, has:tracks, duration>3s, frames<100 …; with or, not, ( )."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  query = g_strjoinv (" ", argv + 1);
  project = sac_cli_open_project (path, SAC_PROJECT_READ_ONLY, &error);
  ids = project ? sac_project_query (project, query, &error) : NULL;
  if (!ids)
    return sac_cli_fail (g_steal_pointer (&error));
  if (count)
    {
      g_print ("%u\n", ids->len);
      return 0;
    }
  builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < ids->len; i++)
    {
      g_autoptr (SacItem) item = sac_project_get_item (project, g_array_index (ids, SacId, i), &error);

      if (!item)
        return sac_cli_fail (g_steal_pointer (&error));
      if (as_json)
        json_builder_add_string_value (builder, item->name);
      else
        g_print ("%s\n", item->name);
    }
  json_builder_end_array (builder);
  if (as_json)
    sac_cli_print_json (g_steal_pointer (&builder));
  return 0;
}
