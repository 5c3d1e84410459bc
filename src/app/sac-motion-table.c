#include "sac-motion-table.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>

static const struct { const char *name, *words; } rows[] = {
  { "real", N_("As it is") }, { "reversed", N_("Backwards") }, { "shuffled", N_("Frames shuffled") },
  { "frozen", N_("One frame held still") },
};

static double
number (JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : NAN;
}

static const char *
text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

static GtkWidget *
label (const char *words, const char *class, gboolean wrap)
{
  GtkWidget *made = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (made), 0);
  gtk_label_set_selectable (GTK_LABEL (made), TRUE);
  gtk_label_set_wrap (GTK_LABEL (made), wrap);
  if (class)
    gtk_widget_add_css_class (made, class);
  return made;
}

static void
put (GtkGrid *grid, int column, int row, const char *words, gboolean head)
{
  GtkWidget *made = label (words, head ? "heading" : column ? "numeric" : NULL, FALSE);

  gtk_label_set_xalign (GTK_LABEL (made), column ? 1 : 0);
  gtk_grid_attach (grid, made, column, row, 1, 1);
}

static char *
dup_number (double value)
{
  return isfinite (value) ? g_strdup_printf ("%.3f", value) : g_strdup ("–");
}

static void
add_run (GtkBox *box, JsonObject *run, GHashTable *names)
{
  const char *known = g_hash_table_lookup (names, text (run, "run"));
  g_autofree char *name = known ? g_strdup (known) : g_path_get_basename (text (run, "run")), *title = NULL;
  GtkWidget *grid = gtk_grid_new ();

  title = g_strdup_printf (_("%s, %.0f clips"), name, number (run, "clips"));
  gtk_grid_set_column_spacing (GTK_GRID (grid), 24);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 2);
  put (GTK_GRID (grid), 0, 0, _("Frames"), TRUE);
  put (GTK_GRID (grid), 1, 0, _("Macro AUC"), TRUE);
  put (GTK_GRID (grid), 2, 0, _("Lost (95 %)"), TRUE);
  put (GTK_GRID (grid), 3, 0, _("Mean change of a score"), TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      JsonNode *node = json_object_get_member (run, rows[i].name);
      JsonObject *motion = node && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      g_autofree char *auc = dup_number (number (motion, "macro_auc")), *change = dup_number (number (motion, "change"));
      double loss = number (motion, "loss"), low = number (motion, "low"), high = number (motion, "high");
      g_autofree char *lost = i == 0 ? g_strdup ("") : isfinite (loss) ? g_strdup_printf ("%.3f (%.3f … %.3f)", loss, low, high)
                                                                       : g_strdup ("–");

      put (GTK_GRID (grid), 0, (int) i + 1, _(rows[i].words), FALSE);
      put (GTK_GRID (grid), 1, (int) i + 1, auc, FALSE);
      put (GTK_GRID (grid), 2, (int) i + 1, lost, FALSE);
      put (GTK_GRID (grid), 3, (int) i + 1, i == 0 ? "" : change, FALSE);
    }
  gtk_box_append (box, label (title, "title-4", TRUE));
  gtk_box_append (box, label (text (run, "answer"), NULL, TRUE));
  gtk_box_append (box, grid);
}

GtkWidget *
sac_motion_table_new (const char *json, GHashTable *names)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root = json && json_parser_load_from_data (parser, json, -1, NULL) ? json_parser_get_root (parser) : NULL;
  JsonArray *runs = root && JSON_NODE_HOLDS_ARRAY (root) ? json_node_get_array (root) : NULL;
  GtkWidget *box, *scroll;

  if (!runs || json_array_get_length (runs) == 0)
    return NULL;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  for (guint i = 0; i < json_array_get_length (runs); i++)
    {
      JsonNode *node = json_array_get_element (runs, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        add_run (GTK_BOX (box), json_node_get_object (node), names);
    }
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 12);
  scroll = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), box);
  return scroll;
}
