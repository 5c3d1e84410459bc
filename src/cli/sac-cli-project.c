/* What the verbs about a project share. */
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "sac-cli.h"

SacProject *
sac_cli_open_project (const char *path, SacProjectMode mode, GError **error)
{
  g_autoptr (GError) failed = NULL;
  SacProject *project = sac_project_open (path ? path : ".", path || mode != SAC_PROJECT_CREATE ? mode : SAC_PROJECT_READ_WRITE, &failed);

  if (project)
    return project;
  if (!path && g_error_matches (failed, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND))
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND,
                 _("This folder holds no project; name one with --project FILE.saccade"));
  else
    g_propagate_error (error, g_steal_pointer (&failed));
  return NULL;
}

GArray *
sac_cli_find_clips (SacProject *project, char **names, int n_names, gboolean all, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SacId));

  if (all)
    {
      g_autoptr (GPtrArray) items = sac_project_list_items (project, error);

      if (!items)
        return NULL;
      for (guint i = 0; i < items->len; i++)
        g_array_append_val (ids, ((SacItem *) items->pdata[i])->id);
    }
  for (int i = 0; i < n_names && !all; i++)
    {
      g_autoptr (SacItem) item = sac_project_find_item (project, names[i], error);

      if (!item)
        return NULL;
      g_array_append_val (ids, item->id);
    }
  if (ids->len == 0)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("Name the clips, or say --all"));
      return NULL;
    }
  return g_steal_pointer (&ids);
}

void
sac_cli_print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  g_print ("%s\n", text);
  g_object_unref (builder);
}
