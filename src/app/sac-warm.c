#include "sac-warm.h"

#define SLICE_US 1500

typedef struct {
  GtkWidget *root;              /* weak */
  GPtrArray *waiting;           /* owned, a stack */
} Warming;

static void
warming_free (gpointer data)
{
  Warming *warming = data;

  g_clear_weak_pointer (&warming->root);
  g_ptr_array_unref (warming->waiting);
  g_free (warming);
}

static gboolean
warm (gpointer data)
{
  Warming *warming = data;
  gint64 end = g_get_monotonic_time () + SLICE_US;

  while (warming->root && warming->waiting->len && g_get_monotonic_time () < end)
    {
      g_autoptr (GtkWidget) widget = g_ptr_array_steal_index (warming->waiting, warming->waiting->len - 1);

      if (GTK_IS_LABEL (widget) && gtk_widget_get_root (widget))
        {
          int width;

          gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
          gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, NULL, NULL, NULL, NULL);
          continue;
        }
      for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
        if (gtk_widget_get_visible (child) && !GTK_IS_NATIVE (child))
          g_ptr_array_add (warming->waiting, g_object_ref (child));
    }
  return warming->root && warming->waiting->len ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
sac_warm_up (GtkWidget *root)
{
  Warming *warming;

  g_return_if_fail (GTK_IS_WIDGET (root));
  warming = g_new0 (Warming, 1);
  g_set_weak_pointer (&warming->root, root);
  warming->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (warming->waiting, g_object_ref (root));
  g_idle_add_full (G_PRIORITY_LOW, warm, warming, warming_free);
}
