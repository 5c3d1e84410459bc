/* Tracks of boxes; the register of runs. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-store-private.h"

#define MAX_BOXES 1000000

/* ---- tracks. */
void
sac_track_free (SacTrack *track)
{
  if (!track)
    return;
  g_free (track->boxes);
  g_free (track);
}

static gboolean
put_box (SacProject *self, SacId track, const SacBox *box, GError **error)
{
  return _sac_run (self, error, "INSERT INTO boxes (track, frame, x, y, width, height, flags) VALUES (?, ?, ?, ?, ?, ?, ?)", "iiddddn",
                   track, (gint64) box->frame, box->x, box->y, box->width, box->height,
                   (box->keyframe ? 1 : 0) | (box->occluded ? 2 : 0) | (box->outside ? 4 : 0));
}

static gboolean
check_boxes (const SacBox *boxes, guint n_boxes, GError **error)
{
  if (n_boxes <= MAX_BOXES && sac_boxes_are_valid (boxes, n_boxes))
    return TRUE;
  g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_INVALID,
               _("A track wants boxes of a proper size, one a frame and in their order (at most %d)"), MAX_BOXES);
  return FALSE;
}

SacId
_sac_insert_track (SacProject *self, SacId layer, SacId item, SacId label, const SacBox *boxes, guint n_boxes, GError **error)
{
  SacId track;

  if (!check_boxes (boxes, n_boxes, error)
      || !_sac_run (self, error, "INSERT INTO tracks (layer, item, label) VALUES (?, ?, nullif (?, 0))", "iii", layer, item, label))
    return 0;
  track = sqlite3_last_insert_rowid (self->db);
  for (guint i = 0; i < n_boxes; i++)
    if (!put_box (self, track, &boxes[i], error))
      return 0;
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

SacId
sac_project_get_track_layer (SacProject *self, SacId track)
{
  SacId layer = 0;

  g_return_val_if_fail (SAC_IS_PROJECT (self), 0);
  return _sac_lookup (self, &layer, NULL, "SELECT layer FROM tracks WHERE id = ?", "i", track) == 1 ? layer : 0;
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

/* Rewrites the keyframes that differ: the undo entry of a moved corner is one row, however long the track. */
static gboolean
write_difference (SacProject *self, SacId track, const SacBox *old, guint n_old, const SacBox *boxes, guint n, GError **error)
{
  guint i = 0, j = 0;

  while (i < n_old || j < n)
    {
      gboolean gone = j >= n || (i < n_old && old[i].frame < boxes[j].frame);
      gboolean come = i >= n_old || (j < n && boxes[j].frame < old[i].frame);
      gboolean same = !gone && !come && old[i].x == boxes[j].x && old[i].y == boxes[j].y && old[i].width == boxes[j].width
                      && old[i].height == boxes[j].height && !old[i].occluded == !boxes[j].occluded
                      && !old[i].outside == !boxes[j].outside && !old[i].keyframe == !boxes[j].keyframe;

      if (!come && !same
          && !_sac_run (self, error, "DELETE FROM boxes WHERE track = ? AND frame = ?", "ii", track, (gint64) old[i].frame))
        return FALSE;
      if (!gone && !same && !put_box (self, track, &boxes[j], error))
        return FALSE;
      i += !come;
      j += !gone;
    }
  return TRUE;
}

/* Inside a command. */
static gboolean
rewrite_boxes (SacProject *self, SacId track, const SacBox *boxes, guint n_boxes, GError **error)
{
  g_autoptr (GArray) old = g_array_new (FALSE, FALSE, sizeof (SacBox));
  g_autoptr (GError) failed = NULL;
  sqlite3_stmt *stmt;
  gint64 there = 0;

  if (_sac_lookup (self, &there, &failed, "SELECT 1 FROM tracks WHERE id = ?", "i", track) == 0)
    g_set_error (&failed, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such track"));
  stmt = failed ? NULL : _sac_query (self, &failed, "SELECT frame, x, y, width, height, flags FROM boxes WHERE track = ? ORDER BY frame",
                                     "i", track);
  while (!failed && _sac_step (self, stmt, &failed))
    {
      SacBox box = read_box (stmt, 0);

      g_array_append_val (old, box);
    }
  if (!failed && write_difference (self, track, (SacBox *) (gpointer) old->data, old->len, boxes, n_boxes, &failed))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failed));
  return FALSE;
}

gboolean
sac_project_set_track (SacProject *self, SacId track, const SacBox *boxes, guint n_boxes, const char *what, GError **error)
{
  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  if (!check_boxes (boxes, n_boxes, error) || !_sac_begin (self, error))
    return FALSE;
  if (!rewrite_boxes (self, track, boxes, n_boxes, error))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup (what ? what : _("Change a track of boxes")), error);
}

gboolean
sac_project_merge_tracks (SacProject *self, SacId into, SacId from, const SacBox *boxes, guint n_boxes, GError **error)
{
  static const char take[] = "INSERT INTO attributes (kind, owner, frame, name, value) SELECT 2, ?2, frame, name, value FROM attributes a"
    " WHERE kind = 2 AND owner = ?1 AND NOT EXISTS (SELECT 1 FROM attributes b WHERE b.kind = 2 AND b.owner = ?2 AND b.name = a.name"
    " AND b.frame = a.frame)";

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  g_return_val_if_fail (into != from, FALSE);
  if (!check_boxes (boxes, n_boxes, error) || !_sac_begin (self, error))
    return FALSE;
  if (!rewrite_boxes (self, into, boxes, n_boxes, error) || !_sac_run (self, error, take, "ii", from, into)
      || !_sac_run (self, error, "DELETE FROM attributes WHERE kind = 2 AND owner = ?", "i", from)
      || !_sac_run (self, error, "DELETE FROM boxes WHERE track = ?", "i", from)
      || !_sac_run (self, error, "DELETE FROM tracks WHERE id = ?", "i", from))
    return _sac_rollback (self);
  return _sac_commit (self, g_strdup (_("Merge two tracks of boxes")), error);
}

/* One statement on one row as a command; NOT_FOUND when there is no such row. */
static gboolean
act_on_track (SacProject *self, SacId track, const char *const *acts, SacId label, const char *what, GError **error)
{
  gint64 there = 0;
  int found = _sac_lookup (self, &there, error, "SELECT 1 FROM tracks WHERE id = ?", "i", track);

  if (found == 0)
    g_set_error (error, SAC_STORE_ERROR, SAC_STORE_ERROR_NOT_FOUND, _("The project holds no such track"));
  if (found != 1 || !_sac_begin (self, error))
    return FALSE;
  for (guint a = 0; acts[a]; a++)
    if (!_sac_run (self, error, acts[a], label ? "ii" : "i", track, label))
      return _sac_rollback (self);
  return _sac_commit (self, g_strdup (what), error);
}

gboolean
sac_project_set_track_label (SacProject *self, SacId track, SacId label, GError **error)
{
  static const char *const acts[] = { "UPDATE tracks SET label = ?2 WHERE id = ?1 AND label IS NOT ?2", NULL };

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  g_return_val_if_fail (label > 0, FALSE);
  return act_on_track (self, track, acts, label, _("Give a track another label"), error);
}

gboolean
sac_project_remove_track (SacProject *self, SacId track, GError **error)
{
  static const char *const acts[] = { "DELETE FROM attributes WHERE kind = 2 AND owner = ?", "DELETE FROM boxes WHERE track = ?",
                                      "DELETE FROM tracks WHERE id = ?", NULL };

  g_return_val_if_fail (SAC_IS_PROJECT (self), FALSE);
  return act_on_track (self, track, acts, 0, _("Remove a track of boxes"), error);
}
