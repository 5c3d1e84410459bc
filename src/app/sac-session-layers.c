/* Whose words may be changed in this window. */
#include <glib/gi18n.h>

#include "sac-session-private.h"

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
