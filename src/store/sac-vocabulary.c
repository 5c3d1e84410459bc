/* Acts on the vocabulary: a label's name, colour, key, place and parent; two labels made one. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-store-private.h"

gboolean
sac_project_remove_label (SacProject *self, SacId label, GError **error)
{
  static const char *const acts[] = {
    "DELETE FROM clip_labels WHERE label = ?",
    "DELETE FROM attributes WHERE kind = 1 AND owner IN (SELECT id FROM segments WHERE label = ?)",
    "DELETE FROM attributes WHERE kind = 2 AND owner IN (SELECT id FROM tracks WHERE label = ?)",
    "DELETE FROM boxes WHERE track IN (SELECT id FROM tracks WHERE label = ?)",
    "DELETE FROM tracks WHERE label = ?",
    "DELETE FROM segments WHERE label = ?",
    "UPDATE labels SET parent = (SELECT p.parent FROM labels p WHERE p.id = ?1) WHERE parent = ?1",
    "DELETE FROM labels WHERE id = ?",
  };
  g_autofree char *name = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  name = _sac_label_name (self, label, error);
  if (!name || !_sac_begin (self, error))
    return FALSE;
  for (guint a = 0; a < G_N_ELEMENTS (acts); a++)
    if (!_sac_run (self, error, acts[a], "i", label))
      return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Remove label “%s”"), name), error);
}

gboolean
sac_project_rename_label (SacProject *self, SacId label, const char *name, GError **error)
{
  g_autofree char *clean = NULL, *old = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  clean = _sac_clean_label_name (name, error);
  old = clean ? _sac_label_name (self, label, error) : NULL;
  if (!old || !_sac_begin (self, error))
    return FALSE;
  if (!_sac_run (self, error, "UPDATE labels SET name = ?2 WHERE id = ?1 AND name <> ?2", "is", label, clean))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Rename label “%s” to “%s”"), old, clean), error);
}

/* Opens the command that changes the label called @name (out, transfer full). */
static gboolean
begin_on_label (SacProject *self, SacId label, char **name, GError **error)
{
  *name = _sac_label_name (self, label, error);
  return *name && _sac_begin (self, error);
}

gboolean
sac_project_merge_labels (SacProject *self, SacId from, SacId into, GError **error)
{
  static const char *const acts[] = {
    "UPDATE clip_labels SET state = 1 WHERE label = ?2 AND state <> 1 AND EXISTS (SELECT 1 FROM clip_labels o WHERE o.label = ?1"
    " AND o.item = clip_labels.item AND o.layer = clip_labels.layer AND o.state = 1)",
    "UPDATE clip_labels SET state = 0 WHERE label = ?2 AND state = -1 AND EXISTS (SELECT 1 FROM clip_labels o WHERE o.label = ?1"
    " AND o.item = clip_labels.item AND o.layer = clip_labels.layer AND o.state = 0)",
    "DELETE FROM clip_labels WHERE label = ?1 AND EXISTS (SELECT 1 FROM clip_labels o WHERE o.label = ?2"
    " AND o.item = clip_labels.item AND o.layer = clip_labels.layer)",
    "UPDATE clip_labels SET label = ?2 WHERE label = ?1",
    "UPDATE tracks SET label = ?2 WHERE label = ?1",
    "UPDATE segments SET label = ?2 WHERE label = ?1",
    "UPDATE labels SET parent = CASE WHEN id = ?2 THEN (SELECT p.parent FROM labels p WHERE p.id = ?1) ELSE ?2 END WHERE parent = ?1",
    "DELETE FROM labels WHERE id = ?1",
  };
  g_autofree char *name = NULL, *other = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (from == into)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A label cannot be merged into itself"));
      return FALSE;
    }
  other = _sac_label_name (self, into, error);
  if (!other || !begin_on_label (self, from, &name, error))
    return FALSE;
  for (guint a = 0; a < G_N_ELEMENTS (acts); a++)
    if (!_sac_run (self, error, acts[a], strstr (acts[a], "?2") ? "ii" : "i", from, into))
      return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Merge label “%s” into “%s”"), name, other), error);
}

gboolean
sac_project_set_label_colour (SacProject *self, SacId label, guint32 colour, GError **error)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!begin_on_label (self, label, &name, error))
    return FALSE;
  if (!_sac_run (self, error, "UPDATE labels SET colour = ?2 WHERE id = ?1 AND colour <> ?2", "in", label, (int) (colour & 0xffffff)))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Give label “%s” another colour"), name), error);
}

gboolean
sac_project_set_label_key (SacProject *self, SacId label, char key, GError **error)
{
  char word[2] = { key, 0 };
  g_autofree char *name = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (key && !g_ascii_isdigit (key))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("The key of a label is one of the digits"));
      return FALSE;
    }
  if (!begin_on_label (self, label, &name, error))
    return FALSE;
  if ((key && !_sac_run (self, error, "UPDATE labels SET key = NULL WHERE key = ?2 AND id <> ?1", "is", label, word))
      || !_sac_run (self, error, "UPDATE labels SET key = ?2 WHERE id = ?1 AND key IS NOT ?2", "is", label, key ? word : NULL))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Give label “%s” another key"), name), error);
}

/* Whether @label may stand below @parent; @above receives its name. */
static gboolean
check_parent (SacProject *self, SacId label, SacId parent, char **above, GError **error)
{
  gint64 at = parent;
  int found = 1;

  if (parent && !(*above = _sac_label_name (self, parent, error)))
    return FALSE;
  for (guint depth = 0; found == 1 && at; depth++)
    {
      if (at == label || depth > 1000)
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A label cannot stand below itself"));
          return FALSE;
        }
      found = _sac_lookup (self, &at, error, "SELECT coalesce (parent, 0) FROM labels WHERE id = ?", "i", at);
    }
  return found >= 0;
}

static gboolean
put_parent (SacProject *self, SacId label, SacId parent, GError **error)
{
  return _sac_run (self, error, "UPDATE labels SET parent = nullif (?2, 0) WHERE id = ?1 AND coalesce (parent, 0) <> ?2", "ii", label,
                   parent);
}

gboolean
sac_project_set_label_parent (SacProject *self, SacId label, SacId parent, GError **error)
{
  g_autofree char *name = NULL, *above = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!check_parent (self, label, parent, &above, error) || !begin_on_label (self, label, &name, error))
    return FALSE;
  if (!put_parent (self, label, parent, error))
    return _sac_rollback (self);
  return _sac_commit (self, parent ? g_strdup_printf (_("Put label “%s” below “%s”"), name, above)
                                   : g_strdup_printf (_("Put label “%s” on top"), name), error);
}

static gboolean
put_position (SacProject *self, const GPtrArray *labels, SacId label, guint position, GError **error)
{
  guint at = 0;

  for (guint i = 0; i < labels->len; i++)
    {
      const SacLabel *other = labels->pdata[i];
      guint place = other->id == label ? MIN (position, labels->len - 1) : at + (at >= MIN (position, labels->len - 1));

      at += other->id != label;
      if (!_sac_run (self, error, "UPDATE labels SET position = ?2 WHERE id = ?1 AND position <> ?2", "in", other->id, (int) place))
        return FALSE;
    }
  return TRUE;
}

gboolean
sac_project_move_label (SacProject *self, SacId label, guint position, GError **error)
{
  g_autoptr (GPtrArray) labels = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  labels = sac_project_list_labels (self, error);
  if (!labels || !begin_on_label (self, label, &name, error))
    return FALSE;
  if (!put_position (self, labels, label, position, error))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Move label “%s”"), name), error);
}

gboolean
sac_project_place_label (SacProject *self, SacId label, SacId parent, guint position, GError **error)
{
  g_autoptr (GPtrArray) labels = NULL;
  g_autofree char *name = NULL, *above = NULL;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  labels = sac_project_list_labels (self, error);
  if (!labels || !check_parent (self, label, parent, &above, error) || !begin_on_label (self, label, &name, error))
    return FALSE;
  if (!put_parent (self, label, parent, error) || !put_position (self, labels, label, position, error))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Move label “%s”"), name), error);
}
