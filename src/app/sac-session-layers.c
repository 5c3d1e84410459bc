/* Whose words may be changed in this window, and whose are not drawn. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-session-private.h"
#include "sac-settings.h"

gboolean
sac_session_refuses_layer (SacSession *self, SacId layer)
{
  SacProject *project = sac_session_get_project (self);
  g_autofree char *title = project ? sac_project_dup_foreign_title (project, layer) : NULL;

  if (title)
    sac_session_say (self, FALSE, _("This is of “%s”; merge it into your labels (Layers) to change it"), title);
  return title != NULL;
}

GArray *
sac_session_list_foreign_layers (SacSession *self)
{
  SacProject *project = sac_session_get_project (self);

  return project ? sac_project_list_foreign_layers (project) : g_array_new (FALSE, FALSE, sizeof (SacId));
}

gboolean
_sac_session_refuses (SacSession *self, SacAttributeKind kind, SacId id)
{
  SacProject *project = sac_session_get_project (self);
  SacSegment segment;

  if (!project)
    return FALSE;
  if (kind == SAC_ATTRIBUTE_TRACK)
    return sac_session_refuses_layer (self, sac_project_get_track_layer (project, id));
  return sac_project_get_segment (project, id, &segment) && sac_session_refuses_layer (self, segment.layer);
}

/* ---- hidden layers, by name: an id may be another layer's after an undo. */
#define KEY "hidden-layers"

void
_sac_session_keep_hidden (SacSession *self)
{
  SacProject *project = sac_session_get_project (self);
  g_autoptr (GVariant) old = NULL;
  g_autoptr (GArray) layers = sac_session_list_hidden_layers (self);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  GVariantBuilder all;
  GVariantIter iter;
  const char *path;
  GVariant *value;

  if (!project || !sac_settings_get ())
    return;
  for (guint i = 0; i < layers->len; i++)
    {
      g_autofree char *name = sac_project_dup_layer_name (project, g_array_index (layers, SacId, i));

      if (name)
        g_strv_builder_add (names, name);
    }
  list = g_strv_builder_end (names);
  old = g_settings_get_value (sac_settings_get (), KEY);
  g_variant_builder_init (&all, G_VARIANT_TYPE ("a{sas}"));
  if (list[0])
    g_variant_builder_add (&all, "{s^as}", sac_project_get_path (project), list);
  g_variant_iter_init (&iter, old);
  while (g_variant_iter_loop (&iter, "{&s@as}", &path, &value))         /* projects that are gone are forgotten */
    if (strcmp (path, sac_project_get_path (project)) != 0 && g_file_test (path, G_FILE_TEST_EXISTS))
      g_variant_builder_add (&all, "{s@as}", path, value);
  g_settings_set_value (sac_settings_get (), KEY, g_variant_builder_end (&all));
}

void
_sac_session_restore_hidden (SacSession *self, GHashTable *hidden)
{
  SacProject *project = sac_session_get_project (self);
  g_autoptr (GVariant) all = sac_settings_get () ? g_settings_get_value (sac_settings_get (), KEY) : NULL;
  g_auto (GStrv) names = NULL;

  if (!project || !all || !g_variant_lookup (all, sac_project_get_path (project), "^as", &names))
    return;
  for (guint i = 0; names[i]; i++)
    {
      SacId layer = sac_project_find_layer (project, names[i]);

      if (layer)
        g_hash_table_add (hidden, g_memdup2 (&layer, sizeof layer));
    }
}
