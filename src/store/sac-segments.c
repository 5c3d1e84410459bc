/* Layers, segments of time, attributes of segments and tracks. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-compare.h"
#include "sac-store-private.h"

#define MAX_WORDS 100000                        /* bytes of an attribute's name or value */

/* ---- layers: records of who says something; made when first named, not undone. */
SacId
_sac_ensure_layer (SacProject *self, const char *kind, const char *name, GError **error)
{
  gint64 id = 0;
  gboolean recording = self->recording;
  int found = _sac_lookup (self, &id, error, "SELECT id FROM layers WHERE kind = ? AND name = ?", "ss", kind, name);

  if (found)
    return found == 1 ? id : 0;
  self->recording = FALSE;
  if (_sac_run (self, error, "INSERT INTO layers (kind, name) VALUES (?, ?)", "ss", kind, name))
    id = sqlite3_last_insert_rowid (self->db);
  self->recording = recording;
  return id;
}

SacId
sac_project_get_layer (SacProject *self, const char *kind, const char *name, GError **error)
{
  static const char *const kinds[] = { "person", "import", "run", NULL };
  gint64 id = 0;
  int found;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  if (!kind || !g_strv_contains (kinds, kind))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A layer is of a person, an import or a run"));
      return 0;
    }
  name = name ? name : "";
  found = _sac_lookup (self, &id, error, "SELECT id FROM layers WHERE kind = ? AND name = ?", "ss", kind, name);
  if (found)
    return found == 1 ? id : 0;
  if (!_sac_begin (self, error))
    return 0;
  id = _sac_ensure_layer (self, kind, name, error);
  if (!id)
    _sac_rollback (self);
  return id && _sac_commit (self, NULL, error) ? id : 0;
}

void
sac_layer_free (SacLayer *layer)
{
  if (!layer)
    return;
  g_free (layer->kind);
  g_free (layer->name);
  g_free (layer);
}

GPtrArray *
sac_project_list_layers (SacProject *self, GError **error)
{
  g_autoptr (GPtrArray) layers = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_layer_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed, "SELECT l.id, l.kind, l.name, c.n, s.n, t.n FROM layers l"
                     " LEFT JOIN (SELECT layer, count(*) AS n FROM clip_labels GROUP BY 1) c ON c.layer = l.id"
                     " LEFT JOIN (SELECT layer, count(*) AS n FROM segments GROUP BY 1) s ON s.layer = l.id"
                     " LEFT JOIN (SELECT layer, count(*) AS n FROM tracks GROUP BY 1) t ON t.layer = l.id ORDER BY l.id", NULL);
  while (_sac_step (self, stmt, &failed))
    {
      SacLayer *layer = g_new0 (SacLayer, 1);

      *layer = (SacLayer) { .id = sqlite3_column_int64 (stmt, 0), .kind = _sac_dup_words (stmt, 1), .name = _sac_dup_words (stmt, 2),
                            .n_labels = _sac_column_int (stmt, 3), .n_segments = _sac_column_int (stmt, 4),
                            .n_tracks = _sac_column_int (stmt, 5) };
      g_ptr_array_add (layers, layer);
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&layers);
}

#define FOREIGN "id <> 1 AND kind <> 'import'"

GArray *
sac_project_list_foreign_layers (SacProject *self)
{
  GArray *layers = g_array_new (FALSE, FALSE, sizeof (SacId));
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), layers);
  stmt = _sac_query (self, NULL, "SELECT id FROM layers WHERE " FOREIGN, NULL);
  while (_sac_step (self, stmt, NULL))
    {
      SacId id = sqlite3_column_int64 (stmt, 0);

      g_array_append_val (layers, id);
    }
  return layers;
}

char *
sac_project_dup_foreign_title (SacProject *self, SacId layer)
{
  SacLayer said = { 0 };
  char *title = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, NULL, "SELECT kind, name FROM layers WHERE id = ? AND " FOREIGN, "i", layer);
  while (_sac_step (self, stmt, NULL))
    {
      said = (SacLayer) { .kind = _sac_dup_words (stmt, 0), .name = _sac_dup_words (stmt, 1) };
      title = sac_layer_dup_title (&said);
      g_free (said.kind);
      g_free (said.name);
    }
  return title;
}

char *
sac_project_dup_layer_name (SacProject *self, SacId layer)
{
  char *name = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, NULL, "SELECT kind || ':' || name FROM layers WHERE id = ?", "i", layer);
  while (_sac_step (self, stmt, NULL))
    name = _sac_dup_words (stmt, 0);
  return name;
}

SacId
sac_project_find_layer (SacProject *self, const char *name)
{
  SacId layer = 0;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && name, 0);
  return _sac_lookup (self, &layer, NULL, "SELECT id FROM layers WHERE kind || ':' || name = ?", "s", name) == 1 ? layer : 0;
}

/* ---- segments. */
static gboolean
check_span (gint64 in_ns, gint64 out_ns, GError **error)
{
  if (in_ns >= 0 && out_ns >= in_ns)
    return TRUE;
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A segment cannot end before it starts"));
  return FALSE;
}

static gboolean
find_segment (SacProject *self, SacId segment, GError **error)
{
  gint64 there = 0;
  int found = _sac_lookup (self, &there, error, "SELECT 1 FROM segments WHERE id = ?", "i", segment);

  if (found == 0)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such segment"));
  return found == 1;
}

SacId
sac_project_add_segments (SacProject *self, SacId layer, SacId item, SacId label, const SacSpan *spans, guint n, GError **error)
{
  SacId first = 0;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && n > 0, 0);
  for (guint i = 0; i < n; i++)
    if (!check_span (spans[i].in_ns, spans[i].out_ns, error))
      return 0;
  if (!_sac_begin (self, error))
    return 0;
  for (guint i = 0; i < n; i++)
    {
      if (!_sac_run (self, error, "INSERT INTO segments (layer, item, label, in_ns, out_ns) VALUES (?, ?, ?, ?, ?)", "iiiii", layer, item,
                     label, spans[i].in_ns, spans[i].out_ns))
        {
          _sac_rollback (self);
          return 0;
        }
      first = first ? first : sqlite3_last_insert_rowid (self->db);
    }
  return _sac_commit (self, n == 1 ? g_strdup (_("Add a segment")) : g_strdup_printf (_("Add %u segments"), n), error) ? first : 0;
}

SacId
sac_project_add_segment (SacProject *self, SacId layer, SacId item, SacId label, gint64 in_ns, gint64 out_ns, GError **error)
{
  return sac_project_add_segments (self, layer, item, label, &(SacSpan) { in_ns, out_ns }, 1, error);
}

GPtrArray *
sac_project_list_segments (SacProject *self, SacId item, GError **error)
{
  g_autoptr (GPtrArray) segments = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed,
                     "SELECT id, item, label, layer, in_ns, out_ns FROM segments WHERE item = ? ORDER BY in_ns, id", "i", item);
  while (_sac_step (self, stmt, &failed))
    {
      SacSegment *segment = g_new0 (SacSegment, 1);

      *segment = (SacSegment) { sqlite3_column_int64 (stmt, 0), sqlite3_column_int64 (stmt, 1), sqlite3_column_int64 (stmt, 2),
                                sqlite3_column_int64 (stmt, 3), MAX (sqlite3_column_int64 (stmt, 4), 0), 0 };
      segment->out_ns = MAX (sqlite3_column_int64 (stmt, 5), segment->in_ns);
      g_ptr_array_add (segments, segment);
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&segments);
}

gboolean
sac_project_get_segment (SacProject *self, SacId id, SacSegment *segment)
{
  sqlite3_stmt *stmt;
  gboolean found;

  g_return_val_if_fail (SAC_IS_PROJECT (self) && segment, FALSE);
  stmt = _sac_query (self, NULL, "SELECT id, item, label, layer, in_ns, out_ns FROM segments WHERE id = ?", "i", id);
  found = _sac_step (self, stmt, NULL);
  *segment = (SacSegment) { 0 };
  if (!found)
    return FALSE;
  *segment = (SacSegment) { sqlite3_column_int64 (stmt, 0), sqlite3_column_int64 (stmt, 1), sqlite3_column_int64 (stmt, 2),
                            sqlite3_column_int64 (stmt, 3), MAX (sqlite3_column_int64 (stmt, 4), 0), 0 };
  segment->out_ns = MAX (sqlite3_column_int64 (stmt, 5), segment->in_ns);
  while (_sac_step (self, stmt, NULL))
    ;
  return TRUE;
}

gboolean
sac_project_has_more_segments (SacProject *self, SacId item, guint most)
{
  gint64 one;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  return _sac_lookup (self, &one, NULL, "SELECT 1 FROM segments WHERE item = ? LIMIT 1 OFFSET ?", "ii", item, (gint64) most) > 0;
}

gboolean
sac_project_set_segment (SacProject *self, SacId segment, SacId label, gint64 in_ns, gint64 out_ns, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!check_span (in_ns, out_ns, error) || !find_segment (self, segment, error) || !_sac_begin (self, error))
    return FALSE;
  if (!_sac_run (self, error, "UPDATE segments SET label = ?2, in_ns = ?3, out_ns = ?4 WHERE id = ?1"
                 " AND (label <> ?2 OR in_ns <> ?3 OR out_ns <> ?4)", "iiii", segment, label, in_ns, out_ns))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup (_("Change a segment")), error);
}

gboolean
sac_project_split_segment (SacProject *self, SacId segment, gint64 at_ns, GError **error)
{
  SacId second;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!find_segment (self, segment, error) || !_sac_begin (self, error))
    return FALSE;
  if (!_sac_run (self, error, "INSERT INTO segments (layer, item, label, in_ns, out_ns)"
                 " SELECT layer, item, label, ?2, out_ns FROM segments WHERE id = ?1 AND in_ns < ?2 AND out_ns > ?2", "ii", segment, at_ns))
    return _sac_rollback (self);
  if (sqlite3_changes (self->db) != 1)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A segment can be split only inside of it"));
      return _sac_rollback (self);
    }
  second = sqlite3_last_insert_rowid (self->db);
  if (!_sac_run (self, error, "UPDATE segments SET out_ns = ?2 WHERE id = ?1", "ii", segment, at_ns)
      || !_sac_run (self, error, "INSERT INTO attributes (kind, owner, frame, name, value)"
                    " SELECT kind, ?2, frame, name, value FROM attributes WHERE kind = 1 AND owner = ?1", "ii", segment, second))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup (_("Split a segment")), error);
}

gboolean
sac_project_remove_segment (SacProject *self, SacId segment, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!find_segment (self, segment, error) || !_sac_begin (self, error))
    return FALSE;
  if (!_sac_run (self, error, "DELETE FROM attributes WHERE kind = 1 AND owner = ?", "i", segment)
      || !_sac_run (self, error, "DELETE FROM segments WHERE id = ?", "i", segment))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup (_("Remove a segment")), error);
}

/* ---- attributes. */
gboolean
_sac_put_attribute (SacProject *self, SacAttributeKind kind, SacId owner, gint64 frame, const char *name, const char *value, GError **error)
{
  g_autofree char *clean = g_utf8_make_valid (name, -1), *words = value ? g_utf8_make_valid (value, -1) : NULL;

  if (frame < -1 || frame > G_MAXUINT32 || !clean[0] || strlen (clean) > MAX_WORDS || (words && strlen (words) > MAX_WORDS))
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("An attribute wants a name, and words that are not too long"));
      return FALSE;
    }
  if (!words)
    return _sac_run (self, error, "DELETE FROM attributes WHERE kind = ? AND owner = ? AND frame = ? AND name = ?", "niis",
                     (int) kind, owner,
                     frame, clean);
  return _sac_run (self, error, "INSERT INTO attributes (kind, owner, frame, name, value) VALUES (?, ?, ?, ?, ?)"
                   " ON CONFLICT (kind, owner, frame, name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
                   "niiss", (int) kind, owner, frame, clean, words);
}

gboolean
sac_project_set_attribute (SacProject *self, SacAttributeKind kind, SacId owner, gint64 frame, const char *name, const char *value,
                           GError **error)
{
  gint64 there = 0;
  int found;

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  found = _sac_lookup (self, &there, error, kind == SAC_ATTRIBUTE_SEGMENT ? "SELECT 1 FROM segments WHERE id = ?"
                                                                          : "SELECT 1 FROM tracks WHERE id = ?", "i", owner);
  if (found == 0)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND,
                 kind == SAC_ATTRIBUTE_SEGMENT ? _("The project holds no such segment") : _("The project holds no such track"));
  if (found != 1 || !_sac_begin (self, error))
    return FALSE;
  if (!_sac_put_attribute (self, kind, owner, frame, name, value, error))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup_printf (_("Set “%s”"), name), error);
}

GPtrArray *
sac_project_list_attributes (SacProject *self, SacAttributeKind kind, SacId owner, GError **error)
{
  g_autoptr (GPtrArray) attributes = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_attribute_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed, "SELECT frame, name, value FROM attributes WHERE kind = ? AND owner = ? ORDER BY frame, name", "ni",
                     (int) kind, owner);
  while (_sac_step (self, stmt, &failed))
    {
      SacAttribute *attribute = g_new0 (SacAttribute, 1);

      *attribute = (SacAttribute) { sqlite3_column_int64 (stmt, 0), _sac_dup_words (stmt, 1), _sac_dup_words (stmt, 2) };
      g_ptr_array_add (attributes, attribute);
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&attributes);
}
