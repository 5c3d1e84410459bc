/* The session's acts on segments of time.  What is added or moved is seen on the timeline, so that only what is taken away is told. */
#include "sac-session-private.h"

SacId
sac_session_add_segments (SacSession *self, SacId item, SacId label, const SacSpan *spans, guint n)
{
  SacProject *project = sac_session_get_project (self);
  GError *error = NULL;
  SacId layer, id;

  g_return_val_if_fail (SAC_IS_SESSION (self), 0);
  if (n == 0 || !_sac_session_begin_act (self))
    return 0;
  layer = sac_project_get_layer (project, "person", "", &error);
  sac_session_set_layer_hidden (self, layer, FALSE);
  id = layer ? sac_project_add_segments (project, layer, item, label, spans, n, &error) : 0;
  return _sac_session_end_act (self, id != 0, TRUE, &error) ? id : 0;
}

SacId
sac_session_add_segment (SacSession *self, SacId item, SacId label, gint64 in_ns, gint64 out_ns)
{
  return sac_session_add_segments (self, item, label, &(SacSpan) { in_ns, out_ns }, 1);
}

gboolean
sac_session_set_segment (SacSession *self, SacId segment, SacId label, gint64 in_ns, gint64 out_ns)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (_sac_session_refuses (self, SAC_ATTRIBUTE_SEGMENT, segment) || !_sac_session_begin_act (self))
    return FALSE;
  return _sac_session_end_act (self, sac_project_set_segment (sac_session_get_project (self), segment, label, in_ns, out_ns, &error),
                               TRUE, &error);
}

gboolean
sac_session_split_segment (SacSession *self, SacId segment, gint64 at_ns)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (_sac_session_refuses (self, SAC_ATTRIBUTE_SEGMENT, segment) || !_sac_session_begin_act (self))
    return FALSE;
  return _sac_session_end_act (self, sac_project_split_segment (sac_session_get_project (self), segment, at_ns, &error), TRUE, &error);
}

gboolean
sac_session_remove_segment (SacSession *self, SacId segment)
{
  GError *error = NULL;

  g_return_val_if_fail (SAC_IS_SESSION (self), FALSE);
  if (_sac_session_refuses (self, SAC_ATTRIBUTE_SEGMENT, segment) || !_sac_session_begin_act (self))
    return FALSE;
  return _sac_session_end_act (self, sac_project_remove_segment (sac_session_get_project (self), segment, &error), FALSE, &error);
}
