#include "sac-compare-page.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>

#include "sac-compare-private.h"
#include "sac-gan-runs.h"
#include "sac-panes.h"

G_DEFINE_FINAL_TYPE (SacComparePage, sac_compare_page, SAC_TYPE_PAGE)

#define MAX_LISTED 200          /* runs; the newest */

static const char *const splits[] = { "test", "validation", "train" };

const char *
_sac_compare_page_split (SacComparePage *self)
{
  return splits[self->split];
}

static void
entry_free (gpointer data)
{
  SacCompareEntry *entry = data;

  g_free (entry->name);
  g_free (entry->folder);
  sac_compare_run_unref (entry->run);
  sac_thresholds_free (entry->thresholds);
  g_free (entry);
}

SacCompareEntry *
_sac_compare_page_find (SacComparePage *self, const char *folder)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (g_strcmp0 (((SacCompareEntry *) self->entries->pdata[i])->folder, folder) == 0)
      return self->entries->pdata[i];
  return NULL;
}

const char *
_sac_compare_page_label (SacComparePage *self)
{
  return self->label < self->labels->len ? self->labels->pdata[self->label] : NULL;
}

/* ---- AUC bars. */

typedef struct {
  SacBars bars;
  const char **names;
  double *auc, *low, *high, *null_low, *null_high;
} Bars;

static void
make_bars (SacComparePage *self, Bars *b)
{
  guint n = self->labels->len, n_runs = self->view ? self->view->n_runs : 0;

  *b = (Bars) { .names = g_new0 (const char *, n_runs + 1) };
  b->auc = g_new (double, (gsize) n_runs * n + 1);
  b->low = g_new (double, (gsize) n_runs * n + 1);
  b->high = g_new (double, (gsize) n_runs * n + 1);
  b->null_low = g_new (double, n + 1);
  b->null_high = g_new (double, n + 1);
  for (guint l = 0; l < n; l++)
    b->null_low[l] = b->null_high[l] = NAN;
  for (guint r = 0; r < n_runs; r++)
    {
      const SacCompareRun *run = self->view->runs[r];

      b->names[r] = run->name;
      for (guint l = 0; l < n; l++)
        {
          int at = sac_scores_find_label (run->scores, self->labels->pdata[l]);
          gsize k = (gsize) r * n + l;

          b->auc[k] = at >= 0 ? run->intervals[at].auc : NAN;
          b->low[k] = at >= 0 ? run->intervals[at].low : NAN;
          b->high[k] = at >= 0 ? run->intervals[at].high : NAN;
          if (r == 0 && at >= 0)
            {
              b->null_low[l] = run->null_low[at];
              b->null_high[l] = run->null_high[at];
            }
        }
    }
  b->bars = (SacBars) { .n_labels = n, .n_runs = n_runs, .labels = (const char *const *) self->labels->pdata, .runs = b->names,
                        .auc = b->auc, .null_low = b->null_low, .null_high = b->null_high, .selected = (gint) self->label,
                        .low = b->low, .high = b->high };
}

static void
clear_bars (Bars *b)
{
  g_free (b->names);
  g_free (b->auc);
  g_free (b->low);
  g_free (b->high);
  g_free (b->null_low);
  g_free (b->null_high);
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
  GString *text = g_string_new ("run\tlabel\tAUC\tlow\thigh\n");
  Bars b;

  make_bars (data, &b);
  for (guint r = 0; r < b.bars.n_runs; r++)
    for (guint l = 0; l < b.bars.n_labels; l++)
      {
        gsize k = (gsize) r * b.bars.n_labels + l;

        g_string_append_printf (text, "%s\t%s\t%g\t%g\t%g\n", b.bars.runs[r], b.bars.labels[l], b.auc[k], b.low[k], b.high[k]);
      }
  clear_bars (&b);
  return g_string_free (text, FALSE);
}

/* ---- the four plots. */

SacPlotKind
_sac_compare_page_kind (SacComparePage *self)
{
  GtkWidget *shown = gtk_stack_get_visible_child (self->plots);

  for (guint i = 0; i < SAC_N_PLOTS; i++)
    if (shown == GTK_WIDGET (self->plot[i]))
      return (SacPlotKind) i;
  return SAC_PLOT_ROC;
}

static void
draw_plot (cairo_t *cr, double width, double height, const SacStyle *style, gpointer data)
{
  SacComparePage *self = data;
  SacComparePlots plots = _sac_compare_page_plots (self);

  sac_compare_plot_draw (cr, width, height, style, &plots, _sac_compare_page_kind (self));
}

static char *
plot_text (gpointer data)
{
  SacComparePage *self = data;
  SacComparePlots plots = _sac_compare_page_plots (self);

  return sac_compare_plot_dup_text (&plots, _sac_compare_page_kind (self));
}

static void
redraw (SacComparePage *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self->bars_plot));
  for (guint i = 0; i < SAC_N_PLOTS; i++)
    gtk_widget_queue_draw (GTK_WIDGET (self->plot[i]));
}

static void
show_mark (SacComparePage *self, const SacBehind *mark)
{
  SacComparePlots plots = _sac_compare_page_plots (self);
  g_autofree char *words = sac_behind_dup_words (mark, &plots);

  self->mark = *mark;
  if (mark->kind == SAC_BEHIND_OUTCOME && mark->row < plots.decided->n_labels)
    for (guint l = 0; l < self->labels->len; l++)
      if (l != self->label && g_strcmp0 (self->labels->pdata[l], plots.decided->labels[mark->row]) == 0)
        gtk_drop_down_set_selected (self->label_drop, l);
  sac_compare_table_show_mark (self->clips, mark, words);
  redraw (self);
}

static void
on_plot_clicked (SacComparePage *self, double x, double y, SacPlot *plot)
{
  SacComparePlots plots = _sac_compare_page_plots (self);
  SacStyle style;
  SacBehind mark;

  sac_plot_get_style (plot, &style);
  if (!sac_compare_plot_pick (gtk_widget_get_width (GTK_WIDGET (plot)), gtk_widget_get_height (GTK_WIDGET (plot)), &style, &plots,
                              _sac_compare_page_kind (self), x, y, &mark))
    return;
  if (mark.kind == SAC_BEHIND_CELL || mark.kind == SAC_BEHIND_OUTCOME)
    mark.run = gtk_drop_down_get_selected (self->run_drop);
  show_mark (self, &mark);
}

static void
on_bars_clicked (SacComparePage *self, double x, double y, SacPlot *plot)
{
  guint label, run;
  SacStyle style;
  Bars b;

  make_bars (self, &b);
  sac_plot_get_style (plot, &style);
  if (sac_bars_pick (gtk_widget_get_width (GTK_WIDGET (plot)), gtk_widget_get_height (GTK_WIDGET (plot)), &style, &b.bars, x, y, &label,
                     &run))
    {
      SacCompareEntry *entry = _sac_compare_page_find (self, self->view->runs[run]->folder);
      SacBehind mark = { .kind = SAC_BEHIND_POINT, .run = run };

      mark.threshold = sac_thresholds_get (entry ? entry->thresholds : NULL, self->labels->pdata[label]);
      if (label == self->label)
        show_mark (self, &mark);
      else
        {
          self->awaited = mark;         /* the clips come with the label's view */
          gtk_drop_down_set_selected (self->label_drop, label);
        }
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

/* ---- clips lead elsewhere. */

static void
on_set_wanted (SacComparePage *self)
{
  g_autoptr (GArray) ids = sac_compare_table_dup_ids (self->clips);
  g_autofree char *words = sac_compare_table_dup_words (self->clips);

  sac_selection_show_set (sac_page_get_selection (SAC_PAGE (self)), words, (const SacId *) (void *) ids->data, ids->len);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "clips");
}

static void
on_clip_chosen (SacComparePage *self, const char *name, guint run)
{
  SacSession *session = sac_page_get_session (SAC_PAGE (self));
  SacSelection *selection = sac_page_get_selection (SAC_PAGE (self));
  SacClip *clip = sac_session_find_clip (session, name);

  if (!clip || !self->view)
    {
      sac_session_say (session, FALSE, _("“%s” is no longer in the project"), name);
      return;
    }
  for (guint i = 0; i < sac_session_get_n_labels (session); i++)
    if (g_strcmp0 (sac_session_get_label (session, i)->name, _sac_compare_page_label (self)) == 0)
      sac_selection_set_label (selection, sac_session_get_label (session, i)->id);
  sac_selection_set_run (selection, self->view->runs[MIN (run, self->view->n_runs - 1)]->folder);
  sac_selection_go_decisive (selection, clip);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.page", "s", "explain");
}

/* All runs of the view side by side. */
static void
on_side_by_side (SacComparePage *self, const char *name)
{
  SacClip *clip = sac_session_find_clip (sac_page_get_session (SAC_PAGE (self)), name);
  g_autoptr (GPtrArray) names = g_ptr_array_new (), folders = g_ptr_array_new ();
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  SacPanes *panes;

  if (!clip || !self->view)
    return;
  for (guint r = 0; r < self->view->n_runs; r++)
    {
      g_ptr_array_add (names, self->view->runs[r]->name);
      g_ptr_array_add (folders, self->view->runs[r]->folder);
    }
  g_ptr_array_add (names, NULL);
  g_ptr_array_add (folders, NULL);
  panes = sac_panes_new (window, sac_page_get_session (SAC_PAGE (self)), (const char *const *) names->pdata,
                         (const char *const *) folders->pdata, self->view->n_runs);
  sac_panes_show (panes, clip, 0);
  gtk_window_present (GTK_WINDOW (panes));
}

/* ---- the list of runs: read one after the other by a thread, the ticked ones first. */

static void
say_entry (SacCompareEntry *entry)
{
  const SacCompareRun *run = entry->run;
  g_autofree char *text = run && run->scores
                            ? g_strdup_printf (g_dngettext ("saccade", "macro AUC %.3f, %u clip", "macro AUC %.3f, %u clips",
                                                            run->scores->n_clips), run->table->macro, run->scores->n_clips)
                          : !run ? g_strdup (_("reading its scores…"))
                          : !g_file_test (entry->folder, G_FILE_TEST_IS_DIR)
                            ? g_strdup_printf (_("its folder is missing: %s"), entry->folder)
                          : sac_run_is_live (entry->folder) ? g_strdup (_("still training"))
                                                            : g_strdup (_("not scored on these clips"));

  if (!entry->row)
    return;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (entry->row), text);
  gtk_widget_set_tooltip_text (entry->row, text);
  gtk_widget_set_sensitive (entry->check, run && run->scores);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (entry->check), entry->ticked);
}

static void load_next (SacComparePage *self);

static void
load (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  char **words = data;

  g_task_return_pointer (task, sac_compare_run_new (words[0], words[1], words[2]), (GDestroyNotify) sac_compare_run_unref);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  SacComparePage *self = SAC_COMPARE_PAGE (source);
  SacCompareRun *run = g_task_propagate_pointer (G_TASK (result), NULL);
  char **words = g_task_get_task_data (G_TASK (result));
  SacCompareEntry *entry = self->entries ? _sac_compare_page_find (self, words[1]) : NULL;

  self->loading = FALSE;
  if (!entry || g_strcmp0 (words[2], splits[self->split]) != 0)
    sac_compare_run_unref (run);
  else
    {
      gboolean any = FALSE;

      g_clear_pointer (&entry->run, sac_compare_run_unref);
      entry->run = run;
      entry->ticked &= run->scores != NULL;
      for (guint i = 0; i < self->entries->len; i++)
        any |= ((SacCompareEntry *) self->entries->pdata[i])->ticked;
      if (!any && run->scores)
        entry->ticked = TRUE;   /* the newest that there is something to see of */
      say_entry (entry);
      if (entry->ticked)
        _sac_compare_page_renew (self);
    }
  if (self->entries)
    load_next (self);
}

static void
load_next (SacComparePage *self)
{
  SacCompareEntry *next = NULL;
  g_autoptr (GTask) task = NULL;
  char **words;

  if (self->loading)
    return;
  for (guint i = 0; i < self->entries->len; i++)
    {
      SacCompareEntry *entry = self->entries->pdata[i];

      if (!entry->run && (!next || (entry->ticked && !next->ticked)))
        next = entry;
    }
  if (!next)
    {
      _sac_compare_page_show (self);    /* now it is known that there is nothing, if there is nothing */
      return;
    }
  words = g_new0 (char *, 4);
  words[0] = g_strdup (next->name);
  words[1] = g_strdup (next->folder);
  words[2] = g_strdup (splits[self->split]);
  self->loading = TRUE;
  task = g_task_new (self, NULL, on_loaded, NULL);
  g_task_set_task_data (task, words, (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, load);
}

static void
on_tick (GtkCheckButton *check, gpointer data)
{
  SacComparePage *self = data;
  SacCompareEntry *entry = _sac_compare_page_find (self, g_object_get_data (G_OBJECT (check), "folder"));

  if (!entry || entry->ticked == gtk_check_button_get_active (check))
    return;
  entry->ticked = gtk_check_button_get_active (check);
  _sac_compare_page_renew (self);
}

static void
add_row (SacComparePage *self, SacCompareEntry *entry)
{
  entry->row = adw_action_row_new ();
  entry->check = gtk_check_button_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (entry->row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry->row), entry->name);
  g_object_set_data_full (G_OBJECT (entry->check), "folder", g_strdup (entry->folder), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry->check), GTK_ACCESSIBLE_PROPERTY_LABEL, entry->name, -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (entry->row), entry->check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (entry->row), entry->check);
  gtk_list_box_append (self->run_list, entry->row);
  say_entry (entry);
  g_signal_connect (entry->check, "toggled", G_CALLBACK (on_tick), self);
}

static void
clear_list (GtkListBox *list)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))))
    gtk_list_box_remove (list, row);
}

static gint64
scored_us (const char *folder, const char *split)
{
  g_autofree char *file = g_strconcat (split, ".json", NULL), *path = g_build_filename (folder, "scores", file, NULL);
  GStatBuf at;

  return g_stat (path, &at) == 0 ? (gint64) at.st_mtim.tv_sec * G_USEC_PER_SEC + at.st_mtim.tv_nsec / 1000 : 0;
}

/* Runs keep what was read of them while their scores are the same file; @wanted are ticked, too, or instead where @only. */
static void
fill_runs (SacComparePage *self, const char *const *only)
{
  SacProject *project = sac_session_get_project (sac_page_get_session (SAC_PAGE (self)));
  const char *wanted = sac_selection_get_run (sac_page_get_selection (SAC_PAGE (self)));
  g_autoptr (GPtrArray) rows = project ? sac_gan_runs_list_others (project) : NULL;
  g_autoptr (GPtrArray) old = NULL;
  gboolean any = FALSE;

  _sac_compare_page_save (self);        /* thresholds are read anew below */
  old = self->entries;
  clear_list (self->run_list);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  for (guint i = 0; rows && i < rows->len; i++)
    {
      const SacRunRow *row = rows->pdata[i];
      gboolean chosen = only ? g_strv_contains (only, row->folder) : g_strcmp0 (wanted, row->folder) == 0;
      SacCompareEntry *entry, *was = NULL;

      for (guint k = 0; k < old->len && !was; k++)
        if (g_strcmp0 (((SacCompareEntry *) old->pdata[k])->folder, row->folder) == 0)
          was = old->pdata[k];
      if (i >= MAX_LISTED && !chosen && !(was && was->ticked))
        continue;
      entry = g_new0 (SacCompareEntry, 1);
      entry->name = g_strdup (row->name);
      entry->folder = g_strdup (row->folder);
      entry->scored_us = scored_us (row->folder, splits[self->split]);
      entry->thresholds = sac_thresholds_read (row->folder, NULL);
      if (!entry->thresholds)
        entry->thresholds = sac_thresholds_new ();
      if (was && was->scored_us == entry->scored_us && g_strcmp0 (was->name, entry->name) == 0 && was->run && entry->scored_us)
        entry->run = sac_compare_run_ref (was->run);
      entry->ticked = (chosen || (!only && was && was->ticked)) && entry->scored_us;
      any |= entry->ticked;
      g_ptr_array_add (self->entries, entry);
    }
  for (guint i = 0; i < self->entries->len; i++)
    {
      SacCompareEntry *entry = self->entries->pdata[i];

      if (!any && entry->scored_us)
        entry->ticked = any = TRUE;
      add_row (self, entry);
    }
  _sac_compare_page_renew (self);
  load_next (self);
}

static void
on_label (SacComparePage *self)
{
  guint label = gtk_drop_down_get_selected (self->label_drop);

  if (self->filling || label >= self->labels->len)
    return;
  self->label = label;
  redraw (self);
  _sac_compare_page_renew (self);
}

static void
on_split (SacComparePage *self)
{
  guint split = gtk_drop_down_get_selected (self->split_drop);

  if (self->filling || split >= G_N_ELEMENTS (splits) || split == self->split)
    return;
  self->split = split;
  for (guint i = 0; i < self->entries->len; i++)
    g_clear_pointer (&((SacCompareEntry *) self->entries->pdata[i])->run, sac_compare_run_unref);
  fill_runs (self, NULL);
}

static void
on_anyway (SacComparePage *self)
{
  _sac_compare_page_renew (self);
}

static void
on_threshold (SacComparePage *self)
{
  _sac_compare_page_on_threshold (self);
}

static void
on_run_chosen (SacComparePage *self)
{
  _sac_compare_page_on_run_chosen (self);
}

/* ---- life. */

static void
on_project (SacComparePage *self)
{
  _sac_compare_page_save (self);
  g_ptr_array_set_size (self->entries, 0);
  fill_runs (self, NULL);
}

static void
on_runs_changed (SacComparePage *self)
{
  if (sac_page_get_shown (SAC_PAGE (self)))
    fill_runs (self, NULL);
}

static void
on_compare (SacComparePage *self)
{
  if (sac_page_get_shown (SAC_PAGE (self)))
    fill_runs (self, sac_selection_get_compared (sac_page_get_selection (SAC_PAGE (self))));
  else
    self->compare_wanted = TRUE;
}

static void
sac_compare_page_attach (SacPage *page)
{
  SacComparePage *self = SAC_COMPARE_PAGE (page);

  sac_compare_table_set_session (self->clips, sac_page_get_session (page));
  g_signal_connect_object (sac_page_get_session (page), "runs-changed", G_CALLBACK (on_runs_changed), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_page_get_session (page), "project-changed", G_CALLBACK (on_project), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_page_get_selection (page), "compare-changed", G_CALLBACK (on_compare), page, G_CONNECT_SWAPPED);
}

static void
sac_compare_page_set_shown (SacPage *page, gboolean shown)
{
  SacComparePage *self = SAC_COMPARE_PAGE (page);

  if (!shown)
    {
      _sac_compare_page_save (self);
      return;
    }
  fill_runs (self, self->compare_wanted ? sac_selection_get_compared (sac_page_get_selection (page)) : NULL);
  self->compare_wanted = FALSE;
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

  if (self->entries)
    {
      _sac_compare_page_save (self);
      _sac_compare_page_stop (self);
    }
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_clear_pointer (&self->labels, g_ptr_array_unref);
  g_clear_pointer (&self->view, sac_compare_view_unref);
  g_clear_pointer (&self->thresholds, g_free);
  g_clear_pointer (&self->decided, sac_decided_free);
  g_clear_pointer (&self->differences, g_ptr_array_unref);
  g_clear_pointer (&self->compared, g_free);
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
  g_type_ensure (SAC_TYPE_COMPARE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/saccade/Saccade/compare-page.ui");
  BIND (flap);
  BIND (run_list);
  BIND (stack);
  BIND (headline);
  BIND (obstacle);
  BIND (obstacle_words);
  BIND (anyway);
  BIND (bands);
  BIND (label_drop);
  BIND (split_drop);
  BIND (run_drop);
  BIND (threshold);
  BIND (decided_words);
  BIND (bars_plot);
  BIND (roc_plot);
  BIND (precision_plot);
  BIND (calibration_plot);
  BIND (confusion_plot);
  BIND (plots);
  BIND (views);
  BIND (measures);
  BIND (clips);
  gtk_widget_class_bind_template_callback (widget_class, on_label);
  gtk_widget_class_bind_template_callback (widget_class, on_split);
  gtk_widget_class_bind_template_callback (widget_class, on_anyway);
  gtk_widget_class_bind_template_callback (widget_class, on_threshold);
  gtk_widget_class_bind_template_callback (widget_class, on_run_chosen);
  gtk_widget_class_bind_template_callback (widget_class, redraw);
  gtk_widget_class_install_action (widget_class, "compare.rule", "s", _sac_compare_page_act_rule);
}

static void
sac_compare_page_init (SacComparePage *self)
{
  static const char *const names[SAC_N_PLOTS] = { N_("ROC curves"), N_("Precision over recall"), N_("Calibration"), N_("Confusion") };
  static const char *const files[SAC_N_PLOTS] = { "roc", "precision", "calibration", "confusion" };
  g_autoptr (GtkStringList) list = gtk_string_list_new ((const char *const[]) { _("Test"), _("Validation"), _("Train"), NULL });

  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->labels = g_ptr_array_new_with_free_func (g_free);
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drop_down_set_model (self->split_drop, G_LIST_MODEL (list));
  self->filling = FALSE;
  sac_compare_shorten (self->run_drop, 9);
  sac_compare_shorten (self->label_drop, 16);
  self->plot[SAC_PLOT_ROC] = self->roc_plot;
  self->plot[SAC_PLOT_PRECISION] = self->precision_plot;
  self->plot[SAC_PLOT_CALIBRATION] = self->calibration_plot;
  self->plot[SAC_PLOT_CONFUSION] = self->confusion_plot;
  sac_plot_set_up (self->bars_plot, _("AUC per label and run"), "auc-bars", draw_bars, bars_text, self);
  for (guint i = 0; i < SAC_N_PLOTS; i++)
    {
      sac_plot_set_up (self->plot[i], _(names[i]), files[i], draw_plot, plot_text, self);
      g_signal_connect_object (self->plot[i], "clicked", G_CALLBACK (on_plot_clicked), self, G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (self->measures, "label-chosen", G_CALLBACK (on_label_chosen), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bars_plot, "clicked", G_CALLBACK (on_bars_clicked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->clips, "set-wanted", G_CALLBACK (on_set_wanted), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->clips, "side-by-side", G_CALLBACK (on_side_by_side), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->clips, "clip-chosen", G_CALLBACK (on_clip_chosen), self, G_CONNECT_SWAPPED);
}
