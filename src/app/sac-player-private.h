/* What the files of the player share. */
#pragma once
#include "sac-player.h"

#include "sac-frame-feed.h"
#include "sac-seek-bar.h"

struct _SacPlayer {
  AdwBin parent_instance;
  SacFrameFeed *feed;
  SacMedia *media;
  char *path;
  gint64 in_ns, out_ns;         /* of the clip; out 0 = to the end */
  guint first, last;
  guint frame;                  /* meant */
  int shown;
  gboolean playing, was_playing;
  double speed;
  gint64 base_us, base_ns;      /* at clock base_us the media stands at base_ns */
  guint tick_id;
  guint n_due, n_late, n_skipped;       /* since playing began */
  gint64 cached_us;             /* when the bar was told what is in the cache */
  guint cached_source;
  gboolean near;                /* what is shown stands in for the frame meant */
  gboolean has_zone;
  guint zone_first, zone_last;
  int place;                    /* before the last jump; −1 = none */
  gint64 jump_us;
  SacAudio *audio;
  gboolean has_sound;
  guint held;                   /* keycode of the key for playing, 0 = it is up */
  gboolean held_playing, held_panned;   /* as it went down; whether the picture was moved since */
  double panned_x, panned_y;    /* by the drag so far */
  double pointer_x, pointer_y;  /* over the stage */

  SacFrameView *view;
  SacSeekBar *seek_bar;
  GtkWidget *stage, *transport, *play_button;
  GtkSpinner *spinner;
  GtkLabel *time_label, *frame_label, *speed_badge, *near_badge;
  GtkWidget *frame_button;
  GtkToggleButton *loop_button, *sound_button;
};

/* ---- sac-player-show.c */
void       _sac_player_show (SacPlayer *self);          /* the frame meant if it is ready, else one near it */
void       _sac_player_update_labels (SacPlayer *self);
void       _sac_player_update_speed (SacPlayer *self);
void       _sac_player_update_near (SacPlayer *self, gboolean near);
void       _sac_player_update_cached (SacPlayer *self, gboolean now);

/* ---- sac-player-clock.c */
void       _sac_player_mean (SacPlayer *self, guint frame);            /* moves there; the clock knows nothing of it */
void       _sac_player_update_clock (SacPlayer *self);                 /* runs while playing and mapped */

void       _sac_player_step (SacPlayer *self, gint64 by);              /* frames; stops playing */
void       _sac_player_step_seconds (SacPlayer *self, int seconds);
void       _sac_player_shuttle (SacPlayer *self, int direction);
void       _sac_player_play_or_pause (SacPlayer *self);
void       _sac_player_toggle_loop (SacPlayer *self);
GtkWidget *_sac_player_get_stage (SacPlayer *self);                    /* the overlay around the frame view */
/* Zoom and movement of the picture by wheel and pinch; once, when the player is made. */
void       _sac_player_add_gestures (SacPlayer *self);
/* sac-player-hold.c: moves the picture by the middle button, or by the first while the key for playing is held. */
void       _sac_player_add_panning (SacPlayer *self);
void       _sac_player_jump (SacPlayer *self, guint frame);            /* go_back() comes back from it */
void       _sac_player_go_back (SacPlayer *self);
void       _sac_player_toggle_sound (SacPlayer *self);
GtkWidget *_sac_player_get_frame_button (SacPlayer *self);
/* sac-player-place.c: asks for a time or frame over @at and goes there. */
void       _sac_player_ask_place (SacPlayer *self, GtkWidget *at);
/* sac-player-counting.c: told of while a file's frames are counted. */
void       _sac_player_add_counting (SacPlayer *self);
void       _sac_player_update_counting (SacPlayer *self);
gboolean   _sac_player_counting_failed (SacPlayer *self);              /* TRUE: stopped by the person, who is asked what now */
void       _sac_player_reset_counting (SacPlayer *self);               /* another file */
void       _sac_player_open_again (SacPlayer *self);                   /* the same file, from its first frame */
/* sac-player-hover.c: a small picture of @frame over the seek bar at @x of it; −1: none. */
void       _sac_player_add_hover (SacPlayer *self);
void       _sac_player_hover (SacPlayer *self, int frame, double x);
