/* saccade query WORDS…: the clips that fit, a line each. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "sac-cli.h"

static const SacQuery *
find_collection (GPtrArray *queries, const char *name, GError **error)
{
  for (guint i = 0; i < queries->len; i++)
    if (strcmp (((SacQuery *) queries->pdata[i])->name, name) == 0)
      return queries->pdata[i];
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no collection “%s”"), name);
  return NULL;
}

static gboolean
prepend_collection (SacProject *project, const char *name, char **query, GError **error)
{
  g_autoptr (GPtrArray) queries = sac_project_list_queries (project, error);
  const SacQuery *found = queries ? find_collection (queries, name, error) : NULL;
  g_autofree char *words = *query;

  *query = found ? found->text[0] ? g_strdup_printf ("(%s) %s", found->text, words) : g_strdup (words) : NULL;
  return found != NULL;
}

static gboolean
remove_collection (SacProject *project, const char *name, GError **error)
{
  g_autoptr (GPtrArray) queries = sac_project_list_queries (project, error);
  const SacQuery *found = queries ? find_collection (queries, name, error) : NULL;

  return found && sac_project_remove_query (project, found->id, error);
}

static gboolean
list_collections (SacProject *project, gboolean as_json, GError **error)
{
  g_autoptr (GPtrArray) queries = sac_project_list_queries (project, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (!queries)
    return FALSE;
  json_builder_begin_object (builder);
  for (guint i = 0; i < queries->len; i++)
    {
      const SacQuery *query = queries->pdata[i];

      json_builder_set_member_name (builder, query->name);
      json_builder_add_string_value (builder, query->text);
      if (!as_json)
        g_print ("%s\t%s\n", query->name, query->text);
    }
  json_builder_end_object (builder);
  if (as_json)
    sac_cli_print_json (g_steal_pointer (&builder));
  return TRUE;
}

int
sac_cli_query (int argc, char **argv)
{
  g_autofree char *path = NULL, *query = NULL;
  g_autofree char *sort = NULL, *save = NULL, *collection = NULL, *forget = NULL;
  gboolean count = FALSE, as_json = FALSE, reverse = FALSE, list = FALSE;
  gint64 seed = 0;
  int order = SAC_SORT_NAME;
  const GOptionEntry entries[] = {
    { "project", 'p', 0, G_OPTION_ARG_FILENAME, &path, N_("The project (else the only one of this folder)"), "FILE.saccade" },
    { "count", 0, 0, G_OPTION_ARG_NONE, &count, N_("Only how many"), NULL },
    { "sort", 0, 0, G_OPTION_ARG_STRING, &sort, N_("Order: name, duration, size, fps, date, said, problem or random"), "ORDER" },
    { "reverse", 0, 0, G_OPTION_ARG_NONE, &reverse, N_("The other way round"), NULL },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Of the random order"), "N" },
    { "save", 0, 0, G_OPTION_ARG_STRING, &save, N_("Keep the query as a collection of this name"), "NAME" },
    { "collection", 0, 0, G_OPTION_ARG_STRING, &collection, N_("The query of a collection, before the words"), "NAME" },
    { "remove", 0, 0, G_OPTION_ARG_STRING, &forget, N_("Remove a collection"), "NAME" },
    { "list", 0, 0, G_OPTION_ARG_NONE, &list, N_("List the collections"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, N_("Answer in JSON"), NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (SacProject) project = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  int parsed = sac_cli_parse (&argc, &argv, entries, _("WORDS…"),
                              _("Lists the clips that fit: words of the name, label:cat, no:cat, unknown:cat, segment:run, track:cat,\n"
                                "split:train, group:anna, reviewed:no, has:tracks, is:vfr, duration>3s, frames<100 …; with or, not, ( )."));

  if (parsed)
    return parsed - 1 ? 2 : 0;
  while (sort && sac_sort_names[order] && strcmp (sac_sort_names[order], sort) != 0)
    order++;
  if (!sac_sort_names[order])
    {
      g_printerr (_("saccade: there is no order “%s”\n"), sort);
      return 2;
    }
  query = g_strjoinv (" ", argv + 1);
  project = sac_cli_open_project (path, save || forget ? SAC_PROJECT_READ_WRITE : SAC_PROJECT_READ_ONLY, &error);
  if (!project || (collection && !prepend_collection (project, collection, &query, &error)))
    return sac_cli_fail (g_steal_pointer (&error));
  if (list)
    return list_collections (project, as_json, &error) ? 0 : sac_cli_fail (g_steal_pointer (&error));
  if (save || forget)
    return (!save || sac_project_save_query (project, save, query, &error)) && (!forget || remove_collection (project, forget, &error))
             ? 0 : sac_cli_fail (g_steal_pointer (&error));
  ids = sac_project_query_sorted (project, query, (SacSort) order, reverse, (guint64) seed, NULL, &error);
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
