#include "sac-frame-view.h"

typedef struct {
  guint number;
  SacFramePaint paint;
  gpointer data;
} Painter;

struct _SacFrameView {
  GtkWidget parent_instance;
  GdkTexture *texture;
  guint frame;
  double pixel_aspect;
  char *message;
  GArray *painters;             /* Painter */
  guint last_number;
};

G_DEFINE_FINAL_TYPE (SacFrameView, sac_frame_view, GTK_TYPE_WIDGET)

/* The largest rectangle of the picture's shape, in whole pixels so that a frame at its own size is not blurred. */
static void
fit (SacFrameView *self, graphene_rect_t *rect)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double w = gdk_texture_get_width (self->texture) * self->pixel_aspect, h = gdk_texture_get_height (self->texture);
  double scale = MIN (width / w, height / h);
  int fitted_w = MAX ((int) (w * scale + 0.5), 1), fitted_h = MAX ((int) (h * scale + 0.5), 1);

  graphene_rect_init (rect, (float) (((int) width - fitted_w) / 2), (float) (((int) height - fitted_h) / 2), (float) fitted_w,
                      (float) fitted_h);
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
      fit (self, &picture);
      gtk_snapshot_append_texture (snapshot, self->texture, &picture);
      gtk_snapshot_push_clip (snapshot, &picture);
      for (guint i = 0; i < self->painters->len; i++)
        {
          Painter *painter = &g_array_index (self->painters, Painter, i);

          painter->paint (snapshot, &picture, self->frame, gdk_texture_get_width (self->texture),
                          gdk_texture_get_height (self->texture), painter->data);
        }
      gtk_snapshot_pop (snapshot);
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
sac_frame_view_finalize (GObject *object)
{
  SacFrameView *self = SAC_FRAME_VIEW (object);

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

void
sac_frame_view_set_texture (SacFrameView *self, GdkTexture *texture, guint frame)
{
  gboolean resized;

  g_return_if_fail (SAC_IS_FRAME_VIEW (self));
  resized = !self->texture || !texture || gdk_texture_get_width (texture) != gdk_texture_get_width (self->texture) ||
            gdk_texture_get_height (texture) != gdk_texture_get_height (self->texture);
  g_set_object (&self->texture, texture);
  self->frame = frame;
  if (resized)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_frame_view_set_pixel_aspect (SacFrameView *self, double aspect)
{
  g_return_if_fail (SAC_IS_FRAME_VIEW (self));
  self->pixel_aspect = aspect > 0.05 && aspect < 20 ? aspect : 1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
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
