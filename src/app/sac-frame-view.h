/* SacFrameView: one picture fitted into the widget on a neutral surround, with something painted over it.  Role img; the
 * owner gives it its label and description. */
#pragma once
#include <gtk/gtk.h>

#define SAC_TYPE_FRAME_VIEW (sac_frame_view_get_type ())
G_DECLARE_FINAL_TYPE (SacFrameView, sac_frame_view, SAC, FRAME_VIEW, GtkWidget)

/* Paints over the picture.  @picture is where it stands in the widget; @frame is the number last given to set_texture. */
typedef void (*SacFramePaint) (GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame, int media_width,
                               int media_height, gpointer data);

void        sac_frame_view_set_texture (SacFrameView *self, GdkTexture *texture, guint frame);     /* NULL: empty */
void        sac_frame_view_set_pixel_aspect (SacFrameView *self, double aspect);        /* width of a pixel over its height */
GdkTexture *sac_frame_view_get_texture (SacFrameView *self);           /* borrowed, nullable */
void        sac_frame_view_set_message (SacFrameView *self, const char *message);      /* shown in place of the picture; NULL none */
/* Painters are drawn in the order they were added.  Returns a number to remove it by. */
guint       sac_frame_view_add_painter (SacFrameView *self, SacFramePaint paint, gpointer data);
void        sac_frame_view_remove_painter (SacFrameView *self, guint painter);
