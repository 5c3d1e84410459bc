#include "sac-compare-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "run/sac-run.h"
#include "sac-measure-table.h"
#include "sac-plot.h"

#define MAX_BEHIND 200

/* A run that has been scored; its table is made once. */
typedef struct {
  char *name, *folder;
  SacScores *scores;            /* of the test split; NULL if it has none */
  SacAucTable *table;
  SacMeasures *measures;        /* of its attention; NULL: not looked into */
  gboolean ticked;
} Run;

struct _SacComparePage {
  SacPage parent_instance;
  AdwFlap *flap;
  GtkListBox *run_list, *behind_list;
  GtkStack *stack, *views;
  GtkLabel *headline, *behind_title;
  GtkDropDown *label_drop;
  GtkButton *behind_button;
  SacPlot *bars_plot, *roc_plot;
  SacMeasureTable *measures;

  GPtrArray *runs;              /* Run* */
  GPtrArray *labels;            /* char*: of the first ticked run */
  guint label;
  gboolean filling;
  GArray *behind;               /* SacId of the clips in the list */
  char *behind_run;
};

G_DEFINE_FINAL_TYPE (SacComparePage, sac_compare_page, SAC_TYPE_PAGE)

static void
run_free (gpointer data)
{
  Run *run = data;

  g_free (run->name);
  g_free (run->folder);
  sac_scores_free (run->scores);
  sac_auc_table_free (run->table);
  sac_measures_free (run->measures);
  g_free (run);
}

static int
find_label (const SacScores *scores, const char *label)
{
  for (guint i = 0; i < scores->n_labels; i++)
    if (g_strcmp0 (scores->labels[i], label) == 0)
      return (int) i;
  return -1;
}

static const char *
current_label (SacComparePage *self)
{
  return self->label < self->labels->len ? self->labels->pdata[self->label] : NULL;
}

/* Ticked runs that have scores, in the order of the list. */
static GPtrArray *
ticked (SacComparePage *self)
{
  GPtrArray *runs = g_ptr_array_new ();

  for (guint i = 0; i < self->runs->len; i++)
    {
      Run *run = self->runs->pdata[i];

      if (run->ticked && run->scores)
        g_ptr_array_add (runs, run);
    }
  return runs;
}

/* ---- plots. */

typedef struct {
  SacBars bars;
  GPtrArray *runs, *names;
  double *auc, *low, *high;
} Bars;

static void
make_bars (SacComparePage *self, Bars *b)
{
  *b = (Bars) { .runs = ticked (self), .names = g_ptr_array_new () };
  b->auc = g_new (double, b->runs->len * self->labels->len + 1);
  b->low = g_new (double, self->labels->len + 1);
  b->high = g_new (double, self->labels->len + 1);
  for (guint l = 0; l < self->labels->len; l++)
    b->low[l] = b->high[l] = NAN;
  for (guint r = 0; r < b->runs->len; r++)
    {
      const Run *run = b->runs->pdata[r];

      g_ptr_array_add (b->names, run->name);
      for (guint l = 0; l < self->labels->len; l++)
        {
          int at = find_label (run->scores, self->labels->pdata[l]);

          b->auc[r * self->labels->len + l] = at >= 0 ? run->table->auc[at] : NAN;
          if (r == 0 && at >= 0)
            {
              g_autoptr (SacRoc) roc = sac_roc_new (run->scores->scores + at, run->scores->truth + at, run->scores->n_clips,
                                                    run->scores->n_labels);

              b->low[l] = roc->null_low;
              b->high[l] = roc->null_high;
            }
        }
    }
  b->bars = (SacBars) { .n_labels = self->labels->len, .n_runs = b->runs->len, .labels = (const char *const *) self->labels->pdata,
                        .runs = (const char *const *) b->names->pdata, .auc = b->auc, .null_low = b->low, .null_high = b->high,
                        .selected = (gint) self->label };
}

static void
clear_bars (Bars *b)
{
  g_ptr_array_unref (b->runs);
  g_ptr_array_unref (b->names);
  g_free (b->auc);
  g_free (b->low);
  g_free (b->high);
}

static void
draw_bars (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  Bars b;

  make_bars (data, &b);
  if (b.bars.n_runs > 0 && b.bars.n_labels > 0)
    sac_bars_draw (cr, width, height, style, &b.bars);
  clear_bars (&b);
}

static char *
bars_text (gpointer data)
{
  GString *text = g_string_new ("run\tlabel\tAUC\n");
  SacComparePage *self = data;
  Bars b;

  make_bars (self, &b);
  for (guint r = 0; r < b.bars.n_runs; r++)
    for (guint l = 0; l < b.bars.n_labels; l++)
      g_string_append_printf (text, "%s\t%s\t%g\n", b.bars.runs[r], b.bars.labels[l], b.auc[r * b.bars.n_labels + l]);
  clear_bars (&b);
  return g_string_free (text, FALSE);
}

typedef struct {
  GPtrArray *runs;              /* Run*, one a curve */
  GPtrArray *rocs;
  SacRocCurve *curves;
  guint n;
} Curves;

static void
make_curves (SacComparePage *self, Curves *c)
{
  g_autoptr (GPtrArray) runs = ticked (self);

  *c = (Curves) { .runs = g_ptr_array_new (), .rocs = g_ptr_array_new_with_free_func ((GDestroyNotify) sac_roc_free) };
  c->curves = g_new0 (SacRocCurve, runs->len + 1);
  for (guint r = 0; r < runs->len; r++)
    {
      Run *run = runs->pdata[r];
      int at = find_label (run->scores, current_label (self));
      SacRoc *roc;

      if (at < 0)
        continue;
      roc = sac_roc_new (run->scores->scores + at, run->scores->truth + at, run->scores->n_clips, run->scores->n_labels);
      g_ptr_array_add (c->rocs, roc);
      g_ptr_array_add (c->runs, run);
      c->curves[c->n] = (SacRocCurve) { .roc = roc, .name = run->name };
      sac_palette (r, c->curves[c->n++].colour);
    }
}

static void
clear_curves (Curves *c)
{
  g_ptr_array_unref (c->runs);
  g_ptr_array_unref (c->rocs);
  g_free (c->curves);
}

static void
draw_roc (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacComparePage *self = data;
  Curves c;

  make_curves (self, &c);
  sac_roc_draw (cr, width, height, style, current_label (self), c.curves, c.n);
  clear_curves (&c);
}

static char *
roc_text (gpointer data)
{
  GString *text = g_string_new ("run\tfalse positive rate\ttrue positive rate\tthreshold\n");
  Curves c;

  make_curves (data, &c);
  for (guint i = 0; i < c.n; i++)
    for (guint p = 0; p < c.curves[i].roc->n_points; p++)
      g_string_append_printf (text, "%s\t%g\t%g\t%g\n", c.curves[i].name, c.curves[i].roc->fpr[p], c.curves[i].roc->tpr[p],
                              c.curves[i].roc->threshold[p]);
  clear_curves (&c);
  return g_string_free (text, FALSE);
}

/* ---- the clips behind a point: at this threshold, first the wrong ones, each kind by how far off. */

typedef struct {
  guint clip;
  float score, off;
  gboolean truth, yes;
} Behind;

static int
by_wrongness (gconstpointer a, gconstpointer b)
{
  const Behind *x = a, *y = b;
  gboolean wrong_x = x->truth != x->yes, wrong_y = y->truth != y->yes;

  if (wrong_x != wrong_y)
    return wrong_y - wrong_x;
  return (x->off < y->off) - (x->off > y->off);
}

static void
add_behind_row (SacComparePage *self, const Run *run, const Behind *b)
{
  GtkWidget *row = adw_action_row_new (), *icon;
  SacClip *clip = sac_session_find_clip (sac_page_get_session (SAC_PAGE (self)), run->scores->clips[b->clip]);
  const char *kind = b->yes ? (b->truth ? _("rightly yes") : _("wrongly yes")) : (b->truth ? _("missed") : _("rightly no"));
  g_autofree char *text = g_strdup_printf (_("%s, score %.3f"), kind, (double) b->score);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), run->scores->clips[b->clip]);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  icon = gtk_image_new_from_icon_name (b->truth == b->yes ? "emblem-ok-symbolic" : "dialog-warning-symbolic");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), clip != NULL);
  g_object_set_data_full (G_OBJECT (row), "clip", g_strdup (run->scores->clips[b->clip]), g_free);
  gtk_list_box_append (self->behind_list, row);
  if (clip)
    {
      SacId id = sac_clip_get_id (clip);

      g_array_append_val (self->behind, id);
    }
}

static void
clear_list (GtkListBox *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))))
    gtk_list_box_remove (list, row);
}

static void
show_behind (SacComparePage *self, const Run *run, double threshold)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Behind));
  int at = find_label (run->scores, current_label (self));
  g_autofree char *title = NULL;
  guint n_wrong = 0;

  if (at < 0)
    return;
  clear_list (self->behind_list);
  g_array_set_size (self->behind, 0);
  g_free (self->behind_run);
  self->behind_run = g_strdup (run->folder);
  for (guint i = 0; i < run->scores->n_clips; i++)
    {
      gsize k = (gsize) i * run->scores->n_labels + (gsize) at;
      float score = run->scores->scores[k];
      Behind b = { i, score, fabsf (score - (float) threshold), run->scores->truth[k] == 1, score >= threshold };

      if (run->scores->truth[k] < 0 || (!b.truth && !b.yes))
        continue;               /* unknown, or of no interest: rightly no */
      n_wrong += b.truth != b.yes;
      g_array_append_val (all, b);
    }
  g_array_sort (all, by_wrongness);
  for (guint i = 0; i < MIN (all->len, MAX_BEHIND); i++)
    add_behind_row (self, run, &g_array_index (all, Behind, i));
  title = g_strdup_printf (g_dngettext ("saccade", "“%s” at threshold %.3f in %s: %u clip, %u wrong",
                                        "“%s” at threshold %.3f in %s: %u clips, %u wrong", all->len),
                           current_label (self), isinf (threshold) ? 1.0 : threshold, run->name, all->len, n_wrong);
  gtk_label_set_text (self->behind_title, title);
  gtk_widget_set_sensitive (GTK_WIDGET (self->behind_button), self->behind->len > 0);
}

static void
on_show_set (SacComparePage *self)
{
  sac_selection_show_set (sac_page_get_selection (SAC_PAGE (self)), gtk_label_get_text (self->behind_title),
                          (const SacId *) self->behind->data, self->behind->len);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "clips");
}

static void
on_clip (SacComparePage *self, GtkListBoxRow *row)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  SacSelection *selection = sac_page_get_selection (SAC_PAGE (self));
  SacClip *clip = sac_session_find_clip (session, g_object_get_data (G_OBJECT (row), "clip"));

  if (!clip)
    return;
  for (guint i = 0; i < sac_session_get_n_labels (session); i++)
    if (g_strcmp0 (sac_session_get_label (session, i)->name, current_label (self)) == 0)
      sac_selection_set_label (selection, sac_session_get_label (session, i)->id);
  sac_selection_set_run (selection, self->behind_run);
  sac_selection_set_clip (selection, clip);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "explain");
}

static void
on_roc_clicked (SacComparePage *self, double x, double y, SacPlot *plot)
{
  guint curve, point;
  SacStyle style;
  Curves c;

  make_curves (self, &c);
  sac_plot_get_style (plot, &style);
  if (sac_roc_pick (gtk_widget_get_width (GTK_WIDGET (plot)), gtk_widget_get_height (GTK_WIDGET (plot)), &style,
                    current_label (self), c.curves, c.n, x, y,
                    &curve, &point))
    show_behind (self, c.runs->pdata[curve], c.curves[curve].roc->threshold[point]);
  clear_curves (&c);
}

static void
on_bars_clicked (SacComparePage *self, double x, double y, SacPlot *plot)
{
  guint label, run;
  SacStyle style;
  Bars b;

  make_bars (self, &b);
  sac_plot_get_style (plot, &style);
  if (sac_bars_pick (gtk_widget_get_width (GTK_WIDGET (plot)), gtk_widget_get_height (GTK_WIDGET (plot)), &style, &b.bars, x, y,
                     &label, &run))
    {
      gtk_drop_down_set_selected (self->label_drop, label);
      show_behind (self, b.runs->pdata[run], 0.5);
    }
  clear_bars (&b);
}

/* A row of the table was opened: its label's curves. */
static void
on_label_chosen (SacComparePage *self, const char *name)
{
  for (guint i = 0; i < self->labels->len; i++)
    if (g_strcmp0 (self->labels->pdata[i], name) == 0)
      {
        gtk_drop_down_set_selected (self->label_drop, i);
        gtk_stack_set_visible_child_name (self->views, "curves");
      }
}

/* ---- runs and labels. */

static void
show_plots (SacComparePage *self)
{
  g_autoptr (GPtrArray) runs = ticked (self);
  GString *text = g_string_new (NULL);

  sac_measure_table_clear (self->measures);
  for (guint r = 0; r < runs->len; r++)
    {
      const Run *run = runs->pdata[r];

      g_string_append_printf (text, "%s%s: ", r ? "\n" : "", run->name);
      g_string_append_printf (text, _("macro AUC %.3f over %u of %u labels"), run->table->macro, run->table->n_defined,
                              run->table->n_labels);
      sac_measure_table_add (self->measures, run->name, run->measures, (const char *const *) run->scores->labels, run->table->auc,
                             run->table->n_labels, run->table->macro);
    }
  gtk_label_set_text (self->headline, text->str);
  sac_plot_describe (self->bars_plot, text->str);
  g_string_free (text, TRUE);
  gtk_stack_set_visible_child_name (self->stack, runs->len > 0 ? "plots" : "empty");
  gtk_widget_queue_draw (GTK_WIDGET (self->bars_plot));
  gtk_widget_queue_draw (GTK_WIDGET (self->roc_plot));
}

static void
fill_labels (SacComparePage *self)
{
  g_autoptr (GPtrArray) runs = ticked (self);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint keep = self->label;

  self->filling = TRUE;
  g_ptr_array_set_size (self->labels, 0);
  if (runs->len > 0)
    for (guint i = 0; i < ((const Run *) runs->pdata[0])->scores->n_labels; i++)
      {
        const char *label = ((const Run *) runs->pdata[0])->scores->labels[i];

        g_ptr_array_add (self->labels, g_strdup (label));
        gtk_string_list_append (names, label);
      }
  gtk_drop_down_set_model (self->label_drop, G_LIST_MODEL (names));
  self->label = keep < self->labels->len ? keep : 0;
  if (self->labels->len > 0)
    gtk_drop_down_set_selected (self->label_drop, self->label);
  self->filling = FALSE;
  show_plots (self);
}

static void
on_label (SacComparePage *self)
{
  guint label = gtk_drop_down_get_selected (self->label_drop);

  if (self->filling || label >= self->labels->len)
    return;
  self->label = label;
  show_plots (self);
}

static void
on_tick (GtkCheckButton *check, gpointer data)
{
  SacComparePage *self = data;
  Run *run = g_object_get_data (G_OBJECT (check), "run");

  run->ticked = gtk_check_button_get_active (check);
  fill_labels (self);
}

static void
add_run_row (SacComparePage *self, Run *run)
{
  GtkWidget *row = adw_action_row_new (), *check = gtk_check_button_new ();
  g_autofree char *text = run->table ? g_strdup_printf (_("macro AUC %.3f, %u test clips"), run->table->macro, run->scores->n_clips)
                          : !g_file_test (run->folder, G_FILE_TEST_IS_DIR) ? g_strdup_printf (_("its folder is missing: %s"), run->folder)
                          : sac_run_is_live (run->folder) ? g_strdup (_("still training"))
                                                          : g_strdup (_("not scored on test clips"));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), run->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  gtk_widget_set_tooltip_text (row, text);
  gtk_widget_set_sensitive (check, run->scores != NULL);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), run->ticked);
  g_object_set_data (G_OBJECT (check), "run", run);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, run->name, -1);
  g_signal_connect (check, "toggled", G_CALLBACK (on_tick), self);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  gtk_list_box_append (self->run_list, row);
}

static void
fill_runs (SacComparePage *self)
{
  SacProject *project = sac_session_get_project (sac_page_get_session (SAC_PAGE (self)));
  const char *wanted = sac_selection_get_run (sac_page_get_selection (SAC_PAGE (self)));
  g_autoptr (GPtrArray) rows = project ? sac_project_list_runs (project, NULL) : NULL;
  g_autoptr (GHashTable) was_ticked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean any = FALSE;

  for (guint i = 0; i < self->runs->len; i++)
    if (((Run *) self->runs->pdata[i])->ticked)
      g_hash_table_add (was_ticked, g_strdup (((Run *) self->runs->pdata[i])->folder));
  clear_list (self->run_list);
  g_ptr_array_set_size (self->runs, 0);
  for (guint i = 0; rows && i < rows->len; i++)
    {
      const SacRunRow *row = rows->pdata[i];
      Run *run = g_new0 (Run, 1);

      run->name = g_strdup (row->name);
      run->folder = g_strdup (row->folder);
      run->scores = sac_scores_read (row->folder, "test", NULL);
      run->measures = sac_measures_read (row->folder, "test", NULL);
      if (run->scores)
        run->table = sac_auc_table_new (run->scores->scores, run->scores->truth, run->scores->n_clips, run->scores->n_labels);
      run->ticked = run->scores && (g_hash_table_contains (was_ticked, run->folder) || g_strcmp0 (wanted, run->folder) == 0);
      any |= run->ticked;
      g_ptr_array_add (self->runs, run);
    }
  for (guint i = 0; i < self->runs->len; i++)
    {
      Run *run = self->runs->pdata[i];

      if (!any && run->scores)
        run->ticked = any = TRUE;
      add_run_row (self, run);
    }
  fill_labels (self);
}

/* ---- life. */

static void
forget (SacComparePage *self)
{
  clear_list (self->behind_list);
  g_array_set_size (self->behind, 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->behind_button), FALSE);
  fill_runs (self);
}

static void
on_runs_changed (SacComparePage *self)
{
  if (sac_page_get_shown (SAC_PAGE (self)))
    fill_runs (self);
}

static void
sac_compare_page_attach (SacPage *page)
{
  g_signal_connect_object (sac_page_get_session (page), "runs-changed", G_CALLBACK (on_runs_changed), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_page_get_session (page), "project-changed", G_CALLBACK (forget), page, G_CONNECT_SWAPPED);
}

static void
sac_compare_page_set_shown (SacPage *page, gboolean shown)
{
  if (shown)
    fill_runs (SAC_COMPARE_PAGE (page));
}

static void
sac_compare_page_toggle_sidebar (SacPage *page)
{
  AdwFlap *flap = SAC_COMPARE_PAGE (page)->flap;

  adw_flap_set_reveal_flap (flap, !adw_flap_get_reveal_flap (flap));
}

static void
sac_compare_page_dispose (GObject *object)
{
  SacComparePage *self = SAC_COMPARE_PAGE (object);

  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_pointer (&self->labels, g_ptr_array_unref);
  g_clear_pointer (&self->behind, g_array_unref);
  g_clear_pointer (&self->behind_run, g_free);
  G_OBJECT_CLASS (sac_compare_page_parent_class)->dispose (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, SacComparePage, child)
static void
sac_compare_page_class_init (SacComparePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SacPageClass *page_class = SAC_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_compare_page_dispose;
  page_class->attach = sac_compare_page_attach;
  page_class->set_shown = sac_compare_page_set_shown;
  page_class->toggle_sidebar = sac_compare_page_toggle_sidebar;
  g_type_ensure (SAC_TYPE_PLOT);
  g_type_ensure (SAC_TYPE_MEASURE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/compare-page.ui");
  BIND (flap);
  BIND (run_list);
  BIND (behind_list);
  BIND (stack);
  BIND (headline);
  BIND (behind_title);
  BIND (label_drop);
  BIND (behind_button);
  BIND (bars_plot);
  BIND (roc_plot);
  BIND (views);
  BIND (measures);
  gtk_widget_class_bind_template_callback (widget_class, on_label);
  gtk_widget_class_bind_template_callback (widget_class, on_show_set);
  gtk_widget_class_bind_template_callback (widget_class, on_clip);
}

static void
sac_compare_page_init (SacComparePage *self)
{
  self->runs = g_ptr_array_new_with_free_func (run_free);
  self->labels = g_ptr_array_new_with_free_func (g_free);
  self->behind = g_array_new (FALSE, FALSE, sizeof (SacId));
  gtk_widget_init_template (GTK_WIDGET (self));
  sac_plot_set_up (self->bars_plot, _("AUC per label and run"), "auc-bars", draw_bars, bars_text, self);
  sac_plot_set_up (self->roc_plot, _("ROC curves"), "roc", draw_roc, roc_text, self);
  g_signal_connect_object (self->measures, "label-chosen", G_CALLBACK (on_label_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->roc_plot, "clicked", G_CALLBACK (on_roc_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bars_plot, "clicked", G_CALLBACK (on_bars_clicked), self, G_CONNECT_SWAPPED);
}
