#include <glib/gi18n.h>

#include "draw/sac-draw.h"
#include "sac-timeline-view-private.h"

G_DEFINE_FINAL_TYPE (SacTimelineView, sac_timeline_view, GTK_TYPE_WIDGET)

enum { TRACK, CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- what is shown. */

gint64
_sac_timeline_playhead (SacTimelineView *self)
{
  SacMedia *media = self->player ? sac_player_get_media (self->player) : NULL;

  return media ? sac_media_get_time_ns (media, sac_player_get_frame (self->player)) : 0;
}

/* The end of the frame that is shown: an out point there takes the frame in. */
gint64
_sac_timeline_end_of_frame (SacTimelineView *self)
{
  SacMedia *media = sac_player_get_media (self->player);
  guint frame = sac_player_get_frame (self->player);

  return !media ? 0 : frame + 1 < sac_media_get_n_frames (media) ? sac_media_get_time_ns (media, frame + 1)
      : sac_media_get_duration_ns (media);
}

guint
_sac_timeline_first_row (SacTimelineView *self)
{
  return self->run ? sac_run_rows_get_n (self->run) : 0;
}

static const SacTimelineKey *
get_key (SacTimelineView *self, guint row)
{
  guint first = _sac_timeline_first_row (self);

  return row >= first && row - first < self->rows->len ? &g_array_index (self->rows, SacTimelineKey, row - first) : NULL;
}

SacId
_sac_timeline_row_label (SacTimelineView *self, guint row)
{
  const SacTimelineKey *key = get_key (self, row);

  return key ? key->label : 0;
}

SacId
_sac_timeline_row_track (SacTimelineView *self, guint row)
{
  const SacTimelineKey *key = get_key (self, row);

  return key ? key->track : 0;
}

const SacMarks *
_sac_timeline_row_marks (SacTimelineView *self, guint row)
{
  return get_key (self, row) ? self->marks->pdata[row - _sac_timeline_first_row (self)] : NULL;
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

/* Counts change with every act, rows only when names and colours do; the page has marks read when the clip's are others. */
static void
on_labels_changed (SacTimelineView *self)
{
  guint hash = hash_vocabulary (self);

  if (hash == self->vocabulary)
    return;
  self->vocabulary = hash;
  _sac_timeline_read (self);
}

void
_sac_timeline_changed (SacTimelineView *self)
{
  const SacItem *item = self->clip ? sac_clip_get_item (self->clip) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), self->rows->len > 0 && item && item->kind != SAC_ITEM_STILL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CHANGED], 0);
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

/* What is seen of the widget: rows that are scrolled out are not drawn. */
static GdkRectangle
get_seen (SacTimelineView *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  GdkRectangle seen = { 0, 0, gtk_widget_get_width (GTK_WIDGET (self)), height };

  if (self->scrolled)
    {
      seen.y = CLAMP ((int) gtk_adjustment_get_value (self->scrolled), 0, height);
      seen.height = MIN ((int) gtk_adjustment_get_page_size (self->scrolled) + 1, height - seen.y);
    }
  return seen;
}

/* Free @timeline->rows. */
static void
fill (SacTimelineView *self, SacTimeline *timeline)
{
  guint n_run = _sac_timeline_first_row (self), n = n_run + self->rows->len;
  SacTimelineRow *all = g_new0 (SacTimelineRow, n + 1), *rows = all + n_run;

  for (guint r = 0; r < n_run; r++)
    sac_run_rows_get (self->run, r, &all[r]);

  for (guint r = 0; r < self->rows->len; r++)
    {
      const SacTimelineKey *key = &g_array_index (self->rows, SacTimelineKey, r);
      int index = sac_session_find_label (self->session, key->label);
      const SacLabel *label = index >= 0 ? sac_session_get_label (self->session, (guint) index) : NULL;

      if (!label)
        continue;
      rows[r] = (SacTimelineRow) { .name = label->name, .number = key->number, .marks = self->marks->pdata[r],
                                   .chosen = !key->track && key->label == self->chosen,
                                   .colour = { (label->colour >> 16 & 255) / 255.0, (label->colour >> 8 & 255) / 255.0,
                                               (label->colour & 255) / 255.0, 1 } };
      if (self->points->len && r == self->points_row)
        {
          rows[r].points = (const gint64 *) (gconstpointer) self->points->data;
          rows[r].n_points = self->points->len;
        }
      if (key->track)
        continue;
      rows[r].tagged = sac_clip_get_state (self->clip, (guint) index) == SAC_LABEL_YES;
      if (self->coder)
        rows[r].growing = sac_live_coder_get_growing (self->coder, label->id, &rows[r].growing_ns);
    }
  *timeline = (SacTimeline) { all, n, self->length_ns, self->from_ns, self->to_ns,
                              _sac_timeline_playhead (self), self->pending_ns, self->selected ? self->selected : -self->track,
                              self->ghost_in_ns, self->ghost_out_ns, self->ghost_row, get_seen (self).y };
}

SacTimelineHit
_sac_timeline_pick (SacTimelineView *self, double x, double y)
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

static void
sac_timeline_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacTimelineView *self = SAC_TIMELINE_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRectangle seen = get_seen (self);
  SacTimeline timeline;
  SacStyle style;
  cairo_t *cr;

  if (self->length_ns <= 0 || width < 2 || seen.height < 2)
    return;
  style_of (self, &style);
  fill (self, &timeline);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, (float) seen.y, (float) width, (float) seen.height));
  cairo_rectangle (cr, 0, seen.y, width, seen.height);
  cairo_clip (cr);
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
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 200
      : (int) sac_timeline_height (&style, _sac_timeline_first_row (self) + self->rows->len);
  *minimum_baseline = *natural_baseline = -1;
}

void
sac_timeline_view_set_coder (SacTimelineView *self, SacLiveCoder *coder)
{
  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self) && !self->coder);
  self->coder = g_object_ref (coder);
  g_signal_connect_object (coder, "changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

void
sac_timeline_view_set_run_rows (SacTimelineView *self, SacRunRows *run)
{
  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self) && !self->run);
  self->run = g_object_ref (run);
  g_signal_connect_object (run, "changed", G_CALLBACK (gtk_widget_queue_resize), self, G_CONNECT_SWAPPED);
}

/* ---- what part of it. */

void
_sac_timeline_show (SacTimelineView *self, double from, double span)
{
  from = CLAMP (from, 0, (double) self->length_ns - span);
  self->from_ns = (gint64) from;
  self->to_ns = MIN ((gint64) (from + span), self->length_ns);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
_sac_timeline_zoom_about (SacTimelineView *self, double factor, gint64 ns)
{
  double span = (double) (self->to_ns - self->from_ns);
  double wanted = CLAMP (span / factor, MIN (2e7, (double) self->length_ns), (double) self->length_ns);
  double share = CLAMP ((double) (ns - self->from_ns) / MAX (span, 1), 0, 1);

  _sac_timeline_show (self, (double) self->from_ns + share * (span - wanted), wanted);
}

void
sac_timeline_view_zoom (SacTimelineView *self, double factor)
{
  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self) && factor > 0);
  _sac_timeline_zoom_about (self, factor, _sac_timeline_playhead (self));
}

/* The playhead stays in view. */
static void
on_frame (SacTimelineView *self)
{
  gint64 now = _sac_timeline_playhead (self), span = self->to_ns - self->from_ns;

  if (now < self->from_ns || now > self->to_ns)
    _sac_timeline_show (self, (double) now - (now < self->from_ns ? 0.9 : 0.1) * (double) span, (double) span);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Scrolls to a row as it is drawn. */
static void
reveal_row (SacTimelineView *self, guint row)
{
  SacStyle style;

  sac_style_init (&style, FALSE);
  if (self->scrolled)
    gtk_adjustment_clamp_page (self->scrolled, sac_timeline_height (&style, row + 1) - sac_timeline_height (&style, 1),
                               sac_timeline_height (&style, row + 1));  /* the ruler lies over the first row that is seen */
}

void
_sac_timeline_reveal (SacTimelineView *self, SacId label)
{
  for (guint r = 0; r < _sac_timeline_first_row (self) + self->rows->len; r++)
    if (_sac_timeline_row_label (self, r) == label && !_sac_timeline_row_track (self, r))
      reveal_row (self, r);
}

static void
on_root (SacTimelineView *self)
{
  GtkWidget *area = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);

  if (self->scrolled)
    g_signal_handlers_disconnect_by_data (self->scrolled, self);
  g_clear_object (&self->scrolled);
  if (!area)
    return;
  self->scrolled = g_object_ref (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (area)));
  g_signal_connect_swapped (self->scrolled, "value-changed", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect_swapped (self->scrolled, "changed", G_CALLBACK (gtk_widget_queue_draw), self);
}

/* ---- life. */

gboolean
sac_timeline_view_get_segment (SacTimelineView *self, SacId *label, SacSpan *span)
{
  g_return_val_if_fail (SAC_IS_TIMELINE_VIEW (self), FALSE);
  if (label)
    *label = self->said.label;
  if (span)
    *span = (SacSpan) { self->said.in_ns, self->said.out_ns };
  return self->said.id != 0;
}

gboolean
sac_timeline_view_get_looped (SacTimelineView *self)
{
  return self->selected && self->looped == self->selected;
}

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
  _sac_timeline_read (self);
  if (self->points->len)
    reveal_row (self, _sac_timeline_first_row (self) + self->points_row);
}

void
sac_timeline_view_select (SacTimelineView *self, SacId segment)
{
  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self));
  if (self->selected == segment)
    return;
  self->selected = segment;
  _sac_timeline_read_selected (self);
  if (self->said.id)
    _sac_timeline_reveal (self, self->said.label);
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
  if (label)
    self->chosen = label;
  _sac_timeline_reveal (self, self->chosen);
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
  _sac_timeline_read (self);
  describe (self);
}

void
sac_timeline_view_attach (SacTimelineView *self, SacSession *session, SacPlayer *player)
{
  g_return_if_fail (SAC_IS_TIMELINE_VIEW (self) && !self->session);
  self->session = g_object_ref (session);
  self->player = player;
  g_signal_connect_object (player, "notify::frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "opened", G_CALLBACK (_sac_timeline_read), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "labels-changed", G_CALLBACK (on_labels_changed), self, G_CONNECT_SWAPPED);
}

static void
sac_timeline_view_dispose (GObject *object)
{
  SacTimelineView *self = SAC_TIMELINE_VIEW (object);

  g_signal_handlers_disconnect_by_data (adw_style_manager_get_default (), self);
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  if (self->scrolled)
    g_signal_handlers_disconnect_by_data (self->scrolled, self);
  g_clear_object (&self->scrolled);
  g_clear_object (&self->session);
  g_clear_object (&self->coder);
  g_clear_object (&self->run);
  g_clear_object (&self->clip);
  G_OBJECT_CLASS (sac_timeline_view_parent_class)->dispose (object);
}

static void
sac_timeline_view_finalize (GObject *object)
{
  SacTimelineView *self = SAC_TIMELINE_VIEW (object);

  g_ptr_array_unref (self->marks);
  g_array_unref (self->rows);
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
  signals[TRACK] = g_signal_new ("track", SAC_TYPE_TIMELINE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[CHANGED] = g_signal_new ("changed", SAC_TYPE_TIMELINE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
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
  self->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_marks_free);
  self->rows = g_array_new (FALSE, FALSE, sizeof (SacTimelineKey));
  self->points = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->pending_ns = -1;
  _sac_timeline_init_pointer (self);
  g_signal_connect (self, "notify::root", G_CALLBACK (on_root), NULL);
  g_signal_connect_swapped (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Timeline"), -1);
}
