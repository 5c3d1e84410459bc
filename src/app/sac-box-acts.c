/* The editor's acts, by the names of the key map. */
#include <glib/gi18n.h>
#include <string.h>

#include "sac-box-editor-private.h"

#define SETTLE_MS 300

static SacBox *
boxes_of (GArray *boxes)
{
  return (SacBox *) (gpointer) boxes->data;
}

/* One of the pure acts on the selected track, written if it changed anything. */
static void
change (SacBoxEditor *self, GArray *boxes, gboolean changed, const char *what, gboolean quiet)
{
  if (changed)
    _sac_box_editor_write (self, sac_box_editor_get_track (self), boxes, what, quiet);
}

static void
act_new (SacBoxEditor *self)
{
  double width, height;

  if (!self->armed)
    {
      sac_box_editor_set_armed (self, TRUE);
      return;
    }
  /* Again: a box in the middle, for hands that stay on the keyboard. */
  if (!_sac_box_editor_size (self, &width, &height))
    return;
  self->draft = (SacBox) { .frame = _sac_box_editor_frame (self), .x = width * 3 / 8, .y = height * 3 / 8, .width = width / 4,
                           .height = height / 4, .keyframe = TRUE };
  self->draft_track = 0;
  self->drafting = TRUE;
  _sac_box_editor_settle (self);
}

static void
act_keyframe (SacBoxEditor *self)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  g_autoptr (GArray) boxes = _sac_box_editor_copy (track);
  guint frame = _sac_box_editor_frame (self);
  SacBox box;

  if (!sac_boxes_at (track->boxes, track->n_boxes, frame, &box))
    sac_session_say (self->session, FALSE, _("The object is not in this frame"));
  else if (!box.keyframe)
    change (self, boxes, sac_boxes_put (boxes, &box), _("Add a keyframe"), TRUE);
  else if (boxes->len == 1)
    sac_session_say (self->session, FALSE, _("This is the object's only keyframe"));
  else
    change (self, boxes, sac_boxes_remove_key (boxes, frame), _("Remove a keyframe"), FALSE);
}

static void
go_to_key (SacBoxEditor *self, int step)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  guint to;

  if (sac_boxes_next_key (track->boxes, track->n_boxes, _sac_box_editor_frame (self), step, &to))
    sac_player_set_frame (self->player, to);
  else
    sac_session_say (self->session, FALSE, step > 0 ? _("This is the object's last keyframe") : _("This is the object's first keyframe"));
}

static void
act_previous_key (SacBoxEditor *self)
{
  go_to_key (self, -1);
}

static void
act_next_key (SacBoxEditor *self)
{
  go_to_key (self, 1);
}

static void
act_bisect (SacBoxEditor *self)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  guint to;

  if (sac_boxes_widest_gap (track->boxes, track->n_boxes, &to))
    sac_player_set_frame (self->player, to);
  else
    sac_session_say (self->session, FALSE, _("There is no gap between keyframes left"));
}

static void
act_outside (SacBoxEditor *self)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  g_autoptr (GArray) boxes = _sac_box_editor_copy (track);
  guint frame = _sac_box_editor_frame (self);
  SacBox box;
  gboolean there = sac_boxes_at (track->boxes, track->n_boxes, frame, &box);

  if (there && track->n_boxes && frame == track->boxes[0].frame)
    sac_session_say (self->session, FALSE, _("The object begins here; delete it, or leave it at a later frame"));
  else if (!there && (track->n_boxes == 0 || frame < track->boxes[0].frame))
    sac_session_say (self->session, FALSE, _("The object is not there yet; it begins at frame %u"),
                     track->n_boxes ? track->boxes[0].frame : 0);
  else
    change (self, boxes, sac_boxes_set_outside (boxes, frame, there), there ? _("The object leaves") : _("The object comes back"), TRUE);
}

static void
act_occluded (SacBoxEditor *self)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  g_autoptr (GArray) boxes = _sac_box_editor_copy (track);
  guint frame = _sac_box_editor_frame (self);
  SacBox box;

  if (sac_boxes_at (track->boxes, track->n_boxes, frame, &box))
    change (self, boxes, sac_boxes_set_occluded (boxes, frame, !box.occluded), box.occluded ? _("No longer occluded") : _("Occluded"),
            TRUE);
  else
    sac_session_say (self->session, FALSE, _("The object is not in this frame"));
}

static void
toggle_in (GHashTable *set, SacId id)
{
  if (!g_hash_table_remove (set, &id))
    g_hash_table_add (set, g_memdup2 (&id, sizeof id));
}

static void
act_hide (SacBoxEditor *self)
{
  toggle_in (self->hidden, self->selected);
  _sac_box_editor_changed (self);
}

/* With a selected track the others, without one all. */
static void
act_hide_others (SacBoxEditor *self)
{
  gboolean any = self->only_selected || g_hash_table_size (self->hidden) > 0;

  g_hash_table_remove_all (self->hidden);
  self->only_selected = !any;
  _sac_box_editor_changed (self);
}

static void
act_lock (SacBoxEditor *self)
{
  toggle_in (self->locked, self->selected);
  _sac_box_editor_changed (self);
}

static void
act_merge (SacBoxEditor *self)
{
  const SacTrack *track = sac_box_editor_get_track (self), *other = _sac_box_editor_find (self, self->merging);
  g_autoptr (GArray) boxes = NULL;

  if (!other || other == track)
    {
      self->merging = self->selected;
      sac_session_say (self->session, FALSE, _("Choose the other object and do this again: the two become one"));
      return;
    }
  self->merging = 0;
  if (_sac_box_editor_is_locked (self, other->id))
    return;
  boxes = _sac_box_editor_copy (other);
  sac_boxes_merge (boxes, track->boxes, track->n_boxes);
  {
    SacId into = other->id;

    if (sac_session_merge_tracks (self->session, into, track->id, boxes_of (boxes), boxes->len))
      sac_box_editor_select (self, into);
  }
}

static void
act_delete_frame (SacBoxEditor *self)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  g_autoptr (GArray) boxes = _sac_box_editor_copy (track);
  SacMedia *media = sac_player_get_media (self->player);
  guint n = media ? sac_media_get_n_frames (media) : G_MAXUINT, frame = _sac_box_editor_frame (self);
  gboolean there = FALSE;

  if (!sac_boxes_delete_frame (boxes, frame, n))
    {
      sac_session_say (self->session, FALSE, _("The object is not in this frame"));
      return;
    }
  for (guint i = 0; i < boxes->len; i++)        /* the only frame it was in: nothing of the track is left */
    there |= !boxes_of (boxes)[i].outside;
  if (!there)
    g_array_set_size (boxes, 0);
  change (self, boxes, TRUE, _("Delete a box at one frame"), FALSE);
}

static void
act_delete_from (SacBoxEditor *self)
{
  const SacTrack *track = sac_box_editor_get_track (self);
  g_autoptr (GArray) boxes = _sac_box_editor_copy (track);

  if (!sac_boxes_delete_from (boxes, _sac_box_editor_frame (self)))
    sac_session_say (self->session, FALSE, _("The object has ended before this frame"));
  else
    {
      if (boxes->len == 1 && boxes_of (boxes)[0].outside)
        g_array_set_size (boxes, 0);
      change (self, boxes, TRUE, _("Delete a track from a frame on"), FALSE);
    }
}

static void
act_delete (SacBoxEditor *self)
{
  sac_session_remove_track (self->session, self->selected);
}

/* Among the objects of this frame; where there are none, among all, and goes to where the found one begins. */
static void
step_object (SacBoxEditor *self, int step)
{
  guint n = sac_box_editor_get_n_tracks (self), frame = _sac_box_editor_frame (self);
  int at = -1;
  SacBox box;

  for (guint i = 0; i < n; i++)
    if (((SacTrack *) self->tracks->pdata[i])->id == self->selected)
      at = (int) i;
  if (at < 0)
    at = step > 0 ? (int) n - 1 : 0;
  for (guint i = 1; i <= n; i++)
    {
      const SacTrack *track = self->tracks->pdata[((guint) (at + (int) n) + (guint) (step > 0 ? i : n - i)) % n];

      if (!g_hash_table_contains (self->hidden, &track->id) && sac_boxes_at (track->boxes, track->n_boxes, frame, &box))
        {
          sac_box_editor_select (self, track->id);
          return;
        }
    }
  if (n == 0)
    {
      sac_session_say (self->session, FALSE, _("This clip has no objects yet; N draws one"));
      return;
    }
  {
    const SacTrack *track = self->tracks->pdata[((guint) (at + (int) n) + (guint) (step > 0 ? 1 : n - 1)) % n];

    if (track->n_boxes)
      sac_player_set_frame (self->player, track->boxes[0].frame);
    sac_box_editor_select (self, track->id);
  }
}

static void
act_next_object (SacBoxEditor *self)
{
  step_object (self, 1);
}

static void
act_previous_object (SacBoxEditor *self)
{
  step_object (self, -1);
}

/* ---- nudges: several in a row are one act. */

static gboolean
on_settle (gpointer data)
{
  SacBoxEditor *self = data;

  self->settle_id = 0;
  _sac_box_editor_settle (self);
  return G_SOURCE_REMOVE;
}

static gboolean
nudge (SacBoxEditor *self, const char *where, double step)
{
  static const struct { const char *name; int dx, dy; } ways[] = { { "left", -1, 0 }, { "right", 1, 0 }, { "up", 0, -1 },
                                                                   { "down", 0, 1 } };
  const SacTrack *track = sac_box_editor_get_track (self);
  double width, height;
  SacBox box;

  if (_sac_box_editor_is_locked (self, track->id) || !_sac_box_editor_size (self, &width, &height))
    return TRUE;
  if (!sac_box_editor_get_box (self, &box))
    {
      sac_session_say (self->session, FALSE, _("The object is not in this frame"));
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (g_str_has_prefix (where, ways[i].name))
      {
        sac_player_set_playing (self->player, FALSE);
        sac_grip_drag (&box, SAC_GRIP_ALL, ways[i].dx * step, ways[i].dy * step, 0, 0, width, height);
        box.frame = _sac_box_editor_frame (self);
        box.keyframe = TRUE;
        self->draft = box;
        self->draft_track = track->id;
        self->drafting = TRUE;
        self->grip = SAC_GRIP_ALL;
        g_clear_handle_id (&self->settle_id, g_source_remove);
        self->settle_id = g_timeout_add (SETTLE_MS, on_settle, self);
        _sac_box_editor_changed (self);
        return TRUE;
      }
  return FALSE;
}

/* ---- the table. */

static gboolean
cancel (SacBoxEditor *self)
{
  if (self->run)
    _sac_box_editor_stop_following (self, TRUE);
  else if (self->held || self->drafting)
    {
      _sac_box_editor_drop_draft (self);
      _sac_box_editor_changed (self);
    }
  else if (self->armed)
    sac_box_editor_set_armed (self, FALSE);
  else if (self->merging)
    self->merging = 0;
  else if (self->selected)
    sac_box_editor_select (self, 0);
  else
    return FALSE;
  return TRUE;
}

gboolean
sac_box_editor_act (SacBoxEditor *self, const char *act)
{
  /* @writes: not on a locked or foreign track; @pauses: of the frame in view, so it must stand. */
  static const struct { const char *name; void (*act) (SacBoxEditor *); gboolean track, writes, pauses; } acts[] = {
    { "new", act_new, FALSE, FALSE, TRUE },
    { "keyframe", act_keyframe, TRUE, TRUE, TRUE },
    { "previous-key", act_previous_key, TRUE, FALSE, TRUE },
    { "next-key", act_next_key, TRUE, FALSE, TRUE },
    { "bisect", act_bisect, TRUE, FALSE, TRUE },
    { "outside", act_outside, TRUE, TRUE, TRUE },
    { "occluded", act_occluded, TRUE, TRUE, TRUE },
    { "hide", act_hide, TRUE, FALSE, FALSE },
    { "hide-others", act_hide_others, FALSE, FALSE, FALSE },
    { "lock", act_lock, TRUE, FALSE, FALSE },
    { "propagate", _sac_box_editor_ask_propagate, TRUE, TRUE, TRUE },
    { "merge", act_merge, TRUE, TRUE, TRUE },
    { "delete-frame", act_delete_frame, TRUE, TRUE, TRUE },
    { "delete-from", act_delete_from, TRUE, TRUE, TRUE },
    { "delete", act_delete, TRUE, TRUE, FALSE },
    { "next-object", act_next_object, FALSE, FALSE, FALSE },
    { "previous-object", act_previous_object, FALSE, FALSE, FALSE },
  };

  g_return_val_if_fail (SAC_IS_BOX_EDITOR (self), FALSE);
  if (!self->clip || !act || !g_str_has_prefix (act, "track."))
    return FALSE;
  act += strlen ("track.");
  if (strcmp (act, "cancel") == 0)
    return cancel (self);
  if (self->run)                /* any act ends following, and does no more than that */
    {
      _sac_box_editor_stop_following (self, TRUE);
      return TRUE;
    }
  if (g_str_has_prefix (act, "nudge-"))
    return self->selected && nudge (self, act + strlen ("nudge-"), g_str_has_suffix (act, "-far") ? 10 : 1);
  _sac_box_editor_settle (self);
  if (strcmp (act, "follow") == 0)
    return self->selected && !_sac_box_editor_is_locked (self, self->selected) && _sac_box_editor_follow (self);
  for (guint i = 0; i < G_N_ELEMENTS (acts); i++)
    if (strcmp (acts[i].name, act) == 0)
      {
        if (acts[i].track && !sac_box_editor_get_track (self))
          return FALSE;
        if (acts[i].writes && _sac_box_editor_is_locked (self, self->selected))
          return TRUE;
        if (acts[i].pauses)
          sac_player_set_playing (self->player, FALSE);
        acts[i].act (self);
        return TRUE;
      }
  return FALSE;
}
