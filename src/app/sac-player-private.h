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
