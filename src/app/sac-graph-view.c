#include "sac-graph-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "draw/sac-draw.h"

#define PULSE_SECONDS 0.9
#define PULSE_FRAME_MS 60       /* a training beside us needs the machine more than a smooth dot does */
#define PULSE_EVERY 3           /* seconds, at the soonest */
#define DRAG_LEAST 6            /* px; less is a click */

struct _SacGraphView {
  GtkWidget parent_instance;
  SacGanPicture picture;
  double losses[SAC_GAN_MOST * SAC_GAN_MOST], factors[SAC_GAN_MOST * SAC_GAN_MOST];
  char *notes[SAC_GAN_MOST];
  double start_x, start_y;
  guint pulse_source;
  gint64 pulse_start;           /* 0: none yet */
};

enum { ASKED, SELECTED, MENU, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SacGraphView, sac_graph_view, GTK_TYPE_WIDGET)
G_STATIC_ASSERT (SAC_GAN_MOST == SAC_GAN_PICTURE_MOST);
G_STATIC_ASSERT (SAC_GATE_CUTOFF == 0 && SAC_GATE_THROUGH == 1 && SAC_GATE_POSITIVE == 2 && SAC_GATE_NEGATIVE == 3);

const char *
sac_graph_gate_words (SacGate gate)
{
  static const char *const words[SAC_N_GATES] = { N_("cut off"), N_("through"), N_("positive"), N_("negative") };

  return _(words[gate]);
}

static void
get_style (SacStyle *style)
{
  sac_style_init (style, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  style->paper[3] = 0;          /* the window's own background shows */
}

static gboolean
pick (SacGraphView *self, double x, double y, int *node, int *edge)
{
  SacStyle style;

  get_style (&style);
  return sac_gan_picture_pick (gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)), &style,
                               &self->picture, x, y, node, edge);
}

void
sac_graph_view_node_at (SacGraphView *self, guint node, double *x, double *y)
{
  SacStyle style;

  get_style (&style);
  sac_gan_picture_node_at (gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)), &style, &self->picture,
                           node, x, y);
}

void
sac_graph_view_edge_at (SacGraphView *self, guint edge, double *x, double *y)
{
  SacStyle style;

  get_style (&style);
  sac_gan_picture_edge_at (gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)), &style, &self->picture,
                           edge, 0.5, x, y);
}

/* ---- words. */

static void
node_name (guint node, char name[8])
{
  g_snprintf (name, 8, node ? "G%u" : "D", node);
}

char *
sac_graph_view_dup_edge_words (SacGraphView *self, guint edge)
{
  guint k = self->picture.k, student = edge / k, teacher = edge % k;
  SacGate gate = self->picture.gates[student][teacher];
  GString *words = g_string_new (NULL);
  char from[8], to[8];

  node_name (student == teacher ? 0 : teacher + 1, from);
  node_name (student + 1, to);
  g_string_printf (words, "%s → %s: %s", from, to, sac_graph_gate_words (gate));
  if (gate == SAC_GATE_POSITIVE || gate == SAC_GATE_NEGATIVE)
    g_string_append_printf (words, _(", lets %.2f through"), sac_gan_picture_factor (&self->picture, edge));
  if (gate != SAC_GATE_CUTOFF && self->picture.losses && isfinite (self->losses[edge]))
    g_string_append_printf (words, _(", loss %.3g"), self->losses[edge]);
  return g_string_free (words, FALSE);
}

/* What a screen reader says: the whole in a sentence for each edge that is open. */
static void
describe (SacGraphView *self)
{
  GString *words = g_string_new (NULL);

  for (guint e = 0; e < self->picture.k * self->picture.k; e++)
    if (self->picture.gates[e / self->picture.k][e % self->picture.k] != SAC_GATE_CUTOFF)
      {
        g_autofree char *one = sac_graph_view_dup_edge_words (self, e);

        g_string_append_printf (words, "%s%s", words->len ? "; " : "", one);
      }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words->str, -1);
  g_string_free (words, TRUE);
}

/* ---- what it shows. */

void
sac_graph_view_set_graph (SacGraphView *self, const SacGanGraph *graph)
{
  guint most = graph->k * graph->k;

  g_return_if_fail (SAC_IS_GRAPH_VIEW (self) && graph->k >= 1 && graph->k <= SAC_GAN_MOST);
  if (graph->k != self->picture.k)
    {
      self->picture.losses = self->picture.factors = NULL;
      self->picture.phase = -1;
      self->picture.hot_edge = self->picture.hot_node = self->picture.drag_from = -1;
      if (self->picture.node > (int) graph->k || self->picture.edge >= (int) most)
        self->picture.node = self->picture.edge = -1;
    }
  self->picture.k = graph->k;
  memcpy (self->picture.gates, graph->gates, sizeof self->picture.gates);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_graph_view_set_tau (SacGraphView *self, double tau)
{
  self->picture.tau = CLAMP (tau, 0, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_graph_view_set_editing (SacGraphView *self, gboolean editing)
{
  self->picture.editing = editing;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static gboolean
on_pulse (gpointer data)
{
  SacGraphView *self = data;

  self->picture.phase = (double) (g_get_monotonic_time () - self->pulse_start) / (PULSE_SECONDS * 1e6);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->picture.phase < 1)
    return G_SOURCE_CONTINUE;
  self->picture.phase = -1;
  self->pulse_source = 0;
  return G_SOURCE_REMOVE;
}

static void
pulse (SacGraphView *self)
{
  gint64 now = g_get_monotonic_time ();
  gboolean animated = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &animated, NULL);
  if (!animated || !gtk_widget_get_mapped (GTK_WIDGET (self))
      || (self->pulse_start && now - self->pulse_start < PULSE_EVERY * G_USEC_PER_SEC))
    return;
  self->pulse_start = now;
  g_clear_handle_id (&self->pulse_source, g_source_remove);
  self->pulse_source = g_timeout_add (PULSE_FRAME_MS, on_pulse, self);
}

void
sac_graph_view_set_live (SacGraphView *self, const SacGraphLive *live)
{
  guint k = self->picture.k;

  self->picture.losses = live ? self->losses : NULL;
  self->picture.factors = live ? self->factors : NULL;
  for (guint e = 0; live && e < k * k; e++)
    {
      self->losses[e] = live->loss[e / k][e % k];
      self->factors[e] = live->factor[e / k][e % k];
    }
  if (live && isfinite (live->tau))
    self->picture.tau = CLAMP (live->tau, 0, 1);
  if (live)
    pulse (self);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_graph_view_set_note (SacGraphView *self, guint generator, const char *note)
{
  g_return_if_fail (generator < SAC_GAN_MOST);
  g_free (self->notes[generator]);
  self->notes[generator] = g_strdup (note);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- selecting. */

void
sac_graph_view_select (SacGraphView *self, int node, int edge)
{
  if (self->picture.node == node && self->picture.edge == edge)
    return;
  self->picture.node = node;
  self->picture.edge = edge;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTED], 0);
}

int
sac_graph_view_get_node (SacGraphView *self)
{
  return self->picture.node;
}

int
sac_graph_view_get_edge (SacGraphView *self)
{
  return self->picture.edge;
}

/* ---- the pointer. */

static void
ask (SacGraphView *self, guint edge)
{
  if (self->picture.editing)
    g_signal_emit (self, signals[ASKED], 0, edge);
}

static void
begin_drag (SacGraphView *self, double x, double y)
{
  int node, edge;

  self->start_x = x;
  self->start_y = y;
  pick (self, x, y, &node, &edge);
  self->picture.drag_from = self->picture.editing ? node : -1;
  self->picture.drag_x = x;
  self->picture.drag_y = y;
}

static void
end_drag (SacGraphView *self, double x, double y)
{
  int from = self->picture.drag_from, node, edge;
  guint k = self->picture.k;
  gboolean click = hypot (x - self->start_x, y - self->start_y) < DRAG_LEAST;

  self->picture.drag_from = -1;
  pick (self, x, y, &node, &edge);
  if (click)
    {
      sac_graph_view_select (self, node, edge);
      if (edge >= 0)
        ask (self, (guint) edge);
    }
  else if (from >= 0 && node > 0 && node != from)
    {
      guint student = (guint) node - 1, teacher = from ? (guint) from - 1 : student;

      sac_graph_view_select (self, -1, (int) (student * k + teacher));
      if (self->picture.gates[student][teacher] == SAC_GATE_CUTOFF)
        ask (self, student * k + teacher);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sac_graph_view_drag (SacGraphView *self, double x0, double y0, double x1, double y1)
{
  begin_drag (self, x0, y0);
  end_drag (self, x1, y1);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, SacGraphView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  begin_drag (self, x, y);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, SacGraphView *self)
{
  int edge;

  self->picture.drag_x = self->start_x + dx;
  self->picture.drag_y = self->start_y + dy;
  pick (self, self->picture.drag_x, self->picture.drag_y, &self->picture.hot_node, &edge);
  self->picture.hot_edge = -1;
  if (self->picture.drag_from >= 0)
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, SacGraphView *self)
{
  end_drag (self, self->start_x + dx, self->start_y + dy);
}

static void
on_drag_cancel (SacGraphView *self)
{
  self->picture.drag_from = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_pressed (GtkGestureClick *gesture, int n, double x, double y, SacGraphView *self)
{
  int node, edge;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  pick (self, x, y, &node, &edge);
  sac_graph_view_select (self, node, edge);
  g_signal_emit (self, signals[MENU], 0, x, y);
}

static void
on_motion (SacGraphView *self, double x, double y)
{
  int node, edge;

  if (self->picture.drag_from >= 0)
    return;
  pick (self, x, y, &node, &edge);
  if (node == self->picture.hot_node && edge == self->picture.hot_edge)
    return;
  self->picture.hot_node = node;
  self->picture.hot_edge = edge;
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), edge >= 0);
  if (edge >= 0)
    {
      g_autofree char *words = sac_graph_view_dup_edge_words (self, (guint) edge);

      gtk_widget_set_tooltip_text (GTK_WIDGET (self), words);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (SacGraphView *self)
{
  self->picture.hot_node = self->picture.hot_edge = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- life. */

static void
sac_graph_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SacGraphView *self = SAC_GRAPH_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SacStyle style;
  cairo_t *cr;

  if (width < 1 || height < 1)
    return;
  get_style (&style);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  sac_gan_picture_draw (cr, width, height, &style, &self->picture);
  cairo_destroy (cr);
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), 0, 0, width, height);
}

static void
sac_graph_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline,
                        int *natural_baseline)
{
  SacGraphView *self = SAC_GRAPH_VIEW (widget);

  *minimum = self->picture.editing ? 220 : 160;         /* edges that are to be hit want room */
  *natural = 240;
}

static void
sac_graph_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER (child))
      gtk_popover_present (GTK_POPOVER (child));
}

static void
sac_graph_view_dispose (GObject *object)
{
  GtkWidget *child;

  g_clear_handle_id (&SAC_GRAPH_VIEW (object)->pulse_source, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sac_graph_view_parent_class)->dispose (object);
}

static void
sac_graph_view_finalize (GObject *object)
{
  SacGraphView *self = SAC_GRAPH_VIEW (object);

  for (guint i = 0; i < SAC_GAN_MOST; i++)
    g_free (self->notes[i]);
  G_OBJECT_CLASS (sac_graph_view_parent_class)->finalize (object);
}

static void
sac_graph_view_class_init (SacGraphViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_graph_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_graph_view_finalize;
  widget_class->snapshot = sac_graph_view_snapshot;
  widget_class->measure = sac_graph_view_measure;
  widget_class->size_allocate = sac_graph_view_size_allocate;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[ASKED] = g_signal_new ("asked", SAC_TYPE_GRAPH_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SELECTED] = g_signal_new ("selected", SAC_TYPE_GRAPH_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MENU] = g_signal_new ("menu", SAC_TYPE_GRAPH_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE,
                                G_TYPE_DOUBLE);
}

static void
sac_graph_view_init (SacGraphView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  sac_gan_picture_init (&self->picture, 3, NULL);
  self->picture.notes = (const char *const *) self->notes;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Knowledge-transfer graph"), -1);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect_swapped (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
sac_graph_view_new (void)
{
  return g_object_new (SAC_TYPE_GRAPH_VIEW, NULL);
}
