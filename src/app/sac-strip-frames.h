/* Small pictures of given frames of a file, decoded beside the main thread. */
#pragma once
#include <cairo.h>
#include <gio/gio.h>

/* @frames and @crop (x, y, width, height in pixels; width 0: the whole frame) copied; each picture is at most @height pixels
 * high.  The result: GPtrArray of cairo_surface_t* (an element may be NULL where a frame cannot be decoded). */
void       sac_strip_frames_load_async (const char *path, const guint *frames, guint n, const double crop[4], int height,
                                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data);
GPtrArray *sac_strip_frames_load_finish (GAsyncResult *result, GError **error);      /* transfer full */
