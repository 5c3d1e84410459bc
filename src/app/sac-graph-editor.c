#include "sac-graph-editor.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-graph-view.h"
#include "sac-keymap.h"
#include "sac-keys.h"

#define MOST_STEPS 200          /* that can be undone */
#define PLAY_SECONDS 4.0

struct _SacGraphEditor {
  GtkWidget parent_instance;
  SacGraphView *view;
  GtkWidget *head, *foot, *letters_row;
  GtkLabel *words, *complaint;
  GtkEntry *entry;
  GtkScale *scale;
  GtkToggleButton *play, *gates[SAC_N_GATES];
  GtkWidget *add, *remove, *undo_button, *redo_button;
  SacGanGraph graph;
  GArray *past, *future;        /* SacGanGraph */
  gboolean live, bare, updating;
  guint tick;
  gint64 last_frame;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SacGraphEditor, sac_graph_editor, GTK_TYPE_WIDGET)

static const SacGate cycle[SAC_N_GATES] = { SAC_GATE_THROUGH, SAC_GATE_POSITIVE, SAC_GATE_NEGATIVE, SAC_GATE_CUTOFF };

void
sac_graph_live_init (SacGraphLive *live)
{
  live->tau = NAN;
  for (guint i = 0; i < SAC_GAN_MOST * SAC_GAN_MOST; i++)
    live->loss[i / SAC_GAN_MOST][i % SAC_GAN_MOST] = live->factor[i / SAC_GAN_MOST][i % SAC_GAN_MOST] = NAN;
}

/* ---- showing. */

static SacGate
gate_at (const SacGanGraph *graph, guint edge)
{
  return (SacGate) graph->gates[edge / graph->k][edge % graph->k];
}

static void
show_selection (SacGraphEditor *self)
{
  int edge = sac_graph_view_get_edge (self->view), node = sac_graph_view_get_node (self->view);
  g_autofree char *words = NULL;
  gboolean was = self->updating;
  SacGate gate = SAC_N_GATES;

  if (edge >= 0)
    {
      words = sac_graph_view_dup_edge_words (self->view, (guint) edge);
      gate = gate_at (&self->graph, (guint) edge);
    }
  else if (node == 0)
    words = g_strdup (_("D tells real pictures from those of each generator"));
  else if (node > 0)
    {
      guint teachers = 0, pupils = 0, at = (guint) node - 1;

      for (guint i = 0; i < self->graph.k; i++)
        {
          teachers += i != at && self->graph.gates[at][i] != SAC_GATE_CUTOFF;
          pupils += i != at && self->graph.gates[i][at] != SAC_GATE_CUTOFF;
        }
      words = g_strdup_printf (self->graph.gates[at][at] != SAC_GATE_CUTOFF
                                 ? _("G%d learns from D and %u generators, and teaches %u")
                                 : _("G%d learns from %u generators and not from D, and teaches %u"), node, teachers, pupils);
    }
  else
    words = g_strdup (self->live ? _("As the training sees it")
                                 : _("Click an edge for its next gate, drag from node to node for a new one"));
  gtk_label_set_text (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->words), !self->bare || edge >= 0 || node >= 0);
  gtk_widget_set_visible (self->foot, !self->bare && !self->live);
  self->updating = TRUE;
  for (guint i = 0; i < SAC_N_GATES; i++)
    {
      gtk_widget_set_sensitive (GTK_WIDGET (self->gates[i]), edge >= 0 && !self->live);
      gtk_toggle_button_set_active (self->gates[i], edge >= 0 && gate == i);
    }
  self->updating = was;
}

static void
show_graph (SacGraphEditor *self)
{
  g_autofree char *text = sac_gan_graph_dup_text (&self->graph);

  self->updating = TRUE;
  sac_graph_view_set_graph (self->view, &self->graph);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  self->updating = FALSE;
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_widget_set_visible (GTK_WIDGET (self->complaint), FALSE);
  gtk_widget_set_sensitive (self->add, !self->live && self->graph.k < SAC_GAN_MOST);
  gtk_widget_set_sensitive (self->remove, !self->live && self->graph.k > 1);
  gtk_widget_set_sensitive (self->undo_button, !self->live && self->past->len > 0);
  gtk_widget_set_sensitive (self->redo_button, !self->live && self->future->len > 0);
  show_selection (self);
}

static void
complain (SacGraphEditor *self, const char *words)
{
  gtk_label_set_text (self->complaint, words);
  gtk_widget_set_visible (GTK_WIDGET (self->complaint), words != NULL);
  if (words)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

/* ---- changing. */

void
sac_graph_editor_take (SacGraphEditor *self, const SacGanGraph *graph)
{
  g_return_if_fail (SAC_IS_GRAPH_EDITOR (self));
  if (self->live || sac_gan_graph_equal (graph, &self->graph))
    return;
  if (self->past->len >= MOST_STEPS)
    g_array_remove_index (self->past, 0);
  g_array_append_val (self->past, self->graph);
  g_array_set_size (self->future, 0);
  self->graph = *graph;
  show_graph (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
sac_graph_editor_set_graph (SacGraphEditor *self, const SacGanGraph *graph)
{
  g_return_if_fail (SAC_IS_GRAPH_EDITOR (self) && graph->k >= 1 && graph->k <= SAC_GAN_MOST);
  self->graph = *graph;
  g_array_set_size (self->past, 0);
  g_array_set_size (self->future, 0);
  show_graph (self);
}

void
sac_graph_editor_get_graph (SacGraphEditor *self, SacGanGraph *graph)
{
  *graph = self->graph;
}

static void
step_back (SacGraphEditor *self, GArray *from, GArray *to)
{
  if (self->live || from->len == 0)
    return;
  g_array_append_val (to, self->graph);
  self->graph = g_array_index (from, SacGanGraph, from->len - 1);
  g_array_set_size (from, from->len - 1);
  show_graph (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_gate (SacGraphEditor *self, guint edge, SacGate gate)
{
  SacGanGraph graph = self->graph;

  if (edge >= graph.k * graph.k)
    return;
  graph.gates[edge / graph.k][edge % graph.k] = (guint8) gate;
  sac_graph_editor_take (self, &graph);
}

static void
cycle_gate (SacGraphEditor *self, guint edge)
{
  SacGate gate = gate_at (&self->graph, edge);
  guint at = 0;

  while (cycle[at] != gate)
    at++;
  set_gate (self, edge, cycle[(at + 1) % SAC_N_GATES]);
}

/* One generator more, who learns from D alone. */
static void
add_generator (SacGraphEditor *self)
{
  SacGanGraph graph = self->graph;

  if (graph.k >= SAC_GAN_MOST)
    return;
  graph.gates[graph.k][graph.k] = SAC_GATE_THROUGH;
  graph.k++;
  sac_graph_editor_take (self, &graph);
}

/* Those behind generator @which (from 0) move up. */
static void
remove_generator (SacGraphEditor *self, guint which)
{
  SacGanGraph graph;
  guint k = self->graph.k - 1;

  if (k < 1 || which > k)
    return;
  memset (&graph, 0, sizeof graph);
  graph.k = k;
  for (guint s = 0; s < k; s++)
    for (guint t = 0; t < k; t++)
      graph.gates[s][t] = self->graph.gates[s + (s >= which)][t + (t >= which)];
  sac_graph_view_select (self->view, -1, -1);
  sac_graph_editor_take (self, &graph);
}

static void
take_preset (SacGraphEditor *self, const char *name)
{
  SacGanGraph graph;
  guint k = strcmp (name, "dcgan") == 0 ? 1 : MAX (self->graph.k, 2);

  sac_gan_graph_init (&graph, k);
  for (guint s = 0; s < k; s++)
    for (guint t = 0; t < k; t++)
      if ((strcmp (name, "ring") == 0 && s == (t + 1) % k) || strcmp (name, "through") == 0)
        graph.gates[s][t] = SAC_GATE_THROUGH;
      else if (strcmp (name, "growing") == 0 && s != t)
        graph.gates[s][t] = SAC_GATE_POSITIVE;
  sac_graph_editor_take (self, &graph);
}

/* ---- text. */

static void
take_text (SacGraphEditor *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  SacGanGraph graph;

  if (!sac_gan_graph_parse (text, &graph, &error))
    complain (self, error->message);
  else
    {
      complain (self, NULL);
      sac_graph_editor_take (self, &graph);
      show_graph (self);        /* tcc becomes TCC though the graph is the same */
    }
}

static void
on_entry_changed (SacGraphEditor *self)
{
  g_autoptr (GError) error = NULL;
  SacGanGraph graph;

  if (!self->updating)
    complain (self, sac_gan_graph_parse (gtk_editable_get_text (GTK_EDITABLE (self->entry)), &graph, &error) ? NULL : error->message);
}

static void
on_entry_activate (SacGraphEditor *self)
{
  take_text (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

/* What is right when one goes elsewhere is taken; what is wrong stays with its complaint. */
static void
on_entry_leave (SacGraphEditor *self)
{
  if (!self->live && gtk_widget_get_mapped (GTK_WIDGET (self)))
    on_entry_activate (self);
}

static void
copy_text (SacGraphEditor *self, gboolean json)
{
  g_autofree char *text = json ? sac_gan_graph_dup_json (&self->graph) : sac_gan_graph_dup_text (&self->graph);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SacGraphEditor) self = data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);

  if (!gtk_widget_get_first_child (GTK_WIDGET (self)) || self->live)
    return;                     /* gone, or looked at alone */
  if (text)
    take_text (self, text);
  else
    complain (self, _("There is no text to paste"));
}

/* ---- time. */

static void
on_scale (SacGraphEditor *self)
{
  if (self->live)
    return;
  sac_graph_view_set_tau (self->view, gtk_range_get_value (GTK_RANGE (self->scale)));
  if (sac_graph_view_get_edge (self->view) >= 0)
    show_selection (self);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  SacGraphEditor *self = SAC_GRAPH_EDITOR (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double tau = gtk_range_get_value (GTK_RANGE (self->scale)), on = self->last_frame ? (double) (now - self->last_frame) / 1e6 : 0;

  self->last_frame = now;
  gtk_range_set_value (GTK_RANGE (self->scale), tau + on / PLAY_SECONDS);
  if (tau + on / PLAY_SECONDS < 1)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  gtk_toggle_button_set_active (self->play, FALSE);
  return G_SOURCE_REMOVE;
}

static void
on_play (SacGraphEditor *self)
{
  gboolean on = gtk_toggle_button_get_active (self->play);

  gtk_button_set_icon_name (GTK_BUTTON (self->play), on ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  if (on && !self->tick)
    {
      if (gtk_range_get_value (GTK_RANGE (self->scale)) >= 1)
        gtk_range_set_value (GTK_RANGE (self->scale), 0);
      self->last_frame = 0;
      self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
    }
  else if (!on && self->tick)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
      self->tick = 0;
    }
}

static void
step_tau (SacGraphEditor *self, double by)
{
  if (!self->live)
    gtk_range_set_value (GTK_RANGE (self->scale), gtk_range_get_value (GTK_RANGE (self->scale)) + by);
}

/* ---- menus. */

static GtkWidget *
make_menu (SacGraphEditor *self, double x, double y)
{
  static const struct { const char *words, *act; } edge_acts[] = {
    { N_("Through"), "graph.through" }, { N_("Positive: grows from 0 to 1"), "graph.positive" },
    { N_("Negative: falls from 1 to 0"), "graph.negative" }, { N_("Cut off"), "graph.cut" },
  };
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *popover;

  if (sac_graph_view_get_edge (self->view) >= 0)
    for (guint i = 0; i < G_N_ELEMENTS (edge_acts); i++)
      {
        g_autofree char *action = g_strconcat ("graph.act::", edge_acts[i].act, NULL);

        g_menu_append (menu, _(edge_acts[i].words), action);
      }
  else
    {
      if (sac_graph_view_get_node (self->view) > 0 && self->graph.k > 1)
        g_menu_append (menu, _("Remove this generator"), "graph.act::graph.remove");
      if (self->graph.k < SAC_GAN_MOST)
        g_menu_append (menu, _("Add a generator"), "graph.act::graph.add");
      g_menu_append (menu, _("Copy as letters"), "graph.act::graph.copy-letters");
      g_menu_append (menu, _("Copy as JSON"), "graph.act::graph.copy");
      g_menu_append (menu, _("Paste"), "graph.act::graph.paste");
    }
  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (popover, GTK_WIDGET (self->view));
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  g_signal_connect (popover, "closed", G_CALLBACK (sac_popover_drop), NULL);
  return popover;
}

static void
on_menu (SacGraphEditor *self, double x, double y)
{
  if (!self->live)
    gtk_popover_popup (GTK_POPOVER (make_menu (self, x, y)));
}

/* The menu of what is selected, where it is. */
static void
open_menu (SacGraphEditor *self)
{
  int node = sac_graph_view_get_node (self->view), edge = sac_graph_view_get_edge (self->view);
  double x, y;

  if (edge >= 0)
    sac_graph_view_edge_at (self->view, (guint) edge, &x, &y);
  else
    sac_graph_view_node_at (self->view, (guint) MAX (node, 0), &x, &y);
  on_menu (self, x, y);
}

/* ---- keys. */

/* From node to node: D, G1 … */
static void
walk_nodes (SacGraphEditor *self, int by)
{
  int node = sac_graph_view_get_node (self->view), edge = sac_graph_view_get_edge (self->view), n = (int) self->graph.k + 1;

  if (node < 0 && edge >= 0)
    node = edge / (int) self->graph.k + 1;      /* the one the edge leads to */
  else if (node < 0)
    node = by > 0 ? -1 : 0;
  sac_graph_view_select (self->view, (node + by + n) % n, -1);
}

/* From edge to edge: those that lead to a generator, the one from D first. */
static void
walk_edges (SacGraphEditor *self, int by)
{
  int k = (int) self->graph.k, node = sac_graph_view_get_node (self->view), edge = sac_graph_view_get_edge (self->view), student, at;

  if (edge < 0)
    {
      student = MAX (node, 1) - 1;
      at = by > 0 ? 0 : k - 1;
    }
  else
    {
      int teacher = edge % k;

      student = edge / k;
      at = teacher == student ? 0 : teacher < student ? teacher + 1 : teacher;
      at = (at + by + k) % k;
    }
  sac_graph_view_select (self->view, -1, student * k + (at == 0 ? student : at - 1 < student ? at - 1 : at));
}

gboolean
sac_graph_editor_act (SacGraphEditor *self, const char *act)
{
  static const struct { const char *act; SacGate gate; } gates[] = {
    { "graph.through", SAC_GATE_THROUGH }, { "graph.cut", SAC_GATE_CUTOFF }, { "graph.positive", SAC_GATE_POSITIVE },
    { "graph.negative", SAC_GATE_NEGATIVE },
  };
  int edge, node;

  g_return_val_if_fail (SAC_IS_GRAPH_EDITOR (self), FALSE);
  edge = sac_graph_view_get_edge (self->view);
  node = sac_graph_view_get_node (self->view);
  for (guint i = 0; act && i < G_N_ELEMENTS (gates); i++)
    if (strcmp (act, gates[i].act) == 0)
      {
        if (edge >= 0)
          set_gate (self, (guint) edge, gates[i].gate);
        return edge >= 0;
      }
  if (g_strcmp0 (act, "graph.next-node") == 0)
    walk_nodes (self, 1);
  else if (g_strcmp0 (act, "graph.previous-node") == 0)
    walk_nodes (self, -1);
  else if (g_strcmp0 (act, "graph.next-edge") == 0)
    walk_edges (self, 1);
  else if (g_strcmp0 (act, "graph.previous-edge") == 0)
    walk_edges (self, -1);
  else if (g_strcmp0 (act, "graph.cycle") == 0 && edge >= 0)
    cycle_gate (self, (guint) edge);
  else if (g_strcmp0 (act, "graph.delete") == 0 && edge >= 0)
    set_gate (self, (guint) edge, SAC_GATE_CUTOFF);
  else if (g_strcmp0 (act, "graph.delete") == 0 && node > 0)
    remove_generator (self, (guint) node - 1);
  else if (g_strcmp0 (act, "graph.add") == 0)
    add_generator (self);
  else if (g_strcmp0 (act, "graph.remove") == 0)
    remove_generator (self, node > 0 ? (guint) node - 1 : self->graph.k - 1);
  else if (g_strcmp0 (act, "graph.unselect") == 0 && (node >= 0 || edge >= 0))
    sac_graph_view_select (self->view, -1, -1);
  else if (g_strcmp0 (act, "graph.undo") == 0)
    step_back (self, self->past, self->future);
  else if (g_strcmp0 (act, "graph.redo") == 0)
    step_back (self, self->future, self->past);
  else if (g_strcmp0 (act, "graph.copy") == 0 || g_strcmp0 (act, "graph.copy-letters") == 0)
    copy_text (self, strcmp (act, "graph.copy") == 0);
  else if (g_strcmp0 (act, "graph.paste") == 0)
    gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (self)), NULL, on_pasted, g_object_ref (self));
  else if (g_strcmp0 (act, "graph.play") == 0 && !self->live)
    gtk_toggle_button_set_active (self->play, !gtk_toggle_button_get_active (self->play));
  else if (g_strcmp0 (act, "graph.earlier") == 0)
    step_tau (self, -0.05);
  else if (g_strcmp0 (act, "graph.later") == 0)
    step_tau (self, 0.05);
  else if (g_strcmp0 (act, "graph.menu") == 0)
    open_menu (self);
  else
    return FALSE;
  return TRUE;
}

static gboolean
on_key (SacGraphEditor *self, guint keyval, guint keycode, GdkModifierType state, GtkEventControllerKey *controller)
{
  return sac_graph_editor_act (self, sac_keymap_find (sac_keymap_get (), SAC_KEYS_GRAPH, controller, keyval, keycode, state));
}

static void
on_gate_toggled (SacGraphEditor *self, GtkToggleButton *button)
{
  int edge = sac_graph_view_get_edge (self->view);

  if (self->updating)
    return;
  for (guint i = 0; i < SAC_N_GATES; i++)
    if (self->gates[i] == button && edge >= 0)
      set_gate (self, (guint) edge, (SacGate) i);
  show_selection (self);        /* a gate that was on stays on */
}

static void
do_act (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sac_graph_editor_act (SAC_GRAPH_EDITOR (widget), parameter ? g_variant_get_string (parameter, NULL) : name);
}

static void
do_preset (GtkWidget *widget, const char *name, GVariant *parameter)
{
  take_preset (SAC_GRAPH_EDITOR (widget), g_variant_get_string (parameter, NULL));
}

/* ---- live. */

void
sac_graph_editor_set_live (SacGraphEditor *self, const SacGraphLive *live)
{
  g_return_if_fail (SAC_IS_GRAPH_EDITOR (self));
  if (self->live != (live != NULL))
    {
      self->live = live != NULL;
      gtk_toggle_button_set_active (self->play, FALSE);
      sac_graph_view_set_editing (self->view, !self->live);
      for (GtkWidget *child = gtk_widget_get_first_child (self->head); child; child = gtk_widget_get_next_sibling (child))
        gtk_widget_set_sensitive (child, !self->live);
      gtk_widget_set_sensitive (GTK_WIDGET (self->entry), !self->live);
      gtk_widget_set_sensitive (GTK_WIDGET (self->play), !self->live);
      gtk_widget_set_sensitive (GTK_WIDGET (self->scale), !self->live);
      show_graph (self);
    }
  sac_graph_view_set_live (self->view, live);
  if (!live)
    sac_graph_view_set_tau (self->view, gtk_range_get_value (GTK_RANGE (self->scale)));
  else if (isfinite (live->tau))
    gtk_range_set_value (GTK_RANGE (self->scale), live->tau);
  show_selection (self);
}

void
sac_graph_editor_set_note (SacGraphEditor *self, guint generator, const char *note)
{
  g_return_if_fail (SAC_IS_GRAPH_EDITOR (self));
  sac_graph_view_set_note (self->view, generator, note);
}

void
sac_graph_editor_set_bare (SacGraphEditor *self, gboolean bare)
{
  g_return_if_fail (SAC_IS_GRAPH_EDITOR (self));
  self->bare = bare;
  gtk_widget_set_visible (self->head, !bare);
  gtk_widget_set_visible (self->letters_row, !bare);
  show_selection (self);
}

/* ---- life. */

static void
sac_graph_editor_dispose (GObject *object)
{
  SacGraphEditor *self = SAC_GRAPH_EDITOR (object);
  GtkWidget *child;

  if (self->tick)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sac_graph_editor_parent_class)->dispose (object);
}

static void
sac_graph_editor_finalize (GObject *object)
{
  SacGraphEditor *self = SAC_GRAPH_EDITOR (object);

  g_array_unref (self->past);
  g_array_unref (self->future);
  G_OBJECT_CLASS (sac_graph_editor_parent_class)->finalize (object);
}

static void
sac_graph_editor_class_init (SacGraphEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_graph_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_graph_editor_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_install_action (widget_class, "graph.act", "s", do_act);
  gtk_widget_class_install_action (widget_class, "graph.undo", NULL, do_act);
  gtk_widget_class_install_action (widget_class, "graph.redo", NULL, do_act);
  gtk_widget_class_install_action (widget_class, "graph.preset", "s", do_preset);
  signals[CHANGED] = g_signal_new ("changed", SAC_TYPE_GRAPH_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/* Not by action: that would make the button sensitive whenever it likes. */
static void
on_button (SacGraphEditor *self, GtkWidget *button)
{
  sac_graph_editor_act (self, g_object_get_data (G_OBJECT (button), "act"));
}

static GtkWidget *
icon_button (SacGraphEditor *self, const char *icon, const char *words, const char *act)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  g_autofree char *keys = sac_keymap_dup_label (sac_keymap_get (), act);
  g_autofree char *tip = *keys ? g_strdup_printf ("%s (%s)", words, keys) : g_strdup (words);

  gtk_widget_set_tooltip_text (button, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  g_object_set_data (G_OBJECT (button), "act", (gpointer) act);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_button), self);
  return button;
}

static GtkWidget *
menu_button (const char *icon, const char *words, gboolean labelled, GMenu *menu)
{
  GtkWidget *button = gtk_menu_button_new ();

  if (labelled)
    gtk_menu_button_set_label (GTK_MENU_BUTTON (button), words);
  else
    gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), icon);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  return button;
}

static GtkWidget *
make_head (SacGraphEditor *self)
{
  static const struct { const char *words, *name; } presets[] = {
    { N_("MAD-GAN: all learn from D alone"), "mad-gan" }, { N_("Each teaches the next"), "ring" },
    { N_("All edges through"), "through" }, { N_("D at once, each other more and more"), "growing" },
    { N_("DCGAN: one generator"), "dcgan" },
  };
  g_autoptr (GMenu) menu = g_menu_new (), more = g_menu_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *count = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *spring;

  for (guint i = 0; i < G_N_ELEMENTS (presets); i++)
    {
      g_autofree char *action = g_strconcat ("graph.preset::", presets[i].name, NULL);

      g_menu_append (menu, _(presets[i].words), action);
    }
  g_menu_append (more, _("Copy as letters"), "graph.act::graph.copy-letters");
  g_menu_append (more, _("Copy as JSON"), "graph.act::graph.copy");
  g_menu_append (more, _("Paste"), "graph.act::graph.paste");
  gtk_box_append (GTK_BOX (box), menu_button (NULL, _("Ready graphs"), TRUE, menu));
  self->remove = icon_button (self, "list-remove-symbolic", _("Remove a generator"), "graph.remove");
  self->add = icon_button (self, "list-add-symbolic", _("Add a generator"), "graph.add");
  gtk_widget_add_css_class (count, "linked");
  gtk_box_append (GTK_BOX (count), self->remove);
  gtk_box_append (GTK_BOX (count), self->add);
  gtk_box_append (GTK_BOX (box), count);
  spring = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_hexpand (spring, TRUE);
  gtk_box_append (GTK_BOX (box), spring);
  self->undo_button = icon_button (self, "edit-undo-symbolic", _("Undo in the graph"), "graph.undo");
  self->redo_button = icon_button (self, "edit-redo-symbolic", _("Redo in the graph"), "graph.redo");
  gtk_box_append (GTK_BOX (box), self->undo_button);
  gtk_box_append (GTK_BOX (box), self->redo_button);
  gtk_box_append (GTK_BOX (box), menu_button ("view-more-symbolic", _("Copy and paste the graph"), FALSE, more));
  return box;
}

/* The gate of the selected edge; they explain the colours, too. */
static GtkWidget *
make_gates (SacGraphEditor *self)
{
  static const struct { SacGate gate; const char *words, *act, *colour; } gates[] = {
    { SAC_GATE_THROUGH, N_("Through"), "graph.through", "#85898f" }, { SAC_GATE_POSITIVE, N_("Positive"), "graph.positive", "#d82a2e" },
    { SAC_GATE_NEGATIVE, N_("Negative"), "graph.negative", "#2f76dc" }, { SAC_GATE_CUTOFF, N_("Cut off"), "graph.cut", NULL },
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (box, "linked");
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    {
      GtkWidget *button = gtk_toggle_button_new (), *label = gtk_label_new (NULL);
      g_autofree char *keys = sac_keymap_dup_label (sac_keymap_get (), gates[i].act);
      g_autofree char *safe = g_markup_escape_text (_(gates[i].words), -1);
      g_autofree char *markup = gates[i].colour ? g_strdup_printf ("<span foreground=\"%s\">●</span> %s", gates[i].colour, safe)
                                                : g_strdup (safe);

      gtk_label_set_markup (GTK_LABEL (label), markup);
      gtk_button_set_child (GTK_BUTTON (button), label);
      gtk_widget_set_tooltip_text (button, keys);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(gates[i].words), -1);
      self->gates[gates[i].gate] = GTK_TOGGLE_BUTTON (button);
      g_signal_connect_swapped (button, "toggled", G_CALLBACK (on_gate_toggled), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  return box;
}

static GtkWidget *
make_time (SacGraphEditor *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *name = gtk_label_new (_("Time"));

  self->play = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_button_set_icon_name (GTK_BUTTON (self->play), "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->play), _("How the gates open and close through the training"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Play the gates through time"), -1);
  self->scale = GTK_SCALE (gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 0.01));
  gtk_scale_set_draw_value (self->scale, TRUE);
  gtk_scale_set_value_pos (self->scale, GTK_POS_RIGHT);
  gtk_scale_set_digits (self->scale, 2);
  gtk_range_set_value (GTK_RANGE (self->scale), 0.5);
  gtk_widget_set_hexpand (GTK_WIDGET (self->scale), TRUE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->scale), _("Share of the training that is over"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Share of the training that is over"),
                                  -1);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->play));
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->scale));
  return box;
}

static GtkWidget *
make_letters (SacGraphEditor *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->entry = GTK_ENTRY (gtk_entry_new ());
  gtk_entry_set_max_length (self->entry, 2000);
  gtk_widget_set_hexpand (GTK_WIDGET (self->entry), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "monospace");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->entry),
                               _("A row a generator, a letter a teacher, on the diagonal D: T through, P positive, N negative, C cut off"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Graph as letters"), -1);
  self->complaint = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->complaint, TRUE);
  gtk_label_set_xalign (self->complaint, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->complaint), "error");
  gtk_box_append (GTK_BOX (row), gtk_label_new (_("Letters")));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->entry));
  gtk_box_append (GTK_BOX (box), row);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->complaint));
  return box;
}

static void
sac_graph_editor_init (SacGraphEditor *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));
  GtkEventController *keys = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  sac_gan_graph_init (&self->graph, 3);
  self->past = g_array_new (FALSE, FALSE, sizeof (SacGanGraph));
  self->future = g_array_new (FALSE, FALSE, sizeof (SacGanGraph));
  self->view = SAC_GRAPH_VIEW (sac_graph_view_new ());
  self->head = make_head (self);
  self->foot = make_gates (self);
  self->words = GTK_LABEL (gtk_label_new (NULL));
  self->letters_row = make_letters (self);
  gtk_widget_set_vexpand (GTK_WIDGET (self->view), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->view), TRUE);
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_justify (self->words, GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (self->words, 40);
  gtk_label_set_lines (self->words, 2);
  gtk_widget_set_size_request (GTK_WIDGET (self->words), -1, 36);      /* of two lines: what is below stays where it is */
  gtk_label_set_ellipsize (self->words, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "dim-label");
  gtk_widget_set_parent (self->head, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->words), GTK_WIDGET (self));
  gtk_widget_set_parent (self->foot, GTK_WIDGET (self));
  gtk_widget_set_parent (make_time (self), GTK_WIDGET (self));
  gtk_widget_set_parent (self->letters_row, GTK_WIDGET (self));
  sac_graph_view_set_editing (self->view, TRUE);
  sac_graph_view_set_tau (self->view, gtk_range_get_value (GTK_RANGE (self->scale)));

  g_signal_connect_swapped (self->view, "asked", G_CALLBACK (cycle_gate), self);
  g_signal_connect_swapped (self->view, "selected", G_CALLBACK (show_selection), self);
  g_signal_connect_swapped (self->view, "menu", G_CALLBACK (on_menu), self);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_entry_changed), self);
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_entry_activate), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_entry_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), focus);
  g_signal_connect_swapped (self->scale, "value-changed", G_CALLBACK (on_scale), self);
  g_signal_connect_swapped (self->play, "toggled", G_CALLBACK (on_play), self);
  show_graph (self);
}

GtkWidget *
sac_graph_editor_new (void)
{
  return g_object_new (SAC_TYPE_GRAPH_EDITOR, NULL);
}
