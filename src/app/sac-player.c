/* A player's life, what is opened in it and what is clicked.  sac-player-clock.c moves it, sac-player-show.c shows. */
#include "sac-player-private.h"

#include <glib/gi18n.h>

#include "sac-settings.h"

G_DEFINE_FINAL_TYPE (SacPlayer, sac_player, ADW_TYPE_BIN)

enum { PROP_FRAME = 1, PROP_PLAYING, N_PROPS };
static GParamSpec *props[N_PROPS];
enum { FRAME_SHOWN, OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- what is clicked. */

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

static void
on_play (SacPlayer *self)
{
  _sac_player_play_or_pause (self);
}

/* A click on the picture; before there is one it is meant for what lies over it. */
static void
on_click (SacPlayer *self)
{
  if (self->media)
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
  _sac_player_jump (self, self->first + frame);
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
  _sac_player_reset_counting (self);
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
  _sac_player_mean (self, CLAMP (self->frame, self->first, self->last));
  sac_seek_bar_set_playhead (self->seek_bar, self->frame - self->first);
  _sac_player_update_labels (self);
  _sac_player_update_cached (self, TRUE);
  _sac_player_update_clock (self);
  drop_sound (self);
  self->audio = sac_audio_new (self->media, NULL, on_has_sound, self);
  g_signal_emit (self, signals[OPENED], 0);
}

static void
on_failed (SacPlayer *self, const char *why)
{
  stop_spinner (self);
  if (_sac_player_counting_failed (self))
    return;
  sac_frame_view_set_texture (self->view, NULL, 0);
  sac_frame_view_set_message (self->view, why);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, why, -1);
}

void
_sac_player_open_again (SacPlayer *self)
{
  _sac_player_reset_counting (self);
  sac_frame_feed_open (self->feed, self->path);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->path != NULL);
  if (self->path)
    gtk_spinner_start (self->spinner);
}

void
sac_player_open (SacPlayer *self, const SacItem *item)
{
  g_return_if_fail (SAC_IS_PLAYER (self));
  if (item && self->path && g_strcmp0 (item->path, self->path) == 0 && item->in_ns == self->in_ns && item->out_ns == self->out_ns)
    return;
  sac_player_set_playing (self, FALSE);
  drop_sound (self);
  _sac_player_update_near (self, FALSE);
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
  _sac_player_update_speed (self);
  gtk_widget_set_sensitive (self->transport, FALSE);
  sac_seek_bar_set_clip (self->seek_bar, 0);
  sac_frame_view_set_message (self->view, NULL);
  sac_frame_view_set_texture (self->view, NULL, 0);
  _sac_player_update_labels (self);
  _sac_player_open_again (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRAME]);
}

/* ---- life. */

static void
sac_player_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sac_player_parent_class)->map (widget);
  _sac_player_update_clock (SAC_PLAYER (widget));
}

static void
sac_player_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sac_player_parent_class)->unmap (widget);
  sac_player_release_all (SAC_PLAYER (widget));
  _sac_player_update_clock (SAC_PLAYER (widget));
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
  g_clear_handle_id (&self->cached_source, g_source_remove);
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
  g_signal_connect_swapped (self->feed, "ready", G_CALLBACK (_sac_player_show), self);
  g_signal_connect_swapped (self->feed, "ready", G_CALLBACK (_sac_player_update_counting), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_click), self);
  gtk_widget_add_controller (self->stage, GTK_EVENT_CONTROLLER (click));
  _sac_player_add_gestures (self);
  _sac_player_add_panning (self);
  _sac_player_add_hover (self);
  _sac_player_add_counting (self);
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
  _sac_player_jump (self, frame);
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
sac_player_set_stage_shown (SacPlayer *self, gboolean shown)
{
  g_return_if_fail (SAC_IS_PLAYER (self));
  gtk_widget_set_visible (self->stage, shown);
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
