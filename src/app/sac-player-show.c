/* What a player shows: the frame meant, or one near it while that is decoded, and the words and numbers about it. */
#include "sac-player-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define CACHED_EVERY_US 250000  /* how often cached ranges are asked for */
#define CACHED_PARTS 4096       /* more could not be told apart on the bar */

static void
format_time (char *text, gsize size, gint64 ns)
{
  gint64 ms = (ns + 500000) / 1000000;

  g_snprintf (text, (gulong) size, "%d:%02d.%03d", (int) (ms / 60000), (int) (ms / 1000 % 60), (int) (ms % 1000));
}

void
_sac_player_update_labels (SacPlayer *self)
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

void
_sac_player_update_speed (SacPlayer *self)
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

static gboolean
update_cached (gpointer data)
{
  SacPlayer *self = data;
  guint n = self->last - self->first + 1, n_parts = MIN (n, CACHED_PARTS);
  guint8 cached[CACHED_PARTS];

  self->cached_source = 0;
  if (!self->media)
    return G_SOURCE_REMOVE;
  self->cached_us = g_get_monotonic_time ();
  sac_media_mark_cached (self->media, self->first, n, n_parts, cached);
  sac_seek_bar_set_cached (self->seek_bar, cached, n_parts);
  return G_SOURCE_REMOVE;
}

/* Not @now: soon, and as often as the eye can follow. */
void
_sac_player_update_cached (SacPlayer *self, gboolean now)
{
  gint64 wait = CACHED_EVERY_US - (g_get_monotonic_time () - self->cached_us);

  if (now || wait <= 0)
    {
      g_clear_handle_id (&self->cached_source, g_source_remove);
      update_cached (self);
    }
  else if (!self->cached_source)
    self->cached_source = g_timeout_add ((guint) (wait / 1000) + 1, update_cached, self);
}

void
_sac_player_update_near (SacPlayer *self, gboolean near)
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
  _sac_player_update_near (self, frame != self->frame);
}

/* Puts the meant frame on the screen if it is ready; else one near it, or the one shown before stays. */
void
_sac_player_show (SacPlayer *self)
{
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *problem = NULL;
  gboolean new;

  if (self->media)
    {
      texture = sac_frame_feed_dup_texture (self->feed, self->frame);
      problem = texture ? NULL : sac_frame_feed_dup_problem (self->feed, self->frame);
    }
  _sac_player_update_cached (self, FALSE);
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
  _sac_player_update_near (self, FALSE);
  if (new)
    g_signal_emit_by_name (self, "frame-shown", self->frame);
}
