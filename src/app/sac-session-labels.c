/* Acts on the vocabulary, each one command of the store. */
#include "sac-session.h"

typedef struct {
  SacId label, other;
  guint32 number;
} Change;

static gboolean
colour (SacProject *project, gpointer data, GError **error)
{
  const Change *change = data;

  return sac_project_set_label_colour (project, change->label, change->number, error);
}

gboolean
sac_session_set_label_colour (SacSession *self, SacId label, guint32 rgb)
{
  return sac_session_do (self, colour, &(Change) { label, 0, rgb });
}

static gboolean
key (SacProject *project, gpointer data, GError **error)
{
  const Change *change = data;

  return sac_project_set_label_key (project, change->label, (char) change->number, error);
}

gboolean
sac_session_set_label_key (SacSession *self, SacId label, char digit)
{
  return sac_session_do (self, key, &(Change) { label, 0, (guint32) digit });
}

static gboolean
place (SacProject *project, gpointer data, GError **error)
{
  const Change *change = data;

  return sac_project_place_label (project, change->label, change->other, change->number, error);
}

gboolean
sac_session_place_label (SacSession *self, SacId label, SacId parent, guint position)
{
  return sac_session_do (self, place, &(Change) { label, parent, position });
}

static gboolean
merge (SacProject *project, gpointer data, GError **error)
{
  const Change *change = data;

  return sac_project_merge_labels (project, change->label, change->other, error);
}

gboolean
sac_session_merge_labels (SacSession *self, SacId from, SacId into)
{
  return sac_session_do (self, merge, &(Change) { from, into, 0 });
}
