#include "sac-sight-pane.h"

#include <glib/gi18n.h>

#include "sac-score-panel.h"

struct _SacSightPane {
  GtkWidget parent_instance;
  SacSight *sight;
  SacPlayer *player;            /* borrowed: its page has us too */
  SacHeatOptions *options;
  SacFrameView *view;
  GtkDropDown *run_drop;
  GtkLabel *failure;
  SacScorePanel *scores;
  char **folders;
};

G_DEFINE_FINAL_TYPE (SacSightPane, sac_sight_pane, GTK_TYPE_WIDGET)

enum { CLOSED, RUN_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

void
sac_sight_paint (SacSight *sight, SacHeatOptions *options, GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame,
                 int media_width, int media_height)
{
  double scale_x, scale_y, x = 0, y = 0, w = media_width, h = media_height;
  g_autofree float *map = NULL;
  SacSeen seen;
  SacHeat heat;
  cairo_t *cr;

  if (media_width <= 0 || media_height <= 0 || !sac_sight_get (sight, &seen))
    return;
  if (seen.crop[2] > 0 && seen.crop[3] > 0)
    x = seen.crop[0], y = seen.crop[1], w = seen.crop[2], h = seen.crop[3];
  map = sac_seen_dup_map (&seen, frame);
  heat = sac_heat_options_get (options, &seen, map);
  if (heat.opacity <= 0)
    return;
  scale_x = picture->size.width / media_width;
  scale_y = picture->size.height / media_height;
  cr = sac_frame_view_append_cairo (snapshot, picture);
  if (!cr)
    return;
  cairo_translate (cr, picture->origin.x + x * scale_x, picture->origin.y + y * scale_y);
  sac_heat_draw (cr, w * scale_x, h * scale_y, NULL, map, seen.h, seen.w, &heat);
  cairo_destroy (cr);
}

static void
paint (GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame, int media_width, int media_height, gpointer data)
{
  SacSightPane *self = data;

  sac_sight_paint (self->sight, self->options, snapshot, picture, frame, media_width, media_height);
}

static void
on_frame (SacSightPane *self)
{
  int frame = sac_player_get_shown_frame (self->player);

  sac_frame_view_set_texture (self->view, frame >= 0 ? sac_frame_view_get_texture (sac_player_get_view (self->player)) : NULL,
                              (guint) MAX (frame, 0));
}

static void
on_sight (SacSightPane *self)
{
  const char *failure = sac_sight_get_failure (self->sight);

  gtk_label_set_text (self->failure, failure ? failure : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->failure), failure);
  gtk_widget_set_visible (GTK_WIDGET (self->failure), failure != NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self->view));
}

static void
on_run (SacSightPane *self)
{
  g_signal_emit (self, signals[RUN_CHOSEN], 0);
}

static void
on_close (SacSightPane *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

SacSight *
sac_sight_pane_get_sight (SacSightPane *self)
{
  return self->sight;
}

void
sac_sight_pane_set_most (SacSightPane *self, guint most)
{
  sac_score_panel_set_most (self->scores, most);
}

const char *
sac_sight_pane_get_run (SacSightPane *self)
{
  guint i = gtk_drop_down_get_selected (self->run_drop);

  return i < g_strv_length (self->folders) ? self->folders[i] : NULL;
}

static void
sac_sight_pane_dispose (GObject *object)
{
  SacSightPane *self = SAC_SIGHT_PANE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->sight);
  g_clear_object (&self->options);
  g_clear_pointer (&self->folders, g_strfreev);
  G_OBJECT_CLASS (sac_sight_pane_parent_class)->dispose (object);
}

static void
sac_sight_pane_class_init (SacSightPaneClass *klass)
{
  static const char *const names[N_SIGNALS] = { "closed", "run-chosen" };

  G_OBJECT_CLASS (klass)->dispose = sac_sight_pane_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_sight_pane_init (SacSightPane *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
}

GtkWidget *
sac_sight_pane_new (SacWorker *worker, SacPlayer *player, SacHeatOptions *options, const char *const *names, const char *const *folders,
                    guint run)
{
  SacSightPane *self = g_object_new (SAC_TYPE_SIGHT_PANE, NULL);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *close = gtk_button_new_from_icon_name ("window-close-symbolic");
  GtkWidget *scores = sac_score_panel_new ();

  self->player = player;
  self->options = g_object_ref (options);
  self->folders = g_strdupv ((char **) folders);
  self->sight = sac_sight_new (worker);
  self->run_drop = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (names));
  gtk_drop_down_set_selected (self->run_drop, run);
  gtk_widget_set_hexpand (GTK_WIDGET (self->run_drop), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->run_drop), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Run beside"), -1);
  gtk_widget_set_tooltip_text (close, _("No longer beside"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL, _("No longer beside"), -1);
  gtk_widget_add_css_class (close, "flat");
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->run_drop));
  gtk_box_append (GTK_BOX (head), close);
  gtk_widget_set_parent (head, GTK_WIDGET (self));
  self->view = g_object_new (SAC_TYPE_FRAME_VIEW, "vexpand", TRUE, "hexpand", TRUE, "width-request", 160, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("The same frame through another run"), -1);
  sac_frame_view_add_painter (self->view, paint, self);
  gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
  self->failure = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->failure, TRUE);
  gtk_label_set_lines (self->failure, 3);       /* a box too low for all the lines would be made wider than the window */
  gtk_label_set_ellipsize (self->failure, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (self->failure, 24);
  gtk_label_set_xalign (self->failure, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->failure), FALSE);
  gtk_widget_set_parent (GTK_WIDGET (self->failure), GTK_WIDGET (self));
  sac_score_panel_set_sight (SAC_SCORE_PANEL (scores), self->sight);
  sac_score_panel_set_most (SAC_SCORE_PANEL (scores), 5);
  self->scores = SAC_SCORE_PANEL (scores);
  gtk_widget_set_parent (scores, GTK_WIDGET (self));
  g_signal_connect_object (close, "clicked", G_CALLBACK (on_close), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->run_drop, "notify::selected", G_CALLBACK (on_run), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sight, "changed", G_CALLBACK (on_sight), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (options, "changed", G_CALLBACK (on_sight), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "frame-shown", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  on_frame (self);
  return GTK_WIDGET (self);
}
