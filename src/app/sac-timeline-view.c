#include "sac-timeline-view.h"

#include <glib/gi18n.h>

#include "draw/sac-draw.h"

struct _SacTimelineView {
  GtkWidget parent_instance;
  SacSession *session;
  SacPlayer *player;            /* borrowed: it stands beside us in the page */
  SacLiveCoder *coder;          /* nullable */
  SacClip *clip;
  GPtrArray *marks;             /* SacMarks, a row each */
  GArray *labels;               /* SacId, a row each */
  SacId chosen, selected;       /* label; segment */
  SacId track;                  /* the selected one: its keyframes are shown */
  GArray *points;               /* gint64: when they are */
  SacId points_label;
  const SacMark *found;         /* the selected one, once it was looked for */
  guint vocabulary;             /* of what labels the rows were made */
  gint64 pending_ns;            /* −1: none */
  gint64 from_ns, to_ns, length_ns;
  SacId looped;                 /* the segment that is played over and over */

  SacTimelineHit held;          /* what is dragged */
  gint64 held_ns;               /* where its edge would be now */
  gboolean copying;             /* a copy of it is dragged, over @ghost_row */
  gint64 ghost_in_ns, ghost_out_ns;
  guint ghost_row;
};

G_DEFINE_FINAL_TYPE (SacTimelineView, sac_timeline_view, GTK_TYPE_WIDGET)

static guint track_signal;

/* ---- what is shown. */

static gint64
playhead (SacTimelineView *self)
{
  SacMedia *media = self->player ? sac_player_get_media (self->player) : NULL;

  return media ? sac_media_get_time_ns (media, sac_player_get_frame (self->player)) : 0;
}

/* The end of the frame that is shown: an out point there takes the frame in. */
static gint64
end_of_frame (SacTimelineView *self)
{
  SacMedia *media = sac_player_get_media (self->player);
  guint frame = sac_player_get_frame (self->player);

  return !media ? 0 : frame + 1 < sac_media_get_n_frames (media) ? sac_media_get_time_ns (media, frame + 1)
      : sac_media_get_duration_ns (media);
}

static const SacMark *
find_selected (SacTimelineView *self)
{
  if (!self->selected || self->found)
    return self->selected ? self->found : NULL;
  for (guint r = 0; r < self->marks->len; r++)
    for (guint i = 0; i < sac_marks_get_n (self->marks->pdata[r]); i++)
      if (sac_marks_get (self->marks->pdata[r], i)->id == self->selected)
        return self->found = sac_marks_get (self->marks->pdata[r], i);
  return NULL;
}

static SacId
row_label (SacTimelineView *self, guint row)
{
  return row < self->labels->len ? g_array_index (self->labels, SacId, row) : 0;
}

/* The stretches of a track in which the object is there. */
static void
add_track (GArray *marks, const SacTrack *track, const SacItem *item, SacMedia *media, guint32 colour)
{
  gint64 start = -1;

  for (guint b = 0; b <= track->n_boxes; b++)
    {
      gboolean there = b < track->n_boxes && !track->boxes[b].outside;
      gint64 at = b == track->n_boxes ? item->out_ns
                  : media ? sac_media_get_time_ns (media, MIN (track->boxes[b].frame, sac_media_get_n_frames (media) - 1))
                  : (gint64) (track->boxes[b].frame * 1e9 / MAX (item->fps, 1));

      if (there && start < 0)
        start = at;
      if (!there && start >= 0)
        {
          SacMark mark = { start, MAX (at, start + 1), -track->id, colour, TRUE };

          g_array_append_val (marks, mark);
          start = -1;
        }
    }
}

/* The selected track's keyframes; they are shown in its label's row. */
static void
read_points (SacTimelineView *self, const SacTrack *track, const SacItem *item, SacMedia *media)
{
  self->points_label = track->label;
  for (guint b = 0; b < track->n_boxes; b++)
    {
      gint64 at = media ? sac_media_get_time_ns (media, MIN (track->boxes[b].frame, sac_media_get_n_frames (media) - 1))
                        : (gint64) (track->boxes[b].frame * 1e9 / MAX (item->fps, 1));

      g_array_append_val (self->points, at);
    }
}

static guint
hash_vocabulary (SacTimelineView *self)
{
  guint hash = 5381;

  for (guint i = 0; self->session && i < sac_session_get_n_labels (self->session); i++)
    {
      const SacLabel *label = sac_session_get_label (self->session, i);

      hash = hash * 33 + g_int64_hash (&label->id) + label->colour * 7 + g_str_hash (label->name);
    }
  return hash;
}

static void
read_marks (SacTimelineView *self)
{
  SacProject *project = self->session ? sac_session_get_project (self->session) : NULL;
  const SacItem *item = self->clip ? sac_clip_get_item (self->clip) : NULL;
  g_autoptr (GPtrArray) segments = NULL, tracks = NULL, rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  g_autoptr (GHashTable) places = g_hash_table_new (g_int64_hash, g_int64_equal);
  guint n = project && item ? sac_session_get_n_labels (self->session) : 0;

  g_ptr_array_set_size (self->marks, 0);
  g_array_set_size (self->labels, 0);
  g_array_set_size (self->points, 0);
  self->points_label = 0;
  self->found = NULL;
  self->vocabulary = hash_vocabulary (self);
  segments = n ? sac_project_list_segments (project, item->id, NULL) : NULL;
  tracks = n ? sac_project_list_tracks (project, item->id, NULL) : NULL;
  for (guint t = 0; self->track && tracks && t < tracks->len; t++)
    if (((SacTrack *) tracks->pdata[t])->id == self->track)
      read_points (self, tracks->pdata[t], item, sac_player_get_media (self->player));
  for (guint l = 0; l < n; l++)
    {
      const SacLabel *label = sac_session_get_label (self->session, l);

      g_ptr_array_add (rows, g_array_new (FALSE, FALSE, sizeof (SacMark)));
      g_array_append_val (self->labels, label->id);
      g_hash_table_insert (places, (gpointer) &label->id, GUINT_TO_POINTER (l + 1));
    }
  for (guint s = 0; segments && s < segments->len; s++)
    {
      const SacSegment *segment = segments->pdata[s];
      guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, &segment->label));
      SacMark mark = { segment->in_ns, segment->out_ns, segment->id, 0, FALSE };

      if (!place)
        continue;
      mark.colour = sac_session_get_label (self->session, place - 1)->colour;
      g_array_append_val (rows->pdata[place - 1], mark);
    }
  for (guint t = 0; tracks && t < tracks->len; t++)
    {
      const SacTrack *track = tracks->pdata[t];
      guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, &track->label));

      if (place)
        add_track (rows->pdata[place - 1], track, item, sac_player_get_media (self->player),
                   sac_session_get_label (self->session, place - 1)->colour);
    }
  for (guint l = 0; l < n; l++)
    {
      GArray *marks = rows->pdata[l];

      g_ptr_array_add (self->marks, sac_marks_new ((SacMark *) (gpointer) marks->data, marks->len));
    }
  if (sac_session_find_label (self->session, self->chosen) < 0)
    self->chosen = row_label (self, 0);
  if (self->selected && !find_selected (self))
    sac_timeline_view_select (self, 0);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0 && item->kind != SAC_ITEM_STILL);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Counts change with every act, rows only when names and colours do; the page has marks read when the clip's are others. */
static void
on_labels_changed (SacTimelineView *self)
{
  if (hash_vocabulary (self) != self->vocabulary)
    read_marks (self);
}

static void
describe (SacTimelineView *self)
{
  int index = self->session ? sac_session_find_label (self->session, self->chosen) : -1;
  g_autofree char *text = index < 0 ? g_strdup ("") : g_strdup_printf (_("New segments are of “%s”"),
                                                                       sac_session_get_label (self->session, (guint) index)->name);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
style_of (SacTimelineView *self, SacStyle *style)
{
  GdkRGBA ink;

  sac_style_init (style, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &ink);
  style->ink[0] = ink.red, style->ink[1] = ink.green, style->ink[2] = ink.blue, style->ink[3] = ink.alpha;
  style->paper[3] = 0;
}

/* @rows: room for as many as there are labels; free @timeline->rows. */
static void
fill (SacTimelineView *self, SacTimeline *timeline)
{
  SacTimelineRow *rows = g_new0 (SacTimelineRow, self->labels->len + 1);

  for (guint r = 0; r < self->labels->len; r++)
    {
      int index = sac_session_find_label (self->session, row_label (self, r));
      const SacLabel *label = index >= 0 ? sac_session_get_label (self->session, (guint) index) : NULL;

      if (!label)
        continue;
      rows[r] = (SacTimelineRow) { .name = label->name, .marks = self->marks->pdata[r], .chosen = label->id == self->chosen,
                                   .colour = { (label->colour >> 16 & 255) / 255.0, (label->colour >> 8 & 255) / 255.0,
                                               (label->colour & 255) / 255.0, 1 } };
      if (label->id == self->points_label)
        {
          rows[r].points = (const gint64 *) (gconstpointer) self->points->data;
          rows[r].n_points = self->points->len;
        }
      rows[r].tagged = sac_clip_get_state (self->clip, (guint) index) == SAC_LABEL_YES;
      if (self->coder)
        rows[r].growing = sac_live_coder_get_growing (self->coder, label->id, &rows[r].growing_ns);
    }
  *timeline = (SacTimeline) { rows, self->labels->len, self->length_ns, self->from_ns, self->to_ns, playhead (self), self->pending_ns,
                              self->selected ? self->selected : -self->track,
                              self->ghost_in_ns, self->ghost_out_ns, self->ghost_row };
}

static void
sac_timeline_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacTimelineView *self = SAC_TIMELINE_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SacTimeline timeline;
  SacStyle style;
  cairo_t *cr;

  if (self->length_ns <= 0 || width < 2 || height < 2)
    return;
  style_of (self, &style);
  fill (self, &timeline);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sac_timeline_draw (cr, width, height, &style, &timeline);
  cairo_destroy (cr);
  g_free ((gpointer) timeline.rows);
}

static void
sac_timeline_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                           int *natural_baseline)
{
  SacTimelineView *self = SAC_TIMELINE_VIEW (widget);
  SacStyle style;

  sac_style_init (&style, FALSE);
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : (int) sac_timeline_height (&style, self->labels->len);
  *minimum_baseline = *natural_baseline = -1;
}

/* ---- acts. */

static void
go_to (SacTimelineView *self, gint64 ns)
{
  SacMedia *media = sac_player_get_media (self->player);

  if (media)
    sac_player_set_frame (self->player, sac_media_get_frame_at (media, ns));
}

static void
set_in (SacTimelineView *self)
{
  if (!self->chosen)
    return;
  self->pending_ns = playhead (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_out (SacTimelineView *self)
{
  gint64 end = end_of_frame (self), start = self->pending_ns;
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

      start = playhead (self);
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
  const SacMark *mark = find_selected (self);
  gint64 at = playhead (self);

  if (!mark || mark->faint || at <= mark->in_ns || at >= mark->out_ns)
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
  const SacMark *best = NULL;

  for (guint r = 0; r < self->marks->len; r++)
    {
      const SacMark *mark = find_beginning (self->marks->pdata[r], playhead (self), step);

      if (mark && !mark->faint && (!best || (step > 0 ? mark->in_ns < best->in_ns : mark->in_ns > best->in_ns)))
        best = mark;
    }
  if (!best)
    return;
  sac_timeline_view_select (self, best->id);
  go_to (self, best->in_ns);
}

/* The player goes round in the selected segment; once more: it does not. */
static void
toggle_loop (SacTimelineView *self, const SacMark *mark)
{
  SacMedia *media = sac_player_get_media (self->player);
  guint first;

  if (!media)
    return;
  if (self->looped == mark->id)
    {
      self->looped = 0;
      sac_player_clear_zone (self->player);
      return;
    }
  self->looped = mark->id;
  first = sac_media_get_frame_at (media, mark->in_ns);
  sac_player_set_zone (self->player, first, MAX (sac_media_get_frame_at (media, mark->out_ns), first + 1) - 1);
  sac_player_set_frame (self->player, first);
  sac_player_set_playing (self->player, TRUE);
}

static gboolean
to_edge (SacTimelineView *self, int step)
{
  gint64 best = 0, edge, now = playhead (self);
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
    go_to (self, best);
  return TRUE;
}

gboolean
sac_timeline_view_set_label (SacTimelineView *self, SacId label)
{
  const SacMark *mark = find_selected (self);

  if (!mark || mark->faint)
    return FALSE;
  sac_session_set_segment (self->session, mark->id, label, mark->in_ns, mark->out_ns);
  return TRUE;
}

void
sac_timeline_view_set_coder (SacTimelineView *self, SacLiveCoder *coder)
{
  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self) && !self->coder);
  self->coder = g_object_ref (coder);
  g_signal_connect_object (coder, "changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

gboolean
sac_timeline_view_act (SacTimelineView *self, const char *act)
{
  const SacMark *mark = find_selected (self);

  g_return_val_if_fail (SAC_IS_TIMELINE_VIEW (self), FALSE);
  if (!act || !self->clip || !gtk_widget_get_visible (GTK_WIDGET (self)))
    return FALSE;
  if (g_str_equal (act, "segment.in"))
    set_in (self);
  else if (g_str_equal (act, "segment.out"))
    set_out (self);
  else if (g_str_equal (act, "segment.go-in") && mark)
    go_to (self, mark->in_ns);
  else if (g_str_equal (act, "segment.go-out") && mark)
    go_to (self, mark->out_ns - 1);
  else if (g_str_equal (act, "segment.split"))
    split (self);
  else if (g_str_equal (act, "segment.loop") && mark && !mark->faint)
    toggle_loop (self, mark);
  else if (g_str_equal (act, "segment.next-segment"))
    to_segment (self, 1);
  else if (g_str_equal (act, "segment.previous-segment"))
    to_segment (self, -1);
  else if (g_str_equal (act, "segment.next-edge"))
    to_edge (self, 1);
  else if (g_str_equal (act, "segment.previous-edge"))
    to_edge (self, -1);
  else if (g_str_equal (act, "segment.delete"))
    return mark && !mark->faint && sac_session_remove_segment (self->session, self->selected);
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

/* ---- pointer. */

static SacTimelineHit
pick (SacTimelineView *self, double x, double y)
{
  SacTimeline timeline;
  SacTimelineHit hit;
  SacStyle style;

  style_of (self, &style);
  fill (self, &timeline);
  hit = sac_timeline_pick (gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)), &style, &timeline, x, y);
  g_free ((gpointer) timeline.rows);
  return hit;
}

static const SacMark *
mark_of (SacTimelineView *self, const SacTimelineHit *hit)
{
  const SacMarks *marks = hit->part >= SAC_TIMELINE_MARK && hit->row < self->marks->len ? self->marks->pdata[hit->row] : NULL;

  return marks && hit->mark < sac_marks_get_n (marks) ? sac_marks_get (marks, hit->mark) : NULL;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, SacTimelineView *self)
{
  const SacMark *mark;

  self->held = pick (self, x, y);
  mark = mark_of (self, &self->held);
  self->held_ns = -1;
  if (self->held.part == SAC_TIMELINE_NAME || self->held.part >= SAC_TIMELINE_ROW)
    sac_timeline_view_choose (self, row_label (self, self->held.row));
  if (self->held.part >= SAC_TIMELINE_ROW)
    sac_timeline_view_select (self, mark && !mark->faint ? mark->id : 0);
  if (mark && mark->faint && mark->id < 0)
    {
      self->held.part = SAC_TIMELINE_ROW;
      go_to (self, self->held.ns);
      g_signal_emit (self, track_signal, 0, -mark->id);
      return;
    }
  if (mark && mark->faint)
    self->held.part = SAC_TIMELINE_ROW;         /* tracks have no edges to drag */
  self->copying = mark && !mark->faint &&
                  (gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)) &
                   (GDK_ALT_MASK | GDK_CONTROL_MASK));  /* many desktops move windows with Alt */
  if (self->copying)
    return;
  if (self->held.part == SAC_TIMELINE_ROW || self->held.part == SAC_TIMELINE_RULER || self->held.part == SAC_TIMELINE_MARK)
    go_to (self, self->held.ns);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* As long as what is copied, from the start of a frame, in the row under the pointer. */
static void
drag_copy (SacTimelineView *self, const SacTimelineHit *now)
{
  SacMedia *media = sac_player_get_media (self->player);
  const SacMark *mark = mark_of (self, &self->held);
  gint64 length = mark ? mark->out_ns - mark->in_ns : 0, at;

  if (!mark || !media)
    return;
  at = CLAMP (mark->in_ns + now->ns - self->held.ns, 0, MAX (self->length_ns - length, 0));
  self->ghost_in_ns = sac_media_get_time_ns (media, sac_media_get_frame_at (media, at));
  self->ghost_out_ns = MIN (self->ghost_in_ns + length, self->length_ns);
  if (now->part == SAC_TIMELINE_NAME || now->part >= SAC_TIMELINE_ROW)
    self->ghost_row = MIN (now->row, self->labels->len - 1);
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
    id = sac_session_add_segment (self->session, sac_clip_get_id (self->clip), row_label (self, self->ghost_row), start, end);
  if (id)
    sac_timeline_view_select (self, id);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, SacTimelineView *self)
{
  double x, y;
  SacTimelineHit now;

  if (!gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  now = pick (self, x + dx, CLAMP (y + dy, 0, gtk_widget_get_height (GTK_WIDGET (self)) - 1));
  if (self->copying)
    {
      drag_copy (self, &now);
      return;
    }
  if (self->held.part == SAC_TIMELINE_IN || self->held.part == SAC_TIMELINE_OUT)
    self->held_ns = now.ns;
  if (self->held.part > SAC_TIMELINE_NAME)
    go_to (self, now.ns);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, SacTimelineView *self)
{
  const SacMark *mark = mark_of (self, &self->held);
  SacTimelinePart part = self->held.part;

  on_drag_update (gesture, dx, dy, self);
  self->held.part = SAC_TIMELINE_NOTHING;
  if (self->copying)
    {
      drop_copy (self);
      return;
    }
  if (!mark || self->held_ns < 0 || (dx > -2 && dx < 2) || (part != SAC_TIMELINE_IN && part != SAC_TIMELINE_OUT))
    return;
  /* The frame that was under the edge is the first, or the last, of the segment. */
  if (part == SAC_TIMELINE_IN)
    sac_session_set_segment (self->session, mark->id, row_label (self, self->held.row), MIN (playhead (self), mark->out_ns), mark->out_ns);
  else
    sac_session_set_segment (self->session, mark->id, row_label (self, self->held.row), mark->in_ns,
                             MAX (end_of_frame (self), mark->in_ns));
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, SacTimelineView *self)
{
  SacTimelineHit hit = pick (self, x, y);
  const SacMark *mark = mark_of (self, &hit);

  if (n_press == 2 && mark && !mark->faint)
    toggle_loop (self, mark);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, SacTimelineView *self)
{
  SacTimelineHit hit = pick (self, x, y);
  const SacMark *mark = mark_of (self, &hit);
  gboolean edge = (hit.part == SAC_TIMELINE_IN || hit.part == SAC_TIMELINE_OUT) && mark && !mark->faint;

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), edge ? "ew-resize" : hit.part == SAC_TIMELINE_NOTHING ? "default" : "pointer");
}

/* Shows @span from @from on, as far as the clip goes. */
static void
show_span (SacTimelineView *self, double from, double span)
{
  from = CLAMP (from, 0, (double) self->length_ns - span);
  self->from_ns = (gint64) from;
  self->to_ns = MIN ((gint64) (from + span), self->length_ns);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_timeline_view_zoom (SacTimelineView *self, double factor)
{
  double span, wanted, share;

  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self) && factor > 0);
  span = (double) (self->to_ns - self->from_ns);
  wanted = CLAMP (span / factor, MIN (2e7, (double) self->length_ns), (double) self->length_ns);
  share = CLAMP ((double) (playhead (self) - self->from_ns) / MAX (span, 1), 0, 1);
  show_span (self, (double) self->from_ns + share * (span - wanted), wanted);
}

/* Ctrl+wheel: zoom about the playhead; sideways: move. */
static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, SacTimelineView *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  double span = (double) (self->to_ns - self->from_ns);

  if (!(state & GDK_CONTROL_MASK) && dx == 0)
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_CONTROL_MASK)
    sac_timeline_view_zoom (self, dy > 0 ? 0.8 : 1.25);
  else
    show_span (self, (double) self->from_ns + dx * span / 10, span);
  return GDK_EVENT_STOP;
}

/* ---- life. */

SacId
sac_timeline_view_get_selected (SacTimelineView *self)
{
  return self->selected;
}

void
sac_timeline_view_set_track (SacTimelineView *self, SacId track)
{
  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self));
  if (self->track == track)
    return;
  self->track = track;
  read_marks (self);
}

void
sac_timeline_view_select (SacTimelineView *self, SacId segment)
{
  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self));
  if (self->selected == segment)
    return;
  self->selected = segment;
  self->found = NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify (G_OBJECT (self), "selected");
}

static void
sac_timeline_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_value_set_int64 (value, SAC_TIMELINE_VIEW (object)->selected);
}

void
sac_timeline_view_choose (SacTimelineView *self, SacId label)
{
  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self));
  if (label && label != self->chosen)
    {
      self->chosen = label;
      self->pending_ns = -1;
    }
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_timeline_view_set_clip (SacTimelineView *self, SacClip *clip)
{
  const SacItem *item = clip ? sac_clip_get_item (clip) : NULL;

  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self));
  if (clip != self->clip)
    {
      self->pending_ns = -1;
      sac_timeline_view_select (self, 0);
      self->looped = 0;
      self->held.part = SAC_TIMELINE_NOTHING;
      self->length_ns = item ? MAX (item->out_ns, 1) : 0;
      self->from_ns = item && item->kind == SAC_ITEM_CLIP ? item->in_ns : 0;
      self->to_ns = self->length_ns;
      g_set_object (&self->clip, clip);
    }
  read_marks (self);
  describe (self);
}

void
sac_timeline_view_attach (SacTimelineView *self, SacSession *session, SacPlayer *player)
{
  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self) && !self->session);
  self->session = g_object_ref (session);
  self->player = player;
  g_signal_connect_object (player, "notify::frame", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "opened", G_CALLBACK (read_marks), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "labels-changed", G_CALLBACK (on_labels_changed), self, G_CONNECT_SWAPPED);
}

static void
sac_timeline_view_dispose (GObject *object)
{
  SacTimelineView *self = SAC_TIMELINE_VIEW (object);

  g_signal_handlers_disconnect_by_data (adw_style_manager_get_default (), self);
  g_clear_object (&self->session);
  g_clear_object (&self->coder);
  g_clear_object (&self->clip);
  G_OBJECT_CLASS (sac_timeline_view_parent_class)->dispose (object);
}

static void
sac_timeline_view_finalize (GObject *object)
{
  SacTimelineView *self = SAC_TIMELINE_VIEW (object);

  g_ptr_array_unref (self->marks);
  g_array_unref (self->labels);
  g_array_unref (self->points);
  G_OBJECT_CLASS (sac_timeline_view_parent_class)->finalize (object);
}

static void
sac_timeline_view_class_init (SacTimelineViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_timeline_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_timeline_view_finalize;
  G_OBJECT_CLASS (klass)->get_property = sac_timeline_view_get_property;
  track_signal = g_signal_new ("track", SAC_TYPE_TIMELINE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  g_object_class_install_property (G_OBJECT_CLASS (klass), 1,
                                   g_param_spec_int64 ("selected", NULL, NULL, 0, G_MAXINT64, 0,
                                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  widget_class->snapshot = sac_timeline_view_snapshot;
  widget_class->measure = sac_timeline_view_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "timeline");
}

static void
sac_timeline_view_init (SacTimelineView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  self->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_marks_free);
  self->labels = g_array_new (FALSE, FALSE, sizeof (SacId));
  self->points = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->pending_ns = -1;
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
  g_signal_connect_swapped (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Timeline"), -1);
}
