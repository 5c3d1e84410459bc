/* The key for playing, held: dragging then moves the picture.  Pressed and let go it plays or pauses.  Pausing does not wait for the
 * key to come up, so that the frame one wanted is the one that stays; playing does, for until then the key may mean a drag. */
#include "sac-player-private.h"

#define STILL_PX 3

gboolean
sac_player_press (SacPlayer *self, const char *act, guint keycode)
{
  g_return_val_if_fail (SAC_IS_PLAYER (self), FALSE);
  if (g_strcmp0 (act, "player.play") != 0 || keycode == 0)
    return sac_player_act (self, act);
  if (self->held == keycode)
    return TRUE;                /* the keyboard repeats it */
  self->held = keycode;
  self->held_playing = self->playing;
  self->held_panned = FALSE;
  if (self->playing)
    sac_player_act (self, act);
  if (sac_frame_view_get_zoom (self->view) > 0)
    gtk_widget_set_cursor_from_name (self->stage, "grab");
  return TRUE;
}

static void
let_go (SacPlayer *self)
{
  self->held = 0;
  gtk_widget_set_cursor (self->stage, NULL);
}

void
sac_player_release (SacPlayer *self, guint keycode)
{
  g_return_if_fail (SAC_IS_PLAYER (self));
  if (!self->held || self->held != keycode)
    return;
  let_go (self);
  if (self->held_panned)        /* all is as before */
    sac_player_set_playing (self, self->held_playing);
  else if (!self->held_playing)
    sac_player_act (self, "player.play");
}

void
sac_player_release_all (SacPlayer *self)
{
  g_return_if_fail (SAC_IS_PLAYER (self));
  if (self->held)
    let_go (self);
}

/* ---- the drag. */

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, SacPlayer *self)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (drag));

  if (button != GDK_BUTTON_MIDDLE && !(button == GDK_BUTTON_PRIMARY && self->held))
    {
      gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  self->panned_x = self->panned_y = 0;
}

static void
on_drag_update (GtkGestureDrag *drag, double dx, double dy, SacPlayer *self)
{
  sac_frame_view_pan (self->view, dx - self->panned_x, dy - self->panned_y);
  self->panned_x = dx;
  self->panned_y = dy;
  if (ABS (dx) >= STILL_PX || ABS (dy) >= STILL_PX)
    self->held_panned = TRUE;
}

void
_sac_player_add_panning (SacPlayer *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (self->stage, GTK_EVENT_CONTROLLER (drag));
}
