#include "sac-flow-layout.h"

struct _SacFlowLayout {
  GtkLayoutManager parent_instance;
  int spacing;
};

G_DEFINE_FINAL_TYPE (SacFlowLayout, sac_flow_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode
sac_flow_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

/* Places the children into @width (when @place) and returns the height they take. */
static int
flow (SacFlowLayout *self, GtkWidget *widget, int width, gboolean place)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int x = 0, y = 0, row = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      int minimum, natural, height, child_width;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
      child_width = MAX (MIN (natural, width), minimum);
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, child_width, NULL, &height, NULL, NULL);
      if (x > 0 && x + child_width > width)
        {
          y += row + self->spacing;
          x = row = 0;
        }
      if (place)
        gtk_widget_size_allocate (child, &(GtkAllocation) { rtl ? width - x - child_width : x, y, child_width, height }, -1);
      x += child_width + self->spacing;
      row = MAX (row, height);
    }
  return y + row;
}

static void
sac_flow_layout_measure (GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                         int *natural, int *minimum_baseline, int *natural_baseline)
{
  SacFlowLayout *self = SAC_FLOW_LAYOUT (manager);
  int widest = 0, all = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child))
      {
        int child_minimum, child_natural;

        gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, &child_natural, NULL, NULL);
        widest = MAX (widest, child_minimum);
        all += child_natural + (all ? self->spacing : 0);
      }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = widest;
      *natural = MAX (all, widest);
    }
  else
    *minimum = *natural = flow (self, widget, for_size > 0 ? MAX (for_size, widest) : MAX (all, widest), FALSE);
}

static void
sac_flow_layout_allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  flow (SAC_FLOW_LAYOUT (manager), widget, width, TRUE);
}

static void
sac_flow_layout_class_init (SacFlowLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = sac_flow_layout_get_request_mode;
  layout_class->measure = sac_flow_layout_measure;
  layout_class->allocate = sac_flow_layout_allocate;
}

static void
sac_flow_layout_init (SacFlowLayout *self)
{
}

GtkLayoutManager *
sac_flow_layout_new (int spacing)
{
  SacFlowLayout *self = g_object_new (SAC_TYPE_FLOW_LAYOUT, NULL);

  self->spacing = spacing;
  return GTK_LAYOUT_MANAGER (self);
}
