#include "sac-label-chip.h"

#include <glib/gi18n.h>

struct _SacLabelChip {
  GtkButton parent_instance;
  SacId label;
  char *name;
  char key;
  GdkRGBA colour;
  SacChipState state;
  GtkWidget *icon, *dot;
  gboolean shift;               /* held at the press */
};

G_DEFINE_FINAL_TYPE (SacLabelChip, sac_label_chip, GTK_TYPE_BUTTON)

static guint set_state_signal;

/* By state + 1. */
static const char *const classes[] = { "unknown", "no", "yes", "mixed" };
static const char *const icons[] = {
  "sac-unknown-symbolic", "window-close-symbolic", "object-select-symbolic", "list-remove-symbolic",
};

static const char *
state_word (SacChipState state)
{
  switch (state)
    {
    case SAC_CHIP_NO:
      return C_("label state", "no");
    case SAC_CHIP_YES:
      return C_("label state", "yes");
    case SAC_CHIP_MIXED:
      return C_("label state", "some");
    case SAC_CHIP_UNKNOWN:
    default:
      return C_("label state", "unknown");
    }
}

static void
draw_dot (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  /* A light rim, so that the dot is seen on a chip of its own colour too. */
  cairo_arc (cr, width / 2.0, height / 2.0, MIN (width, height) / 2.0, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill (cr);
  cairo_arc (cr, width / 2.0, height / 2.0, MIN (width, height) / 2.0 - 1.5, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, &SAC_LABEL_CHIP (data)->colour);
  cairo_fill (cr);
}

static char *
dup_words (SacLabelChip *self)
{
  return g_strdup_printf (_("%s: %s"), self->name, state_word (self->state));
}

/* Written when it is asked for: telling GTK of a new tip asks the display server where the pointer is. */
static gboolean
sac_label_chip_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  SacLabelChip *self = SAC_LABEL_CHIP (widget);
  g_autofree char *name = dup_words (self);
  g_autofree char *tip = self->key ? g_strdup_printf (_("%s\n%c: yes or no · Shift+%c: unknown · held while playing: a segment"),
                                                      name, self->key, self->key)
                                   : g_strdup_printf (_("%s\nClick: yes or no · Shift+click: unknown"), name);

  gtk_tooltip_set_text (tooltip, tip);
  return TRUE;
}

static void
update (SacLabelChip *self)
{
  guint look = (guint) ((int) self->state + 1);
  g_autofree char *name = dup_words (self);
  GtkAccessibleTristate pressed = self->state == SAC_CHIP_YES ? GTK_ACCESSIBLE_TRISTATE_TRUE
                                  : self->state == SAC_CHIP_NO ? GTK_ACCESSIBLE_TRISTATE_FALSE : GTK_ACCESSIBLE_TRISTATE_MIXED;

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (i == look)
      gtk_widget_add_css_class (GTK_WIDGET (self), classes[i]);
    else
      gtk_widget_remove_css_class (GTK_WIDGET (self), classes[i]);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), icons[look]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_PRESSED, pressed, -1);
}

static gboolean
note_shift (GtkEventControllerLegacy *controller, GdkEvent *event, SacLabelChip *self)
{
  GdkEventType type = gdk_event_get_event_type (event);

  if (type == GDK_BUTTON_PRESS || type == GDK_BUTTON_RELEASE || type == GDK_KEY_PRESS || type == GDK_KEY_RELEASE)
    self->shift = (gdk_event_get_modifier_state (event) & GDK_SHIFT_MASK) != 0;
  return GDK_EVENT_PROPAGATE;
}

static void
sac_label_chip_clicked (GtkButton *button)
{
  SacLabelChip *self = SAC_LABEL_CHIP (button);
  SacLabelState wanted = self->shift ? SAC_LABEL_UNKNOWN : self->state == SAC_CHIP_YES ? SAC_LABEL_NO : SAC_LABEL_YES;

  self->shift = FALSE;
  g_signal_emit (self, set_state_signal, 0, (int) wanted);
}

static void
sac_label_chip_finalize (GObject *object)
{
  g_free (SAC_LABEL_CHIP (object)->name);
  G_OBJECT_CLASS (sac_label_chip_parent_class)->finalize (object);
}

static void
sac_label_chip_class_init (SacLabelChipClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_label_chip_finalize;
  GTK_WIDGET_CLASS (klass)->query_tooltip = sac_label_chip_query_tooltip;
  GTK_BUTTON_CLASS (klass)->clicked = sac_label_chip_clicked;
  set_state_signal = g_signal_new ("set-state", SAC_TYPE_LABEL_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
sac_label_chip_init (SacLabelChip *self)
{
  GtkEventController *legacy = gtk_event_controller_legacy_new ();

  self->state = SAC_CHIP_UNKNOWN;
  gtk_event_controller_set_propagation_phase (legacy, GTK_PHASE_CAPTURE);
  g_signal_connect (legacy, "event", G_CALLBACK (note_shift), self);
  gtk_widget_add_controller (GTK_WIDGET (self), legacy);
  gtk_widget_add_css_class (GTK_WIDGET (self), "chip");
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_focus_on_click (GTK_WIDGET (self), FALSE);
}

GtkWidget *
sac_label_chip_new (const SacLabel *label)
{
  SacLabelChip *self = g_object_new (SAC_TYPE_LABEL_CHIP, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (label->name);

  self->label = label->id;
  self->name = g_strdup (label->name);
  self->key = label->key;
  self->colour = (GdkRGBA) { (float) (label->colour >> 16 & 255) / 255, (float) (label->colour >> 8 & 255) / 255,
                             (float) (label->colour & 255) / 255, 1 };
  self->icon = gtk_image_new ();
  self->dot = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->dot), 12);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->dot), 12);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->dot), draw_dot, self, NULL);
  gtk_widget_set_valign (self->dot, GTK_ALIGN_CENTER);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 28);
  gtk_box_append (GTK_BOX (box), self->icon);
  gtk_box_append (GTK_BOX (box), self->dot);
  gtk_box_append (GTK_BOX (box), name);
  if (label->key)
    {
      const char text[] = { label->key, '\0' };
      GtkWidget *key = gtk_label_new (text);

      gtk_widget_add_css_class (key, "key-hint");
      gtk_widget_set_valign (key, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), key);
    }
  gtk_button_set_child (GTK_BUTTON (self), box);
  update (self);
  return GTK_WIDGET (self);
}

SacId
sac_label_chip_get_label (SacLabelChip *self)
{
  return self->label;
}

void
sac_label_chip_set_state (SacLabelChip *self, SacChipState state)
{
  g_return_if_fail (SAC_IS_LABEL_CHIP (self));
  if (self->state == state)
    return;
  self->state = state;
  update (self);
}

SacChipState
sac_label_chip_get_state (SacLabelChip *self)
{
  return self->state;
}
