/* The clock is the time of the media: while playing, the frame meant is the one whose time has come, and what cannot be
 * decoded in time is left out.  Backwards is the same clock running down. */
#include "sac-player-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "sac-frame-feed.h"
#include "sac-seek-bar.h"
#include "sac-settings.h"

#define AHEAD 4                 /* frames made ready beyond the one that is meant */
#define MIN_SPEED 0.1
#define MAX_SPEED 16.0
#define CACHED_EVERY_US 250000  /* how often cached ranges are asked for */
#define CACHED_MAX_FRAMES 400000
#define JUMP_FRAMES 12          /* a move as far as that can be taken back */
#define JUMP_PAUSE_US 800000    /* moves that follow each other sooner are one */

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
  gint64 cached_us;
  gboolean near;                /* what is shown stands in for the frame meant */
  gboolean has_zone;
  guint zone_first, zone_last;
  int place;                    /* before the last jump; −1 = none */
  gint64 jump_us;
  SacAudio *audio;
  gboolean has_sound;

  SacFrameView *view;
  SacSeekBar *seek_bar;
  GtkWidget *stage, *transport, *play_button;
  GtkSpinner *spinner;
  GtkLabel *time_label, *frame_label, *speed_badge, *near_badge;
  GtkWidget *frame_button;
  GtkToggleButton *loop_button, *sound_button;
};

G_DEFINE_FINAL_TYPE (SacPlayer, sac_player, ADW_TYPE_BIN)

enum { PROP_FRAME = 1, PROP_PLAYING, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { FRAME_SHOWN, OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- showing. */

static void
format_time (char *text, gsize size, gint64 ns)
{
  gint64 ms = (ns + 500000) / 1000000;

  g_snprintf (text, (gulong) size, "%d:%02d.%03d", (int) (ms / 60000), (int) (ms / 1000 % 60), (int) (ms % 1000));
}

static void
update_labels (SacPlayer *self)
{
  char now[32], length[32];
  g_autofree char *times = NULL, *frames = NULL, *words = NULL;

  if (!self->media)
    {
      gtk_label_set_text (self->time_label, "");
      gtk_label_set_text (self->frame_label, "");
      return;
    }
  format_time (now, sizeof now, sac_media_get_time_ns (self->media, self->frame));
  format_time (length, sizeof length, sac_media_get_duration_ns (self->media));
  times = g_strdup_printf ("%s / %s", now, length);
  frames = g_strdup_printf ("%u / %u", self->frame, self->last);
  words = g_strdup_printf (_("Frame %u of %u"), self->frame, self->last);
  gtk_label_set_text (self->time_label, times);
  gtk_label_set_text (self->frame_label, frames);
  if (!self->playing)           /* a screen reader is told where the person stops, not thirty times a second */
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static void
update_speed (SacPlayer *self)
{
  g_autofree char *text = g_strdup_printf (self->speed == floor (self->speed) ? "%.0f×" : "%.2f×", self->speed);

  if (self->speed < 0)          /* a true minus, as wide as a plus */
    {
      g_autofree char *plain = g_steal_pointer (&text);

      text = g_strconcat ("−", plain + 1, NULL);
    }
  gtk_label_set_text (self->speed_badge, text);
  gtk_widget_set_visible (GTK_WIDGET (self->speed_badge), self->speed != 1);
}

static void
update_cached (SacPlayer *self, gboolean now)
{
  guint n = self->last - self->first + 1;
  g_autofree guint8 *cached = NULL;
  gint64 us = g_get_monotonic_time ();

  if (!self->media || n > CACHED_MAX_FRAMES || (!now && us - self->cached_us < CACHED_EVERY_US))
    return;
  self->cached_us = us;
  cached = g_malloc (n);
  sac_media_mark_cached (self->media, self->first, n, cached);
  sac_seek_bar_set_cached (self->seek_bar, cached);
}

static void
update_near (SacPlayer *self, gboolean near)
{
  g_autofree char *text = near ? g_strdup_printf ("≈ %d", self->shown) : NULL;

  self->near = near;
  if (near)
    gtk_label_set_text (self->near_badge, text);
  gtk_widget_set_visible (GTK_WIDGET (self->near_badge), near);
}

/* While the meant frame is being decoded: one that lies on the way to it, if that is nearer than what is shown. */
static void
show_near (SacPlayer *self)
{
  guint frame = 0;
  g_autoptr (GdkTexture) texture = sac_frame_feed_dup_near (self->feed, &frame);

  if (!texture || (self->media && (frame < self->first || frame > self->last))
      || (self->shown >= 0 && ABS ((gint64) frame - self->frame) >= ABS ((gint64) self->shown - self->frame)))
    return;
  if (!self->media && self->in_ns > 0)
    return;                     /* the file's first frame is not the clip's */
  sac_frame_view_set_message (self->view, NULL);
  sac_frame_view_set_texture (self->view, texture, frame);
  if (!self->media)
    return;
  self->shown = (int) frame;
  update_near (self, frame != self->frame);
}

/* Puts the meant frame on the screen if it is ready; else one near it, or the one shown before stays. */
static void
show (SacPlayer *self)
{
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *problem = NULL;
  gboolean new;

  if (self->media)
    {
      texture = sac_frame_feed_dup_texture (self->feed, self->frame);
      problem = texture ? NULL : sac_frame_feed_dup_problem (self->feed, self->frame);
    }
  if (!texture && !problem)
    {
      if (self->path)
        show_near (self);
      return;
    }
  new = self->near || self->shown != (int) self->frame;
  if (problem)
    sac_frame_view_set_texture (self->view, NULL, self->frame);
  else if (new || texture != sac_frame_view_get_texture (self->view))
    sac_frame_view_set_texture (self->view, texture, self->frame);
  sac_frame_view_set_message (self->view, problem);
  self->shown = (int) self->frame;
  update_near (self, FALSE);
  if (new)
    g_signal_emit (self, signals[FRAME_SHOWN], 0, self->frame);
  update_cached (self, FALSE);
}

static void
mean_frame (SacPlayer *self, guint frame)
{
  int ahead = self->playing ? (self->speed < 0 ? -AHEAD : AHEAD) : 1;      /* paused: the frame beside it, whichever way one goes */
  gboolean back = !self->playing && frame < self->frame;

  if (self->media)
    frame = CLAMP (frame, self->first, self->last);
  if (self->frame != frame)
    {
      self->frame = frame;
      sac_seek_bar_set_playhead (self->seek_bar, frame >= self->first ? frame - self->first : 0);
      update_labels (self);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRAME]);
    }
  if (self->media)
    sac_frame_feed_want (self->feed, frame, back ? -1 : ahead);
  show (self);
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

/* Goes to a frame so that the person can come back.  A run of jumps, as in dragging, is one. */
static void
jump (SacPlayer *self, guint frame)
{
  gint64 now = g_get_monotonic_time ();

  if (self->media)
    frame = CLAMP (frame, self->first, self->last);
  if (ABS ((gint64) frame - self->frame) >= JUMP_FRAMES)
    {
      if (now - self->jump_us > JUMP_PAUSE_US)
        self->place = (int) self->frame;
      self->jump_us = now;
    }
  mean_frame (self, frame);
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
  mean_frame (self, (guint) place);
  rebase_now (self);
}

void
_sac_player_jump (SacPlayer *self, guint frame)
{
  if (self->media)
    jump (self, frame);
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

static gboolean
tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SacPlayer *self = SAC_PLAYER (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  gint64 at = self->base_ns + (gint64) ((double) (now - self->base_us) * 1000 * self->speed), start, end;
  guint frame, first, last;

  get_bounds (self, &first, &last);
  start = sac_media_get_time_ns (self->media, first);
  end = get_end_ns (self, last);
  if (at >= end || at < start)
    {
      if (!loops (self))
        {
          mean_frame (self, at < start ? first : last);
          sac_player_set_playing (self, FALSE);
          return G_SOURCE_CONTINUE;
        }
      at = at < start ? end - 1 : start;
      rebase (self, now, at);
    }
  frame = sac_media_get_frame_at (self->media, at);
  if (frame > first && sac_media_get_time_ns (self->media, frame) > at)
    frame--;                    /* nearest is not yet due */
  mean_frame (self, frame);
  follow_sound (self, TRUE, at);
  return G_SOURCE_CONTINUE;
}

static void
update_clock (SacPlayer *self)
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
        mean_frame (self, first);
      else if (self->speed < 0 && self->frame <= first)
        mean_frame (self, last);
    }
  self->playing = playing;
  gtk_button_set_icon_name (GTK_BUTTON (self->play_button),
                            playing ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  playing ? _("Pause") : _("Play"), -1);
  update_clock (self);
  update_speed (self);
  update_labels (self);
  update_cached (self, TRUE);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PLAYING]);
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
  update_speed (self);
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
  jump (self, (guint) by);
}

void
_sac_player_step_seconds (SacPlayer *self, int seconds)
{
  if (!self->media)
    return;
  sac_player_set_playing (self, FALSE);
  jump (self, sac_media_get_frame_at (self->media, MAX (sac_media_get_time_ns (self->media, self->frame) +
                                                              seconds * G_GINT64_CONSTANT (1000000000), 0)));
}

static void
on_first (SacPlayer *self)
{
  _sac_player_step (self, G_MININT32);
}

static void
on_back (SacPlayer *self)
{
  _sac_player_step (self, -1);
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

static void
on_play (SacPlayer *self)
{
  _sac_player_play_or_pause (self);
}

static void
on_forth (SacPlayer *self)
{
  _sac_player_step (self, 1);
}

static void
on_go_to (SacPlayer *self)
{
  _sac_player_ask_place (self, self->frame_button);
}

static void
on_last (SacPlayer *self)
{
  _sac_player_step (self, G_MAXINT32);
}

static void
on_seek (SacPlayer *self, guint frame)
{
  if (!self->media)
    return;
  jump (self, self->first + frame);
}

static void
on_hover (SacPlayer *self, int frame, double x)
{
  double at = x, y;

  gtk_widget_translate_coordinates (GTK_WIDGET (self->seek_bar), self->stage, x, 0, &at, &y);
  _sac_player_hover (self, frame < 0 ? -1 : (int) self->first + frame, at);
}

static void
on_scrub (SacPlayer *self, gboolean begin)
{
  if (begin)
    self->was_playing = self->playing;
  sac_player_set_playing (self, !begin && self->was_playing);
}

/* ---- sound. */

static void
on_sound_toggled (SacPlayer *self)
{
  gboolean on = gtk_toggle_button_get_active (self->sound_button);

  gtk_button_set_icon_name (GTK_BUTTON (self->sound_button), on ? "audio-volume-high-symbolic" : "audio-volume-muted-symbolic");
}

void
_sac_player_toggle_sound (SacPlayer *self)
{
  gtk_toggle_button_set_active (self->sound_button, !gtk_toggle_button_get_active (self->sound_button));
}

static void
on_has_sound (gboolean has_sound, gpointer data)
{
  SacPlayer *self = data;

  self->has_sound = has_sound;
  gtk_widget_set_visible (GTK_WIDGET (self->sound_button), has_sound);
}

static void
drop_sound (SacPlayer *self)
{
  g_clear_pointer (&self->audio, sac_audio_free);
  self->has_sound = FALSE;
  if (self->sound_button)
    gtk_widget_set_visible (GTK_WIDGET (self->sound_button), FALSE);
}

/* ---- opening. */

static void
stop_spinner (SacPlayer *self)
{
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
}

static void
on_opened (SacPlayer *self)
{
  guint n;

  g_set_object (&self->media, sac_frame_feed_get_media (self->feed));
  if (!self->media)
    return;
  stop_spinner (self);
  n = MAX (sac_media_get_n_frames (self->media), 1);
  self->first = self->in_ns > 0 ? sac_media_get_frame_at (self->media, self->in_ns) : 0;
  self->last = n - 1;
  if (self->out_ns > 0 && self->out_ns < sac_media_get_duration_ns (self->media))
    {
      guint end = sac_media_get_frame_at (self->media, self->out_ns);

      self->last = end > self->first ? end - 1 : self->first;
    }
  gtk_widget_set_sensitive (self->transport, TRUE);
  sac_frame_view_set_pixel_aspect (self->view, sac_media_get_pixel_aspect (self->media));
  sac_seek_bar_set_clip (self->seek_bar, self->last - self->first + 1);
  mean_frame (self, CLAMP (self->frame, self->first, self->last));
  sac_seek_bar_set_playhead (self->seek_bar, self->frame - self->first);
  update_labels (self);
  update_cached (self, TRUE);
  update_clock (self);
  drop_sound (self);
  self->audio = sac_audio_new (self->media, NULL, on_has_sound, self);
  g_signal_emit (self, signals[OPENED], 0);
}

static void
on_failed (SacPlayer *self, const char *why)
{
  stop_spinner (self);
  sac_frame_view_set_texture (self->view, NULL, 0);
  sac_frame_view_set_message (self->view, why);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, why, -1);
}

void
sac_player_open (SacPlayer *self, const SacItem *item)
{
  g_return_if_fail (SAC_IS_PLAYER (self));
  if (item && self->path && g_strcmp0 (item->path, self->path) == 0 && item->in_ns == self->in_ns && item->out_ns == self->out_ns)
    return;
  sac_player_set_playing (self, FALSE);
  drop_sound (self);
  update_near (self, FALSE);
  self->has_zone = FALSE;
  self->place = -1;
  self->jump_us = 0;
  sac_frame_view_zoom_fit (self->view);
  g_clear_object (&self->media);
  g_free (self->path);
  self->path = item ? g_strdup (item->path) : NULL;
  self->in_ns = item ? item->in_ns : 0;
  self->out_ns = item ? item->out_ns : 0;
  self->first = self->last = 0;
  self->shown = -1;
  self->speed = 1;
  self->frame = 0;
  update_speed (self);
  gtk_widget_set_sensitive (self->transport, FALSE);
  sac_seek_bar_set_clip (self->seek_bar, 0);
  sac_frame_view_set_message (self->view, NULL);
  sac_frame_view_set_texture (self->view, NULL, 0);
  update_labels (self);
  sac_frame_feed_open (self->feed, self->path);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), item != NULL);
  if (item)
    gtk_spinner_start (self->spinner);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRAME]);
}

/* ---- life. */

static void
sac_player_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sac_player_parent_class)->map (widget);
  update_clock (SAC_PLAYER (widget));
}

static void
sac_player_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sac_player_parent_class)->unmap (widget);
  update_clock (SAC_PLAYER (widget));
}

static void
sac_player_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SacPlayer *self = SAC_PLAYER (object);

  if (id == PROP_FRAME)
    g_value_set_uint (value, self->frame);
  else if (id == PROP_PLAYING)
    g_value_set_boolean (value, self->playing);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sac_player_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_FRAME)
    sac_player_set_frame (SAC_PLAYER (object), g_value_get_uint (value));
  else if (id == PROP_PLAYING)
    sac_player_set_playing (SAC_PLAYER (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sac_player_dispose (GObject *object)
{
  SacPlayer *self = SAC_PLAYER (object);

  if (self->tick_id)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
  if (self->feed)
    g_signal_handlers_disconnect_by_data (self->feed, self);
  g_clear_object (&self->feed);
  g_clear_pointer (&self->audio, sac_audio_free);
  g_clear_object (&self->media);
  g_clear_pointer (&self->path, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), SAC_TYPE_PLAYER);
  G_OBJECT_CLASS (sac_player_parent_class)->dispose (object);
}

static void
sac_player_class_init (SacPlayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  g_type_ensure (SAC_TYPE_FRAME_VIEW);
  g_type_ensure (SAC_TYPE_SEEK_BAR);
  object_class->get_property = sac_player_get_property;
  object_class->set_property = sac_player_set_property;
  object_class->dispose = sac_player_dispose;
  widget_class->map = sac_player_map;
  widget_class->unmap = sac_player_unmap;
  props[PROP_FRAME] = g_param_spec_uint ("frame", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_PLAYING] = g_param_spec_boolean ("playing", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[FRAME_SHOWN] = g_signal_new ("frame-shown", SAC_TYPE_PLAYER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[OPENED] = g_signal_new ("opened", SAC_TYPE_PLAYER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/player.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, SacPlayer, name)
  BIND (view);
  BIND (seek_bar);
  BIND (stage);
  BIND (transport);
  BIND (play_button);
  BIND (spinner);
  BIND (time_label);
  BIND (frame_label);
  BIND (speed_badge);
  BIND (loop_button);
  BIND (near_badge);
  BIND (frame_button);
  BIND (sound_button);
#undef BIND
#define CALL(name) gtk_widget_class_bind_template_callback (widget_class, name)
  CALL (on_first);
  CALL (on_back);
  CALL (on_play);
  CALL (on_forth);
  CALL (on_last);
  CALL (on_seek);
  CALL (on_scrub);
  CALL (on_hover);
  CALL (on_sound_toggled);
  CALL (on_go_to);
#undef CALL
}

static void
sac_player_init (SacPlayer *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  self->speed = 1;
  self->shown = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->feed = sac_frame_feed_new ();
  g_signal_connect_swapped (self->feed, "opened", G_CALLBACK (on_opened), self);
  g_signal_connect_swapped (self->feed, "failed", G_CALLBACK (on_failed), self);
  g_signal_connect_swapped (self->feed, "ready", G_CALLBACK (show), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_play), self);
  gtk_widget_add_controller (self->stage, GTK_EVENT_CONTROLLER (click));
  _sac_player_add_gestures (self);
  _sac_player_add_hover (self);
  gtk_widget_set_sensitive (self->transport, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  gtk_toggle_button_set_active (self->loop_button, TRUE);
  if (sac_settings_get ())
    {
      g_settings_bind (sac_settings_get (), "loop", self->loop_button, "active", G_SETTINGS_BIND_DEFAULT);
      g_settings_bind (sac_settings_get (), "sound", self->sound_button, "active", G_SETTINGS_BIND_DEFAULT);
    }
  self->place = -1;
  on_sound_toggled (self);
}

SacMedia *
sac_player_get_media (SacPlayer *self)
{
  return self->media;
}

guint
sac_player_get_frame (SacPlayer *self)
{
  return self->frame;
}

void
sac_player_set_frame (SacPlayer *self, guint frame)
{
  g_return_if_fail (SAC_IS_PLAYER (self));
  if (frame == self->frame)
    return;
  jump (self, frame);
}

guint
sac_player_get_first (SacPlayer *self)
{
  return self->first;
}

guint
sac_player_get_last (SacPlayer *self)
{
  return self->last;
}

gboolean
sac_player_get_playing (SacPlayer *self)
{
  return self->playing;
}

double
sac_player_get_speed (SacPlayer *self)
{
  return self->speed;
}

int
sac_player_get_shown_frame (SacPlayer *self)
{
  return self->shown;
}

guint
sac_player_add_painter (SacPlayer *self, SacFramePaint paint, gpointer data)
{
  return sac_frame_view_add_painter (self->view, paint, data);
}

void
sac_player_remove_painter (SacPlayer *self, guint painter)
{
  if (self->view)
    sac_frame_view_remove_painter (self->view, painter);
}

void
sac_player_redraw (SacPlayer *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self->view));
}

void
sac_player_set_weights (SacPlayer *self, const float *weights, guint n)
{
  sac_seek_bar_set_weights (self->seek_bar, weights, n);
}

void
sac_player_set_zone (SacPlayer *self, guint first, guint last)
{
  g_return_if_fail (SAC_IS_PLAYER (self) && first <= last);
  if (!self->media)
    return;
  self->has_zone = TRUE;
  self->zone_first = CLAMP (first, self->first, self->last);
  self->zone_last = CLAMP (last, self->first, self->last);
  sac_seek_bar_set_zone (self->seek_bar, TRUE, self->zone_first - self->first, self->zone_last - self->first);
}

void
sac_player_clear_zone (SacPlayer *self)
{
  g_return_if_fail (SAC_IS_PLAYER (self));
  self->has_zone = FALSE;
  sac_seek_bar_set_zone (self->seek_bar, FALSE, 0, 0);
}

gboolean
sac_player_get_zone (SacPlayer *self, guint *first, guint *last)
{
  if (self->has_zone && first)
    *first = self->zone_first;
  if (self->has_zone && last)
    *last = self->zone_last;
  return self->has_zone;
}

GtkWidget *
_sac_player_get_frame_button (SacPlayer *self)
{
  return self->frame_button;
}

SacFrameView *
sac_player_get_view (SacPlayer *self)
{
  return self->view;
}

GtkWidget *
_sac_player_get_stage (SacPlayer *self)
{
  return self->stage;
}

void
sac_player_add_overlay (SacPlayer *self, GtkWidget *overlay)
{
  g_return_if_fail (SAC_IS_PLAYER (self) && GTK_IS_WIDGET (overlay));
  gtk_overlay_add_overlay (GTK_OVERLAY (self->stage), overlay);
}
