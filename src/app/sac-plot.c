#include "sac-plot.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sac-save-picture.h"

struct _SacPlot {
  GtkWidget parent_instance;
  SacPlotDraw draw;
  SacPlotText text;
  gpointer data;
  char *file_name;
  GtkWidget *menu;
  GtkFileChooserNative *chooser;
  gboolean dark_surround;
};

G_DEFINE_FINAL_TYPE (SacPlot, sac_plot, GTK_TYPE_WIDGET)

enum { CLICKED, POINTED, N_SIGNALS };
static guint signals[N_SIGNALS];

void
sac_plot_get_style (SacPlot *self, SacStyle *style)
{
  sac_style_init (style, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  style->paper[3] = 0;          /* the window's own background shows */
}

static void
sac_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacPlot *self = SAC_PLOT (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SacStyle style;
  cairo_t *cr;

  if (!self->draw || width < 20 || height < 10)
    return;
  sac_plot_get_style (self, &style);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (self->dark_surround)
    {
      cairo_set_source_rgb (cr, 0.14, 0.14, 0.14);
      cairo_paint (cr);
    }
  self->draw (cr, width, height, &style, self->data);
  cairo_destroy (cr);
}

/* ---- saving and copying. */

static void
draw_for_file (cairo_t *cr, double width, double height, gpointer data)
{
  SacPlot *self = data;
  SacStyle style;

  sac_style_init (&style, FALSE);       /* on paper: always the light style */
  self->draw (cr, width, height, &style, self->data);
}

static void
act_save (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacPlot *self = SAC_PLOT (widget);

  sac_save_picture (widget, &self->chooser, self->file_name, gtk_widget_get_width (widget), gtk_widget_get_height (widget), draw_for_file,
                    self);
}

static void
act_copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SacPlot *self = SAC_PLOT (widget);
  g_autofree char *text = self->text ? self->text (self->data) : NULL;

  if (text)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

/* ---- pointer. */

static void
pressed (GtkGestureClick *gesture, int n_press, double x, double y, gpointer data)
{
  SacPlot *self = data;

  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture)) == GDK_BUTTON_SECONDARY)
    {
      gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
      gtk_popover_popup (GTK_POPOVER (self->menu));
      return;
    }
  g_signal_emit (self, signals[CLICKED], 0, x, y);
}

static void
moved (GtkEventControllerMotion *controller, double x, double y, gpointer data)
{
  g_signal_emit (data, signals[POINTED], 0, x, y);
}

static void
left (GtkEventControllerMotion *controller, gpointer data)
{
  g_signal_emit (data, signals[POINTED], 0, -1.0, -1.0);
}

static void
sac_plot_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_popover_present (GTK_POPOVER (SAC_PLOT (widget)->menu));
}

static void
sac_plot_dispose (GObject *object)
{
  SacPlot *self = SAC_PLOT (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->file_name, g_free);
  self->draw = NULL;
  G_OBJECT_CLASS (sac_plot_parent_class)->dispose (object);
}

static void
sac_plot_class_init (SacPlotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_plot_dispose;
  widget_class->snapshot = sac_plot_snapshot;
  widget_class->size_allocate = sac_plot_size_allocate;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_install_action (widget_class, "plot.save", NULL, act_save);
  gtk_widget_class_install_action (widget_class, "plot.copy", NULL, act_copy);
  signals[CLICKED] = g_signal_new ("clicked", SAC_TYPE_PLOT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  signals[POINTED] = g_signal_new ("pointed", SAC_TYPE_PLOT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                   G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
sac_plot_init (SacPlot *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  g_menu_append (menu, _("Save picture…"), "plot.save");
  g_menu_append (menu, _("Copy the numbers"), "plot.copy");
  self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), 0);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (motion, "motion", G_CALLBACK (moved), self);
  g_signal_connect (motion, "leave", G_CALLBACK (left), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

void
sac_plot_set_up (SacPlot *self, const char *name, const char *file_name, SacPlotDraw draw, SacPlotText text, gpointer data)
{
  self->draw = draw;
  self->text = text;
  self->data = data;
  g_free (self->file_name);
  self->file_name = g_strdup (file_name);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plot.copy", text != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
sac_plot_describe (SacPlot *self, const char *description)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

void
sac_plot_set_dark_surround (SacPlot *self, gboolean dark)
{
  self->dark_surround = dark;
}
