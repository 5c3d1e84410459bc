#include "sac-seek-bar.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "draw/sac-draw.h"

struct _SacSeekBar {
  GtkWidget parent_instance;
  guint n_frames, playhead;
  guint8 *cached;
  guint n_cached;
  float *weights;
  guint n_weights;
  gboolean has_zone;
  guint zone_first, zone_last;
};

G_DEFINE_FINAL_TYPE (SacSeekBar, sac_seek_bar, GTK_TYPE_WIDGET)

enum { SEEK, SCRUB, HOVER, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
sac_seek_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacSeekBar *self = SAC_SEEK_BAR (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GdkRGBA ink, accent;
  SacStyle style;
  cairo_t *cr;

  if (self->n_frames == 0 || width < 2 || height < 2)
    return;
  sac_style_init (&style, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ink);
  style.ink[0] = ink.red;
  style.ink[1] = ink.green;
  style.ink[2] = ink.blue;
  style.ink[3] = ink.alpha;
  if (gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "accent_color", &accent))
    {
      style.accent[0] = accent.red;
      style.accent[1] = accent.green;
      style.accent[2] = accent.blue;
      style.accent[3] = accent.alpha;
    }
  style.paper[3] = 0;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sac_seek_draw (cr, width, height, &style, self->n_frames, self->playhead, self->cached, self->n_cached, self->weights, self->n_weights);
  if (self->has_zone)
    {
      double left = sac_seek_x (width, self->n_frames, self->zone_first);
      double right = sac_seek_x (width, self->n_frames, self->zone_last + 1.0);

      /* Brackets around it and a line that joins them: told by shape as well as by colour. */
      cairo_set_source_rgba (cr, style.accent[0], style.accent[1], style.accent[2], style.accent[3]);
      cairo_set_line_width (cr, 2);
      cairo_move_to (cr, left + 4, 1);
      cairo_line_to (cr, left, 1);
      cairo_line_to (cr, left, height - 1);
      cairo_line_to (cr, left + 4, height - 1);
      cairo_move_to (cr, right - 4, 1);
      cairo_line_to (cr, right, 1);
      cairo_line_to (cr, right, height - 1);
      cairo_line_to (cr, right - 4, height - 1);
      cairo_stroke (cr);
      cairo_set_line_width (cr, 1);
      cairo_move_to (cr, left, height - 1.5);
      cairo_line_to (cr, right, height - 1.5);
      cairo_stroke (cr);
    }
  cairo_destroy (cr);
}

static void
sac_seek_bar_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  SacSeekBar *self = SAC_SEEK_BAR (widget);

  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : self->weights ? 56 : 28;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 400 : *minimum;
  *minimum_baseline = *natural_baseline = -1;
}

/* ---- pointer. */

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, SacSeekBar *self)
{
  if (self->n_frames)
    g_signal_emit (self, signals[HOVER], 0, (int) sac_seek_pick (gtk_widget_get_width (GTK_WIDGET (self)), self->n_frames, x), x);
}

static void
on_leave (GtkEventControllerMotion *controller, SacSeekBar *self)
{
  g_signal_emit (self, signals[HOVER], 0, -1, 0.0);
}

static void
seek_to (SacSeekBar *self, double x)
{
  guint frame;

  if (self->n_frames == 0)
    return;
  frame = sac_seek_pick (gtk_widget_get_width (GTK_WIDGET (self)), self->n_frames, x);
  g_signal_emit (self, signals[HOVER], 0, (int) frame, x);
  if (frame != self->playhead)
    g_signal_emit (self, signals[SEEK], 0, frame);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, SacSeekBar *self)
{
  g_signal_emit (self, signals[SCRUB], 0, TRUE);
  seek_to (self, x);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, SacSeekBar *self)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (gesture, &x, &y))
    seek_to (self, x + dx);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, SacSeekBar *self)
{
  on_drag_update (gesture, dx, dy, self);
  g_signal_emit (self, signals[SCRUB], 0, FALSE);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, SacSeekBar *self)
{
  int step = dx + dy > 0 ? 1 : dx + dy < 0 ? -1 : 0;
  gint64 frame = (gint64) self->playhead + step;

  if (self->n_frames && step && frame >= 0 && frame < self->n_frames)
    g_signal_emit (self, signals[SEEK], 0, (guint) frame);
  return GDK_EVENT_STOP;
}

/* ---- life. */

static void
sac_seek_bar_dispose (GObject *object)
{
  g_signal_handlers_disconnect_by_data (adw_style_manager_get_default (), object);
  G_OBJECT_CLASS (sac_seek_bar_parent_class)->dispose (object);
}

static void
sac_seek_bar_finalize (GObject *object)
{
  SacSeekBar *self = SAC_SEEK_BAR (object);

  g_clear_pointer (&self->cached, g_free);
  g_clear_pointer (&self->weights, g_free);
  G_OBJECT_CLASS (sac_seek_bar_parent_class)->finalize (object);
}

static void
sac_seek_bar_class_init (SacSeekBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_seek_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_seek_bar_finalize;
  widget_class->snapshot = sac_seek_bar_snapshot;
  widget_class->measure = sac_seek_bar_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "seekbar");
  signals[SEEK] = g_signal_new ("seek", SAC_TYPE_SEEK_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SCRUB] = g_signal_new ("scrub", SAC_TYPE_SEEK_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[HOVER] = g_signal_new ("hover", SAC_TYPE_SEEK_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT,
                                 G_TYPE_DOUBLE);
}

static void
sac_seek_bar_init (SacSeekBar *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES |
                                                                GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);
  GtkEventController *motion;

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  motion = gtk_event_controller_motion_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "pointer");
  g_signal_connect_swapped (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Seek bar"), -1);
}

static void
describe (SacSeekBar *self)
{
  g_autofree char *text = g_strdup_printf (_("Frame %u of %u"), self->playhead, self->n_frames);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

void
sac_seek_bar_set_clip (SacSeekBar *self, guint n_frames)
{
  g_return_if_fail (SAC_IS_SEEK_BAR (self));
  self->n_frames = n_frames;
  self->playhead = 0;
  g_clear_pointer (&self->cached, g_free);
  self->n_cached = 0;
  g_clear_pointer (&self->weights, g_free);
  self->n_weights = 0;
  self->has_zone = FALSE;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  describe (self);
}

void
sac_seek_bar_set_playhead (SacSeekBar *self, guint frame)
{
  g_return_if_fail (SAC_IS_SEEK_BAR (self));
  if (frame == self->playhead)
    return;
  self->playhead = frame;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  describe (self);
}

void
sac_seek_bar_set_cached (SacSeekBar *self, const guint8 *cached, guint n)
{
  g_return_if_fail (SAC_IS_SEEK_BAR (self));
  g_free (self->cached);
  self->cached = cached && self->n_frames ? g_memdup2 (cached, n) : NULL;
  self->n_cached = self->cached ? n : 0;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_seek_bar_set_weights (SacSeekBar *self, const float *weights, guint n)
{
  g_return_if_fail (SAC_IS_SEEK_BAR (self));
  g_free (self->weights);
  self->weights = weights && n ? g_memdup2 (weights, n * sizeof *weights) : NULL;
  self->n_weights = self->weights ? n : 0;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
sac_seek_bar_set_zone (SacSeekBar *self, gboolean shown, guint first, guint last)
{
  g_return_if_fail (SAC_IS_SEEK_BAR (self));
  self->has_zone = shown;
  self->zone_first = first;
  self->zone_last = last;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
