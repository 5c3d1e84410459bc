/* SacFrameView: one picture on a neutral surround, fitted into the widget or zoomed and moved, with something painted over it.
 * Role img; the owner gives it its label and description.  Signal "view-changed": the picture stands elsewhere than before
 * (zoomed, moved, another size of widget or picture); what lies over it asks for the rectangle again. */
#pragma once
#include <gtk/gtk.h>

#define SAC_TYPE_FRAME_VIEW (sac_frame_view_get_type ())
G_DECLARE_FINAL_TYPE (SacFrameView, sac_frame_view, SAC, FRAME_VIEW, GtkWidget)

/* Paints over the picture.  @picture is where it stands in the widget; @frame is the number last given to set_texture. */
typedef void (*SacFramePaint) (GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame, int media_width,
                               int media_height, gpointer data);

/* A texture of packed rows of BGRA that a view can draw without copying them.  Any thread. */
GdkTexture *sac_frame_texture_new (int width, int height, GBytes *bgra);
void        sac_frame_view_set_texture (SacFrameView *self, GdkTexture *texture, guint frame);     /* NULL: empty */
void        sac_frame_view_set_pixel_aspect (SacFrameView *self, double aspect);        /* width of a pixel over its height */
GdkTexture *sac_frame_view_get_texture (SacFrameView *self);           /* borrowed, nullable */
void        sac_frame_view_set_message (SacFrameView *self, const char *message);      /* shown in place of the picture; NULL none */
/* Painters are drawn in the order they were added.  Returns a number to remove it by. */
guint       sac_frame_view_add_painter (SacFrameView *self, SacFramePaint paint, gpointer data);
void        sac_frame_view_remove_painter (SacFrameView *self, guint painter);
/* Cairo for a painter: over what can be seen of @picture only, which under a great zoom is a small part of it. */
cairo_t    *sac_frame_view_append_cairo (GtkSnapshot *snapshot, const graphene_rect_t *picture);

/* ---- where the picture stands: its top left pixel at rect.origin, rect.size.width / media width widget pixels a media pixel.
 * It may reach beyond the widget.  FALSE and an empty rectangle where there is no picture. */
gboolean    sac_frame_view_get_picture_rect (SacFrameView *self, graphene_rect_t *rect);
/* Widget pixels ↔ media pixels (left edge of the picture = 0, right edge = its width); points outside go on linearly. */
gboolean    sac_frame_view_to_media (SacFrameView *self, double x, double y, double *media_x, double *media_y);
gboolean    sac_frame_view_from_media (SacFrameView *self, double media_x, double media_y, double *x, double *y);

/* ---- zoom: widget pixels a row of the media; 0 = fitted.  It stays when another frame of the same size comes. */
double      sac_frame_view_get_zoom (SacFrameView *self);
void        sac_frame_view_zoom_fit (SacFrameView *self);
void        sac_frame_view_zoom_one (SacFrameView *self);              /* a media pixel is a pixel of the screen */
/* Multiplies the zoom; the point x, y of the widget stays where it is.  At the fitted size and below it is fitted again. */
void        sac_frame_view_zoom_by (SacFrameView *self, double factor, double x, double y);
void        sac_frame_view_pan (SacFrameView *self, double dx, double dy);      /* moves the picture, widget pixels */
