/* How a box looks over a frame: the colour of its label on a dark edge, so that it reads on light and on dark; keyframes
 * thick, interpolated ones thin, occluded ones dashed; its name on a tag.  The selected one has eight handles. */
#pragma once
#include <gtk/gtk.h>

#include "store/sac-store.h"

typedef struct {
  const char *name;             /* on the tag; NULL: none */
  guint32 colour;               /* 0xRRGGBB */
  gboolean selected, handles, locked, pale;
} SacBoxLook;

/* @picture is where the frame stands in the widget, whose px are @scale_x, @scale_y of it; @layout is set to the tag's words. */
void sac_track_paint_box (cairo_t *cr, PangoLayout *layout, const graphene_rect_t *picture, double scale_x, double scale_y,
                          const SacBox *box, const SacBoxLook *look);
/* Where a handle reaches to either side, widget px. */
#define SAC_HANDLE_REACH 7
