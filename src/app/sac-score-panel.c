#include "sac-score-panel.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sac-plot.h"

#define MAX_BARS 8

struct _SacScorePanel {
  GtkWidget parent_instance;
  SacSight *sight;
  SacPlot *plot;
  GtkLabel *words;
  /* What the bars show: of the @n highest under the network's own maps, and the label that is meant. */
  guint n;
  const char *labels[MAX_BARS + 1];
  float scores[MAX_BARS + 1], before[MAX_BARS + 1], branch[MAX_BARS + 1], at[MAX_BARS + 1];
  SacThresholds *thresholds;    /* of the run of @look; nullable */
  gconstpointer look;           /* that they were read for */
  gboolean has_branch, changed;
  gint chosen;
  guint most;
};

G_DEFINE_FINAL_TYPE (SacScorePanel, sac_score_panel, GTK_TYPE_WIDGET)

enum { LABEL_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static SacScoreBars
bars (SacScorePanel *self)
{
  return (SacScoreBars) { self->n, self->labels, self->scores, self->changed ? self->before : NULL, self->has_branch ? self->branch : NULL,
                          self->chosen, self->thresholds && sac_thresholds_get_n (self->thresholds) ? self->at : NULL };
}

static void
draw (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacScoreBars all = bars (data);

  sac_score_bars_draw (cr, width, height, style, &all);
}

static char *
dup_text (gpointer data)
{
  SacScorePanel *self = data;
  GString *text = g_string_new (_("Label\tScore\tUnder the network’s own maps\n"));

  for (guint i = 0; i < self->n; i++)
    g_string_append_printf (text, "%s\t%.6f\t%.6f\n", self->labels[i], (double) self->scores[i], (double) self->before[i]);
  return g_string_free (text, FALSE);
}

static void
on_clicked (SacScorePanel *self, double x, double y, SacPlot *plot)
{
  SacScoreBars all = bars (self);
  SacStyle style;
  guint row;

  sac_plot_get_style (plot, &style);
  if (sac_score_bars_pick (gtk_widget_get_width (GTK_WIDGET (plot)), gtk_widget_get_height (GTK_WIDGET (plot)), &style, &all, x, y, &row))
    g_signal_emit (self, signals[LABEL_CHOSEN], 0, self->labels[row]);
}

static void
add (SacScorePanel *self, const SacLook *look, const float *scores, guint label)
{
  self->labels[self->n] = look->labels[label];
  self->scores[self->n] = scores[label];
  self->before[self->n] = look->scores[label];
  self->at[self->n] = sac_thresholds_get_rule (self->thresholds, look->labels[label])
                        ? (float) sac_thresholds_get (self->thresholds, look->labels[label]) : NAN;
  if (look->branch)
    self->branch[self->n] = look->branch[label];
  self->n++;
}

/* In words for the eyes and for screen readers: what the maps are, and how the highest score moved. */
static void
say (SacScorePanel *self, SacGaze *gaze)
{
  gboolean space = sac_gaze_get_inverted_space (gaze), time = sac_gaze_get_inverted_time (gaze), edited = sac_gaze_is_edited (gaze);
  const char *maps = space && time ? _("Places and time inverted") : space ? _("Places inverted") : time ? _("Time inverted")
                     : edited      ? _("Edited maps")
                                   : _("The network’s own maps");
  g_autofree char *text = NULL;

  if (self->n == 0)
    text = g_strdup (sac_sight_is_busy (self->sight) ? _("The network is looking…") : "");
  else if (self->changed)
    text = g_strdup_printf (_("%s: “%s” %.1f %% → %.1f %%"), maps, self->labels[0], 100 * (double) self->before[0],
                            100 * (double) self->scores[0]);
  else if (!sac_look_has_attention (sac_gaze_get_look (gaze)))
    text = g_strdup_printf (_("“%s” %.1f %%; a network without attention, nothing to invert"), self->labels[0],
                            100 * (double) self->scores[0]);
  else
    text = g_strdup_printf (_("%s: “%s” %.1f %%"), maps, self->labels[0], 100 * (double) self->scores[0]);
  gtk_label_set_text (self->words, text);
  sac_plot_describe (self->plot, text);
}

static void
refresh (SacScorePanel *self)
{
  SacGaze *gaze = self->sight ? sac_sight_get_gaze (self->sight) : NULL;
  const SacLook *look = gaze ? sac_gaze_get_look (gaze) : NULL;
  const float *scores = gaze ? sac_gaze_get_scores (gaze) : NULL;
  const char *meant = self->sight ? sac_sight_get_label (self->sight) : NULL;
  SacStyle style;
  SacScoreBars all;

  self->n = 0;
  self->chosen = -1;
  if (look != self->look)       /* another clip or run: what was decided of the run meanwhile counts */
    {
      g_clear_pointer (&self->thresholds, sac_thresholds_free);
      self->thresholds = look && sac_gaze_get_run (gaze) ? sac_thresholds_read (sac_gaze_get_run (gaze), NULL) : NULL;
      self->look = look;
    }
  if (look && scores)
    {
      g_autofree guint32 *order = sac_order_falling (look->scores, look->n_labels);

      self->has_branch = look->branch != NULL;
      self->changed = scores != look->scores;
      for (guint i = 0; i < look->n_labels && self->n < self->most; i++)
        add (self, look, scores, order[i]);
      for (guint i = 0; i < self->n && meant; i++)
        if (strcmp (self->labels[i], meant) == 0)
          self->chosen = (gint) i;
      for (guint i = 0; i < look->n_labels && meant && self->chosen < 0; i++)
        if (strcmp (look->labels[i], meant) == 0)
          {
            self->chosen = (gint) self->n;
            add (self, look, scores, i);
          }
    }
  all = bars (self);
  sac_plot_get_style (self->plot, &style);
  gtk_widget_set_size_request (GTK_WIDGET (self->plot), 180, (int) MAX (sac_score_bars_height (&style, &all), 40));
  if (gaze)
    say (self, gaze);
  gtk_widget_queue_draw (GTK_WIDGET (self->plot));
}

void
sac_score_panel_set_most (SacScorePanel *self, guint most)
{
  g_return_if_fail (SAC_IS_SCORE_PANEL (self));
  self->most = MIN (most, MAX_BARS);
  refresh (self);
}

void
sac_score_panel_set_sight (SacScorePanel *self, SacSight *sight)
{
  g_return_if_fail (SAC_IS_SCORE_PANEL (self) && !self->sight);
  self->sight = g_object_ref (sight);
  g_signal_connect_object (sight, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_sight_get_gaze (sight), "scores-changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

static void
sac_score_panel_dispose (GObject *object)
{
  SacScorePanel *self = SAC_SCORE_PANEL (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  self->n = 0;
  g_clear_pointer (&self->thresholds, sac_thresholds_free);
  g_clear_object (&self->sight);
  G_OBJECT_CLASS (sac_score_panel_parent_class)->dispose (object);
}

static void
sac_score_panel_class_init (SacScorePanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_score_panel_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  signals[LABEL_CHOSEN] = g_signal_new ("label-chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_STRING);
}

static void
sac_score_panel_init (SacScorePanel *self)
{
  GtkBoxLayout *layout = GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self)));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (layout, 6);
  self->most = MAX_BARS;
  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->words, 0);
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_width_chars (self->words, 12);
  gtk_label_set_lines (self->words, 3);
  gtk_label_set_ellipsize (self->words, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (self->words, 24);
  gtk_widget_add_css_class (GTK_WIDGET (self->words), "numeric");
  gtk_widget_set_parent (GTK_WIDGET (self->words), GTK_WIDGET (self));
  self->plot = g_object_new (SAC_TYPE_PLOT, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->plot), GTK_WIDGET (self));
  sac_plot_set_up (self->plot, _("Scores"), "scores", draw, dup_text, self);
  g_signal_connect_object (self->plot, "clicked", G_CALLBACK (on_clicked), self, G_CONNECT_SWAPPED);
}

GtkWidget *
sac_score_panel_new (void)
{
  return g_object_new (SAC_TYPE_SCORE_PANEL, NULL);
}
