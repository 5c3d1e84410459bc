/* SacTrackPainter: the boxes of an item's tracks over a frame, read only.  Boxes between two keyed ones are interpolated. */
#pragma once
#include "sac-frame-view.h"
#include "sac-session.h"

typedef struct _SacTrackPainter SacTrackPainter;

SacTrackPainter *sac_track_painter_new (SacSession *session);
void             sac_track_painter_free (SacTrackPainter *self);
void             sac_track_painter_set_clip (SacTrackPainter *self, SacClip *clip);    /* reads its tracks; NULL none */
guint            sac_track_painter_get_n_tracks (SacTrackPainter *self);
/* A SacFramePaint; @data is the painter. */
void             sac_track_painter_paint (GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame, int media_width,
                                          int media_height, gpointer data);
