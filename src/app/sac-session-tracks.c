/* The session's acts on tracks of boxes and on attributes. */
#include <glib/gi18n.h>

#include "sac-session-private.h"

SacId
sac_session_add_track (SacSession *self, SacId item, SacId label, const SacBox *boxes, guint n_boxes)
{
  SacProject *project = sac_session_get_project (self);
  GError *error = NULL;
  SacId layer, id;

  g_return_val_if_fail (SAC_IS_SESSION (self), 0);
  if (!_sac_session_begin_act (self))
    return 0;
  layer = sac_project_get_layer (project, "person", "", &error);
  sac_session_set_layer_hidden (self, layer, FALSE);
  id = layer ? sac_project_add_track (project, layer, item, label, boxes, n_boxes, &error) : 0;
  return _sac_session_end_act (self, id != 0, TRUE, &error) ? id : 0;
}

gboolean
sac_session_set_track (SacSession *self, SacId track, const SacBox *boxes, guint n_boxes, const char *what, gboolean quiet)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (_sac_session_refuses (self, SAC_ATTRIBUTE_TRACK, track) || !_sac_session_begin_act (self))
    return FALSE;
  return _sac_session_end_act (self, sac_project_set_track (sac_session_get_project (self), track, boxes, n_boxes, what, &error), quiet,
                               &error);
}

gboolean
sac_session_set_track_label (SacSession *self, SacId track, SacId label)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (_sac_session_refuses (self, SAC_ATTRIBUTE_TRACK, track) || !_sac_session_begin_act (self))
    return FALSE;
  return _sac_session_end_act (self, sac_project_set_track_label (sac_session_get_project (self), track, label, &error), TRUE, &error);
}

gboolean
sac_session_merge_tracks (SacSession *self, SacId into, SacId from, const SacBox *boxes, guint n_boxes)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (_sac_session_refuses (self, SAC_ATTRIBUTE_TRACK, into) || _sac_session_refuses (self, SAC_ATTRIBUTE_TRACK, from)
      || !_sac_session_begin_act (self))
    return FALSE;
  return _sac_session_end_act (self, sac_project_merge_tracks (sac_session_get_project (self), into, from, boxes, n_boxes, &error), FALSE,
                               &error);
}

gboolean
sac_session_remove_track (SacSession *self, SacId track)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (_sac_session_refuses (self, SAC_ATTRIBUTE_TRACK, track) || !_sac_session_begin_act (self))
    return FALSE;
  return _sac_session_end_act (self, sac_project_remove_track (sac_session_get_project (self), track, &error), FALSE, &error);
}

gboolean
sac_session_set_attribute (SacSession *self, SacAttributeKind kind, SacId owner, gint64 frame, const char *name, const char *value)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self) && name, FALSE);
  if (_sac_session_refuses (self, kind, owner) || !_sac_session_begin_act (self))
    return FALSE;
  return _sac_session_end_act (self, sac_project_set_attribute (sac_session_get_project (self), kind, owner, frame, name, value, &error),
                               value != NULL, &error);
}
