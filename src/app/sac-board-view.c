#include "sac-board-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-save-picture.h"

/* ---- what is drawn. */

SacBoardData *
sac_board_data_new (guint columns, double row_height)
{
  SacBoardData *data = g_new0 (SacBoardData, 1);

  data->board.columns = columns;
  data->board.row_height = row_height;
  data->charts = g_array_new (FALSE, TRUE, sizeof (SacBoardChart));
  data->curves = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  data->owned = g_ptr_array_new_with_free_func (g_free);
  return data;
}

void
sac_board_data_free (SacBoardData *data)
{
  if (!data)
    return;
  g_array_unref (data->charts);
  g_ptr_array_unref (data->curves);
  g_ptr_array_unref (data->owned);
  g_free (data);
}

static const char *
keep (SacBoardData *data, const char *text)
{
  char *copy = g_strdup (text);

  if (copy)
    g_ptr_array_add (data->owned, copy);
  return copy;
}

void
sac_board_data_add_chart (SacBoardData *data, const SacAxes *axes, guint span, double weight)
{
  SacBoardChart chart = { .axes = *axes, .span = span, .weight = weight };

  chart.axes.title = keep (data, axes->title);
  chart.axes.x_name = keep (data, axes->x_name);
  chart.axes.y_name = keep (data, axes->y_name);
  g_array_append_val (data->charts, chart);
  g_ptr_array_add (data->curves, g_array_new (FALSE, TRUE, sizeof (SacCurve)));
  data->board.charts = (const SacBoardChart *) (gpointer) data->charts->data;
  data->board.n = data->charts->len;
}

void
sac_board_data_add_curve (SacBoardData *data, double *x, double *y, gsize n, const char *name, guint colour, double width_px,
                          gboolean faint)
{
  GArray *curves = data->curves->pdata[data->curves->len - 1];
  SacBoardChart *chart = &g_array_index (data->charts, SacBoardChart, data->charts->len - 1);
  SacCurve curve = { .x = x, .y = y, .n = n, .name = keep (data, name), .width_px = width_px };

  sac_palette (colour, curve.colour);
  if (faint)
    curve.colour[3] *= 0.36;
  g_ptr_array_add (data->owned, x);
  g_ptr_array_add (data->owned, y);
  g_array_append_val (curves, curve);
  chart->curves = (const SacCurve *) (gpointer) curves->data;
  chart->n = curves->len;
}

void
sac_board_data_set_colour (SacBoardData *data, const double rgb[3])
{
  GArray *curves = data->curves->pdata[data->curves->len - 1];

  memcpy (g_array_index (curves, SacCurve, curves->len - 1).colour, rgb, 3 * sizeof *rgb);
}

/* ---- painting, in a thread. */

/* Who makes the charts; shared by the widget and the pictures under way. */
typedef struct {
  SacBoardMake make;
  gpointer data;
  GDestroyNotify free_data;
} Maker;

static void
maker_clear (gpointer data)
{
  Maker *maker = data;

  if (maker->free_data)
    maker->free_data (maker->data);
}

typedef struct {
  Maker *maker;                 /* g_rc_box */
  SacStyle style;
  double x0, x1;
  int width, height, scale;     /* scale: device pixels */
} Order;

typedef struct {
  SacBoardData *data;
  SacChartPlace *places;
  GdkTexture *texture;
  int width, height;            /* of the board, not of the device */
  double wanted_height;
} Picture;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_atomic_rc_box_release_full (order->maker, maker_clear);
  g_free (order);
}

static void
picture_free (gpointer data)
{
  Picture *picture = data;

  sac_board_data_free (picture->data);
  g_free (picture->places);
  g_clear_object (&picture->texture);
  g_free (picture);
}

static void
paint (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Order *order = task_data;
  Picture *picture = g_new0 (Picture, 1);
  cairo_surface_t *surface;
  cairo_t *cr;

  picture->data = order->maker->make (order->x0, order->x1, order->width, order->maker->data);
  picture->wanted_height = sac_board_height (&picture->data->board);
  picture->width = order->width;
  picture->height = picture->data->board.row_height > 0 ? (int) ceil (MAX (picture->wanted_height, 1)) : order->height;
  picture->height = MIN (picture->height, 16000 / order->scale);
  picture->places = g_new0 (SacChartPlace, picture->data->board.n + 1);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, picture->width * order->scale, picture->height * order->scale);
  cr = cairo_create (surface);
  cairo_scale (cr, order->scale, order->scale);
  sac_board_draw (cr, picture->width, picture->height, &order->style, &picture->data->board);
  sac_board_places (picture->width, picture->height, &order->style, &picture->data->board, picture->places);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    {
      int stride = cairo_image_surface_get_stride (surface);
      g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface),
                                                             (gsize) stride * (gsize) cairo_image_surface_get_height (surface),
                                                             (GDestroyNotify) cairo_surface_destroy, surface);

      picture->texture = gdk_memory_texture_new (cairo_image_surface_get_width (surface), cairo_image_surface_get_height (surface),
                                                 GDK_MEMORY_DEFAULT, bytes, (gsize) stride);
    }
  else
    cairo_surface_destroy (surface);
  g_task_return_pointer (task, picture, picture_free);
}

/* ---- the widget. */

struct _SacBoardView {
  GtkWidget parent_instance;
  Maker *maker;                 /* nullable */
  Picture *picture;             /* nullable */
  gboolean painting, dirty;
  double x0, x1;                /* the window; equal: all */
  double cross;                 /* NaN: none */
  double pointer_x, pointer_y;  /* −1: not over it */
  double drag_from, drag_to;    /* px; NaN: no drag */
  guint64 n_painted;
  char *file_name;
  GtkWidget *menu;
  GtkFileChooserNative *chooser;
};

G_DEFINE_FINAL_TYPE (SacBoardView, sac_board_view, GTK_TYPE_WIDGET)

enum { PICKED, WINDOW_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
get_style (SacStyle *style)
{
  sac_style_init (style, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  style->paper[3] = 0;
}

static void order_picture (SacBoardView *self);

static void
on_painted (GObject *source, GAsyncResult *result, gpointer data)
{
  SacBoardView *self = SAC_BOARD_VIEW (source);
  Picture *picture = g_task_propagate_pointer (G_TASK (result), NULL);

  self->painting = FALSE;
  if (!self->maker)             /* disposed meanwhile */
    {
      g_clear_pointer (&picture, picture_free);
      return;
    }
  if (picture)
    {
      gboolean other = !self->picture || self->picture->wanted_height != picture->wanted_height;

      g_clear_pointer (&self->picture, picture_free);
      self->picture = picture;
      self->n_painted++;
      if (other)
        gtk_widget_queue_resize (GTK_WIDGET (self));
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  if (self->dirty)
    order_picture (self);
}

static void
order_picture (SacBoardView *self)
{
  Order *order;
  g_autoptr (GTask) task = NULL;

  self->dirty = TRUE;
  if (self->painting || !self->maker || !gtk_widget_get_mapped (GTK_WIDGET (self)) || gtk_widget_get_width (GTK_WIDGET (self)) < 20)
    return;
  self->dirty = FALSE;
  self->painting = TRUE;
  order = g_new0 (Order, 1);
  order->maker = g_atomic_rc_box_acquire (self->maker);
  get_style (&order->style);
  order->x0 = self->x0;
  order->x1 = self->x1;
  order->width = gtk_widget_get_width (GTK_WIDGET (self));
  order->height = MAX (gtk_widget_get_height (GTK_WIDGET (self)), 10);
  order->scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  task = g_task_new (self, NULL, on_painted, NULL);
  g_task_set_task_data (task, order, order_free);
  g_task_run_in_thread (task, paint);
}

static gint
chart_at (SacBoardView *self, double x, double y)
{
  if (!self->picture)
    return -1;
  for (guint i = 0; i < self->picture->data->board.n; i++)
    {
      const SacChartPlace *p = &self->picture->places[i];

      if (x >= p->x && x <= p->x + p->width && y >= p->y && y <= p->y + p->height)
        return (gint) i;
    }
  return -1;
}

static void
sac_board_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacBoardView *self = SAC_BOARD_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  Picture *picture = self->picture;
  gint hot;
  double x = self->cross;
  gboolean dragging = !isnan (self->drag_from) && fabs (self->drag_to - self->drag_from) > 3;

  if (!picture || !picture->texture)
    return;
  gtk_snapshot_append_texture (snapshot, picture->texture, &GRAPHENE_RECT_INIT (0, 0, picture->width, picture->height));
  hot = self->pointer_x >= 0 ? chart_at (self, self->pointer_x, self->pointer_y) : -1;
  if (hot >= 0)
    x = sac_chart_x_at (&picture->places[hot], self->pointer_x);
  if (!isnan (x) || dragging)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
      SacStyle style;

      get_style (&style);
      if (dragging)
        {
          cairo_set_source_rgba (cr, style.accent[0], style.accent[1], style.accent[2], 0.2);
          cairo_rectangle (cr, MIN (self->drag_from, self->drag_to), 0, fabs (self->drag_to - self->drag_from), height);
          cairo_fill (cr);
        }
      else
        sac_board_cross_draw (cr, &style, &picture->data->board, picture->places, x, hot);
      cairo_destroy (cr);
    }
}

static void
sac_board_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  SacBoardView *self = SAC_BOARD_VIEW (widget);

  *minimum = *natural = 60;
  if (orientation == GTK_ORIENTATION_VERTICAL && self->picture && self->picture->wanted_height > 0)
    *minimum = *natural = (int) ceil (self->picture->wanted_height);
}

static void
sac_board_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SacBoardView *self = SAC_BOARD_VIEW (widget);

  gtk_popover_present (GTK_POPOVER (self->menu));
  if (!self->picture || self->picture->width != width || (self->picture->wanted_height <= 0 && self->picture->height != height))
    order_picture (self);
}

static void
sac_board_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sac_board_view_parent_class)->map (widget);
  order_picture (SAC_BOARD_VIEW (widget));
}

/* ---- window and cross. */

void
sac_board_view_set_window (SacBoardView *self, double x0, double x1)
{
  if (x0 == self->x0 && x1 == self->x1)
    return;
  self->x0 = x0;
  self->x1 = x1;
  order_picture (self);
  g_signal_emit (self, signals[WINDOW_CHANGED], 0);
}

void
sac_board_view_get_window (SacBoardView *self, double *x0, double *x1)
{
  *x0 = self->x0;
  *x1 = self->x1;
}

void
sac_board_view_set_cross (SacBoardView *self, double x)
{
  if (x == self->cross || (isnan (x) && isnan (self->cross)))
    return;
  self->cross = x;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_board_view_refresh (SacBoardView *self)
{
  order_picture (self);
}

guint64
sac_board_view_get_n_painted (SacBoardView *self)
{
  return self->n_painted;
}

void
sac_board_view_set_maker (SacBoardView *self, SacBoardMake make, gpointer data, GDestroyNotify free_data)
{
  if (self->maker)
    g_atomic_rc_box_release_full (self->maker, maker_clear);
  self->maker = g_atomic_rc_box_new0 (Maker);
  self->maker->make = make;
  self->maker->data = data;
  self->maker->free_data = free_data;
  order_picture (self);
}

void
sac_board_view_set_name (SacBoardView *self, const char *name, const char *file_name)
{
  g_free (self->file_name);
  self->file_name = g_strdup (file_name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
sac_board_view_describe (SacBoardView *self, const char *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

/* ---- saving and copying: once more for paper, in the light style. */

static void
draw_for_file (cairo_t *cr, double width, double height, gpointer data)
{
  SacBoardView *self = data;
  SacStyle style;

  sac_style_init (&style, FALSE);
  if (self->picture)
    sac_board_draw (cr, width, height, &style, &self->picture->data->board);
}

static void
act_save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacBoardView *self = SAC_BOARD_VIEW (widget);

  if (self->picture)
    sac_save_picture (widget, &self->chooser, self->file_name ? self->file_name : "curves", self->picture->width, self->picture->height,
                      draw_for_file, self);
}

static void
act_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacBoardView *self = SAC_BOARD_VIEW (widget);
  g_autofree char *text = self->picture ? sac_board_dup_text (&self->picture->data->board) : NULL;

  if (text)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
act_all (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sac_board_view_set_window (SAC_BOARD_VIEW (widget), 0, 0);
}

/* ---- pointer. */

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, gpointer data)
{
  SacBoardView *self = data;

  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_SECONDARY)
    {
      gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
      gtk_popover_popup (GTK_POPOVER (self->menu));
    }
  else if (n_press == 2)
    sac_board_view_set_window (self, 0, 0);
}

static void
moved (GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  SacBoardView *self = data;

  self->pointer_x = x;
  self->pointer_y = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
left (GtkEventControllerMotion *controller, gpointer data)
{
  moved (controller, -1, -1, data);
}

static void
drag_begin (GtkGestureDrag *gesture, double x, double y, gpointer data)
{
  SacBoardView *self = data;

  self->drag_from = self->drag_to = x;
}

static void
drag_update (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  SacBoardView *self = data;

  self->drag_to = self->drag_from + dx;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_end (GtkGestureDrag *gesture, double dx, double dy, gpointer data)
{
  SacBoardView *self = data;
  double x, y;
  gint hot;

  gtk_gesture_drag_get_start_point (gesture, &x, &y);
  self->drag_from = self->drag_to = NAN;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  hot = chart_at (self, x, y);
  if (hot < 0)
    return;
  if (fabs (dx) > 3)
    {
      const SacChartPlace *p = &self->picture->places[hot];
      double one = sac_chart_x_at (p, CLAMP (x, p->x, p->x + p->width));
      double other = sac_chart_x_at (p, CLAMP (x + dx, p->x, p->x + p->width));

      if (one != other)
        sac_board_view_set_window (self, MIN (one, other), MAX (one, other));
    }
  else
    g_signal_emit (self, signals[PICKED], 0, sac_chart_x_at (&self->picture->places[hot], x));
}

static gboolean
scrolled (GtkEventControllerScroll *controller, double dx, double dy, gpointer data)
{
  SacBoardView *self = data;
  gint hot = self->pointer_x >= 0 ? chart_at (self, self->pointer_x, self->pointer_y) : -1;
  const SacChartPlace *p;
  double factor = pow (1.25, dy), low, high;

  if (!(gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller)) & GDK_CONTROL_MASK) || hot < 0 || dy == 0)
    return FALSE;
  p = &self->picture->places[hot];
  low = sac_chart_x_at (p, self->pointer_x - (self->pointer_x - p->x) * factor);
  high = sac_chart_x_at (p, self->pointer_x + (p->x + p->width - self->pointer_x) * factor);
  if (high > low && isfinite (low) && isfinite (high))
    sac_board_view_set_window (self, low, high);
  return TRUE;
}

static void
sac_board_view_dispose (GObject *object)
{
  SacBoardView *self = SAC_BOARD_VIEW (object);

  if (self->maker)
    g_atomic_rc_box_release_full (g_steal_pointer (&self->maker), maker_clear);
  g_clear_pointer (&self->picture, picture_free);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->file_name, g_free);
  G_OBJECT_CLASS (sac_board_view_parent_class)->dispose (object);
}

static void
sac_board_view_class_init (SacBoardViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_board_view_dispose;
  widget_class->snapshot = sac_board_view_snapshot;
  widget_class->measure = sac_board_view_measure;
  widget_class->size_allocate = sac_board_view_size_allocate;
  widget_class->map = sac_board_view_map;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_install_action (widget_class, "board.save", NULL, act_save);
  gtk_widget_class_install_action (widget_class, "board.copy", NULL, act_copy);
  gtk_widget_class_install_action (widget_class, "board.all", NULL, act_all);
  signals[PICKED] = g_signal_new ("picked", SAC_TYPE_BOARD_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[WINDOW_CHANGED] = g_signal_new ("window-changed", SAC_TYPE_BOARD_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_board_view_init (SacBoardView *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  self->cross = self->drag_from = self->drag_to = NAN;
  self->pointer_x = self->pointer_y = -1;
  g_menu_append (menu, _("Show all"), "board.all");
  g_menu_append (menu, _("Save picture…"), "board.save");
  g_menu_append (menu, _("Copy the numbers"), "board.copy");
  self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (motion, "motion", G_CALLBACK (moved), self);
  g_signal_connect (motion, "leave", G_CALLBACK (left), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scrolled), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (order_picture), self, G_CONNECT_SWAPPED);
}
