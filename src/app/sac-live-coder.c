#include "sac-live-coder.h"

#include <glib/gi18n.h>

#include "sac-hold.h"
#include "sac-settings.h"

#define TAP_US 250000           /* what is shorter is a tap */
#define FAR_NS 1000000000       /* the playhead goes further at once only when somebody seeks; times the speed */

typedef struct {
  guint keycode, number;
  SacId label;
  gint64 since_us;
  SacHold *hold;
} Key;

struct _SacLiveCoder {
  GObject parent_instance;
  SacSession *session;
  SacPlayer *player;            /* weak: both stand in one page */
  SacId clip;
  GArray *keys;                 /* Key */
};

G_DEFINE_FINAL_TYPE (SacLiveCoder, sac_live_coder, G_TYPE_OBJECT)

enum { TAP, CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
clear_key (gpointer data)
{
  sac_hold_free (((Key *) data)->hold);
}

static gint64
time_of (SacLiveCoder *self, guint frame)
{
  SacMedia *media = sac_player_get_media (self->player);

  return frame < sac_media_get_n_frames (media) ? sac_media_get_time_ns (media, frame) : sac_media_get_duration_ns (media);
}

/* What the person sees, which may be behind what is meant. */
static gint64
playhead (SacLiveCoder *self)
{
  int shown = sac_player_get_shown_frame (self->player);

  return time_of (self, shown >= 0 ? (guint) shown : sac_player_get_frame (self->player));
}

static void
on_frame (SacLiveCoder *self)
{
  double speed = self->keys->len ? sac_player_get_speed (self->player) : 0;

  if (self->keys->len == 0 || !sac_player_get_media (self->player))
    return;
  for (guint i = 0; i < self->keys->len; i++)
    sac_hold_move (g_array_index (self->keys, Key, i).hold, playhead (self), speed < 0 ? -1 : 1, (gint64) (FAR_NS * MAX (ABS (speed), 1)));
}

/* Whole frames: from the start of the first to the end of the last, the one that was seen at the end. */
static void
snap (SacLiveCoder *self, SacSpan *span)
{
  SacMedia *media = sac_player_get_media (self->player);
  guint first = sac_player_get_first (self->player), last = sac_player_get_last (self->player);
  guint from = CLAMP (sac_media_get_frame_at (media, span->in_ns), first, last);
  guint to = CLAMP (sac_media_get_frame_at (media, span->out_ns), from, last);

  *span = (SacSpan) { time_of (self, from), time_of (self, to + 1) };
}

static void
finish (SacLiveCoder *self, guint index)
{
  Key key = g_array_index (self->keys, Key, index);
  gint64 late = (gint64) (1e6 * sac_settings_get_int ("reaction-ms", 0) * ABS (sac_player_get_speed (self->player)));
  gboolean tap = g_get_monotonic_time () - key.since_us < TAP_US;
  g_autoptr (GArray) spans = NULL;

  on_frame (self);
  spans = sac_hold_end (key.hold, late);
  g_array_remove_index (self->keys, index);     /* frees the hold */
  g_signal_emit (self, signals[CHANGED], 0);
  if (tap)
    {
      g_signal_emit (self, signals[TAP], 0, key.number);
      return;
    }
  if (spans->len == 0 || !self->clip || !sac_player_get_media (self->player))
    return;
  for (guint i = 0; i < spans->len; i++)
    snap (self, &g_array_index (spans, SacSpan, i));
  if (sac_session_add_segments (self->session, self->clip, key.label, (const SacSpan *) (gpointer) spans->data, spans->len) &&
      !sac_settings_get_boolean ("live-coding-told", TRUE))
    {
      sac_session_say (self->session, TRUE, _("A label’s key held while the clip plays marks a segment; "
                                                  "a short press is for the whole clip"));
      sac_settings_set_boolean ("live-coding-told", TRUE);
    }
}

void
sac_live_coder_release_all (SacLiveCoder *self)
{
  g_return_if_fail (SAC_IS_LIVE_CODER (self));
  while (self->keys->len)
    finish (self, self->keys->len - 1);
}

static void
on_playing (SacLiveCoder *self)
{
  if (!sac_player_get_playing (self->player))
    sac_live_coder_release_all (self);
}

gboolean
sac_live_coder_press (SacLiveCoder *self, guint keycode, SacId label, guint number)
{
  Key key = { keycode, number, label, g_get_monotonic_time (), NULL };
  guint first, last;

  g_return_val_if_fail (SAC_IS_LIVE_CODER (self), FALSE);
  for (guint i = 0; i < self->keys->len; i++)
    if (g_array_index (self->keys, Key, i).keycode == keycode)
      return TRUE;              /* the keyboard repeats it */
  if (!self->clip || !label || !sac_player_get_playing (self->player) || !sac_player_get_media (self->player) ||
      !sac_session_is_writable (self->session))
    return FALSE;
  if (!sac_player_get_zone (self->player, &first, &last))
    {
      first = sac_player_get_first (self->player);
      last = sac_player_get_last (self->player);
    }
  key.hold = sac_hold_new (playhead (self), time_of (self, first), time_of (self, last + 1));
  g_array_append_val (self->keys, key);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

void
sac_live_coder_release (SacLiveCoder *self, guint keycode)
{
  g_return_if_fail (SAC_IS_LIVE_CODER (self));
  for (guint i = 0; i < self->keys->len; i++)
    if (g_array_index (self->keys, Key, i).keycode == keycode)
      {
        finish (self, i);
        return;
      }
}

gboolean
sac_live_coder_get_growing (SacLiveCoder *self, SacId label, gint64 *from_ns)
{
  for (guint i = 0; i < self->keys->len; i++)
    if (g_array_index (self->keys, Key, i).label == label)
      {
        *from_ns = sac_hold_get_from (g_array_index (self->keys, Key, i).hold);
        return TRUE;
      }
  return FALSE;
}

void
sac_live_coder_set_clip (SacLiveCoder *self, SacId clip)
{
  g_return_if_fail (SAC_IS_LIVE_CODER (self));
  if (self->clip == clip)
    return;
  g_array_set_size (self->keys, 0);
  self->clip = clip;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
sac_live_coder_finalize (GObject *object)
{
  SacLiveCoder *self = SAC_LIVE_CODER (object);

  g_array_unref (self->keys);
  g_clear_weak_pointer (&self->player);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sac_live_coder_parent_class)->finalize (object);
}

static void
sac_live_coder_class_init (SacLiveCoderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_live_coder_finalize;
  signals[TAP] = g_signal_new ("tap", SAC_TYPE_LIVE_CODER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[CHANGED] = g_signal_new ("changed", SAC_TYPE_LIVE_CODER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_live_coder_init (SacLiveCoder *self)
{
  self->keys = g_array_new (FALSE, FALSE, sizeof (Key));
  g_array_set_clear_func (self->keys, clear_key);
}

SacLiveCoder *
sac_live_coder_new (SacSession *session, SacPlayer *player)
{
  SacLiveCoder *self = g_object_new (SAC_TYPE_LIVE_CODER, NULL);

  self->session = g_object_ref (session);
  g_set_weak_pointer (&self->player, player);
  g_signal_connect_object (player, "notify::frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "frame-shown", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "notify::playing", G_CALLBACK (on_playing), self, G_CONNECT_SWAPPED);
  return self;
}
