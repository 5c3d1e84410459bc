/* What keys and gestures do to a player.  Each act has the name under which the key map knows it. */
#include "sac-player-private.h"

#include <math.h>

#define SPEED_STEP 1.1
#define ZOOM_STEP 1.2
#define MANY_FRAMES 10          /* of C and V */

typedef enum {
  PLAY, PAUSE, STEP, STEP_MANY, SECOND, SHUTTLE, FASTER, SPEED_NORMAL, LOOP, ZOOM_FIT, ZOOM_ONE, FIRST, LAST, GO_TO, GO_BACK, MUTE
} Kind;

static const struct {
  const char *name;
  Kind kind;
  double value;
} acts[] = {
  { "player.play", PLAY, 0 },
  { "player.pause", PAUSE, 0 },
  { "player.step-forward", STEP, 1 },
  { "player.step-back", STEP, -1 },
  { "player.step-n-forward", STEP_MANY, 1 },
  { "player.step-n-back", STEP_MANY, -1 },
  { "player.second-forward", SECOND, 1 },
  { "player.second-back", SECOND, -1 },
  { "player.shuttle-forward", SHUTTLE, 1 },
  { "player.shuttle-back", SHUTTLE, -1 },
  { "player.faster", FASTER, SPEED_STEP },
  { "player.slower", FASTER, 1 / SPEED_STEP },
  { "player.double", FASTER, 2 },
  { "player.half", FASTER, 0.5 },
  { "player.speed-normal", SPEED_NORMAL, 0 },
  { "player.loop", LOOP, 0 },
  { "player.zoom-fit", ZOOM_FIT, 0 },
  { "player.zoom-one", ZOOM_ONE, 0 },
  { "player.first", FIRST, 0 },
  { "player.last", LAST, 0 },
  { "player.seconds-forward", SECOND, 5 },
  { "player.seconds-back", SECOND, -5 },
  { "player.go-to", GO_TO, 0 },
  { "player.go-back", GO_BACK, 0 },
  { "player.mute", MUTE, 0 },
};

static void
act (SacPlayer *self, Kind kind, double value)
{
  SacFrameView *view = sac_player_get_view (self);

  switch (kind)
    {
    case PLAY:
      _sac_player_play_or_pause (self);
      break;
    case PAUSE:
      sac_player_set_playing (self, FALSE);
      break;
    case STEP:
      _sac_player_step (self, (gint64) value);
      break;
    case STEP_MANY:
      _sac_player_step (self, (gint64) value * MANY_FRAMES);
      break;
    case SECOND:
      _sac_player_step_seconds (self, (int) value);
      break;
    case SHUTTLE:
      _sac_player_shuttle (self, (int) value);
      break;
    case FASTER:
      sac_player_set_speed (self, sac_player_get_speed (self) * value);
      break;
    case SPEED_NORMAL:
      sac_player_set_speed (self, 1);
      break;
    case LOOP:
      _sac_player_toggle_loop (self);
      break;
    case ZOOM_FIT:
      sac_frame_view_zoom_fit (view);
      break;
    case ZOOM_ONE:
      sac_frame_view_zoom_one (view);
      break;
    case FIRST:
      _sac_player_step (self, G_MININT32);
      break;
    case LAST:
      _sac_player_step (self, G_MAXINT32);
      break;
    case GO_TO:
      _sac_player_ask_place (self, _sac_player_get_frame_button (self));
      break;
    case GO_BACK:
      _sac_player_go_back (self);
      break;
    case MUTE:
      _sac_player_toggle_sound (self);
      break;
    default:
      g_assert_not_reached ();
    }
}

gboolean
sac_player_act (SacPlayer *self, const char *name)
{
  g_return_val_if_fail (SAC_IS_PLAYER (self), FALSE);
  for (guint i = 0; name && i < G_N_ELEMENTS (acts); i++)
    if (g_str_equal (acts[i].name, name))
      {
        act (self, acts[i].kind, acts[i].value);
        return TRUE;
      }
  return FALSE;
}

/* ---- zoom and movement. */

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, SacPlayer *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  SacFrameView *view = sac_player_get_view (self);
  double x, y;

  if (!(state & GDK_CONTROL_MASK))
    {
      if (sac_frame_view_get_zoom (view) <= 0)
        return GDK_EVENT_PROPAGATE;
      sac_frame_view_pan (view, -40 * dx, -40 * dy);
      return GDK_EVENT_STOP;
    }
  gtk_widget_translate_coordinates (self->stage, GTK_WIDGET (view), self->pointer_x, self->pointer_y, &x, &y);
  sac_frame_view_zoom_by (view, pow (ZOOM_STEP, -dy), x, y);
  return GDK_EVENT_STOP;
}

/* The wheel's own events do not say where the pointer is. */
static void
on_motion (GtkEventControllerMotion *controller, double x, double y, SacPlayer *self)
{
  self->pointer_x = x;
  self->pointer_y = y;
}

static void
on_pinch (GtkGestureZoom *pinch, double scale, SacPlayer *self)
{
  double *before = g_object_get_data (G_OBJECT (pinch), "scale"), x, y;

  if (gtk_gesture_get_bounding_box_center (GTK_GESTURE (pinch), &x, &y))
    sac_frame_view_zoom_by (sac_player_get_view (self), scale / *before, x, y);
  *before = scale;
}

static void
on_pinch_begin (GtkGesture *pinch, GdkEventSequence *sequence, SacPlayer *self)
{
  double *before = g_new (double, 1);

  *before = 1;
  g_object_set_data_full (G_OBJECT (pinch), "scale", before, g_free);
}

void
_sac_player_add_gestures (SacPlayer *self)
{
  GtkWidget *stage = _sac_player_get_stage (self);
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_event_controller_set_propagation_phase (motion, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (stage, motion);
  gtk_widget_add_controller (stage, scroll);
  gtk_widget_add_controller (stage, GTK_EVENT_CONTROLLER (pinch));
}
