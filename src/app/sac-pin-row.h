/* SacPinRow: one pinned clip at a moment of training: its frames with the map of then over them, and its scores.  The frames are decoded
 * once, beside the main thread.  Signal "activated": clicked.  Main thread. */
#pragma once
#include <gtk/gtk.h>

#include "run/sac-pins.h"

#define SAC_TYPE_PIN_ROW (sac_pin_row_get_type ())
G_DECLARE_FINAL_TYPE (SacPinRow, sac_pin_row, SAC, PIN_ROW, GtkWidget)

/* @path: of the clip's file; NULL: the project has no such clip any more. */
GtkWidget  *sac_pin_row_new (const char *clip, const char *path);
const char *sac_pin_row_get_clip (SacPinRow *self);
/* Copied.  NULL: nothing is known of it at this moment. */
void        sac_pin_row_show (SacPinRow *self, const SacPinned *pin, const char *const *labels, guint n_labels);
