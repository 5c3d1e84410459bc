/* "Go to": a place as people write it. */
#include "sac-player-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-keys.h"

/* "1:02:03.5" → seconds.  FALSE: it is no time. */
static gboolean
parse_time (const char *text, double *seconds)
{
  double total = 0;
  int n_parts = 0;

  for (;;)
    {
      char *end;
      double part = g_ascii_strtod (text, &end);

      if (end == text || !g_ascii_isdigit (text[0]) || !isfinite (part) || ++n_parts > 3)
        return FALSE;
      total = total * 60 + part;
      text = end;
      if (*text != ':')
        break;
      text++;
    }
  if (*text == 's')
    text++;
  *seconds = total;
  return *text == '\0' && total < 1e9;
}

gboolean
sac_player_parse_place (SacPlayer *self, const char *text, guint *frame)
{
  SacMedia *media = sac_player_get_media (self);
  g_autofree char *plain = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);      /* full-width digits too */
  g_autoptr (GString) tight = g_string_new (NULL);
  gint64 at, number;
  double seconds;
  char sign;
  char *end;

  if (!media || !plain)
    return FALSE;
  if (g_str_has_prefix (g_strchug (plain), "−"))       /* a true minus */
    {
      memmove (plain, plain + strlen ("−") - 1, strlen (plain) - strlen ("−") + 2);
      plain[0] = '-';
    }
  for (const char *c = plain; *c; c++)
    if (*c != ' ')
      g_string_append_c (tight, *c);
  sign = tight->str[0] == '+' || tight->str[0] == '-' ? tight->str[0] : '\0';
  if (sign)
    g_string_erase (tight, 0, 1);
  if (tight->len == 0 || !g_ascii_isdigit (tight->str[0]) || strspn (tight->str, "0123456789.:s") != tight->len)
    return FALSE;
  number = g_ascii_strtoll (tight->str, &end, 10);
  if (*end == '\0')
    {
      number = MIN (number, G_MAXINT32);
      if (sign)
        number = sac_player_get_frame (self) + (sign == '-' ? -number : number);
      *frame = (guint) CLAMP (number, (gint64) sac_player_get_first (self), (gint64) sac_player_get_last (self));
      return TRUE;
    }
  if (!parse_time (tight->str, &seconds))
    return FALSE;
  at = (gint64) (seconds * 1e9);
  if (sign)
    at = sac_media_get_time_ns (media, sac_player_get_frame (self)) + (sign == '-' ? -at : at);
  *frame = CLAMP (sac_media_get_frame_at (media, MAX (at, 0)), sac_player_get_first (self), sac_player_get_last (self));
  return TRUE;
}

/* ---- the little window that asks. */

static void
on_activate (GtkEntry *entry, SacPlayer *self)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (entry), GTK_TYPE_POPOVER);
  guint frame;

  if (sac_player_parse_place (self, gtk_editable_get_text (GTK_EDITABLE (entry)), &frame))
    {
      _sac_player_jump (self, frame);
      gtk_popover_popdown (GTK_POPOVER (popover));
    }
  else
    {
      gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
      gtk_widget_error_bell (GTK_WIDGET (entry));
    }
}

static void
on_changed (GtkEntry *entry)
{
  gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
}

/* The keyboard goes on where it was, or Space would press the button that the popover hangs on. */
static void
on_closed (GtkWidget *popover, GtkWidget *before)
{
  if (gtk_widget_get_root (before))
    gtk_widget_grab_focus (before);
}

void
_sac_player_ask_place (SacPlayer *self, GtkWidget *at)
{
  GtkWidget *popover, *entry, *before;
  g_autofree char *frame = NULL;

  if (!sac_player_get_media (self) || !gtk_widget_get_mapped (at))
    return;
  popover = gtk_popover_new ();
  entry = gtk_entry_new ();
  frame = g_strdup_printf ("%u", sac_player_get_frame (self));
  gtk_editable_set_text (GTK_EDITABLE (entry), frame);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 16);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("120, 1:02.5, +10, −2s"));
  gtk_widget_set_tooltip_text (entry, _("A frame (120), a time (1:02.5 or 2.5s), or + and − from here"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Go to a time or frame"), -1);
  g_signal_connect_object (entry, "activate", G_CALLBACK (on_activate), self, 0);
  g_signal_connect (entry, "changed", G_CALLBACK (on_changed), NULL);
  gtk_popover_set_child (GTK_POPOVER (popover), entry);
  gtk_popover_set_position (GTK_POPOVER (popover), GTK_POS_TOP);
  gtk_widget_set_parent (popover, at);
  before = gtk_root_get_focus (gtk_widget_get_root (at));
  if (before && before != at)
    g_signal_connect_object (popover, "closed", G_CALLBACK (on_closed), before, 0);
  g_signal_connect (popover, "closed", G_CALLBACK (sac_popover_drop), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
  gtk_widget_grab_focus (entry);
  gtk_editable_select_region (GTK_EDITABLE (entry), 0, -1);
}
