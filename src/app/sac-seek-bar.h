/* SacSeekBar: the clip from first to last frame: cached ranges, optional weights, the playhead.  Press and drag to scrub.
 * Signals: "seek" (uint frame) while the person drags or turns the wheel; "scrub" (boolean) when dragging begins and ends;
 * "hover" (int frame, double x) where the pointer is, frame −1 when it leaves. */
#pragma once
#include <gtk/gtk.h>

#define SAC_TYPE_SEEK_BAR (sac_seek_bar_get_type ())
G_DECLARE_FINAL_TYPE (SacSeekBar, sac_seek_bar, SAC, SEEK_BAR, GtkWidget)

void sac_seek_bar_set_clip (SacSeekBar *self, guint n_frames);         /* forgets cached ranges and weights; 0 = none */
void sac_seek_bar_set_playhead (SacSeekBar *self, guint frame);
void sac_seek_bar_set_cached (SacSeekBar *self, const guint8 *cached, guint n);       /* of @n equal parts, copied; NULL none */
void sac_seek_bar_set_weights (SacSeekBar *self, const float *weights, guint n);       /* 0…1 over the clip, copied */
void sac_seek_bar_set_zone (SacSeekBar *self, gboolean shown, guint first, guint last);        /* what is looped */
