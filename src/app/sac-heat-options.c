#include "sac-heat-options.h"

#include <glib/gi18n.h>

typedef enum { RANGE_WHOLE, RANGE_FRAME, RANGE_CLIP } Range;

struct _SacHeatOptions {
  GtkWidget parent_instance;
  GtkWidget *button;
  GtkDropDown *colours, *range;
  GtkScale *opacity;
  GtkCheckButton *even, *ends;
};

G_DEFINE_FINAL_TYPE (SacHeatOptions, sac_heat_options, GTK_TYPE_WIDGET)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

SacHeat
sac_heat_options_get (SacHeatOptions *self, const SacSeen *seen, const float *map)
{
  SacHeat heat = { .colours = (SacColourMap) MIN (gtk_drop_down_get_selected (self->colours), SAC_N_COLOUR_MAPS - 1),
                   .opacity = gtk_range_get_value (GTK_RANGE (self->opacity)),
                   .even = gtk_check_button_get_active (self->even), .low = 0, .high = 1 };
  Range range = (Range) gtk_drop_down_get_selected (self->range);
  gsize area = (gsize) seen->h * (gsize) seen->w;

  if (range == RANGE_FRAME && map)
    sac_heat_range (map, area, &heat.low, &heat.high);
  else if (range != RANGE_WHOLE && seen->maps)
    sac_heat_range (seen->maps, area * seen->n, &heat.low, &heat.high);
  return heat;
}

gboolean
sac_heat_options_get_mends_ends (SacHeatOptions *self)
{
  return gtk_check_button_get_active (self->ends);
}

void
sac_heat_options_toggle (SacHeatOptions *self)
{
  gtk_range_set_value (GTK_RANGE (self->opacity), gtk_range_get_value (GTK_RANGE (self->opacity)) > 0 ? 0 : 0.6);
}

void
sac_heat_options_add_arguments (SacHeatOptions *self, GPtrArray *argv)
{
  static const char *const colours[] = { "jet", "viridis", "magma", "cividis" }, *const ranges[] = { "whole", "frame", "clip" };
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ptr_array_add (argv, g_strdup_printf ("--colours=%s", colours[MIN (gtk_drop_down_get_selected (self->colours), 3)]));
  g_ptr_array_add (argv, g_strdup_printf ("--range=%s", ranges[MIN (gtk_drop_down_get_selected (self->range), 2)]));
  g_ptr_array_add (argv, g_strdup_printf ("--opacity=%s", g_ascii_formatd (number, sizeof number, "%.3f",
                                                                           gtk_range_get_value (GTK_RANGE (self->opacity)))));
  if (gtk_check_button_get_active (self->even))
    g_ptr_array_add (argv, g_strdup ("--even"));
  if (gtk_check_button_get_active (self->ends))
    g_ptr_array_add (argv, g_strdup ("--mend-ends"));
}

static void
on_change (SacHeatOptions *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
sac_heat_options_dispose (GObject *object)
{
  g_clear_pointer (&SAC_HEAT_OPTIONS (object)->button, gtk_widget_unparent);
  G_OBJECT_CLASS (sac_heat_options_parent_class)->dispose (object);
}

static void
sac_heat_options_class_init (SacHeatOptionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_heat_options_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
name (GtkWidget *widget, const char *words)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
add_row (GtkGrid *grid, int row, const char *words, GtkWidget *widget)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (widget, TRUE);
  name (widget, words);
  gtk_grid_attach (grid, label, 0, row, 1, 1);
  gtk_grid_attach (grid, widget, 1, row, 1, 1);
}

static void
sac_heat_options_init (SacHeatOptions *self)
{
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());
  GtkWidget *popover = gtk_popover_new ();

  self->colours = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (
    (const char *[]) { _("Jet, as in the paper"), "Viridis", "Magma", "Cividis", NULL }));
  self->range = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (
    (const char *[]) { _("0 to 1: frames can be compared"), _("Least to most of each frame"), _("Least to most of the clip"), NULL }));
  self->opacity = GTK_SCALE (gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.05));
  self->even = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (_("The same opacity everywhere, as in the paper")));
  self->ends = GTK_CHECK_BUTTON (gtk_check_button_new_with_label (_("First and last frame as the mean")));
  gtk_range_set_value (GTK_RANGE (self->opacity), 0.6);
  gtk_widget_set_size_request (GTK_WIDGET (self->opacity), 160, -1);
  gtk_grid_set_row_spacing (grid, 6);
  gtk_grid_set_column_spacing (grid, 12);
  add_row (grid, 0, _("Colours of the heat map"), GTK_WIDGET (self->colours));
  add_row (grid, 1, _("Range"), GTK_WIDGET (self->range));
  add_row (grid, 2, _("Opacity of the heat map"), GTK_WIDGET (self->opacity));
  gtk_grid_attach (grid, GTK_WIDGET (self->even), 0, 3, 2, 1);
  gtk_grid_attach (grid, GTK_WIDGET (self->ends), 0, 4, 2, 1);
  gtk_popover_set_child (GTK_POPOVER (popover), GTK_WIDGET (grid));
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->button), _("Look"));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), popover);
  gtk_widget_set_tooltip_text (self->button, _("How the maps are shown"));
  name (self->button, _("How the maps are shown"));
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  g_signal_connect_swapped (self->colours, "notify::selected", G_CALLBACK (on_change), self);
  g_signal_connect_swapped (self->range, "notify::selected", G_CALLBACK (on_change), self);
  g_signal_connect_swapped (self->opacity, "value-changed", G_CALLBACK (on_change), self);
  g_signal_connect_swapped (self->even, "toggled", G_CALLBACK (on_change), self);
  g_signal_connect_swapped (self->ends, "toggled", G_CALLBACK (on_change), self);
}
