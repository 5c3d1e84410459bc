/* The editor's pointer and its painting. */
#include "sac-box-editor-private.h"

#include "sac-track-painter.h"

#define SNAP 2                  /* widget px to the picture's edge */
#define SMALLEST 3              /* widget px: less is a click, not a box */

/* ---- where the pointer is. */

/* Widget px of a px of the picture; FALSE where there is no picture. */
static gboolean
get_scale (SacBoxEditor *self, double *scale_x, double *scale_y)
{
  graphene_rect_t rect;
  double width, height;

  if (!_sac_box_editor_size (self, &width, &height)
      || !sac_frame_view_get_picture_rect (sac_player_get_view (self->player), &rect))
    return FALSE;
  *scale_x = MAX (rect.size.width / width, 1e-6);
  *scale_y = MAX (rect.size.height / height, 1e-6);
  return TRUE;
}

/* The box under the point: a handle of the selected one, else the smallest box that holds it. */
static SacTrack *
pick (SacBoxEditor *self, double x, double y, SacGrip *grip, SacBox *box)
{
  SacTrack *best = _sac_box_editor_find (self, self->selected);
  guint frame = _sac_box_editor_frame (self);
  double scale_x, scale_y, smallest = G_MAXDOUBLE;
  SacBox found;

  *grip = SAC_GRIP_NONE;
  if (!self->tracks || !get_scale (self, &scale_x, &scale_y))
    return NULL;
  if (best && _sac_box_editor_shown (self, best, frame, box))
    {
      *grip = sac_grip_pick (box, x, y, SAC_HANDLE_REACH / scale_x, SAC_HANDLE_REACH / scale_y);
      if (*grip != SAC_GRIP_NONE && *grip != SAC_GRIP_ALL)
        return best;
    }
  best = NULL;
  *grip = SAC_GRIP_NONE;
  for (guint i = self->tracks->len; i-- > 0;)
    {
      SacTrack *track = self->tracks->pdata[i];

      if (!_sac_box_editor_shown (self, track, frame, &found) || found.width * found.height >= smallest
          || sac_grip_pick (&found, x, y, 2 / scale_x, 2 / scale_y) == SAC_GRIP_NONE)
        continue;
      smallest = found.width * found.height;
      best = track;
      *box = found;
      *grip = SAC_GRIP_ALL;
    }
  return best;
}

/* ---- dragging. */

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, SacBoxEditor *self)
{
  SacFrameView *view = sac_player_get_view (self->player);
  double px, py, width, height;
  SacTrack *track;
  SacGrip grip;
  SacBox box;

  self->beside = self->refusing = FALSE;
  if (!sac_frame_view_to_media (view, x, y, &px, &py) || !_sac_box_editor_size (self, &width, &height))
    return;
  _sac_box_editor_settle (self);
  self->start_x = px;
  self->start_y = py;
  if (self->armed)
    {
      self->draft = (SacBox) { .frame = _sac_box_editor_frame (self), .x = CLAMP (px, 0, width), .y = CLAMP (py, 0, height),
                               .keyframe = TRUE };
      self->start = self->draft;
      self->draft_track = 0;
      self->grip = SAC_GRIP_RIGHT | SAC_GRIP_BOTTOM;
      self->held = TRUE;
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      return;
    }
  track = pick (self, px, py, &grip, &box);
  self->beside = !track;
  if (!track)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  sac_player_set_playing (self->player, FALSE);
  _sac_box_editor_stop_following (self, TRUE);
  {
    SacId id = track->id;

    sac_box_editor_select (self, id);
    self->refusing = !sac_box_editor_may_change (self);
    if (!sac_session_is_writable (self->session) || self->refusing || !sac_box_editor_get_box (self, &box))
      return;
    self->start = box;
    self->start.frame = _sac_box_editor_frame (self);
    self->draft_track = id;
    self->grip = grip;
    self->held = TRUE;
  }
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, SacBoxEditor *self)
{
  double scale_x, scale_y, width, height;

  if (self->refusing && (dx <= -SMALLEST || dx >= SMALLEST || dy <= -SMALLEST || dy >= SMALLEST))
    {
      self->refusing = FALSE;
      _sac_box_editor_is_locked (self, self->selected);
    }
  if (!self->held || !get_scale (self, &scale_x, &scale_y) || !_sac_box_editor_size (self, &width, &height))
    return;
  if (!self->drafting && dx > -SMALLEST && dx < SMALLEST && dy > -SMALLEST && dy < SMALLEST)
    return;
  self->draft = self->start;
  self->draft.keyframe = TRUE;
  sac_grip_drag (&self->draft, self->grip, dx / scale_x, dy / scale_y, SNAP / scale_x, SNAP / scale_y, width, height);
  self->drafting = TRUE;
  _sac_box_editor_changed (self);
}

/* A click beside all boxes lets go of the selected one; with none selected it plays, as a click on the picture does. */
static void
click_beside (SacBoxEditor *self)
{
  if (self->selected)
    sac_box_editor_select (self, 0);
  else
    sac_player_act (self->player, "player.play");
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, SacBoxEditor *self)
{
  double scale_x, scale_y;

  on_drag_update (gesture, dx, dy, self);
  if (self->beside && dx > -SMALLEST && dx < SMALLEST && dy > -SMALLEST && dy < SMALLEST)
    click_beside (self);
  if (!self->held)
    return;
  if (self->drafting && get_scale (self, &scale_x, &scale_y)
      && (self->draft_track || self->draft.width * scale_x >= SMALLEST || self->draft.height * scale_y >= SMALLEST))
    _sac_box_editor_settle (self);
  else
    _sac_box_editor_drop_draft (self);
  _sac_box_editor_changed (self);
}

static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, SacBoxEditor *self)
{
  if (!self->held)
    return;
  _sac_box_editor_drop_draft (self);
  _sac_box_editor_changed (self);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, SacBoxEditor *self)
{
  const char *cursor = NULL;
  double px, py;
  SacTrack *track = NULL;
  SacGrip grip = self->grip;
  SacBox box;

  if (self->armed)
    cursor = "crosshair";
  else if (self->held)
    cursor = sac_grip_cursor (grip);
  else if (sac_frame_view_to_media (sac_player_get_view (self->player), x, y, &px, &py) && (track = pick (self, px, py, &grip, &box)))
    cursor = track->id == self->selected && sac_box_editor_may_change (self) ? sac_grip_cursor (grip) : "pointer";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), cursor);
}

void
_sac_box_editor_add_pointer (SacBoxEditor *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

/* ---- painting. */

static void
paint_track (SacBoxEditor *self, cairo_t *cr, PangoLayout *layout, const graphene_rect_t *picture, const SacTrack *track,
             const SacBox *box, double scale_x, double scale_y)
{
  int index = sac_session_find_label (self->session, track ? track->label : self->label);
  const SacLabel *label = index >= 0 ? sac_session_get_label (self->session, (guint) index) : NULL;
  gboolean selected = !track || track->id == self->selected, locked = track && g_hash_table_contains (self->locked, &track->id);
  gboolean pale = _sac_box_editor_is_foreign (self, track);
  SacBoxLook look = { .name = label ? label->name : NULL, .colour = label ? label->colour : 0xffffff, .selected = selected,
                      .handles = selected && track && !locked && !pale && !self->run, .locked = locked, .pale = pale };

  sac_track_paint_box (cr, layout, picture, scale_x, scale_y, box, &look);
}

void
_sac_box_editor_paint (GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame, int media_width, int media_height,
                       gpointer data)
{
  SacBoxEditor *self = data;
  g_autoptr (PangoLayout) layout = NULL;
  const SacTrack *selected = _sac_box_editor_find (self, self->selected);
  double scale_x, scale_y;
  gboolean fresh = self->drafting && self->draft_track == 0;
  cairo_t *cr = NULL;
  SacBox box;

  if (media_width < 1 || media_height < 1 || (!fresh && sac_box_editor_get_n_tracks (self) == 0))
    return;
  scale_x = picture->size.width / media_width;
  scale_y = picture->size.height / media_height;
  for (guint i = 0; self->tracks && i <= self->tracks->len; i++)
    {
      /* The selected one last, so that it is never covered. */
      const SacTrack *track = i < self->tracks->len ? self->tracks->pdata[i] : selected;

      if (!track || (track == selected && i < self->tracks->len) || !_sac_box_editor_shown (self, track, frame, &box))
        continue;
      if (!cr)
        {
          PangoFontDescription *font = pango_font_description_from_string ("bold 9");

          cr = sac_frame_view_append_cairo (snapshot, picture);
          layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
          pango_layout_set_font_description (layout, font);
          pango_font_description_free (font);
        }
      paint_track (self, cr, layout, picture, track, &box, scale_x, scale_y);
    }
  if (fresh)
    {
      if (!cr)
        cr = sac_frame_view_append_cairo (snapshot, picture);
      if (!layout)
        layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
      paint_track (self, cr, layout, picture, NULL, &self->draft, scale_x, scale_y);
    }
  if (cr)
    cairo_destroy (cr);
}
