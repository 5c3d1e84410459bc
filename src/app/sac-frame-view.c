#include "sac-frame-view.h"

#include <math.h>

#define MAX_ZOOM 32.0
#define MOVING_US 250000        /* pictures that follow each other sooner are seen as movement */
#define GOOD_SCALE 0.75f         /* below it Cairo's good filter is a slow one */
#define VISIBLE_KEY "sac-visible"       /* on the snapshot, while painters run */
#define BYTES_KEY "sac-bytes"           /* on a texture: its pixels */

typedef struct {
  guint number;
  SacFramePaint paint;
  gpointer data;
} Painter;

struct _SacFrameView {
  GtkWidget parent_instance;
  GdkTexture *texture;
  gint64 texture_us;            /* since when it is there */
  gboolean moving;              /* it followed the one before soon */
  guint rest_source;
  cairo_surface_t *pixels;      /* of the texture, once they were needed; the bytes are the texture's own where it has them */
  guint frame;
  double pixel_aspect;
  char *message;
  GArray *painters;             /* Painter */
  guint last_number;
  double zoom;                  /* 0 = fitted */
  double centre_x, centre_y;    /* of the widget, as a share of the picture; when zoomed */
};

G_DEFINE_FINAL_TYPE (SacFrameView, sac_frame_view, GTK_TYPE_WIDGET)

static guint view_changed;

/* The largest scale at which the whole picture is seen. */
static double
fitted_scale (SacFrameView *self)
{
  double w = gdk_texture_get_width (self->texture) * self->pixel_aspect, h = gdk_texture_get_height (self->texture);

  return MIN (gtk_widget_get_width (GTK_WIDGET (self)) / w, gtk_widget_get_height (GTK_WIDGET (self)) / h);
}

/* In whole pixels, so that a frame at its own size is not blurred. */
static void
place (SacFrameView *self, graphene_rect_t *rect)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double w = gdk_texture_get_width (self->texture) * self->pixel_aspect, h = gdk_texture_get_height (self->texture);
  double scale = self->zoom > 0 ? self->zoom : fitted_scale (self);
  int placed_w = MAX ((int) (w * scale + 0.5), 1), placed_h = MAX ((int) (h * scale + 0.5), 1);
  double x = (width - placed_w) / 2, y = (height - placed_h) / 2;

  if (self->zoom > 0 && placed_w > width)
    x = width / 2.0 - self->centre_x * placed_w;
  if (self->zoom > 0 && placed_h > height)
    y = height / 2.0 - self->centre_y * placed_h;
  graphene_rect_init (rect, (float) floor (x), (float) floor (y), (float) placed_w, (float) placed_h);
}

/* No further than that an edge of the picture meets the widget's. */
static void
keep_inside (SacFrameView *self)
{
  double w = gdk_texture_get_width (self->texture) * self->pixel_aspect * self->zoom;
  double h = gdk_texture_get_height (self->texture) * self->zoom;
  double x = MIN (gtk_widget_get_width (GTK_WIDGET (self)) / MAX (w, 1) / 2, 0.5);
  double y = MIN (gtk_widget_get_height (GTK_WIDGET (self)) / MAX (h, 1) / 2, 0.5);

  self->centre_x = CLAMP (self->centre_x, x, 1 - x);
  self->centre_y = CLAMP (self->centre_y, y, 1 - y);
}

static void
changed (SacFrameView *self)
{
  if (self->zoom > 0 && self->texture)
    keep_inside (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, view_changed, 0);
}

static void
snapshot_message (SacFrameView *self, GtkSnapshot *snapshot)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->message);
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  const GdkRGBA ink = { 0.85f, 0.85f, 0.85f, 1 };
  int text_height;

  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, MAX (width - 48, 60) * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, NULL, &text_height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (24, (float) ((height - text_height) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
}

static gboolean
is_drawn_by_software (GtkWidget *widget)
{
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));

  return renderer && g_strcmp0 (G_OBJECT_TYPE_NAME (renderer), "GskCairoRenderer") == 0;
}

static cairo_surface_t *
get_pixels (SacFrameView *self)
{
  static const cairo_user_data_key_t key;
  GBytes *bytes = g_object_get_data (G_OBJECT (self->texture), BYTES_KEY);
  int width = gdk_texture_get_width (self->texture), height = gdk_texture_get_height (self->texture);

  if (self->pixels)
    return self->pixels;
  if (bytes)                    /* only read, whatever the type says */
    {
      self->pixels = cairo_image_surface_create_for_data ((guchar *) g_bytes_get_data (bytes, NULL), CAIRO_FORMAT_ARGB32, width, height,
                                                          4 * width);
      cairo_surface_set_user_data (self->pixels, &key, g_bytes_ref (bytes), (cairo_destroy_func_t) g_bytes_unref);
      return self->pixels;
    }
  self->pixels = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  if (cairo_surface_status (self->pixels) == CAIRO_STATUS_SUCCESS)
    gdk_texture_download (self->texture, cairo_image_surface_get_data (self->pixels),
                          (gsize) cairo_image_surface_get_stride (self->pixels));
  cairo_surface_mark_dirty (self->pixels);
  return self->pixels;
}

/* Drawn by software, GSK (4.8) makes every pixel floating-point numbers and back each time, and has Cairo scale large pictures down with
 * a filter that takes longer than one lasts.  So Cairo is given the pixels as they are, and while the picture moves a quicker filter. */
static void
append_picture (SacFrameView *self, GtkSnapshot *snapshot, const graphene_rect_t *picture, const graphene_rect_t *visible)
{
  int width = gdk_texture_get_width (self->texture), height = gdk_texture_get_height (self->texture);
  cairo_t *cr;

  if (!is_drawn_by_software (GTK_WIDGET (self)))
    {
      gtk_snapshot_append_texture (snapshot, self->texture, picture);
      return;
    }
  cr = gtk_snapshot_append_cairo (snapshot, visible);
  cairo_rectangle (cr, picture->origin.x, picture->origin.y, picture->size.width, picture->size.height);
  cairo_translate (cr, picture->origin.x, picture->origin.y);
  cairo_scale (cr, picture->size.width / (double) width, picture->size.height / (double) height);
  cairo_set_source_surface (cr, get_pixels (self), 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  if (self->moving && picture->size.width < GOOD_SCALE * (float) width)
    cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_fill (cr);
  cairo_destroy (cr);
}

static gboolean
on_rest (gpointer data)
{
  SacFrameView *self = data;

  self->rest_source = 0;
  self->moving = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

static void
sac_frame_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacFrameView *self = SAC_FRAME_VIEW (widget);
  const GdkRGBA surround = { 0.1f, 0.1f, 0.1f, 1 };
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  graphene_rect_t picture;

  gtk_snapshot_append_color (snapshot, &surround, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  if (self->texture && width > 0 && height > 0)
    {
      graphene_rect_t visible;

      place (self, &picture);
      if (!graphene_rect_intersection (&picture, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height), &visible))
        visible = picture;
      g_object_set_data (G_OBJECT (snapshot), VISIBLE_KEY, &visible);
      append_picture (self, snapshot, &picture, &visible);
      gtk_snapshot_push_clip (snapshot, &visible);
      for (guint i = 0; i < self->painters->len; i++)
        {
          Painter *painter = &g_array_index (self->painters, Painter, i);

          painter->paint (snapshot, &picture, self->frame, gdk_texture_get_width (self->texture),
                          gdk_texture_get_height (self->texture), painter->data);
        }
      gtk_snapshot_pop (snapshot);
      g_object_set_data (G_OBJECT (snapshot), VISIBLE_KEY, NULL);
    }
  if (self->message)
    snapshot_message (self, snapshot);
}

static void
sac_frame_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  SacFrameView *self = SAC_FRAME_VIEW (widget);

  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 480 : 360;
  if (self->texture)
    *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? gdk_texture_get_width (self->texture) : gdk_texture_get_height (self->texture);
  *natural = CLAMP (*natural, *minimum, 640);
  *minimum_baseline = *natural_baseline = -1;
}

static void
sac_frame_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  changed (SAC_FRAME_VIEW (widget));
}

static void
sac_frame_view_finalize (GObject *object)
{
  SacFrameView *self = SAC_FRAME_VIEW (object);

  g_clear_handle_id (&self->rest_source, g_source_remove);
  g_clear_pointer (&self->pixels, cairo_surface_destroy);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->painters, g_array_unref);
  G_OBJECT_CLASS (sac_frame_view_parent_class)->finalize (object);
}

static void
sac_frame_view_class_init (SacFrameViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sac_frame_view_finalize;
  widget_class->snapshot = sac_frame_view_snapshot;
  widget_class->measure = sac_frame_view_measure;
  widget_class->size_allocate = sac_frame_view_size_allocate;
  view_changed = g_signal_new ("view-changed", SAC_TYPE_FRAME_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "frameview");
}

static void
sac_frame_view_init (SacFrameView *self)
{
  self->pixel_aspect = 1;
  self->painters = g_array_new (FALSE, FALSE, sizeof (Painter));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

GdkTexture *
sac_frame_texture_new (int width, int height, GBytes *bgra)
{
  GdkTexture *texture = gdk_memory_texture_new (width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bgra, 4 * (gsize) width);

  g_object_set_data_full (G_OBJECT (texture), BYTES_KEY, g_bytes_ref (bgra), (GDestroyNotify) g_bytes_unref);
  return texture;
}

void
sac_frame_view_set_texture (SacFrameView *self, GdkTexture *texture, guint frame)
{
  gboolean resized;

  g_return_if_fail (SAC_IS_FRAME_VIEW (self));
  resized = !self->texture || !texture || gdk_texture_get_width (texture) != gdk_texture_get_width (self->texture) ||
            gdk_texture_get_height (texture) != gdk_texture_get_height (self->texture);
  if (g_set_object (&self->texture, texture))
    {
      gint64 now = g_get_monotonic_time ();

      g_clear_pointer (&self->pixels, cairo_surface_destroy);
      self->moving = texture && now - self->texture_us < MOVING_US;
      self->texture_us = now;
      g_clear_handle_id (&self->rest_source, g_source_remove);
      if (self->moving)
        self->rest_source = g_timeout_add (MOVING_US / 1000, on_rest, self);
    }
  self->frame = frame;
  if (resized)
    {
      gtk_widget_queue_resize (GTK_WIDGET (self));
      changed (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_frame_view_set_pixel_aspect (SacFrameView *self, double aspect)
{
  g_return_if_fail (SAC_IS_FRAME_VIEW (self));
  self->pixel_aspect = aspect > 0.05 && aspect < 20 ? aspect : 1;
  changed (self);
}

GdkTexture *
sac_frame_view_get_texture (SacFrameView *self)
{
  return self->texture;
}

void
sac_frame_view_set_message (SacFrameView *self, const char *message)
{
  g_return_if_fail (SAC_IS_FRAME_VIEW (self));
  if (g_strcmp0 (message, self->message) == 0)
    return;
  g_free (self->message);
  self->message = g_strdup (message);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
sac_frame_view_add_painter (SacFrameView *self, SacFramePaint paint, gpointer data)
{
  Painter painter = { ++self->last_number, paint, data };

  g_array_append_val (self->painters, painter);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return painter.number;
}

void
sac_frame_view_remove_painter (SacFrameView *self, guint number)
{
  for (guint i = 0; i < self->painters->len; i++)
    if (g_array_index (self->painters, Painter, i).number == number)
      {
        g_array_remove_index (self->painters, i);
        gtk_widget_queue_draw (GTK_WIDGET (self));
        return;
      }
}

cairo_t *
sac_frame_view_append_cairo (GtkSnapshot *snapshot, const graphene_rect_t *picture)
{
  const graphene_rect_t *visible = g_object_get_data (G_OBJECT (snapshot), VISIBLE_KEY);

  return gtk_snapshot_append_cairo (snapshot, visible ? visible : picture);
}

/* ---- where it stands. */

gboolean
sac_frame_view_get_picture_rect (SacFrameView *self, graphene_rect_t *rect)
{
  g_return_val_if_fail (SAC_IS_FRAME_VIEW (self), FALSE);
  graphene_rect_init (rect, 0, 0, 0, 0);
  if (!self->texture || gtk_widget_get_width (GTK_WIDGET (self)) < 1 || gtk_widget_get_height (GTK_WIDGET (self)) < 1)
    return FALSE;
  place (self, rect);
  return TRUE;
}

gboolean
sac_frame_view_to_media (SacFrameView *self, double x, double y, double *media_x, double *media_y)
{
  graphene_rect_t rect;

  if (!sac_frame_view_get_picture_rect (self, &rect))
    return FALSE;
  *media_x = (x - rect.origin.x) * gdk_texture_get_width (self->texture) / rect.size.width;
  *media_y = (y - rect.origin.y) * gdk_texture_get_height (self->texture) / rect.size.height;
  return TRUE;
}

gboolean
sac_frame_view_from_media (SacFrameView *self, double media_x, double media_y, double *x, double *y)
{
  graphene_rect_t rect;

  if (!sac_frame_view_get_picture_rect (self, &rect))
    return FALSE;
  *x = rect.origin.x + media_x * rect.size.width / gdk_texture_get_width (self->texture);
  *y = rect.origin.y + media_y * rect.size.height / gdk_texture_get_height (self->texture);
  return TRUE;
}

double
sac_frame_view_get_zoom (SacFrameView *self)
{
  return self->zoom;
}

void
sac_frame_view_zoom_fit (SacFrameView *self)
{
  g_return_if_fail (SAC_IS_FRAME_VIEW (self));
  self->zoom = 0;
  changed (self);
}

/* @x, @y of the widget stay over the same point of the picture. */
static void
zoom_to (SacFrameView *self, double zoom, double x, double y)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  graphene_rect_t rect;
  double at_x, at_y;

  if (!sac_frame_view_get_picture_rect (self, &rect))
    return;
  at_x = CLAMP ((x - rect.origin.x) / rect.size.width, 0, 1);
  at_y = CLAMP ((y - rect.origin.y) / rect.size.height, 0, 1);
  self->zoom = MIN (zoom, MAX_ZOOM);
  self->centre_x = at_x + (width / 2 - x) / (gdk_texture_get_width (self->texture) * self->pixel_aspect * self->zoom);
  self->centre_y = at_y + (height / 2 - y) / (gdk_texture_get_height (self->texture) * self->zoom);
  changed (self);
}

void
sac_frame_view_zoom_one (SacFrameView *self)
{
  double factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  g_return_if_fail (SAC_IS_FRAME_VIEW (self));
  zoom_to (self, 1 / factor, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0, gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
}

void
sac_frame_view_zoom_by (SacFrameView *self, double factor, double x, double y)
{
  double fitted, zoom;

  g_return_if_fail (SAC_IS_FRAME_VIEW (self));
  if (!self->texture || !(factor > 0))
    return;
  fitted = fitted_scale (self);
  zoom = (self->zoom > 0 ? self->zoom : fitted) * factor;
  if (zoom <= fitted * 1.001)
    sac_frame_view_zoom_fit (self);
  else
    zoom_to (self, zoom, x, y);
}

void
sac_frame_view_pan (SacFrameView *self, double dx, double dy)
{
  graphene_rect_t rect;

  g_return_if_fail (SAC_IS_FRAME_VIEW (self));
  if (self->zoom <= 0 || !sac_frame_view_get_picture_rect (self, &rect))
    return;
  self->centre_x -= dx / rect.size.width;
  self->centre_y -= dy / rect.size.height;
  changed (self);
}
