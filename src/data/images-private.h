/* What the readers of pictures share. */
#pragma once
#include "sac-images.h"

#define _SAC_IMAGES_MOST_BYTES ((gsize) 8 << 30)

/* The middle square of a picture becomes picture images->n; there must be room.  @aspect: width of a pixel over its height. */
void     _sac_images_take (SacImages *images, const guint8 *rgb, int width, int height, gsize stride, double aspect, guint16 class);
/* Room for @n in all; what is there stays. */
gboolean _sac_images_make_room (SacImages *images, gsize n, GError **error);
/* @why is taken. */
void     _sac_images_leave_out (SacImages *images, const char *what, char *why);
gboolean _sac_images_load_frames (SacImages *images, const char *source, guint most, SacProgressFunc progress, gpointer data,
                                  GCancellable *cancellable, GError **error);
