/* What sac-player.c and sac-player-acts.c share. */
#pragma once
#include "sac-player.h"

void       _sac_player_step (SacPlayer *self, gint64 by);              /* frames; stops playing */
void       _sac_player_step_seconds (SacPlayer *self, int seconds);
void       _sac_player_shuttle (SacPlayer *self, int direction);
void       _sac_player_play_or_pause (SacPlayer *self);
void       _sac_player_toggle_loop (SacPlayer *self);
GtkWidget *_sac_player_get_stage (SacPlayer *self);                    /* the overlay around the frame view */
/* Zoom and movement of the picture by wheel, pinch and middle button; once, when the player is made. */
void       _sac_player_add_gestures (SacPlayer *self);
void       _sac_player_jump (SacPlayer *self, guint frame);            /* go_back() comes back from it */
void       _sac_player_go_back (SacPlayer *self);
void       _sac_player_toggle_sound (SacPlayer *self);
GtkWidget *_sac_player_get_frame_button (SacPlayer *self);
/* sac-player-place.c: asks for a time or frame over @at and goes there. */
void       _sac_player_ask_place (SacPlayer *self, GtkWidget *at);
/* sac-player-hover.c: a small picture of @frame over the seek bar at @x of it; −1: none. */
void       _sac_player_add_hover (SacPlayer *self);
void       _sac_player_hover (SacPlayer *self, int frame, double x);
