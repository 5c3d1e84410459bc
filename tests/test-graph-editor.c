/* The editor of knowledge-transfer graphs: pointer, keys, letters, clipboard, steps back, and what a training shows in it. */
#include "app/sac-graph-view.h"
#include "app/sac-keymap.h"
#include "widget-fixture.h"

typedef struct {
  GtkWidget *window;
  SacGraphEditor *editor;
  SacGraphView *view;
  GtkEditable *entry;
  GtkRange *scale;
  int changed;
} Fixture;

static void
count (int *n)
{
  (*n)++;
}

static GtkWidget *
find (GtkWidget *root, GType type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (root, type) ? root : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child && !found; child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

static gboolean
has_size (gpointer data)
{
  return gtk_widget_get_width (data) > 100 && gtk_widget_get_height (data) > 100;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->window = gtk_window_new ();
  f->editor = SAC_GRAPH_EDITOR (sac_graph_editor_new ());
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->editor));
  gtk_window_set_default_size (GTK_WINDOW (f->window), 520, 640);
  gtk_window_present (GTK_WINDOW (f->window));
  f->view = SAC_GRAPH_VIEW (find (GTK_WIDGET (f->editor), SAC_TYPE_GRAPH_VIEW));
  f->entry = GTK_EDITABLE (find (GTK_WIDGET (f->editor), GTK_TYPE_ENTRY));
  f->scale = GTK_RANGE (find (GTK_WIDGET (f->editor), GTK_TYPE_SCALE));
  g_assert_true (wait_until (has_size, f->view, 10));
  g_signal_connect_swapped (f->editor, "changed", G_CALLBACK (count), &f->changed);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  spin (0.02);
}

#define is(f, text) \
  G_STMT_START { \
    SacGanGraph now_; \
    g_autofree char *text_ = NULL; \
    sac_graph_editor_get_graph ((f)->editor, &now_); \
    text_ = sac_gan_graph_dup_text (&now_); \
    g_assert_cmpstr (text_, ==, (text)); \
    g_assert_cmpstr (gtk_editable_get_text ((f)->entry), ==, (text)); \
  } G_STMT_END

static void
click_edge (Fixture *f, guint edge)
{
  double x, y;

  sac_graph_view_edge_at (f->view, edge, &x, &y);
  sac_graph_view_drag (f->view, x, y, x + 1, y);
}

static void
drag_nodes (Fixture *f, guint from, guint to)
{
  double x0, y0, x1, y1;

  sac_graph_view_node_at (f->view, from, &x0, &y0);
  sac_graph_view_node_at (f->view, to, &x1, &y1);
  sac_graph_view_drag (f->view, x0, y0, x1, y1);
}

static void
test_pointer (Fixture *f, gconstpointer data)
{
  is (f, "TCC|CTC|CCT");
  drag_nodes (f, 1, 2);                 /* G1 teaches G2 */
  is (f, "TCC|TTC|CCT");
  g_assert_cmpint (sac_graph_view_get_edge (f->view), ==, 3);
  drag_nodes (f, 1, 2);                 /* it is open already */
  is (f, "TCC|TTC|CCT");
  g_assert_cmpint (f->changed, ==, 1);
  click_edge (f, 3);
  is (f, "TCC|PTC|CCT");
  click_edge (f, 3);
  is (f, "TCC|NTC|CCT");
  click_edge (f, 3);
  is (f, "TCC|CTC|CCT");
  click_edge (f, 8);
  is (f, "TCC|CTC|CCP");
  drag_nodes (f, 2, 0);                 /* to D all is open always */
  is (f, "TCC|CTC|CCP");
  drag_nodes (f, 3, 3);
  is (f, "TCC|CTC|CCP");
  g_assert_cmpint (sac_graph_view_get_node (f->view), ==, 3);
  click_edge (f, 8);
  click_edge (f, 8);
  drag_nodes (f, 0, 3);                 /* D teaches G3 again */
  is (f, "TCC|CTC|CCT");
}

/* What keys do, and that each key of ours means an act that is done. */
static void
test_keys (Fixture *f, gconstpointer data)
{
#define act(name) g_assert_true (sac_graph_editor_act (f->editor, "graph." name))
  act ("next-node");
  g_assert_cmpint (sac_graph_view_get_node (f->view), ==, 0);
  act ("next-node");
  act ("next-node");
  g_assert_cmpint (sac_graph_view_get_node (f->view), ==, 2);
  act ("next-edge");
  g_assert_cmpint (sac_graph_view_get_edge (f->view), ==, 4);   /* the one from D first */
  act ("positive");
  is (f, "TCC|CPC|CCT");
  act ("next-edge");
  g_assert_cmpint (sac_graph_view_get_edge (f->view), ==, 3);
  act ("negative");
  act ("next-edge");
  g_assert_cmpint (sac_graph_view_get_edge (f->view), ==, 5);
  act ("through");
  is (f, "TCC|NPT|CCT");
  act ("next-edge");
  g_assert_cmpint (sac_graph_view_get_edge (f->view), ==, 4);
  act ("previous-edge");
  act ("delete");
  act ("previous-edge");
  act ("cut");
  is (f, "TCC|CPC|CCT");
  act ("previous-edge");
  act ("cycle");
  is (f, "TCC|CNC|CCT");
  act ("unselect");
  g_assert_false (sac_graph_editor_act (f->editor, "graph.unselect"));
  g_assert_false (sac_graph_editor_act (f->editor, "graph.through"));
  g_assert_false (sac_graph_editor_act (f->editor, "graph.cycle"));
  g_assert_false (sac_graph_editor_act (f->editor, NULL));
  act ("later");
  act ("later");
  act ("earlier");
  g_assert_cmpfloat_with_epsilon (gtk_range_get_value (f->scale), 0.55, 1e-9);
  act ("menu");
#undef act
  g_assert_cmpstr (sac_keymap_find_press (sac_keymap_get (), SAC_KEYS_GRAPH, NULL, GDK_KEY_t, 28, 0), ==, "graph.through");
  for (guint i = 0; i < sac_n_key_acts; i++)
    if (sac_key_acts[i].scope == SAC_KEYS_GRAPH)
      {
        sac_graph_editor_act (f->editor, "graph.unselect");
        sac_graph_editor_act (f->editor, "graph.next-edge");
        if (!sac_graph_editor_act (f->editor, sac_key_acts[i].name))
          g_error ("%s is nobody's", sac_key_acts[i].name);
      }
}

static void
test_steps (Fixture *f, gconstpointer data)
{
  SacGanGraph graph;

  click_edge (f, 0);
  drag_nodes (f, 3, 1);
  is (f, "PCT|CTC|CCT");
  sac_graph_editor_act (f->editor, "graph.add");
  is (f, "PCTC|CTCC|CCTC|CCCT");
  drag_nodes (f, 4, 2);
  sac_graph_view_select (f->view, 1, -1);
  sac_graph_editor_act (f->editor, "graph.delete");
  is (f, "TCT|CTC|CCT");                /* G2 … G4 moved up */
  for (int i = 0; i < 2; i++)
    sac_graph_editor_act (f->editor, "graph.undo");
  is (f, "PCTC|CTCC|CCTC|CCCT");
  sac_graph_editor_act (f->editor, "graph.redo");
  is (f, "PCTC|CTCT|CCTC|CCCT");
  g_assert_cmpint (f->changed, ==, 8);
  for (int i = 0; i < 10; i++)
    gtk_widget_activate_action (GTK_WIDGET (f->view), "graph.undo", NULL);
  is (f, "TCC|CTC|CCT");
  sac_gan_graph_init (&graph, 2);
  sac_graph_editor_set_graph (f->editor, &graph);
  sac_graph_editor_act (f->editor, "graph.redo");
  sac_graph_editor_act (f->editor, "graph.undo");
  is (f, "TC|CT");
  for (int i = 0; i < 9; i++)
    sac_graph_editor_act (f->editor, "graph.add");
  is (f, "TCCCCC|CTCCCC|CCTCCC|CCCTCC|CCCCTC|CCCCCT");
  for (int i = 0; i < 9; i++)
    sac_graph_editor_act (f->editor, "graph.remove");
  is (f, "T");
}

static void
type (Fixture *f, const char *text)
{
  gtk_editable_set_text (f->entry, text);
  g_signal_emit_by_name (f->entry, "activate");
}

static gboolean
is_wrong (Fixture *f)
{
  return gtk_widget_has_css_class (GTK_WIDGET (f->entry), "error");
}

static void
test_letters (Fixture *f, gconstpointer data)
{
  type (f, " tpn|ctc|cct ");
  is (f, "TPN|CTC|CCT");
  g_assert_false (is_wrong (f));
  gtk_editable_set_text (f->entry, "TPN|CTC|CC");
  g_assert_true (is_wrong (f));
  type (f, "TPN|CTC|CCX");
  g_assert_true (is_wrong (f));
  g_assert_cmpint (f->changed, ==, 1);
  type (f, "TT|TT");
  is (f, "TT|TT");
  g_assert_false (is_wrong (f));
  gtk_widget_activate_action (GTK_WIDGET (f->view), "graph.preset", "s", "ring");
  is (f, "TT|TT");                      /* of two, each the other's next */
  type (f, "CCC|CCC|CCC");
  gtk_widget_activate_action (GTK_WIDGET (f->view), "graph.preset", "s", "ring");
  is (f, "TCT|TTC|CTT");
  gtk_widget_activate_action (GTK_WIDGET (f->view), "graph.preset", "s", "growing");
  is (f, "TPP|PTP|PPT");
  gtk_widget_activate_action (GTK_WIDGET (f->view), "graph.preset", "s", "through");
  is (f, "TTT|TTT|TTT");
  gtk_widget_activate_action (GTK_WIDGET (f->view), "graph.preset", "s", "mad-gan");
  is (f, "TCC|CTC|CCT");
  gtk_widget_activate_action (GTK_WIDGET (f->view), "graph.preset", "s", "dcgan");
  is (f, "T");
}

static gboolean
is_pasted (gpointer data)
{
  Fixture *f = data;

  return strcmp (gtk_editable_get_text (f->entry), "TNC|CTC|CPT") == 0;
}

static gboolean
is_refused (gpointer data)
{
  return is_wrong (data);
}

/* JSON goes out and comes back; what is no graph is said to be none. */
static void
test_clipboard (Fixture *f, gconstpointer data)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (f->editor));

  type (f, "TNC|CTC|CPT");
  sac_graph_editor_act (f->editor, "graph.copy");
  type (f, "T");
  sac_graph_editor_act (f->editor, "graph.paste");
  g_assert_true (wait_until (is_pasted, f, 5));
  sac_graph_editor_act (f->editor, "graph.copy-letters");
  type (f, "T");
  sac_graph_editor_act (f->editor, "graph.paste");
  g_assert_true (wait_until (is_pasted, f, 5));
  gdk_clipboard_set_text (clipboard, "{\"k\": 9}");
  sac_graph_editor_act (f->editor, "graph.paste");
  g_assert_true (wait_until (is_refused, f, 5));
}

static void
test_live (Fixture *f, gconstpointer data)
{
  SacGraphLive live;
  g_autofree char *words = NULL, *later = NULL;

  type (f, "TPC|CTC|CCT");
  f->changed = 0;
  sac_graph_live_init (&live);
  live.tau = 0.25;
  live.loss[0][1] = 1.5;
  live.factor[0][1] = 0.25;
  sac_graph_editor_set_note (f->editor, 0, "IS_c 3.2");
  sac_graph_editor_set_live (f->editor, &live);
  words = sac_graph_view_dup_edge_words (f->view, 1);
  g_assert_nonnull (strstr (words, "G2 → G1"));
  g_assert_nonnull (strstr (words, "0.25"));
  g_assert_nonnull (strstr (words, "1.5"));
  g_assert_cmpfloat_with_epsilon (gtk_range_get_value (f->scale), 0.25, 1e-9);
  spin (1.2);                           /* a pulse runs through */
  click_edge (f, 0);
  drag_nodes (f, 1, 2);
  sac_graph_editor_act (f->editor, "graph.add");
  sac_graph_editor_act (f->editor, "graph.undo");
  sac_graph_editor_act (f->editor, "graph.through");
  is (f, "TPC|CTC|CCT");
  g_assert_cmpint (f->changed, ==, 0);
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (f->entry)));
  sac_graph_editor_set_live (f->editor, NULL);
  later = sac_graph_view_dup_edge_words (f->view, 1);
  g_assert_null (strstr (later, "1.5"));
  click_edge (f, 0);
  is (f, "PPC|CTC|CCT");
  sac_graph_editor_set_bare (f->editor, TRUE);
  g_assert_false (gtk_widget_get_mapped (GTK_WIDGET (f->entry)));
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (f->editor)); child; child = gtk_widget_get_next_sibling (child))
    g_assert_true (!gtk_widget_get_visible (child) || child == GTK_WIDGET (f->view) || !find (child, GTK_TYPE_TOGGLE_BUTTON)
                   || find (child, GTK_TYPE_SCALE));
}

static gboolean
at_end (gpointer data)
{
  return gtk_range_get_value (((Fixture *) data)->scale) >= 1;
}

static void
test_play (Fixture *f, gconstpointer data)
{
  gtk_range_set_value (f->scale, 0.9);
  sac_graph_editor_act (f->editor, "graph.play");
  g_assert_true (wait_until (at_end, f, 10));
  g_assert_cmpint (f->changed, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    return g_print ("1..0 # SKIP no display\n"), 0;
  adw_init ();
  g_test_add ("/graph-editor/pointer", Fixture, NULL, set_up, test_pointer, tear_down);
  g_test_add ("/graph-editor/keys", Fixture, NULL, set_up, test_keys, tear_down);
  g_test_add ("/graph-editor/steps", Fixture, NULL, set_up, test_steps, tear_down);
  g_test_add ("/graph-editor/letters", Fixture, NULL, set_up, test_letters, tear_down);
  g_test_add ("/graph-editor/clipboard", Fixture, NULL, set_up, test_clipboard, tear_down);
  g_test_add ("/graph-editor/live", Fixture, NULL, set_up, test_live, tear_down);
  g_test_add ("/graph-editor/play", Fixture, NULL, set_up, test_play, tear_down);
  return g_test_run ();
}
