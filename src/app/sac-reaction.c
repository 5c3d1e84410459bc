#include "sac-reaction.h"

#include <glib/gi18n.h>

#include "sac-settings.h"

#define TIMES 8
#define SOONEST_MS 80           /* nobody is faster: it was guessed */
#define LATEST_MS 1000

struct _SacReaction {
  AdwWindow parent_instance;
  GtkWidget *square, *text, *use, *again;
  gboolean lit;
  gint64 lit_us;
  guint source;
  int ms[TIMES];
  guint n;
};

G_DEFINE_FINAL_TYPE (SacReaction, sac_reaction, ADW_TYPE_WINDOW)

static int
compare_ints (gconstpointer a, gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

int
sac_reaction_median (const int *ms, guint n)
{
  g_autofree int *sorted = n ? g_memdup2 (ms, n * sizeof *ms) : NULL;

  if (n == 0)
    return 0;
  qsort (sorted, n, sizeof *sorted, compare_ints);
  return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2] + 1) / 2;
}

static void
draw_square (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  SacReaction *self = data;
  double size = MIN (width, height) * 0.9;

  cairo_rectangle (cr, (width - size) / 2, (height - size) / 2, size, size);
  if (self->lit)
    cairo_set_source_rgb (cr, 0.96, 0.83, 0.18);
  else
    cairo_set_source_rgba (cr, 0.5, 0.5, 0.5, 0.25);
  cairo_fill (cr);
}

static void
set_text (SacReaction *self, const char *words)
{
  gtk_label_set_text (GTK_LABEL (self->text), words);
  gtk_widget_queue_draw (self->square);
}

static gboolean
light (gpointer data)
{
  SacReaction *self = data;

  self->source = 0;
  self->lit = TRUE;
  self->lit_us = g_get_monotonic_time ();
  gtk_widget_queue_draw (self->square);
  return G_SOURCE_REMOVE;
}

static void
wait (SacReaction *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  self->lit = FALSE;
  self->source = g_timeout_add ((guint) g_random_int_range (900, 2400), light, self);
}

static void
begin (SacReaction *self)
{
  self->n = 0;
  gtk_widget_set_sensitive (self->use, FALSE);
  gtk_widget_set_visible (self->again, FALSE);
  set_text (self, _("Press any key as soon as the square lights up. Eight times."));
  wait (self);
}

static void
finish (SacReaction *self)
{
  g_autofree char *words = g_strdup_printf (_("Your reaction time is about %d ms."), sac_reaction_median (self->ms, self->n));

  self->lit = FALSE;
  set_text (self, words);
  gtk_widget_set_sensitive (self->use, sac_settings_get () != NULL);
  gtk_widget_set_visible (self->again, TRUE);
  gtk_widget_grab_focus (self->use);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state, SacReaction *self)
{
  gint64 ms = (g_get_monotonic_time () - self->lit_us) / 1000;

  if (self->n == TIMES || keyval == GDK_KEY_Escape || keyval == GDK_KEY_Tab || keyval == GDK_KEY_ISO_Left_Tab)
    return GDK_EVENT_PROPAGATE;
  if (!self->lit || ms < SOONEST_MS)
    set_text (self, _("Too early. Wait for the square to light up."));
  else if (ms > LATEST_MS)
    set_text (self, _("Too late; that one does not count."));
  else
    {
      g_autofree char *words = NULL;

      self->ms[self->n++] = (int) ms;
      words = g_strdup_printf (_("%d ms · %u of %d"), (int) ms, self->n, TIMES);
      set_text (self, words);
    }
  if (self->n == TIMES)
    finish (self);
  else
    wait (self);
  return GDK_EVENT_STOP;
}

static void
on_use (SacReaction *self)
{
  g_settings_set_int (sac_settings_get (), "reaction-ms", CLAMP (sac_reaction_median (self->ms, self->n), 0, LATEST_MS));
  gtk_window_close (GTK_WINDOW (self));
}

static void
sac_reaction_dispose (GObject *object)
{
  g_clear_handle_id (&SAC_REACTION (object)->source, g_source_remove);
  G_OBJECT_CLASS (sac_reaction_parent_class)->dispose (object);
}

static void
sac_reaction_class_init (SacReactionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_reaction_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sac_reaction_init (SacReaction *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->square = gtk_drawing_area_new ();
  g_object_set (self->square, "content-width", 200, "content-height", 200, "vexpand", TRUE, NULL);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->square), draw_square, self, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->square), GTK_ACCESSIBLE_PROPERTY_LABEL, _("A square that lights up"), -1);
  self->text = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->text), TRUE);
  self->use = gtk_button_new_with_mnemonic (_("_Use this"));
  gtk_widget_add_css_class (self->use, "suggested-action");
  self->again = gtk_button_new_with_mnemonic (_("_Again"));
  gtk_widget_set_halign (buttons, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (buttons), self->again);
  gtk_box_append (GTK_BOX (buttons), self->use);
  g_object_set (inner, "margin-top", 12, "margin-bottom", 24, "margin-start", 24, "margin-end", 24, NULL);
  gtk_box_append (GTK_BOX (inner), self->square);
  gtk_box_append (GTK_BOX (inner), self->text);
  gtk_box_append (GTK_BOX (inner), buttons);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), inner);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (self->use, "clicked", G_CALLBACK (on_use), self);
  g_signal_connect_swapped (self->again, "clicked", G_CALLBACK (begin), self);
  begin (self);
}

GtkWindow *
sac_reaction_new (void)
{
  return g_object_new (SAC_TYPE_REACTION, "title", _("Reaction time"), "default-width", 380, "default-height", 420, NULL);
}
