/* What is seen while all frames of a file are counted before it can be opened: how far that is, how long it still takes, and a
 * button that stops it or begins again.  It appears only where it takes long enough to be read. */
#include "sac-player-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define PATIENCE_US 500000

typedef struct {
  SacPlayer *player;            /* not a reference: it owns this */
  GtkWidget *box, *label, *bar, *button;
  gint64 since_us;              /* 0 = nothing is counted */
  gboolean stopped;
} Counting;

static Counting *
get_counting (SacPlayer *self)
{
  return g_object_get_data (G_OBJECT (self), "sac-counting");
}

static void
on_button (Counting *counting)
{
  if (counting->stopped)
    _sac_player_open_again (counting->player);
  else
    {
      counting->stopped = TRUE;
      sac_frame_feed_stop (counting->player->feed);
    }
}

static void
show_left (Counting *counting, double fraction, double seconds)
{
  g_autofree char *text = NULL;

  if (seconds >= 0)
    {
      int left = (int) ceil (seconds);

      text = left < 100 ? g_strdup_printf (ngettext ("Counting the frames, %d second left", "Counting the frames, %d seconds left",
                                                     (unsigned long) left), left)
                        : g_strdup_printf (ngettext ("Counting the frames, %d minute left", "Counting the frames, %d minutes left",
                                                     (unsigned long) (left / 60)), left / 60);
    }
  gtk_label_set_text (GTK_LABEL (counting->label), text ? text : _("Counting the frames"));
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (counting->bar), fraction);
  else
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (counting->bar));
  gtk_widget_set_visible (counting->bar, TRUE);
  gtk_button_set_label (GTK_BUTTON (counting->button), _("Stop"));
}

void
_sac_player_update_counting (SacPlayer *self)
{
  Counting *counting = get_counting (self);
  double fraction, seconds;
  gboolean counts = sac_frame_feed_get_counting (self->feed, &fraction, &seconds);
  gint64 now = g_get_monotonic_time ();

  if (counting->stopped)
    return;
  if (!counts)
    counting->since_us = 0;
  else if (!counting->since_us)
    counting->since_us = now;
  if (counts && now - counting->since_us >= PATIENCE_US)
    {
      show_left (counting, fraction, seconds);
      if (!gtk_widget_get_visible (counting->box))
        gtk_widget_insert_before (counting->box, self->stage, NULL);       /* above all that others have put there */
      gtk_widget_set_visible (counting->box, TRUE);
    }
  else if (!counts)
    gtk_widget_set_visible (counting->box, FALSE);
}

/* TRUE: the person stopped it, and is asked whether to begin again. */
gboolean
_sac_player_counting_failed (SacPlayer *self)
{
  Counting *counting = get_counting (self);

  if (!counting->stopped)
    {
      gtk_widget_set_visible (counting->box, FALSE);
      return FALSE;
    }
  gtk_label_set_text (GTK_LABEL (counting->label), _("This clip opens when its frames have been counted"));
  gtk_widget_set_visible (counting->bar, FALSE);
  gtk_button_set_label (GTK_BUTTON (counting->button), _("Count"));
  return TRUE;
}

void
_sac_player_reset_counting (SacPlayer *self)
{
  Counting *counting = get_counting (self);

  counting->stopped = FALSE;
  counting->since_us = 0;
  gtk_widget_set_visible (counting->box, FALSE);
}

void
_sac_player_add_counting (SacPlayer *self)
{
  Counting *counting = g_new0 (Counting, 1);

  counting->player = self;
  counting->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  counting->label = gtk_label_new (NULL);
  counting->bar = gtk_progress_bar_new ();
  counting->button = gtk_button_new_with_label (_("Stop"));
  gtk_widget_add_css_class (counting->box, "osd");
  gtk_widget_add_css_class (counting->box, "toolbar");
  gtk_widget_set_halign (counting->button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (counting->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Counting the frames"), -1);
  gtk_box_append (GTK_BOX (counting->box), counting->label);
  gtk_box_append (GTK_BOX (counting->box), counting->bar);
  gtk_box_append (GTK_BOX (counting->box), counting->button);
  gtk_widget_set_halign (counting->box, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (counting->box, GTK_ALIGN_END);
  gtk_widget_set_margin_bottom (counting->box, 24);
  gtk_widget_set_visible (counting->box, FALSE);
  g_signal_connect_swapped (counting->button, "clicked", G_CALLBACK (on_button), counting);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->stage), counting->box);
  g_object_set_data_full (G_OBJECT (self), "sac-counting", counting, g_free);
}
