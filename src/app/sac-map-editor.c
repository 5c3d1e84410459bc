#include "sac-map-editor.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define BARS_HEIGHT 40          /* px */

typedef enum { DRAG_NONE, DRAG_STROKE, DRAG_AREA, DRAG_BARS } Drag;

struct _SacMapEditor {
  GtkWidget parent_instance;
  SacFrameView *view;           /* below; lives as long as its player, as we do */
  GtkWidget *bars;
  GtkGesture *bar_drag;
  int t, h, w, frame;
  float *spatial, *temporal;
  float *before, *coverage;     /* of the stroke: all maps as they were, and a frame of what it covers */
  double window[4];
  SacBrush brush;
  gboolean area, all_frames;
  Drag drag;
  double last_x, last_y;        /* cells; of bars: frame and value */
  GArray *outline;              /* doubles, cells */
  double pointer_x, pointer_y;
  gboolean pointed;
};

enum { CHANGED, COMMITTED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SacMapEditor, sac_map_editor, GTK_TYPE_WIDGET)

static gsize
area_of (SacMapEditor *self)
{
  return (gsize) self->h * (gsize) self->w;
}

/* ---- where things stand. */

/* The grid in widget pixels. */
static gboolean
get_grid (SacMapEditor *self, graphene_rect_t *grid)
{
  GdkTexture *texture = sac_frame_view_get_texture (self->view);
  double x0, y0, x1, y1, w, h;

  if (self->t == 0 || !texture)
    return FALSE;
  w = self->window[2] > 0 ? self->window[2] : gdk_texture_get_width (texture);
  h = self->window[2] > 0 ? self->window[3] : gdk_texture_get_height (texture);
  if (!sac_frame_view_from_media (self->view, self->window[0], self->window[1], &x0, &y0)
      || !sac_frame_view_from_media (self->view, self->window[0] + w, self->window[1] + h, &x1, &y1) || x1 <= x0 || y1 <= y0)
    return FALSE;
  graphene_rect_init (grid, (float) x0, (float) y0, (float) (x1 - x0), (float) (y1 - y0));
  return TRUE;
}

static gboolean
to_cells (SacMapEditor *self, double x, double y, double *column, double *row)
{
  graphene_rect_t grid;

  if (!get_grid (self, &grid))
    return FALSE;
  *column = (x - grid.origin.x) / grid.size.width * self->w;
  *row = (y - grid.origin.y) / grid.size.height * self->h;
  return TRUE;
}

/* ---- changing. */

static void
redraw (SacMapEditor *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  gtk_widget_queue_draw (self->bars);
}

static void
tell (SacMapEditor *self, guint signal)
{
  redraw (self);
  g_signal_emit (self, signals[signal], 0);
}

static void
begin (SacMapEditor *self)
{
  memcpy (self->before, self->spatial, sizeof (float) * (gsize) self->t * area_of (self));
  memset (self->coverage, 0, sizeof (float) * area_of (self));
}

static void
apply (SacMapEditor *self)
{
  int first = self->all_frames ? 0 : self->frame, last = self->all_frames ? self->t - 1 : self->frame;

  for (int f = first; f <= last; f++)
    sac_brush_apply (self->spatial + (gsize) f * area_of (self), self->before + (gsize) f * area_of (self), self->coverage, self->h,
                     self->w, &self->brush);
  tell (self, CHANGED);
}

void
sac_map_editor_stroke (SacMapEditor *self, double x0, double y0, double x1, double y1)
{
  g_return_if_fail (SAC_IS_MAP_EDITOR (self));
  if (self->t == 0)
    return;
  begin (self);
  sac_brush_line (self->coverage, self->h, self->w, &self->brush, x0, y0, x1, y1);
  apply (self);
  tell (self, COMMITTED);
}

void
sac_map_editor_drag_bar (SacMapEditor *self, int from, double from_value, int to, double to_value)
{
  g_return_if_fail (SAC_IS_MAP_EDITOR (self));
  if (!self->temporal)
    return;
  sac_brush_bars (self->temporal, self->t, from, from_value, to, to_value);
  tell (self, CHANGED);
  tell (self, COMMITTED);
}

void
sac_map_editor_copy_frame (SacMapEditor *self, int from)
{
  g_return_if_fail (SAC_IS_MAP_EDITOR (self));
  if (from < 0 || from >= self->t || from == self->frame)
    return;
  memcpy (self->spatial + (gsize) self->frame * area_of (self), self->spatial + (gsize) from * area_of (self),
          sizeof (float) * area_of (self));
  tell (self, CHANGED);
  tell (self, COMMITTED);
}

/* ---- the pointer. */

static void
to_bar (SacMapEditor *self, double x, double y, double *frame, double *value)
{
  *frame = CLAMP (floor (x / MAX (gtk_widget_get_width (self->bars), 1) * self->t), 0, self->t - 1);
  *value = CLAMP (1 - y / MAX (gtk_widget_get_height (self->bars), 1), 0, 1);
}

static void
add_point (SacMapEditor *self, double x, double y)
{
  const double point[2] = { x, y };

  g_array_append_vals (self->outline, point, 2);
}

static void
go_on (SacMapEditor *self, double x, double y)
{
  double a, b;

  if (self->drag == DRAG_BARS)
    {
      to_bar (self, x, y, &a, &b);
      sac_brush_bars (self->temporal, self->t, (int) self->last_x, self->last_y, (int) a, b);
      tell (self, CHANGED);
    }
  else if (to_cells (self, x, y, &a, &b))
    {
      if (self->drag == DRAG_AREA)
        {
          add_point (self, a, b);
          memset (self->coverage, 0, sizeof (float) * area_of (self));
          sac_brush_polygon (self->coverage, self->h, self->w, (double *) (void *) self->outline->data, self->outline->len / 2);
        }
      else
        sac_brush_line (self->coverage, self->h, self->w, &self->brush, self->last_x, self->last_y, a, b);
      apply (self);
    }
  else
    return;
  self->last_x = a;
  self->last_y = b;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, SacMapEditor *self)
{
  gboolean on_bars = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)) == self->bars;

  self->drag = DRAG_NONE;
  if (self->t == 0 || (on_bars && !self->temporal))
    return;
  if (on_bars)
    to_bar (self, x, y, &self->last_x, &self->last_y);
  else if (!to_cells (self, x, y, &self->last_x, &self->last_y))
    return;
  begin (self);
  g_array_set_size (self->outline, 0);
  self->drag = on_bars ? DRAG_BARS : self->area ? DRAG_AREA : DRAG_STROKE;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  go_on (self, x, y);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, SacMapEditor *self)
{
  double x, y;

  if (self->drag != DRAG_NONE && gtk_gesture_drag_get_start_point (gesture, &x, &y))
    go_on (self, x + dx, y + dy);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, SacMapEditor *self)
{
  if (self->drag == DRAG_NONE)
    return;
  self->drag = DRAG_NONE;
  tell (self, COMMITTED);
}

static void
on_motion (SacMapEditor *self, double x, double y)
{
  self->pointer_x = x;
  self->pointer_y = y;
  self->pointed = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (SacMapEditor *self)
{
  self->pointed = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- painting: the grid, the brush, the bars.  The map itself is the owner's. */

static void
draw_grid (SacMapEditor *self, cairo_t *cr, const graphene_rect_t *grid)
{
  cairo_set_line_width (cr, 1);
  for (int i = 0; i <= self->w; i++)
    {
      double x = floor (grid->origin.x + grid->size.width * i / self->w) + 0.5;

      cairo_move_to (cr, x, grid->origin.y);
      cairo_line_to (cr, x, grid->origin.y + grid->size.height);
    }
  for (int i = 0; i <= self->h; i++)
    {
      double y = floor (grid->origin.y + grid->size.height * i / self->h) + 0.5;

      cairo_move_to (cr, grid->origin.x, y);
      cairo_line_to (cr, grid->origin.x + grid->size.width, y);
    }
  cairo_set_source_rgba (cr, 1, 1, 1, 0.25);
  cairo_stroke (cr);
}

static void
draw_brush (SacMapEditor *self, cairo_t *cr, const graphene_rect_t *grid)
{
  double rx = self->brush.radius * grid->size.width / self->w, ry = self->brush.radius * grid->size.height / self->h;

  if (!self->pointed || self->area || rx <= 0 || ry <= 0)
    return;
  for (int i = 0; i < 2; i++)
    {
      cairo_save (cr);
      cairo_translate (cr, self->pointer_x, self->pointer_y);
      cairo_scale (cr, rx, ry);
      cairo_arc (cr, 0, 0, 1, 0, 2 * G_PI);
      cairo_restore (cr);
      cairo_set_line_width (cr, i == 0 ? 3 : 1.5);
      cairo_set_source_rgba (cr, i, i, i, 0.8);
      cairo_stroke (cr);
    }
}

static void
draw_bars (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  SacMapEditor *self = data;
  double step = (double) width / MAX (self->t, 1);
  GdkRGBA ink;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &ink);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_set_source_rgba (cr, ink.red, ink.green, ink.blue, 0.08);
  cairo_fill (cr);
  for (int f = 0; self->temporal && f < self->t; f++)
    {
      double high = fmax (self->temporal[f] * height, 1);

      cairo_rectangle (cr, f * step + 1, height - high, fmax (step - 2, 1), high);
      if (f == self->frame)
        cairo_set_source_rgb (cr, 0.9, 0.55, 0.05);
      else
        cairo_set_source_rgba (cr, ink.red, ink.green, ink.blue, 0.45);
      cairo_fill (cr);
    }
}

static void
sac_map_editor_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacMapEditor *self = SAC_MAP_EDITOR (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t grid;
  cairo_t *cr;

  if (self->t == 0 || width < 1 || height < 1)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  if (get_grid (self, &grid))
    {
      draw_grid (self, cr, &grid);
      draw_brush (self, cr, &grid);
    }
  for (guint i = 0; self->drag == DRAG_AREA && get_grid (self, &grid) && i + 1 < self->outline->len; i += 2)
    cairo_line_to (cr, grid.origin.x + g_array_index (self->outline, double, i) / self->w * grid.size.width,
                   grid.origin.y + g_array_index (self->outline, double, i + 1) / self->h * grid.size.height);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.9);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

/* ---- what it holds. */

void
sac_map_editor_set_maps (SacMapEditor *self, int t, int h, int w, const float *spatial, const float *temporal, const double window[4])
{
  gsize n = (gsize) MAX (t, 0) * (gsize) MAX (h, 0) * (gsize) MAX (w, 0);

  g_return_if_fail (SAC_IS_MAP_EDITOR (self));
  g_clear_pointer (&self->spatial, g_free);
  g_clear_pointer (&self->temporal, g_free);
  g_clear_pointer (&self->before, g_free);
  g_clear_pointer (&self->coverage, g_free);
  self->drag = DRAG_NONE;
  self->t = n && spatial ? t : 0;
  self->h = h;
  self->w = w;
  if (self->t)
    {
      self->spatial = g_memdup2 (spatial, sizeof (float) * n);
      self->temporal = temporal ? g_memdup2 (temporal, sizeof (float) * (gsize) t) : NULL;
      self->before = g_new (float, n);
      self->coverage = g_new (float, n / (gsize) t);
      memcpy (self->window, window, sizeof self->window);
      self->frame = CLAMP (self->frame, 0, t - 1);
    }
  gtk_widget_set_visible (self->bars, self->temporal != NULL);
  redraw (self);
}

void
sac_map_editor_set_frame (SacMapEditor *self, int frame)
{
  g_return_if_fail (SAC_IS_MAP_EDITOR (self));
  self->frame = CLAMP (frame, 0, MAX (self->t - 1, 0));
  redraw (self);
}

int
sac_map_editor_get_frame (SacMapEditor *self)
{
  return self->frame;
}

const float *
sac_map_editor_get_spatial (SacMapEditor *self)
{
  return self->spatial;
}

const float *
sac_map_editor_get_temporal (SacMapEditor *self)
{
  return self->temporal;
}

void
sac_map_editor_set_brush (SacMapEditor *self, const SacBrush *brush)
{
  self->brush = *brush;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_map_editor_set_area (SacMapEditor *self, gboolean area)
{
  self->area = area;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_map_editor_set_all_frames (SacMapEditor *self, gboolean all)
{
  self->all_frames = all;
}

GtkWidget *
sac_map_editor_get_bars (SacMapEditor *self)
{
  return self->bars;
}

/* ---- life. */

static void
sac_map_editor_dispose (GObject *object)
{
  SacMapEditor *self = SAC_MAP_EDITOR (object);

  if (self->bars)
    {
      gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->bars), NULL, NULL, NULL);
      g_signal_handlers_disconnect_by_data (self->bar_drag, self);
    }
  g_clear_object (&self->bar_drag);
  g_clear_object (&self->bars);
  G_OBJECT_CLASS (sac_map_editor_parent_class)->dispose (object);
}

static void
sac_map_editor_finalize (GObject *object)
{
  SacMapEditor *self = SAC_MAP_EDITOR (object);

  g_free (self->spatial);
  g_free (self->temporal);
  g_free (self->before);
  g_free (self->coverage);
  g_array_unref (self->outline);
  G_OBJECT_CLASS (sac_map_editor_parent_class)->finalize (object);
}

static void
sac_map_editor_class_init (SacMapEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_map_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_map_editor_finalize;
  widget_class->snapshot = sac_map_editor_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[CHANGED] = g_signal_new ("changed", SAC_TYPE_MAP_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[COMMITTED] = g_signal_new ("committed", SAC_TYPE_MAP_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkGesture *
add_drag (SacMapEditor *self, GtkWidget *widget)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), GDK_BUTTON_PRIMARY);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  return drag;
}

static void
sac_map_editor_init (SacMapEditor *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->outline = g_array_new (FALSE, FALSE, sizeof (double));
  self->brush = (SacBrush) { SAC_BRUSH_ERASE, 1, 1, 0.3 };
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Attention over the picture, to be drawn on"), -1);
  add_drag (self, GTK_WIDGET (self));
  self->bars = g_object_ref_sink (gtk_drawing_area_new ());
  self->bar_drag = g_object_ref (add_drag (self, self->bars));
  gtk_widget_set_visible (self->bars, FALSE);
  gtk_widget_set_hexpand (self->bars, TRUE);
  gtk_widget_set_size_request (self->bars, -1, BARS_HEIGHT);
  gtk_widget_set_tooltip_text (self->bars, _("How much each frame counts; drag to change it"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bars), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Attention of each frame, to be dragged"), -1);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->bars), draw_bars, self, NULL);
  g_signal_connect_object (motion, "motion", G_CALLBACK (on_motion), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (motion, "leave", G_CALLBACK (on_leave), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

SacMapEditor *
sac_map_editor_new (SacFrameView *view)
{
  SacMapEditor *self = g_object_new (SAC_TYPE_MAP_EDITOR, "visible", FALSE, NULL);

  self->view = view;
  return self;
}
