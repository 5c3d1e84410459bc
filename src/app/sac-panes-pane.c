#include "sac-panes-pane.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SacPanesPane {
  GtkWidget parent_instance;
  SacPlayer *player;            /* borrowed: its window has us too */
  SacHeatOptions *options;      /* nullable */
  SacSight *sights[2];          /* nullable */
  GtkDropDown *drops[2];
  SacFrameView *view;
  GtkLabel *words;
  char **folders;
};

G_DEFINE_FINAL_TYPE (SacPanesPane, sac_panes_pane, GTK_TYPE_WIDGET)

enum { CLOSED, RUNS_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

float *
sac_panes_dup_difference (const SacSeen *a, const SacSeen *b, guint frame)
{
  g_autofree float *first = sac_seen_dup_map (a, frame), *second = sac_seen_dup_map (b, frame), *sized = NULL;
  gsize n = (gsize) a->h * (gsize) a->w;

  if (!first || !second)
    return NULL;
  sized = g_new (float, n);
  sac_upsample3 (second, 1, b->h, b->w, sized, 1, a->h, a->w);
  for (gsize i = 0; i < n; i++)
    first[i] -= sized[i];
  return g_steal_pointer (&first);
}

static void
paint (GtkSnapshot *snapshot, const graphene_rect_t *picture, guint frame, int media_width, int media_height, gpointer data)
{
  SacPanesPane *self = data;
  double x = 0, y = 0, w = media_width, h = media_height, scale_x, scale_y;
  g_autofree float *difference = NULL;
  SacSeen a, b;
  cairo_t *cr;

  if (!self->sights[0] || media_width <= 0 || media_height <= 0 || !sac_sight_get (self->sights[0], &a) ||
      !sac_sight_get (self->sights[1], &b))
    return;
  difference = sac_panes_dup_difference (&a, &b, frame);
  cr = difference ? sac_frame_view_append_cairo (snapshot, picture) : NULL;
  if (!cr)
    return;
  if (a.crop[2] > 0 && a.crop[3] > 0)
    x = a.crop[0], y = a.crop[1], w = a.crop[2], h = a.crop[3];
  scale_x = picture->size.width / media_width;
  scale_y = picture->size.height / media_height;
  cairo_translate (cr, picture->origin.x + x * scale_x, picture->origin.y + y * scale_y);
  sac_difference_draw (cr, w * scale_x, h * scale_y, difference, a.h, a.w, sac_heat_options_get (self->options, &a, NULL).opacity);
  cairo_destroy (cr);
}

static void
on_frame (SacPanesPane *self)
{
  int frame = sac_player_get_shown_frame (self->player);

  sac_frame_view_set_texture (self->view, frame >= 0 ? sac_frame_view_get_texture (sac_player_get_view (self->player)) : NULL,
                              (guint) MAX (frame, 0));
}

/* Both scores of the label that is meant, or why there is nothing. */
static void
on_sight (SacPanesPane *self)
{
  const SacLook *looks[2] = { sac_gaze_get_look (sac_sight_get_gaze (self->sights[0])),
                              sac_gaze_get_look (sac_sight_get_gaze (self->sights[1])) };
  const char *failure = sac_sight_get_failure (self->sights[0]), *label = sac_sight_get_label (self->sights[0]);
  g_autofree char *words = NULL;
  float scores[2] = { NAN, NAN };

  if (!failure)
    failure = sac_sight_get_failure (self->sights[1]);
  for (guint side = 0; side < 2; side++)
    for (guint l = 0; looks[side] && label && l < looks[side]->n_labels; l++)
      if (g_strcmp0 (looks[side]->labels[l], label) == 0)
        scores[side] = looks[side]->scores[l];
  if (failure)
    words = g_strdup (failure);
  else if (!isnan (scores[0]) && !isnan (scores[1]))
    words = g_strdup_printf (_("“%s” %.1f %% against %.1f %%; orange: the first looks there more, blue: the second"), label,
                             100 * (double) scores[0], 100 * (double) scores[1]);
  gtk_label_set_text (self->words, words ? words : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->words), words);
  gtk_widget_queue_draw (GTK_WIDGET (self->view));
}

static void
on_run (SacPanesPane *self)
{
  g_signal_emit (self, signals[RUNS_CHOSEN], 0);
}

static void
on_close (SacPanesPane *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

gboolean
sac_panes_pane_is_difference (SacPanesPane *self)
{
  return self->sights[0] != NULL;
}

SacSight *
sac_panes_pane_get_sight (SacPanesPane *self, guint side)
{
  return self->sights[side];
}

const char *
sac_panes_pane_get_run (SacPanesPane *self, guint side)
{
  guint i = gtk_drop_down_get_selected (self->drops[side]);

  return i < g_strv_length (self->folders) ? self->folders[i] : NULL;
}

static void
sac_panes_pane_dispose (GObject *object)
{
  SacPanesPane *self = SAC_PANES_PANE (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_object (&self->sights[0]);
  g_clear_object (&self->sights[1]);
  g_clear_object (&self->options);
  g_clear_pointer (&self->folders, g_strfreev);
  G_OBJECT_CLASS (sac_panes_pane_parent_class)->dispose (object);
}

static void
sac_panes_pane_class_init (SacPanesPaneClass *klass)
{
  static const char *const names[N_SIGNALS] = { "closed", "runs-chosen" };

  G_OBJECT_CLASS (klass)->dispose = sac_panes_pane_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_panes_pane_init (SacPanesPane *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
}

static void
add_run_choice (SacPanesPane *self, GtkWidget *head, guint side, SacWorker *worker, const char *const *names, guint run)
{
  self->sights[side] = sac_sight_new (worker);
  self->drops[side] = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (names));
  gtk_drop_down_set_selected (self->drops[side], run);
  gtk_widget_set_hexpand (GTK_WIDGET (self->drops[side]), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drops[side]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  side ? _("Second run") : _("First run"), -1);
  if (side)
    gtk_box_append (GTK_BOX (head), gtk_label_new ("−"));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->drops[side]));
  g_signal_connect_object (self->drops[side], "notify::selected", G_CALLBACK (on_run), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sights[side], "changed", G_CALLBACK (on_sight), self, G_CONNECT_SWAPPED);
}

GtkWidget *
sac_panes_pane_new (SacWorker *worker, SacPlayer *player, SacHeatOptions *options, const char *const *names, const char *const *folders,
                    guint a, guint b)
{
  SacPanesPane *self = g_object_new (SAC_TYPE_PANES_PANE, NULL);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *close = gtk_button_new_from_icon_name ("window-close-symbolic");

  self->player = player;
  self->options = g_object_ref (options);
  self->folders = g_strdupv ((char **) folders);
  if (worker)
    {
      add_run_choice (self, head, 0, worker, names, a);
      add_run_choice (self, head, 1, worker, names, b);
      g_signal_connect_object (options, "changed", G_CALLBACK (on_sight), self, G_CONNECT_SWAPPED);
    }
  else
    {
      GtkWidget *title = gtk_label_new (_("Picture"));

      gtk_widget_set_hexpand (title, TRUE);
      gtk_label_set_xalign (GTK_LABEL (title), 0);
      gtk_widget_add_css_class (title, "heading");
      gtk_box_append (GTK_BOX (head), title);
    }
  gtk_widget_set_tooltip_text (close, _("Close this pane"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (close), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Close this pane"), -1);
  gtk_widget_add_css_class (close, "flat");
  gtk_box_append (GTK_BOX (head), close);
  gtk_widget_set_parent (head, GTK_WIDGET (self));
  self->view = g_object_new (SAC_TYPE_FRAME_VIEW, "vexpand", TRUE, "hexpand", TRUE, "width-request", 160, "height-request", 90, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  worker ? _("Where two runs differ") : _("The picture"), -1);
  sac_frame_view_add_painter (self->view, paint, self);
  gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_lines (self->words, 2);
  gtk_label_set_ellipsize (self->words, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (self->words, 24);
  gtk_label_set_xalign (self->words, 0);
  gtk_widget_set_visible (GTK_WIDGET (self->words), worker != NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->words), GTK_WIDGET (self));
  g_signal_connect_object (close, "clicked", G_CALLBACK (on_close), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (player, "frame-shown", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  on_frame (self);
  return GTK_WIDGET (self);
}
