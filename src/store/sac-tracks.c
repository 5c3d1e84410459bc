/* Layers, tracks of boxes, segments; the register of runs. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-store-private.h"

#define MAX_BOXES 1000000

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

/* ---- tracks. */
void
sac_track_free (SacTrack *track)
{
  if (!track)
    return;
  g_free (track->boxes);
  g_free (track);
}

SacId
_sac_insert_track (SacProject *self, SacId layer, SacId item, SacId label, const SacBox *boxes, guint n_boxes, GError **error)
{
  SacId track;

  if (!_sac_run (self, error, "INSERT INTO tracks (layer, item, label) VALUES (?, ?, nullif (?, 0))", "iii", layer, item, label))
    return 0;
  track = sqlite3_last_insert_rowid (self->db);
  for (guint i = 0; i < n_boxes; i++)
    {
      const SacBox *box = &boxes[i];

      if (!isfinite (box->x) || !isfinite (box->y) || !isfinite (box->width) || !isfinite (box->height)
          || box->width < 0 || box->height < 0)
        {
          g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A box at frame %u has no proper size"), box->frame);
          return 0;
        }
      if (!_sac_run (self, error, "INSERT INTO boxes (track, frame, x, y, width, height, flags) VALUES (?, ?, ?, ?, ?, ?, ?)", "iiddddn",
                     track, (gint64) box->frame, box->x, box->y, box->width, box->height,
                     (box->keyframe ? 1 : 0) | (box->occluded ? 2 : 0) | (box->outside ? 4 : 0)))
        return 0;
    }
  return track;
}

SacId
sac_project_add_track (SacProject *self, SacId layer, SacId item, SacId label, const SacBox *boxes, guint n_boxes, GError **error)
{
  SacId track;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  if (!_sac_begin (self, error))
    return 0;
  track = _sac_insert_track (self, layer, item, label, boxes, n_boxes, error);
  if (!track)
    _sac_rollback (self);
  return track && _sac_commit (self, g_strdup (_("Add a track of boxes")), error) ? track : 0;
}

static SacBox
read_box (sqlite3_stmt *stmt, int column)
{
  int flags = sqlite3_column_int (stmt, column + 5);

  return (SacBox) { .frame = _sac_column_int (stmt, column), .x = sqlite3_column_double (stmt, column + 1),
                    .y = sqlite3_column_double (stmt, column + 2), .width = sqlite3_column_double (stmt, column + 3),
                    .height = sqlite3_column_double (stmt, column + 4), .keyframe = (flags & 1) != 0,
                    .occluded = (flags & 2) != 0, .outside = (flags & 4) != 0 };
}

GPtrArray *
sac_project_list_tracks (SacProject *self, SacId item, GError **error)
{
  g_autoptr (GPtrArray) tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_track_free);
  g_autoptr (GError) failed = NULL;
  g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (SacBox));
  SacTrack *track = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed, "SELECT t.id, t.label, t.layer, b.frame, b.x, b.y, b.width, b.height, b.flags, b.id"
                     " FROM tracks t LEFT JOIN boxes b ON b.track = t.id WHERE t.item = ? ORDER BY t.id, b.frame", "i", item);
  while (_sac_step (self, stmt, &failed))
    {
      SacId id = sqlite3_column_int64 (stmt, 0);

      if (!track || track->id != id)
        {
          if (track)
            track->boxes = g_memdup2 (boxes->data, boxes->len * sizeof (SacBox));
          track = g_new0 (SacTrack, 1);
          *track = (SacTrack) { .id = id, .item = item, .label = sqlite3_column_int64 (stmt, 1),
                                .layer = sqlite3_column_int64 (stmt, 2) };
          g_array_set_size (boxes, 0);
          g_ptr_array_add (tracks, track);
        }
      if (sqlite3_column_type (stmt, 9) != SQLITE_NULL && track->n_boxes < MAX_BOXES)
        {
          SacBox box = read_box (stmt, 3);

          g_array_append_val (boxes, box);
          track->n_boxes++;
        }
    }
  if (track)
    track->boxes = g_memdup2 (boxes->data, boxes->len * sizeof (SacBox));
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&tracks);
}

SacId
sac_project_add_segment (SacProject *self, SacId layer, SacId item, SacId label, gint64 in_ns, gint64 out_ns, GError **error)
{
  SacId id;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  if (in_ns < 0 || out_ns < in_ns)
    {
      g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID, _("A segment cannot end before it starts"));
      return 0;
    }
  if (!_sac_begin (self, error))
    return 0;
  if (!_sac_run (self, error, "INSERT INTO segments (layer, item, label, in_ns, out_ns) VALUES (?, ?, ?, ?, ?)", "iiiii", layer, item,
                 label, in_ns, out_ns))
    {
      _sac_rollback (self);
      return 0;
    }
  id = sqlite3_last_insert_rowid (self->db);
  return _sac_commit (self, g_strdup (_("Add a segment")), error) ? id : 0;
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
                                sqlite3_column_int64 (stmt, 3), sqlite3_column_int64 (stmt, 4), sqlite3_column_int64 (stmt, 5) };
      g_ptr_array_add (segments, segment);
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&segments);
}

/* ---- runs. */
void
sac_run_row_free (SacRunRow *row)
{
  if (!row)
    return;
  g_free (row->name);
  g_free (row->folder);
  g_free (row->recipe);
  g_free (row);
}

SacId
sac_project_add_run (SacProject *self, const char *name, const char *folder, const char *recipe, GError **error)
{
  g_autofree char *full = NULL, *stored = NULL, *shown = NULL;
  gint64 id = 0;
  int found;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  g_return_val_if_fail (name != NULL && folder != NULL, 0);
  full = g_canonicalize_filename (folder, NULL);
  stored = _sac_relative_path (self->dir, full);
  shown = g_utf8_make_valid (name, -1);
  found = _sac_lookup (self, &id, error, "SELECT id FROM runs WHERE folder = ?", "s", stored);
  if (found)
    return found == 1 ? id : 0;         /* a resumed run is the same run */
  if (!_sac_begin (self, error))
    return 0;
  if (!_sac_run (self, error, "INSERT INTO runs (name, folder, recipe, started_us) VALUES (?, ?, ?, ?)", "sssi", shown, stored, recipe,
                 (gint64) g_get_real_time ()))
    {
      _sac_rollback (self);
      return 0;
    }
  id = sqlite3_last_insert_rowid (self->db);
  return _sac_commit (self, NULL, error) ? id : 0;
}

GPtrArray *
sac_project_list_runs (SacProject *self, GError **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_run_row_free);
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;

  g_return_val_if_fail (SAC_IS_PROJECT (self), NULL);
  stmt = _sac_query (self, &failed, "SELECT id, name, folder, recipe, started_us FROM runs ORDER BY started_us DESC, id DESC", NULL);
  while (_sac_step (self, stmt, &failed))
    {
      SacRunRow *row = g_new0 (SacRunRow, 1);

      row->id = sqlite3_column_int64 (stmt, 0);
      row->name = _sac_dup_column (stmt, 1);
      row->folder = _sac_media_path (self, (const char *) sqlite3_column_text (stmt, 2));
      row->recipe = _sac_dup_column (stmt, 3);
      row->started_us = sqlite3_column_int64 (stmt, 4);
      g_ptr_array_add (runs, row);
    }
  if (failed)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return NULL;
    }
  return g_steal_pointer (&runs);
}
