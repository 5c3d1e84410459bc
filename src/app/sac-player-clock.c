/* Where a player stands and how it moves.
 * The clock is the time of the media: while playing, the frame meant is the one whose time has come, and what cannot be
 * decoded in time is left out.  Backwards is the same clock running down. */
#include "sac-player-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define AHEAD 4                 /* frames made ready beyond the one that is meant */
#define MIN_SPEED 0.1
#define MAX_SPEED 16.0
#define JUMP_FRAMES 12          /* a move as far as that can be taken back */
#define JUMP_PAUSE_US 800000    /* moves that follow each other sooner are one */

void
_sac_player_mean (SacPlayer *self, guint frame)
{
  int ahead = self->playing ? (self->speed < 0 ? -AHEAD : AHEAD) : 1;      /* paused: the frame beside it, whichever way one goes */
  gboolean back = !self->playing && frame < self->frame;

  if (self->media)
    frame = CLAMP (frame, self->first, self->last);
  if (self->frame != frame)
    {
      self->frame = frame;
      sac_seek_bar_set_playhead (self->seek_bar, frame >= self->first ? frame - self->first : 0);
      _sac_player_update_labels (self);
      g_object_notify (G_OBJECT (self), "frame");
    }
  if (self->media)
    sac_frame_feed_want (self->feed, frame, back ? -1 : ahead);
  _sac_player_show (self);
}

static void
rebase (SacPlayer *self, gint64 now_us, gint64 at_ns)
{
  self->base_us = now_us;
  self->base_ns = at_ns;
}

/* The clock goes on from the frame that is meant. */
static void
rebase_now (SacPlayer *self)
{
  if (self->tick_id)
    rebase (self, gdk_frame_clock_get_frame_time (gtk_widget_get_frame_clock (GTK_WIDGET (self))),
            sac_media_get_time_ns (self->media, self->frame));
}

/* Goes to a frame so that the person can come back.  A run of jumps, as in dragging, is one.  A file that is still being opened
 * opens there. */
void
_sac_player_jump (SacPlayer *self, guint frame)
{
  gint64 now = g_get_monotonic_time ();

  if (self->media)
    frame = CLAMP (frame, self->first, self->last);
  if (self->media && ABS ((gint64) frame - self->frame) >= JUMP_FRAMES)
    {
      if (now - self->jump_us > JUMP_PAUSE_US)
        self->place = (int) self->frame;
      self->jump_us = now;
    }
  _sac_player_mean (self, frame);
  rebase_now (self);
}

void
_sac_player_go_back (SacPlayer *self)
{
  int place = self->place;

  if (place < 0 || !self->media)
    return;
  self->place = (int) self->frame;
  self->jump_us = 0;
  _sac_player_mean (self, (guint) place);
  rebase_now (self);
}

/* ---- playing. */

static gboolean
loops (SacPlayer *self)
{
  return gtk_toggle_button_get_active (self->loop_button);
}

/* Where playing turns round: the zone while looping and inside it, else the clip. */
static void
get_bounds (SacPlayer *self, guint *first, guint *last)
{
  gboolean zone = self->has_zone && loops (self) && self->frame >= self->zone_first && self->frame <= self->zone_last;

  *first = zone ? self->zone_first : self->first;
  *last = zone ? self->zone_last : self->last;
}

static gint64
get_end_ns (SacPlayer *self, guint last)
{
  return last + 1 < sac_media_get_n_frames (self->media) ? sac_media_get_time_ns (self->media, last + 1)
                                                         : sac_media_get_duration_ns (self->media);
}

static void
follow_sound (SacPlayer *self, gboolean playing, gint64 at_ns)
{
  gboolean heard = playing && self->has_sound && gtk_toggle_button_get_active (self->sound_button);

  if (self->audio)
    sac_audio_follow (self->audio, heard, at_ns, self->speed);
}

/* The frame that was meant until now gives way to @frame. */
static void
count (SacPlayer *self, guint frame)
{
  guint n = (guint) ABS ((gint64) frame - self->frame);

  if (!n)
    return;
  self->n_due += n;
  self->n_skipped += n - 1;
  self->n_late += self->shown != (int) self->frame;
}

void
sac_player_get_playback (SacPlayer *self, guint *n_due, guint *n_late, guint *n_skipped)
{
  g_return_if_fail (SAC_IS_PLAYER (self));
  *n_due = self->n_due;
  *n_late = self->n_late;
  *n_skipped = self->n_skipped;
}

static gboolean
tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SacPlayer *self = SAC_PLAYER (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  gint64 at = self->base_ns + (gint64) ((double) (now - self->base_us) * 1000 * self->speed), start, end;
  guint frame, first, last;
  gboolean turned = FALSE;

  get_bounds (self, &first, &last);
  start = sac_media_get_time_ns (self->media, first);
  end = get_end_ns (self, last);
  if (at >= end || at < start)
    {
      if (!loops (self))
        {
          _sac_player_mean (self, at < start ? first : last);
          sac_player_set_playing (self, FALSE);
          return G_SOURCE_CONTINUE;
        }
      at = at < start ? end - 1 : start;
      rebase (self, now, at);
      turned = TRUE;
    }
  frame = sac_media_get_frame_at (self->media, at);
  if (frame > first && sac_media_get_time_ns (self->media, frame) > at)
    frame--;                    /* nearest is not yet due */
  if (!turned)
    count (self, frame);
  _sac_player_mean (self, frame);
  follow_sound (self, TRUE, at);
  return G_SOURCE_CONTINUE;
}

void
_sac_player_update_clock (SacPlayer *self)
{
  gboolean run = self->playing && self->media && gtk_widget_get_mapped (GTK_WIDGET (self));

  if (run && !self->tick_id)
    {
      GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));

      rebase (self, clock ? gdk_frame_clock_get_frame_time (clock) : g_get_monotonic_time (),
              sac_media_get_time_ns (self->media, self->frame));
      self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick, NULL, NULL);
    }
  else if (!run && self->tick_id)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
      self->tick_id = 0;
      follow_sound (self, FALSE, 0);
    }
}

void
sac_player_set_playing (SacPlayer *self, gboolean playing)
{
  g_return_if_fail (SAC_IS_PLAYER (self));
  if (self->playing == playing)
    return;
  if (playing && self->media)
    {
      guint first, last;

      /* From the end it goes on at the other end. */
      get_bounds (self, &first, &last);
      if (self->speed > 0 && self->frame >= last)
        _sac_player_mean (self, first);
      else if (self->speed < 0 && self->frame <= first)
        _sac_player_mean (self, last);
    }
  self->playing = playing;
  if (playing)
    self->n_due = self->n_late = self->n_skipped = 0;
  gtk_button_set_icon_name (GTK_BUTTON (self->play_button),
                            playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  playing ? _("Pause") : _("Play"), -1);
  _sac_player_update_clock (self);
  _sac_player_update_speed (self);
  _sac_player_update_labels (self);
  _sac_player_update_cached (self, TRUE);
  g_object_notify (G_OBJECT (self), "playing");
}

void
sac_player_set_speed (SacPlayer *self, double speed)
{
  g_return_if_fail (SAC_IS_PLAYER (self));
  if (speed == 0 || !isfinite (speed))
    speed = 1;
  self->speed = copysign (CLAMP (fabs (speed), MIN_SPEED, MAX_SPEED), speed);
  if (fabs (fabs (self->speed) - 1) < 1e-6)     /* up and down by tenths ends where it began */
    self->speed = copysign (1, speed);
  rebase_now (self);
  _sac_player_update_speed (self);
}

/* J and L: the first press plays at once in its direction, each further press doubles the speed. */
void
_sac_player_shuttle (SacPlayer *self, int direction)
{
  gboolean same = self->playing && (self->speed < 0) == (direction < 0);

  sac_player_set_speed (self, same ? CLAMP (self->speed * 2, -MAX_SPEED, MAX_SPEED) : direction);
  sac_player_set_playing (self, TRUE);
}

/* ---- stepping. */

void
_sac_player_step (SacPlayer *self, gint64 by)
{
  if (!self->media)
    return;
  sac_player_set_playing (self, FALSE);
  by = CLAMP ((gint64) self->frame + by, (gint64) self->first, (gint64) self->last);
  _sac_player_jump (self, (guint) by);
}

void
_sac_player_step_seconds (SacPlayer *self, int seconds)
{
  if (!self->media)
    return;
  sac_player_set_playing (self, FALSE);
  _sac_player_jump (self, sac_media_get_frame_at (self->media, MAX (sac_media_get_time_ns (self->media, self->frame) +
                                                              seconds * G_GINT64_CONSTANT (1000000000), 0)));
}

void
_sac_player_play_or_pause (SacPlayer *self)
{
  if (!self->playing && self->speed != 1)
    sac_player_set_speed (self, 1);
  sac_player_set_playing (self, !self->playing);
}

void
_sac_player_toggle_loop (SacPlayer *self)
{
  gtk_toggle_button_set_active (self->loop_button, !loops (self));
}
