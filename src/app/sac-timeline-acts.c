/* The timeline's acts, by the names of the key map. */
#include <glib/gi18n.h>

#include "sac-timeline-view-private.h"

static const SacSegment *
find_selected (SacTimelineView *self)
{
  return self->said.id ? &self->said : NULL;
}

void
_sac_timeline_go_to (SacTimelineView *self, gint64 ns)
{
  SacMedia *media = sac_player_get_media (self->player);

  if (media)
    sac_player_set_frame (self->player, sac_media_get_frame_at (media, ns));
}

guint
sac_timeline_last_frame (SacMedia *media, gint64 out_ns)
{
  guint frame = sac_media_get_frame_at (media, out_ns); /* the nearest */

  return frame > 0 && sac_media_get_time_ns (media, frame) >= out_ns ? frame - 1 : frame;
}

static void
set_in (SacTimelineView *self)
{
  if (!self->chosen)
    return;
  sac_timeline_view_select (self, 0);           /* a digit is of the new one now */
  self->pending_ns = _sac_timeline_playhead (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_out (SacTimelineView *self)
{
  gint64 end = _sac_timeline_end_of_frame (self), start = self->pending_ns;
  SacId id;

  if (start < 0 || !self->clip || !self->chosen)
    {
      if (self->session)
        sac_session_say (self->session, FALSE, _("Press I where the segment begins, then O where it ends"));
      return;
    }
  if (end <= start)             /* said backwards: the frame of I is the last one */
    {
      gint64 swap = start;

      start = _sac_timeline_playhead (self);
      end = swap;
    }
  self->pending_ns = -1;
  id = sac_session_add_segment (self->session, sac_clip_get_id (self->clip), self->chosen, start, end);
  if (id)
    sac_timeline_view_select (self, id);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
split (SacTimelineView *self)
{
  const SacSegment *segment = find_selected (self);
  gint64 at = _sac_timeline_playhead (self);

  if (!segment || at <= segment->in_ns || at >= segment->out_ns)
    {
      sac_session_say (self->session, FALSE, _("Choose a segment and go into it; X splits it there"));
      return;
    }
  sac_session_split_segment (self->session, self->selected, at);
}

/* The first mark of a row that begins after @ns, or the last that begins before. */
static const SacMark *
find_beginning (const SacMarks *marks, gint64 ns, int step)
{
  guint low = 0, high = sac_marks_get_n (marks);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (step > 0 ? sac_marks_get (marks, middle)->in_ns > ns : sac_marks_get (marks, middle)->in_ns >= ns)
        high = middle;
      else
        low = middle + 1;
    }
  if (step < 0)
    return low > 0 ? sac_marks_get (marks, low - 1) : NULL;
  return low < sac_marks_get_n (marks) ? sac_marks_get (marks, low) : NULL;
}

static void
to_segment (SacTimelineView *self, int step)
{
  const SacSegment *segment = find_selected (self);
  gint64 from = _sac_timeline_playhead (self);
  const SacMark *best = NULL;

  if (segment && from >= segment->in_ns && from < segment->out_ns)
    from = segment->in_ns;      /* from within the selected one: to its neighbours */
  for (guint r = 0; r < self->marks->len; r++)
    {
      const SacMark *mark = find_beginning (self->marks->pdata[r], from, step);

      if (mark && !mark->faint && (!best || (step > 0 ? mark->in_ns < best->in_ns : mark->in_ns > best->in_ns)))
        best = mark;
    }
  if (!best)
    return;
  sac_timeline_view_select (self, best->id);
  _sac_timeline_go_to (self, best->in_ns);
}

void
_sac_timeline_toggle_loop (SacTimelineView *self)
{
  const SacSegment *segment = find_selected (self);
  SacMedia *media = sac_player_get_media (self->player);
  guint first;

  if (!media || !segment)
    return;
  if (self->looped == segment->id)
    {
      self->looped = 0;
      sac_player_clear_zone (self->player);
      return;
    }
  self->looped = segment->id;
  first = sac_media_get_frame_at (media, segment->in_ns);
  sac_player_set_zone (self->player, first, MAX (sac_timeline_last_frame (media, segment->out_ns), first));
  sac_player_set_frame (self->player, first);
  sac_player_set_playing (self->player, TRUE);
}

static gboolean
to_edge (SacTimelineView *self, int step)
{
  gint64 best = 0, edge, now = _sac_timeline_playhead (self);
  gboolean found = FALSE;

  for (guint r = 0; r < self->marks->len; r++)
    if (sac_marks_edge (self->marks->pdata[r], now, step, &edge) && (!found || (step > 0 ? edge < best : edge > best)))
      {
        best = edge;
        found = TRUE;
      }
  for (guint i = 0; i < self->points->len; i++)
    {
      edge = g_array_index (self->points, gint64, i);
      if ((step > 0 ? edge > now : edge < now) && (!found || (step > 0 ? edge < best : edge > best)))
        {
          best = edge;
          found = TRUE;
        }
    }
  if (found)
    _sac_timeline_go_to (self, best);
  return TRUE;
}

gboolean
sac_timeline_view_set_label (SacTimelineView *self, SacId label)
{
  const SacSegment *segment = find_selected (self);

  if (!segment && self->pending_ns < 0)
    return FALSE;
  sac_timeline_view_choose (self, label);       /* the next one is of it, too */
  if (segment)
    sac_session_set_segment (self->session, segment->id, label, segment->in_ns, segment->out_ns);
  return TRUE;
}

gboolean
sac_timeline_view_act (SacTimelineView *self, const char *act)
{
  const SacSegment *segment = find_selected (self);

  g_return_val_if_fail (SAC_IS_TIMELINE_VIEW (self), FALSE);
  if (!act || !self->clip || !gtk_widget_get_visible (GTK_WIDGET (self)))
    return FALSE;
  if (g_str_equal (act, "segment.in"))
    set_in (self);
  else if (g_str_equal (act, "segment.out"))
    set_out (self);
  else if (g_str_equal (act, "segment.go-in") && segment)
    _sac_timeline_go_to (self, segment->in_ns);
  else if (g_str_equal (act, "segment.go-out") && segment && sac_player_get_media (self->player))
    sac_player_set_frame (self->player, sac_timeline_last_frame (sac_player_get_media (self->player), segment->out_ns));
  else if (g_str_equal (act, "segment.split"))
    split (self);
  else if (g_str_equal (act, "segment.loop") && segment)
    _sac_timeline_toggle_loop (self);
  else if (g_str_equal (act, "segment.next-segment"))
    to_segment (self, 1);
  else if (g_str_equal (act, "segment.previous-segment"))
    to_segment (self, -1);
  else if (g_str_equal (act, "segment.next-edge"))
    to_edge (self, 1);
  else if (g_str_equal (act, "segment.previous-edge"))
    to_edge (self, -1);
  else if (g_str_equal (act, "segment.zoom-in") || g_str_equal (act, "segment.zoom-out"))
    sac_timeline_view_zoom (self, g_str_equal (act, "segment.zoom-in") ? 1.6 : 1 / 1.6);
  else if (g_str_equal (act, "segment.delete") && segment)
    sac_session_remove_segment (self->session, self->selected);
  else if (g_str_equal (act, "segment.cancel") && (self->pending_ns >= 0 || self->selected))
    {
      if (self->pending_ns < 0)
        sac_timeline_view_select (self, 0);
      self->pending_ns = -1;
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  else
    return FALSE;
  return TRUE;
}
