/* What the pointer does on the timeline. */
#include "sac-timeline-view-private.h"

static const SacMark *
mark_of (SacTimelineView *self, const SacTimelineHit *hit)
{
  const SacMarks *marks = hit->part >= SAC_TIMELINE_MARK ? _sac_timeline_row_marks (self, hit->row) : NULL;

  return marks && hit->mark < sac_marks_get_n (marks) ? sac_marks_get (marks, hit->mark) : NULL;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, SacTimelineView *self)
{
  const SacMark *mark;

  self->held = _sac_timeline_pick (self, x, y);
  mark = mark_of (self, &self->held);
  self->held_mark = mark ? *mark : (SacMark) { .in_ns = 1, .out_ns = 0 };
  mark = mark ? &self->held_mark : NULL;        /* the marks may be read anew meanwhile */
  self->held_ns = -1;
  if (self->held.part == SAC_TIMELINE_NAME || self->held.part >= SAC_TIMELINE_ROW)
    sac_timeline_view_choose (self, _sac_timeline_row_label (self, self->held.row));
  if (self->held.part == SAC_TIMELINE_NAME && _sac_timeline_row_track (self, self->held.row))
    g_signal_emit_by_name (self, "track", _sac_timeline_row_track (self, self->held.row));
  if (self->held.part >= SAC_TIMELINE_ROW)
    sac_timeline_view_select (self, mark && !mark->faint ? mark->id : 0);
  if (mark && mark->faint && mark->id < 0)
    {
      self->held.part = SAC_TIMELINE_ROW;
      _sac_timeline_go_to (self, self->held.ns);
      g_signal_emit_by_name (self, "track", -mark->id);
      return;
    }
  if (mark && mark->faint)
    self->held.part = SAC_TIMELINE_ROW;         /* tracks have no edges to drag */
  self->refusing = mark && mark->foreign && (self->held.part == SAC_TIMELINE_IN || self->held.part == SAC_TIMELINE_OUT);
  if (self->refusing)
    self->held.part = SAC_TIMELINE_ROW;
  self->copying = mark && !mark->faint &&
                  (gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)) &
                   (GDK_ALT_MASK | GDK_CONTROL_MASK));  /* many desktops move windows with Alt */
  if (self->copying)
    return;
  if (self->held.part == SAC_TIMELINE_ROW || self->held.part == SAC_TIMELINE_RULER || self->held.part == SAC_TIMELINE_MARK)
    _sac_timeline_go_to (self, self->held.ns);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* As long as what is copied, from the start of a frame, in the row under the pointer. */
static void
drag_copy (SacTimelineView *self, const SacTimelineHit *now)
{
  SacMedia *media = sac_player_get_media (self->player);
  const SacMark *held = &self->held_mark;
  gint64 length = held->out_ns - held->in_ns, at;

  if (length < 0 || !media)
    return;
  at = CLAMP (held->in_ns + now->ns - self->held.ns, 0, MAX (self->length_ns - length, 0));
  self->ghost_in_ns = sac_media_get_time_ns (media, sac_media_get_frame_at (media, at));
  self->ghost_out_ns = MIN (self->ghost_in_ns + length, self->length_ns);
  if (now->part == SAC_TIMELINE_NAME || now->part >= SAC_TIMELINE_ROW)
    self->ghost_row = CLAMP (now->row, _sac_timeline_first_row (self), _sac_timeline_first_row (self) + self->rows->len - 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drop_copy (SacTimelineView *self)
{
  gint64 start = self->ghost_in_ns, end = self->ghost_out_ns;
  SacId id = 0;

  self->copying = FALSE;
  self->ghost_in_ns = self->ghost_out_ns = 0;
  if (end > start && self->clip)
    id = sac_session_add_segment (self->session, sac_clip_get_id (self->clip), _sac_timeline_row_label (self, self->ghost_row), start, end);
  if (id)
    sac_timeline_view_select (self, id);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What the held segment would be now: the frame under the edge is its first, or its last. */
static void
new_span (SacTimelineView *self, gint64 *in_ns, gint64 *out_ns)
{
  *in_ns = self->held_mark.in_ns;
  *out_ns = self->held_mark.out_ns;
  if (self->held.part == SAC_TIMELINE_IN)
    *in_ns = MIN (_sac_timeline_playhead (self), *out_ns);
  else
    *out_ns = MAX (_sac_timeline_end_of_frame (self), *in_ns);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, SacTimelineView *self)
{
  double x, y;
  SacTimelineHit now;

  if (!gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  now = _sac_timeline_pick (self, x + dx, CLAMP (y + dy, 0, gtk_widget_get_height (GTK_WIDGET (self)) - 1));
  if (self->copying)
    {
      drag_copy (self, &now);
      return;
    }
  if (self->refusing && (dx < -2 || dx > 2))
    {
      self->refusing = FALSE;
      sac_session_refuses_layer (self->session, self->said.layer);
    }
  if (self->held.part > SAC_TIMELINE_NAME)
    _sac_timeline_go_to (self, now.ns);
  if ((self->held.part == SAC_TIMELINE_IN || self->held.part == SAC_TIMELINE_OUT) && (dx < -2 || dx > 2))
    {
      self->held_ns = now.ns;
      self->ghost_row = self->held.row;
      new_span (self, &self->ghost_in_ns, &self->ghost_out_ns);
    }
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, SacTimelineView *self)
{
  const SacMark held = self->held_mark;
  gint64 in_ns, out_ns;

  on_drag_update (gesture, dx, dy, self);
  if (self->copying)
    {
      self->held.part = SAC_TIMELINE_NOTHING;
      drop_copy (self);
      return;
    }
  new_span (self, &in_ns, &out_ns);
  if (held.in_ns <= held.out_ns && self->held_ns >= 0 && (self->held.part == SAC_TIMELINE_IN || self->held.part == SAC_TIMELINE_OUT))
    sac_session_set_segment (self->session, held.id, _sac_timeline_row_label (self, self->held.row), in_ns, out_ns);
  self->held.part = SAC_TIMELINE_NOTHING;
  self->ghost_in_ns = self->ghost_out_ns = 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, SacTimelineView *self)
{
  SacTimelineHit hit = _sac_timeline_pick (self, x, y);
  const SacMark *mark = mark_of (self, &hit);

  if (n_press == 2 && mark && !mark->faint)
    {
      sac_timeline_view_select (self, mark->id);
      _sac_timeline_toggle_loop (self);
    }
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, SacTimelineView *self)
{
  SacTimelineHit hit = _sac_timeline_pick (self, x, y);
  const SacMark *mark = mark_of (self, &hit);
  gboolean edge = (hit.part == SAC_TIMELINE_IN || hit.part == SAC_TIMELINE_OUT) && mark && !mark->faint && !mark->foreign;

  self->pointed = hit;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), edge ? "ew-resize" : hit.part == SAC_TIMELINE_NOTHING ? "default" : "pointer");
}

/* Ctrl+wheel: zoom about the pointer; sideways: move; over the ruler, and where there are no more rows than are seen: frame by frame. */
static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, SacTimelineView *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  double span = (double) (self->to_ns - self->from_ns);
  gboolean all_seen = !self->scrolled || gtk_adjustment_get_upper (self->scrolled) <= gtk_adjustment_get_page_size (self->scrolled) + 1;

  if (state & GDK_CONTROL_MASK)
    _sac_timeline_zoom_about (self, dy > 0 ? 0.8 : 1.25, self->pointed.ns);
  else if (dx != 0)
    _sac_timeline_show (self, (double) self->from_ns + dx * span / 10, span);
  else if (dy != 0 && (all_seen || self->pointed.part == SAC_TIMELINE_RULER))
    sac_player_act (self->player, dy > 0 ? "player.step-forward" : "player.step-back");
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

void
_sac_timeline_init_pointer (SacTimelineView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_group (drag, click);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
}
