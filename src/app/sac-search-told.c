#include "sac-search-told.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "draw/sac-gan-effects.h"
#include "sac-plot.h"

#define MOST_PAIRS 12           /* that are shown; the surest */

struct _SacSearchTold {
  GtkWidget parent_instance;
  GtkBox *hints;
  GtkLabel *about;
  GtkWidget *body;
  SacPlot *effects_plot, *overlay_plot;
  GtkGrid *pairs;
  /* what the pictures show */
  guint k, n_edges, n_top, n_best;
  char **edges;
  SacGanEffect effects[SAC_GAN_EDGES][4];
  SacGanGraph top[SAC_SEARCH_TOP];
  char *outcome, *best_words;
};

G_DEFINE_FINAL_TYPE (SacSearchTold, sac_search_told, GTK_TYPE_WIDGET)

static void
fill_effects (SacSearchTold *self, SacGanEffects *effects)
{
  *effects = (SacGanEffects) { self->n_edges, self->n_best, (const char *const *) self->edges, (const SacGanEffect (*)[4]) self->effects,
                               self->outcome, self->best_words };
}

static void
draw_effects (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacGanEffects effects;

  fill_effects (data, &effects);
  sac_gan_effects_draw (cr, width, height, style, &effects);
}

static char *
dup_effects_text (gpointer data)
{
  SacGanEffects effects;

  fill_effects (data, &effects);
  return sac_gan_effects_dup_text (&effects);
}

static void
draw_overlay (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacSearchTold *self = data;
  const guint8 *graphs[SAC_SEARCH_TOP];

  for (guint i = 0; i < self->n_top; i++)
    graphs[i] = &self->top[i].gates[0][0];
  if (self->n_top)
    sac_gan_overlay_draw (cr, width, height, style, self->k, graphs, self->n_top);
}

static char *
dup_overlay_text (gpointer data)
{
  SacSearchTold *self = data;
  GString *text = g_string_new ("place\tgraph\n");

  for (guint i = 0; i < self->n_top; i++)
    {
      g_autofree char *letters = sac_gan_graph_dup_text (&self->top[i]);

      g_string_append_printf (text, "%u\t%s\n", i + 1, letters);
    }
  return g_string_free (text, FALSE);
}

/* ---- words. */

static void
put (SacSearchTold *self, int column, int row, const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column ? 1 : 0);
  gtk_widget_add_css_class (label, class);
  gtk_grid_attach (self->pairs, label, column, row, 1, 1);
}

static char *
dup_p (double p)
{
  return isnan (p) ? g_strdup ("–") : p < 0.001 ? g_strdup ("< 0.001") : g_strdup_printf ("%.3f", p);
}

static int
compare_pairs (gconstpointer a, gconstpointer b, gpointer data)
{
  const SacGanAnalysis *analysis = data;
  double p = analysis->pairs[*(const guint *) a].p, q = analysis->pairs[*(const guint *) b].p;

  if (isnan (p) || isnan (q))
    return !!isnan (p) - !!isnan (q);
  return p < q ? -1 : p > q;
}

static void
show_pairs (SacSearchTold *self, const SacGanAnalysis *analysis)
{
  g_autofree guint *order = g_new (guint, MAX (analysis->n_pairs, 1));
  GtkWidget *child;
  int row = 1;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->pairs))))
    gtk_grid_remove (self->pairs, child);
  for (guint i = 0; i < analysis->n_pairs; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) analysis->n_pairs, sizeof *order, compare_pairs, (gpointer) analysis);
  put (self, 0, 0, _("Edges"), "heading");
  put (self, 1, 0, _("Share of the variance"), "heading");
  put (self, 2, 0, _("p"), "heading");
  put (self, 3, 0, _("p of all together"), "heading");
  for (guint i = 0; i < analysis->n_pairs && row <= MOST_PAIRS; i++)
    {
      const SacPairEffect *pair = &analysis->pairs[order[i]];
      g_autofree char *names = g_strdup_printf ("%s × %s", analysis->edges[pair->a], analysis->edges[pair->b]);
      g_autofree char *share = g_strdup_printf ("%.1f %%", 100 * pair->share);
      g_autofree char *p = dup_p (pair->p), *all = dup_p (analysis->pairs_adjusted[order[i]]);

      if (isnan (pair->p))
        break;
      put (self, 0, row, names, "body");
      put (self, 1, row, share, "numeric");
      put (self, 2, row, p, "numeric");
      put (self, 3, row, all, "numeric");
      row++;
    }
  if (row == 1)
    put (self, 0, 1, _("Too few trials to tell"), "dim-label");
}

static void
add_hint (SacSearchTold *self, const char *words, const char *class)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (class)
    gtk_widget_add_css_class (label, class);
  gtk_box_append (self->hints, label);
}

static void
show_words (SacSearchTold *self, const SacSearchNews *news)
{
  const SacGanAnalysis *analysis = news ? news->analysis : NULL;
  g_autoptr (GString) all = g_string_new (NULL);
  g_autofree char *about = NULL;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->hints))))
    gtk_box_remove (self->hints, child);
  if (!analysis)
    {
      gtk_label_set_text (self->about, _("As soon as trials are scored, this tells which edges help."));
      return;
    }
  about = g_strdup_printf (_("%u trials are compared after %u epochs. Scores: %s%s."), analysis->n_trials, analysis->epochs,
                           news->features ? news->features : _("not told"),
                           news->inception ? "" : _(" (IS_c: not to be compared with published numbers)"));
  gtk_label_set_text (self->about, about);
  if (analysis->hints->len == 0)
    add_hint (self, _("No edge’s gate makes more of a difference than chance does, so far."), "dim-label");
  for (guint i = 0; i < analysis->hints->len; i++)
    {
      add_hint (self, analysis->hints->pdata[i], NULL);
      g_string_append_printf (all, "%s%s", i ? "; " : "", (const char *) analysis->hints->pdata[i]);
    }
  sac_plot_describe (self->effects_plot, all->str);
}

void
sac_search_told_show (SacSearchTold *self, const SacSearchNews *news)
{
  const SacGanAnalysis *analysis = news ? news->analysis : NULL;
  SacGanEffects effects;
  SacStyle style;

  g_return_if_fail (SAC_IS_SEARCH_TOLD (self));
  show_words (self, news);
  gtk_widget_set_visible (self->body, analysis != NULL);
  g_clear_pointer (&self->edges, g_strfreev);
  self->n_edges = self->n_top = 0;
  if (!analysis)
    return;
  self->k = analysis->k;
  self->n_edges = analysis->n_edges;
  self->n_best = analysis->n_best;
  self->n_top = analysis->n_top;
  self->edges = g_new0 (char *, analysis->n_edges + 1);
  for (guint e = 0; e < analysis->n_edges; e++)
    {
      self->edges[e] = g_strdup (analysis->edges[e]);
      for (guint g = 0; g < SAC_N_GATES; g++)
        {
          const SacLevelEffect *one = &analysis->effects[e][g];

          self->effects[e][g] = (SacGanEffect) { one->n, one->mean, one->low, one->high, analysis->best[e][g] };
        }
    }
  for (guint i = 0; i < analysis->n_top; i++)
    self->top[i] = ((const SacTrial *) news->trials->pdata[analysis->top[i]])->graph;
  g_free (self->outcome);
  g_free (self->best_words);
  self->outcome = g_strdup_printf (_("Mean by gate, 95 %%: %s"), sac_objective_get_words (news->objective));
  self->best_words = g_strdup_printf (_("Best 5 %% (%u)"), analysis->n_best);
  fill_effects (self, &effects);
  sac_plot_get_style (self->effects_plot, &style);
  gtk_widget_set_size_request (GTK_WIDGET (self->effects_plot), 320, (int) sac_gan_effects_height (&style, &effects));
  gtk_widget_queue_draw (GTK_WIDGET (self->effects_plot));
  gtk_widget_queue_draw (GTK_WIDGET (self->overlay_plot));
  show_pairs (self, analysis);
}

/* ---- life. */

static void
sac_search_told_dispose (GObject *object)
{
  SacSearchTold *self = SAC_SEARCH_TOLD (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  self->n_edges = self->n_top = 0;
  g_clear_pointer (&self->edges, g_strfreev);
  g_clear_pointer (&self->outcome, g_free);
  g_clear_pointer (&self->best_words, g_free);
  G_OBJECT_CLASS (sac_search_told_parent_class)->dispose (object);
}

static void
sac_search_told_class_init (SacSearchToldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_search_told_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
heading (const char *words)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  return label;
}

/* What the colours are. */
static GtkWidget *
make_legend (void)
{
  static const struct { const char *colour; SacGate gate; } entries[] = {
    { "#85898f", SAC_GATE_THROUGH }, { "#d82a2e", SAC_GATE_POSITIVE }, { "#2f76dc", SAC_GATE_NEGATIVE }, { "#85898f80", SAC_GATE_CUTOFF },
  };
  GString *markup = g_string_new (NULL);
  GtkWidget *label = gtk_label_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_auto (GStrv) parts = g_strsplit (sac_gate_get_words (entries[i].gate), " ", -1);
      g_autofree char *whole = g_strjoinv ("\302\240", parts), *words = g_markup_escape_text (whole, -1);     /* no line ends in it */

      g_string_append_printf (markup, "%s<span foreground=\"%s\">●</span>\302\240%s", i ? "   " : "", entries[i].colour, words);
    }
  gtk_label_set_markup (GTK_LABEL (label), markup->str);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  g_string_free (markup, TRUE);
  return label;
}

static void
sac_search_told_init (SacSearchTold *self)
{
  GtkWidget *scroll = gtk_scrolled_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *pictures = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);

  self->about = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->about, TRUE);
  gtk_label_set_xalign (self->about, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->about), "dim-label");
  self->hints = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 3));
  self->effects_plot = g_object_new (SAC_TYPE_PLOT, "hexpand", TRUE, NULL);
  self->overlay_plot = g_object_new (SAC_TYPE_PLOT, NULL);
  sac_plot_set_up (self->effects_plot, _("Objective by gate of each edge"), "edges", draw_effects, dup_effects_text, self);
  sac_plot_set_up (self->overlay_plot, _("The ten best graphs over one another"), "best-graphs", draw_overlay, dup_overlay_text, self);
  gtk_widget_set_size_request (GTK_WIDGET (self->overlay_plot), 270, 270);
  gtk_widget_set_size_request (side, 270, -1);
  self->pairs = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->pairs, 18);
  gtk_grid_set_row_spacing (self->pairs, 2);
  gtk_box_append (GTK_BOX (side), make_legend ());
  gtk_box_append (GTK_BOX (side), heading (_("The ten best over one another")));
  gtk_box_append (GTK_BOX (side), GTK_WIDGET (self->overlay_plot));
  gtk_widget_set_valign (GTK_WIDGET (self->effects_plot), GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (pictures), GTK_WIDGET (self->effects_plot));
  gtk_box_append (GTK_BOX (pictures), side);
  self->body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_box_append (GTK_BOX (self->body), pictures);
  gtk_box_append (GTK_BOX (self->body), heading (_("Edges that count together")));
  gtk_box_append (GTK_BOX (self->body), GTK_WIDGET (self->pairs));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->hints));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->about));
  gtk_box_append (GTK_BOX (box), self->body);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
  gtk_widget_set_parent (scroll, GTK_WIDGET (self));
  sac_search_told_show (self, NULL);
}

GtkWidget *
sac_search_told_new (void)
{
  return g_object_new (SAC_TYPE_SEARCH_TOLD, NULL);
}
