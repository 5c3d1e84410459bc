/* SacPlayer: a clip by frame numbers, with seek bar and transport.  Frames are counted from 0 over the whole file; a virtual
 * clip moves between its first and its last.  Decoding is elsewhere (SacFrameFeed); the widget only paints.
 * Properties (notify): "frame" uint, read and write: the frame that is meant, which is shown as soon as it is ready; "playing" boolean.
 * Signal "frame-shown" (uint): the frame meant is now on the screen; "opened": the media answers. */
#pragma once
#include <adwaita.h>

#include "sac-frame-view.h"
#include "store/sac-store.h"

#define SAC_TYPE_PLAYER (sac_player_get_type ())
G_DECLARE_FINAL_TYPE (SacPlayer, sac_player, SAC, PLAYER, AdwBin)

void       sac_player_open (SacPlayer *self, const SacItem *item);     /* NULL: empty; the item is not kept */
SacMedia  *sac_player_get_media (SacPlayer *self);                     /* borrowed, NULL until opened */
guint      sac_player_get_frame (SacPlayer *self);
void       sac_player_set_frame (SacPlayer *self, guint frame);        /* kept within the clip once it is known */
guint      sac_player_get_first (SacPlayer *self);
guint      sac_player_get_last (SacPlayer *self);
gboolean   sac_player_get_playing (SacPlayer *self);
void       sac_player_set_playing (SacPlayer *self, gboolean playing);
/* Since playing began: frames whose time has come, those among them that were not ready, and those that fell between two pictures
 * of the screen. */
void       sac_player_get_playback (SacPlayer *self, guint *n_due, guint *n_late, guint *n_skipped);
double     sac_player_get_speed (SacPlayer *self);                     /* 1 = as filmed, negative = backwards; kept while paused */
void       sac_player_set_speed (SacPlayer *self, double speed);
int        sac_player_get_shown_frame (SacPlayer *self);               /* −1 = none yet; another than the one meant while that is decoded */
/* What is looped while looping is on and the playhead is in it, frames of the file; drawn on the seek bar, forgotten with the clip. */
void       sac_player_set_zone (SacPlayer *self, guint first, guint last);
void       sac_player_clear_zone (SacPlayer *self);
gboolean   sac_player_get_zone (SacPlayer *self, guint *first, guint *last);   /* FALSE: there is none */
/* "120" frame, "1:02.5" or "2.5 s" time, with + or − before it from where it stands.  FALSE: not understood. */
gboolean   sac_player_parse_place (SacPlayer *self, const char *text, guint *frame);
/* Paints over the frame, e.g. boxes or a heat map; see sac-frame-view.h. */
guint      sac_player_add_painter (SacPlayer *self, SacFramePaint paint, gpointer data);
void       sac_player_remove_painter (SacPlayer *self, guint painter);
void       sac_player_redraw (SacPlayer *self);
/* Per-frame weights on the seek bar, over the whole clip; forgotten when another clip is opened. */
void       sac_player_set_weights (SacPlayer *self, const float *weights, guint n);
SacFrameView *sac_player_get_view (SacPlayer *self);
/* Only seek bar and transport: somebody else shows the frames ("frame-shown" tells of each). */
void       sac_player_set_stage_shown (SacPlayer *self, gboolean shown);
/* A widget over the whole frame view, e.g. to draw boxes with; it hears the pointer first.  Wheel with Ctrl, pinch and middle
 * button stay the player's.  It goes with the player. */
void       sac_player_add_overlay (SacPlayer *self, GtkWidget *overlay);
/* An act of the key map by name, "player.step-forward" …: TRUE if it is one of the player's. */
gboolean   sac_player_act (SacPlayer *self, const char *name);
/* The same for a key that goes down.  While that of "player.play" is down, dragging moves the picture; tell when it comes up, or
 * that it was lost from sight. */
gboolean   sac_player_press (SacPlayer *self, const char *act, guint keycode);
void       sac_player_release (SacPlayer *self, guint keycode);
void       sac_player_release_all (SacPlayer *self);
